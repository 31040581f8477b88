"""The worker: rings bells, applies corrections, counts answers. Beside the server, or once from a timer."""

import logging
import os
import signal
import time
import traceback
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from sucharit.home.work import one_round

logger = logging.getLogger("sucharit.work")
# With nothing to do: a bell rings at most this late, and an idle worker costs a few small queries.
PAUSE = 5.0


class Command(BaseCommand):
    """Work until told to stop; several may run at once."""

    help = "Do background work: overdue attempts, corrections of keys, counting answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once for a timer; with a parent for a server that brings its own worker."""
        parser.add_argument("--once", action="store_true", help="Do what there is to do, and stop.")
        parser.add_argument("--parent", type=int, default=0, help="Stop when this process is gone.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rounds, with a pause after one that found nothing."""
        self._stopping = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        while not self._stopping and self._has_parent(options["parent"]):
            close_old_connections()
            done = one_round(timezone.now(), self._report)
            if done:
                continue
            if options["once"]:
                return
            self._rest(options["parent"])

    def _rest(self, parent: int) -> None:
        until = time.monotonic() + PAUSE
        while time.monotonic() < until and not self._stopping and self._has_parent(parent):
            time.sleep(0.5)

    def _stop(self, *_: Any) -> None:
        self._stopping = True

    def _has_parent(self, parent: int) -> bool:
        return not parent or os.getppid() == parent

    def _report(self, name: str, fault: Exception) -> None:
        # The kind of fault and where it was, never what it said: messages of a database may hold values.
        where = "".join(traceback.format_tb(fault.__traceback__))
        logger.error("work: %s failed with %s\n%s", name, type(fault).__name__, where)
