"""What each kind of proposal asks before it is made, and what it writes when it is applied. Internal to this app.

`check` refuses what could not be applied, at the input where the mistake was made; `apply` writes into the ledger and is run inside
the transaction of the decision. Both read the payload, whose shape by kind is:

manual: subject, day, method, evidence, hours · recognise: subject, day, source, evidence · exempt: requirement, period, exemption,
starts_on, until_on · extend: period, due_on · revoke: effective_on · amend: day, score, max_score, evidence · end: last_day.
Days are ISO texts, codes are codes, ids are of rows of this app.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings

from sucharit.kernel.errors import InvalidInput, Refused
from sucharit.kernel.thai_calendar import buddhist_year, format_date, local_date, midnight
from sucharit.officers import selectors as officers
from sucharit.officers import services as people
from sucharit.records import corrections, decisions
from sucharit.records.enums import (
    DONE_STATES,
    AwardKind,
    DecisionKind,
    ExemptionKind,
    Method,
    ProposalKind,
    ReasonCode,
)
from sucharit.records.models import (
    AwardEvent,
    Decision,
    Edition,
    Proposal,
    Requirement,
    RequirementPeriod,
    Standing,
    Subject,
)
from sucharit.records.services import Completion, record_award
from sucharit.records.statuses import AwardState, statuses

# Graded by the platform itself.
GRADED = frozenset({Method.ONLINE})
RECORDED = (Method.CLASSROOM, Method.ASSESSED)


def day_of(proposal: Proposal, name: str) -> date | None:
    """A day of the payload, or none."""
    text = proposal.payload.get(name)
    return date.fromisoformat(text) if text else None


def check_completion_day(officer_id: int, day: date, *, today: date) -> None:
    """Refuse a day on which this person cannot have completed anything in the service (rule E16)."""
    if day > today:
        raise InvalidInput("day_in_the_future", "วันที่ผ่านต้องไม่อยู่หลังวันนี้", field="day")
    entered = officers.entered_service_on(officer_id)
    if entered is not None and day < entered:
        raise InvalidInput(
            "day_before_service", f"วันที่ผ่านต้องไม่อยู่ก่อนวันที่รับราชการ ({format_date(entered)})", field="day"
        )
    if officers.posting_on(officer_id, day) is None:
        raise InvalidInput(
            "no_posting",
            f"ไม่พบตำแหน่งของผู้นี้ในวันที่ {format_date(day)} โปรดตรวจวันที่ หรือแก้ประวัติตำแหน่งก่อน",
            field="day",
        )


def edition_of(code: str) -> Edition:
    """The latest edition of a subject. Refused where there is none."""
    edition = Edition.objects.filter(subject__code=code).select_related("subject").order_by("-number").first()
    if edition is None:
        raise InvalidInput("subject_unknown", "ไม่พบรายวิชานี้ในทะเบียน", field="subject")
    return edition


# --- before it is made --------------------------------------------------------------------------------------


def _check_completion(proposal: Proposal, today: date) -> None:
    day = day_of(proposal, "day")
    if day is None or proposal.officer_id is None:
        raise InvalidInput("day_missing", "โปรดระบุวันที่ผ่าน", field="day")
    check_completion_day(proposal.officer_id, day, today=today)
    edition_of(proposal.payload["subject"])
    same = AwardEvent.objects.filter(
        kind=AwardKind.AWARD,
        officer_id=proposal.officer_id,
        subject_code=proposal.payload["subject"],
        completed_at__gte=midnight(day),
        completed_at__lt=midnight(date.fromordinal(day.toordinal() + 1)),
    )
    if any(status.is_valid for status in statuses(list(same), today=today).values()):
        raise InvalidInput("recorded_already", "ผู้นี้มีผลของรายวิชานี้ในวันนี้อยู่แล้ว", field="day")


def _check_recognition(proposal: Proposal, today: date) -> None:
    _check_completion(proposal, today)
    years = int(settings.RECOGNISE_WITHIN_YEARS)
    day = day_of(proposal, "day") or today
    oldest = today.replace(year=today.year - years, day=min(today.day, 28))
    if day < oldest:
        raise InvalidInput(
            "evidence_too_old",
            f"หลักฐานต้องมีอายุไม่เกิน {years} ปี คือไม่ก่อนวันที่ {format_date(oldest)} (พ.ศ. {buddhist_year(oldest)})",
            field="day",
        )
    if proposal.attachment_id is None:
        raise InvalidInput("file_missing", "โปรดแนบหลักฐาน", field="file")


def _check_exemption(proposal: Proposal, today: date) -> None:
    starts, until = day_of(proposal, "starts_on"), day_of(proposal, "until_on")
    if starts is not None and until is not None and until < starts:
        raise InvalidInput("ends_before_it_starts", "วันสิ้นสุดต้องไม่อยู่ก่อนวันเริ่ม", field="until_on")


def held_standing(proposal: Proposal) -> Standing | None:
    """Where the person stands in the period of a payload."""
    rows = Standing.objects.filter(officer_id=proposal.officer_id or 0, period=proposal.payload["period"])
    return rows.filter(until_at__isnull=True).first()


def _check_extension(proposal: Proposal, today: date) -> None:
    held, due_on = held_standing(proposal), day_of(proposal, "due_on")
    if held is None or held.due_on is None:
        raise InvalidInput("not_required", "ผู้นี้ไม่อยู่ในกลุ่มที่ต้องเรียนในรอบนี้ จึงไม่มีกำหนดให้ขยาย", field="period")
    if held.state in DONE_STATES:
        raise InvalidInput("already_done", "ผู้นี้ผ่านรอบนี้แล้ว ไม่ต้องขยายกำหนด", field="period")
    if due_on is None or due_on <= held.due_on:
        raise InvalidInput(
            "not_later", f"กำหนดใหม่ต้องอยู่หลังกำหนดเดิม ({format_date(held.due_on)})", field="due_on"
        )


def _award(proposal: Proposal) -> AwardEvent:
    if proposal.award is None:
        raise Refused("award_unknown", "ไม่พบผลการเรียนที่จะแก้ไข")
    return proposal.award


def _state_of(award: AwardEvent, today: date) -> AwardState:
    return statuses([award], today=today)[award.pk].state


def _check_revocation(proposal: Proposal, today: date) -> None:
    award, day = _award(proposal), day_of(proposal, "effective_on")
    if _state_of(award, today) == AwardState.REVOKED:
        raise InvalidInput("already_revoked", "ผลการเรียนนี้ถูกเพิกถอนแล้ว")
    if day is not None and day > today:
        raise InvalidInput("revoked_in_the_future", "วันที่เพิกถอนต้องไม่อยู่หลังวันนี้", field="effective_on")
    if day is not None and day < local_date(award.completed_at):
        raise InvalidInput("ends_before_it_began", "วันที่มีผลต้องไม่อยู่ก่อนวันที่สำเร็จ", field="effective_on")


def _check_reinstatement(proposal: Proposal, today: date) -> None:
    if _state_of(_award(proposal), today) != AwardState.REVOKED:
        raise InvalidInput("not_revoked", "ผลการเรียนนี้ไม่ได้ถูกเพิกถอน")


def _check_amendment(proposal: Proposal, today: date) -> None:
    award, day = _award(proposal), day_of(proposal, "day")
    if _state_of(award, today) == AwardState.REVOKED:
        raise InvalidInput("already_revoked", "ผลการเรียนนี้ถูกเพิกถอนแล้ว โปรดคืนผลก่อนแก้ไข")
    if proposal.payload.get("score") and award.method in GRADED:
        raise Refused("score_was_graded", "คะแนนที่ระบบตรวจแก้จากหน้านี้ไม่ได้ หากเฉลยผิด โปรดแจ้งผู้ดูแลแบบทดสอบ")
    if day is not None:
        check_completion_day(award.officer_id, day, today=today)
    said = statuses([award], today=today)[award.pk]
    same_day = day is None or day == local_date(said.completed_at)
    evidence = proposal.payload.get("evidence", "")
    if same_day and not proposal.payload.get("score") and evidence in ("", award.evidence_ref):
        raise InvalidInput("nothing_changes", "ข้อมูลใหม่เหมือนข้อมูลเดิม ไม่มีสิ่งที่ต้องแก้ไข", field="day")


def _check_merge(proposal: Proposal, today: date) -> None:
    if proposal.other_id is None or proposal.officer_id is None:
        raise InvalidInput("other_missing", "โปรดเลือกประวัติที่จะรวม")
    decisions.refuse_merge(officer_id=proposal.officer_id, other_id=proposal.other_id)


def _check_end(proposal: Proposal, today: date) -> None:
    if proposal.decision is None or proposal.decision.kind == DecisionKind.END:
        raise Refused("decision_unknown", "ไม่พบรายการที่จะยกเลิก")
    if Decision.objects.filter(target=proposal.decision).exists():
        raise Refused("ended_already", "รายการนี้ถูกยกเลิกแล้ว")


def _check_leaver(proposal: Proposal, today: date) -> None:
    if proposal.officer_id is not None:
        people.refuse_anonymising(officer_id=proposal.officer_id, today=today)


def _nothing(proposal: Proposal, today: date) -> None:
    """Checked elsewhere, or nothing to check."""


CHECKS: Mapping[ProposalKind, Callable[[Proposal, date], None]] = {
    ProposalKind.MANUAL: _check_completion,
    ProposalKind.RECOGNISE: _check_recognition,
    ProposalKind.EXEMPT: _check_exemption,
    ProposalKind.EXTEND: _check_extension,
    ProposalKind.REVOKE: _check_revocation,
    ProposalKind.REINSTATE: _check_reinstatement,
    ProposalKind.AMEND: _check_amendment,
    ProposalKind.MERGE: _check_merge,
    ProposalKind.END: _check_end,
    ProposalKind.IMPORT: _nothing,
    ProposalKind.UNDO_IMPORT: _nothing,
    ProposalKind.CONTEST: _nothing,
    ProposalKind.ANONYMISE: _check_leaver,
}


# --- when it is applied -------------------------------------------------------------------------------------


def _key(proposal: Proposal) -> str:
    return f"proposal:{proposal.pk}"


def _recorder(proposal: Proposal) -> int:
    """Who records it: the member of staff, also where a learner asked."""
    if proposal.payload.get("by_learner") and proposal.decided_by_id is not None:
        return proposal.endorsed_by_id or proposal.decided_by_id
    return proposal.made_by_id


def _approver(proposal: Proposal) -> int | None:
    return proposal.decided_by_id if proposal.decided_by_id != _recorder(proposal) else None


def _complete(proposal: Proposal, now: datetime) -> None:
    day = day_of(proposal, "day")
    if day is None or proposal.officer_id is None:
        raise Refused("day_missing", "โปรดระบุวันที่ผ่าน")
    check_completion_day(proposal.officer_id, day, today=local_date(now))
    edition = edition_of(proposal.payload["subject"])
    is_recognised = proposal.kind == ProposalKind.RECOGNISE
    hours = proposal.payload.get("hours")
    told = [
        proposal.payload.get("source", ""),
        proposal.payload.get("evidence", ""),
        f"{hours} ชั่วโมง" if hours else "",
        proposal.document,
    ]
    record_award(
        completion=Completion(
            key=_key(proposal),
            officer_id=proposal.officer_id,
            subject_code=edition.subject.code,
            edition_id=edition.pk,
            completed_at=midnight(day),
            method=Method.RECOGNISED if is_recognised else Method(proposal.payload["method"]),
            evidence_ref=" · ".join(part for part in told if part)[:200],
            recorded_by_id=_recorder(proposal),
        ),
        now=now,
    )


def _exempt(proposal: Proposal, now: datetime) -> None:
    period = proposal.payload.get("period")
    decisions.exempt(
        key=_key(proposal),
        officer_id=proposal.officer_id or 0,
        requirement=Requirement.objects.get(pk=proposal.payload["requirement"]),
        exemption=ExemptionKind(proposal.payload["exemption"]),
        starts_on=day_of(proposal, "starts_on") or local_date(now),
        until_on=day_of(proposal, "until_on"),
        reason=proposal.reason,
        actor_id=_recorder(proposal),
        now=now,
        period=RequirementPeriod.objects.get(pk=period) if period else None,
        document=proposal.document,
        approved_by_id=_approver(proposal),
    )


def _extend(proposal: Proposal, now: datetime) -> None:
    decisions.extend(
        key=_key(proposal),
        officer_id=proposal.officer_id or 0,
        period=RequirementPeriod.objects.get(pk=proposal.payload["period"]),
        due_on=day_of(proposal, "due_on") or local_date(now),
        reason=proposal.reason,
        actor_id=_recorder(proposal),
        now=now,
        document=proposal.document,
        approved_by_id=_approver(proposal),
    )


def _revoke(proposal: Proposal, now: datetime) -> None:
    corrections.revoke(
        award_id=_award(proposal).pk,
        reason_code=ReasonCode(proposal.reason_code),
        reason=proposal.reason,
        actor_id=_recorder(proposal),
        now=now,
        effective_on=day_of(proposal, "effective_on"),
    )


def _reinstate(proposal: Proposal, now: datetime) -> None:
    corrections.reinstate(
        award_id=_award(proposal).pk,
        reason_code=ReasonCode(proposal.reason_code),
        reason=proposal.reason,
        actor_id=_recorder(proposal),
        now=now,
    )


def _amend(proposal: Proposal, now: datetime) -> None:
    day, payload = day_of(proposal, "day"), proposal.payload
    corrections.amend(
        award_id=_award(proposal).pk,
        reason_code=ReasonCode(proposal.reason_code),
        reason=proposal.reason,
        actor_id=_recorder(proposal),
        now=now,
        completed_at=midnight(day) if day else None,
        score=Decimal(payload["score"]) if payload.get("score") else None,
        max_score=Decimal(payload["max_score"]) if payload.get("max_score") else None,
        evidence_ref=payload.get("evidence") or None,
    )


def _merge(proposal: Proposal, now: datetime) -> None:
    decisions.merge(
        key=_key(proposal),
        officer_id=proposal.officer_id or 0,
        other_id=proposal.other_id or 0,
        reason=proposal.reason,
        actor_id=_recorder(proposal),
        now=now,
        document=proposal.document,
        approved_by_id=_approver(proposal),
    )


def _end(proposal: Proposal, now: datetime) -> None:
    decisions.end(
        key=_key(proposal),
        decision_id=proposal.decision_id or 0,
        reason=proposal.reason,
        reason_code=ReasonCode(proposal.reason_code),
        actor_id=_recorder(proposal),
        now=now,
        last_day=day_of(proposal, "last_day"),
        approved_by_id=_approver(proposal),
    )


def _anonymise(proposal: Proposal, now: datetime) -> None:
    people.anonymise(officer_id=proposal.officer_id or 0, now=now)


APPLY: Mapping[ProposalKind, Callable[[Proposal, datetime], None]] = {
    ProposalKind.MANUAL: _complete,
    ProposalKind.RECOGNISE: _complete,
    ProposalKind.EXEMPT: _exempt,
    ProposalKind.EXTEND: _extend,
    ProposalKind.REVOKE: _revoke,
    ProposalKind.REINSTATE: _reinstate,
    ProposalKind.AMEND: _amend,
    ProposalKind.MERGE: _merge,
    ProposalKind.END: _end,
    ProposalKind.ANONYMISE: _anonymise,
}


def subjects() -> list[Subject]:
    """Subjects that a completion may be recorded of, by code."""
    rows = Subject.objects.filter(retired_at__isnull=True, editions__isnull=False)
    return list(rows.distinct().order_by("code"))
