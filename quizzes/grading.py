"""Grading: a pure function of what was asked, what was answered and what was ruled since. No database, no clock, no side effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from quizzes.enums import Remedy
from quizzes.kinds import CHOSEN, TYPED, Asked, Row, clean, points

# A server may be slow at the bell: what was sent before it still counts this much later.
GRACE = timedelta(seconds=30)
_CENT = Decimal("0.01")


def in_points(earned: Fraction) -> Decimal:
    """Exact points as they are stored and printed: two decimals, half rounded up."""
    return (Decimal(earned.numerator) / Decimal(earned.denominator)).quantize(_CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Ruling:
    """An approved correction of a key: what to do, and the rows with the new key (none for VOID and FULL_MARKS)."""

    remedy: str
    key: Sequence[Row] = ()
    reason: str = ""


def under(asked: Asked, ruling: Ruling | None) -> Asked:
    """The question with the key that is right today: for its feedback, and for what comes after."""
    return replace(asked, choices=ruling.key) if ruling is not None and ruling.key else asked


def for_review(asked: Asked, ruling: Ruling | None) -> Asked:
    """The question with every key that counts today: where both are accepted, the old one beside the new."""
    new = under(asked, ruling)
    if ruling is None or ruling.remedy != Remedy.ACCEPT_BOTH or new is asked:
        return new
    if asked.kind in CHOSEN:
        own = {row["id"]: row for row in asked.choices}
        both = [
            {**row, "correct": row["correct"] or own.get(row["id"], row)["correct"]} for row in new.choices
        ]
        return replace(new, choices=both)
    return replace(new, choices=[*new.choices, *asked.choices]) if asked.kind in TYPED else new


def judged(asked: Asked, answer: Sequence[str], ruling: Ruling | None) -> Fraction | None:
    """What an answer earns under a ruling, 0 to 1; None where the question is not scored or was taken out of the score."""
    own = points(asked, answer)
    if ruling is None or own is None:
        return own
    if ruling.remedy == Remedy.VOID:
        return None
    if ruling.remedy == Remedy.FULL_MARKS:
        return Fraction(1)
    new = points(under(asked, ruling), answer)
    return max(own, new or Fraction(0)) if ruling.remedy == Remedy.ACCEPT_BOTH else new


@dataclass(frozen=True)
class KeyedItem:
    """One question with its key: the id of the version asked, and what it says."""

    version_id: int
    asked: Asked
    ruling: Ruling | None = None


@dataclass(frozen=True)
class Graded:
    """A result. `points` gives what each item earned, 0 to 1, in order; None for one that is never scored."""

    points: tuple[Fraction | None, ...]
    pass_percent: int

    @property
    def exact(self) -> Fraction:
        """Points earned, unrounded."""
        return sum((earned for earned in self.points if earned is not None), Fraction(0))

    @property
    def score(self) -> Decimal:
        """Points earned, with two decimals."""
        return in_points(self.exact)

    @property
    def max_score(self) -> int:
        """Points that could be earned."""
        return sum(earned is not None for earned in self.points)

    @property
    def passed(self) -> bool:
        """Whether the points reach the pass mark, compared exactly so that 60 % of 7 needs 4.2 and not a rounded 4.

        An empty paper passes nothing, whatever the mark.
        """
        return self.exact > 0 and self.exact * 100 >= self.pass_percent * self.max_score


def grade(items: Sequence[KeyedItem], answers: Mapping[int, Sequence[str]], *, pass_percent: int) -> Graded:
    """Grade answers (version id to what was answered, see `quizzes.kinds`) against the key.

    An unanswered item earns nothing, and what was never offered counts as not said.
    """
    earned = (
        judged(item.asked, clean(item.asked, answers.get(item.version_id, ())), item.ruling) for item in items
    )
    return Graded(tuple(earned), pass_percent)
