"""The HR list: people of an agency's subtree in one period, today or as of an instant in the past.

Everything that HR sees of people comes from `people`, on the screen and in every file (rule E21).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from sucharit.kernel import names
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import selectors as officers
from sucharit.records.coverage import standings_at
from sucharit.records.enums import DONE_STATES, OPEN_STATES, REQUIRED_STATES, Method, Shown, State
from sucharit.records.models import RequirementPeriod, Standing
from sucharit.records.showing import shown

PAGE = 50
# Up to this many namesakes in the whole country are looked up by index; more are met soon enough by reading the list.
MOST_FOUND = 2_000
# The words of the HR list's filter, and the stored states each one shows.
SHOW: Mapping[str, frozenset[State]] = {
    "all": REQUIRED_STATES | {State.EXEMPT},
    "left": OPEN_STATES,
    "done": DONE_STATES,
    "not_started": frozenset({State.NOT_STARTED}),
    "in_progress": frozenset({State.IN_PROGRESS}),
    "exempt": frozenset({State.EXEMPT}),
}


@dataclass(frozen=True)
class PersonRow:
    """One person of the HR list: completion facts only (rule E23)."""

    standing_id: int
    public_id: str
    full_name: str
    agency_name: str
    position: str
    level: str
    state: State
    due_on: date | None
    # The due day that an extension took the place of (rule E8).
    original_due_on: date | None
    turns_on: date
    completed_on: date | None
    # What the completion was recorded as, where it was not learned here: the label stays on every list (rule E15).
    method: str
    # The day that the list is of.
    day: date
    cursor: str

    def shown(self, today: date) -> Shown:
        """The status on a day."""
        return shown(self.state, due_on=self.due_on, turns_on=self.turns_on, day=today)

    @property
    def is_overdue(self) -> bool:
        """Whether it is, on the day of the list."""
        return self.shown(self.day) in (Shown.OVERDUE, Shown.EXPIRED)

    def status(self, today: date) -> str:
        """The same in words."""
        said = self.shown(today)
        # Near or not, HR asks whether somebody has begun.
        word = str(Shown(self.state).label if said == Shown.DUE_SOON else said.label)
        return f"{word} ({self.method})" if self.method else word


@dataclass(frozen=True)
class PeoplePage:
    """A page of people in reading order: by unit, then by name. `next_cursor` is empty on the last page."""

    rows: Sequence[PersonRow]
    next_cursor: str


@dataclass(frozen=True)
class PeopleFilter:
    """What the HR list shows."""

    show: str = "all"
    search: str = ""

    @property
    def states(self) -> frozenset[State]:
        """The stored states that are shown. An unknown word shows all."""
        return SHOW.get(self.show, SHOW["all"])


def _in_order(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    wanted: PeopleFilter,
    *,
    today: date,
    as_of: datetime | None,
) -> QuerySet[Standing]:
    """Standings of an agency's subtree that the viewer may see, in reading order (rule: scope first).

    As of a day in the past they are those of that day, of people whom the viewer may see today (rule E17).
    """
    rows = standings_at(period, as_of).filter(
        Exists(officers.visible_to(who, today=today).filter(pk=OuterRef("officer_id"))),
        agency_path__gte=agency.path,
        agency_path__lt=officers.path_end(agency.path),
    )
    if wanted.states == SHOW["all"]:
        # Said so, not as a list of states: the index in reading order then serves the page.
        rows = rows.exclude(state=State.NOT_REQUIRED)
    else:
        rows = rows.filter(_shown(period, wanted, local_date(as_of) if as_of else today))
    if wanted.search.strip():
        found = officers.ids_by_name(wanted.search, most=MOST_FOUND)
        # A rare name is looked up first; a common one is met soon on the way through the list.
        rows = rows.filter(
            officers.named(wanted.search, prefix="officer__") if found is None else Q(officer_id__in=found)
        )
    return rows.order_by("agency_path", "sort_key", "id")


def _shown(period: RequirementPeriod, wanted: PeopleFilter, day: date) -> Q:
    """Who is shown: whose completion has expired is left and not done, as the counts say (`coverage.Count`)."""
    states = Q(state__in=wanted.states)
    # A round of a year is completed for good.
    if period.fiscal_year is not None:
        return states
    expired = Q(state__in=DONE_STATES, turns_on__lt=day)
    return states | expired if wanted.show == "left" else states & ~expired


_ROW = (
    "id",
    "officer_id",
    "agency_path",
    "sort_key",
    "state",
    "due_on",
    "original_due_on",
    "turns_on",
    "completed_at",
    "award__method",
    "officer__public_id",
    "officer__title",
    "officer__first_name",
    "officer__last_name",
    "agency__name",
)
# Ways of completing that every list names: what was recognised, imported or recorded by a person, not graded here.
TOLD = {
    method.value: str(method.label) for method in Method if method not in (Method.ONLINE, Method.ASSESSED)
}


def people(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    wanted: PeopleFilter,
    *,
    today: date,
    as_of: datetime | None = None,
    after: str = "",
    size: int = PAGE,
) -> PeoplePage:
    """One page of people, found by index from where the last one ended: the cost does not grow with the people."""
    rows = _in_order(who, period, agency, wanted, today=today, as_of=as_of)
    if after:
        rows = _after(rows, after)
    found = list(_rows(rows[: size + 1], day=local_date(as_of) if as_of else today))
    more = len(found) > size
    return PeoplePage(found[:size], found[size - 1].cursor if more else "")


def how_many(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    wanted: PeopleFilter,
    *,
    today: date,
    as_of: datetime | None = None,
) -> int:
    """How many people the same list holds. For files only: a screen never counts people one by one."""
    return _in_order(who, period, agency, wanted, today=today, as_of=as_of).order_by().count()


def every_person(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    wanted: PeopleFilter,
    *,
    today: date,
    as_of: datetime | None = None,
) -> Iterator[PersonRow]:
    """All rows of the same list, streamed, for the export files."""
    after = ""
    while True:
        page = people(who, period, agency, wanted, today=today, as_of=as_of, after=after, size=2_000)
        yield from page.rows
        after = page.next_cursor
        if not after:
            return


def _after(rows: QuerySet[Standing], cursor: str) -> QuerySet[Standing]:
    """Rows after a cursor in (agency_path, sort_key, id) order, as one row value that an index can seek to.

    A cursor that was tampered with starts anywhere inside the viewer's list, safely.
    """
    path, _, rest = cursor.partition("~")
    key, _, row_id = rest.partition("~")
    number = int(row_id) if row_id.isascii() and row_id.isdigit() and len(row_id) < 19 else 0
    place = ("agency_path", "sort_key", "id")
    return rows.filter(TupleGreaterThan(tuple(F(name) for name in place), (path, key, number)))


def _rows(standings: QuerySet[Standing], *, day: date) -> Iterator[PersonRow]:
    rows = list(standings.values_list(*_ROW))
    held = officers.positions_on([row[1] for row in rows], day)
    for (
        pk,
        officer_id,
        path,
        key,
        state,
        *dates,
        completed_at,
        method,
        public_id,
        title,
        first,
        last,
        agency,
    ) in rows:
        position, level = held.get(officer_id, ("", ""))
        yield PersonRow(
            standing_id=pk,
            public_id=public_id,
            full_name=names.full_name(title, first, last),
            agency_name=agency,
            position=position,
            level=level,
            state=State(state),
            due_on=dates[0],
            original_due_on=dates[1],
            turns_on=dates[2],
            completed_on=local_date(completed_at) if completed_at else None,
            method=TOLD.get(method, ""),
            day=day,
            cursor=f"{path}~{key}~{pk}",
        )
