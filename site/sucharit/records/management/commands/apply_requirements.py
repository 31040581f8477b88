"""Bring every active requirement's current period to what audience and postings say today. Meant for a nightly timer."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.records import selectors, services


class Command(BaseCommand):
    """Open this fiscal year's periods and reconcile them. Safe to run at any time, as often as wanted."""

    help = "Apply active requirements for the current fiscal year: newcomers, transfers, leavers."

    def handle(self, *args: Any, **options: Any) -> None:
        """One requirement after another, each in its own transaction."""
        now = timezone.now()
        year = FiscalYear.of(local_date(now))
        for requirement in selectors.active_requirements():
            period = services.apply_requirement(requirement=requirement, fiscal_year=year.year, now=now)
            self.stdout.write(f"{requirement.code}: {period.label} {period.due_words}")
