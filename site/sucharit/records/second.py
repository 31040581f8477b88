"""Which proposals need a second person, and why. One table, read when a proposal is made and shown beside it."""

from collections.abc import Callable, Mapping
from datetime import date

from sucharit.records.enums import DecisionKind, ProposalKind
from sucharit.records.models import Proposal, RequirementPeriod

# More rows than a person checks one by one.
MOST_ROWS_ALONE = 20

_OWN = "เป็นประวัติของผู้เสนอเอง"
_CLOSED = "วันที่ผ่านอยู่ในรอบที่ปิดแล้ว ผลของรอบนั้นจะเปลี่ยน"


def _always(why: str) -> Callable[[Proposal, date], str]:
    def why_always(proposal: Proposal, today: date) -> str:
        return why

    return why_always


def _never(proposal: Proposal, today: date) -> str:
    return ""


def _for_a_required_subject(proposal: Proposal, today: date) -> str:
    asked = RequirementPeriod.objects.filter(
        requirement__subjects__code=proposal.payload["subject"],
        closes_on__gte=today,
        applied_at__isnull=False,
    )
    return "รายวิชานี้เป็นรายวิชาที่ข้อกำหนดให้เรียน" if asked.exists() else ""


def _into_a_closed_round(proposal: Proposal, today: date) -> str:
    days = [proposal.payload["day"]] if proposal.payload.get("day") else []
    code = proposal.payload.get("subject") or (proposal.award.subject_code if proposal.award else "")
    return _CLOSED if any(is_closed(code, date.fromisoformat(day), today=today) for day in days) else ""


def is_closed(subject_code: str, day: date, *, today: date) -> bool:
    """Whether a completion of that day answers a round that has closed."""
    rounds = RequirementPeriod.objects.filter(
        requirement__subjects__code=subject_code, opens_on__lte=day, closes_on__gte=day, closes_on__lt=today
    )
    return rounds.exists()


def _amendment(proposal: Proposal, today: date) -> str:
    if _into_a_closed_round(proposal, today):
        return _CLOSED
    if proposal.award and is_closed(
        proposal.award.subject_code, proposal.award.completed_at.date(), today=today
    ):
        return _CLOSED
    return ""


def _of_a_merge(proposal: Proposal, today: date) -> str:
    is_merge = proposal.decision is not None and proposal.decision.kind == DecisionKind.MERGE
    return "การแยกประวัติเปลี่ยนผลของคนสองรายการ" if is_merge else ""


def _of_many_rows(proposal: Proposal, today: date) -> str:
    if proposal.total > MOST_ROWS_ALONE:
        return f"ไฟล์มีรายการที่จะบันทึกเกิน {MOST_ROWS_ALONE} แถว"
    if proposal.payload.get("own"):
        return _OWN
    # The rows are looked at once, when the file is read; what they say is kept with it.
    return _CLOSED if proposal.payload.get("closed") else ""


SECOND: Mapping[ProposalKind, Callable[[Proposal, date], str]] = {
    ProposalKind.MANUAL: _into_a_closed_round,
    ProposalKind.RECOGNISE: _for_a_required_subject,
    # One agency's HR may: it moves no result, and the secretariat sees every one in the list of what was done.
    ProposalKind.EXEMPT: _never,
    ProposalKind.EXTEND: _never,
    ProposalKind.REVOKE: _always("การเพิกถอนทำให้ผลที่เจ้าของประวัติได้แล้วไม่นับอีก"),
    ProposalKind.REINSTATE: _always("การคืนผลเปลี่ยนสิ่งที่ผู้มีอำนาจสองคนตัดสินไว้"),
    ProposalKind.AMEND: _amendment,
    ProposalKind.MERGE: _always("การรวมประวัติเปลี่ยนผลของคนสองรายการ"),
    ProposalKind.END: _of_a_merge,
    ProposalKind.IMPORT: _of_many_rows,
    ProposalKind.UNDO_IMPORT: _always("การยกเลิกทำให้ผลทุกแถวของไฟล์ไม่นับอีก"),
    # Nothing follows from it by itself: HR answers in words, and whoever asks never answers.
    ProposalKind.CONTEST: _always("เจ้าหน้าที่บุคคลของหน่วยงานเป็นผู้ตอบ"),
    ProposalKind.ANONYMISE: _always("ชื่อที่ปกปิดแล้วนำกลับมาไม่ได้"),
}


def why_second(proposal: Proposal, *, own_officer_id: int | None, today: date) -> str:
    """Why somebody else must decide this proposal, in words, or "". Nobody acts alone on a record of their own."""
    if own_officer_id is not None and own_officer_id in (proposal.officer_id, proposal.other_id):
        return _OWN
    return SECOND[ProposalKind(proposal.kind)](proposal, today)
