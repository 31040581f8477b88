"""Two devices at the same moment (R5), on a real PostgreSQL, each with a control that shows what the constraint is for."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from quizzes import attempts, corrections, services
from quizzes.enums import CorrectionState, Remedy
from quizzes.models import Attempt, QuestionVersion
from tests.conftest import NOW
from tests.quizzes.build import bank, quiz, right_answers, wrong_answers

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
DEVICES = 8
# Two tabs, a class that starts together, a script.
CROWDS = (2, 8, 32)


@pytest.fixture(autouse=True)
def _real_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")


def at_once(act: Callable[[int], object], times: int = DEVICES) -> list[object]:
    """Run `act` in so many threads, started together, each on a connection of its own. Errors come back as results."""
    gate = threading.Barrier(times)
    results: list[object] = [None] * times

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(20)
            results[number] = act(number)
        except Exception as error:  # noqa: BLE001 - a result like any other
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@contextmanager
def without_constraints(*names: str) -> Iterator[None]:
    """Drop the two unique rules of attempts for the length of a control, and put them back on an empty table."""
    rules = [rule for rule in Attempt._meta.constraints if rule.name in names]
    with connection.schema_editor() as editor:
        for rule in rules:
            editor.remove_constraint(Attempt, rule)
    try:
        yield
    finally:
        Attempt.objects.all().delete()
        with connection.schema_editor() as editor:
            for rule in rules:
                editor.add_constraint(Attempt, rule)


def _start(test, officer):
    return lambda _: (
        services.start_attempt(
            quiz=test, officer_id=officer.pk, context="course:ETH-1:post", context_version="1", now=NOW
        ).public_id
    )


@pytest.fixture
def test_of_three(world):
    bank(6)
    return quiz()


@pytest.mark.parametrize("devices", CROWDS)
def test_devices_that_start_at_once_get_one_attempt(world, test_of_three, devices):
    for officer in (world.somsri, world.daruni, world.thawat):
        ids = at_once(_start(test_of_three, officer), devices)
        assert len(set(ids)) == 1, ids
        assert Attempt.objects.filter(officer=officer).count() == 1


def test_control_without_the_constraints_they_get_several(world, test_of_three):
    names = ("one_open_attempt_per_person_and_place", "attempts_are_numbered_once_per_person_and_place")
    most = 0
    with without_constraints(*names):
        for _ in range(6):
            at_once(_start(test_of_three, world.somsri))
            most = max(most, Attempt.objects.count())
            Attempt.objects.all().delete()
    assert most > 1, "the race must be real, or the test above proves nothing"


@pytest.mark.parametrize("devices", CROWDS)
def test_hand_ins_at_once_have_one_result(world, test_of_three, devices):
    for officer in (world.somsri, world.daruni, world.thawat):
        held = services.start_attempt(
            quiz=test_of_three, officer_id=officer.pk, context="p", context_version="1", now=NOW
        )
        papers = [right_answers(held), wrong_answers(held)]
        graded = at_once(
            lambda n, held=held, papers=papers: (
                services.submit_attempt(attempt=held, answers=papers[n % 2], now=NOW).score
            ),
            devices,
        )
        assert len(set(graded)) == 1, graded
        held.refresh_from_db()
        assert held.score == graded[0]


@pytest.mark.parametrize("devices", CROWDS)
def test_saving_while_handing_in_never_reopens_an_attempt(world, test_of_three, devices):
    held = services.start_attempt(
        quiz=test_of_three, officer_id=world.somsri.pk, context="p", context_version="1", now=NOW
    )
    wrong, right = wrong_answers(held), right_answers(held)

    def act(number):
        if number % 2:
            return services.submit_attempt(attempt=held, answers=right, now=NOW).score
        return services.save_answers(attempt=held, answers=wrong, now=NOW)

    results = at_once(act, devices)
    assert not [result for result in results if isinstance(result, Exception)], results
    held.refresh_from_db()
    assert held.score == next(result for n, result in enumerate(results) if n % 2)


def test_a_start_that_meets_a_finished_attempt_begins_the_next_one(world, test_of_three, monkeypatch):
    """The other device started and already handed in between our look and our insert."""
    real = attempts._start
    calls = []

    def slow(*args):
        calls.append(1)
        if len(calls) == 1:
            held = real(*args)
            services.submit_attempt(attempt=held, answers={}, now=NOW)
            raise IntegrityError("attempts_are_numbered_once_per_person_and_place")
        return real(*args)

    monkeypatch.setattr(attempts, "_start", slow)
    begun = services.start_attempt(
        quiz=test_of_three, officer_id=world.somsri.pk, context="p", context_version="1", now=NOW
    )
    assert (begun.number, begun.state) == (2, "open")


@contextmanager
def without_row_locks(monkeypatch) -> Iterator[None]:
    """A control: reads that mean to hold a row no longer do."""
    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
        yield


def _begun(test, officer, place: str) -> Attempt:
    return services.start_attempt(
        quiz=test, officer_id=officer.pk, context=place, context_version="1", now=NOW
    )


def _saved_at_once(test, officer, place: str, devices: int) -> int:
    """Each device saves one question of its own kind of answer; how many of the three questions were kept."""
    held = _begun(test, officer, place)
    key = list(right_answers(held).items())

    def act(number):
        version, said = key[number % 3]
        return services.save_answers(attempt=held, answers={version: said}, now=NOW)

    assert at_once(act, devices) == [True] * devices
    held.refresh_from_db()
    return len(held.answers)


@pytest.mark.parametrize("devices", [3, 8, 32])
def test_saves_at_once_lose_no_answer(world, test_of_three, devices):
    for number in range(3):
        assert _saved_at_once(test_of_three, world.somsri, f"p{number}", devices) == 3


def test_control_without_row_locks_saves_lose_answers(world, test_of_three, monkeypatch):
    with without_row_locks(monkeypatch):
        kept = [_saved_at_once(test_of_three, world.somsri, f"p{number}", 8) for number in range(12)]
    assert min(kept) < 3, "the race must be real, or the test above proves nothing"


@pytest.mark.parametrize("devices", CROWDS)
def test_the_bell_during_saves_and_hand_ins_gives_one_result_of_what_was_in_time(
    world, test_of_three, devices
):
    test_of_three.time_limit_minutes = 10
    test_of_three.save()
    held = _begun(test_of_three, world.somsri, "p")
    right, late = right_answers(held), NOW + timedelta(minutes=11)
    services.save_answers(attempt=held, answers=wrong_answers(held), now=NOW)

    def act(number):
        if number % 2:
            return services.submit_attempt(attempt=held, answers=right, now=late).score
        return services.save_answers(attempt=held, answers=right, now=late)

    results = at_once(act, devices)
    assert results == [False, Decimal(0)] * (devices // 2), results
    held.refresh_from_db()
    assert (held.score, held.submitted_at) == (0, held.deadline_at)


@pytest.mark.parametrize("devices", CROWDS)
def test_one_resumes_what_another_device_began(world, test_of_three, devices):
    held = _begun(test_of_three, world.somsri, "course:ETH-1:post")
    assert set(at_once(_start(test_of_three, world.somsri), devices)) == {held.public_id}


@pytest.mark.parametrize("workers", CROWDS)
def test_workers_that_correct_at_once_change_every_attempt_once(world, test_of_three, workers, monkeypatch):
    monkeypatch.setattr(corrections, "CHUNK", 3)
    people = (world.somsri, world.daruni, world.thawat)
    held = [_begun(test_of_three, person, f"p{number}") for number in range(4) for person in people]
    for one in held:
        services.submit_attempt(attempt=one, answers={}, now=NOW)
    version = QuestionVersion.objects.get(pk=held[0].items[0]["v"])
    made = services.propose_correction(
        version=version, remedy=Remedy.FULL_MARKS, reason="กำกวม", by_id=world.pakphum.pk, now=NOW
    )

    def rounds(_):
        for _ in range(30):
            services.advance_corrections(now=NOW + timedelta(minutes=1))
        return

    assert set(at_once(rounds, workers)) == {None}
    services.approve_correction(correction=made, by_id=world.secretariat.pk, now=NOW)
    assert set(at_once(rounds, workers)) == {None}
    made.refresh_from_db()
    asked = [one for one in held if version.pk in {item["v"] for item in one.items}]
    assert (made.state, made.seen) == (CorrectionState.APPLIED, len(asked))
    scores = dict(Attempt.objects.values_list("pk", "score"))
    assert [scores[one.pk] for one in asked] == [1] * len(asked)


@pytest.mark.parametrize("workers", CROWDS)
def test_bells_rung_at_once_hand_in_each_attempt_once(world, test_of_three, workers):
    test_of_three.time_limit_minutes = 10
    test_of_three.save()
    held = [_begun(test_of_three, world.somsri, f"p{number}") for number in range(6)]
    late = NOW + timedelta(hours=1)

    def ring(_):
        return [services.submit_attempt(attempt=one, answers={}, now=late).score for one in held]

    assert at_once(ring, workers) == [[Decimal(0)] * 6] * workers
