"""The numbers of a draft in words: sums, departments, requirements beside it, and due days that nobody could keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Subquery

from sucharit.kernel.thai_calendar import WEEKDAYS, format_date, format_minutes, local_date
from sucharit.officers import selectors as officers
from sucharit.records import impacts
from sucharit.records.enums import Cycle
from sucharit.records.models import (
    Edition,
    RequirementPeriod,
    RuleDraft,
    RuleImpact,
    Subject,
)

# What an official can be expected to spend on learning in one working day.
MINUTES_A_DAY = 60
DEPARTMENTS_SHOWN = 20


@dataclass(frozen=True)
class Department:
    """One department: how many enter, leave and are asked afterwards."""

    name: str
    enter: int
    leave: int
    after: int


@dataclass(frozen=True)
class Both:
    """Another requirement of the same subject, with the people whom both would ask."""

    requirement_id: int
    title: str
    due_words: str
    people: int
    has_other_day: bool


@dataclass(frozen=True)
class Report:
    """What a draft would change. `old` says why the numbers are no longer right ("" where they are)."""

    impact: RuleImpact
    counts: Mapping[str, int]
    departments: Sequence[Department]
    departments_left: int
    both: Sequence[Both]
    warnings: Sequence[str]
    old: str
    is_enough: bool

    @property
    def percent(self) -> int:
        """How much is worked out, in whole per cent."""
        impact = self.impact
        if impact.finished_at is not None:
            return 100
        return min(99, impact.seen * 100 // impact.total) if impact.total else 0


SUMS = (
    "enter",
    "enter_done",
    "leave",
    "leave_done",
    "stay",
    "done",
    "open",
    "asked_again",
    "overdue",
    "soon",
    "exempt",
    "expired",
)


def report(draft: RuleDraft, *, now: datetime) -> Report | None:
    """The numbers of a draft; none where they were never begun. A dozen queries, however many people."""
    impact: RuleImpact | None = getattr(draft, "impact", None)
    if impact is None:
        return None
    counts = {name: impact.counts.get(name, 0) for name in SUMS}
    rows = sorted(
        impact.departments.items(), key=lambda item: (-item[1][0] - item[1][1], -item[1][2], item[0])
    )
    shown = rows[:DEPARTMENTS_SHOWN]
    names = {node.path: node.name for node in officers.nodes_at([path for path, _ in shown])}
    is_open = draft.state in ("draft", "waiting")
    return Report(
        impact=impact,
        counts=counts,
        departments=[Department(names.get(path, "หน่วยงานที่ไม่มีแล้ว"), *row) for path, row in shown],
        departments_left=len(rows) - len(shown),
        both=_both(draft, impact),
        warnings=warnings(draft, impact, today=local_date(now)),
        old=impacts.why_old(draft, now=now) if is_open else "",
        is_enough=is_open and impacts.is_fresh_enough(draft, now=now),
    )


def _both(draft: RuleDraft, impact: RuleImpact) -> Sequence[Both]:
    beside = impacts.rounds_beside(draft, impact.on_day)
    if not beside:
        return []
    due_on = impacts.dates_on(draft, impact.on_day)[1]
    periods = RequirementPeriod.objects.filter(pk__in=beside.values()).select_related("requirement")
    return [
        Both(
            requirement_id=period.requirement_id,
            title=period.requirement.title,
            due_words=period.due_words,
            people=impact.both.get(str(period.requirement_id), 0),
            has_other_day=period.due_on != due_on,
        )
        for period in periods.order_by("requirement__code")
    ]


def warnings(draft: RuleDraft, impact: RuleImpact, *, today: date) -> Sequence[str]:
    """Due days that nobody could keep, or that surprise, as sentences."""
    if not draft.is_active:
        return []
    day = max(impact.on_day, today)
    due_on = impacts.dates_on(draft, day)[1]
    first = due_on if due_on is not None else day + timedelta(days=draft.due_days or 0)
    found: list[str] = []
    if due_on is not None:
        found += _of_a_common_day(draft, due_on, day)
    minutes = _minutes(draft)
    if first >= day and minutes > _working_days(day, first) * MINUTES_A_DAY:
        found.append(
            f"ต้องใช้เวลาเรียนประมาณ {format_minutes(minutes)} แต่มีเวลา {_working_days(day, first)} วันทำการก่อนครบกำหนด "
            f"(คิดวันละ {format_minutes(MINUTES_A_DAY)})"
        )
    soon = impact.counts.get("soon", 0)
    if soon:
        found.append(f"ผู้ที่ยังไม่เริ่มเรียน {soon:,} คนจะมีเวลาไม่ถึง 14 วัน")
    overdue = impact.counts.get("overdue", 0)
    if overdue:
        found.append(f"{overdue:,} คนจะเลยกำหนดทันทีในวันที่มีผล")
    superseded = _superseded(draft, day)
    return [*found, *superseded]


def _of_a_common_day(draft: RuleDraft, due_on: date, day: date) -> Sequence[str]:
    found = []
    if due_on < day:
        found.append(f"วันครบกำหนดของรอบนี้ ({format_date(due_on)}) ผ่านไปแล้วในวันที่มีผล")
    if due_on.weekday() >= 5:
        found.append(f"วันครบกำหนดของรอบนี้ ({format_date(due_on)}) ตรงกับ{WEEKDAYS[due_on.weekday()]}")
    period = impacts.round_on(draft, day)
    if period is not None and draft.cycle == Cycle.FISCAL_YEAR:
        said = (draft.due_month, draft.due_day)
        held = draft.requirement
        if held is not None and said != (held.due_month, held.due_day):
            found.append(f"รอบที่เปิดแล้วยังครบกำหนด {format_date(due_on)} วันใหม่ใช้กับรอบถัดไป")
    return found


def _working_days(first: date, last: date) -> int:
    """Days from Monday to Friday, both ends among them; holidays are not known here."""
    days = (last - first).days + 1
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((first + timedelta(days=n)).weekday() < 5 for n in range(rest))


def _minutes(draft: RuleDraft) -> int:
    """About how long the shortest way through takes: the newest editions of as many subjects as are needed."""
    newest = Edition.objects.filter(subject=OuterRef("pk")).order_by("-number").values("minutes")[:1]
    rows = Subject.objects.filter(pk__in=draft.rule["subjects"]).annotate(minutes=Subquery(newest))
    return sum(sorted(minutes or 0 for minutes in rows.values_list("minutes", flat=True))[: draft.need])


def _superseded(draft: RuleDraft, day: date) -> Sequence[str]:
    """Versions that are approved for a later day and would never be in force, because a newer one is."""
    if draft.requirement is None or draft.version is not None:
        return []
    later = draft.requirement.versions.filter(
        effective_on__gte=day, number__gt=draft.requirement.rule_version
    )
    return [
        f"ฉบับที่ {number} ซึ่งอนุมัติไว้ให้มีผล {format_date(effective_on)} จะไม่ถูกใช้ เพราะร่างนี้ใหม่กว่า"
        for number, effective_on in later.order_by("number").values_list("number", "effective_on")
    ]
