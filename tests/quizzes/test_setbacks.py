"""A row that fails in the background holds up no other, is tried again later and later, and is done once it is mended."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError

from courses import services as courses
from quizzes import item_tasks, selectors, services
from quizzes.enums import CorrectionState, Remedy, Work
from quizzes.models import Attempt, ItemMeasure, KeyCorrection, QuestionVersion, Response, Setback
from quizzes.setbacks import FIRST_WAIT, LONGEST_WAIT, contained, ready, set_back
from tests.conftest import NOW
from tests.quizzes.build import bank, quiz, right_answers, wrong_answers

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture
def test_of_three(world):
    bank(3)
    return quiz(count=3, time_limit_minutes=10)


def begun(test, world, place: int, **facts) -> Attempt:
    held = services.start_attempt(
        quiz=test,
        officer_id=world.somsri.pk,
        context=facts.pop("context", f"place-{place}"),
        context_version="1",
        now=NOW + timedelta(seconds=place),
    )
    Attempt.objects.filter(pk=held.pk).update(**facts)
    return held


def taken(test, world, place: int, **facts) -> Attempt:
    held = begun(test, world, place)
    services.submit_attempt(attempt=held, answers=wrong_answers(held), now=NOW)
    Attempt.objects.filter(pk=held.pk).update(**facts)
    return held


def states() -> list[str]:
    return list(Attempt.objects.order_by("pk").values_list("state", flat=True))


def until_idle(act, now) -> None:
    for _ in range(60):
        if not act(now=now):
            return
    raise AssertionError("work never ends")


def test_a_bell_that_cannot_be_rung_waits_behind_the_others(world, test_of_three, caplog):
    broken = begun(test_of_three, world, 0, answers={"somebody's words": []})
    for place in (1, 2):
        begun(test_of_three, world, place)
    with caplog.at_level(logging.ERROR):
        until_idle(lambda now: courses.ring_bells(now=now, limit=1), LATER)
    assert states() == ["open", "submitted", "submitted"]
    note = Setback.objects.get()
    assert (note.part, note.row_id, note.failures, note.again_at) == (
        Work.BELLS,
        broken.pk,
        1,
        LATER + FIRST_WAIT,
    )
    assert note.fault.startswith("ValueError in quizzes.attempts:")

    again = LATER + FIRST_WAIT
    late = begun(test_of_three, world, 3)
    assert courses.ring_bells(now=again) == 2, "the new one first, and the faulty one again"
    assert states() == ["open", "submitted", "submitted", "submitted"], late.pk
    assert Setback.objects.get().failures == 2
    assert caplog.text.count("was set back") == 1, "said once"
    assert "somebody's words" not in caplog.text

    Attempt.objects.filter(pk=broken.pk).update(answers={})
    assert courses.ring_bells(now=again) == 0, "not before its time"
    assert courses.ring_bells(now=again + HOUR) == 1
    assert states() == ["submitted"] * 4
    assert not Setback.objects.exists()


def test_an_attempt_that_cannot_be_counted_holds_up_no_other(world, test_of_three):
    broken = taken(test_of_three, world, 0, seconds=[])
    fine = [taken(test_of_three, world, place) for place in (1, 2)]
    until_idle(services.collect, NOW)
    assert set(Response.objects.values_list("attempt_id", flat=True)) == {one.pk for one in fine}
    assert [(row.part, row.row_id) for row in Setback.objects.all()] == [(Work.RESPONSES, broken.pk)]
    fine.append(taken(test_of_three, world, 3))
    assert services.collect(now=NOW) == 1, "the faulty one no longer spoils the batch"

    Attempt.objects.filter(pk=broken.pk).update(seconds={})
    assert services.collect(now=LATER) == 1
    assert Response.objects.filter(attempt=broken).count() == 3
    assert not Setback.objects.exists()


def test_a_question_that_cannot_be_measured_holds_up_no_other(world, test_of_three, monkeypatch):
    taken(test_of_three, world, 0)
    until_idle(services.collect, NOW)
    broken = ItemMeasure.objects.order_by("waiting_since", "pk")[0].pk
    real = item_tasks.item_report

    def report(version, scope):
        if version.pk == broken:
            raise ZeroDivisionError
        return real(version, scope)

    monkeypatch.setattr(item_tasks, "item_report", report)
    until_idle(lambda now: item_tasks.refresh(now=now, limit=1), NOW)
    waiting = ItemMeasure.objects.filter(waiting_since__isnull=False)
    assert [row.pk for row in waiting] == [broken]
    assert Setback.objects.get().part == Work.MEASURES

    monkeypatch.setattr(item_tasks, "item_report", real)
    assert item_tasks.refresh(now=LATER) == 1
    assert not waiting.all().exists()
    assert not Setback.objects.exists()


def proposed(world, version_id: int) -> KeyCorrection:
    return services.propose_correction(
        version=QuestionVersion.objects.get(pk=version_id),
        remedy=Remedy.FULL_MARKS,
        reason="กำกวม",
        by_id=world.pakphum.pk,
        now=NOW,
    )


@pytest.mark.parametrize("fault", [{"answers": {"x": []}}, {"answers": {"x": []}, "seconds": []}])
def test_an_attempt_that_cannot_be_regraded_holds_up_no_other(world, test_of_three, fault):
    held = [taken(test_of_three, world, place) for place in range(4)]
    Attempt.objects.filter(pk=held[1].pk).update(**fault)
    made = proposed(world, held[0].items[0]["v"])
    until_idle(services.advance_corrections, NOW)
    made.refresh_from_db()
    assert made.state == CorrectionState.WEIGHED, "a dry run can do without it"

    services.approve_correction(correction=made, by_id=world.secretariat.pk, now=NOW)
    until_idle(services.advance_corrections, LATER)
    made.refresh_from_db()
    scores = list(Attempt.objects.order_by("pk").values_list("score", flat=True))
    assert (made.state, scores) == (CorrectionState.APPLYING, [1, 0, 1, 1])
    stuck = {(row.part, row.about, row.row_id) for row in Setback.objects.exclude(part=Work.RESPONSES)}
    assert stuck == {(Work.REGRADES, made.pk, held[1].pk)}

    Attempt.objects.filter(pk=held[1].pk).update(answers={}, seconds={})
    until_idle(services.advance_corrections, LATER + HOUR)
    until_idle(services.collect, LATER + HOUR)
    made.refresh_from_db()
    assert (made.state, Attempt.objects.get(pk=held[1].pk).score) == (CorrectionState.APPLIED, 1)
    assert not Setback.objects.exists()


def test_a_correction_that_fails_as_a_whole_holds_up_no_other(world, test_of_three, monkeypatch):
    held = taken(test_of_three, world, 0)
    made = [proposed(world, item["v"]) for item in held.items[:2]]
    from quizzes import corrections

    real = corrections._advance
    monkeypatch.setattr(corrections, "_advance", lambda pk, now: real(pk, now) if pk != made[0].pk else 1 / 0)
    until_idle(services.advance_corrections, NOW)
    found = list(KeyCorrection.objects.order_by("pk").values_list("state", flat=True))
    assert found == [CorrectionState.WEIGHING, CorrectionState.WEIGHED]
    monkeypatch.setattr(corrections, "_advance", real)
    until_idle(services.advance_corrections, LATER)
    assert KeyCorrection.objects.filter(state=CorrectionState.WEIGHED).count() == 2


def test_an_award_that_fails_holds_up_no_other(world, test_of_three, monkeypatch):
    held = [taken(test_of_three, world, place) for place in range(2)]
    for version_id in {item["v"] for item in held[0].items}:
        made = proposed(world, version_id)
        until_idle(services.advance_corrections, NOW)
        services.approve_correction(correction=made, by_id=world.secretariat.pk, now=NOW)
    until_idle(services.advance_corrections, LATER)
    assert len(selectors.new_passes(now=LATER, limit=9)) == 2
    told = []
    real = courses.quizzes.passed_on

    def passed_on(*, attempt):
        if attempt.pk == held[0].pk and not told:
            raise KeyError
        real(attempt=attempt)

    monkeypatch.setattr(courses.quizzes, "passed_on", passed_on)
    until_idle(lambda now: courses.award_corrected(now=now, limit=1), LATER)
    assert [one.row_id for one in Setback.objects.filter(part=Work.AWARDS)] == [held[0].pk]
    told.append(1)
    assert courses.award_corrected(now=LATER + HOUR) == 1
    assert selectors.new_passes(now=LATER + HOUR, limit=9) == []
    assert not Setback.objects.exists()


def test_the_wait_grows_and_has_an_end(world, test_of_three):
    held = begun(test_of_three, world, 0)
    waits = []
    for _ in range(12):
        set_back(Work.BELLS, held.pk, ValueError(), now=NOW)
        waits.append(Setback.objects.get().again_at - NOW)
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert waits[-2:] == [LONGEST_WAIT, LONGEST_WAIT]
    assert waits == sorted(waits)


def test_where_the_database_fails_those_behind_wait_for_the_next_step(world, test_of_three):
    rows = [begun(test_of_three, world, place) for place in range(3)]
    seen = []

    def act(row):
        seen.append(row.pk)
        raise OperationalError

    assert contained(Work.BELLS, rows, act, now=NOW) == 1
    assert seen == [rows[0].pk]


def test_what_settled_itself_is_no_longer_set_back(world, test_of_three):
    held = begun(test_of_three, world, 0)
    set_back(Work.BELLS, held.pk, ValueError(), now=NOW)
    assert ready(Work.BELLS, Attempt.objects.filter(state="submitted"), now=LATER, limit=9) == []
    assert not Setback.objects.exists()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=True) as travel:
        yield travel


def test_the_operator_is_told_what_is_stuck(world, test_of_three, clock, capsys):
    call_command("work", once=True)
    assert "ติดขัด 0 รายการ" in capsys.readouterr().out
    begun(test_of_three, world, 0, answers={"x": []})
    begun(test_of_three, world, 1)
    clock.shift(HOUR)
    with pytest.raises(CommandError):
        call_command("work", once=True)
    said = capsys.readouterr().out
    assert "ติดขัด 1 รายการ" in said
    assert "ส่งแบบทดสอบที่หมดเวลา 1 รายการ (ValueError in quizzes.attempts:" in said
    assert states() == ["open", "submitted"]
    Attempt.objects.update(answers=right_answers(Attempt.objects.first()))
    clock.shift(HOUR)
    call_command("work", once=True)
    assert states() == ["submitted", "submitted"]
