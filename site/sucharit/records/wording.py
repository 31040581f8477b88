"""What a proposal will do, in one Thai sentence, and what it says as pairs of term and value."""

from collections.abc import Callable, Mapping, Sequence

from sucharit.kernel.thai_calendar import format_date, local_date
from sucharit.records.acts import day_of
from sucharit.records.enums import DecisionKind, ExemptionKind, Method, ProposalKind, ReasonCode
from sucharit.records.models import Proposal, Requirement, RequirementPeriod, Subject

Says = Callable[[Proposal], str]


def sentence(proposal: Proposal) -> str:
    """«เมื่อบันทึก นางสมศรี ใจดี จะ …»: what happens, before anybody presses the button."""
    who = proposal.officer.full_name if proposal.officer else ""
    when = "เมื่อตอบ" if proposal.kind == ProposalKind.CONTEST else "เมื่อบันทึก"
    return f"{when} {who}{' ' if who else ''}{_SAYS[ProposalKind(proposal.kind)](proposal)}"


def subject_title(proposal: Proposal) -> str:
    """The subject that it is about, by name."""
    if proposal.award is not None:
        return proposal.award.edition.title
    row = Subject.objects.filter(code=proposal.payload.get("subject", "")).first()
    return row.title if row else ""


def _day(proposal: Proposal, name: str) -> str:
    day = day_of(proposal, name)
    return format_date(day) if day else ""


def _requirement(proposal: Proposal) -> str:
    period_id = proposal.payload.get("period")
    if period_id:
        period = RequirementPeriod.objects.select_related("requirement").get(pk=period_id)
        return f"{period.requirement.title} {period.label}"
    return Requirement.objects.get(pk=proposal.payload["requirement"]).title + " ทุกรอบ"


def _manual(proposal: Proposal) -> str:
    how = Method(proposal.payload["method"]).label
    return f"จะมีผล{how} รายวิชา “{subject_title(proposal)}” ผ่านเมื่อ {_day(proposal, 'day')}"


def _recognise(proposal: Proposal) -> str:
    return (
        f"จะมีผลรายวิชา “{subject_title(proposal)}” จากการเทียบโอน ผ่านเมื่อ {_day(proposal, 'day')} "
        "และทุกรายงานจะแสดงคำว่าเทียบโอนผลการเรียน"
    )


def _exempt(proposal: Proposal) -> str:
    until = _day(proposal, "until_on")
    span = f"ตั้งแต่ {_day(proposal, 'starts_on')} {'ถึง ' + until if until else 'โดยไม่กำหนดวันสิ้นสุด'}"
    return f"จะได้รับยกเว้นจาก {_requirement(proposal)} {span} และไม่นับในจำนวนผู้ที่ต้องเรียน"


def _extend(proposal: Proposal) -> str:
    return f"จะครบกำหนด {_requirement(proposal)} ในวันที่ {_day(proposal, 'due_on')} กำหนดเดิมยังแสดงคู่กัน"


def _revoke(proposal: Proposal) -> str:
    day = _day(proposal, "effective_on")
    since = f"ตั้งแต่วันที่ {day}" if day else "เหมือนไม่เคยผ่าน"
    return f"จะถูกเพิกถอนผลรายวิชา “{subject_title(proposal)}” {since} ประวัติเดิมยังอยู่ และคืนผลได้"


def _reinstate(proposal: Proposal) -> str:
    return f"จะได้ผลรายวิชา “{subject_title(proposal)}” คืน และนับตามเดิม"


def _amend(proposal: Proposal) -> str:
    parts = []
    if proposal.payload.get("day") and proposal.award:
        before = format_date(local_date(proposal.award.completed_at))
        parts.append(f"วันที่ผ่านจาก {before} เป็น {_day(proposal, 'day')}")
    if proposal.payload.get("score"):
        parts.append(f"คะแนนเป็น {proposal.payload['score']} จาก {proposal.payload['max_score']}")
    if proposal.payload.get("evidence"):
        parts.append(f"หลักฐานเป็น “{proposal.payload['evidence']}”")
    return f"จะมีการแก้ไขผลรายวิชา “{subject_title(proposal)}” โดยเปลี่ยน{' และ'.join(parts)}"


def _merge(proposal: Proposal) -> str:
    other = proposal.other.full_name if proposal.other else ""
    return f"จะได้ผลการเรียนของประวัติ “{other}” มานับด้วย ประวัตินั้นจะไม่นับแยกอีก และแยกกลับได้"


def _end(proposal: Proposal) -> str:
    decision = proposal.decision
    if decision is not None and decision.kind == DecisionKind.MERGE:
        other = decision.other.full_name if decision.other else ""
        return f"จะไม่ได้นับผลการเรียนของประวัติ “{other}” อีก และประวัตินั้นจะกลับมานับแยกตามเดิม"
    if decision is not None and decision.kind == DecisionKind.EXTEND:
        due = format_date(decision.original_due_on) if decision.original_due_on else ""
        return f"จะกลับไปใช้กำหนดเดิม คือ {due}"
    last = _day(proposal, "last_day")
    return f"จะไม่ได้รับยกเว้นอีก{' หลังวันที่ ' + last if last else ' เหมือนไม่เคยได้รับยกเว้น'}"


def _import(proposal: Proposal) -> str:
    return f"จะมีผลที่นำเข้าประวัติเพิ่ม {proposal.total:,} รายการ และแสดงคำว่านำเข้าประวัติในทุกรายงาน"


def _undo(proposal: Proposal) -> str:
    return f"ผลที่นำเข้าจากไฟล์นี้ {proposal.total:,} รายการจะถูกเพิกถอนเหมือนไม่เคยนำเข้า ประวัติการนำเข้ายังอยู่"


def _contest(proposal: Proposal) -> str:
    return "จะได้รับคำตอบเป็นข้อความ ผลการเรียนไม่เปลี่ยนจากการทักท้วงเอง"


def _anonymise(proposal: Proposal) -> str:
    return (
        "จะไม่มีชื่ออยู่ในทะเบียนบุคคลอีก บัญชีจะถูกปิด และนำชื่อกลับมาไม่ได้ "
        "ส่วนรายการที่ผนึกไว้ในทะเบียนผลการเรียนยังคงอยู่ตามที่บันทึกวันนั้น"
    )


_SAYS: Mapping[ProposalKind, Says] = {
    ProposalKind.MANUAL: _manual,
    ProposalKind.RECOGNISE: _recognise,
    ProposalKind.EXEMPT: _exempt,
    ProposalKind.EXTEND: _extend,
    ProposalKind.REVOKE: _revoke,
    ProposalKind.REINSTATE: _reinstate,
    ProposalKind.AMEND: _amend,
    ProposalKind.MERGE: _merge,
    ProposalKind.END: _end,
    ProposalKind.IMPORT: _import,
    ProposalKind.UNDO_IMPORT: _undo,
    ProposalKind.CONTEST: _contest,
    ProposalKind.ANONYMISE: _anonymise,
}


def details(proposal: Proposal) -> Sequence[tuple[str, str]]:
    """What it says, as terms and values in the order of reading."""
    payload = proposal.payload
    found = [
        ("รวมกับประวัติ", proposal.other.full_name if proposal.other else ""),
        ("ข้อกำหนด", _requirement(proposal) if payload.get("period") or payload.get("requirement") else ""),
        ("กำหนดใหม่", _day(proposal, "due_on")),
        ("ตั้งแต่วันที่", _day(proposal, "starts_on")),
        ("ถึงวันที่", _day(proposal, "until_on")),
        ("วันสุดท้ายที่ยังมีผล", _day(proposal, "last_day")),
        ("รายวิชา", subject_title(proposal)),
        ("วันที่ผ่าน", _day(proposal, "day")),
        ("วิธี", Method(payload["method"]).label if payload.get("method") else ""),
        ("เรียนจาก", payload.get("source", "")),
        ("จำนวนชั่วโมง", payload.get("hours", "")),
        ("หลักฐาน", payload.get("evidence", "")),
        ("ประเภทการยกเว้น", ExemptionKind(payload["exemption"]).label if payload.get("exemption") else ""),
        ("มีผลตั้งแต่", _day(proposal, "effective_on")),
        ("ปีในไฟล์เป็น", {"be": "พ.ศ.", "ce": "ค.ศ."}.get(payload.get("era", ""), "")),
        ("ชื่อไฟล์", payload.get("filename", "")),
        ("เหตุ", ReasonCode(proposal.reason_code).label if proposal.reason_code else ""),
        ("คำอธิบาย", proposal.reason),
        ("เอกสารอ้างอิง", proposal.document),
    ]
    return [(term, str(value)) for term, value in found if value]
