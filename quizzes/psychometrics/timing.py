"""How long people take over a question."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class TimeSummary:
    """The times of `n` answers in seconds: one in ten is at most p10, half are at most the median, nine in ten at most p90."""

    n: int
    p10: float
    median: float
    p90: float


def time_summary(times: Mapping[float, int] | Iterable[float]) -> TimeSummary | None:
    """Summarise times in seconds: a list, or a histogram of time to number of answers. None where there is none.

    The quantile is definition 2 of Hyndman and Fan (1996, The American Statistician 50, 361-365): the least time that at least p of
    all do not exceed; where exactly p of all do not, its mean with the next one. So the median of an even number is the usual
    one. Of a histogram with bins it is as exact as the bins are narrow; name a bin by its middle. Raises ValueError for a negative
    time or count.
    """
    counts = Counter(dict(times)) if isinstance(times, Mapping) else Counter(times)
    if any(not isfinite(time) or time < 0 or count < 0 for time, count in counts.items()):
        raise ValueError("times and counts are not negative")
    ranked = sorted((time, count) for time, count in counts.items() if count)
    n = sum(count for _, count in ranked)
    if not n:
        return None
    return TimeSummary(n, _quantile(ranked, n, 10), _quantile(ranked, n, 50), _quantile(ranked, n, 90))


def _quantile(ranked: list[tuple[float, int]], n: int, percent: int) -> float:
    # Whole numbers, so that a tenth of thirty is exactly three.
    seen = 0
    for place, (time, count) in enumerate(ranked):
        seen += count
        if 100 * seen > percent * n:
            return time
        if 100 * seen == percent * n:
            return (time + ranked[place + 1][0]) / 2
    raise AssertionError("some time is exceeded by nobody")
