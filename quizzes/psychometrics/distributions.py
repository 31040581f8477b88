"""The few distributions that the intervals need, from the standard library alone."""

from math import exp, isfinite, lgamma, log, log1p, sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95
# The 97.5th percentile of the normal distribution, 1.95996…: every interval of this package is of 95 %.
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
_TINY = 1e-300
_CLOSE = 1e-14
_HALVINGS = 60


class Interval(NamedTuple):
    """A confidence interval of 95 %, in the unit of what it is about."""

    low: float
    high: float


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b), for x in [0, 1] and positive a and b.

    By the continued fraction of DLMF 8.17.22, worked out by the modified Lentz algorithm (Press et al., Numerical Recipes,
    section 6.4), on the side of the mean where it converges in about sqrt(max(a, b)) steps. Raises ValueError outside of the
    domain and ArithmeticError where it does not converge.
    """
    if not (0 <= x <= 1 and a > 0 and b > 0 and isfinite(a + b)):
        raise ValueError("the incomplete beta function wants x in [0, 1] and positive a and b")
    if x in {0, 1}:
        return float(x)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return min(1.0, max(0.0, front * _fraction(x, a, b)))


def _fraction(x: float, a: float, b: float) -> float:
    upper, lower = 1.0, _away(1 - (a + b) * x / (a + 1))
    lower = 1 / lower
    value = lower
    for m in range(1, 500 + int(20 * sqrt(max(a, b)))):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for part in (even, odd):
            lower = 1 / _away(1 + part * lower)
            upper = _away(1 + part / upper)
            step = lower * upper
            value *= step
        if abs(step - 1) < _CLOSE:
            return value
    raise ArithmeticError("the incomplete beta function did not converge")


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def f_quantile(p: float, df1: float, df2: float) -> float:
    """Return the p-quantile (0 < p < 1) of the F distribution with df1 and df2 degrees of freedom.

    F = df2 · x / (df1 · (1 − x)) where x is the p-quantile of the beta distribution of df1/2 and df2/2 (Johnson, Kotz and
    Balakrishnan, Continuous Univariate Distributions 2, chapter 27), found by halving. Raises ValueError outside of the domain.
    """
    if not (0 < p < 1 and df1 > 0 and df2 > 0):
        raise ValueError("a quantile of F wants 0 < p < 1 and positive degrees of freedom")
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if beta_cdf(middle, df1 / 2, df2 / 2) < p:
            low = middle
        else:
            high = middle
    x = (low + high) / 2
    return df2 * x / (df1 * (1 - x))
