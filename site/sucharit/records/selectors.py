"""Reads of the records. Everything that HR sees comes from `people`, on the screen and in every file (rule E21)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from sucharit.kernel import names
from sucharit.kernel.errors import NotFound
from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.officers import selectors as officers
from sucharit.records.coverage import Count as Count
from sucharit.records.coverage import Overview as Overview
from sucharit.records.coverage import UnitCount as UnitCount
from sucharit.records.coverage import count_of as count_of
from sucharit.records.coverage import overview as overview
from sucharit.records.coverage import overview_of_scope as overview_of_scope
from sucharit.records.enums import DONE_STATES, OPEN_STATES, State
from sucharit.records.models import (
    AccessEntry,
    LearningStart,
    Requirement,
    Standing,
    Subject,
)
from sucharit.records.models import AwardEvent as AwardEvent
from sucharit.records.models import Edition as Edition
from sucharit.records.models import RequirementPeriod as RequirementPeriod

PAGE = 50
# Up to this many namesakes in the whole country are looked up by index; more are met soon enough by reading the list.
MOST_FOUND = 2_000
# The words of the HR list's filter, and the stored states each one shows.
SHOW: Mapping[str, frozenset[State]] = {
    "all": frozenset(State),
    "left": OPEN_STATES,
    "done": DONE_STATES,
    "not_started": frozenset({State.NOT_STARTED}),
    "in_progress": frozenset({State.IN_PROGRESS}),
}


@dataclass(frozen=True)
class Duty:
    """One thing a learner must complete this fiscal year, and where they stand."""

    subject_code: str
    requirement: str
    reason: str
    legal_basis: str
    contact: str
    audience: str
    fiscal_year: int
    due_on: date
    state: State
    completed_at: datetime | None

    @property
    def is_done(self) -> bool:
        """Whether an award answers it."""
        return self.state in DONE_STATES


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
    due_on: date
    completed_on: date | None
    cursor: str

    def status(self, today: date) -> str:
        """The status in words; an open one past its day is overdue."""
        if self.state in OPEN_STATES and today > self.due_on:
            return "เลยกำหนด"
        return str(self.state.label)


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
        return SHOW.get(self.show, frozenset(State))


def duties(officer_id: int, *, today: date) -> Sequence[Duty]:
    """What an officer must complete in the running periods, nearest due first. Two queries, however many."""
    rows = (
        Standing.objects.filter(
            officer_id=officer_id, period__opens_on__lte=today, period__closes_on__gte=today
        )
        .select_related("period__requirement__subject", "period__requirement__audience")
        .prefetch_related("period__requirement__audience__agencies")
        .order_by("period__due_on", "id")
    )
    words: dict[int, str] = {}
    found = []
    for row in rows:
        rule = row.period.requirement
        if rule.audience_id not in words:
            words[rule.audience_id] = officers.audience_in_words(rule.audience)
        found.append(
            Duty(
                subject_code=rule.subject.code,
                requirement=rule.title,
                reason=rule.reason,
                legal_basis=rule.legal_basis,
                contact=rule.contact,
                audience=words[rule.audience_id],
                fiscal_year=row.period.fiscal_year,
                due_on=row.period.due_on,
                state=State(row.state),
                completed_at=row.completed_at,
            )
        )
    return found


def awards_of(officer_id: int) -> Sequence[AwardEvent]:
    """A person's awards, newest first, with edition and certificate serial; never the PDF bytes."""
    return list(_awards(officer_id))


def awards_seen_by(who: officers.Viewer, officer_id: int) -> Sequence[AwardEvent]:
    """The awards of a person that HR may see: those of required subjects, and those earned in an agency of theirs (rule E17).

    What somebody learned of their own accord elsewhere, before coming here, is theirs to tell. One query.
    """
    rows = _awards(officer_id)
    if not who.sees_everyone:
        required = Standing.objects.filter(
            officer_id=officer_id, period__requirement__subject=OuterRef("subject")
        )
        rows = rows.filter(Exists(required) | Q(agency__in=officers.agencies_visible_to(who)))
    return list(rows)


def _awards(officer_id: int) -> QuerySet[AwardEvent]:
    return (
        AwardEvent.objects.filter(officer_id=officer_id)
        .select_related("subject", "edition", "certificate")
        .defer("certificate__pdf")
        .order_by("-completed_at", "-id")
    )


# What a learner's pages print of an award: the ledger's other columns stay where they are.
_AWARD_FACTS = (
    "title",
    "first_name",
    "last_name",
    "position_title",
    "agency_name",
    "method",
    "score",
    "max_score",
    "completed_at",
    "edition__title",
    "edition__number",
    "edition__minutes",
    "certificate__serial",
)


def award_in_year(officer_id: int, subject_code: str, *, today: date) -> AwardEvent | None:
    """The person's newest award for a subject in the fiscal year of `today`, or none."""
    newest = newest_award(officer_id, subject_code)
    if newest is None or local_date(newest.completed_at) not in FiscalYear.of(today):
        return None
    return newest


def newest_award(officer_id: int, subject_code: str) -> AwardEvent | None:
    """The person's newest award for a subject in whatever year, or none."""
    return (
        AwardEvent.objects.filter(officer_id=officer_id, subject__code=subject_code)
        .select_related("edition", "certificate")
        .only(*_AWARD_FACTS)
        .order_by("-completed_at", "-id")
        .first()
    )


def latest_edition(subject_code: str) -> Edition | None:
    """The edition a subject says today, or none before it was ever published."""
    return Edition.objects.filter(subject__code=subject_code).order_by("-number").first()


def edition_to_learn(subject_code: str, officer_id: int, *, today: date) -> tuple[Edition, bool] | None:
    """The edition a subject says today, and whether it stands in the records that this person is learning it this year.

    One query; none before the subject was ever published.
    """
    started = LearningStart.objects.filter(
        officer_id=officer_id, subject=OuterRef("subject"), fiscal_year=FiscalYear.of(today).year
    )
    rows = Edition.objects.filter(subject__code=subject_code).annotate(is_started=Exists(started))
    edition = rows.order_by("-number").first()
    return (edition, edition.is_started) if edition is not None else None


def periods(*, today: date) -> Sequence[RequirementPeriod]:
    """All periods that have begun, newest year first and nearest due first within it."""
    return list(
        RequirementPeriod.objects.filter(opens_on__lte=today, applied_at__isnull=False)
        .select_related("requirement__subject")
        .order_by("-fiscal_year", "due_on", "id")
    )


def _in_order(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    wanted: PeopleFilter,
    *,
    today: date,
) -> QuerySet[Standing]:
    """Standings of an agency's subtree that the viewer may see, in reading order (rule: scope first)."""
    rows = Standing.objects.filter(
        Exists(officers.visible_to(who, today=today).filter(pk=OuterRef("officer_id"))),
        period=period,
        in_scope=True,
        agency_path__gte=agency.path,
        agency_path__lt=officers.path_end(agency.path),
    )
    if wanted.states != frozenset(State):
        rows = rows.filter(state__in=wanted.states)
    if wanted.search.strip():
        found = officers.ids_by_name(wanted.search, most=MOST_FOUND)
        # A rare name is looked up first; a common one is met soon on the way through the list.
        rows = rows.filter(
            officers.named(wanted.search, prefix="officer__") if found is None else Q(officer_id__in=found)
        )
    return rows.order_by("agency_path", "sort_key", "id")


_ROW = (
    "id",
    "agency_path",
    "sort_key",
    "state",
    "completed_at",
    "agency_id",
    "officer_id",
    "officer__public_id",
    "officer__title",
    "officer__first_name",
    "officer__last_name",
    "agency__name",
)


def people(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    wanted: PeopleFilter,
    *,
    today: date,
    after: str = "",
    size: int = PAGE,
) -> PeoplePage:
    """One page of people, found by index from where the last one ended: the cost does not grow with the people."""
    rows = _in_order(who, period, agency, wanted, today=today)
    if after:
        rows = _after(rows, after)
    found = list(_rows(rows[: size + 1], period, today=today))
    more = len(found) > size
    return PeoplePage(found[:size], found[size - 1].cursor if more else "")


def how_many(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    wanted: PeopleFilter,
    *,
    today: date,
) -> int:
    """How many people the same list holds. For files only: a screen never counts people one by one."""
    return _in_order(who, period, agency, wanted, today=today).order_by().count()


def every_person(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    wanted: PeopleFilter,
    *,
    today: date,
) -> Iterator[PersonRow]:
    """All rows of the same list, streamed, for the export files."""
    after = ""
    while True:
        page = people(who, period, agency, wanted, today=today, after=after, size=2_000)
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


def _rows(standings: QuerySet[Standing], period: RequirementPeriod, *, today: date) -> Iterator[PersonRow]:
    rows = list(standings.values_list(*_ROW))
    held = officers.positions_on([row[6] for row in rows], today)
    for pk, path, key, state, completed_at, _, officer_id, public_id, title, first, last, agency_name in rows:
        position, level = held.get(officer_id, ("", ""))
        yield PersonRow(
            standing_id=pk,
            public_id=public_id,
            full_name=names.full_name(title, first, last),
            agency_name=agency_name,
            position=position,
            level=level,
            state=State(state),
            due_on=period.due_on,
            completed_on=local_date(completed_at) if completed_at else None,
            cursor=f"{path}~{key}~{pk}",
        )


def standings_of(officer_id: int) -> Sequence[Standing]:
    """Every period a person was or is required in, newest first, for the HR person page."""
    return list(
        Standing.objects.filter(officer_id=officer_id)
        .select_related("period__requirement__subject", "agency")
        .order_by("-period__fiscal_year", "period__due_on")
    )


def subjects_with_awards(codes: Sequence[str]) -> frozenset[str]:
    """Which of these subjects somebody has completed."""
    held = AwardEvent.objects.filter(subject__code__in=codes).order_by()
    return frozenset(held.values_list("subject__code", flat=True).distinct())


def subject(code: str) -> Subject:
    """One subject of the register by code. Raises NotFound for one that was never announced."""
    found = Subject.objects.filter(code=code).first()
    if found is None:
        raise NotFound("subject_unknown", f"ไม่พบรายวิชารหัส {code} ในทะเบียน")
    return found


def who_looked(officer_id: int, *, most: int = 20) -> Sequence[AccessEntry]:
    """The last times somebody opened this person's record, newest first (rule E25)."""
    rows = AccessEntry.objects.filter(officer_id=officer_id).select_related("viewer__officer")
    return list(rows.order_by("-at", "-id")[:most])


def active_requirements() -> Sequence[Requirement]:
    """The requirements in force."""
    return list(
        Requirement.objects.filter(is_active=True).select_related("audience", "subject").order_by("code")
    )


def has_award_for(attempt_ref: str) -> bool:
    """Whether an attempt's award stands in the ledger."""
    return AwardEvent.objects.filter(idempotency_key=f"attempt:{attempt_ref}").exists()
