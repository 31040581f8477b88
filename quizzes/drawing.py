"""Filling a blueprint from the bank: which question goes where. Pure: pools and places in, choices out."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pool:
    """What a draw takes from: every condition that is set must hold. None and "" ask for nothing."""

    standard: int | None = None
    topic_id: int | None = None
    difficulty: str = ""


@dataclass(frozen=True)
class Bucket:
    """Questions that are filed alike, as a database groups them. One with several topics lies in a bucket for each of them.

    `topic_id` is None for what has none of the topics that matter.
    """

    standard: int
    difficulty: str
    topic_id: int | None
    questions: Sequence[int]

    def fits(self, pool: Pool) -> bool:
        """Whether the pool holds it."""
        return (
            (pool.standard is None or self.standard == pool.standard)
            and (pool.topic_id is None or self.topic_id == pool.topic_id)
            and (not pool.difficulty or self.difficulty == pool.difficulty)
        )


def pools_from(
    wanted: Iterable[Pool], buckets: Sequence[Bucket], *, without: Collection[int] = ()
) -> dict[Pool, Sequence[int]]:
    """What each pool holds, none twice, less the questions that stand fixed."""
    found: dict[Pool, Sequence[int]] = {}
    for pool in wanted:
        inside = [pk for bucket in buckets if bucket.fits(pool) for pk in bucket.questions]
        kept = dict.fromkeys(inside)
        for pk in without:
            kept.pop(pk, None)
        found[pool] = list(kept)
    return found


def shortlist(
    pools: Mapping[Pool, Sequence[int]], *, places: int, times: Mapping[int, int], shuffle: random.Random
) -> dict[Pool, Sequence[int]]:
    """Of each pool as many by chance as `places` may need, those met least often first.

    A pool that holds as many questions as there are places can always serve its own, whatever the others take. So it is enough
    to look at that many of it, and a bank of twenty thousand costs hardly more than one of two hundred. As many more are taken as
    were met before: among them are enough that were not, where the pool has them.
    """
    found: dict[Pool, Sequence[int]] = {}
    for pool, questions in pools.items():
        met = sum(pk in times for pk in questions) if times else 0
        some = shuffle.sample(questions, min(len(questions), places + met))
        found[pool] = sorted(some, key=lambda pk: times.get(pk, 0))
    return found


class UnfilledError(Exception):
    """A blueprint that the bank cannot fill: which pool lacks, how many it must give, how many it holds at all."""

    def __init__(self, pool: Pool, wanted: int, holds: int) -> None:
        super().__init__(pool, wanted, holds)
        self.pool, self.wanted, self.holds = pool, wanted, holds


def fill(draws: Sequence[tuple[Pool, int]], pools: Mapping[Pool, Sequence[int]]) -> list[list[int]]:
    """The questions of each draw, none twice. Raises UnfilledError. `pools` hold questions, the best to take first.

    Pools may overlap. Each place takes the best question that is free; where none is, places already filled give way as
    long as each finds another (augmenting paths), so a blueprint that can be filled at all is filled.
    """
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
