"""The worker as a process of its own: rings bells, applies corrections, counts answers. For a timer, or beside several servers."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sucharit.home.work import work_until


class Command(BaseCommand):
    """Work until told to stop; several may run at once."""

    help = "Do background work: overdue attempts, corrections of keys, counting answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once for a timer."""
        parser.add_argument("--once", action="store_true", help="Do what there is to do, and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rounds, with a pause after one that found nothing."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        work_until(stop, once=options["once"])
