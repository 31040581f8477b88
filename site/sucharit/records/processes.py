"""Verifying with several processes: what a fresh process needs before it may touch the models."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import Any

import django


def start() -> None:
    """Set Django up in a new process."""
    django.setup()


def run(module: str, name: str, argument: Any) -> Any:
    """Call a function by its name, once Django is up; a function of a module with models cannot be sent itself."""
    act: Callable[[Any], Any] = getattr(import_module(module), name)
    return act(argument)


def everywhere(module: str, name: str, arguments: Sequence[Any], *, jobs: int) -> list[Any]:
    """The results in the order of the arguments, from so many processes."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=start) as pool:
        return list(pool.map(run, [module] * len(arguments), [name] * len(arguments), arguments))
