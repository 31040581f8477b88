"""Bring every requirement's open round to what its approved rule and the postings say today. Meant for a nightly timer."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sucharit.records import applications, selectors, services
from sucharit.records.models import RequirementPeriod

# Pieces between two lines of progress.
EVERY = 50


class Command(BaseCommand):
    """Put in force what was approved for today, open the rounds and reconcile them. Safe to run at any time, as often as wanted."""

    help = "Apply the requirements in use: versions whose day has come, newcomers, transfers, leavers."

    def handle(self, *args: Any, **options: Any) -> None:
        """One requirement after another, each in pieces; what a kill cuts short the next run goes on with."""
        now = timezone.now()
        services.take_up(now=now)
        for requirement in selectors.active_requirements():
            services.bring_rounds(requirement=requirement, now=now)
            for period in requirement.periods.filter(applications__finished_at__isnull=True).distinct():
                self._bring(requirement.code, period)

    def _bring(self, code: str, period: RequirementPeriod) -> None:
        now = timezone.now()
        application = applications.begin(period, now=now)
        pieces = 0
        while applications.step(application.pk, now=now):
            pieces += 1
            if pieces % EVERY == 0:
                application.refresh_from_db()
                done = min(application.cursor, application.last)
                self.stdout.write(f"{code}: {period.label} {done:,}/{application.last:,}")
        application.refresh_from_db()
        self.stdout.write(f"{code}: {period.label} {period.due_words} สถานะเปลี่ยน {application.changed:,} คน")
