"""Count the closed years of questionnaires of attitude, and delete answers that were kept long enough. For a nightly timer."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from quizzes.attitude_results import publish_due


class Command(BaseCommand):
    """Count what is closed. Safe to run at any time."""

    help = "Count closed years of questionnaires of attitude."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were counted."""
        self.stdout.write(f"จัดทำผลแบบสอบถามทัศนคติแล้ว {publish_due(now=timezone.now()):,} รายการ")
