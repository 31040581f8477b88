"""A worker looks at the clock, then reads: what people did in between is not lost."""

from datetime import timedelta

from sucharit.records import projection, sealing, services
from tests.conftest import NOW
from tests.records.build import applied, complete, settle, standing


def test_what_was_recorded_after_the_worker_looked_at_the_clock_counts(world):
    period = applied([world.community])
    settle(NOW)
    complete(world.somsri, at=NOW + timedelta(seconds=5), now=NOW + timedelta(seconds=5), settled=False)
    sealing.seal(NOW)
    assert projection.follow(now=NOW) == 1
    assert standing(world.somsri, period).state == "on_time"


def test_who_began_after_the_worker_looked_at_the_clock_is_under_way(world):
    period = applied([world.community])
    settle(NOW)
    services.mark_started(officer_id=world.somsri.pk, subject_code="ETH-1", now=NOW + timedelta(seconds=5))
    assert projection.follow(now=NOW) == 1
    assert standing(world.somsri, period).state == "in_progress"
