"""Standing and coverage: derived from awards, starts, audiences and postings, moved one by one or reconciled as a whole.

Internal to this app. Nothing here is evidence: all of it may be thrown away and derived again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from sucharit.kernel.thai_calendar import local_date, midnight
from sucharit.officers import selectors as officers
from sucharit.records.enums import OPEN_STATES, State
from sucharit.records.models import AwardEvent, Coverage, LearningStart, RequirementPeriod, Standing

BATCH = 2_000
# Rows locked and written together, inside the number of variables that SQLite takes in one statement.
_LOCKED = 400
_FACTS = (
    "in_scope",
    "agency_id",
    "agency_path",
    "sort_key",
    "state",
    "started_at",
    "completed_at",
    "award_id",
)


@dataclass(frozen=True)
class History:
    """What people did for a subject in a period: first award inside it, and when they began this year."""

    awards: Mapping[int, tuple[int, datetime]]
    starts: Mapping[int, datetime]


def completed_state(period: RequirementPeriod, day: date) -> State:
    """On time up to the due day, late after it."""
    return State.ON_TIME if day <= period.due_on else State.LATE


def move(standing: Standing, state: State, **facts: object) -> None:
    """Move one standing and the count of its agency together. A standing that already moved counts nothing twice."""
    moved = Standing.objects.filter(pk=standing.pk, state=standing.state).update(state=state, **facts)
    if not moved or state == standing.state:
        return
    counts = Coverage.objects.filter(period_id=standing.period_id, agency_id=standing.agency_id)
    counts.filter(state=standing.state, people__gt=0).update(people=F("people") - 1)
    if counts.filter(state=state).update(people=F("people") + 1):
        return
    # The row is missing. Two colleagues may both find that: one inserts it, the other then adds to it.
    empty = Coverage(
        period_id=standing.period_id,
        agency_id=standing.agency_id,
        agency_path=standing.agency_path,
        state=state,
        people=0,
    )
    Coverage.objects.bulk_create([empty], ignore_conflicts=True)
    counts.filter(state=state).update(people=F("people") + 1)


def history_of(period: RequirementPeriod, officer_ids: Sequence[int] | None = None) -> History:
    """Awards and starts of the period's subject inside its days; of some people only, where they are named."""
    subject_id = period.requirement.subject_id
    awards: dict[int, tuple[int, datetime]] = {}
    events = AwardEvent.objects.filter(subject_id=subject_id).order_by("completed_at", "id")
    starts = LearningStart.objects.filter(subject_id=subject_id, fiscal_year=period.fiscal_year)
    if officer_ids is not None:
        events, starts = events.filter(officer_id__in=officer_ids), starts.filter(officer_id__in=officer_ids)
    for pk, officer_id, completed_at in events.values_list("id", "officer_id", "completed_at").iterator(
        BATCH
    ):
        if officer_id not in awards and period.opens_on <= local_date(completed_at) <= period.closes_on:
            awards[officer_id] = (pk, completed_at)
    return History(awards, dict(starts.values_list("officer_id", "started_at").iterator(BATCH)))


def derive(period: RequirementPeriod, member: officers.Member, history: History) -> Standing:
    """The standing a member has, from what is known and nothing else."""
    award_id, completed_at = history.awards.get(member.officer_id, (None, None))
    started_at = history.starts.get(member.officer_id)
    state = State.IN_PROGRESS if started_at is not None else State.NOT_STARTED
    if completed_at is not None:
        state = completed_state(period, local_date(completed_at))
    return Standing(
        period=period,
        officer_id=member.officer_id,
        agency_id=member.agency_id,
        agency_path=member.agency_path,
        sort_key=member.sort_key,
        state=state,
        started_at=started_at,
        completed_at=completed_at,
        award_id=award_id,
    )


def bring(period: RequirementPeriod, members: Sequence[officers.Member]) -> None:
    """Write what these members' history says over the standings they have.

    The rows are locked before the history is read: a completion that commits meanwhile waits for us and then moves the row
    that we wrote, or was there to be read. Derived from an older reading, it would be overwritten.
    """
    for start in range(0, len(members), _LOCKED):
        batch = {member.officer_id: member for member in members[start : start + _LOCKED]}
        rows = Standing.objects.select_for_update().filter(period=period, officer_id__in=batch)
        pks = dict(rows.order_by("pk").values_list("officer_id", "pk"))
        history = history_of(period, list(pks))
        written = []
        for officer_id, pk in pks.items():
            row = derive(period, batch[officer_id], history)
            row.pk = pk
            written.append(row)
        Standing.objects.bulk_update(written, list(_FACTS))


def catch_up(period: RequirementPeriod) -> int:
    """Bring the standings that say less than the ledger and the starts do. Returns how many there were.

    Somebody who finished while a newcomer's row was written, and not yet to be seen, moved nothing. Asked after that row is
    committed, the database tells who.
    """
    days = (midnight(period.opens_on), midnight(period.closes_on + timedelta(days=1)))
    subject_id = period.requirement.subject_id
    awards = AwardEvent.objects.filter(
        officer_id=OuterRef("officer_id"),
        subject_id=subject_id,
        completed_at__gte=days[0],
        completed_at__lt=days[1],
    )
    starts = LearningStart.objects.filter(
        officer_id=OuterRef("officer_id"), subject_id=subject_id, fiscal_year=period.fiscal_year
    )
    behind = Q(Exists(awards), state__in=OPEN_STATES) | Q(Exists(starts), state=State.NOT_STARTED)
    rows = period.standings.filter(behind, in_scope=True)
    members = [
        officers.Member(*facts)
        for facts in rows.values_list("officer_id", "agency_id", "agency_path", "sort_key")
    ]
    bring(period, members)
    return len(members)


def reconcile(period: RequirementPeriod, members: Iterable[officers.Member]) -> None:
    """Bring the period's standings to what its members and their history say."""
    history = history_of(period)
    held = {
        row[0]: row[1:]
        for row in period.standings.values_list("officer_id", "id", *_FACTS).iterator(chunk_size=BATCH)
    }
    fresh: list[Standing] = []
    changed: list[officers.Member] = []
    for member in members:
        known = held.pop(member.officer_id, None)
        row = derive(period, member, history)
        if known is None:
            fresh.append(row)
        elif known[1:] != tuple(getattr(row, name) for name in _FACTS):
            changed.append(member)
        if len(fresh) >= BATCH:
            Standing.objects.bulk_create(fresh, ignore_conflicts=True)
            fresh = []
    Standing.objects.bulk_create(fresh, ignore_conflicts=True)
    bring(period, changed)
    gone = [row[0] for row in held.values()]
    for start in range(0, len(gone), BATCH):
        left = Standing.objects.filter(pk__in=gone[start : start + BATCH])
        left.filter(state__in=OPEN_STATES).delete()
        left.update(in_scope=False)


def recount(period: RequirementPeriod) -> int:
    """Count the coverage of a period from its standings. Returns how many counts were wrong before.

    The counts are locked before the standings are counted: a completion that commits in between waits for us and then adds
    itself to the new count, instead of being overwritten by the old one.
    """
    rows = list(Coverage.objects.select_for_update().filter(period=period).order_by("pk"))
    counted = (
        period.standings.filter(in_scope=True)
        .order_by()
        .values_list("agency_id", "agency_path", "state")
        .annotate(people=Count("id"))
    )
    true = {(agency_id, state): (path, people) for agency_id, path, state, people in counted}
    wrong = 0
    for row in rows:
        path, people = true.pop((row.agency_id, row.state), (row.agency_path, 0))
        if (path, people) != (row.agency_path, row.people):
            wrong += 1
            Coverage.objects.filter(pk=row.pk).update(agency_path=path, people=people)
    Coverage.objects.bulk_create(
        Coverage(period=period, agency_id=agency_id, agency_path=path, state=state, people=people)
        for (agency_id, state), (path, people) in true.items()
    )
    return wrong + len(true)
