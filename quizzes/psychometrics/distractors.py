"""Which options are chosen by whom: the wrong ones should draw those who know less."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from quizzes.psychometrics.items import ScoreLevel

# An option that fewer than this share of all choose does no work.
UNUSED_SHARE = 0.02
DEFAULT_GROUPS = 5


@dataclass(frozen=True)
class Group:
    """One group by total score: how many people, their mean points (None without people), and the share choosing each option.

    Shares are of all in the group, with those who left the question blank, 0 to 1. They add up to more than 1 where several
    options may be chosen.
    """

    n: int
    facility: float | None
    shares: Mapping[str, float]


@dataclass(frozen=True)
class DistractorTable:
    """The groups from the weakest to the best, and the options that call for a look, in the order of the options.

    `overall` is everybody as one group. `unused` are wrong options that fewer than 2 % of all choose. `rivals` are wrong options
    that the best group chooses more than the right one (where several are right: more than the least chosen of them).
    """

    groups: tuple[Group, ...]
    overall: Group
    unused: tuple[str, ...]
    rivals: tuple[str, ...]

    @property
    def upper(self) -> Group | None:
        """The best group that has people; None unless there are two to compare."""
        peopled = [group for group in self.groups if group.n]
        return peopled[-1] if len(peopled) > 1 else None


def bands(counts: Mapping[float, int], *, groups: int = DEFAULT_GROUPS) -> dict[float, int]:
    """Return which group (0 is the weakest) each total score falls into, from the number of people at each total.

    People with the same total always stay together: a level goes where the middle of its ranks falls, group
    floor(groups · (below + n/2) / N). With many ties a group may stay empty. Raises ValueError under two groups or for a negative
    count.
    """
    if groups < 2 or any(count < 0 for count in counts.values()):
        raise ValueError("people are divided into at least two groups, and are counted")
    everybody = sum(counts.values())
    below, found = 0, {}
    for total in sorted(counts):
        count = counts[total]
        if count:
            found[total] = groups * (2 * below + count) // (2 * everybody)
        below += count
    return found


def distractor_table(
    levels: Iterable[ScoreLevel],
    *,
    options: Collection[str],
    key: Collection[str],
    groups: int = DEFAULT_GROUPS,
) -> DistractorTable:
    """Count options by group of total score (Haladyna 2004, Developing and Validating Multiple-Choice Test Items).

    `options` are all option ids in their order, `key` the right ones among them. Choices of an option that is not listed are left
    out, as they earn nothing. Give totals without the question itself where these are at hand: a total that contains the question
    leans towards the key. Raises ValueError where the key is empty or not among the options.
    """
    if not key or not set(key) <= set(options):
        raise ValueError("the key is one or more of the options")
    rows = [level for level in levels if level.n]
    counts: dict[float, int] = {}
    for row in rows:
        counts[row.total] = counts.get(row.total, 0) + row.n
    place = bands(counts, groups=groups)
    split = tuple(
        _group([row for row in rows if place[row.total] == number], options) for number in range(groups)
    )
    overall = _group(rows, options)
    wrong = [option for option in options if option not in key]
    unused = tuple(option for option in wrong if overall.n and overall.shares[option] < UNUSED_SHARE)
    upper = DistractorTable(split, overall, unused, ()).upper
    rivals: tuple[str, ...] = ()
    if upper:
        mark = min(upper.shares[option] for option in key)
        rivals = tuple(option for option in wrong if upper.shares[option] > mark)
    return DistractorTable(split, overall, unused, rivals)


def _group(rows: Collection[ScoreLevel], options: Collection[str]) -> Group:
    n = sum(row.n for row in rows)
    if not n:
        return Group(0, None, {})
    counts = dict.fromkeys(options, 0)
    for row in rows:
        for option, count in row.chosen:
            if option in counts:
                counts[option] += count
    shares = {option: count / n for option, count in counts.items()}
    return Group(n, min(1.0, sum(row.points for row in rows) / n), shares)
