"""Reads of requirements, for those who set them: their rounds in numbers, never in names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, Sum

from sucharit.records.enums import DONE_STATES, REQUIRED_STATES
from sucharit.records.models import Requirement, RequirementPeriod


@dataclass(frozen=True)
class Round:
    """One fiscal year of a requirement, with how many must complete and how many have."""

    requirement: str
    requirement_id: int
    fiscal_year: int | None
    opens_on: date
    due_on: date | None
    closes_on: date
    required: int
    done: int
    label: str
    due_words: str


def _rounds(periods: "Sequence[RequirementPeriod]") -> Sequence[Round]:
    return [
        Round(
            requirement=row.requirement.title,
            requirement_id=row.requirement_id,
            fiscal_year=row.fiscal_year,
            opens_on=row.opens_on,
            due_on=row.due_on,
            closes_on=row.closes_on,
            required=getattr(row, "required", None) or 0,
            done=getattr(row, "done", None) or 0,
            label=row.label,
            due_words=row.due_words,
        )
        for row in periods
    ]


def _counted(condition: Q) -> "Sequence[RequirementPeriod]":
    return list(
        RequirementPeriod.objects.filter(condition)
        .select_related("requirement")
        .annotate(
            required=Sum("coverage__people", filter=Q(coverage__state__in=REQUIRED_STATES)),
            done=Sum("coverage__people", filter=Q(coverage__state__in=DONE_STATES)),
        )
        .order_by(F("fiscal_year").desc(nulls_first=True), "due_on", "id")
    )


def rounds_of(requirement: Requirement) -> Sequence[Round]:
    """The rounds of one requirement, newest first. One query."""
    return _rounds(_counted(Q(requirement=requirement)))


def running_rounds(*, today: date) -> Sequence[Round]:
    """The rounds of requirements in use that are open today. One query."""
    return _rounds(_counted(Q(requirement__is_active=True, opens_on__lte=today, closes_on__gte=today)))
