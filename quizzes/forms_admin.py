"""Forms of the question desk: a question with its choices, a quiz with its draws. The domain decides; these only carry."""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

from django import forms
from wagtail.admin.widgets import AdminAutoHeightTextInput

from quizzes.enums import Difficulty, Kind, Standard
from quizzes.models import Question, QuestionVersion, Quiz
from quizzes.services import Choice, Draw, QuestionDraft
from sucharit.theme.forms import ThaiDateField

MOST_CHOICES = 6
SPARE_DRAWS = 4
MOST_DRAWS = 60
CODE_SHAPE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
CODE_HELP = "ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง เช่น ETH7-101 เปลี่ยนไม่ได้หลังบันทึก"


def _area(rows: int) -> forms.Textarea:
    # Grows with its words where there is a script, and scrolls where there is none.
    area: forms.Textarea = AdminAutoHeightTextInput(attrs={"rows": rows})
    return area


def plain_from(html: str) -> str:
    """Instructions as lines a person can edit: paragraphs apart by an empty line, list items behind a hyphen."""
    if "<" not in html:
        return html
    text = re.sub(r"\s*<li[^>]*>\s*", "\n- ", html)
    text = re.sub(r"\s*</?(?:p|ul|ol|br|div)[^>]*>\s*", "\n\n", text)
    text = unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"\n{2,}(?=- )", "\n\n", re.sub(r"\n{3,}", "\n\n", text)).strip()


def html_from(plain: str) -> str:
    """The running text that such lines mean. The other way round from `plain_from`."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", plain.replace("\r\n", "\n").strip()):
        lines = [escape(line.strip()) for line in paragraph.splitlines() if line.strip()]
        words = "<br>".join(line for line in lines if not line.startswith("- "))
        items = "".join(f"<li>{line[2:].strip()}</li>" for line in lines if line.startswith("- "))
        parts += [f"<p>{words}</p>"] if words else []
        parts += [f"<ul>{items}</ul>"] if items else []
    return "\n".join(parts)


def _clean_code(code: str, model: type[Question] | type[Quiz], taken: str) -> str:
    code = code.strip().upper()
    if not CODE_SHAPE.fullmatch(code):
        raise forms.ValidationError("รหัสใช้ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง")
    if model._default_manager.filter(code=code).exists():
        raise forms.ValidationError(taken)
    return code


class QuestionForm(forms.Form):
    """What a question says, but for its choices. `code` is there only while the question is new."""

    code = forms.CharField(label="รหัสข้อ", max_length=30, help_text=CODE_HELP)
    kind = forms.ChoiceField(label="ชนิดคำถาม", choices=Kind.choices)
    stem = forms.CharField(
        label="คำถาม",
        widget=_area(5),
        error_messages={"required": "โปรดเขียนคำถาม"},
        help_text="เว้นบรรทัดว่าง 1 บรรทัดก่อนย่อหน้าสุดท้าย ระบบจะเน้นย่อหน้านั้นเป็นสิ่งที่ถาม",
    )
    explanation = forms.CharField(
        label="คำอธิบายรวม",
        required=False,
        widget=_area(3),
        help_text="แสดงหลังส่งคำตอบ ต่อจากคำอธิบายของแต่ละตัวเลือก",
    )
    source = forms.CharField(
        label="แหล่งอ้างอิง", required=False, max_length=300, help_text="ชื่อกฎหมาย คู่มือ หรือเอกสารที่ใช้ตรวจคำตอบ"
    )
    as_of = ThaiDateField(label="ข้อมูล ณ วันที่", required=False)
    standard = forms.TypedChoiceField(label="มาตรฐานข้อที่", choices=Standard.choices, coerce=int)
    difficulty = forms.ChoiceField(label="ระดับความยาก", choices=Difficulty.choices, initial=Difficulty.MEDIUM)
    # The version the author started from; 0 for a new question.
    based_on = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, question: Question | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        if question is not None:
            del self.fields["code"]

    def clean_code(self) -> str:
        """A code of our shape that no question has: saving under a known code would change that question."""
        return _clean_code(self.cleaned_data["code"], Question, "มีคำถามรหัสนี้แล้ว")

    def clean(self) -> dict[str, Any]:
        """Ask for the date of a source here too, so that it shows together with what the choices lack."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("source") and not data.get("as_of") and "as_of" not in self.errors:
            self.add_error("as_of", "ข้อที่มีแหล่งอ้างอิงต้องระบุ “ข้อมูล ณ วันที่”")
        return data


class ChoiceForm(forms.Form):
    """One option. A row without words is no option."""

    place = forms.IntegerField(
        label="ลำดับ", required=False, min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    text = forms.CharField(label="ตัวเลือก", required=False, widget=_area(2))
    correct = forms.BooleanField(label="ถูก", required=False)
    feedback = forms.CharField(
        label="คำอธิบายหลังส่งคำตอบ",
        required=False,
        widget=_area(2),
    )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written in the row."""
        return not any(self.cleaned_data.get(name) for name in ("text", "correct", "feedback"))

    def clean(self) -> dict[str, Any]:
        """Ask for the half that is missing, in the row where it is missing."""
        data: dict[str, Any] = super().clean() or {}
        if not self.is_empty:
            if not data.get("text"):
                self.add_error("text", "โปรดเขียนตัวเลือก หรือล้างทั้งแถวถ้าไม่ใช้")
            if not data.get("feedback"):
                self.add_error("feedback", "โปรดเขียนคำอธิบาย")
        return data


_ChoiceRows = forms.formset_factory(
    ChoiceForm, extra=0, min_num=MOST_CHOICES, max_num=MOST_CHOICES, absolute_max=MOST_CHOICES
)


def question_initial(version: QuestionVersion) -> dict[str, Any]:
    """What the form of a question begins with."""
    return {
        "kind": version.kind,
        "stem": version.stem,
        "explanation": version.explanation,
        "source": version.source,
        "as_of": version.as_of,
        "standard": version.question.standard,
        "difficulty": version.question.difficulty,
        "based_on": version.number,
    }


def choice_rows(data: Any = None, *, version: QuestionVersion | None = None) -> forms.BaseFormSet:
    """Six rows: those of the version, then empty ones. All are there from the start, so no script is needed to add one."""
    held = version.choices if version is not None else []
    initial = [
        {
            "place": number,
            **(
                {name: held[number - 1][name] for name in ("text", "correct", "feedback")}
                if number <= len(held)
                else {}
            ),
        }
        for number in range(1, MOST_CHOICES + 1)
    ]
    return _ChoiceRows(data, initial=initial, prefix="choices")


def draft_from(form: QuestionForm, rows: forms.BaseFormSet) -> QuestionDraft:
    """The draft that valid forms hold, its options in the order of their numbers."""
    filled = [row.cleaned_data for row in rows.forms if not row.is_empty]  # type: ignore[attr-defined]
    filled.sort(key=lambda row: row["place"] if row["place"] is not None else MOST_CHOICES + 1)
    said = form.cleaned_data
    return QuestionDraft(
        kind=said["kind"],
        stem=said["stem"].replace("\r\n", "\n"),
        choices=[Choice(row["text"].strip(), row["correct"], row["feedback"].strip()) for row in filled],
        explanation=said["explanation"].replace("\r\n", "\n").strip(),
        source=said["source"].strip(),
        as_of=said["as_of"],
    )


class QuizForm(forms.Form):
    """A quiz but for its draws. `code` is there only while the quiz is new."""

    code = forms.CharField(label="รหัส", max_length=30, help_text=CODE_HELP)
    title = forms.CharField(label="ชื่อแบบทดสอบ", max_length=200)
    instructions = forms.CharField(
        label="คำชี้แจง", required=False, widget=_area(5), help_text="ขึ้นต้นบรรทัดด้วย - เพื่อทำเป็นรายการ"
    )
    pass_percent = forms.IntegerField(label="เกณฑ์ผ่าน (ร้อยละ)", min_value=1, max_value=100, initial=60)
    time_limit_minutes = forms.IntegerField(
        label="เวลา (นาที)", required=False, min_value=1, max_value=600, help_text="เว้นว่างถ้าไม่จำกัดเวลา"
    )
    max_attempts = forms.IntegerField(
        label="ทำได้ไม่เกิน (ครั้ง)", min_value=0, max_value=100, initial=0, help_text="0 คือไม่จำกัด"
    )
    shuffle_choices = forms.BooleanField(
        label="สลับตัวเลือก", required=False, initial=True, help_text="คำถามแบบถูกหรือผิดไม่สลับ"
    )

    def __init__(self, *args: Any, quiz: Quiz | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if quiz is not None:
            del self.fields["code"]

    def clean_instructions(self) -> str:
        """Stored as running text."""
        return html_from(str(self.cleaned_data["instructions"]))

    def clean_code(self) -> str:
        """A code of our shape that no quiz has."""
        return _clean_code(self.cleaned_data["code"], Quiz, "มีแบบทดสอบรหัสนี้แล้ว")


def quiz_initial(quiz: Quiz) -> dict[str, Any]:
    """What the form of a quiz begins with."""
    held = {name: getattr(quiz, name) for name in QuizForm.base_fields}
    return {**held, "instructions": plain_from(quiz.instructions)}


class DrawForm(forms.Form):
    """One line of a blueprint: a fixed question by its code, or so many from a standard's pool. An empty line is none."""

    place = forms.IntegerField(
        label="ลำดับ", required=False, min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    standard = forms.TypedChoiceField(
        label="สุ่มจากมาตรฐาน",
        required=False,
        choices=[("", "ไม่สุ่ม"), *Standard.choices],
        coerce=int,
        empty_value=None,
    )
    count = forms.IntegerField(label="จำนวนข้อ", required=False, min_value=1, max_value=100)
    question_code = forms.CharField(label="หรือกำหนดข้อ (รหัส)", required=False, max_length=30)

    @property
    def is_empty(self) -> bool:
        """Whether the line says nothing."""
        return self.cleaned_data.get("standard") is None and not self.cleaned_data.get("question_code")

    def clean_question_code(self) -> str:
        """Codes are upper case; a fixed question that is retired or unknown is the service's to refuse."""
        return str(self.cleaned_data["question_code"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """One or the other, never both."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("standard") is not None and data.get("question_code"):
            self.add_error("question_code", "เลือกอย่างใดอย่างหนึ่ง: สุ่มจากมาตรฐาน หรือกำหนดข้อ")
        if data.get("standard") is not None and not data.get("count") and "count" not in self.errors:
            self.add_error("count", "โปรดใส่จำนวนข้อ")
        return data


def draw_rows(data: Any = None, *, quiz: Quiz | None = None) -> forms.BaseFormSet:
    """The quiz's draws with spare empty lines below, so that lines can be added without a script."""
    held = list(quiz.draws.select_related("question")) if quiz is not None else []
    initial: list[dict[str, Any]] = [
        {
            "place": number,
            "standard": draw.standard,
            "count": None if draw.question_id else draw.count,
            "question_code": draw.question.code if draw.question else "",
        }
        for number, draw in enumerate(held, start=1)
    ]
    lines = max(len(initial) + SPARE_DRAWS, 8)
    initial += [{"place": number} for number in range(len(initial) + 1, lines + 1)]
    rows = forms.formset_factory(DrawForm, extra=0, max_num=MOST_DRAWS, absolute_max=MOST_DRAWS)
    return rows(data, initial=initial, prefix="draws")


def draws_from(rows: forms.BaseFormSet) -> Sequence[Draw]:
    """The blueprint that valid rows hold, in the order of their numbers."""
    filled = [row.cleaned_data for row in rows.forms if not row.is_empty]  # type: ignore[attr-defined]
    filled.sort(key=lambda row: row["place"] if row["place"] is not None else MOST_DRAWS + 1)
    return [
        Draw(question_code=row["question_code"], standard=row["standard"], count=row["count"] or 1)
        for row in filled
    ]
