"""Grading: a pure function of what was asked and what was answered. No database, no clock, no side effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from quizzes.kinds import Asked, clean, points

# A server may be slow at the bell: what was sent before it still counts this much later.
GRACE = timedelta(seconds=30)
_CENT = Decimal("0.01")


def in_points(earned: Fraction) -> Decimal:
    """Exact points as they are stored and printed: two decimals, half rounded up."""
    return (Decimal(earned.numerator) / Decimal(earned.denominator)).quantize(_CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class KeyedItem:
    """One question with its key: the id of the version asked, and what it says."""

    version_id: int
    asked: Asked


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
    earned = (points(item.asked, clean(item.asked, answers.get(item.version_id, ()))) for item in items)
    return Graded(tuple(earned), pass_percent)
