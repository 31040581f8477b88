"""What was learned between the test before and the test after."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from quizzes.psychometrics.distributions import Interval, Z
from quizzes.psychometrics.suppression import SMALLEST_GROUP

_ROUNDING = 1e-12


@dataclass(frozen=True)
class GainSums:
    """Sums over the `n` people who took both tests; scores are shares of the full score, 0 to 1.

    `pre` and `post` are Σpre and Σpost, `changes_squared` is Σ(post − pre)². Over the `below_full` people whose pre is under 1,
    `gains` is Σ(post − pre)/(1 − pre). `pre_only` counts people who took the first test and not the second.
    """

    n: int
    pre: float
    post: float
    changes_squared: float
    below_full: int
    gains: float
    pre_only: int = 0

    def __post_init__(self) -> None:
        sums = (self.pre, self.post, self.changes_squared)
        room = self.n * (1 + _ROUNDING)
        if not 0 <= self.below_full <= self.n or self.pre_only < 0 or not isfinite(self.gains):
            raise ValueError("people are counted, and those below the full score are among them")
        if any(not 0 <= value <= room for value in sums):
            raise ValueError("scores lie between 0 and 1")

    @classmethod
    def of(cls, pre: Sequence[float], post: Sequence[float], *, pre_only: int = 0) -> "GainSums":
        """Sum the scores of people in the same order. Raises ValueError where the lists differ in length or leave 0 to 1."""
        pairs = list(zip(pre, post, strict=True))
        if any(not 0 <= score <= 1 for pair in pairs for score in pair):
            raise ValueError("scores lie between 0 and 1")
        below = [(before, after) for before, after in pairs if before < 1]
        return cls(
            n=len(pairs),
            pre=sum(pre),
            post=sum(post),
            changes_squared=sum((after - before) ** 2 for before, after in pairs),
            below_full=len(below),
            gains=sum((after - before) / (1 - before) for before, after in below),
            pre_only=pre_only,
        )


@dataclass(frozen=True)
class Gain:
    """What `n` people learned. A number that would speak of one to nine people is None.

    `class_gain` and `mean_gain` are Hake's normalised gain of the means and the mean of each person's; both are at most 1 and have
    no lower bound. `effect` is the corrected d_z in standard deviations of the change, with its `interval`; None where
    everybody changed alike. `at_full` had the full score before, `dropped_out` took the first test only.
    """

    n: int
    mean_pre: float
    mean_post: float
    class_gain: float | None
    mean_gain: float | None
    effect: float | None
    interval: Interval | None
    at_full: int | None
    dropped_out: int | None


def learning_gain(sums: GainSums) -> Gain | None:
    """Return what was learned; None under ten people.

    Normalised gain g = (post − pre)/(1 − pre) (Hake 1998, American Journal of Physics 66, 64-74). Of the class it is that of the
    two means, None where the mean before is 1. Whoever had the full score before has nothing to gain (0/0 or a loss over 0): such
    people are left out of the mean of individuals, whatever their post, and it is None where fewer than ten remain. One person's g
    has no lower bound, so the two differ where gains depend on pre (Bao 2006, American Journal of Physics 74, 917-922).

    Effect d = J · mean change / standard deviation (n − 1) of change: Cohen's d_z (Cohen 1988; Lakens 2013, Frontiers in Psychology
    4, 863) times Hedges' correction J = 1 − 3/(4(n − 1) − 1) (Hedges 1981). The interval is normal, d ± 1.96 · sqrt(1/n + d²/2n) with
    the corrected d (Hedges and Olkin 1985, Statistical Methods for Meta-Analysis, chapter 5, for one group of changes): in a
    simulation of normal changes with d from 0 to 1.5 it held the truth 94 to 96 times in a hundred from n = 10 on. All of it is of
    those who took both tests: where many drop out it flatters.
    """
    n = sums.n
    if n < SMALLEST_GROUP:
        return None
    before, after = min(1.0, sums.pre / n), min(1.0, sums.post / n)
    room = 1 - before
    effect, interval = _effect(n, sums.post - sums.pre, sums.changes_squared)
    return Gain(
        n=n,
        mean_pre=before,
        mean_post=after,
        class_gain=(after - before) / room if sums.below_full and room > _ROUNDING else None,
        mean_gain=sums.gains / sums.below_full if sums.below_full >= SMALLEST_GROUP else None,
        effect=effect,
        interval=interval,
        at_full=_shown(n - sums.below_full, n),
        dropped_out=_shown(sums.pre_only, n + sums.pre_only),
    )


def _effect(n: int, change: float, squares: float) -> tuple[float | None, Interval | None]:
    spread = squares - change * change / n
    if spread <= _ROUNDING * squares:
        return None, None
    d = (1 - 3 / (4 * (n - 1) - 1)) * change / n / sqrt(spread / (n - 1))
    half = Z * sqrt(1 / n + d * d / (2 * n))
    return d, Interval(d - half, d + half)


def _shown(count: int, of: int) -> int | None:
    """Return the count unless it, or the rest that it leaves, is of one to nine people."""
    return count if all(not 0 < part < SMALLEST_GROUP for part in (count, of - count)) else None
