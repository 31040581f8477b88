"""The worker as a process of its own: rings bells, applies corrections, counts answers. For a timer, or beside several servers."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quizzes import selectors as quizzes
from sucharit.home.work import work_until


class Command(BaseCommand):
    """Work until told to stop; several may run at once."""

    help = "Do background work: overdue attempts, corrections of keys, counting answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once for a timer."""
        parser.add_argument("--once", action="store_true", help="Do what there is to do, and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rounds, with a pause after one that found nothing.

        With `--once` the count of rows that failed is printed, with the kind of each fault; the exit status is 1 where there are any.
        """
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        failed = work_until(stop, once=options["once"])
        if not options["once"]:
            return
        stuck = quizzes.setbacks()
        self.stdout.write(f"งานเบื้องหลังที่ติดขัด {sum(stuck.values()):,} รายการ")
        for (part, fault), count in stuck.items():
            self.stdout.write(f"  {part.label} {count:,} รายการ ({fault})")
        for whole in sorted(failed):
            self.stdout.write(f"  {whole}: ทำไม่ได้ทั้งส่วน โปรดดูบันทึกของระบบ")
        if stuck or failed:
            raise CommandError("มีงานที่ยังทำไม่สำเร็จ ระบบจะลองใหม่เอง ถ้ายังค้าง โปรดแจ้งผู้ดูแลระบบพร้อมข้อความข้างต้น")
