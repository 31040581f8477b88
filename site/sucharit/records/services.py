"""Writes of the records: editions, awards, requirements and their periods.

Completions enter through `record_award` and nowhere else. Every verb is one transaction; what must happen outside it (a
certificate's PDF) is left to `transaction.on_commit`.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import Q

from sucharit.kernel.errors import InvalidInput, NotFound, Refused
from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.officers import selectors as officers
from sucharit.records import certificates, projection
from sucharit.records.enums import OPEN_STATES, Access, Method, State
from sucharit.records.models import (
    AccessEntry,
    AwardEvent,
    Edition,
    LearningStart,
    Requirement,
    RequirementPeriod,
    Standing,
    Subject,
    WaitingEntry,
)


@dataclass(frozen=True)
class Completion:
    """What is to be recorded about one completion. `key` names its cause: the same key is recorded once."""

    key: str
    officer_id: int
    subject_code: str
    edition_id: int
    completed_at: datetime
    method: Method = Method.ONLINE
    score: Decimal | int | None = None
    max_score: Decimal | int | None = None
    attempt_ref: str = ""
    evidence_ref: str = ""
    recorded_by_id: int | None = None
    valid_until: date | None = None
    # An import of thousands makes its certificates afterwards (`certificates.issue_missing`), not one by one on commit.
    issue_certificate: bool = True


@transaction.atomic
def announce_edition(
    *, code: str, title: str, minutes: int, digest: str, now: datetime
) -> tuple[Edition, bool]:
    """Make known what a subject now says. Returns the edition and whether it is new; the same digest makes no new one."""
    subject, made = Subject.objects.select_for_update().get_or_create(code=code, defaults={"title": title})
    if not made and subject.title != title:
        subject.title = title
        subject.save(update_fields=["title"])
    latest = subject.editions.order_by("-number").first()
    if latest is not None and latest.digest == digest:
        return latest, False
    edition = Edition.objects.create(
        subject=subject,
        number=(latest.number if latest else 0) + 1,
        title=title,
        minutes=minutes,
        digest=digest,
        published_at=now,
    )
    return edition, True


def record_award(*, completion: Completion, now: datetime, is_new: bool = False) -> AwardEvent:
    """Write one completion into the ledger, with the person as of that day and the requirement it answers.

    Idempotent by `completion.key`, under any race: the database's unique key decides. `is_new` says that the caller does not
    expect the key to be there, which saves looking first. Moves the person's standing and
    the agency's count in the same transaction; the certificate follows once it is committed. Raises Refused where no
    posting covers the day, NotFound for an unknown edition.
    """
    if not is_new:
        existing = AwardEvent.objects.filter(idempotency_key=completion.key).first()
        if existing is not None:
            return existing
    try:
        with transaction.atomic():
            return _record(completion, now)
    except IntegrityError:
        winner = AwardEvent.objects.filter(idempotency_key=completion.key).first()
        if winner is None:
            raise
        return winner


def _record(completion: Completion, now: datetime) -> AwardEvent:
    if completion.completed_at > now:
        raise Refused("completed_in_the_future", "วันที่สำเร็จต้องไม่อยู่ในอนาคต")
    day = local_date(completion.completed_at)
    person = officers.snapshot_on(completion.officer_id, day)
    edition = (
        Edition.objects.select_related("subject")
        .filter(pk=completion.edition_id, subject__code=completion.subject_code)
        .first()
    )
    if edition is None:
        raise NotFound("edition_unknown", "ไม่พบฉบับของรายวิชาที่จะบันทึกผล")
    owed = list(
        Standing.objects.select_for_update(of=("self",))
        .select_related("period__requirement")
        .filter(
            officer_id=completion.officer_id,
            period__requirement__subject=edition.subject_id,
            period__opens_on__lte=day,
            period__closes_on__gte=day,
        )
        # One recorded late for an earlier day takes the place of a later completion: the first of the period counts.
        .filter(Q(state__in=OPEN_STATES) | Q(completed_at__gt=completion.completed_at))
        .order_by("period__due_on", "id")
    )
    answered = owed[0].period if owed else None
    event = AwardEvent.objects.create(
        idempotency_key=completion.key,
        officer_id=person.officer_id,
        title=person.title,
        first_name=person.first_name,
        last_name=person.last_name,
        personnel_type=person.personnel_type,
        agency_id=person.agency_id,
        agency_code=person.agency_code,
        agency_name=person.agency_name,
        agency_chain=person.agency_chain,
        posting_id=person.posting_id,
        position_title=person.position_title,
        position_type=person.position_type,
        position_level=person.position_level,
        subject=edition.subject,
        edition=edition,
        subject_code=edition.subject.code,
        edition_number=edition.number,
        edition_digest=edition.digest,
        requirement=answered.requirement if answered else None,
        period=answered,
        rule_version=answered.rule_version if answered else None,
        method=completion.method,
        score=completion.score,
        max_score=completion.max_score,
        attempt_ref=completion.attempt_ref,
        evidence_ref=completion.evidence_ref,
        completed_at=completion.completed_at,
        recorded_at=now,
        recorded_by_id=completion.recorded_by_id,
        valid_until=completion.valid_until,
    )
    WaitingEntry.objects.create(award=event)
    for standing in owed:
        state = projection.completed_state(standing.period, day)
        projection.move(standing, state, award=event, completed_at=completion.completed_at)
    if completion.issue_certificate:
        transaction.on_commit(lambda: certificates.issue_quietly(award_id=event.pk), robust=True)
    return event


def mark_started(*, officer_id: int, subject_code: str, now: datetime) -> None:
    """Someone is learning this fiscal year: kept once a year, and their open standings move to "in progress"."""
    day = local_date(now)
    year = FiscalYear.of(day).year
    if LearningStart.objects.filter(
        officer_id=officer_id, subject__code=subject_code, fiscal_year=year
    ).exists():
        return
    with transaction.atomic():
        subject_id = Subject.objects.values_list("pk", flat=True).get(code=subject_code)
        LearningStart.objects.bulk_create(
            [LearningStart(officer_id=officer_id, subject_id=subject_id, fiscal_year=year, started_at=now)],
            ignore_conflicts=True,
        )
        fresh = Standing.objects.filter(
            officer_id=officer_id,
            period__requirement__subject=subject_id,
            period__opens_on__lte=day,
            period__closes_on__gte=day,
            state=State.NOT_STARTED,
        )
        for standing in fresh:
            projection.move(standing, State.IN_PROGRESS, started_at=now)


def period_dates(requirement: Requirement, year: FiscalYear) -> tuple[date, date, date]:
    """Opening, due and closing day of a requirement in a fiscal year. A 31st that a month lacks becomes its last day."""
    calendar_year = year.start.year if requirement.due_month >= 10 else year.end.year
    day = min(requirement.due_day, monthrange(calendar_year, requirement.due_month)[1])
    return year.start, date(calendar_year, requirement.due_month, day), year.end


@transaction.atomic
def save_requirement(*, code: str, **facts: object) -> Requirement:
    """Make a requirement, or change it and raise its rule version when anything but its words of contact changed.

    Refused where the subject of one that already has a period would change: what was asked of people then stays what it was.
    """
    requirement = Requirement.objects.select_for_update().filter(code=code).first()
    if requirement is None:
        return Requirement.objects.create(code=code, **facts)
    changed = {name for name, value in facts.items() if getattr(requirement, name) != value}
    if "subject" in changed and requirement.periods.exists():
        raise InvalidInput(
            "subject_is_asked", "ข้อกำหนดที่เปิดรอบแล้วเปลี่ยนรายวิชาไม่ได้ โปรดเพิ่มข้อกำหนดใหม่", field="subject"
        )
    for name in changed:
        setattr(requirement, name, facts[name])
    if changed - {"contact", "title"}:
        requirement.rule_version += 1
    if "audience" in changed:
        # This change is counted here; what the new audience says is noted when it is applied.
        requirement.audience_digest = ""
    requirement.save()
    return requirement


def apply_requirement(*, requirement: Requirement, fiscal_year: int, now: datetime) -> RequirementPeriod:
    """Open the year's period if needed and bring its standings to what audience and postings say today.

    Safe to run again: who entered is added, who left the audience is dropped, who moved follows their agency, and every state
    is derived anew from awards and starts, so coming back restores it. The dates of an open period stay; its rule version
    becomes the one whose audience it follows. Two transactions: the second catches up with completions that committed
    beside the first. Each ends with a full recount of the coverage.
    """
    period = _apply(requirement.pk, FiscalYear(fiscal_year), now)
    _catch_up(period)
    return period


@transaction.atomic
def _apply(requirement_id: int, year: FiscalYear, now: datetime) -> RequirementPeriod:
    # Locked, so that two people who press the button at once take turns; not its key, to which every award refers.
    rules = Requirement.objects.select_for_update(of=("self",), no_key=True)
    requirement = rules.select_related("audience").get(pk=requirement_id)
    _follow_audience(requirement)
    opens_on, due_on, closes_on = period_dates(requirement, year)
    period, _ = RequirementPeriod.objects.get_or_create(
        requirement=requirement,
        fiscal_year=year.year,
        defaults={"opens_on": opens_on, "due_on": due_on, "closes_on": closes_on},
    )
    today = min(max(local_date(now), opens_on), closes_on)
    members = officers.members_with_posting(requirement.audience, on=today) if requirement.is_active else ()
    projection.reconcile(period, members)
    projection.recount(period)
    period.rule_version, period.applied_at = requirement.rule_version, now
    period.save(update_fields=["rule_version", "applied_at"])
    return period


def _follow_audience(requirement: Requirement) -> None:
    """Raise the rule version where the audience says something else than when it was last applied."""
    says = sha256(repr(officers.rule_of(requirement.audience)).encode()).hexdigest()
    if requirement.audience_digest == says:
        return
    if requirement.audience_digest:
        requirement.rule_version += 1
    requirement.audience_digest = says
    requirement.save(update_fields=["rule_version", "audience_digest"])


@transaction.atomic
def _catch_up(period: RequirementPeriod) -> None:
    if projection.catch_up(period):
        projection.recount(period)


@transaction.atomic
def recount_coverage(*, period: RequirementPeriod) -> int:
    """Count the coverage of a period from its standings. Returns how many counts were wrong before."""
    return projection.recount(period)


def note_person_seen(*, viewer_id: int, officer_id: int, now: datetime) -> None:
    """Write down that somebody opened a person's record."""
    AccessEntry.objects.create(viewer_id=viewer_id, what=Access.PERSON, officer_id=officer_id, at=now)


def note_export(*, viewer_id: int, agency_id: int, now: datetime) -> None:
    """Write down that somebody took a list of an agency's people."""
    AccessEntry.objects.create(viewer_id=viewer_id, what=Access.EXPORT, agency_id=agency_id, at=now)
