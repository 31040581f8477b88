"""What a version of a question says before it is stored: plain values that forms, files and starter content all end in.

No database. What may be asked is decided in `quizzes.kinds`; how a file says it, in `quizzes.interchange`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from quizzes.enums import Kind, Scoring


@dataclass(frozen=True)
class Choice:
    """One row of a question as its author writes it. What a row is depends on the kind of the question.

    SINGLE, MULTIPLE, TRUE_FALSE: an option and whether it is right. MATCHING: `text` belongs with `match`; a row without
    text is a match that belongs with nothing. ORDERING: a step; the rows stand in the right order. GAPS: an option that
    fills gap number `gap` of the stem (`[[1]]`), or none where it is 0. SHORT_TEXT: an accepted answer worth `credit` of the
    point; `*` stands for any words. NUMERIC: an accepted number within `tolerance` either way, worth `credit`. JUDGEMENT: a
    course of action with the experts' rating (1 to the length of the scale) or rank (1 is best). LIKERT: a point of the
    scale, lowest first, never right or wrong.
    """

    text: str
    correct: bool = False
    feedback: str = ""
    match: str = ""
    gap: int = 0
    credit: Decimal = Decimal(1)
    tolerance: Decimal = Decimal(0)
    expert: int = 0


@dataclass(frozen=True)
class QuestionDraft:
    """What a version of a question says. `scale` names the points of a rated JUDGEMENT, lowest first; without one it is ranked.

    `unit` is printed behind the field of a NUMERIC question.
    """

    kind: Kind | str
    stem: str
    choices: Sequence[Choice]
    explanation: str = ""
    source: str = ""
    as_of: date | None = None
    scoring: Scoring | str = Scoring.PARTIAL
    scale: Sequence[str] = ()
    unit: str = ""


@dataclass(frozen=True)
class BankEntry:
    """A question of a file: its code, what it says, and how the bank files it.

    `code` is empty where the file names none. `topics` and `provisions` are tags by name; a standard is 0 to 7 (0 is none in
    particular).
    """

    code: str
    draft: QuestionDraft
    standard: int = 0
    difficulty: str = "medium"
    topics: Sequence[str] = ()
    review_on: date | None = None
    provisions: Sequence[str] = ()
