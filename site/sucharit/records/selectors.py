"""Reads of the records: what a learner owes and has, what a subject says, and the doors to lists and coverage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from sucharit.kernel.errors import NotFound
from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.officers import selectors as officers
from sucharit.records.coverage import Count as Count
from sucharit.records.coverage import Overview as Overview
from sucharit.records.coverage import UnitCount as UnitCount
from sucharit.records.coverage import at_instant
from sucharit.records.coverage import count_of as count_of
from sucharit.records.coverage import overview as overview
from sucharit.records.coverage import overview_of_scope as overview_of_scope
from sucharit.records.coverage import restated as restated
from sucharit.records.coverage import standings_at as standings_at
from sucharit.records.enums import DONE_STATES, REQUIRED_STATES, AwardKind, Cycle, Shown, State
from sucharit.records.fresh import just_now
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
from sucharit.records.people import PAGE as PAGE
from sucharit.records.people import SHOW as SHOW
from sucharit.records.people import TOLD
from sucharit.records.people import PeopleFilter as PeopleFilter
from sucharit.records.people import PeoplePage as PeoplePage
from sucharit.records.people import PersonRow as PersonRow
from sucharit.records.people import every_person as every_person
from sucharit.records.people import how_many as how_many
from sucharit.records.people import people as people
from sucharit.records.rules import FOREVER
from sucharit.records.showing import shown
from sucharit.records.statuses import Status, not_revoked, statuses


@dataclass(frozen=True)
class Duty:
    """One thing a learner must complete, and where they stand. `subject_code` is the next subject to learn for it."""

    subject_code: str
    requirement: str
    reason: str
    legal_basis: str
    contact: str
    audience: str
    fiscal_year: int | None
    due_on: date
    original_due_on: date | None
    turns_on: date
    state: State
    completed_at: datetime | None
    # Other duties that completing this subject answers or helps to answer, nearest due first.
    also: "Sequence[Duty]" = ()
    # Once completed, and no longer valid: to be completed again.
    is_expired: bool = False

    @property
    def is_done(self) -> bool:
        """Whether an award answers it that is valid."""
        return self.state in DONE_STATES and not self.is_expired


def duties(officer_id: int, *, today: date, now: datetime) -> Sequence[Duty]:
    """What an officer must complete in the running periods, nearest due first. A handful of queries, however many.

    Standings follow the sealed ledger by seconds; whoever has just completed something is shown what will be said of it.
    """
    rows = list(
        Standing.objects.filter(
            officer_id=officer_id,
            until_at__isnull=True,
            state__in=REQUIRED_STATES,
            period__opens_on__lte=today,
            period__closes_on__gte=today,
        )
        .select_related("period__requirement__subject", "period__requirement__audience")
        .prefetch_related("period__requirement__audience__agencies", "period__requirement__subjects")
    )
    fresh = just_now(officer_id, [row.period for row in rows], now=now) if rows else {}
    met = _met(officer_id, rows)
    words: dict[int, str] = {}
    found = []
    for row in rows:
        rule, span = row.period.requirement, fresh.get(row.period_id) or row
        state = State(span.state)
        is_expired = state in DONE_STATES and span.turns_on < today
        if rule.audience_id not in words:
            words[rule.audience_id] = officers.audience_in_words(rule.audience)
        open_subjects = [each.code for each in rule.subjects.all() if (row.period_id, each.pk) not in met]
        lead = rule.subject.code
        found.append(
            Duty(
                subject_code=lead if lead in open_subjects or not open_subjects else min(open_subjects),
                requirement=rule.title,
                reason=rule.reason,
                legal_basis=rule.legal_basis,
                contact=rule.contact,
                audience=words[rule.audience_id],
                fiscal_year=row.period.fiscal_year,
                # What was valid until a day is due again by that day.
                due_on=span.turns_on if is_expired else span.due_on or FOREVER,
                original_due_on=None if is_expired else span.original_due_on,
                turns_on=span.turns_on,
                state=state,
                completed_at=span.completed_at,
                is_expired=is_expired,
            )
        )
    return _together(sorted(found, key=lambda duty: (duty.due_on, duty.requirement)))


def _together(found: "Sequence[Duty]") -> "Sequence[Duty]":
    """Each duty with the others that ask the same subject: one completion answers all whose days it fits."""
    by_subject: dict[str, list[Duty]] = {}
    for duty in found:
        by_subject.setdefault(duty.subject_code, []).append(duty)
    return [
        replace(duty, also=[other for other in by_subject[duty.subject_code] if other is not duty])
        for duty in found
    ]


def _met(officer_id: int, rows: Sequence[Standing]) -> frozenset[tuple[int, int]]:
    """Rounds and subjects already completed in them, of requirements that ask for several; asked only where there is such a one.

    What was taken back is not met, nor what was completed before a yearly round opened.
    """
    several = [row.period for row in rows if row.period.requirement.need > 1]
    if not several:
        return frozenset()
    subjects = {each.pk for period in several for each in period.requirement.subjects.all()}
    held = not_revoked(AwardEvent.objects.filter(officer_id=officer_id, subject__in=subjects))
    done = [(pk, local_date(at)) for pk, at in held.values_list("subject_id", "completed_at")]
    return frozenset(
        (period.pk, pk)
        for period in several
        for pk, day in done
        if day >= period.opens_on or period.requirement.cycle == Cycle.ONCE
    )


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
            officer_id=officer_id, period__requirement__subjects=OuterRef("subject")
        )
        rows = rows.filter(Exists(required) | Q(agency__in=officers.agencies_visible_to(who)))
    return list(rows)


@dataclass(frozen=True)
class AwardTold:
    """An award with what it is worth today after its corrections."""

    award: AwardEvent
    status: Status


def awards_told(officer_id: int, *, today: date) -> Sequence[AwardTold]:
    """A person's awards, newest first, with their state today. Two queries."""
    return _told(awards_of(officer_id), today)


def awards_told_to(who: officers.Viewer, officer_id: int, *, today: date) -> Sequence[AwardTold]:
    """The awards of a person that HR may see, with their state today. Two queries."""
    return _told(awards_seen_by(who, officer_id), today)


def _told(awards: Sequence[AwardEvent], today: date) -> Sequence[AwardTold]:
    found = statuses(awards, today=today)
    return [AwardTold(award, found[award.pk]) for award in awards]


def _awards(officer_id: int) -> QuerySet[AwardEvent]:
    return (
        AwardEvent.objects.filter(officer_id=officer_id, kind=AwardKind.AWARD)
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
    """The person's newest award for a subject in whatever year that was not revoked, or none."""
    return (
        not_revoked(AwardEvent.objects.filter(officer_id=officer_id, subject__code=subject_code))
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
        .order_by(F("fiscal_year").desc(nulls_first=True), "due_on", "id")
    )


@dataclass(frozen=True)
class PersonStanding:
    """Where a person stands in one period on a day, for the page about them."""

    period: RequirementPeriod
    shown: Shown
    due_on: date | None
    original_due_on: date | None
    completed_at: datetime | None
    agency_name: str
    method: str


def standings_of(officer_id: int, *, today: date, as_of: datetime | None = None) -> Sequence[PersonStanding]:
    """Every period a person was or is required in, newest first; with `as_of` as they were at that instant. One query."""
    rows = at_instant(Standing.objects.filter(officer_id=officer_id), as_of)
    day = local_date(as_of) if as_of else today
    return [
        PersonStanding(
            period=row.period,
            shown=shown(
                State(row.state),
                due_on=row.due_on,
                turns_on=row.turns_on,
                day=day,
                window_days=row.period.requirement.window_days,
            ),
            due_on=row.due_on,
            original_due_on=row.original_due_on,
            completed_at=row.completed_at,
            agency_name=row.agency.name,
            method=TOLD.get(row.award.method, "") if row.award else "",
        )
        for row in rows.select_related("period__requirement__subject", "agency", "award").order_by(
            F("period__fiscal_year").desc(nulls_first=True), "period__due_on"
        )
    ]


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
