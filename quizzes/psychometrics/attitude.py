"""What may be shown of a questionnaire of attitude: tables of one dimension, and changes that give no hidden cell away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from quizzes.psychometrics.distributions import Z
from quizzes.psychometrics.suppression import SMALLEST_GROUP, TOTAL, suppress

POINTS = 5
# A column of a statement after its five points: those who left it out.
BLANK = POINTS
# Changes are shown to one decimal: exact sums would solve the hidden cells of a small table.
STEP = Fraction(1, 10)


def shown_counts(counts: Sequence[int]) -> list[int | None]:
    """The five points and the blanks of one statement, None where hidden. Their sum is shown, so hiding is complementary.

    Raises ValueError where there are not six counts.
    """
    if len(counts) != POINTS + 1:
        raise ValueError("a statement has five points and the blanks")
    hidden = _hidden(counts)
    return [None if place in hidden else count for place, count in enumerate(counts)]


def _hidden(counts: Sequence[int]) -> frozenset[int]:
    found = suppress({str(place): count for place, count in enumerate(counts)}, totals_shown=True)
    if TOTAL in found:
        return frozenset(range(len(counts)))
    return frozenset(int(name) for name in found)


def rounded(value: Fraction) -> Fraction:
    """The nearest tenth, halves away from nought."""
    tenths = abs(value) / STEP + Fraction(1, 2)
    nearest = STEP * (tenths.numerator // tenths.denominator)
    return nearest if value >= 0 else -nearest


def keeps_hidden(counts: Sequence[int], *, change: Fraction, weight: Fraction) -> bool:
    """Whether a change that is shown, rounded, leaves every hidden point of these counts at least one other value.

    `change` is the exact mean change, `weight` what it gains when one answer moves up by one point (less than nought in the wave
    before, and again turned round in a reversed statement). For every hidden point some answer must be movable between it and
    another hidden point so that all that is shown stays the same: the hidden places, the visible counts and the rounded change.
    Blanks are no such point: an answer that appears changes how many people the mean is of.
    """
    hidden = _hidden(counts)
    points = sorted(hidden - {BLANK})
    seen = rounded(change)

    def is_alike(source: int, target: int) -> bool:
        if not counts[source]:
            return False
        moved = list(counts)
        moved[source] -= 1
        moved[target] += 1
        return _hidden(moved) == hidden and rounded(change + weight * (target - source)) == seen

    return all(
        any(is_alike(one, other) or is_alike(other, one) for other in points if other != one)
        for one in points
    )


def may_part(whole: int, part: int) -> bool:
    """Whether `part` people of `whole` may be spoken of: they and the rest are each none or at least ten."""
    return part >= SMALLEST_GROUP and not 0 < whole - part < SMALLEST_GROUP


@dataclass(frozen=True)
class Change:
    """How far `n` people moved: mean in points of the scale, and d_z with its 95 % interval, each to one decimal.

    `effect` is None where everybody moved alike.
    """

    n: int
    mean: float
    effect: float | None
    low: float | None
    high: float | None


def change_of(n: int, total: Fraction, squares: Fraction) -> Change:
    """Return the change of `n` people from Σ and Σ² of their changes. Raises ValueError under ten people.

    d_z with Hedges' correction and its normal interval, as in `gain.learning_gain` (Cohen 1988; Hedges and Olkin 1985).
    """
    if n < SMALLEST_GROUP:
        raise ValueError("a change is of ten people or more")
    mean = float(rounded(total / n))
    spread = squares - total * total / n
    if spread <= 0:
        return Change(n, mean, None, None, None)
    d = (1 - 3 / (4 * (n - 1) - 1)) * float(total) / n / sqrt(float(spread) / (n - 1))
    half = Z * sqrt(1 / n + d * d / (2 * n))
    return Change(n, mean, round(d, 1), round(d - half, 1), round(d + half, 1))


def shown_groups(people: Mapping[str, int]) -> tuple[list[str], bool]:
    """The groups that are shown by name, and whether the others are shown together as one.

    The others are none, or of at least two groups and ten people. Nothing is shown of under ten people in all.
    """
    hidden = suppress(people, totals_shown=True) if people else frozenset({TOTAL})
    if TOTAL in hidden:
        return [], False
    return [name for name in people if name not in hidden], bool(hidden)
