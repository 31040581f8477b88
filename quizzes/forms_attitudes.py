"""Forms of the desk of questionnaires. The domain decides; these only carry."""

from collections.abc import Sequence
from typing import Any

from django import forms

from quizzes.attitudes import MOST_STATEMENTS, POINTS, SCALE, Line, lines_of
from quizzes.codes import CODE_HELP, CODE_SHAPE
from quizzes.forms_rows import area
from quizzes.models import Instrument


class InstrumentForm(forms.Form):
    """A questionnaire but for its statements. `code` is there only while it is new."""

    code = forms.CharField(label="รหัส", max_length=30, help_text=CODE_HELP)
    title = forms.CharField(
        label="ชื่อแบบสอบถาม", max_length=200, error_messages={"required": "โปรดตั้งชื่อแบบสอบถาม"}
    )
    introduction = forms.CharField(
        label="คำนำ",
        required=False,
        max_length=2_000,
        widget=area(3),
        help_text="ระบบบอกผู้ตอบให้เองว่าไม่บังคับ ใครเห็นอะไร และเก็บนานเท่าไร",
    )
    scale = forms.CharField(
        label="ระดับความเห็น",
        widget=area(POINTS),
        max_length=400,
        initial="\n".join(SCALE),
        help_text=f"บรรทัดละ 1 ระดับ จากเห็นด้วยน้อยไปมาก ให้ครบ {POINTS} ระดับ",
    )
    bank = forms.CharField(
        label="นำข้อความจากคลัง",
        required=False,
        max_length=400,
        help_text="รหัสคำถามชนิดระดับความเห็น คั่นด้วยเว้นวรรค แล้วกด “นำข้อความจากคลัง” ข้อความจะลงในแถวที่ว่าง",
    )
    declares = forms.BooleanField(
        label="ยืนยันว่าไม่ถามเรื่องชาติ ศาสนา พระมหากษัตริย์ และการเมือง ไม่ว่าโดยตรงหรือโดยอ้อม",
        required=False,
        help_text="ระบบเก็บชื่อและเวลาที่ยืนยันไว้กับแบบสอบถาม",
    )

    def __init__(self, *args: Any, instrument: Instrument | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if instrument is not None:
            del self.fields["code"]
            if instrument.is_frozen:
                del self.fields["bank"]
                self.fields["scale"].disabled = True

    def clean_code(self) -> str:
        """A code of our shape that no questionnaire has."""
        code = str(self.cleaned_data["code"]).strip().upper()
        if not CODE_SHAPE.fullmatch(code):
            raise forms.ValidationError("รหัสใช้ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง")
        if Instrument.objects.filter(code=code).exists():
            raise forms.ValidationError("มีแบบสอบถามรหัสนี้แล้ว")
        return code

    def clean_scale(self) -> list[str]:
        """The points, one to a line."""
        return [line.strip() for line in str(self.cleaned_data["scale"]).splitlines() if line.strip()]


class StatementForm(forms.Form):
    """One statement. An empty row is none."""

    place = forms.IntegerField(
        label="ลำดับ", required=False, min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    text = forms.CharField(label="ข้อความ", required=False, max_length=300, widget=area(2))
    reversed = forms.BooleanField(label="ข้อความเชิงลบ", required=False, help_text="เห็นด้วยคือคำตอบที่ไม่พึงประสงค์")


def instrument_initial(instrument: Instrument) -> dict[str, Any]:
    """What the form begins with. The declaration is made anew with every change."""
    return {
        "title": instrument.title,
        "introduction": instrument.introduction,
        "scale": "\n".join(instrument.scale),
    }


def statement_rows(data: Any = None, *, lines: Sequence[Line] = ()) -> forms.BaseFormSet:
    """Twelve rows, the first of them filled."""
    initial: list[dict[str, Any]] = [
        {"place": number, **({"text": line.text, "reversed": line.reversed} if line else {})}
        for number, line in enumerate([*lines, *[None] * (MOST_STATEMENTS - len(lines))], start=1)
    ]
    rows = forms.formset_factory(
        StatementForm, extra=0, max_num=MOST_STATEMENTS, absolute_max=MOST_STATEMENTS
    )
    return rows(data, initial=initial, prefix="lines")


def lines_from(rows: forms.BaseFormSet) -> list[Line]:
    """The statements that valid rows hold, in the order of their numbers."""
    filled = [row.cleaned_data for row in rows.forms if row.cleaned_data.get("text", "").strip()]
    filled.sort(key=lambda row: row["place"] if row["place"] is not None else MOST_STATEMENTS + 1)
    return [Line(row["text"], row["reversed"]) for row in filled]


def frozen_lines(instrument: Instrument | None) -> Sequence[Line]:
    """The statements that can no longer change, or none."""
    return lines_of(instrument) if instrument is not None and instrument.is_frozen else ()
