"""The clock of these tests stands at the instant of the tests' world and goes on from there."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.conftest import NOW, World
from tests.courses.build import School, school


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Every view reads this clock."""
    with time_machine.travel(NOW, tick=True) as travel:
        yield travel


@pytest.fixture
def place(world: World) -> School:
    """One course of three lessons, in order, with a pre-test and a post-test of three questions."""
    return school()


@pytest.fixture
def somsri(world: World, signed_in):
    """The learner, signed in."""
    return signed_in(world.somsri.user)
