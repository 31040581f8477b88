"""Standings whatever the clock of the worker says, and comparisons that do not cry where nothing is wrong."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from sucharit.records import applications, projection, requirements, sealing, services
from sucharit.records.enums import State
from sucharit.records.models import RequirementPeriod
from tests.conftest import NOW, TODAY, enter
from tests.records.build import applied, complete, settle, standing, transfer

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def period(world):
    return applied([world.ministry])


def test_a_completion_counts_although_the_clock_of_the_worker_is_behind(world, period):
    complete(world.somsri, at=NOW + 5 * SECOND, now=NOW + 5 * SECOND, settled=False)
    sealing.seal(NOW)
    projection.follow(now=NOW)
    assert standing(world.somsri, period).state == State.ON_TIME


def test_a_start_counts_although_the_clock_of_the_worker_is_behind(world, period):
    services.mark_started(officer_id=world.somsri.pk, subject_code="ETH-1", now=NOW + 5 * SECOND)
    projection.follow(now=NOW)
    assert standing(world.somsri, period).state == State.IN_PROGRESS


def test_a_rule_that_is_brought_for_long_takes_nothing_back_that_came_meanwhile(world, period):
    begun = applications.begin(period, now=NOW)
    complete(world.somsri, at=NOW + 5 * 60 * SECOND, now=NOW + 5 * 60 * SECOND)
    applications.run(begun, now=NOW)
    assert standing(world.somsri, period).state == State.ON_TIME


def test_a_rule_that_is_brought_over_midnight_takes_no_move_back(world, period):
    transfer(world.somsri, world.division, on=TODAY + DAY)
    settle(NOW)
    begun = applications.begin(period, now=NOW)
    settle(NOW + DAY)
    applications.run(begun, now=NOW)
    assert standing(world.somsri, period).agency_id == world.division.pk


def test_a_check_does_not_end_the_bringing_of_a_rule_half_way(world, period):
    far = enter("สมหญิง", "อยู่ดี", world.province)
    begun = applications.begin(period, now=NOW)
    call_command("rebuild_projections", "--check")
    begun.refresh_from_db()
    assert standing(far, period) is not None
    assert begun.finished_at is not None
    assert begun.cursor >= begun.last


def test_a_check_that_was_cut_short_is_no_check(world, period):
    applications.begin(period, now=NOW, is_check=True)
    RequirementPeriod.objects.filter(pk=period.pk).update(rule_version=1)
    begun = applications.begin(period, now=NOW)
    assert not begun.is_check
    (row,) = requirements.running_rounds(today=TODAY)
    assert row.checked_at is None


@pytest.mark.parametrize("cause", ["start", "move"])
def test_a_check_says_nothing_of_people_whose_change_waits_to_be_followed(world, period, cause):
    begun = applications.begin(period, now=NOW, is_check=True)
    if cause == "start":
        services.mark_started(officer_id=world.somsri.pk, subject_code="ETH-1", now=NOW)
    else:
        transfer(world.somsri, world.division, on=TODAY)
    assert applications.run(begun, now=NOW).changed == 0


def test_counts_are_compared_while_nobody_moves_them(world, period, monkeypatch):
    order = []
    for name in ("waited", "counted", "told"):
        act = getattr(projection, name)
        monkeypatch.setattr(projection, name, lambda *a, act=act, name=name: (order.append(name), act(*a))[1])
    assert applications.wrong_counts(period) == 0
    assert order == ["waited", "counted", "told"]
