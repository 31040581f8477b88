"""Writes of the records: editions, awards, requirements and their periods.

Completions enter through `record_award` and nowhere else. Every verb is one transaction; what must happen outside it (a
certificate's PDF) is left to `transaction.on_commit`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from sucharit.kernel.errors import NotFound, Refused
from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.officers import selectors as officers
from sucharit.records import applications as applications
from sucharit.records import certificates, projection
from sucharit.records.enums import OPEN_STATES, Access, Method
from sucharit.records.following import settle as settle
from sucharit.records.impact_people import look_at_first_few as look_at_first_few
from sucharit.records.models import (
    AccessEntry,
    AwardEvent,
    Edition,
    LearningStart,
    Standing,
    Subject,
    WaitingEntry,
)
from sucharit.records.requiring import apply_requirement as apply_requirement
from sucharit.records.requiring import bring_rounds as bring_rounds
from sucharit.records.requiring import open_period as open_period
from sucharit.records.requiring import open_rounds as open_rounds
from sucharit.records.requiring import period_dates as period_dates
from sucharit.records.requiring import recount_coverage as recount_coverage
from sucharit.records.requiring import save_requirement as save_requirement
from sucharit.records.rule_drafts import approve_draft as approve_draft
from sucharit.records.rule_drafts import change_draft as change_draft
from sucharit.records.rule_drafts import propose_again as propose_again
from sucharit.records.rule_drafts import propose_audience as propose_audience
from sucharit.records.rule_drafts import propose_change as propose_change
from sucharit.records.rule_drafts import propose_requirement as propose_requirement
from sucharit.records.rule_drafts import refuse_draft as refuse_draft
from sucharit.records.rule_drafts import renew_impact as renew_impact
from sucharit.records.rule_drafts import save_words as save_words
from sucharit.records.rule_drafts import send_draft as send_draft
from sucharit.records.rule_drafts import stamp as stamp
from sucharit.records.rule_drafts import take_back as take_back
from sucharit.records.rule_drafts import take_up as take_up
from sucharit.records.rule_drafts import withdraw_draft as withdraw_draft


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


class Answered(NamedTuple):
    """The round that a completion is recorded as answering, if any, and the version of its rule that was in force."""

    requirement_id: int | None = None
    period_id: int | None = None
    rule_version: int | None = None


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
    expect the key to be there, which saves looking first. The row then waits to be sealed; standing and coverage follow the
    sealed ledger within seconds, the certificate follows the commit. Raises Refused where no
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
    answered = _answered(completion)
    edition = (
        Edition.objects.select_related("subject")
        .filter(pk=completion.edition_id, subject__code=completion.subject_code)
        .annotate(
            period=Subquery(answered.values("period_id")[:1]),
            requirement=Subquery(answered.values("period__requirement_id")[:1]),
            rule=Subquery(answered.values("period__rule_version")[:1]),
        )
        .first()
    )
    if edition is None:
        raise NotFound("edition_unknown", "ไม่พบฉบับของรายวิชาที่จะบันทึกผล")
    event = stated(
        completion, person, edition, Answered(edition.requirement, edition.period, edition.rule), now
    )
    event.save(force_insert=True)
    WaitingEntry.objects.create(award=event)
    if completion.issue_certificate:
        transaction.on_commit(lambda: certificates.issue_quietly(award_id=event.pk), robust=True)
    return event


def stated(
    completion: Completion,
    person: officers.PersonSnapshot,
    edition: Edition,
    answered: Answered,
    now: datetime,
) -> AwardEvent:
    """The ledger's row for a completion, not saved."""
    return AwardEvent(
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
        requirement_id=answered.requirement_id,
        period_id=answered.period_id,
        rule_version=answered.rule_version,
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


def _answered(completion: Completion) -> "QuerySet[Standing]":
    """The standing whose period a completion is recorded as answering: the open one of its day that is due first, or none.

    It is what was known when it was written. Where the person stands follows from the completion itself, in every period.
    """
    day = local_date(completion.completed_at)
    rows = Standing.objects.filter(
        # One recorded late for an earlier day takes the place of a later completion: the first of the round counts.
        Q(state__in=OPEN_STATES) | Q(completed_at__gt=completion.completed_at),
        officer_id=completion.officer_id,
        until_at__isnull=True,
        period__requirement__subjects=OuterRef("subject"),
        period__opens_on__lte=day,
        period__closes_on__gte=day,
    )
    return rows.order_by("turns_on", "id")


def mark_started(*, officer_id: int, subject_code: str, now: datetime) -> None:
    """Someone is learning this fiscal year: kept once a year; their open standings move to "in progress" within seconds."""
    year = FiscalYear.of(local_date(now)).year
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
        projection.touch([officer_id])


def note_person_seen(*, viewer_id: int, officer_id: int, now: datetime) -> None:
    """Write down that somebody opened a person's record."""
    AccessEntry.objects.create(viewer_id=viewer_id, what=Access.PERSON, officer_id=officer_id, at=now)


def note_export(*, viewer_id: int, agency_id: int, now: datetime) -> None:
    """Write down that somebody took a list of an agency's people."""
    AccessEntry.objects.create(viewer_id=viewer_id, what=Access.EXPORT, agency_id=agency_id, at=now)
