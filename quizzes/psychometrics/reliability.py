"""Whether a whole paper ranks people the same way twice: coefficient alpha and the error of one score."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, sqrt

from quizzes.psychometrics.distributions import CONFIDENCE, Interval, f_quantile
from quizzes.psychometrics.items import spread

# Fewer people than this say nothing about a paper, and fewer who met both questions nothing about the two together.
MIN_PEOPLE = 30
MIN_JOINT = 30
# Pairs of questions that enough people met together must hold at least this share of all such meetings.
MIN_SHARE_USED = 0.5


class NotComputed(StrEnum):
    """Why there is no alpha. `WHY_NOT` says it in Thai."""

    FEW_PEOPLE = "few_people"
    ONE_ITEM = "one_item"
    NO_VARIANCE = "no_variance"
    FEW_JOINT = "few_joint"


WHY_NOT = {
    NotComputed.FEW_PEOPLE: f"ยังไม่คำนวณค่าความเชื่อมั่น เพราะมีผู้ทำแบบทดสอบไม่ถึง {MIN_PEOPLE} คน",
    NotComputed.ONE_ITEM: "ไม่มีค่าความเชื่อมั่น เพราะแบบทดสอบมีคำถามข้อเดียว",
    NotComputed.NO_VARIANCE: "ไม่มีค่าความเชื่อมั่น เพราะทุกคนได้คะแนนเท่ากัน",
    NotComputed.FEW_JOINT: f"ยังไม่คำนวณค่าความเชื่อมั่น เพราะคำถามสุ่มจากคลัง และมีคู่คำถามที่ผู้ทำครบ {MIN_JOINT} คนไม่มากพอ",
}


@dataclass(frozen=True)
class Sums:
    """Σx and Σx² over n people, of a question or of the total."""

    n: int
    total: float
    squares: float

    def __post_init__(self) -> None:
        if self.n < 0 or not isfinite(self.total + self.squares):
            raise ValueError("sums are of so many people and finite")

    @property
    def variance(self) -> float:
        """The variance with n − 1; 0 for fewer than two people."""
        if self.n < 2:
            return 0.0
        return max(0.0, spread(self.n, self.total, self.total, self.squares)) / (self.n * (self.n - 1))

    @classmethod
    def of(cls, values: Sequence[float]) -> "Sums":
        """Sum a list."""
        return cls(len(values), sum(values), sum(value * value for value in values))


@dataclass(frozen=True)
class PairSums:
    """Σx, Σy and Σxy over the n people who were asked both questions of a pair. Each pair is given once."""

    n: int
    x: float
    y: float
    xy: float

    def __post_init__(self) -> None:
        if self.n < 0 or not isfinite(self.x + self.y + self.xy):
            raise ValueError("sums are of so many people and finite")

    @property
    def covariance(self) -> float:
        """The covariance with n − 1; 0 for fewer than two people."""
        return spread(self.n, self.x, self.y, self.xy) / (self.n * (self.n - 1)) if self.n > 1 else 0.0


@dataclass(frozen=True)
class Reliability:
    """Alpha of papers of `items` questions taken by `n` people, or the reason why it is not computed.

    `alpha` is at most 1 and may be negative. `sem` is the standard error of measurement in points of the paper: sd · sqrt(1 − alpha),
    where a negative alpha counts as 0 so that it never exceeds the standard deviation (Lord and Novick 1968, chapter 3). `interval`
    is Feldt's; None where papers were drawn from pools, as the method wants everybody to have met the same questions.
    `share_used` is the share of joint observations that entered, 1 where everybody met the same questions.
    """

    n: int
    items: int
    alpha: float | None = None
    sem: float | None = None
    interval: Interval | None = None
    reason: NotComputed | None = None
    share_used: float = 1.0


def cronbach_alpha(items: Sequence[Sums], total: Sums) -> Reliability:
    """Return alpha where everybody met the same k questions: k/(k − 1) · (1 − Σ var(x) / var(total)).

    Cronbach 1951, Psychometrika 16, 297-334. `items` has one entry for each question, `total` is of the whole paper, all of the same
    people. Raises ValueError where the numbers of people differ; then `pooled_alpha` is the one to ask.
    """
    n, k = total.n, len(items)
    if any(item.n != n for item in items):
        raise ValueError("everybody met every question, or the papers were drawn from pools")
    reason = _too_little(n, k)
    variance = total.variance
    if reason or variance <= 0:
        return Reliability(n, k, reason=reason or NotComputed.NO_VARIANCE)
    alpha = min(1.0, k / (k - 1) * (1 - sum(item.variance for item in items) / variance))
    return Reliability(n, k, alpha, _sem(variance, alpha), feldt_interval(alpha, n, k))


def kr20(right: Sequence[int], total: Sums) -> Reliability:
    """Return alpha of questions that are right or wrong, from how many had each right: the Kuder-Richardson formula 20.

    k/(k − 1) · (1 − Σ p(1 − p) / var(total)) with variances over n (Kuder and Richardson 1937, Psychometrika 2, 151-160); it is
    `cronbach_alpha` of zeros and ones, as n/(n − 1) cancels. Raises ValueError unless 0 <= right <= n.
    """
    if any(not 0 <= count <= total.n for count in right):
        raise ValueError("a question is right for nobody up to everybody")
    return cronbach_alpha([Sums(total.n, count, count) for count in right], total)


def pooled_alpha(n: int, k: int, items: Collection[Sums], pairs: Collection[PairSums]) -> Reliability:
    """Return alpha of papers of k questions that are drawn from pools, so that people met different questions.

    alpha = k·c / (v + (k − 1)·c), where v is the mean variance of the questions and c the mean covariance of the pairs that were asked
    together, each weighted by how many people met it. That is alpha of the average paper, as the weights are how often a
    question, or a pair, stood on a paper; where everybody met the same questions it equals `cronbach_alpha` (the covariance form
    of alpha: Lord and Novick 1968, chapter 4; from whatever pairs are there: Lopez 2007, Estimation of Cronbach's alpha for sparse
    datasets, NACCQ). Parts that come from
    different people need not fit one another; an alpha over 1 is given as 1.
    Questions under `MIN_PEOPLE` and pairs under `MIN_JOINT` are left out; where the pairs left hold less than `MIN_SHARE_USED` of
    the joint observations, alpha is not computed. The error of measurement is sqrt(k(v − c)).

    It tells how well people are ranked among those who met equally hard papers. That one draw is harder than another is not in
    it, so it is an upper bound for comparing people across draws. `n` is the number of papers, all of k questions.
    """
    reason = _too_little(n, k)
    if reason:
        return Reliability(n, k, reason=reason)
    met = [item for item in items if item.n >= MIN_PEOPLE]
    together = [pair for pair in pairs if pair.n >= MIN_JOINT]
    joint, everything = sum(pair.n for pair in together), sum(pair.n for pair in pairs)
    used = joint / everything if everything else 0.0
    if not met or not together or used < MIN_SHARE_USED:
        return Reliability(n, k, reason=NotComputed.FEW_JOINT, share_used=used)
    v = sum(item.n * item.variance for item in met) / sum(item.n for item in met)
    c = sum(pair.n * pair.covariance for pair in together) / joint
    variance = k * (v + (k - 1) * c)
    if variance <= 0:
        return Reliability(n, k, reason=NotComputed.NO_VARIANCE, share_used=used)
    alpha = min(1.0, k * k * c / variance)
    return Reliability(n, k, alpha, _sem(variance, alpha), share_used=used)


def feldt_interval(alpha: float, n: int, k: int, *, confidence: float = CONFIDENCE) -> Interval:
    """Return Feldt's interval of alpha for n people and the same k questions for all.

    1 − (1 − alpha) · F, with F the upper and lower quantile of F(n − 1, (n − 1)(k − 1)) (Feldt 1965, Psychometrika 30, 357-370; Feldt,
    Woodruff and Salih 1987, Applied Psychological Measurement 11, 93-103, formulas 6 and 7). It assumes parallel questions.
    Raises ValueError for fewer than two people or questions or an alpha over 1.
    """
    if n < 2 or k < 2 or alpha > 1:
        raise ValueError("Feldt's interval wants two people, two questions and an alpha of at most 1")
    tail = (1 - confidence) / 2
    df1, df2 = n - 1, (n - 1) * (k - 1)
    return Interval(
        1 - (1 - alpha) * f_quantile(1 - tail, df1, df2), 1 - (1 - alpha) * f_quantile(tail, df1, df2)
    )


def _too_little(n: int, k: int) -> NotComputed | None:
    if k < 2:
        return NotComputed.ONE_ITEM
    return NotComputed.FEW_PEOPLE if n < MIN_PEOPLE else None


def _sem(variance: float, alpha: float) -> float:
    return sqrt(variance * (1 - max(0.0, alpha)))
