"""Proposals of the HR desk: made, confirmed, decided by somebody else, applied. Each verb is one transaction.

Whoever makes one sees what will happen before it is confirmed. Most are then written at once; those of `records.second` wait for another
person with the same verb for that agency. Applying writes the ledger in the transaction of the decision, so one decision is one event,
whoever presses twice. A file is applied in the background (`records.importing`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from sucharit.kernel import thai_text
from sucharit.kernel.errors import Conflict, InvalidInput, NotFound, OutOfScope, Refused
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import selectors as officers
from sucharit.officers.selectors import Role, Verb, Viewer, can
from sucharit.records import acts
from sucharit.records.enums import ProposalKind, ProposalState
from sucharit.records.models import Attachment, Proposal
from sucharit.records.second import why_second

FILES = frozenset({ProposalKind.IMPORT, ProposalKind.UNDO_IMPORT})
# Asked by whom the record is about, and only then: everything else is staff's.
BY_LEARNER = frozenset({ProposalKind.CONTEST, ProposalKind.RECOGNISE})
_OPEN = (ProposalState.DRAFT, ProposalState.WAITING)


@dataclass(frozen=True)
class Wanted:
    """What a proposal is to say. `payload` as `records.acts` reads it."""

    kind: ProposalKind
    officer: officers.Officer
    reason: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    reason_code: str = ""
    document: str = ""
    other: officers.Officer | None = None
    award_id: int | None = None
    decision_id: int | None = None
    attachment: Attachment | None = None


@transaction.atomic
def draft(*, wanted: Wanted, who: Viewer, now: datetime, instead: Proposal | None = None) -> Proposal:
    """Make a proposal that nobody but its maker sees yet, or bring one to new words (`instead`, a draft of theirs).

    Raises InvalidInput at the input that is wrong, Refused where the rules forbid it, OutOfScope for people out of reach.
    """
    today = local_date(now)
    _in_reach(who, wanted.officer, wanted.other, today=today)
    if wanted.kind == ProposalKind.ANONYMISE and Role.SECRETARIAT not in who.roles:
        raise OutOfScope("out_of_scope", "ไม่พบรายการนี้")
    proposal = _filled(wanted, who, now, instead, by_learner=False)
    acts.CHECKS[wanted.kind](proposal, today)
    proposal.second_reason = why_second(proposal, own_officer_id=who.officer_id, today=today)
    proposal.needs_second = bool(proposal.second_reason)
    proposal.save()
    return proposal


@transaction.atomic
def ask(*, wanted: Wanted, who: Viewer, now: datetime) -> Proposal:
    """A learner's own request: to contest an entry, or to have something recognised. It waits for HR of their agency.

    Raises InvalidInput at the input that is wrong, Refused for somebody whose agency is not known today.
    """
    today = local_date(now)
    if wanted.kind not in BY_LEARNER or who.officer_id is None or wanted.officer.pk != who.officer_id:
        raise OutOfScope("out_of_scope", "ไม่พบรายการนี้")
    proposal = _filled(wanted, who, now, None, by_learner=True)
    acts.CHECKS[wanted.kind](proposal, today)
    open_ones = Proposal.objects.filter(made_by_id=who.user_id, state=ProposalState.WAITING)
    if open_ones.filter(kind=wanted.kind).count() >= 5:
        raise Refused("too_many_open", "คุณมีคำขอเรื่องนี้ที่รอพิจารณาอยู่ 5 รายการ โปรดรอผลก่อน")
    proposal.state = ProposalState.WAITING
    second = acts_second(proposal, now)
    proposal.needs_second, proposal.second_reason = True, second or "เจ้าหน้าที่บุคคลของหน่วยงานเป็นผู้พิจารณา"
    # What a requirement asks for takes two of staff: one who looked at the paper, and one who decides.
    proposal.payload = {**proposal.payload, "two_of_staff": bool(second)}
    proposal.save()
    return proposal


def acts_second(proposal: Proposal, now: datetime) -> str:
    """Why staff alone may not decide what a learner asks for, or ""."""
    if proposal.kind == ProposalKind.CONTEST:
        return ""
    return why_second(proposal, own_officer_id=None, today=local_date(now))


def _filled(
    wanted: Wanted, who: Viewer, now: datetime, instead: Proposal | None, *, by_learner: bool
) -> Proposal:
    reason = thai_text.normalise(wanted.reason).strip()
    if not reason:
        raise InvalidInput("reason_missing", "โปรดเขียนเหตุผล", field="reason")
    posting = officers.posting_on(wanted.officer.pk, local_date(now))
    agency_id = posting.agency_id if posting else officers.last_agency_id(wanted.officer.pk)
    if who.user_id is None or agency_id is None:
        raise Refused("no_posting", "ไม่พบหน่วยงานของเจ้าของประวัติ โปรดแก้ประวัติตำแหน่งก่อน")
    if instead is not None:
        held = Proposal.objects.select_for_update(no_key=True).filter(pk=instead.pk, made_by_id=who.user_id)
        if not held.filter(state=ProposalState.DRAFT).exists():
            raise Conflict("proposal_confirmed", "รายการนี้ยืนยันไปแล้ว แก้ไขไม่ได้")
    proposal = instead or Proposal(made_by_id=who.user_id)
    proposal.kind, proposal.officer, proposal.other = wanted.kind, wanted.officer, wanted.other
    proposal.agency_id, proposal.made_at = agency_id, now
    proposal.award_id, proposal.decision_id = wanted.award_id, wanted.decision_id
    proposal.payload = {**wanted.payload, **({"by_learner": True} if by_learner else {})}
    proposal.reason_code, proposal.reason = wanted.reason_code, reason
    proposal.document = thai_text.normalise(wanted.document)[:200]
    proposal.attachment = wanted.attachment or (instead.attachment if instead else None)
    return proposal


@transaction.atomic
def confirm(*, proposal_id: int, who: Viewer, now: datetime) -> Proposal:
    """The maker stands by it: it waits for a second person, or is applied at once.

    Raises Conflict where it was confirmed already, and whatever the ledger refuses by now.
    """
    proposal = _held(proposal_id)
    if proposal.made_by_id != who.user_id:
        raise OutOfScope("out_of_scope", "ไม่พบรายการนี้")
    if proposal.state != ProposalState.DRAFT or proposal.payload.get("reading"):
        raise Conflict("proposal_confirmed", "รายการนี้ยืนยันไปแล้ว")
    _in_reach_of(who, proposal, today=local_date(now))
    acts.CHECKS[ProposalKind(proposal.kind)](proposal, local_date(now))
    if proposal.kind in FILES and proposal.kind == ProposalKind.IMPORT and not proposal.total:
        raise Refused("nothing_to_write", "ไฟล์นี้ไม่มีแถวที่พร้อมบันทึก")
    proposal.second_reason = why_second(proposal, own_officer_id=who.officer_id, today=local_date(now))
    proposal.needs_second = bool(proposal.second_reason)
    proposal.made_at = now
    if proposal.needs_second:
        proposal.state = ProposalState.WAITING
        proposal.save()
        return proposal
    return _apply(proposal, now)


@transaction.atomic
def approve(*, proposal_id: int, who: Viewer, now: datetime, note: str = "") -> Proposal:
    """Approve what somebody else proposed, and write it. Of two who press at once one does, the other is told.

    What a learner asked for a required subject takes two: the first approval endorses it. Raises Refused for the maker, for the
    person it is about, and where it was decided; whatever the ledger refuses leaves it waiting.
    """
    proposal = _deciding(proposal_id, who, now)
    if proposal.kind == ProposalKind.CONTEST:
        raise Refused("answered_in_words", "รายการทักท้วงตอบเป็นข้อความ ไม่มีการอนุมัติ")
    if proposal.payload.get("two_of_staff") and proposal.endorsed_by_id is None:
        proposal.endorsed_by_id, proposal.endorsed_at = who.user_id, now
        proposal.note = thai_text.normalise(note).strip()
        proposal.save()
        return proposal
    if proposal.endorsed_by_id == who.user_id:
        raise Refused("endorsed_by_you", "คุณเห็นชอบรายการนี้ไปแล้ว ต้องให้ผู้อื่นอนุมัติ")
    _decided(proposal, who, now, note or proposal.note)
    return _apply(proposal, now)


@transaction.atomic
def refuse(*, proposal_id: int, who: Viewer, now: datetime, note: str) -> Proposal:
    """Leave everything as it is, and say why. Raises InvalidInput without words."""
    proposal = _deciding(proposal_id, who, now)
    if not note.strip():
        raise InvalidInput("note_missing", "โปรดเขียนเหตุผลที่ไม่อนุมัติ ผู้เสนอจะเห็นข้อความนี้", field="note")
    if proposal.endorsed_by_id == who.user_id:
        proposal.endorsed_by_id = proposal.endorsed_at = None
    _decided(proposal, who, now, note)
    proposal.state = ProposalState.REFUSED
    proposal.save()
    return proposal


@transaction.atomic
def answer(*, proposal_id: int, who: Viewer, now: datetime, note: str) -> Proposal:
    """Answer what somebody contests in words, which they will read. Nothing else follows."""
    proposal = _deciding(proposal_id, who, now)
    if proposal.kind != ProposalKind.CONTEST:
        raise Refused("not_contested", "รายการนี้ต้องอนุมัติหรือไม่อนุมัติ")
    if not note.strip():
        raise InvalidInput("note_missing", "โปรดเขียนคำตอบ เจ้าของประวัติจะเห็นข้อความนี้", field="note")
    _decided(proposal, who, now, note)
    proposal.state, proposal.finished_at = ProposalState.ANSWERED, now
    proposal.save()
    return proposal


@transaction.atomic
def withdraw(*, proposal_id: int, who: Viewer, now: datetime) -> Proposal:
    """The maker takes it back before it is decided."""
    proposal = _held(proposal_id)
    if proposal.made_by_id != who.user_id:
        raise OutOfScope("out_of_scope", "ไม่พบรายการนี้")
    if proposal.state not in _OPEN:
        raise Conflict("proposal_decided", "รายการนี้พิจารณาไปแล้ว ถอนไม่ได้")
    proposal.state, proposal.finished_at = ProposalState.WITHDRAWN, now
    proposal.save()
    return proposal


def may_decide(proposal: Proposal, who: Viewer, *, now: datetime) -> bool:
    """Whether this viewer may decide a proposal that waits: somebody else's, about somebody else, within their reach."""
    try:
        _refuse_own(proposal, who)
        _in_reach_of(who, proposal, today=local_date(now))
    except (NotFound, Refused):
        return False
    return proposal.state == ProposalState.WAITING and proposal.endorsed_by_id != who.user_id


def _held(proposal_id: int) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True)
    related = ("officer", "other", "agency", "award", "decision")
    proposal = rows.select_related(*related).filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound("proposal_unknown", "ไม่พบรายการนี้")
    return proposal


def _deciding(proposal_id: int, who: Viewer, now: datetime) -> Proposal:
    proposal = _held(proposal_id)
    _in_reach_of(who, proposal, today=local_date(now))
    _refuse_own(proposal, who)
    if proposal.state != ProposalState.WAITING:
        raise Conflict("proposal_decided", "รายการนี้มีผู้พิจารณาหรือถอนไปแล้ว โปรดเปิดดูอีกครั้ง")
    return proposal


def _refuse_own(proposal: Proposal, who: Viewer) -> None:
    if proposal.made_by_id == who.user_id:
        raise Refused("own_proposal", "ผู้เสนออนุมัติเองไม่ได้ โปรดให้ผู้อื่นตรวจและอนุมัติ")
    if who.officer_id is not None and who.officer_id in (proposal.officer_id, proposal.other_id):
        raise Refused("own_record", "พิจารณารายการเกี่ยวกับประวัติของตนเองไม่ได้")


def _decided(proposal: Proposal, who: Viewer, now: datetime, note: str) -> None:
    proposal.decided_by_id, proposal.decided_at = who.user_id, now
    proposal.note = thai_text.normalise(note).strip()


def _apply(proposal: Proposal, now: datetime) -> Proposal:
    if proposal.kind in FILES:
        proposal.state = ProposalState.APPLYING
        proposal.save()
        return proposal
    try:
        acts.APPLY[ProposalKind(proposal.kind)](proposal, now)
    except IntegrityError as error:
        raise Conflict("changed_meanwhile", "ข้อมูลเปลี่ยนไปก่อนหน้าไม่นาน โปรดเปิดดูอีกครั้ง") from error
    proposal.state, proposal.finished_at = ProposalState.APPLIED, now
    proposal.save()
    return proposal


def _in_reach(who: Viewer, *people: officers.Officer | None, today: date) -> None:
    """Everybody whom it is about is in the viewer's scope today (rule E17)."""
    for person in people:
        if person is not None and not can(who, Verb.CORRECT_RECORDS, person, today=today):
            raise OutOfScope("out_of_scope", "ไม่พบรายการนี้")


def _in_reach_of(who: Viewer, proposal: Proposal, *, today: date) -> None:
    if proposal.kind == ProposalKind.ANONYMISE and Role.SECRETARIAT not in who.roles:
        raise OutOfScope("out_of_scope", "ไม่พบรายการนี้")
    if proposal.officer is None and not can(who, Verb.DECIDE_RECORDS, proposal.agency, today=today):
        raise OutOfScope("out_of_scope", "ไม่พบรายการนี้")
    _in_reach(who, proposal.officer, proposal.other, today=today)
