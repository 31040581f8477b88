"""The forms of requirements: what a rule asks, of whom, by when and why; its words; and a word with a decision."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from sucharit.kernel.thai_calendar import MONTHS
from sucharit.officers import selectors as officers
from sucharit.records.enums import Cycle
from sucharit.records.models import Requirement, RuleDraft, Subject
from sucharit.records.rule_checks import RuleFacts
from sucharit.records.rule_drafts import COLUMNS, check, facts_of
from sucharit.theme.forms import AdminThaiDateInput

ONLY_YEAR = "ใช้เฉพาะรอบทุกปีงบประมาณ"
ONLY_RENEWED = "ใช้เฉพาะรอบต่ออายุ"
NOT_A_YEAR = "ใช้เฉพาะรอบครั้งเดียวและรอบต่ออายุ"


def _number(label: str, help_text: str, *, most: int, initial: int | None = 0) -> forms.IntegerField:
    # What nobody fills in is nought, or (initial None) nothing at all.
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0 if initial is not None else 1,
        max_value=most,
        initial=initial,
    )


class WordsForm(forms.Form):
    """Name and contact of a requirement: words that change nothing of what is asked."""

    title = forms.CharField(label="ชื่อข้อกำหนด", max_length=200)
    contact = forms.CharField(
        label="ติดต่อสอบถาม",
        required=False,
        max_length=200,
        help_text="ผู้เรียนเห็นข้อความนี้ เช่น กลุ่มงานจริยธรรม โทร 0 2547 1000",
    )


class DecisionForm(forms.Form):
    """A word with a decision."""

    note = forms.CharField(
        label="หมายเหตุ",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="ถ้าไม่อนุมัติ โปรดเขียนเหตุผล ผู้เสนอจะเห็นข้อความนี้",
    )


class RuleForm(forms.Form):
    """A draft of a rule. `code`, `title` and `contact` are there only while the requirement is new."""

    code = forms.RegexField(
        r"^[A-Z0-9]+(-[A-Z0-9]+)*$",
        label="รหัส",
        max_length=30,
        help_text="ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง เช่น ETH-YEARLY เปลี่ยนไม่ได้หลังบันทึก",
        error_messages={"invalid": "รหัสใช้ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง"},
    )
    title = WordsForm.base_fields["title"]
    contact = WordsForm.base_fields["contact"]
    subject = forms.ModelChoiceField(
        label="รายวิชาหลัก",
        queryset=Subject.objects.none(),
        empty_label="เลือกรายวิชา",
        help_text="รายวิชาที่ผู้เรียนเห็นเป็นรายวิชาแรก",
    )
    subjects = forms.ModelMultipleChoiceField(
        label="รายวิชาอื่นที่นับด้วย",
        queryset=Subject.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="ไม่ต้องเลือก ถ้าข้อกำหนดมีรายวิชาเดียว",
    )
    need = forms.IntegerField(
        label="ต้องเรียนอย่างน้อย (รายวิชา)",
        min_value=1,
        max_value=100,
        initial=1,
        help_text="นับรวมรายวิชาหลัก เช่น เลือกไว้ 3 รายวิชา ใส่ 3 คือต้องครบ ใส่ 2 คือเลือกเรียน 2 จาก 3",
    )
    refresher = forms.ModelChoiceField(
        label="รายวิชาทบทวน",
        queryset=Subject.objects.none(),
        required=False,
        empty_label="ไม่มี",
        help_text="ผู้ที่เคยผ่านแล้วเรียนรายวิชานี้แทนรายวิชาหลักได้ เช่น ฉบับทบทวน 20 นาที",
    )
    audience = forms.ModelChoiceField(
        label="กลุ่มเป้าหมาย",
        queryset=officers.audiences(),
        empty_label="เลือกกลุ่มเป้าหมาย",
        help_text="ใช้เงื่อนไขของกลุ่มตามที่เป็นอยู่เมื่อบันทึกร่าง แก้กลุ่มภายหลังไม่มีผลจนกว่าจะเสนอใหม่",
    )
    cycle = forms.ChoiceField(
        label="เรียนบ่อยเพียงใด", choices=Cycle.choices, widget=forms.RadioSelect, initial=Cycle.FISCAL_YEAR
    )
    due_day = forms.IntegerField(
        label="วันที่ครบกำหนด",
        min_value=1,
        max_value=31,
        initial=30,
        help_text=f"{ONLY_YEAR} ทุกคนครบกำหนดวันเดียวกัน",
    )
    due_month = forms.TypedChoiceField(
        label="เดือนที่ครบกำหนด", choices=list(enumerate(MONTHS, start=1)), coerce=int, initial=9
    )
    due_days = _number(
        "ครบกำหนดภายใน (วัน)",
        f"{NOT_A_YEAR} นับจากวันที่แต่ละคนเข้ากลุ่มเป้าหมาย เช่น 30",
        most=3_650,
        initial=None,
    )
    valid_months = _number(
        "อายุของผล (เดือน)", f"{ONLY_RENEWED} เช่น 24 คือต้องเรียนใหม่ทุก 2 ปี", most=240, initial=None
    )
    window_days = _number(
        "เรียนล่วงหน้าได้ (วัน)",
        "ใช้กับรอบทุกปีงบประมาณและรอบต่ออายุ เช่น 60 คือเรียนก่อนรอบใหม่หรือก่อนผลหมดอายุได้ 60 วัน วันครบรอบไม่เลื่อน",
        most=3_650,
    )
    min_validity_months = _number(
        "ผลที่เพิ่งผ่านใช้ต่อได้ (เดือน)",
        f"{ONLY_YEAR} เช่น 6 คือผู้ที่ผ่านเดือนกรกฎาคมไม่ต้องเรียนซ้ำในเดือนตุลาคม",
        most=120,
    )
    grace_days = _number("ผ่อนผันหลังครบกำหนด (วัน)", "ผ่านภายในกี่วันหลังครบกำหนดยังนับว่าตามกำหนด เช่น 7", most=365)
    reason = forms.CharField(
        label="เหตุที่ต้องเรียน",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="ประโยคที่ผู้เรียนจะเห็น เช่น เพื่อให้ทุกคนเข้าใจมาตรฐานทางจริยธรรม 7 ข้อ",
    )
    legal_basis = forms.CharField(
        label="ฐานอำนาจ",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="คำสั่ง หนังสือเวียน หรือแผนที่ใช้อ้างอิง พร้อมเลขที่และวันที่",
    )
    effective_on = forms.DateField(
        label="มีผลตั้งแต่",
        widget=AdminThaiDateInput,
        help_text="วันนี้หรือวันหลังจากนี้ ระบบเริ่มใช้เองเมื่อถึงวัน",
    )
    is_active = forms.BooleanField(
        label="ใช้ข้อกำหนดนี้",
        required=False,
        initial=True,
        help_text="เอาเครื่องหมายออกเพื่อเลิกใช้ ทุกคนพ้นจากข้อกำหนดในวันที่มีผล ผลที่ผ่านแล้วยังอยู่",
    )

    def __init__(
        self,
        *args: Any,
        requirement: Requirement | None = None,
        draft: RuleDraft | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.requirement = requirement or (draft.requirement if draft else None)
        if self.requirement is not None:
            for name in ("code", "title", "contact"):
                del self.fields[name]
        elif draft is not None:
            del self.fields["code"]
        chosen = draft or requirement
        kept = Subject.objects.filter(retired_at__isnull=True)
        if chosen is not None:
            held = [chosen.subject_id, chosen.refresher_id, *chosen.subjects.values_list("pk", flat=True)]
            kept |= Subject.objects.filter(pk__in=[pk for pk in held if pk])
        for name in ("subject", "subjects", "refresher"):
            self.fields[name].queryset = kept.order_by("code")  # type: ignore[attr-defined]
        self.now = timezone.now()

    def clean_code(self) -> str:
        """A code that no requirement has."""
        code = str(self.cleaned_data["code"])
        if Requirement.objects.filter(code=code).exists():
            raise forms.ValidationError("มีข้อกำหนดรหัสนี้แล้ว")
        return code

    def clean(self) -> dict[str, Any]:
        """Every combination that makes no sense, at its field, once each field can be read."""
        data: dict[str, Any] = super().clean() or {}
        for name in ("window_days", "min_validity_months", "grace_days"):
            data[name] = data.get(name) or 0
        if not self.errors:
            for field, sentence in check(self.facts(data), self.requirement, now=self.now).items():
                self.add_error(field, sentence)
        return data

    def facts(self, data: Mapping[str, Any] | None = None) -> RuleFacts:
        """What the valid form says."""
        said = self.cleaned_data if data is None else data
        names = (*COLUMNS, "effective_on")
        return RuleFacts(**{name: said[name] for name in names}, subjects=list(said["subjects"]))


def rule_initial(said: Requirement | RuleDraft, *, now: datetime) -> dict[str, Any]:
    """What the form begins with: the facts of a requirement, or of a draft of one."""
    facts = facts_of(said, now=now)
    found = {name: getattr(facts, name) for name in (*COLUMNS, "effective_on")}
    found["subjects"] = [each.pk for each in facts.subjects if each.pk != facts.subject.pk]
    for name in ("subject", "audience", "refresher"):
        found[name] = found[name].pk if found[name] is not None else None
    return {**found, "title": said.title, "contact": said.contact}
