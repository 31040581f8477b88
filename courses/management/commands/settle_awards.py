"""Record passes that the register could not take at hand-in, for instance before a transfer was entered. For a nightly timer."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from courses.services import settle_awards


class Command(BaseCommand):
    """Record what is owed. Safe to run at any time."""

    help = "Record passes whose award is still owed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were recorded and how many still wait for a posting."""
        recorded, waiting = settle_awards(now=timezone.now())
        self.stdout.write(f"บันทึกแล้ว {recorded:,} รายการ รอหน่วยงานลงทะเบียน {waiting:,} รายการ")
