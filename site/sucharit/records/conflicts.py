"""Requirements in use that ask the same subject: which they are, when each is due, and how many people are under both.

The rule: each requirement counts for itself. One completion answers every one whose days it fits, the learner sees the nearest due day
first, and an exemption from one is none from another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from sucharit.kernel.thai_calendar import local_date
from sucharit.records.enums import REQUIRED_STATES, State
from sucharit.records.models import Overlap, Requirement, RequirementPeriod, Standing

# So often the worker counts again how many people two rounds have in common.
RENEWED = timedelta(hours=12)


@dataclass(frozen=True)
class Beside:
    """Another requirement that asks one of the same subjects. `people` is None until the worker has counted them."""

    requirement_id: int
    title: str
    code: str
    subjects: Sequence[str]
    due_words: str
    people: int | None
    counted_at: datetime | None
    has_other_day: bool


def beside(requirement: Requirement, *, today: date) -> Sequence[Beside]:
    """The requirements in use that ask one of this one's subjects, by code. Five queries, however many people."""
    mine = {each.pk: each.title for each in requirement.subjects.all()}
    rows = Requirement.objects.filter(is_active=True, subjects__in=mine).exclude(pk=requirement.pk)
    others = list(rows.distinct().order_by("code").prefetch_related("subjects"))
    if not others:
        return []
    running = _running([requirement.pk, *(other.pk for other in others)], today)
    own = running.get(requirement.pk)
    counted = {}
    if own is not None:
        counted = {
            row.first_id if row.second_id == own.pk else row.second_id: row
            for row in Overlap.objects.filter(Q(first=own) | Q(second=own))
        }
    found = []
    for other in others:
        period = running.get(other.pk)
        overlap = counted.get(period.pk) if period else None
        found.append(
            Beside(
                requirement_id=other.pk,
                title=other.title,
                code=other.code,
                subjects=[each.title for each in other.subjects.all() if each.pk in mine],
                due_words=period.due_words if period else "ยังไม่เปิดรอบ",
                people=overlap.people if overlap else None,
                counted_at=overlap.counted_at if overlap else None,
                has_other_day=bool(period and own and period.due_on != own.due_on),
            )
        )
    return found


def _running(requirement_ids: Sequence[int], today: date) -> Mapping[int, RequirementPeriod]:
    rows = RequirementPeriod.objects.filter(
        requirement__in=requirement_ids, opens_on__lte=today, closes_on__gte=today
    )
    return {row.requirement_id: row for row in rows.order_by("opens_on", "pk")}


def advance(*, now: datetime) -> int:
    """Count the next pair of rounds that was never counted or not for long. Returns how many were counted: one at most."""
    for first, second in _pairs(local_date(now)):
        kept = Overlap.objects.filter(first=first, second=second).first()
        if kept is not None and kept.counted_at > now - RENEWED and not _applied_since(kept):
            continue
        Overlap.objects.update_or_create(
            first=first, second=second, defaults={"people": _in_both(first, second), "counted_at": now}
        )
        return 1
    return 0


def _applied_since(kept: Overlap) -> bool:
    return RequirementPeriod.objects.filter(
        pk__in=[kept.first_id, kept.second_id], applied_at__gt=kept.counted_at
    ).exists()


def _pairs(today: date) -> Sequence[tuple[RequirementPeriod, RequirementPeriod]]:
    """Running rounds that were brought to their people, two and two, that ask one subject in common. Two queries."""
    rows = RequirementPeriod.objects.filter(
        requirement__is_active=True, opens_on__lte=today, closes_on__gte=today, applied_at__isnull=False
    )
    periods = list(
        rows.order_by("pk").select_related("requirement").prefetch_related("requirement__subjects")
    )
    asked = {period.pk: {each.pk for each in period.requirement.subjects.all()} for period in periods}
    return [
        (one, two)
        for place, one in enumerate(periods)
        for two in periods[place + 1 :]
        if one.requirement_id != two.requirement_id and asked[one.pk] & asked[two.pk]
    ]


def _in_both(first: RequirementPeriod, second: RequirementPeriod) -> int:
    here = [*REQUIRED_STATES, State.EXEMPT]
    there = Standing.objects.filter(
        period=second, officer=OuterRef("officer"), until_at__isnull=True, state__in=here
    )
    rows = Standing.objects.filter(period=first, until_at__isnull=True, state__in=here)
    return rows.filter(Exists(there)).count()
