"""R15: a thousand tamperings by somebody with every right on the database: all are found, at the right place; no false alarm."""

from datetime import timedelta

import pytest

from sucharit.records import keys, verifying
from tests.conftest import NOW
from tests.records.ledger_build import awards, decisions, seal_all
from tests.records.tampering import Intruder, tamper

pytestmark = pytest.mark.django_db
TIMES = 1_000


@pytest.fixture
def ledger(world):
    """Two hundred rows of every kind in eleven seals under two keys, and five rows that wait."""
    people = [world.somsri, world.daruni, world.thawat, world.anan]
    awards(people, 100, seed=1)
    decisions(people, 30, seed=1)
    seal_all(most=20)
    keys.rotate(now=NOW)
    awards(people, 60, seed=2)
    decisions(people, 10, seed=2)
    seal_all(most=19)
    awards(people, 5, seed=3)
    assert verifying.verify(now=NOW).fault is None


@pytest.mark.timeout(170)
def test_e3_a_thousand_tamperings_are_found_where_they_were_made(ledger):
    tally = tamper(TIMES, seed=2569, now=NOW)
    assert tally.missed == []
    assert sum(tally.made.values()) == TIMES
    ways = {way.__name__ for way in Intruder(0, NOW).ways()}
    assert set(tally.made) == ways, "every way was tried"
    assert min(tally.made.values()) >= 10
    assert verifying.verify(now=NOW).fault is None, "all of them were taken back"


def test_e3_no_false_alarm_on_ledgers_that_nobody_touched(world):
    people = [world.somsri, world.daruni, world.thawat, world.anan]
    at = NOW
    for seed in range(40):
        at += timedelta(hours=7)
        (decisions if seed % 5 == 4 else awards)(people, 1 + seed * 3 % 17, seed=seed, at=at)
        assert verifying.verify(now=at).fault is None
        seal_all(most=1 + seed % 9, now=at)
        if seed % 8 == 7:
            keys.rotate(now=at)
        assert verifying.verify(now=at).fault is None
        assert verifying.verify(now=at, since=1 + seed).fault is None
