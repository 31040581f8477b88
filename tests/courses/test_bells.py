"""Work in the background of a course: the bell hands in for whoever has left, and a corrected key brings its awards."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command

from courses.services import award_corrected, ring_bells, settle_awards
from quizzes import services as quizzes
from quizzes.enums import Counts, Remedy
from quizzes.models import Attempt, QuestionVersion
from sucharit.home.work import PARTS, Part, one_round, work_until
from sucharit.records.models import AwardEvent
from tests.conftest import NOW
from tests.courses.build import fields, read_all, school, start
from tests.quizzes.build import right_answers, wrong_answers

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def held() -> Attempt:
    return Attempt.objects.order_by("-id").first()


def test_the_bell_hands_in_for_whoever_has_left_and_a_pass_is_awarded(world, somsri):
    place = school(quiz_facts={"time_limit_minutes": 10})
    read_all(somsri, place)
    address = start(somsri, place)
    somsri.post(address, {**fields(right_answers(held())), "save": "1"})
    assert ring_bells(now=NOW + timedelta(minutes=10)) == 0, "the grace is still running"
    assert ring_bells(now=NOW + HOUR) == 1
    assert ring_bells(now=NOW + HOUR) == 0
    done = held()
    assert (done.passed, done.submitted_at) == (True, done.deadline_at)
    assert AwardEvent.objects.get().completed_at == done.deadline_at


def test_an_attempt_without_a_bell_stays_open(somsri):
    place = school()
    read_all(somsri, place)
    start(somsri, place)
    assert ring_bells(now=NOW + 1_000 * HOUR) == 0
    assert held().state == "open"


def _correct(world, attempt: Attempt, remedy: str) -> None:
    """Correct every question of an attempt by a remedy."""
    for item in attempt.items:
        made = quizzes.propose_correction(
            version=QuestionVersion.objects.get(pk=item["v"]),
            remedy=remedy,
            reason="ข้อนี้กำกวม",
            by_id=world.pakphum.pk,
            now=NOW,
        )
        while quizzes.advance_corrections(now=NOW):
            pass
        quizzes.approve_correction(correction=made, by_id=world.secretariat.pk, now=NOW)
    while quizzes.advance_corrections(now=NOW + HOUR):
        pass


def test_e12_a_corrected_key_brings_the_award_of_the_day_it_was_handed_in(world, somsri):
    place = school()
    read_all(somsri, place)
    address = start(somsri, place)
    somsri.post(address, {**fields(wrong_answers(held())), "submit": "1"})
    assert not AwardEvent.objects.exists()
    _correct(world, held(), Remedy.FULL_MARKS)
    assert award_corrected(now=NOW + HOUR) == 1
    award = AwardEvent.objects.get()
    assert (award.completed_at, award.score, award.attempt_ref) == (
        held().submitted_at,
        3,
        held().public_id,
    )
    assert award_corrected(now=NOW + HOUR) == 0
    assert settle_awards(now=NOW + HOUR) == (0, 0)
    page = somsri.get(f"{address}result/").content.decode()
    assert "ข้อนี้กำกวม" in page
    assert "คะแนนเดิม 0 จาก 3" in page


def test_a_practice_attempt_earns_nothing_even_when_corrected(world, somsri):
    place = school(quiz_facts={"counts": Counts.FIRST})
    read_all(somsri, place)
    for _ in range(2):
        address = start(somsri, place)
        somsri.post(address, {**fields(wrong_answers(held())), "submit": "1"})
    practice = held()
    assert practice.is_practice
    other = Attempt.objects.order_by("id").first()
    shared = {item["v"] for item in other.items}
    _correct(world, practice, Remedy.FULL_MARKS)
    while award_corrected(now=NOW + HOUR):
        pass
    refs = set(AwardEvent.objects.values_list("attempt_ref", flat=True))
    other.refresh_from_db()
    assert practice.public_id not in refs
    assert (other.public_id in refs) == bool(other.passed), (shared, refs)


def test_a_pass_in_practice_is_no_award(world, somsri):
    place = school(quiz_facts={"counts": Counts.FIRST})
    read_all(somsri, place)
    somsri.post(start(somsri, place), {**fields(wrong_answers(held())), "submit": "1"})
    address = start(somsri, place)
    answer = somsri.post(address, {**fields(right_answers(held())), "submit": "1"}, follow=True)
    assert held().passed
    assert not AwardEvent.objects.exists()
    assert "ครั้งนี้เป็นการฝึก" in answer.content.decode()
    assert settle_awards(now=NOW + HOUR) == (0, 0)


def test_the_worker_does_all_parts_and_one_that_fails_stops_no_other(somsri, monkeypatch):
    seen = []
    broken = Part("broken", lambda now: 1 // 0)
    fine = Part("fine", lambda now: 3)
    monkeypatch.setattr("sucharit.home.work.PARTS", (broken, fine))
    assert one_round(NOW, lambda name, fault: seen.append((name, type(fault)))) == 3
    assert seen == [("broken", ZeroDivisionError)]


def test_the_worker_stops_when_nothing_is_left(somsri, clock):
    place = school(quiz_facts={"time_limit_minutes": 10})
    read_all(somsri, place)
    start(somsri, place)
    clock.shift(HOUR)
    call_command("work", once=True)
    done = held()
    assert (done.state, done.is_collected) == ("submitted", True)
    assert {part.name for part in PARTS} >= {"bells", "responses", "corrections", "corrected awards"}


def test_a_worker_told_to_stop_stops_and_a_fault_is_logged_without_its_words(somsri, monkeypatch, caplog):
    stop, said = threading.Event(), "somebody's name"

    def act(now):
        stop.set()
        raise ValueError(said)

    monkeypatch.setattr("sucharit.home.work.PARTS", (Part("broken", act),))
    work_until(stop)
    assert "broken failed with ValueError" in caplog.text
    assert "test_bells.py" in caplog.text, "where it was"
    assert said not in caplog.text
