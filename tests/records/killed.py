"""Kills sealing at every step: `python -m tests.records.killed` on a database with rows that wait. Prints «killed ok»."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from sucharit.records import sealing, verifying  # noqa: E402
from sucharit.records.models import LedgerEntry, WaitingEntry  # noqa: E402
from tests.conftest import NOW  # noqa: E402

BATCH = 3


def die() -> None:
    """End at once, as a power cut would: nothing of Python runs any more."""
    os.kill(os.getpid(), signal.SIGKILL)


def seal_and_die(step: int) -> None:
    """In a child: seal, and die at the step-th statement or write to disk. Ends with 0 where there is no such step."""
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        if count == step:
            die()

    def statement(execute: Callable[..., Any], *arguments: Any) -> Any:
        tick()
        return execute(*arguments)

    fsync = os.fsync

    def synced(handle: int) -> None:
        tick()
        fsync(handle)

    os.fsync = synced
    with connection.execute_wrapper(statement):
        sealing.seal(NOW, most=BATCH)
    os._exit(0)


def main() -> int:
    """Kill at step 1, 2, 3 …, each time followed by a whole round, until a child gets through."""
    waiting, step, kills = WaitingEntry.objects.count(), 0, 0
    while True:
        step += 1
        before = LedgerEntry.objects.count()
        connection.close()
        child = os.fork()
        if child == 0:
            seal_and_die(step)
        _, status = os.waitpid(child, 0)
        sealed = LedgerEntry.objects.count()
        fault = verifying.verify(now=NOW).fault
        if sealed not in {before, before + BATCH} or fault is not None:
            sys.stderr.write(f"step {step}: {before} -> {sealed}, {fault}\n")
            return 1
        if not os.WIFSIGNALED(status):
            break
        kills += 1
        if sealing.seal(NOW, most=BATCH) != BATCH:
            sys.stderr.write(f"step {step}: the next round sealed nothing\n")
            return 1
    while sealing.seal(NOW):
        pass
    report = verifying.verify(now=NOW)
    if kills < 15 or report.fault is not None or report.events != waiting or report.covered != report.seals:
        sys.stderr.write(f"{kills} kills, {report}\n")
        return 1
    print("killed ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
