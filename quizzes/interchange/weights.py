"""Moodle weighs each option; here an option is right or not, and part of a point is (right - wrong) / number right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from quizzes.drafts import Choice
from quizzes.enums import Kind
from quizzes.interchange.base import Note, refusal
from quizzes.interchange.texts import percent

# The only weights that Moodle's import takes where it is left as it comes.
_LISTED = frozenset(
    [
        "100",
        "90",
        "83.33333",
        "80",
        "75",
        "70",
        "66.66667",
        "60",
        "50",
        "40",
        "33.33333",
        "30",
        "25",
        "20",
        "16.66667",
        "14.28571",
        "12.5",
        "11.11111",
        "10",
        "5",
        "0",
    ]
)


@dataclass(frozen=True)
class Option:
    """An option with its weight: 1 is the whole point."""

    text: str
    weight: Fraction
    feedback: str = ""


def weighed(options: Sequence[Option], *, single: bool) -> tuple[Kind, tuple[Choice, ...], list[Note]]:
    """Return the kind, the choices and notes on weights that are lost. Raises InvalidInput where none can be right."""
    if not any(option.weight > 0 for option in options):
        raise refusal("no_right_choice", "ไม่มีตัวเลือกใดได้คะแนน จึงไม่รู้ว่าข้อใดถูก", "choices")
    return _single(options) if single else _multiple(options)


def _single(options: Sequence[Option]) -> tuple[Kind, tuple[Choice, ...], list[Note]]:
    best = max(option.weight for option in options)
    if sum(option.weight == best for option in options) > 1:
        raise refusal("one_right_choice", "ข้อที่เลือกได้คำตอบเดียวมีคำตอบที่ได้คะแนนสูงสุดมากกว่า 1 ตัวเลือก", "choices")
    notes: list[Note] = []
    if any(0 < option.weight < best for option in options):
        notes.append(("partial_option", "ตัวเลือกที่เดิมได้คะแนนบางส่วน นับเป็นคำตอบที่ไม่ถูก"))
    if any(option.weight < 0 for option in options):
        notes.append(("penalty_option", "การหักคะแนนของตัวเลือกที่ไม่ถูกไม่ได้นำมาด้วย"))
    choices = tuple(Choice(option.text, option.weight == best, option.feedback) for option in options)
    return Kind.SINGLE, choices, notes


def _multiple(options: Sequence[Option]) -> tuple[Kind, tuple[Choice, ...], list[Note]]:
    right = [option.weight for option in options if option.weight > 0]
    wrong = [option.weight for option in options if option.weight <= 0]
    notes: list[Note] = []
    if len(set(right)) > 1 or abs(sum(right, Fraction(-1))) > Fraction(1, 100):
        notes.append(("weights_right", "ตัวเลือกที่ถูกมีน้ำหนักไม่เท่ากันหรือรวมไม่ครบ 100% ที่นี่ให้คะแนนทุกตัวเลือกที่ถูกเท่ากัน"))
    if any(abs(weight + Fraction(1, len(right))) > Fraction(1, 100) for weight in wrong):
        notes.append(
            ("weights_wrong", "คะแนนบางส่วนที่นี่คิดจาก (เลือกถูก − เลือกผิด) ÷ จำนวนที่ถูก ซึ่งหักคะแนนไม่เท่ากับในไฟล์เดิม")
        )
    choices = tuple(Choice(option.text, option.weight > 0, option.feedback) for option in options)
    return Kind.MULTIPLE, choices, notes


def unlisted(parts: Iterable[Fraction | Decimal]) -> list[Note]:
    """The note that Moodle has no such weight in its list, or none where it knows them all."""
    strange = sorted({percent(part) for part in parts} - _LISTED)
    if not strange:
        return []
    return [
        ("unlisted_weight", f"Moodle ไม่มีน้ำหนัก {' '.join(strange)}% ในรายการ ตอนนำเข้าให้เลือกใช้น้ำหนักที่ใกล้ที่สุด")
    ]
