"""What each kind of question asks for and how an answer is scored: pure functions of stored rows. No database, no clock.

Rules of scoring, which learners and editors are told in these words (`RULES`):

- SINGLE, TRUE_FALSE: one point for the right option.
- MULTIPLE: (right options chosen - wrong options chosen) / right options, never below nought; with EXACT, all or nothing.
- MATCHING, GAPS, ORDERING: the share of rows that are right (for ORDERING: stand in the right place); with EXACT, all or nothing.
- SHORT_TEXT, NUMERIC: the credit of the best accepted answer that is met.
- JUDGEMENT: 1 - distance / greatest distance, where distance is the sum over the courses of action of how far the rating
  (or rank) lies from the experts'; a row left out lies as far away as it can.
- LIKERT: never scored.

An answer is a list of strings: option ids; or `row=target` pairs; or one text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from quizzes.enums import Kind, Scoring
from sucharit.kernel import thai_text
from sucharit.kernel.thai_calendar import to_arabic_digits

CHOSEN = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.LIKERT})
PAIRED = frozenset({Kind.MATCHING, Kind.ORDERING, Kind.GAPS, Kind.JUDGEMENT})
TYPED = frozenset({Kind.SHORT_TEXT, Kind.NUMERIC})
# The same words in another order mean something else here: never shuffled.
KEPT_IN_ORDER = frozenset({Kind.TRUE_FALSE, Kind.LIKERT, Kind.SHORT_TEXT, Kind.NUMERIC})
GAP = re.compile(r"\[\[(\d{1,2})\]\]")
LONGEST_TEXT = 200
RULES: Mapping[str, str] = {
    Kind.SINGLE: "ตอบถูกได้ 1 คะแนน",
    Kind.TRUE_FALSE: "ตอบถูกได้ 1 คะแนน",
    Kind.MULTIPLE: "ได้คะแนนตามส่วนที่ถูก ตัวเลือกที่ไม่ใช่หักออกทีละส่วน แต่ไม่ต่ำกว่า 0",
    Kind.MATCHING: "ได้คะแนนตามจำนวนคู่ที่ถูก",
    Kind.ORDERING: "ได้คะแนนตามจำนวนรายการที่อยู่ถูกลำดับ",
    Kind.GAPS: "ได้คะแนนตามจำนวนช่องที่ถูก",
    Kind.SHORT_TEXT: "ตรงกับคำตอบที่รับได้ ได้คะแนนตามที่กำหนดไว้กับคำตอบนั้น",
    Kind.NUMERIC: "อยู่ในช่วงที่รับได้ ได้คะแนนตามที่กำหนดไว้กับคำตอบนั้น",
    Kind.JUDGEMENT: "ยิ่งใกล้ความเห็นของผู้เชี่ยวชาญ ยิ่งได้คะแนนมาก",
    Kind.LIKERT: "ไม่มีคะแนน",
}
EXACT_RULE = "ได้ 1 คะแนนเมื่อถูกครบทุกส่วน"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question as it is stored: kind, rows, and how it is scored. `scale` is empty for a ranked JUDGEMENT."""

    kind: str
    choices: Sequence[Row]
    scoring: str = Scoring.PARTIAL
    scale: Sequence[str] = ()

    def row(self, row_id: str) -> Row:
        """The stored row of an id. Raises KeyError for one that is not there."""
        return {row["id"]: row for row in self.choices}[row_id]


def rule_of(kind: str, scoring: str) -> str:
    """How a question of this kind is scored, in a sentence for learners."""
    exact = scoring == Scoring.EXACT and kind in {Kind.MULTIPLE, Kind.MATCHING, Kind.ORDERING, Kind.GAPS}
    return EXACT_RULE if exact else RULES[kind]


def row_ids(asked: Asked) -> list[str]:
    """What is asked for one by one: options, or the rows of pairs, in the author's order; nothing for a typed answer."""
    if asked.kind in TYPED:
        return []
    if asked.kind == Kind.GAPS:
        return [str(number) for number in sorted({row["gap"] for row in asked.choices if row["gap"]})]
    if asked.kind == Kind.MATCHING:
        return [row["id"] for row in asked.choices if row["text"]]
    return [row["id"] for row in asked.choices]


def target_ids(asked: Asked) -> list[str]:
    """What the rows of pairs may be given, in the author's order; nothing for other kinds."""
    if asked.kind == Kind.MATCHING:
        return list(dict.fromkeys(row["match_id"] for row in asked.choices))
    if asked.kind == Kind.GAPS:
        return [row["id"] for row in asked.choices]
    if asked.kind == Kind.ORDERING or (asked.kind == Kind.JUDGEMENT and not asked.scale):
        return [str(place) for place in range(1, len(asked.choices) + 1)]
    if asked.kind == Kind.JUDGEMENT:
        return [str(point) for point in range(1, len(asked.scale) + 1)]
    return []


def target_text(asked: Asked, target: str) -> str:
    """A target in words."""
    if asked.kind == Kind.MATCHING:
        return next((row["match"] for row in asked.choices if row["match_id"] == target), "")
    if asked.kind == Kind.GAPS:
        return next((row["text"] for row in asked.choices if row["id"] == target), "")
    if asked.kind == Kind.JUDGEMENT and asked.scale:
        return asked.scale[int(target) - 1]
    return f"ลำดับที่ {target}"


def key_of(asked: Asked) -> Mapping[str, str]:
    """The right target of each row of pairs. The key: never to be sent before the feedback policy allows it."""
    if asked.kind == Kind.MATCHING:
        return {row["id"]: row["match_id"] for row in asked.choices if row["text"]}
    if asked.kind == Kind.GAPS:
        return {str(row["gap"]): row["id"] for row in asked.choices if row["gap"]}
    if asked.kind == Kind.ORDERING:
        return {row["id"]: str(place) for place, row in enumerate(asked.choices, start=1)}
    return {row["id"]: str(row["expert"]) for row in asked.choices}


def clean(asked: Asked, values: Sequence[str]) -> list[str]:
    """Only what was really offered, each once, in a stable order: a browser can post anything."""
    if asked.kind in CHOSEN:
        offered = set(row_ids(asked))
        found = sorted(set(values) & offered)
        return found if asked.kind == Kind.MULTIPLE else found[:1]
    if asked.kind in PAIRED:
        given = pairs_of(values)
        targets = set(target_ids(asked))
        return [f"{row}={given[row]}" for row in row_ids(asked) if given.get(row) in targets]
    text = thai_text.normalise(values[0].replace("\x00", ""))[:LONGEST_TEXT].strip() if values else ""
    return [text] if text else []


def pairs_of(values: Sequence[str]) -> Mapping[str, str]:
    """The pairs of an answer by row; of two for one row the first counts."""
    found: dict[str, str] = {}
    for value in values:
        row, _, target = value.partition("=")
        found.setdefault(row, target)
    return found


def points(asked: Asked, answer: Sequence[str]) -> Fraction | None:
    """What an answer earns, from 0 to 1, exactly; None for a kind that is never scored. An empty answer earns nothing."""
    if asked.kind == Kind.LIKERT:
        return None
    if not answer:
        return Fraction(0)
    if asked.kind in CHOSEN:
        earned = _chosen(asked, frozenset(answer))
    elif asked.kind == Kind.JUDGEMENT:
        return _judged(asked, pairs_of(answer))
    elif asked.kind in PAIRED:
        key, given = key_of(asked), pairs_of(answer)
        right = sum(given.get(row) == target for row, target in key.items())
        earned = Fraction(right, len(key)) if key else Fraction(0)
    elif asked.kind == Kind.NUMERIC:
        return max((_worth(row) for row in asked.choices if _is_near(row, answer[0])), default=Fraction(0))
    else:
        return max(
            (_worth(row) for row in asked.choices if is_met(row["text"], answer[0])), default=Fraction(0)
        )
    return earned if asked.scoring != Scoring.EXACT else Fraction(int(earned == 1))


def _chosen(asked: Asked, chosen: frozenset[str]) -> Fraction:
    right = frozenset(row["id"] for row in asked.choices if row["correct"])
    if not right:
        return Fraction(0)
    if asked.kind != Kind.MULTIPLE:
        return Fraction(int(chosen == right))
    return max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right)))


def _judged(asked: Asked, given: Mapping[str, str]) -> Fraction:
    """Distance to the experts: a rating may be off by as far as the scale goes, a whole ranking by half of n squared."""
    most = len(asked.scale) or len(asked.choices)
    distance = greatest = 0
    for row in asked.choices:
        farthest = max(row["expert"] - 1, most - row["expert"])
        greatest += farthest
        said = given.get(row["id"])
        distance += abs(int(said) - row["expert"]) if said else farthest
    if not asked.scale:
        greatest = most * most // 2
    return max(Fraction(0), 1 - Fraction(distance, greatest)) if greatest else Fraction(0)


def _worth(row: Row) -> Fraction:
    return Fraction(str(row.get("credit", 1)))


def number_in(text: str) -> Decimal | None:
    """The number somebody typed, in Arabic or Thai digits, with or without commas; None where there is none."""
    digits = to_arabic_digits(thai_text.normalise(text)).replace(",", "").replace(" ", "")
    if not re.fullmatch(r"[+-]?(\d{1,15}(\.\d{1,10})?|\.\d{1,10})", digits):
        return None
    try:
        return Decimal(digits)
    except InvalidOperation:  # pragma: no cover - the shape above is always a number
        return None


def _is_near(row: Row, text: str) -> bool:
    said, wanted = number_in(text), number_in(str(row["text"]))
    return (
        said is not None
        and wanted is not None
        and abs(said - wanted) <= Decimal(str(row.get("tolerance", 0)))
    )


def is_met(accepted: str, text: str) -> bool:
    """Whether a typed text is the accepted one, as Thai readers see it; `*` in the accepted one stands for any words."""
    parts = [re.escape(thai_text.match_key(part)) for part in accepted.split("*")]
    return re.fullmatch(".*".join(parts), thai_text.match_key(text), flags=re.DOTALL) is not None
