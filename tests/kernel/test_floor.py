"""Floor 0 stands alone: no Django, nothing of the floors above, and every module says what it offers."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

from sucharit import kernel

MODULES = sorted(f"{kernel.__name__}.{module.name}" for module in pkgutil.iter_modules(kernel.__path__))


def test_all_modules_are_here() -> None:
    names = {name.rsplit(".", 1)[1] for name in MODULES}
    assert names >= {
        "errors",
        "ids",
        "immutability",
        "names",
        "national_id",
        "sheets",
        "thai_calendar",
        "thai_text",
    }


@pytest.mark.parametrize("name", MODULES)
def test_each_module_lists_what_it_offers(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__all__
    assert all(hasattr(module, offered) for offered in module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)


def test_nothing_above_is_imported() -> None:
    code = (
        "import importlib, sys\n"
        f"for name in {MODULES!r}: importlib.import_module(name)\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in ('django', 'wagtail')\n"
        "       or m.startswith('sucharit.') and not m.startswith('sucharit.kernel')]\n"
        "print(bad)\n"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert ran.stdout.strip() == "[]"
