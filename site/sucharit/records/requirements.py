"""Reads of requirements, for those who set them: their rounds in numbers, never in names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, DateTimeField, F, Max, OuterRef, Q, Subquery, Sum

from sucharit.records import applications, rule_words
from sucharit.records.enums import DONE_STATES, OPEN_STATES, REQUIRED_STATES, DraftState, State
from sucharit.records.models import Application, Requirement, RequirementPeriod, RuleDraft, RuleVersion
from sucharit.records.models.drafts import OPEN_DRAFTS
from sucharit.records.requiring import rule_json


@dataclass(frozen=True)
class Round:
    """One round of a requirement, with how many must complete, have, are exempt or overdue, and when it was last brought up to date."""

    period_id: int
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
    exempt: int
    overdue: int
    rule_version: int
    applied_at: datetime | None
    checked_at: datetime | None
    is_open: bool


def _rounds(periods: "Sequence[RequirementPeriod]", today: date) -> Sequence[Round]:
    return [
        Round(
            period_id=row.pk,
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
            exempt=getattr(row, "exempt", None) or 0,
            overdue=getattr(row, "overdue", None) or 0,
            rule_version=row.rule_version,
            applied_at=row.applied_at,
            checked_at=getattr(row, "checked_at", None),
            is_open=row.opens_on <= today <= row.closes_on,
        )
        for row in periods
    ]


def _counted(condition: Q, today: date) -> "Sequence[RequirementPeriod]":
    ended = Application.objects.filter(applications.WHOLE, finished_at__isnull=False)
    checks = ended.filter(period=OuterRef("pk"), is_check=True)
    late = Q(coverage__state__in=OPEN_STATES, coverage__turns_on__lt=today)
    return list(
        RequirementPeriod.objects.filter(condition)
        .select_related("requirement")
        .annotate(
            required=Sum("coverage__people", filter=Q(coverage__state__in=REQUIRED_STATES)),
            done=Sum("coverage__people", filter=Q(coverage__state__in=DONE_STATES)),
            exempt=Sum("coverage__people", filter=Q(coverage__state=State.EXEMPT)),
            overdue=Sum("coverage__people", filter=late),
            checked_at=Subquery(
                checks.order_by("-finished_at").values("finished_at")[:1], output_field=DateTimeField()
            ),
        )
        .order_by(F("fiscal_year").desc(nulls_first=True), "due_on", "id")
    )


def rounds_of(requirement: Requirement, *, today: date) -> Sequence[Round]:
    """The rounds of one requirement, newest first. One query."""
    return _rounds(_counted(Q(requirement=requirement), today), today)


def running_rounds(*, today: date) -> Sequence[Round]:
    """The rounds of requirements in use that are open today. One query."""
    running = Q(requirement__is_active=True, opens_on__lte=today, closes_on__gte=today)
    return _rounds(_counted(running, today), today)


@dataclass(frozen=True)
class UnderWay:
    """A rule being brought to its people. Officers are counted by their numbers in the register, so both counts are about."""

    label: str
    is_check: bool
    done: int
    total: int
    changed: int
    started_at: datetime
    left: timedelta | None

    @property
    def percent(self) -> int:
        """How much is done, in whole per cent."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def minutes_left(self) -> int | None:
        """About how many minutes it still takes, at least one; None where nothing can be said yet."""
        return None if self.left is None else max(1, round(self.left.total_seconds() / 60))


def under_way(requirement: Requirement, *, now: datetime) -> Sequence[UnderWay]:
    """What is being brought to the requirement's people at this moment. One query."""
    rows = Application.objects.filter(period__requirement=requirement, finished_at__isnull=True)
    return [_progress(row, now) for row in rows.select_related("period").order_by("pk")]


def _progress(row: Application, now: datetime) -> UnderWay:
    done = min(row.cursor, row.last)
    left = (now - row.started_at) * ((row.last - done) / done) if done else None
    return UnderWay(row.period.label, row.is_check, done, row.last, row.changed, row.started_at, left)


def version_in_force(requirement: Requirement) -> RuleVersion | None:
    """The version that the requirement says now, with who made and approved it; none before the first day. One query."""
    rows = requirement.versions.select_related("made_by", "approved_by")
    return rows.filter(number=requirement.rule_version).first()


def open_draft(requirement: Requirement) -> RuleDraft | None:
    """The draft that is not decided yet, or none. One query."""
    rows = RuleDraft.objects.filter(requirement=requirement, state__in=OPEN_DRAFTS)
    return rows.select_related("made_by").first()


def coming(requirement: Requirement) -> Sequence[RuleDraft]:
    """What is approved and not in force yet, nearest day first. One query."""
    rows = RuleDraft.objects.filter(
        requirement=requirement, state=DraftState.APPROVED, taken_up_at__isnull=True
    )
    return list(rows.select_related("version").order_by("version__effective_on", "version__number"))


def changed_audience(requirement: Requirement, held: RuleVersion | None) -> Sequence[rule_words.Change]:
    """How the audience differs today from the one that was approved, in words; empty where it does not."""
    if held is None:
        return []
    old = rule_words.audience_of(held.rule)
    new = rule_words.audience_of(rule_json(requirement))
    if old == new:
        return []
    both = [{**held.rule, **kept} for kept in (old, new)]
    names = rule_words.names_for(both)
    return rule_words.changes(*(rule_words.audience_lines(kept, names) for kept in both))


def every_rule() -> Sequence[Requirement]:
    """Every requirement with a version, by code, with `versions_count` and the day of the newest approval. One query."""
    rows = Requirement.objects.filter(versions__isnull=False).annotate(
        versions_count=Count("versions"), approved_at=Max("versions__approved_at")
    )
    return list(rows.order_by("code"))


@dataclass(frozen=True)
class VersionPage:
    """Every version of a requirement's rule, newest first, with one in words, and what it changed of an earlier one."""

    requirement: Requirement
    versions: Sequence[RuleVersion]
    shown: RuleVersion
    compared: RuleVersion | None
    lines: Sequence[rule_words.Line]
    changes: Sequence[rule_words.Change]


def versions_of(code: str, *, number: int | None = None, against: int | None = None) -> VersionPage | None:
    """The history of a requirement's rule; `number` (else the newest) set against another (else the one before). Five queries.

    None where there is no such requirement, or no version of it.
    """
    requirement = Requirement.objects.filter(code=code).first()
    if requirement is None:
        return None
    rows = requirement.versions.select_related("made_by", "approved_by").order_by("-number")
    versions = list(rows)
    by_number = {version.number: version for version in versions}
    if not versions:
        return None
    shown = by_number.get(number or 0, versions[0])
    earlier = next((version for version in versions if version.number < shown.number), None)
    compared = by_number.get(against or 0, earlier)
    names = rule_words.names_for([shown.rule, *([compared.rule] if compared else [])])
    lines = _lines(shown, names)
    return VersionPage(
        requirement=requirement,
        versions=versions,
        shown=shown,
        compared=compared,
        lines=lines,
        changes=rule_words.changes(_lines(compared, names), lines) if compared else [],
    )


def _lines(version: RuleVersion, names: rule_words.Names) -> Sequence[rule_words.Line]:
    said = rule_words.Said(version.rule, version.reason, version.legal_basis)
    return rule_words.lines(said, names)
