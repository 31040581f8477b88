"""Grading: a pure function of what was asked and what was answered. No database, no clock, no side effect."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

# A server may be slow at the bell: what was sent before it still counts this much later.
GRACE = timedelta(seconds=30)


@dataclass(frozen=True)
class KeyedItem:
    """One question with its key: the id of the version asked, and the ids of its right options."""

    version_id: int
    right: frozenset[str]


@dataclass(frozen=True)
class Graded:
    """A result. `points` gives 1 or 0 for each item in order; percent is of the full score, 0 to 100, unrounded."""

    points: tuple[int, ...]
    pass_percent: int

    @property
    def score(self) -> int:
        """Points earned."""
        return sum(self.points)

    @property
    def max_score(self) -> int:
        """Points that could be earned."""
        return len(self.points)

    @property
    def passed(self) -> bool:
        """Whether the score reaches the pass mark, compared in whole numbers so that 60 % of 7 needs 5 and not 4.2.

        An empty paper passes nothing, whatever the mark.
        """
        return self.score > 0 and self.score * 100 >= self.pass_percent * self.max_score


def grade(items: Sequence[KeyedItem], answers: Mapping[int, Collection[str]], *, pass_percent: int) -> Graded:
    """Grade answers (version id to chosen option ids) against the key.

    An item earns its point only when exactly the right options are chosen; an unanswered item, or one with options that do
    not exist, earns nothing.
    """
    points = tuple(
        int(bool(item.right) and frozenset(answers.get(item.version_id, ())) == item.right) for item in items
    )
    return Graded(points, pass_percent)
