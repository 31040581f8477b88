"""The projection under trouble, on a real PostgreSQL, each with a control where the guard is switched off."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from sucharit.records import applications, corrections, projection, requiring, sealing, services
from sucharit.records import following as worker
from sucharit.records.enums import ReasonCode
from sucharit.records.models import (
    AwardEvent,
    Decision,
    LedgerEntry,
    LedgerHead,
    Projection,
    Standing,
    WaitingEntry,
)
from tests.conftest import NOW, enter
from tests.quizzes.test_races import CROWDS, at_once
from tests.records.build import applied, complete, counted, edition, recounted, requirement, settle, transfer
from tests.records.comparing import everything, rebuild
from tests.records.test_races import errors

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _real_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")


def come_to_rest(*periods) -> None:
    """Everything is sealed and followed, every count is a recount, and a rebuild gives the same rows."""
    settle(LATER)
    written = AwardEvent.objects.count() + Decision.objects.count()
    assert not WaitingEntry.objects.exists()
    assert LedgerEntry.objects.count() == LedgerHead.objects.get().position == written
    assert Projection.objects.get().position == written
    for period in periods:
        assert counted(period) == recounted(period)
        assert applications.wrong_counts(period) == 0
    before = everything()
    rebuild(LATER)
    assert everything() == before


def crowd(world, size: int) -> list:
    """So many people of one office."""
    return [enter(f"คน{place}", "หมู่", world.province) for place in range(size)]


@contextmanager
def derived_together(monkeypatch, times: int = 2) -> Iterator[None]:
    """So many writers have derived their rows before any of them writes."""
    gate, derive = threading.Barrier(times), projection.derive

    def meet(*args, **facts):
        lines = derive(*args, **facts)
        gate.wait(20)
        return lines

    with monkeypatch.context() as patch:
        patch.setattr(projection, "derive", meet)
        yield


def unlocked() -> Projection:
    """The place of the projection, locked by nobody."""
    return Projection.objects.get_or_create(pk=1)[0]


@pytest.mark.parametrize("followers", CROWDS)
def test_followers_at_once_take_every_position_once(world, followers):
    people = crowd(world, 12)
    period = applied([world.community])
    settle(NOW)
    for officer in people:
        complete(officer, settled=False)
    while sealing.seal(LATER, most=3):
        pass

    def follow(_):
        done = 0
        for _ in range(6):
            done += projection.follow(now=LATER, most=2)
        return done

    results = at_once(follow, followers)
    assert not errors(results), results
    assert sum(results) <= 12
    come_to_rest(period)
    assert counted(period)[world.province.pk, "on_time"] == 12


def test_control_two_followers_without_the_lock_write_the_same_rows(world, monkeypatch):
    (officer,) = crowd(world, 1)
    applied([world.community])
    settle(NOW)
    complete(officer, settled=False)
    sealing.seal(LATER)
    monkeypatch.setattr(projection, "held", unlocked)
    with derived_together(monkeypatch):
        results = at_once(lambda _: projection.follow(now=LATER), 2)
    assert errors(results), results


@pytest.mark.parametrize("recorders", CROWDS)
def test_recorders_beside_sealing_following_and_a_rule_being_brought(world, recorders, monkeypatch):
    """Nothing raises, nothing is lost, and nobody waits for ever: the last threads are the worker, twice, and the rule's."""
    people = crowd(world, recorders)
    monkeypatch.setattr(applications, "STRIDE", 3)
    period = applied([world.community])
    second = requiring.open_period(
        requirement=requirement([world.ministry], code="R2"), fiscal_year=2570, now=NOW
    )

    def act(number):
        if number < recorders:
            services.mark_started(officer_id=people[number].pk, subject_code="ETH-1", now=NOW)
            first = complete(people[number], settled=False)
            corrections.revoke(
                award_id=first.pk,
                reason_code=ReasonCode.OTHER,
                reason="เหตุ",
                actor_id=world.pakphum.pk,
                now=LATER,
            )
            if number % 2:
                complete(people[number], key=f"again:{number}", settled=False)
            if number % 3 == 0:
                transfer(people[number], world.treasury, on=NOW.date())
        elif number == recorders:
            applications.run(applications.begin(second, now=NOW), now=NOW)
        else:
            for _ in range(25):
                sealing.seal(LATER, most=4)
                worker.follow(LATER)
        return number

    results = at_once(act, recorders + 3)
    assert not errors(results), results
    come_to_rest(period, second)
    done = Standing.objects.filter(period=second, until_at__isnull=True, state="on_time")
    assert done.count() == sum(1 for place in range(recorders) if place % 2 and place % 3)


def test_control_a_rule_brought_beside_a_follower_without_the_lock_goes_wrong(world, monkeypatch):
    (officer,) = crowd(world, 1)
    period = applied([world.community])
    settle(NOW)
    complete(officer, settled=False)
    sealing.seal(LATER)
    # Both derive the same news of one person: only one of them may write it.
    head = LedgerHead.objects.get().position
    monkeypatch.setattr(projection, "held", unlocked)
    monkeypatch.setattr(projection, "waited", lambda: Projection(pk=1, position=head))
    monkeypatch.setattr(applications, "_people", lambda *args: [officer.pk])
    running = applications.begin(period, now=LATER)

    def act(number):
        return applications.step(running.pk, now=LATER) if number else projection.follow(now=LATER)

    with derived_together(monkeypatch):
        results = at_once(act, 2)
    assert errors(results), results


class Killed(Exception):
    """The process is gone in the middle."""


def dies(monkeypatch) -> None:
    """The next follower is killed when the rows are written and the counts are not."""

    def gone(count):
        raise Killed

    monkeypatch.setattr(projection, "_move_counts", gone)


def test_a_follower_killed_in_the_middle_leaves_nothing_half_done(world, monkeypatch):
    (officer,) = crowd(world, 1)
    period = applied([world.community])
    settle(NOW)
    before, place = everything(), Projection.objects.get().position
    complete(officer, settled=False)
    services.mark_started(officer_id=world.somsri.pk, subject_code="ETH-1", now=NOW)
    sealing.seal(LATER)
    with monkeypatch.context() as patch:
        dies(patch)
        with pytest.raises(Killed):
            projection.follow(now=LATER)
    assert everything() == before
    assert Projection.objects.get().position == place
    assert counted(period) == recounted(period)
    come_to_rest(period)
    assert counted(period)[world.province.pk, "in_progress"] == 1


def test_control_without_a_transaction_the_counts_are_wrong(world, monkeypatch):
    (officer,) = crowd(world, 1)
    period = applied([world.community])
    settle(NOW)
    complete(officer, settled=False)
    sealing.seal(LATER)
    monkeypatch.setattr(projection, "held", unlocked)
    dies(monkeypatch)
    with pytest.raises(Killed):
        projection.follow.__wrapped__(now=LATER)
    assert counted(period) != recounted(period)


def test_the_same_person_corrected_started_and_moved_at_once_does_not_lock_up(world):
    """Several awards of one person in several rounds, corrected from all sides while the standings follow."""
    for code in ("A", "B", "C"):
        edition(code, digest=code.lower() * 64)
    rounds = [applied([world.community], code=f"R{code}", subject=code) for code in ("A", "B", "C")]
    awards = [complete(world.somsri, code=code, key=f"k{code}") for code in ("A", "B", "C")]

    def act(number):
        if number >= 6:
            for _ in range(15):
                worker.settle(now=LATER)
            return "worker"
        award = awards[number % 3]
        said = {"award_id": award.pk, "reason": "เหตุ", "actor_id": world.pakphum.pk, "now": LATER}
        said["reason_code"] = ReasonCode.OTHER
        if number < 3:
            corrections.amend(**said, completed_at=NOW - timedelta(days=1 + number))
            corrections.revoke(**said)
            corrections.reinstate(**said)
        else:
            for each in reversed(rounds) if number % 2 else rounds:
                services.recount_coverage(period=each)
        return "done"

    results = at_once(act, 8)
    assert not errors(results), results
    come_to_rest(*rounds)
