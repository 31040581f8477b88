"""The standings held to a slow, plain model (`plain`), by random streams through the real verbs (`streams`)."""

from random import Random

import pytest

from tests.records.comparing import differences, everything, rebuild
from tests.records.streams import Stream

pytestmark = pytest.mark.django_db
SEEDS = 12


def numbers(seed: int) -> tuple[list[int], list[list[int]]]:
    """A world and a stream of 20 to 60 events."""
    chance = Random(seed)
    world = [chance.randrange(1000) for _ in range(120)]
    return world, [[chance.randrange(1000) for _ in range(12)] for _ in range(chance.randrange(20, 61))]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_e6_the_standings_of_any_instant_are_what_the_plain_model_says(seed):
    world, events = numbers(seed)
    stream = Stream(world)
    stream.run(events)
    assert differences(stream) == []
    before = everything()
    rebuild(stream.now)
    assert everything() == before
