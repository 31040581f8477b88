"""The clock of these tests stands at the instant of the tests' world and goes on from there."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.conftest import NOW


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Every view reads this clock."""
    with time_machine.travel(NOW, tick=True) as travel:
        yield travel
