"""The option and answer cells of one question in a table, to choices and back."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from quizzes.drafts import Choice, QuestionDraft
from quizzes.enums import Kind
from quizzes.interchange.answers import FALSE, TRUE, in_range, some
from quizzes.interchange.base import refusal
from quizzes.interchange.columns import IN_LIST, LETTERS, SPECIAL, TRUTHS, key
from quizzes.interchange.texts import (
    credit_of,
    escape,
    number,
    number_text,
    percent,
    plain,
    share,
    split_escaped,
    tidy,
    unescape,
)

NO_PARTNER = "*"
_CREDIT = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*%\s*")
_TOLERANCE = re.compile(r"\s*(?:±|\+/-|\+-)\s*")


@dataclass(frozen=True)
class Cells:
    """What a row says of its options: their cells by number from 1 (only filled ones), feedback, and the answer."""

    options: Mapping[int, str]
    feedback: Mapping[int, str]
    answer: str

    def feedback_of(self, column: int) -> str:
        """The feedback beside an option."""
        return self.feedback.get(column, "")


def choices_of(kind: Kind, cells: Cells) -> tuple[Choice, ...]:
    """The choices of a row. Raises InvalidInput, whose field is "choices" or "answer"."""
    return _READERS[kind](cells)


# --- reading ------------------------------------------------------------------------------------------------


def _columns(cells: Cells, *, fewest: int = 2) -> list[int]:
    columns = sorted(cells.options)
    if len(columns) < fewest:
        raise refusal("choices", f"ต้องมีตัวเลือกอย่างน้อย {fewest} ข้อ", "choices")
    return columns


def _pieces(text: str, separators: str = ",;|\n") -> list[str]:
    return [piece.strip() for piece in split_escaped(text, separators)]


def _place(text: str, columns: Sequence[int]) -> int:
    found = key(text)
    place = int(found) if found.isdecimal() and len(found) < 4 else LETTERS.get(found.rstrip(".)"), 0)
    if place not in columns:
        raise refusal("answer", f"คำตอบ “{text[:40]}” ไม่ตรงกับหมายเลขของตัวเลือกที่มีข้อความ", "answer")
    return place


def _options(cells: Cells) -> tuple[Choice, ...]:
    columns = _columns(cells)
    right = {_place(piece, columns) for piece in _pieces(cells.answer) if piece}
    if not right:
        raise refusal("answer", "โปรดใส่หมายเลขของตัวเลือกที่ถูกในช่องคำตอบ เช่น 1 หรือ 1,3", "answer")
    return tuple(Choice(cells.options[at], at in right, cells.feedback_of(at)) for at in columns)


def _single(cells: Cells) -> tuple[Choice, ...]:
    choices = _options(cells)
    if sum(choice.correct for choice in choices) != 1:
        raise refusal("answer", "คำถามแบบเลือกคำตอบเดียวต้องมีหมายเลขคำตอบเพียงหมายเลขเดียว", "answer")
    return choices


def _true_false(cells: Cells) -> tuple[Choice, ...]:
    verdict = TRUTHS.get(key(cells.answer))
    if verdict is None:
        return _single(cells)
    words = {at: cells.options.get(at, word) for at, word in ((1, TRUE), (2, FALSE))}
    first_is_right = TRUTHS.get(key(words[1]), True) == verdict
    return (
        Choice(words[1], first_is_right, cells.feedback_of(1)),
        Choice(words[2], not first_is_right, cells.feedback_of(2)),
    )


def _matching(cells: Cells) -> tuple[Choice, ...]:
    choices = []
    for at in _columns(cells):
        left, *rest = split_escaped(cells.options[at], "=")
        if not rest:
            raise refusal("choices", f"ตัวเลือก {at} ของข้อจับคู่ต้องเขียนเป็น ซ้าย=ขวา", "choices")
        left = left.strip()
        left = "" if left == NO_PARTNER else unescape(left, SPECIAL)
        choices.append(
            Choice(left, feedback=cells.feedback_of(at), match=unescape("=".join(rest).strip(), SPECIAL))
        )
    return tuple(choices)


def _ordering(cells: Cells) -> tuple[Choice, ...]:
    columns = _columns(cells)
    if cells.answer:
        order = [_place(piece, columns) for piece in _pieces(cells.answer) if piece]
        if sorted(order) != columns:
            raise refusal(
                "answer", "ลำดับในช่องคำตอบต้องมีทุกตัวเลือก ตัวเลือกละครั้ง หรือเว้นว่างถ้าตัวเลือกเรียงถูกแล้ว", "answer"
            )
        columns = order
    return tuple(Choice(cells.options[at], feedback=cells.feedback_of(at)) for at in columns)


def _gaps(cells: Cells) -> tuple[Choice, ...]:
    """The answer names an option for each gap in turn; `/` between options that fill the same gap, 0 for none."""
    columns = _columns(cells, fewest=1)
    gap_of: dict[int, int] = {}
    for gap, piece in enumerate(_pieces(cells.answer), start=1):
        for named in piece.split("/"):
            if key(named) in {"", "0"}:
                continue
            place = _place(named, columns)
            if gap_of.setdefault(place, gap) != gap:
                raise refusal("answer", f"ตัวเลือก {place} ใช้เติมได้เพียงช่องเดียว", "answer")
    if not gap_of:
        raise refusal("answer", "โปรดใส่หมายเลขตัวเลือกของแต่ละช่องว่างตามลำดับ เช่น 3,1", "answer")
    return tuple(
        Choice(cells.options[at], gap=gap_of.get(at, 0), feedback=cells.feedback_of(at)) for at in columns
    )


def _typed(cells: Cells) -> list[tuple[str, Decimal, str]]:
    """Each accepted answer with its credit and feedback: from the answer cell, else from the options."""
    pieces = split_escaped(cells.answer, "|\n")
    rows = [(piece, cells.feedback_of(at)) for at, piece in enumerate(pieces, start=1) if piece.strip()]
    if not rows:
        rows = [(cells.options[at], cells.feedback_of(at)) for at in sorted(cells.options)]
    typed = []
    for piece, feedback in rows:
        *words, last = split_escaped(piece, "=")
        found = _CREDIT.fullmatch(last) if words else None
        credit = credit_of(share(found[1])) if found else Decimal(1)
        if not 0 < credit <= 1:
            raise refusal("answer", "คะแนนของคำตอบต้องมากกว่า 0% และไม่เกิน 100%", "answer")
        typed.append(("=".join(words) if found else piece, credit, feedback))
    return typed


def _short_text(cells: Cells) -> tuple[Choice, ...]:
    return some(
        [
            Choice(tidy(unescape(text, IN_LIST)), credit=credit, feedback=feedback)
            for text, credit, feedback in _typed(cells)
        ]
    )


def _numeric(cells: Cells) -> tuple[Choice, ...]:
    choices = []
    for text, credit, feedback in _typed(cells):
        low, dots, high = text.partition("..")
        if dots:
            said = in_range(number(low), number(high))
        else:
            middle, *tolerance = _TOLERANCE.split(text, maxsplit=1)
            said = Choice(
                number_text(middle), tolerance=abs(number(tolerance[0])) if tolerance else Decimal(0)
            )
        choices.append(Choice(said.text, credit=credit, feedback=feedback, tolerance=said.tolerance))
    return some(choices)


def _judgement(cells: Cells) -> tuple[Choice, ...]:
    columns = _columns(cells)
    ratings = [number(piece) for piece in _pieces(cells.answer) if piece]
    if len(ratings) != len(columns) or any(rating != int(rating) for rating in ratings):
        raise refusal(
            "answer", f"ต้องมีค่าของผู้เชี่ยวชาญ {len(columns)} ค่า ตามลำดับของทางเลือก เช่น 4,1,3,2", "answer"
        )
    return tuple(
        Choice(cells.options[at], expert=int(rating), feedback=cells.feedback_of(at))
        for at, rating in zip(columns, ratings, strict=True)
    )


def _likert(cells: Cells) -> tuple[Choice, ...]:
    return tuple(Choice(cells.options[at], feedback=cells.feedback_of(at)) for at in _columns(cells))


_READERS: Mapping[Kind, Callable[[Cells], tuple[Choice, ...]]] = {
    Kind.SINGLE: _single,
    Kind.MULTIPLE: _options,
    Kind.TRUE_FALSE: _true_false,
    Kind.MATCHING: _matching,
    Kind.ORDERING: _ordering,
    Kind.GAPS: _gaps,
    Kind.SHORT_TEXT: _short_text,
    Kind.NUMERIC: _numeric,
    Kind.JUDGEMENT: _judgement,
    Kind.LIKERT: _likert,
}


# --- writing ------------------------------------------------------------------------------------------------


def cells_of(draft: QuestionDraft) -> tuple[list[str], list[str], str]:
    """The option cells, the feedback cells and the answer cell of a question."""
    kind = Kind(draft.kind)
    feedback = [tidy(choice.feedback) for choice in draft.choices]
    if kind in {Kind.SHORT_TEXT, Kind.NUMERIC}:
        return [], feedback, "|".join(_typed_cell(kind, choice) for choice in draft.choices)
    if kind == Kind.MATCHING:
        return [_pair(choice) for choice in draft.choices], feedback, ""
    return [tidy(choice.text) for choice in draft.choices], feedback, _answer(kind, draft)


def _typed_cell(kind: Kind, choice: Choice) -> str:
    text = escape(tidy(choice.text), IN_LIST)
    if kind == Kind.NUMERIC:
        text = f"{choice.text}±{plain(choice.tolerance)}"
    return text if choice.credit == 1 else f"{text}={percent(choice.credit)}%"


def _pair(choice: Choice) -> str:
    left = escape(tidy(choice.text), SPECIAL) or NO_PARTNER
    return f"{left}={escape(tidy(choice.match), SPECIAL)}"


def _answer(kind: Kind, draft: QuestionDraft) -> str:
    if kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE}:
        return ",".join(str(at) for at, choice in enumerate(draft.choices, start=1) if choice.correct)
    if kind == Kind.JUDGEMENT:
        return ",".join(str(choice.expert) for choice in draft.choices)
    if kind != Kind.GAPS:
        return ""
    gaps = range(1, max((choice.gap for choice in draft.choices), default=0) + 1)
    fillers = (
        [str(at) for at, choice in enumerate(draft.choices, start=1) if choice.gap == gap] for gap in gaps
    )
    return ",".join("/".join(places) or "0" for places in fillers)
