"""Forms of the question desk: a question with its choices, a quiz with its draws. The domain decides; these only carry."""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator

from quizzes import marked
from quizzes.codes import CODE_HELP, CODE_SHAPE
from quizzes.enums import Counts, Difficulty, Feedback, Kind, Scoring, Standard, TopicKind
from quizzes.forms_rows import FAMILY, area, choices_from
from quizzes.models import Question, QuestionVersion, Quiz, Topic
from quizzes.services import Draw, QuestionDraft
from sucharit.theme.forms import AdminThaiDateTimeInput, ThaiDateField

LONGEST_TOPIC = 80
SPARE_DRAWS = 4
MOST_DRAWS = 60


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


def names_in(text: str, what: str) -> list[str]:
    """The names in a field of them. Raises ValidationError for one that the bank cannot keep."""
    names = [name.strip() for name in text.split(";") if name.strip()]
    if any(len(name) > LONGEST_TOPIC for name in names):
        raise forms.ValidationError(f"{what}ยาวได้ไม่เกิน {LONGEST_TOPIC} ตัวอักษร")
    return names


class QuestionForm(forms.Form):
    """What a question says, but for its choices. `code` is there only while the question is new."""

    code = forms.CharField(label="รหัสข้อ", max_length=30, help_text=CODE_HELP)
    kind = forms.ChoiceField(label="ชนิดคำถาม", choices=Kind.choices)
    stem = forms.CharField(
        label="คำถาม",
        widget=area(5),
        error_messages={"required": "โปรดเขียนคำถาม"},
        help_text="เว้นบรรทัดว่าง 1 บรรทัดก่อนย่อหน้าสุดท้าย ระบบจะเน้นย่อหน้านั้นเป็นสิ่งที่ถาม "
        "ทำตารางด้วยบรรทัดแบบ | ปี | ราคา | ติดกัน บรรทัด |---|---| ใต้แถวแรกทำให้แถวนั้นเป็นหัวตาราง",
    )
    picture = forms.FileField(
        label="เพิ่มภาพ",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text="PNG JPEG WebP หรือ GIF ไม่เกิน 5 MB กด “เพิ่มภาพนี้” แล้วภาพจะอยู่ท้ายคำถาม ย้ายไปไว้ที่ใดก็ได้",
        error_messages={"empty": "ไฟล์นี้ว่าง โปรดเลือกภาพใหม่"},
    )
    picture_alt = forms.CharField(
        label="คำบรรยายภาพ",
        required=False,
        max_length=200,
        help_text="บอกสิ่งที่ต้องเห็นในภาพจึงจะตอบได้ ผู้ที่มองไม่เห็นภาพใช้ข้อความนี้แทน โดยไม่บอกเฉลย",
    )
    explanation = forms.CharField(
        label="คำอธิบายรวม",
        required=False,
        widget=area(3),
        help_text="แสดงหลังส่งคำตอบ ต่อจากคำอธิบายของแต่ละตัวเลือก",
    )
    source = forms.CharField(
        label="แหล่งอ้างอิง", required=False, max_length=300, help_text="ชื่อกฎหมาย คู่มือ หรือเอกสารที่ใช้ตรวจคำตอบ"
    )
    as_of = ThaiDateField(label="ข้อมูล ณ วันที่", required=False)
    scoring = forms.ChoiceField(
        label="วิธีให้คะแนน", choices=Scoring.choices, initial=Scoring.PARTIAL, required=False
    )
    scale = forms.CharField(
        label="ระดับการประเมิน",
        required=False,
        widget=area(4),
        help_text="บรรทัดละ 1 ระดับ จากต่ำไปสูง เว้นว่างถ้าให้ผู้เรียนจัดลำดับแทน",
    )
    unit = forms.CharField(label="หน่วย", required=False, max_length=40, help_text="แสดงหลังช่องคำตอบ เช่น บาท")
    standard = forms.TypedChoiceField(label="มาตรฐานข้อที่", choices=Standard.choices, coerce=int)
    topics = forms.CharField(
        label="หัวข้อ", required=False, max_length=400, help_text="คั่นแต่ละหัวข้อด้วยเครื่องหมาย ; หัวข้อใหม่จะเพิ่มให้เอง"
    )
    provisions = forms.CharField(
        label="บทบัญญัติ",
        required=False,
        max_length=400,
        help_text="มาตราหรือข้อที่คำถามนี้อ้างถึง คั่นด้วย ; เช่น พ.ร.บ. มาตรฐานทางจริยธรรม มาตรา 5",
    )
    difficulty = forms.ChoiceField(label="ระดับความยาก", choices=Difficulty.choices, initial=Difficulty.MEDIUM)
    review_on = ThaiDateField(
        label="กำหนดทบทวน", required=False, help_text="วันที่ควรตรวจคำถามนี้อีกครั้ง เช่น เมื่อกฎหมายอาจเปลี่ยน"
    )
    # The version the author started from; 0 for a new question.
    based_on = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, kind: Kind, question: Question | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        if question is not None:
            del self.fields["code"]
        # Choosing kinds may change into one another; another kind is another question.
        choosing = kind in FAMILY
        kinds = FAMILY if choosing else (kind,)
        self.fields["kind"].choices = [(one.value, one.label) for one in kinds]  # type: ignore[attr-defined]
        if not choosing:
            self.fields["kind"].widget = forms.HiddenInput()
        shown = {
            "scoring": kind in {*FAMILY, Kind.MATCHING, Kind.ORDERING, Kind.GAPS},
            "scale": kind is Kind.JUDGEMENT,
            "unit": kind is Kind.NUMERIC,
        }
        for name in (name for name, is_shown in shown.items() if not is_shown):
            del self.fields[name]

    def clean_topics(self) -> list[str]:
        """The names, one by one; one that is too long is refused here and not by the database."""
        return names_in(self.cleaned_data["topics"], "หัวข้อ")

    def clean_provisions(self) -> list[str]:
        """The names, as for topics."""
        return names_in(self.cleaned_data["provisions"], "บทบัญญัติ")

    def clean_code(self) -> str:
        """A code of our shape that no question has: saving under a known code would change that question."""
        return _clean_code(self.cleaned_data["code"], Question, "มีคำถามรหัสนี้แล้ว")

    def clean(self) -> dict[str, Any]:
        """Ask for the date of a source here too, so that it shows together with what the choices lack."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("source") and not data.get("as_of") and "as_of" not in self.errors:
            self.add_error("as_of", "ข้อที่มีแหล่งอ้างอิงต้องระบุ “ข้อมูล ณ วันที่”")
        twice = next(
            (name for name in data.get("provisions") or () if name in (data.get("topics") or ())), ""
        )
        if twice:
            self.add_error("provisions", f"“{twice}” อยู่ในช่องหัวข้อด้วย โปรดเลือกช่องเดียว")
        return data


def filed_as(question: Question) -> dict[str, Any]:
    """Where a question stands, as the form's fields say it."""
    named = list(question.topics.all())
    topics, provisions = (
        "; ".join(topic.name for topic in named if topic.kind == kind)
        for kind in (TopicKind.TOPIC, TopicKind.PROVISION)
    )
    return {"topics": topics, "provisions": provisions, "review_on": question.review_on}


def question_initial(version: QuestionVersion) -> dict[str, Any]:
    """What the form of a question begins with."""
    return {
        "kind": version.kind,
        "stem": version.stem,
        "explanation": version.explanation,
        "source": version.source,
        "as_of": version.as_of,
        "scoring": version.scoring,
        "scale": "\n".join(version.scale),
        "unit": version.unit,
        "standard": version.question.standard,
        **filed_as(version.question),
        "difficulty": version.question.difficulty,
        "based_on": version.number,
    }


def draft_from(form: QuestionForm, rows: forms.BaseFormSet) -> QuestionDraft:
    """The draft that valid forms hold, its rows in the order of their numbers."""
    said = form.cleaned_data
    kind = Kind(said["kind"])
    return QuestionDraft(
        kind=kind,
        stem=marked.tidy(said["stem"].replace("\r\n", "\n")),
        choices=choices_from(kind, rows),
        explanation=marked.tidy(said["explanation"].replace("\r\n", "\n").strip()),
        source=said["source"].strip(),
        as_of=said["as_of"],
        scoring=said.get("scoring") or Scoring.PARTIAL,
        scale=[line.strip() for line in said.get("scale", "").splitlines() if line.strip()],
        unit=said.get("unit", "").strip(),
    )


class QuizForm(forms.Form):
    """A quiz but for its draws. `code` is there only while the quiz is new."""

    code = forms.CharField(label="รหัส", max_length=30, help_text=CODE_HELP)
    title = forms.CharField(label="ชื่อแบบทดสอบ", max_length=200)
    instructions = forms.CharField(
        label="คำชี้แจง", required=False, widget=area(5), help_text="ขึ้นต้นบรรทัดด้วย - เพื่อทำเป็นรายการ"
    )
    pass_percent = forms.IntegerField(label="เกณฑ์ผ่าน (ร้อยละ)", min_value=1, max_value=100, initial=60)
    time_limit_minutes = forms.IntegerField(
        label="เวลา (นาที)", required=False, min_value=1, max_value=600, help_text="เว้นว่างถ้าไม่จำกัดเวลา"
    )
    max_attempts = forms.IntegerField(
        label="ทำได้ไม่เกิน (ครั้ง)", min_value=0, max_value=100, initial=0, help_text="0 คือไม่จำกัด"
    )
    cooling_hours = forms.IntegerField(
        label="เว้นก่อนทำครั้งใหม่ (ชั่วโมง)",
        min_value=0,
        max_value=8_760,
        initial=0,
        help_text="0 คือทำต่อได้ทันที",
    )
    counts = forms.ChoiceField(
        label="ผลที่นับ",
        choices=Counts.choices,
        initial=Counts.HIGHEST,
        help_text="ถ้านับครั้งแรก ครั้งต่อไปเป็นการฝึก ผู้ที่บันทึกผลว่าผ่านแล้วไม่เสียผล",
    )
    feedback = forms.ChoiceField(
        label="เปิดเฉลยเมื่อ",
        choices=Feedback.choices,
        initial=Feedback.SUBMISSION,
        help_text="ผู้ที่เริ่มทำแล้วใช้ตามที่ตั้งไว้เมื่อเริ่ม",
    )
    closes_at = forms.DateTimeField(
        label="ปิดแบบทดสอบเมื่อ",
        required=False,
        widget=AdminThaiDateTimeInput,
        help_text="เว้นว่างถ้าเปิดตลอด ระบบส่งคำตอบของผู้ที่ทำค้างไว้ให้เมื่อถึงเวลานี้",
    )
    shuffle_choices = forms.BooleanField(
        label="สลับตัวเลือก", required=False, initial=True, help_text="คำถามแบบถูกหรือผิดไม่สลับ"
    )

    before = forms.ModelChoiceField(
        label="เป็นแบบทดสอบก่อนเรียนของ",
        required=False,
        queryset=Quiz.objects.order_by("code"),
        empty_label="ไม่ได้จับคู่",
        help_text="แบบทดสอบที่จับคู่กันเลี่ยงคำถามซ้ำกัน และใช้วัดว่าเรียนแล้วรู้เพิ่มเท่าใด",
    )

    def __init__(self, *args: Any, quiz: Quiz | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        before: Any = self.fields["before"]
        free = Q(pre__isnull=True)
        rows = (
            Quiz.objects.filter(free | Q(pre=quiz)).exclude(pk=quiz.pk) if quiz else Quiz.objects.filter(free)
        )
        before.queryset = rows.order_by("code")
        if quiz is not None:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        """Feedback at the closing needs a closing."""
        data: dict[str, Any] = super().clean() or {}
        if (
            data.get("feedback") == Feedback.CLOSING
            and not data.get("closes_at")
            and "closes_at" not in self.errors
        ):
            self.add_error("closes_at", "โปรดระบุเวลาปิด เพราะตั้งให้เปิดเฉลยเมื่อปิดแบบทดสอบ")
        return data

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


class _ByKind(ModelChoiceIterator):  # type: ignore[type-arg]
    """Topics and provisions, each under its own heading."""

    def __iter__(self) -> Any:
        yield ("", self.field.empty_label)
        found = list(self.queryset)
        for kind in TopicKind:
            named = [self.choice(topic) for topic in found if topic.kind == kind]
            if named:
                yield (kind.label, named)


class TopicField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One topic or provision of the bank."""

    iterator = _ByKind


class DrawForm(forms.Form):
    """One line of a blueprint: a fixed question by its code, or so many from a standard's pool. An empty line is none."""

    place = forms.IntegerField(
        label="ลำดับ", required=False, min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    standard = forms.TypedChoiceField(
        label="สุ่มจากมาตรฐาน",
        required=False,
        choices=[("", "ทุกมาตรฐาน"), *Standard.choices],
        coerce=int,
        empty_value=None,
    )
    topic = TopicField(
        label="หัวข้อหรือบทบัญญัติ",
        required=False,
        queryset=Topic.objects.all(),
        empty_label="ทุกหัวข้อ",
        to_field_name="name",
    )
    difficulty = forms.ChoiceField(
        label="ระดับความยาก", required=False, choices=[("", "ทุกระดับ"), *Difficulty.choices]
    )
    count = forms.IntegerField(label="จำนวนข้อ", required=False, min_value=1, max_value=100)
    question_code = forms.CharField(label="หรือกำหนดข้อ (รหัส)", required=False, max_length=30)

    @property
    def is_empty(self) -> bool:
        """Whether the line says nothing."""
        return not self.draws and not self.cleaned_data.get("question_code")

    @property
    def draws(self) -> bool:
        """Whether the line names a pool."""
        said = self.cleaned_data
        return said.get("standard") is not None or bool(said.get("topic")) or bool(said.get("difficulty"))

    def clean_question_code(self) -> str:
        """Codes are upper case; a fixed question that is retired or unknown is the service's to refuse."""
        return str(self.cleaned_data["question_code"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """One or the other, never both."""
        data: dict[str, Any] = super().clean() or {}
        if self.draws and data.get("question_code"):
            self.add_error("question_code", "เลือกอย่างใดอย่างหนึ่ง: สุ่มจากคลัง หรือกำหนดข้อ")
        elif self.draws and data.get("standard") is None and not data.get("topic"):
            self.add_error("difficulty", "โปรดเลือกมาตรฐานหรือหัวข้อด้วย")
        if self.draws and not data.get("count") and "count" not in self.errors:
            self.add_error("count", "โปรดใส่จำนวนข้อ")
        return data


def draw_rows(data: Any = None, *, quiz: Quiz | None = None) -> forms.BaseFormSet:
    """The quiz's draws with spare empty lines below, so that lines can be added without a script."""
    held = list(quiz.draws.select_related("question", "topic")) if quiz is not None else []
    initial: list[dict[str, Any]] = [
        {
            "place": number,
            "standard": draw.standard,
            "topic": draw.topic.name if draw.topic else None,
            "difficulty": draw.difficulty,
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
        Draw(
            question_code=row["question_code"],
            standard=row["standard"],
            topic=row["topic"].name if row["topic"] else "",
            difficulty=row["difficulty"],
            count=row["count"] or 1,
        )
        for row in filled
    ]
