"""The form of a requirement: what must be learned, by whom, by which day of the fiscal year, and why."""

from calendar import monthrange
from typing import Any

from django import forms

from sucharit.kernel.thai_calendar import MONTHS
from sucharit.officers import selectors as officers
from sucharit.records.models import Requirement, Subject

# A year that has 29 February: the day is kept, and a year without it uses the month's last day.
LEAP = 2024


class RequirementForm(forms.Form):
    """A requirement. `code` is there only while it is new."""

    code = forms.RegexField(
        r"^[A-Z0-9]+(-[A-Z0-9]+)*$",
        label="รหัส",
        max_length=30,
        help_text="ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง เช่น ETH-YEARLY เปลี่ยนไม่ได้หลังบันทึก",
        error_messages={"invalid": "รหัสใช้ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง"},
    )
    title = forms.CharField(label="ชื่อข้อกำหนด", max_length=200)
    subject = forms.ModelChoiceField(
        label="รายวิชา", queryset=Subject.objects.none(), empty_label="เลือกรายวิชา"
    )
    audience = forms.ModelChoiceField(
        label="กลุ่มเป้าหมาย", queryset=officers.audiences(), empty_label="เลือกกลุ่มเป้าหมาย"
    )
    reason = forms.CharField(
        label="เหตุที่ต้องเรียน",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="ประโยคที่ผู้เรียนจะเห็น เช่น ต้องเรียนตามแผนของหน่วยงาน",
    )
    legal_basis = forms.CharField(
        label="ฐานอำนาจ",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="คำสั่ง หนังสือเวียน หรือแผนที่ใช้อ้างอิง",
    )
    contact = forms.CharField(label="ติดต่อสอบถาม", required=False, max_length=200)
    due_day = forms.IntegerField(label="วันที่ครบกำหนด", min_value=1, max_value=31, initial=30)
    due_month = forms.TypedChoiceField(
        label="เดือนที่ครบกำหนด", choices=list(enumerate(MONTHS, start=1)), coerce=int, initial=9
    )
    is_active = forms.BooleanField(
        label="ใช้อยู่", required=False, initial=True, help_text="ข้อกำหนดที่ไม่ใช้จะไม่เพิ่มผู้ต้องเรียนในรอบใหม่"
    )

    def __init__(self, *args: Any, requirement: Requirement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subjects = Subject.objects.filter(retired_at__isnull=True)
        if requirement is not None:
            del self.fields["code"]
            subjects = subjects | Subject.objects.filter(pk=requirement.subject_id)
        self.fields["subject"].queryset = subjects.order_by("code")  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """A code that no requirement has: saving under a known one would change that requirement."""
        code = str(self.cleaned_data["code"])
        if Requirement.objects.filter(code=code).exists():
            raise forms.ValidationError("มีข้อกำหนดรหัสนี้แล้ว")
        return code

    def clean(self) -> dict[str, Any]:
        """A day that its month has."""
        data: dict[str, Any] = super().clean() or {}
        day, month = data.get("due_day"), data.get("due_month")
        if day and month and day > monthrange(LEAP, month)[1]:
            self.add_error("due_day", f"เดือน{MONTHS[month - 1]}ไม่มีวันที่ {day}")
        return data


def requirement_initial(requirement: Requirement) -> dict[str, Any]:
    """What the form of a requirement begins with."""
    return {name: getattr(requirement, name) for name in RequirementForm.base_fields if name != "code"}
