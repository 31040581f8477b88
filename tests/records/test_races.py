"""Completions at the same moment (R5), on a real PostgreSQL, each with a control where a lock or key is taken away."""

from datetime import timedelta

import pytest
from django.db import connection

from sucharit.officers.services import add_agency
from sucharit.records import services
from sucharit.records.models import AwardEvent, Coverage, Standing
from tests.conftest import NOW, enter
from tests.quizzes.test_races import CROWDS, at_once
from tests.records.build import (
    again,
    applied,
    complete,
    counted,
    edition,
    recounted,
    settle,
    standing,
    transfer,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture(autouse=True)
def _real_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")


def errors(results) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]


@pytest.mark.parametrize("devices", CROWDS)
def test_the_same_completion_recorded_at_once_is_one_award(world, devices):
    period = applied([world.community])
    for key in ("a", "b", "c"):
        results = at_once(lambda _, key=key: complete(world.somsri, key=key).pk, devices)
        assert not errors(results), results
        assert len(set(results)) == 1
    assert AwardEvent.objects.count() == 3
    assert counted(period) == recounted(period)


def test_control_without_the_key_they_are_several(world):
    rule = edition()

    def write(number):
        return AwardEvent.objects.create(
            idempotency_key=f"free:{number}",
            officer=world.somsri,
            first_name="ก",
            last_name="ข",
            personnel_type="civil_servant",
            agency=world.province,
            agency_code="x",
            agency_name="x",
            position_title="x",
            position_type="x",
            position_level="-",
            subject=rule.subject,
            edition=rule,
            method="online",
            completed_at=NOW,
            recorded_at=NOW,
        ).pk

    assert len(set(at_once(write))) == 8


@pytest.mark.parametrize("size", CROWDS)
def test_colleagues_who_finish_at_the_same_moment_all_get_their_award(world, size):
    """Some had begun and some not; the first completions of an agency meet where that count does not exist yet."""
    for number in range(6):
        unit = add_agency(parent=world.community, code=f"U{number}", name=f"กลุ่มงานที่ {number}", level="04")
        people = [enter(f"คน{place}", f"ชุด{number}", unit) for place in range(size)]
        period = applied([unit], code=f"R{number}")
        for officer in people[::2]:
            services.mark_started(officer_id=officer.pk, subject_code="ETH-1", now=NOW)
        assert not Coverage.objects.filter(period=period, state="on_time").exists()
        at = NOW + timedelta(hours=number + 1)
        results = at_once(lambda n, people=people, at=at: complete(people[n], at=at).pk, size)
        assert not errors(results), results
        settle(at)
        for each in {row.period for row in Standing.objects.select_related("period")}:
            assert counted(each) == recounted(each)
        Standing.objects.all().delete()
        Coverage.objects.all().delete()


@pytest.mark.parametrize("size", CROWDS)
def test_colleagues_who_begin_at_the_same_moment_are_all_counted(world, size):
    people = [enter(f"คน{place}", "เริ่ม", world.province) for place in range(size)]
    period = applied([world.community])
    results = at_once(
        lambda n: services.mark_started(officer_id=people[n].pk, subject_code="ETH-1", now=NOW), size
    )
    assert not errors(results), results
    settle(NOW)
    assert counted(period) == recounted(period)
    assert counted(period)[world.province.pk, "in_progress"] == size


@pytest.mark.parametrize("size", CROWDS)
def test_a_recount_beside_completions_leaves_the_right_count(world, size):
    people = [enter(f"คน{place}", "นับ", world.province) for place in range(size)]
    period = applied([world.community])
    complete(people[0])

    def act(number):
        if number == 0:
            for _ in range(5):
                again(period)
            return 0
        return complete(people[number]).pk

    results = at_once(act, size)
    assert not errors(results), results
    settle()
    assert counted(period) == recounted(period)
    assert counted(period)[world.province.pk, "on_time"] == size


def test_a_completion_between_counting_and_writing_is_not_lost(world):
    """The recount has counted, and somebody finishes before it writes what it counted."""
    officer = enter("คนเดียว", "ระหว่างนั้น", world.province)
    period = applied([world.community])
    complete(world.somsri)
    done = []

    def meanwhile(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if not done and "COUNT(" in sql and "records_standing" in sql:
            done.append(True)
            assert not errors(at_once(lambda _: complete(officer).pk, times=1))
        return answer

    with connection.execute_wrapper(meanwhile):
        services.recount_coverage(period=period)
    assert done
    settle()
    assert counted(period) == recounted(period)
    assert standing(officer, period).state == "on_time"


def beside_the_reconciling(period, act) -> bool:
    """Apply the period again, and do something in another connection just after it has read what people did."""
    done = []

    def meanwhile(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if not done and sql.startswith("SELECT") and 'FROM "records_learningstart"' in sql:
            done.append(True)
            assert not errors(at_once(lambda _: act(), times=1))
        return answer

    with connection.execute_wrapper(meanwhile):
        again(period)
    settle()
    return bool(done)


def test_somebody_who_finishes_while_their_move_is_written_has_finished(world):
    period = applied([world.ministry, world.comptroller])
    transfer(world.somsri, world.treasury, on=NOW.date())
    assert beside_the_reconciling(period, lambda: complete(world.somsri))
    held = standing(world.somsri, period)
    assert (held.state, held.agency_id) == ("on_time", world.treasury.pk)
    assert counted(period) == recounted(period)


def test_a_newcomer_who_finishes_before_their_row_is_seen_has_finished(world):
    period = applied([world.community])
    newcomer = enter("ใหม่", "เพิ่งมา", world.province)
    assert beside_the_reconciling(period, lambda: complete(newcomer))
    assert standing(newcomer, period).state == "on_time"
    assert counted(period) == recounted(period)


@pytest.mark.parametrize("people_at_once", CROWDS)
def test_two_officers_of_the_house_applying_at_once_make_one_period(world, people_at_once):
    from tests.records.build import requirement

    rule = requirement([world.community])
    results = at_once(
        lambda _: services.apply_requirement(requirement=rule, fiscal_year=2570, now=NOW).pk, people_at_once
    )
    assert not errors(results), results
    assert len(set(results)) == 1
    from sucharit.records.models import RequirementPeriod

    period = RequirementPeriod.objects.get()
    assert counted(period) == recounted(period)


@pytest.mark.parametrize("people_at_once", CROWDS)
def test_an_edition_announced_at_once_is_one(world, people_at_once):
    results = at_once(lambda _: edition("NEW").pk, people_at_once)
    assert not errors(results), results
    assert len(set(results)) == 1
