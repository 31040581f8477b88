"""Bringing a rule to all its people: in pieces of bounded memory, with progress, resumable, while everybody goes on learning.

The same walk, without writing, is the check that a rebuild would change nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import dated
from sucharit.records import projection
from sucharit.records.facts import Asked, asked_of
from sucharit.records.models import Application, Coverage, RequirementPeriod, Standing

# That a walk came to its end: one that another took the place of did not.
WHOLE = Q(cursor__gte=F("last"))
# Officers whom one transaction looks at: a small audience meets few of them, a national one all.
STRIDE = 1_000
# How long one round of the worker goes on before it lets the other parts of the work have their turn.
SECONDS = 2.0


def begin(period: RequirementPeriod, *, now: datetime, is_check: bool = False) -> Application:
    """Start bringing the period's rule to its people (or comparing), or join what is already under way.

    Whoever asks for a comparison while a rule is being applied gets the application: it is to end first.
    """
    last = max(dated.last_officer_id(), _last_standing(period))
    try:
        with transaction.atomic():
            return Application.objects.create(
                period=period,
                rule_version=period.rule_version,
                is_check=is_check,
                last=last,
                started_at=now,
            )
    except IntegrityError:
        running = Application.objects.filter(period=period, finished_at__isnull=True).first()
        if running is not None:
            if is_check and not running.is_check:
                # A comparison never stops what is being applied.
                return running
            if running.rule_version == period.rule_version and running.is_check == is_check:
                return running
            # A newer version takes its place: what is done so far is looked at again under it. A check that is
            # cut short says nothing.
            Application.objects.filter(pk=running.pk).update(finished_at=now)
        # Or it has ended between the two looks.
        return begin(period, now=now, is_check=is_check)


def _last_standing(period: RequirementPeriod) -> int:
    found = Standing.objects.filter(period=period).order_by("-officer_id")
    return found.values_list("officer_id", flat=True).first() or 0


def advance(*, now: datetime, seconds: float = SECONDS) -> int:
    """The next pieces of every application under way. Returns how many pieces were done."""
    pieces = 0
    until = monotonic() + seconds
    for application in Application.objects.filter(finished_at__isnull=True).order_by("pk"):
        while monotonic() < until and step(application.pk, now=now):
            pieces += 1
    return pieces


def run(application: Application, *, now: datetime) -> Application:
    """All of an application at once, piece after piece."""
    while step(application.pk, now=now):
        pass
    application.refresh_from_db()
    return application


@transaction.atomic
def step(application_id: int, *, now: datetime) -> bool:
    """One piece: the next officer ids. Returns whether one was done; nothing is left after the last."""
    place = projection.waited()
    now = projection.not_before(place, now)
    rows = Application.objects.select_related("period__requirement").filter(finished_at__isnull=True)
    application = rows.filter(pk=application_id).first()
    if application is None:
        return False
    period = application.period
    # So many officers, not so many numbers: ids have gaps.
    first = application.cursor + 1
    last = dated.officer_id_after(application.cursor, STRIDE) or max(application.last, first)
    (asked,) = asked_of([period])
    officers = _people(asked, period, first, last, now)
    for start in range(0, len(officers), projection.BATCH):
        batch = officers[start : start + projection.BATCH]
        if application.is_check:
            application.changed += differing(asked, batch, through=place.position, now=now)
        else:
            application.changed += projection.bring([asked], batch, through=place.position, now=now)
    is_last = last >= application.last
    # Only one that nothing newer took the place of meanwhile.
    moved = rows.filter(pk=application_id).update(
        cursor=last, changed=application.changed, finished_at=now if is_last else None
    )
    # One that has not begun yet asks nobody: it is brought to its people again on its first day.
    if moved and is_last and not application.is_check and period.opens_on <= local_date(now):
        RequirementPeriod.objects.filter(pk=period.pk).update(applied_at=now)
    return bool(moved)


def _people(asked: Asked, period: RequirementPeriod, first: int, last: int, now: datetime) -> Sequence[int]:
    """Officers of an id range whom some version of the rule may name, and those who have a standing already."""
    until = min(local_date(now), period.closes_on)
    found = set(
        Standing.objects.filter(period=period, officer_id__gte=first, officer_id__lte=last).values_list(
            "officer_id", flat=True
        )
    )
    for rule in asked.rules.rules:
        found.update(
            dated.among_range(rule.audience, first=first, last=last, since=period.opens_on, until=until)
        )
    return sorted(found)


def differing(asked: Asked, officer_ids: Sequence[int], *, through: int, now: datetime) -> int:
    """Of how many of these officers the rows are not what would be derived. Of whom something waits to be followed is not yet wrong."""
    old = set(projection.kept([asked], officer_ids).values())
    fresh = set(projection.derive([asked], officer_ids, through=through, now=now))
    odd = {line.officer_id for line in old ^ fresh}
    return len(odd - projection.waiting(odd)) if odd else 0


@transaction.atomic
def wrong_counts(period: RequirementPeriod) -> int:
    """How many counts of a period's coverage are not what its standings say. Nobody moves them between the two readings."""
    projection.waited()
    true, said = projection.counted(period.pk), projection.told(period.pk)
    return len({key for key in true.keys() | said.keys() if true.get(key) != said.get(key)})


@transaction.atomic
def forget(period: RequirementPeriod) -> None:
    """Throw a period's standings and coverage away, to be derived again."""
    projection.waited()
    Application.objects.filter(period=period, finished_at__isnull=True).delete()
    Coverage.objects.filter(period=period).delete()
    Standing.objects.filter(period=period).delete()


def unapplied(*, now: datetime) -> Sequence[RequirementPeriod]:
    """Periods that have begun and whose rule was never brought to their people, with nothing under way."""
    rows = RequirementPeriod.objects.filter(applied_at__isnull=True, opens_on__lte=local_date(now))
    return list(rows.exclude(Q(applications__finished_at__isnull=True, applications__isnull=False)))
