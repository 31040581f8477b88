"""What a draft of a rule would change: who enters, who leaves, who keeps a completion, who would be overdue.

Person by person with the same pure function that writes standings, before and after, on the day on which the draft takes effect. In
pieces of bounded memory that a kill does not lose; a small audience is worked out at once, a large one by the worker.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Count, Sum

from sucharit.kernel.thai_calendar import FiscalYear, local_date, midnight
from sucharit.officers import dated
from sucharit.officers import selectors as officers
from sucharit.records import requiring
from sucharit.records.enums import DONE_STATES, OPEN_STATES, REQUIRED_STATES, Cycle, State
from sucharit.records.facts import Asked, asked_of, known_of
from sucharit.records.models import Coverage, RequirementPeriod, RuleDraft, RuleImpact, Standing
from sucharit.records.models.drafts import OPEN_DRAFTS
from sucharit.records.rules import FOREVER, PeriodRules, from_json, paths_of
from sucharit.records.timeline import Span, timeline

# People in one transaction.
BATCH = 400
# Up to so many people are worked out while somebody waits for the page.
SMALL = 5_000
# How long one round of the worker goes on before it lets the other parts of the work have their turn.
SECONDS = 2.0
FIRST_FEW = 20
# Whoever has not begun and is due so soon has little time.
SOON = timedelta(days=14)
# Postings of a large audience change all day long: numbers may be so old when somebody decides.
FRESH = timedelta(hours=1)
_HERE = REQUIRED_STATES | {State.EXEMPT}
_LAST_NUMBER = 2**31 - 1


def begin(draft: RuleDraft, *, now: datetime) -> RuleImpact:
    """Start to work out anew what a draft changes. What was worked out before is forgotten."""
    requirement = draft.requirement
    today = local_date(now)
    impact, _ = RuleImpact.objects.update_or_create(
        draft=draft,
        defaults={
            "on_day": max(draft.effective_on, today),
            "rule_version": requirement.rule_version if requirement else 0,
            "newest_posting": dated.newest_posting(),
            "cursor": 0,
            "seen": 0,
            "total": _about(draft, today),
            "counts": {},
            "departments": {},
            "both": {},
            "entering": [],
            "leaving": [],
            "started_at": now,
            "finished_at": None,
        },
    )
    return impact


def _about(draft: RuleDraft, today: date) -> int:
    """About how many people are to be looked at: those whom the draft names, or those who are asked now if they are more."""
    (rule,) = [from_json(draft.rule, version=0, effective_on=today, paths=paths_of([draft.rule]))]
    named = officers.preview_audience(rule.audience, on=today, departments=0).people
    asked = Coverage.objects.filter(
        period__requirement=draft.requirement_id, period__closes_on__gte=today
    ).aggregate(people=Sum("people"))["people"]
    return max(named, asked or 0)


def begin_and_settle(draft: RuleDraft, *, now: datetime) -> RuleImpact:
    """Start anew, and finish at once where few people are to be looked at."""
    with transaction.atomic():
        impact = begin(draft, now=now)
    if impact.total < SMALL:
        while step(draft.pk, now=now):
            pass
        impact.refresh_from_db()
    return impact


def advance(*, now: datetime, seconds: float = SECONDS) -> int:
    """The next pieces of whatever is being worked out. Returns how many were done."""
    pieces = 0
    until = monotonic() + seconds
    waiting = RuleImpact.objects.filter(finished_at__isnull=True, draft__state__in=OPEN_DRAFTS)
    for draft_id in waiting.order_by("pk").values_list("draft_id", flat=True):
        while monotonic() < until and step(draft_id, now=now):
            pieces += 1
    return pieces


@transaction.atomic
def step(draft_id: int, *, now: datetime) -> bool:
    """One piece: the next people. Returns whether there were any; where there are none left it is finished."""
    rows = RuleImpact.objects.select_for_update(of=("self",), skip_locked=True)
    impact = (
        rows.select_related("draft__requirement").filter(draft_id=draft_id, finished_at__isnull=True).first()
    )
    if impact is None:
        return False
    pair = _pair(impact.draft, impact.on_day)
    ids = _next(pair, impact)
    if ids:
        _add(impact, pair, ids, now)
        impact.cursor, impact.seen = ids[-1], impact.seen + len(ids)
        impact.total = max(impact.total, impact.seen)
    else:
        impact.finished_at, impact.total = now, impact.seen
    impact.save()
    return bool(ids)


@dataclass(frozen=True)
class _Pair:
    """A round as it is asked now (None: not at all) and as the draft would ask it; other rounds of the same subjects."""

    before: Asked | None
    after: Asked
    period_id: int | None
    others: Mapping[int, int]


def round_on(draft: RuleDraft, day: date) -> RequirementPeriod | None:
    """The round of the draft's requirement on a day, where it was opened."""
    if draft.requirement is None:
        return None
    year = FiscalYear.of(day).year if draft.cycle == Cycle.FISCAL_YEAR else None
    return draft.requirement.periods.filter(fiscal_year=year).select_related("requirement").first()


def dates_on(draft: RuleDraft, day: date) -> tuple[date, date | None, date]:
    """Opening, due and closing day of the draft's round on a day: those of the round where it was opened."""
    period = round_on(draft, day)
    if period is not None:
        return period.opens_on, period.due_on, period.closes_on
    if draft.cycle == Cycle.FISCAL_YEAR:
        return requiring.period_dates(draft, FiscalYear.of(day))
    return day, None, FOREVER


def _pair(draft: RuleDraft, day: date) -> _Pair:
    period = round_on(draft, day)
    fresh = from_json(draft.rule, version=_LAST_NUMBER, effective_on=day, paths=paths_of([draft.rule]))
    subjects = frozenset({*fresh.subjects, *([fresh.refresher] if fresh.refresher is not None else [])})
    before: Asked | None = None
    if draft.requirement is not None:
        before = _as_now(draft, period, day)
    if before is None:
        opens_on, due_on, closes_on = dates_on(draft, day)
        year = FiscalYear.of(day).year if draft.cycle == Cycle.FISCAL_YEAR else None
        rules = PeriodRules(0, opens_on, due_on, closes_on, (fresh,))
        after = Asked(rules, draft.requirement_id or 0, year, subjects)
    else:
        after = replace(
            before,
            rules=replace(before.rules, rules=(*before.rules.rules, fresh)),
            subjects=before.subjects | subjects,
        )
    period_id = period.pk if period else None
    return _Pair(before, after, period_id, rounds_beside(draft, day))


def _as_now(draft: RuleDraft, period: RequirementPeriod | None, day: date) -> Asked | None:
    """How the round is asked on that day without the draft: by every version that is approved for it."""
    requirement = draft.requirement
    held = (
        requirement.versions.filter(effective_on__lte=day).order_by("-number").first()
        if requirement
        else None
    )
    if requirement is None or held is None:
        return None
    if period is None:
        opens_on, due_on, closes_on = dates_on(draft, day)
        year = FiscalYear.of(day).year if draft.cycle == Cycle.FISCAL_YEAR else None
        period = RequirementPeriod(
            pk=0,
            requirement=requirement,
            fiscal_year=year,
            opens_on=opens_on,
            due_on=due_on,
            closes_on=closes_on,
        )
    period.rule_version = held.number
    (asked,) = asked_of([period])
    return asked


def rounds_beside(draft: RuleDraft, day: date) -> Mapping[int, int]:
    """Rounds, on a day, of other requirements in use that ask one of the draft's subjects: period by requirement."""
    rows = RequirementPeriod.objects.filter(
        requirement__is_active=True,
        requirement__subjects__in=draft.rule["subjects"],
        opens_on__lte=day,
        closes_on__gte=day,
    ).exclude(requirement=draft.requirement_id or 0)
    return dict(rows.order_by("pk").values_list("requirement_id", "pk").distinct())


def _next(pair: _Pair, impact: RuleImpact) -> Sequence[int]:
    """The next officers by id whom the round names before or after, or who stand in it already."""
    found: set[int] = set()
    rules = {repr(rule.audience): rule.audience for rule in pair.after.rules.rules}
    for audience in rules.values():
        found.update(
            dated.next_of(
                audience,
                after=impact.cursor,
                most=BATCH,
                since=pair.after.rules.opens_on,
                until=impact.on_day,
            )
        )
    if pair.period_id is not None:
        rows = Standing.objects.filter(
            period_id=pair.period_id, until_at__isnull=True, officer_id__gt=impact.cursor
        )
        found.update(rows.order_by("officer_id").values_list("officer_id", flat=True)[:BATCH])
    return sorted(found)[:BATCH]


def _add(impact: RuleImpact, pair: _Pair, ids: Sequence[int], now: datetime) -> None:
    """Look at these people before and after, and add them to the sums."""
    until = max(now, midnight(impact.on_day))
    known = known_of(ids, through=None)
    counts = Counter(impact.counts)
    here = []
    for pk in ids:
        before, after = _spans(pair, known.get(pk), until)
        was, will = _is_here(before), _is_here(after)
        span = after if will else before
        if span is None or not (was or will):
            continue
        counts.update(_what(before if was else None, after if will else None, impact.on_day))
        row = impact.departments.setdefault(_department(span), [0, 0, 0])
        row[0] += will and not was
        row[1] += was and not will
        row[2] += will
        _keep_few(impact.entering, pk, keep=will and not was)
        _keep_few(impact.leaving, pk, keep=was and not will)
        if will:
            here.append(pk)
    impact.counts = dict(counts)
    _count_both(impact, pair, here)


def _spans(pair: _Pair, known: object, until: datetime) -> tuple[Span | None, Span | None]:
    def last(asked: Asked | None) -> Span | None:
        if asked is None or known is None:
            return None
        spans = timeline(asked.rules, known.facts_for(asked), until=until)  # type: ignore[attr-defined]
        return spans[-1] if spans else None

    return last(pair.before), last(pair.after)


def _is_here(span: Span | None) -> bool:
    return span is not None and span.state in _HERE


def _keep_few(few: list[int], officer_id: int, *, keep: bool) -> None:
    if keep and len(few) < FIRST_FEW:
        few.append(officer_id)


def _department(span: Span) -> str:
    return span.agency_path[: 2 * officers.PATH_STEP]


def _what(before: Span | None, after: Span | None, day: date) -> Sequence[str]:
    """The sums that one person counts in. A span is given only where the person is asked or exempt."""
    done_before = before is not None and before.state in DONE_STATES
    if after is None:
        return ["leave", *(["leave_done"] if done_before else [])]
    found = ["enter" if before is None else "stay"]
    if after.state == State.EXEMPT:
        found.append("exempt")
    elif after.state in DONE_STATES:
        found.append("done")
        if before is None:
            found.append("enter_done")
        if day > after.turns_on:
            found.append("expired")
    elif after.state in OPEN_STATES:
        found.append("open")
        if done_before:
            found.append("asked_again")
        if day > after.turns_on:
            found.append("overdue")
        elif after.state == State.NOT_STARTED and after.due_on is not None and after.due_on < day + SOON:
            found.append("soon")
    return found


def _count_both(impact: RuleImpact, pair: _Pair, ids: Sequence[int]) -> None:
    if not pair.others:
        return
    rows = Standing.objects.filter(
        officer_id__in=officers.among(ids),
        period_id__in=pair.others.values(),
        until_at__isnull=True,
        state__in=_HERE,
    )
    counted = (
        rows.order_by().values_list("period__requirement_id").annotate(people=Count("officer", distinct=True))
    )
    for requirement_id, people in counted:
        impact.both[str(requirement_id)] = impact.both.get(str(requirement_id), 0) + people


# --- how old the numbers are ---------------------------------------------------------------------------------


def why_old(draft: RuleDraft, *, now: datetime) -> str:
    """Why the numbers of a draft no longer say what it would change, as a sentence; "" where they do."""
    impact: RuleImpact | None = getattr(draft, "impact", None)
    if impact is None or impact.finished_at is None:
        return "ยังคำนวณผลกระทบไม่เสร็จ"
    if impact.on_day != max(draft.effective_on, local_date(now)):
        return "ตัวเลขนี้คำนวณไว้สำหรับวันอื่น"
    if draft.requirement is not None and impact.rule_version != draft.requirement.rule_version:
        return "ข้อกำหนดมีฉบับใหม่หลังคำนวณตัวเลขนี้"
    if local_date(impact.started_at) != local_date(now):
        return "ตัวเลขนี้ไม่ใช่ของวันนี้"
    if impact.newest_posting < dated.newest_posting():
        return "มีการบรรจุหรือย้ายเจ้าหน้าที่หลังคำนวณตัวเลขนี้"
    return ""


def is_fresh_enough(draft: RuleDraft, *, now: datetime) -> bool:
    """Whether one may decide by the numbers: they are not old, or a large audience's and at most an hour behind the postings."""
    reason = why_old(draft, now=now)
    if not reason:
        return True
    impact: RuleImpact | None = getattr(draft, "impact", None)
    return (
        impact is not None
        and impact.finished_at is not None
        and impact.total >= SMALL
        and reason.startswith("มีการบรรจุ")
        and now - impact.started_at <= FRESH
    )


def same_numbers(one: RuleImpact, other: RuleImpact) -> bool:
    """Whether two workings-out came to the same."""
    return (one.on_day, one.counts, one.departments) == (other.on_day, other.counts, other.departments)
