"""Rebuilding the projections, and the comparison that says whether a rebuild would change anything.

A rebuild throws a round's standings and counts away and derives them again, piece by piece; learners and HR see the round fill up
meanwhile. A check derives the same and compares; nothing is written but how far it came.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from sucharit.kernel.thai_calendar import BANGKOK, local_date
from sucharit.records import applications, projection
from sucharit.records.models import Application, RequirementPeriod

logger = logging.getLogger("sucharit.records")
# How often every running round is compared with the ledger in the background.
EVERY = timedelta(days=1)
# The hour of the day in Bangkok from which that is done: few learn then.
QUIET_FROM, QUIET_UNTIL = 1, 5


@dataclass(frozen=True)
class Found:
    """What a walk over one round found, or did."""

    period: RequirementPeriod
    is_check: bool
    differing: int
    wrong_counts: int

    @property
    def words(self) -> str:
        """One line for the operator."""
        name = f"{self.period.requirement.code} {self.period.label}"
        if not self.is_check:
            return f"{name}: สร้างสถานะใหม่ {self.differing:,} คน"
        if self.differing or self.wrong_counts:
            return f"{name}: สถานะไม่ตรง {self.differing:,} คน จำนวนไม่ตรง {self.wrong_counts:,} แถว"
        return f"{name}: ตรงกัน"


def walk(*, now: datetime, check: bool, period_id: int | None = None) -> Iterator[Found]:
    """Rebuild or compare every applied round (or one), oldest first. What waits to be followed is followed first.

    Where a rule is being brought to its people that is ended before it is compared.
    """
    while projection.follow(now=now):
        pass
    rows = RequirementPeriod.objects.filter(applied_at__isnull=False).select_related("requirement")
    if period_id is not None:
        rows = rows.filter(pk=period_id)
    for period in rows.order_by("opens_on", "pk"):
        if not check:
            applications.forget(period)
        done = applications.run(applications.begin(period, now=now, is_check=check), now=now)
        while check and (not done.is_check or done.cursor < done.last):
            period.refresh_from_db(fields=["rule_version"])
            done = applications.run(applications.begin(period, now=now, is_check=True), now=now)
        wrong = applications.wrong_counts(period) if check else 0
        yield Found(period, check, done.changed, wrong)


def compare_nightly(now: datetime) -> int:
    """Begin the comparison of one running round that was not compared for a day, in the small hours; report what the last one found.

    The worker's. The pieces themselves are done by `applications.advance`. Returns how many it began.
    """
    _report_faults()
    hour = now.astimezone(BANGKOK).hour
    if not QUIET_FROM <= hour < QUIET_UNTIL:
        return 0
    today = local_date(now)
    running = RequirementPeriod.objects.filter(
        applied_at__isnull=False, opens_on__lte=today, closes_on__gte=today
    )
    lately = Q(
        applications__is_check=True,
        applications__started_at__gt=now - EVERY + timedelta(hours=4),
        applications__cursor__gte=F("applications__last"),
    )
    busy = Q(applications__isnull=False, applications__finished_at__isnull=True)
    for period in running.exclude(pk__in=running.filter(lately | busy).values("pk")).order_by("pk")[:1]:
        applications.begin(period, now=now, is_check=True)
        return 1
    return 0


def _report_faults() -> None:
    """Tell the operator of comparisons that found a difference, each once."""
    rows = Application.objects.filter(
        applications.WHOLE, is_check=True, finished_at__isnull=False, told=False
    )
    for done in rows.select_related("period__requirement"):
        wrong = applications.wrong_counts(done.period)
        if done.changed or wrong:
            logger.critical(
                "standings of %s differ from the ledger: %s people, %s counts; run rebuild_projections --check",
                done.period_id,
                done.changed,
                wrong,
            )
        Application.objects.filter(pk=done.pk).update(told=True, wrong_counts=wrong)
