"""Two devices at the same moment (R5), on a real PostgreSQL, each with a control that shows what the constraint is for."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection

from quizzes import attempts, services
from quizzes.models import Attempt
from tests.conftest import NOW
from tests.quizzes.build import bank, quiz, right_answers, wrong_answers

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
DEVICES = 8


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


def test_two_devices_that_start_at_once_get_one_attempt(world, test_of_three):
    for officer in (world.somsri, world.daruni, world.thawat):
        ids = at_once(_start(test_of_three, officer))
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


def test_hand_ins_at_once_have_one_result(world, test_of_three):
    for officer in (world.somsri, world.daruni, world.thawat):
        held = services.start_attempt(
            quiz=test_of_three, officer_id=officer.pk, context="p", context_version="1", now=NOW
        )
        papers = [right_answers(held), wrong_answers(held)]
        graded = at_once(
            lambda n, held=held, papers=papers: (
                services.submit_attempt(attempt=held, answers=papers[n % 2], now=NOW).score
            )
        )
        assert len(set(graded)) == 1, graded
        held.refresh_from_db()
        assert held.score == graded[0]


def test_saving_while_handing_in_never_reopens_an_attempt(world, test_of_three):
    held = services.start_attempt(
        quiz=test_of_three, officer_id=world.somsri.pk, context="p", context_version="1", now=NOW
    )
    wrong, right = wrong_answers(held), right_answers(held)

    def act(number):
        if number % 2:
            return services.submit_attempt(attempt=held, answers=right, now=NOW).score
        return services.save_answers(attempt=held, answers=wrong, now=NOW)

    results = at_once(act)
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
