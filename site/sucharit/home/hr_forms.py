"""The forms of the HR desk: what each kind of proposal asks, and the payload that it becomes.

What was typed into one stays when it has a mistake, a chosen file too: it is kept under `kept_file`, which only its owner can name.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from sucharit.kernel.thai_calendar import format_date, local_date
from sucharit.records import acts, proposed
from sucharit.records import selectors as records
from sucharit.records.enums import ExemptionKind, ProposalKind, ReasonCode
from sucharit.theme.forms import ThaiDateField

ACCEPT = ".pdf,.jpg,.jpeg,.png,.xlsx,.csv"
# Reasons that a person gives; the others are the platform's own.
REASONS = [
    (code.value, code.label)
    for code in ReasonCode
    if code not in (ReasonCode.IMPORT_UNDONE, ReasonCode.CONTENT_CHANGED)
]


class ActForm(forms.Form):
    """What every proposal has: why, on which paper, and the paper itself."""

    reason = forms.CharField(
        label="คำอธิบาย",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="เจ้าของประวัติและผู้พิจารณาจะเห็นข้อความนี้",
    )
    document = forms.CharField(
        label="เลขที่หนังสือหรือคำสั่ง", max_length=200, required=False, help_text="เช่น คำสั่งกรมที่ 12/2569"
    )
    file = forms.FileField(
        label="ไฟล์หลักฐาน",
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text="PDF JPG PNG XLSX หรือ CSV ไม่เกิน 5 MB",
    )
    kept_file = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, officer: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer, self.today = officer, today
        self.prepare()
        names = [name for name in self.fields if name not in ActForm.base_fields]
        self.order_fields([*names, "reason", "document", "file", "kept_file"])

    def prepare(self) -> None:
        """Fill choices that depend on the person."""

    def payload(self) -> dict[str, Any]:
        """What the proposal keeps of the fields of this kind, as JSON takes it."""
        skipped = {*ActForm.base_fields, "reason_code"}
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name in skipped or value in (None, ""):
                continue
            found[name] = value.isoformat() if isinstance(value, date) else str(value)
        return found


class _Reasoned(ActForm):
    reason_code = forms.ChoiceField(label="เหตุ", choices=[("", "เลือกเหตุ"), *REASONS])


def _subject_field() -> forms.ChoiceField:
    return forms.ChoiceField(label="รายวิชา")


def _fill_subjects(field: Any) -> None:
    field.choices = [
        ("", "เลือกรายวิชา"),
        *((row.code, f"{row.title} ({row.code})") for row in acts.subjects()),
    ]


class ManualForm(ActForm):
    """A completion outside the platform that HR vouches for."""

    subject = _subject_field()
    day = ThaiDateField(label="วันที่ผ่าน")
    method = forms.ChoiceField(label="วิธี", choices=[(one.value, one.label) for one in acts.RECORDED])
    hours = forms.DecimalField(
        label="จำนวนชั่วโมง", required=False, min_value=0, max_value=500, max_digits=5, decimal_places=1
    )
    evidence = forms.CharField(
        label="หลักฐาน", max_length=120, help_text="เช่น รายชื่อผู้เข้าอบรมรุ่นที่ 3 ณ ห้องประชุมกรม"
    )

    def prepare(self) -> None:
        """Subjects that are in use."""
        _fill_subjects(self.fields["subject"])


class RecogniseForm(ActForm):
    """Something learned elsewhere that stands for a subject."""

    subject = _subject_field()
    source = forms.CharField(
        label="เรียนจากหน่วยงานหรือหลักสูตรใด", max_length=90, help_text="ชื่อหลักสูตรและหน่วยงานที่จัด"
    )
    day = ThaiDateField(label="วันที่ผ่าน")
    evidence = forms.CharField(label="เลขที่ประกาศนียบัตรหรือหนังสือรับรอง", max_length=90, required=False)

    def prepare(self) -> None:
        """Subjects that are in use."""
        _fill_subjects(self.fields["subject"])


class ExemptForm(ActForm):
    """From what, why, and on which days."""

    period = forms.ChoiceField(label="ข้อกำหนดและรอบ")
    exemption = forms.ChoiceField(
        label="ประเภทการยกเว้น", choices=[("", "เลือกประเภท"), *ExemptionKind.choices]
    )
    starts_on = ThaiDateField(label="ตั้งแต่วันที่")
    until_on = ThaiDateField(label="ถึงวันที่", required=False, help_text="เว้นว่างไว้หากยังไม่ทราบวันสิ้นสุด")

    def prepare(self) -> None:
        """Each round the person is required in, and each requirement as a whole."""
        standings = records.standings_of(self.officer.pk, today=self.today)
        rounds = [
            (f"p{row.period.pk}", f"{row.period.requirement.title} {row.period.label}") for row in standings
        ]
        wholes = {
            f"r{row.period.requirement_id}": f"{row.period.requirement.title} ทุกรอบ" for row in standings
        }
        self.fields["period"].choices = [("", "เลือกข้อกำหนด"), *rounds, *wholes.items()]  # type: ignore[attr-defined]
        self._requirements = {f"p{row.period.pk}": row.period.requirement_id for row in standings}

    def payload(self) -> dict[str, Any]:
        """The chosen round, or the whole requirement."""
        found = super().payload()
        chosen = found.pop("period")
        if chosen.startswith("p"):
            return {**found, "period": int(chosen[1:]), "requirement": self._requirements[chosen]}
        return {**found, "requirement": int(chosen[1:])}


class ExtendForm(ActForm):
    """A later due day in one round."""

    period = forms.ChoiceField(label="ข้อกำหนดและรอบ")
    due_on = ThaiDateField(label="กำหนดใหม่")

    def prepare(self) -> None:
        """Rounds that are due on a day, with that day."""
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            ("", "เลือกรอบ"),
            *(
                (
                    row.period.pk,
                    f"{row.period.requirement.title} {row.period.label} ครบกำหนด {format_date(row.due_on)}",
                )
                for row in records.standings_of(self.officer.pk, today=self.today)
                if row.due_on is not None and row.completed_at is None
            ),
        ]

    def payload(self) -> dict[str, Any]:
        """The round by its key."""
        found = super().payload()
        return {**found, "period": int(found["period"])}


class RevokeForm(_Reasoned):
    """Take a completion back."""

    effective_on = ThaiDateField(
        label="ไม่นับตั้งแต่วันที่",
        required=False,
        help_text="เว้นว่างไว้หากไม่ควรนับตั้งแต่แรก",
    )


class ReinstateForm(_Reasoned):
    """Give it back."""


class AmendForm(_Reasoned):
    """State a completion anew."""

    day = ThaiDateField(label="วันที่ผ่านที่ถูกต้อง", required=False)
    score = forms.DecimalField(label="คะแนน", required=False, min_value=0, max_digits=7, decimal_places=2)
    max_score = forms.DecimalField(
        label="คะแนนเต็ม", required=False, min_value=0, max_digits=7, decimal_places=2
    )
    evidence = forms.CharField(label="หลักฐาน", max_length=200, required=False)

    def __init__(self, *args: Any, with_score: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_score:
            del self.fields["score"], self.fields["max_score"]

    def clean(self) -> dict[str, Any]:
        """A score comes with the full one, and is not above it."""
        data: dict[str, Any] = super().clean() or {}
        score, full = data.get("score"), data.get("max_score")
        if (score is None) != (full is None):
            self.add_error("max_score", "โปรดกรอกทั้งคะแนนและคะแนนเต็ม")
        elif score is not None and full is not None and score > full:
            self.add_error("score", "คะแนนต้องไม่เกินคะแนนเต็ม")
        return data


class MergeForm(ActForm):
    """Two records of one person become one."""


class EndForm(_Reasoned):
    """Take a decision back."""

    last_day = ThaiDateField(
        label="วันสุดท้ายที่ยังมีผล", required=False, help_text="ใช้กับการยกเว้น เว้นว่างไว้หากไม่ควรมีผลตั้งแต่แรก"
    )


class AnonymiseForm(ActForm):
    """Take the name of somebody who left out of the register."""


class ContestForm(ActForm):
    """What somebody says about an entry of their own record."""


FORMS: Mapping[str, type[ActForm]] = {
    ProposalKind.MANUAL: ManualForm,
    ProposalKind.RECOGNISE: RecogniseForm,
    ProposalKind.EXEMPT: ExemptForm,
    ProposalKind.EXTEND: ExtendForm,
    ProposalKind.REVOKE: RevokeForm,
    ProposalKind.REINSTATE: ReinstateForm,
    ProposalKind.AMEND: AmendForm,
    ProposalKind.MERGE: MergeForm,
    ProposalKind.END: EndForm,
    ProposalKind.ANONYMISE: AnonymiseForm,
}


def initial_of(proposal: proposed.Proposal) -> dict[str, Any]:
    """What the form of a draft begins with: what its maker typed."""
    found: dict[str, Any] = dict(proposal.payload)
    for name in ("day", "starts_on", "until_on", "due_on", "effective_on", "last_day"):
        if found.get(name):
            found[name] = date.fromisoformat(found[name])
    if proposal.kind == ProposalKind.EXEMPT:
        found["period"] = f"p{found['period']}" if found.get("period") else f"r{found['requirement']}"
    return {
        **found,
        "reason": proposal.reason,
        "reason_code": proposal.reason_code,
        "document": proposal.document,
    }


def award_initial(award: Any) -> dict[str, Any]:
    """What an amendment begins with: what the award says, without its score, which HR does not see."""
    return {"day": local_date(award.completed_at), "evidence": award.evidence_ref}
