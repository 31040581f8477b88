"""Filling a blueprint from the bank: which question goes where. Pure: candidates and places in, choices out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pool:
    """What a draw takes from: every condition that is set must hold. None and "" ask for nothing."""

    standard: int | None = None
    topic_id: int | None = None
    difficulty: str = ""


@dataclass(frozen=True)
class Candidate:
    """A question that may be asked, as draws see it."""

    pk: int
    standard: int
    difficulty: str
    topics: frozenset[int] = frozenset()

    def fits(self, pool: Pool) -> bool:
        """Whether the pool holds it."""
        return (
            (pool.standard is None or self.standard == pool.standard)
            and (pool.topic_id is None or pool.topic_id in self.topics)
            and (not pool.difficulty or self.difficulty == pool.difficulty)
        )


class UnfilledError(Exception):
    """A blueprint that the bank cannot fill: which pool lacks, how many it must give, how many it holds at all."""

    def __init__(self, pool: Pool, wanted: int, holds: int) -> None:
        super().__init__(pool, wanted, holds)
        self.pool, self.wanted, self.holds = pool, wanted, holds


def fill(
    draws: Sequence[tuple[Pool, int]],
    candidates: Sequence[Candidate],
    *,
    rank: Callable[[Candidate], tuple[float, float]],
) -> list[list[int]]:
    """The questions of each draw, none twice, best ranked first (lowest `rank`). Raises UnfilledError.

    Pools may overlap. Each place takes the best question that is free; where none is, places already filled give way as
    long as each finds another (augmenting paths), so a blueprint that can be filled at all is filled.
    """
    ordered = sorted(candidates, key=rank)
    pools = {pool: [one.pk for one in ordered if one.fits(pool)] for pool, _ in draws}
    places = [(number, pool) for number, (pool, count) in enumerate(draws) for _ in range(count)]
    # The narrowest pools choose first: what they leave, the wide ones can take.
    places.sort(key=lambda place: len(pools[place[1]]))
    holder: dict[int, int] = {}
    for place in range(len(places)):
        if not _seat(place, places, pools, holder, set()):
            pool = places[place][1]
            wanted = sum(count for other, count in draws if other == pool)
            raise UnfilledError(pool, wanted, len(pools[pool]))
    found: list[list[int]] = [[] for _ in draws]
    for pk, place in holder.items():
        found[places[place][0]].append(pk)
    return found


def _seat(
    place: int,
    places: Sequence[tuple[int, Pool]],
    pools: Mapping[Pool, Sequence[int]],
    holder: dict[int, int],
    tried: set[int],
) -> bool:
    """Give a place a question; true when it has one. At most as deep as there are places."""
    mine = pools[places[place][1]]
    for pk in mine:
        if pk not in holder:
            holder[pk] = place
            return True
    for pk in mine:
        if pk in tried:
            continue
        tried.add(pk)
        # Places of the same pool cannot help each other: whatever one could move to, this one would have taken.
        if places[holder[pk]][1] != places[place][1] and _seat(holder[pk], places, pools, holder, tried):
            holder[pk] = place
            return True
    return False
