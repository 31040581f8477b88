"""Typed answers, verdicts and labels: what every format of files says in the same way."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from quizzes.drafts import BankEntry, Choice
from quizzes.enums import Kind
from quizzes.interchange.base import Note, refusal
from quizzes.interchange.markup import MARKER
from quizzes.interchange.texts import credit_of, plain

TRUE, FALSE = "ถูก", "ผิด"


def in_range(low: Decimal, high: Decimal, feedback: str = "") -> Choice:
    """A NUMERIC choice that takes every number from `low` to `high`. Raises InvalidInput if they stand the other way."""
    if high < low:
        raise refusal("number", "ช่วงของตัวเลขต้องเริ่มจากน้อยไปมาก", "answer")
    return Choice(plain((low + high) / 2), feedback=feedback, tolerance=(high - low) / 2)


def accepted(said: Choice, weight: Fraction) -> tuple[list[Choice], list[Note]]:
    """A typed answer with its credit, or, for one that earns nothing, the note that keeps its feedback."""
    if weight > 0:
        credit = credit_of(min(weight, Fraction(1)))
        return [Choice(said.text, feedback=said.feedback, tolerance=said.tolerance, credit=credit)], []
    return [], [wrong_feedback(said.text, said.feedback)] if said.feedback else []


def wrong_feedback(text: str, feedback: str) -> Note:
    """The note for an answer that earns nothing: only accepted answers are kept."""
    about = "คำตอบอื่น" if text == "*" else f"คำตอบ “{text[:60]}”"
    return ("wrong_feedback", f"คำอธิบายของ{about}ซึ่งไม่ได้คะแนนไม่ได้นำมาด้วย: {feedback[:200]}")


def some(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The choices. Raises InvalidInput where there are none."""
    if not choices:
        raise refusal("no_answer", "ไม่มีคำตอบที่ได้คะแนน", "answer")
    return tuple(choices)


def label(entry: BankEntry, place: int) -> str:
    """How a note names a question: by its code, else by its place among those written."""
    return f"ข้อ {entry.code}" if entry.code else f"ข้อลำดับที่ {place}"


def texts_of(entry: BankEntry) -> list[str]:
    """Every text of a question that people read."""
    draft = entry.draft
    rows = [text for choice in draft.choices for text in (choice.text, choice.match, choice.feedback)]
    return [draft.stem, *rows, draft.explanation]


def pictures_of(entry: BankEntry) -> list[str]:
    """The names of the pictures that its texts show, each once, in order."""
    found = [mark[2] for text in texts_of(entry) for mark in MARKER.finditer(text)]
    return list(dict.fromkeys(found))


def not_held(name: str, parts: Sequence[str]) -> list[Note]:
    """The note that a format has no place for these parts of a question, or none where there are none."""
    return [("not_held", f"{name} เก็บ{' '.join(parts)}ไม่ได้ จึงไม่มีในไฟล์")] if parts else []


def true_first(entry: BankEntry) -> tuple[Choice, Choice, list[Note]]:
    """The choices that say true and false, for formats that print their own words. Raises InvalidInput."""
    choices = entry.draft.choices
    if len(choices) != 2 or sum(choice.correct for choice in choices) != 1:
        raise refusal("true_false", "ข้อถูกหรือผิดต้องมี 2 ตัวเลือกและถูกเพียง 1 ตัวเลือก จึงไม่ได้ส่งออก", "choices")
    first, second = choices
    if (first.text, second.text) == (FALSE, TRUE):
        return second, first, [("true_first", "ตัวเลือกถูกมาก่อนผิดเสมอในรูปแบบนี้")]
    if (first.text, second.text) == (TRUE, FALSE):
        return first, second, []
    return (
        first,
        second,
        [("true_words", f"ตัวเลือกในรูปแบบนี้เป็นคำว่า {TRUE} และ {FALSE} แทน “{first.text}” และ “{second.text}”")],
    )


def check_options(entry: BankEntry) -> None:
    """Raises InvalidInput for a SINGLE or MULTIPLE question that nobody could answer."""
    draft = entry.draft
    right = sum(choice.correct for choice in draft.choices)
    if len(draft.choices) < 2 or right < 1 or (draft.kind == Kind.SINGLE and right != 1):
        raise refusal("choices", "จำนวนตัวเลือกหรือจำนวนคำตอบที่ถูกไม่ครบ จึงไม่ได้ส่งออก", "choices")
