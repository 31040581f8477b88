"""Stop offering a subject, or offer it again. It is never deleted: awards rest on it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sucharit.kernel.errors import DomainError
from sucharit.records.retiring import bring_back_subject, retire_subject


class Command(BaseCommand):
    """`retire_subject CODE`, and `--back` to offer it again."""

    help = "Retire a subject by its code: no new requirement may ask for it; its awards stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one, and which way."""
        parser.add_argument("code")
        parser.add_argument("--back", action="store_true", help="Offer it again.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done, or in the rule's own words why not."""
        code = options["code"]
        try:
            if options["back"]:
                subject = bring_back_subject(code=code)
            else:
                subject = retire_subject(code=code, now=timezone.now())
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{subject}: {'เปิดใช้อีกครั้ง' if options['back'] else 'เลิกใช้แล้ว ผลที่มีอยู่คงเดิม'}")
