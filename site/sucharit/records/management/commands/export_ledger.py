"""Write evidence for an auditor who trusts nobody: rows, seals, keys, checkpoints, and a program that checks them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sucharit.kernel.errors import DomainError
from sucharit.records import exporting


class Command(BaseCommand):
    """Write into an empty folder, which holds names afterwards."""

    help = "Export sealed rows with everything needed to verify them elsewhere, with Python alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and what."""
        parser.add_argument("--to", type=Path, required=True, help="an empty folder")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--seals", default="1-", help="such as 1-20, or 5- to the newest")
        what.add_argument("--one", metavar="SERIAL", help="the evidence of one certificate")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, and say how to check it."""
        now, to = timezone.now(), options["to"]
        try:
            if options["one"]:
                seals = exporting.export_one(to=to, serial=options["one"], now=now)
                told = f"ส่งออกหลักฐานของ {options['one']} พร้อมผนึกถัดมารวม {seals:,} ผนึก"
            else:
                first, last = exporting.seal_range(options["seals"])
                rows = exporting.export_range(to=to, first=first, last=last, now=now)
                told = f"ส่งออก {rows:,} รายการ"
        except DomainError as fault:
            raise CommandError(fault.message, returncode=2) from fault
        self.stdout.write(
            f"{told}\nแฟ้มเหล่านี้มีข้อมูลส่วนบุคคล โปรดส่งมอบอย่างปลอดภัย\nตรวจด้วย: python3 {to / exporting.VERIFIER.name}"
        )
