"""How one question behaves: how many get it right, and whether those who know more get it right more often.

Everything is worked out from sums that a database adds up; no answer is loaded. Points (x) are the share of the question
earned, 0 to 1; total scores (t) are in points of the whole paper. Each person should count once: give first attempts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atanh, isfinite, sqrt, tanh

from quizzes.psychometrics.distributions import Interval, Z

# Kelley (1939): the tails that tell most about an item when scores are normal.
TAIL_PERCENT = 27
# A variance that is less than this part of what it is the difference of is rounding: no variance.
_ROUNDING = 1e-12


def spread(n: int, one: float, other: float, product: float) -> float:
    """Return n · Σab − Σa · Σb, which is n² times the covariance; exactly 0 where only rounding is left of it."""
    value = n * product - one * other
    return value if abs(value) > _ROUNDING * max(abs(n * product), abs(one * other)) else 0.0


@dataclass(frozen=True)
class Moments:
    """What `n` people earned on one question (x) beside their total score (t): Σx, Σx², Σt, Σt², Σxt.

    `t` includes x. Two of them add up to that of both groups. Raises ValueError for a negative count or what is no number.
    """

    n: int
    x: float
    xx: float
    t: float
    tt: float
    xt: float

    def __post_init__(self) -> None:
        if self.n < 0 or not isfinite(self.x + self.xx + self.t + self.tt + self.xt):
            raise ValueError("moments are of so many people and of finite sums")

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(
            self.n + other.n,
            self.x + other.x,
            self.xx + other.xx,
            self.t + other.t,
            self.tt + other.tt,
            self.xt + other.xt,
        )

    @classmethod
    def of(cls, points: Sequence[float], totals: Sequence[float]) -> "Moments":
        """Sum two lists of the same length: points of the question and total scores. Raises ValueError if they differ."""
        pairs = list(zip(points, totals, strict=True))
        return cls(
            len(pairs),
            sum(points),
            sum(x * x for x in points),
            sum(totals),
            sum(t * t for t in totals),
            sum(x * t for x, t in pairs),
        )


@dataclass(frozen=True)
class Facility:
    """The mean share of the points earned (0 is what nobody, 1 what everybody gets right) and its interval."""

    n: int
    mean: float
    interval: Interval


def facility(n: int, points: float) -> Facility | None:
    """Return points / n with Wilson's 95 % interval; None where nobody answered. Raises ValueError unless 0 <= points <= n.

    Centre (p + z²/2n) / (1 + z²/n), half width z / (1 + z²/n) · sqrt(p(1 − p)/n + z²/4n²) (Wilson 1927, JASA 22, 209-212).
    Where a question gives part of its point, the variance is at most p(1 − p), so the interval is then wide rather than narrow.
    """
    if n < 0 or not 0 <= points <= n * (1 + _ROUNDING):
        raise ValueError("points lie between nothing and one for each answer")
    if n == 0:
        return None
    p = min(1.0, points / n)
    scale = 1 + Z * Z / n
    centre = (p + Z * Z / (2 * n)) / scale
    half = Z / scale * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return Facility(n, p, Interval(max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))))


def _pearson(a: float, b: float, product: float) -> float | None:
    """Return r from n² times the two variances and the covariance; None where one of them does not vary."""
    if a <= 0 or b <= 0:
        return None
    return max(-1.0, min(1.0, product / (sqrt(a) * sqrt(b))))


def point_biserial(moments: Moments) -> float | None:
    """Return the uncorrected correlation of the question with the total that includes it, −1 to 1; None without variance.

    r = (nΣxt − ΣxΣt) / sqrt((nΣx² − (Σx)²)(nΣt² − (Σt)²)): Pearson's r, the point-biserial where x is 0 or 1 (Lord and Novick
    1968, chapter 15). It is too high by the question's share in its own total; `item_rest` is not.
    """
    n, x, t = moments.n, moments.x, moments.t
    return _pearson(spread(n, x, x, moments.xx), spread(n, t, t, moments.tt), spread(n, x, t, moments.xt))


def item_rest(moments: Moments) -> float | None:
    """Return the correlation of the question with the rest of the paper (t − x), −1 to 1; None where either does not vary.

    cov(x, t − x) = cov(x, t) − var(x) and var(t − x) = var(t) + var(x) − 2 cov(x, t), then Pearson's r (Henrysson 1963, Psychometrika
    28, 211-218). In a quiz drawn from pools the rest differs from person to person; r then assumes that papers are drawn at random.
    """
    n, x, t = moments.n, moments.x, moments.t
    of_x, of_t, of_both = (
        spread(n, x, x, moments.xx),
        spread(n, t, t, moments.tt),
        spread(n, x, t, moments.xt),
    )
    rest = of_t + of_x - 2 * of_both
    # The rest is a difference of large sums: what is far below them is rounding.
    return _pearson(of_x, rest if rest > _ROUNDING * n * moments.tt else 0.0, of_both - of_x)


def correlation_interval(r: float, n: int) -> Interval | None:
    """Return Fisher's 95 % interval tanh(atanh r ± z / sqrt(n − 3)) (Fisher 1921); None where |r| = 1 or n <= 3."""
    if n <= 3 or abs(r) >= 1:
        return None
    half = Z / sqrt(n - 3)
    return Interval(tanh(atanh(r) - half), tanh(atanh(r) + half))


@dataclass(frozen=True)
class ScoreLevel:
    """All who reached one total score: how many, the points they earned on the question, and who of them chose each option.

    `chosen` counts people by option id; somebody who chose several counts for each. One row of a `GROUP BY total`.
    """

    total: float
    n: int
    points: float = 0.0
    chosen: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if self.n < 0 or not 0 <= self.points <= self.n * (1 + _ROUNDING):
            raise ValueError("points lie between nothing and one for each person")
        if any(not 0 <= count <= self.n for _, count in self.chosen):
            raise ValueError("an option is chosen by nobody up to everybody")


@dataclass(frozen=True)
class UpperLower:
    """Facility of the question among the `size` best and the `size` weakest by total score."""

    size: int
    upper: float
    lower: float

    @property
    def index(self) -> float:
        """D = upper − lower, −1 to 1."""
        return self.upper - self.lower


def upper_lower(levels: Iterable[ScoreLevel]) -> UpperLower | None:
    """Compare the upper with the lower 27 % (Kelley 1939, J. Educational Psychology 30, 17-24).

    Each group has 27 % of n people, rounded to the nearest whole (a half upwards), so that they never overlap. Where the cut
    falls among people with the same total, every one of them counts by the same fraction: the group takes their mean for the
    places that are left. So the order of equals never matters. None where fewer than two people answered or all have the same
    total.
    """
    ranked = sorted((level for level in levels if level.n), key=lambda level: level.total)
    n = sum(level.n for level in ranked)
    size = (TAIL_PERCENT * n + 50) // 100
    if not size or ranked[0].total == ranked[-1].total:
        return None
    # Rows of the same total (two periods, say) are one level.
    merged: dict[float, tuple[int, float]] = {}
    for level in ranked:
        count, points = merged.get(level.total, (0, 0.0))
        merged[level.total] = (count + level.n, points + level.points)
    rows = list(merged.values())
    return UpperLower(size, _mean_of_first(rows[::-1], size), _mean_of_first(rows, size))


def _mean_of_first(rows: Sequence[tuple[int, float]], size: int) -> float:
    left, earned = size, 0.0
    for count, points in rows:
        take = min(left, count)
        earned += points * take / count
        left -= take
    return min(1.0, earned / size)
