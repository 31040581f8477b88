"""The rows of a question's form, by kind: what each row asks an editor for, and the choices that filled rows mean."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from wagtail.admin.widgets import AdminAutoHeightTextInput

from quizzes import marked
from quizzes.checks import ROWS_LIMIT
from quizzes.drafts import Choice
from quizzes.enums import Kind
from quizzes.models import QuestionVersion
from quizzes.versions import EXTRAS, draft_of

# Rows that stand ready on the page, so that no script is needed to add one; a question that has more shows them all.
READY = 6
FAMILY = (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE)


def area(rows: int) -> forms.Textarea:
    """A field that grows with its words where there is a script, and scrolls where there is none."""
    made: forms.Textarea = AdminAutoHeightTextInput(attrs={"rows": rows})
    return made


class RowForm(forms.Form):
    """One row. A row in which nothing is written is none; `needs` are the fields that a row which is one must have."""

    place = forms.IntegerField(
        label="ลำดับ", required=False, min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    text = forms.CharField(label="ข้อความ", required=False, widget=area(2))
    feedback = forms.CharField(label="คำอธิบายหลังส่งคำตอบ", required=False, widget=area(2))
    needs: Mapping[str, str] = {"text": "โปรดเขียนข้อความ หรือล้างทั้งแถวถ้าไม่ใช้"}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written in the row."""
        return not any(self.cleaned_data.get(name) for name in self.fields if name not in self.kept)

    # Fields that are filled from the start and say nothing of their own.
    kept: frozenset[str] = frozenset({"place"})

    def clean(self) -> dict[str, Any]:
        """Ask for the half that is missing, in the row where it is missing."""
        data: dict[str, Any] = super().clean() or {}
        if not self.is_empty:
            for name, sentence in self.needs.items():
                if data.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, sentence)
        return data


class ChoiceRow(RowForm):
    """An option, right or not."""

    text = forms.CharField(label="ตัวเลือก", required=False, widget=area(2))
    correct = forms.BooleanField(label="ถูก", required=False)
    needs = {"text": "โปรดเขียนตัวเลือก หรือล้างทั้งแถวถ้าไม่ใช้", "feedback": "โปรดเขียนคำอธิบาย"}
    field_order = ("place", "correct", "text", "feedback")


class MatchRow(RowForm):
    """A text and what belongs to it."""

    text = forms.CharField(label="ข้อความ", required=False, widget=area(2))
    match = forms.CharField(label="คู่ที่ถูก", required=False, widget=area(2))
    needs = {"match": "โปรดเขียนคู่ของแถวนี้"}
    field_order = ("place", "text", "match", "feedback")


class OrderRow(RowForm):
    """A step; the numbers of the rows are the right order."""

    text = forms.CharField(label="รายการ", required=False, widget=area(2))


class GapRow(RowForm):
    """A word and the gap it fills."""

    text = forms.CharField(label="คำ", required=False)
    gap = forms.IntegerField(
        label="เติมช่องที่", required=False, min_value=0, max_value=20, help_text="เว้นว่างถ้าเป็นคำลวง"
    )
    field_order = ("place", "gap", "text", "feedback")


class TextRow(RowForm):
    """An accepted answer and what it is worth."""

    text = forms.CharField(label="คำตอบที่รับได้", required=False, max_length=200)
    credit = forms.DecimalField(
        label="คะแนน (ร้อยละ)", required=False, min_value=1, max_value=100, decimal_places=2, initial=100
    )
    feedback = None  # type: ignore[assignment] # Django's way to drop an inherited field
    needs = {"text": "โปรดเขียนคำตอบ หรือล้างทั้งแถวถ้าไม่ใช้", "credit": "โปรดใส่คะแนน"}
    kept = frozenset({"place", "credit"})


class NumberRow(TextRow):
    """An accepted number, how far off it may be, and what it is worth."""

    text = forms.CharField(label="คำตอบ", required=False, max_length=40)
    tolerance = forms.DecimalField(
        label="คลาดเคลื่อนได้", required=False, min_value=0, decimal_places=6, initial=0
    )
    kept = frozenset({"place", "credit", "tolerance"})
    field_order = ("place", "text", "tolerance", "credit")


class JudgementRow(RowForm):
    """A course of action and how the experts see it."""

    text = forms.CharField(label="ทางเลือก", required=False, widget=area(2))
    expert = forms.IntegerField(label="ผู้เชี่ยวชาญ", required=False, min_value=1, max_value=20)
    needs = {
        "text": "โปรดเขียนทางเลือก หรือล้างทั้งแถวถ้าไม่ใช้",
        "expert": "โปรดใส่ความเห็นของผู้เชี่ยวชาญ",
        "feedback": "โปรดเขียนคำอธิบาย",
    }
    field_order = ("place", "expert", "text", "feedback")


class ScaleRow(RowForm):
    """A point of a scale of opinion."""

    text = forms.CharField(label="ระดับ", required=False)
    feedback = None  # type: ignore[assignment] # Django's way to drop an inherited field


ROWS: Mapping[Kind, type[RowForm]] = {
    Kind.SINGLE: ChoiceRow,
    Kind.MULTIPLE: ChoiceRow,
    Kind.TRUE_FALSE: ChoiceRow,
    Kind.MATCHING: MatchRow,
    Kind.ORDERING: OrderRow,
    Kind.GAPS: GapRow,
    Kind.SHORT_TEXT: TextRow,
    Kind.NUMERIC: NumberRow,
    Kind.JUDGEMENT: JudgementRow,
    Kind.LIKERT: ScaleRow,
}
# What the panel of rows is called, and what it asks for.
HELP: Mapping[Kind, tuple[str, str]] = {
    Kind.SINGLE: (
        "ตัวเลือก",
        "ใช้ 2 ตัวเลือกขึ้นไป คำอธิบายหลังส่งคำตอบบอกว่าเพราะเหตุใดจึงถูก หรือควรคิดต่ออย่างไร",
    ),
    Kind.MATCHING: ("คู่", "ใส่อย่างน้อย 2 คู่ แถวที่มีเฉพาะคู่ โดยไม่มีข้อความ เป็นตัวลวง"),
    Kind.ORDERING: ("รายการตามลำดับที่ถูก", "ใส่อย่างน้อย 3 รายการ เลขในช่องลำดับคือเฉลย ผู้เรียนเห็นรายการสลับกัน"),
    Kind.GAPS: ("คำให้เลือกเติม", "ใส่ [[1]] [[2]] ในคำถามตรงที่เว้นว่าง แล้วบอกว่าคำใดเติมช่องใด"),
    Kind.SHORT_TEXT: (
        "คำตอบที่รับได้",
        "ระบบไม่ถือความต่างของช่องว่าง เลขไทยกับเลขอารบิก และวิธีพิมพ์สระ ใช้ * แทนข้อความใดก็ได้",
    ),
    Kind.NUMERIC: ("คำตอบที่รับได้", "ใส่ค่าที่ถูก และค่าที่คลาดเคลื่อนได้ทั้งสองทาง"),
    Kind.JUDGEMENT: (
        "ทางเลือก",
        "ถ้ากำหนดระดับการประเมินไว้ ใส่ระดับที่ผู้เชี่ยวชาญให้ (1 คือระดับแรก) ถ้าไม่กำหนด ใส่ลำดับ (1 คือดีที่สุด)",
    ),
    Kind.LIKERT: ("ระดับความเห็น", "เรียงจากต่ำไปสูง คำถามชนิดนี้ไม่มีคะแนน"),
}


def help_of(kind: Kind) -> tuple[str, str]:
    """The heading of the rows of a kind, and what they ask for."""
    return HELP[Kind.SINGLE if kind in FAMILY else kind]


def choice_rows(
    kind: Kind,
    data: Any = None,
    *,
    version: QuestionVersion | None = None,
    typed: Mapping[str, str] | None = None,
) -> forms.BaseFormSet:
    """The rows of the version, or what was typed without judging it, then empty ones: at least six in all."""
    held = [_initial(kind, choice) for choice in draft_of(version).choices] if version is not None else []
    if typed is not None:
        held = [
            {name: typed.get(f"choices-{place}-{name}", "") for name in ROWS[kind].base_fields}
            for place in range(ROWS_LIMIT)
            if f"choices-{place}-text" in typed
        ]
    ready = max(READY, min(len(held) + 1, ROWS_LIMIT))
    initial = [
        {"place": number, **(held[number - 1] if number <= len(held) else {})}
        for number in range(1, ready + 1)
    ]
    made = forms.formset_factory(ROWS[kind], extra=0, max_num=ROWS_LIMIT, absolute_max=ROWS_LIMIT)
    return made(data, initial=initial, prefix="choices")


def _initial(kind: Kind, choice: Choice) -> dict[str, Any]:
    said: dict[str, Any] = {"text": choice.text, "feedback": choice.feedback}
    said |= {name: getattr(choice, name) for name in EXTRAS[kind]}
    if "credit" in said:
        said["credit"] = (said["credit"] * 100).normalize()
    if "gap" in said:
        said["gap"] = said["gap"] or None
    return said


def choices_from(kind: Kind, rows: forms.BaseFormSet) -> Sequence[Choice]:
    """The choices that valid rows hold, in the order of their numbers."""
    filled = [row.cleaned_data for row in rows.forms if not row.is_empty]  # type: ignore[attr-defined]
    filled.sort(key=lambda row: row["place"] if row["place"] is not None else ROWS_LIMIT + 1)
    return [_choice(kind, row) for row in filled]


def _choice(kind: Kind, row: Mapping[str, Any]) -> Choice:
    extras = {name: row[name] for name in EXTRAS[kind]}
    if "credit" in extras:
        extras["credit"] = Decimal(extras["credit"]) / 100
    if "tolerance" in extras:
        extras["tolerance"] = extras["tolerance"] or Decimal(0)
    if "gap" in extras:
        extras["gap"] = extras["gap"] or 0
    if "match" in extras:
        extras["match"] = extras["match"].strip()
    text, feedback = (
        marked.tidy((row.get(name) or "").replace("\r\n", "\n").strip()) for name in ("text", "feedback")
    )
    return Choice(text=text, feedback=feedback, **extras)
