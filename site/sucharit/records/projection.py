"""Standing and coverage: derived from sealed awards, decisions, starts, rules and postings, person by person.

Internal to this app. Nothing here is evidence: all of it may be thrown away and derived again. Whoever writes standings holds the
one row of `Projection`, so two writers never meet and every count is moved by exactly what its standings moved.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from sucharit.kernel.thai_calendar import local_date, midnight
from sucharit.officers import dated
from sucharit.officers.selectors import among
from sucharit.records.enums import State
from sucharit.records.facts import Asked, asked_of, known_of
from sucharit.records.models import (
    Application,
    AwardEvent,
    Coverage,
    Decision,
    LedgerEntry,
    Projection,
    RequirementPeriod,
    Restatement,
    RuleVersion,
    Standing,
    Touched,
)
from sucharit.records.timeline import Span, timeline

logger = logging.getLogger("sucharit.records")
# People derived together: bounded memory, and a writer's lock that is held for a fraction of a second.
BATCH = 400
# What reaches the standings within this was recorded in time.
LATE = timedelta(days=1)
_FACTS = (
    "from_at",
    "until_at",
    "agency_id",
    "agency_path",
    "state",
    "due_on",
    "original_due_on",
    "turns_on",
    "started_at",
    "completed_at",
    "award_id",
)
Key = tuple[int, int, str, str, date]


@dataclass(frozen=True)
class Line:
    """One row of standings as values, comparable: whose, in which period, in which order of names, and the span."""

    officer_id: int
    period_id: int
    sort_key: str
    span: Span


def held() -> Projection | None:
    """The projection's row, locked until the transaction ends; none where somebody else holds it."""
    Projection.objects.get_or_create(pk=1)
    return Projection.objects.select_for_update(skip_locked=True).filter(pk=1).first()


def waited() -> Projection:
    """The projection's row, locked, after whoever holds it."""
    Projection.objects.get_or_create(pk=1)
    return Projection.objects.select_for_update().get(pk=1)


def not_before(place: Projection, now: datetime) -> datetime:
    """Now, or the beginning of the day that is followed already: a walk of hours and a clock that is behind take no day back."""
    return max(now, midnight(place.through)) if place.through else now


def waiting(officer_ids: Iterable[int]) -> frozenset[int]:
    """Those of these officers of whom a start or a posting waits to be followed, of theirs or of a record that was merged into it."""
    ids = set(officer_ids)
    merged = Decision.objects.filter(officer_id__in=among(sorted(ids)), other_id__isnull=False)
    links = list(merged.values_list("officer_id", "other_id"))
    wanted = sorted(ids | {other for _, other in links if other is not None})
    touched = Touched.objects.filter(officer_id__in=among(wanted)).values_list("officer_id", flat=True)
    held = {*touched, *dated.moved_among(wanted)}
    return frozenset((ids & held) | {officer for officer, other in links if other in held})


def touch(officer_ids: Iterable[int]) -> None:
    """Ask for these officers' standings to be derived anew."""
    Touched.objects.bulk_create([Touched(officer_id=pk) for pk in officer_ids], batch_size=1_000)


@transaction.atomic
def follow(*, now: datetime, most: int = BATCH) -> int:
    """Derive anew whoever the next sealed rows, changed postings, starts and days that came are about. Returns how many causes.

    Positions are taken in order and once: the place is kept in the transaction that writes the standings.
    """
    place = held()
    if place is None:
        return 0
    now = not_before(place, now)
    came = _days_that_came(place, local_date(now))
    entries = list(
        LedgerEntry.objects.filter(position__gt=place.position)
        .order_by("position")
        .values_list("position", "award__officer_id", "decision_id")[:most]
    )
    touched = list(Touched.objects.order_by("pk").values_list("pk", "officer_id")[:most])
    moved = dated.take_moved(most)
    if not entries and not touched and not moved:
        if came:
            place.save(update_fields=["through"])
        return 0
    officers = {pk for _, pk in touched} | set(moved)
    officers.update(pk for _, pk, _ in entries if pk is not None)
    decisions = [decision for _, _, decision in entries if decision is not None]
    for pair in Decision.objects.filter(pk__in=decisions).values_list("officer_id", "other_id"):
        officers.update(pk for pk in pair if pk is not None)
    officers |= _heirs(officers)
    if entries:
        place.position = entries[-1][0]
    _bring_all(sorted(officers), place.position, now)
    Touched.objects.filter(pk__in=[pk for pk, _ in touched]).delete()
    place.moved_at = now
    place.save(update_fields=["position", "through", "moved_at"])
    return len(entries) + len(touched) + len(moved)


def _heirs(officer_ids: Iterable[int]) -> set[int]:
    """Those into whose record one of these was merged."""
    rows = Decision.objects.filter(other_id__in=among(sorted(officer_ids)))
    return set(rows.values_list("officer_id", flat=True))


def _days_that_came(place: Projection, today: date) -> bool:
    """Touch everybody for whom a day since the last look changes something. Whether there was a new day."""
    if place.through is not None and place.through >= today:
        return False
    if place.through is not None:
        after = place.through
        newly = {row["newly_appointed_days"] for row in RuleVersion.objects.values_list("rule", flat=True)}
        officers = set(dated.changing_between(after, today, newly_days=[days for days in newly if days]))
        exempt = Decision.objects.filter(
            Q(starts_on__gt=after, starts_on__lte=today) | Q(until_on__gte=after, until_on__lt=today)
        )
        officers.update(exempt.values_list("officer_id", flat=True))
        ended = AwardEvent.objects.filter(effective_on__gt=after, effective_on__lte=today)
        officers.update(ended.values_list("officer_id", flat=True))
        touch(sorted(officers))
    place.through = today
    return True


def _bring_all(officer_ids: Sequence[int], through: int, now: datetime) -> None:
    # A round that is being brought to its people for the first time has rows already that must follow.
    under_way = Application.objects.filter(
        period=OuterRef("pk"), finished_at__isnull=True, is_check=False, cursor__gt=0
    )
    periods = RequirementPeriod.objects.filter(
        Q(applied_at__isnull=False) | Exists(under_way), opens_on__lte=local_date(now)
    )
    asked = asked_of(periods)
    if not asked:
        return
    for start in range(0, len(officer_ids), BATCH):
        bring(asked, officer_ids[start : start + BATCH], through=through, now=now)


def derive(
    asked: Sequence[Asked], officer_ids: Sequence[int], *, through: int | None, now: datetime
) -> list[Line]:
    """The standings these officers have in these periods by all that is known, whatever the rows say."""
    known = known_of(officer_ids, through=through)
    return [
        Line(pk, each.rules.period_id, person.person.sort_key, span)
        for pk, person in known.items()
        for each in asked
        for span in timeline(each.rules, person.facts_for(each), until=person.until(now))
    ]


def kept(asked: Sequence[Asked], officer_ids: Sequence[int]) -> dict[int, Line]:
    """The rows that these officers have in these periods, by their key."""
    rows = Standing.objects.filter(
        officer_id__in=among(officer_ids), period_id__in=[each.rules.period_id for each in asked]
    )
    return {
        row[0]: Line(row[1], row[2], row[3], _span(row[4:]))
        for row in rows.values_list("pk", "officer_id", "period_id", "sort_key", *_FACTS)
    }


def _span(facts: Sequence[Any]) -> Span:
    return Span(*(*facts[:4], State(facts[4]), *facts[5:]))


def bring(asked: Sequence[Asked], officer_ids: Sequence[int], *, through: int, now: datetime) -> int:
    """Make the rows of these officers in these periods say what is derived, and move the counts by the difference.

    Call with the projection's row held. Returns how many people changed.
    """
    old = kept(asked, officer_ids)
    fresh = derive(asked, officer_ids, through=through, now=now)
    missing = set(fresh)
    gone = []
    for pk, line in old.items():
        if line in missing:
            missing.discard(line)
        else:
            gone.append(pk)
    if not gone and not missing:
        return 0
    # What goes is removed first: the open row of somebody makes room for the one that takes its place.
    for start in range(0, len(gone), 1_000):
        Standing.objects.filter(pk__in=gone[start : start + 1_000]).delete()
    added = [line for line in fresh if line in missing]
    Standing.objects.bulk_create([_row(line) for line in added], batch_size=1_000)
    count = Counter[Key]()
    for pk in gone:
        _tell(count, old[pk], -1)
    for line in added:
        _tell(count, line, 1)
    _move_counts(count)
    _note_restated([old[pk] for pk in gone], added, now)
    return len({old[pk].officer_id for pk in gone} | {line.officer_id for line in added})


def _note_restated(gone: Sequence[Line], added: Sequence[Line], now: datetime) -> None:
    """Keep whose past was changed: reports of days between then and now say that they were restated.

    A first standing restates nothing, nor does a name or a place in the tree; what was sealed a moment ago is no past yet.
    """
    since: dict[tuple[int, int, str], datetime] = {}
    had = {(line.period_id, line.officer_id) for line in gone}
    before, after = ({_said(line): line for line in lines} for lines in (gone, added))
    for said, line in [*before.items(), *after.items()]:
        other = (after if line is before.get(said) else before).get(said)
        if other is None:
            at = line.span.from_at
        elif other.span.until_at == line.span.until_at:
            continue
        else:
            at = min(end for end in (line.span.until_at, other.span.until_at) if end is not None)
        if at < now - LATE and (line.period_id, line.officer_id) in had:
            key = (line.period_id, line.officer_id, line.span.agency_path)
            since[key] = min(at, since.get(key, at))
    Restatement.objects.bulk_create(
        [
            Restatement(
                period_id=key[0], officer_id=key[1], agency_path=key[2], changed_from=at, noted_at=now
            )
            for key, at in sorted(since.items())
        ],
        batch_size=1_000,
    )


def _said(line: Line) -> tuple[int, int, Span]:
    """What a line says of somebody, whatever their name, the place of their agency in the tree, and how long it held."""
    return line.period_id, line.officer_id, replace(line.span, agency_path="", until_at=None)


def _row(line: Line) -> Standing:
    facts = {name: getattr(line.span, name) for name in _FACTS}
    return Standing(officer_id=line.officer_id, period_id=line.period_id, sort_key=line.sort_key, **facts)


def _tell(count: "Counter[Key]", line: Line, by: int) -> None:
    span = line.span
    if span.until_at is None and span.state != State.NOT_REQUIRED:
        count[line.period_id, span.agency_id, span.agency_path, span.state, span.turns_on] += by


def _move_counts(count: "Counter[Key]") -> None:
    moved = {key: by for key, by in sorted(count.items()) if by}
    if not moved:
        return
    rows = {
        (row.period_id, row.agency_id, row.state, row.turns_on): row
        for row in Coverage.objects.filter(
            period_id__in={key[0] for key in moved}, agency_id__in={key[1] for key in moved}
        )
    }
    missing, odd = [], set()
    for (period_id, agency_id, path, state, turns_on), by in moved.items():
        row = rows.get((period_id, agency_id, state, turns_on))
        if by + (row.people if row else 0) < 0:
            odd.add(period_id)
        elif row is None:
            missing.append(
                Coverage(
                    period_id=period_id,
                    agency_id=agency_id,
                    agency_path=path,
                    state=state,
                    turns_on=turns_on,
                    people=by,
                )
            )
        else:
            # Whoever goes is told with the path of before, where the agency has moved meanwhile: those who come say where it lies.
            place = {"agency_path": path} if by > 0 else {}
            Coverage.objects.filter(pk=row.pk).update(people=F("people") + by, **place)
    Coverage.objects.bulk_create(missing, batch_size=1_000)
    Coverage.objects.filter(pk__in=[row.pk for row in rows.values()], people=0).delete()
    for period_id in sorted(odd):
        # The counts were not what the standings said before: somebody meddled. They are counted anew, and it is told.
        wrong = recount(RequirementPeriod.objects.get(pk=period_id))
        logger.error("coverage of period %s did not fit its standings: %s counts mended", period_id, wrong)


def counted(period_id: int) -> Mapping[Key, int]:
    """The counts of a period as its standings say them now."""
    rows = (
        Standing.objects.filter(period_id=period_id, until_at__isnull=True)
        .exclude(state=State.NOT_REQUIRED)
        .order_by()
        .values_list("agency_id", "agency_path", "state", "turns_on")
        .annotate(people=Count("id"))
    )
    return {(period_id, agency, path, state, day): people for agency, path, state, day, people in rows}


def told(period_id: int) -> Mapping[Key, int]:
    """The counts of a period as its coverage says them."""
    rows = Coverage.objects.filter(period_id=period_id, people__gt=0).values_list(
        "agency_id", "agency_path", "state", "turns_on", "people"
    )
    return {(period_id, agency, path, state, day): people for agency, path, state, day, people in rows}


def recount(period: RequirementPeriod) -> int:
    """Make the coverage of a period say what its standings do. Returns how many counts were wrong before."""
    true, said = counted(period.pk), told(period.pk)
    wrong = {key for key in true.keys() | said.keys() if true.get(key) != said.get(key)}
    for key in wrong:
        _, agency_id, _path, state, turns_on = key
        Coverage.objects.filter(period=period, agency_id=agency_id, state=state, turns_on=turns_on).delete()
    Coverage.objects.bulk_create(
        Coverage(
            period=period,
            agency_id=key[1],
            agency_path=key[2],
            state=key[3],
            turns_on=key[4],
            people=true[key],
        )
        for key in sorted(wrong)
        if key in true
    )
    return len(wrong)
