"""The life of a task: opened by what the answers say, renewed, ended in five ways, and not back without a graver reason."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes import item_tasks
from quizzes.bank import revise_question
from quizzes.enums import Remedy, TaskEnd
from quizzes.item_tasks import EVERY, dismiss, open_count, open_tasks, refresh, tasks_of
from quizzes.models import ItemMeasure, ItemTask
from quizzes.psychometrics import Code, Severity
from quizzes.responses import collect
from quizzes.services import retire_question
from sucharit.kernel.errors import Conflict, InvalidInput
from tests.conftest import NOW
from tests.quizzes.build import bank, draft, quiz
from tests.quizzes.sittings import right, sit, wrong
from tests.quizzes.test_races import CROWDS, at_once
from tests.quizzes.test_responses import corrected

pytestmark = pytest.mark.django_db
LATER = NOW + EVERY + timedelta(minutes=1)


@pytest.fixture
def versions(world):
    return bank(5)


@pytest.fixture
def made(versions):
    return quiz(count=5)


def upside_down(versions, people=20):
    """Papers in which those who know the rest choose what the key of the first question calls wrong."""
    asked, *rest = versions
    good = {asked: wrong(asked), **{v: right(v) for v in rest}}
    bad = {asked: right(asked), **{v: wrong(v) for v in rest}}
    return [good] * people + [bad] * people


def upright(versions, people=20):
    """Papers in which the first question does its work, and every option of it is chosen by somebody."""
    asked, *rest = versions
    good = {asked: right(asked), **{v: right(v) for v in rest}}
    return [good] * people + [
        {asked: wrong(asked, n % 3), **{v: wrong(v) for v in rest}} for n in range(people)
    ]


def answered(made, world, papers, *, now=NOW, place="p"):
    sit(made, world.somsri, papers, now=now, place=place)
    while collect(now=now):
        pass


def codes(version):
    return {task.code for task in item_tasks.open_rows().filter(version=version)}


def test_a_flag_opens_a_task_once(world, versions, made):
    answered(made, world, upside_down(versions))
    assert refresh(now=NOW) == 5
    assert Code.KEY_WRONG in codes(versions[0])
    before = open_count()
    task = ItemTask.objects.get(version=versions[0], code=Code.KEY_WRONG)
    assert (task.severity, task.options, task.evidence["n"]) == (Severity.HIGH, wrong(versions[0]), 40)
    assert refresh(now=NOW) == 0, "nothing new to look at"
    answered(made, world, upside_down(versions), now=LATER, place="more")
    assert refresh(now=LATER) == 5
    assert open_count() == before
    task.refresh_from_db()
    assert (task.evidence["n"], task.measured_at, task.opened_at) == (80, LATER, NOW)


def test_few_answers_open_nothing(world, versions, made):
    answered(made, world, upside_down(versions, 14))
    assert refresh(now=NOW) == 5
    assert open_count() == 0


def test_a_version_is_measured_only_so_often(world, versions, made):
    answered(made, world, upside_down(versions))
    refresh(now=NOW)
    answered(made, world, upside_down(versions), place="more")
    assert refresh(now=NOW + EVERY - timedelta(minutes=1)) == 0
    assert refresh(now=LATER) == 5


def test_the_work_is_done_in_batches(world, versions, made):
    answered(made, world, upside_down(versions))
    assert [refresh(now=NOW, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_new_version_ends_the_tasks(world, versions, made):
    answered(made, world, upside_down(versions))
    refresh(now=NOW)
    asked = versions[0]
    revise_question(
        question=asked.question,
        based_on=1,
        standard=1,
        difficulty="medium",
        draft=draft("new"),
        now=NOW,
        by_id=world.pakphum.pk,
    )
    refresh(now=LATER)
    assert {task.ended_how for task in tasks_of(asked.pk)} == {TaskEnd.NEW_VERSION}
    answered(made, world, upside_down(versions), now=LATER, place="late")
    refresh(now=LATER + EVERY)
    assert codes(asked) == set(), "answers to what is no longer asked open nothing"


def test_retiring_ends_the_tasks(world, versions, made):
    answered(made, world, upside_down(versions))
    refresh(now=NOW)
    retire_question(question=versions[0].question)
    refresh(now=LATER)
    assert {task.ended_how for task in tasks_of(versions[0].pk)} == {TaskEnd.RETIRED}


def test_a_correction_ends_the_tasks_and_none_comes_back(world, versions, made):
    answered(made, world, upside_down(versions))
    refresh(now=NOW)
    corrected(versions[0], world, Remedy.FULL_MARKS)
    made.attempts.update(is_collected=False)
    while collect(now=LATER):
        pass
    refresh(now=LATER)
    assert {task.ended_how for task in tasks_of(versions[0].pk)} == {TaskEnd.CORRECTED}


def test_what_new_answers_no_longer_show_is_gone(world, versions, made):
    answered(made, world, upside_down(versions))
    refresh(now=NOW)
    answered(made, world, upright(versions, 200), now=LATER, place="more")
    refresh(now=LATER)
    ended = ItemTask.objects.get(version=versions[0], code=Code.KEY_WRONG)
    assert (ended.ended_how, ended.ended_at, ended.ended_by) == (TaskEnd.GONE, LATER, None)


def test_what_was_dismissed_stays_away_unless_it_grows_graver(world, versions, made):
    answered(made, world, upside_down(versions))
    refresh(now=NOW)
    task = ItemTask.objects.get(version=versions[0], code=Code.KEY_WRONG)
    dismiss(task=task, by_id=world.pakphum.pk, note="  ตรวจกับ พ.ร.บ. แล้ว เฉลยถูก ", now=NOW)
    task.refresh_from_db()
    assert (task.ended_how, task.note, task.ended_by) == (
        TaskEnd.DISMISSED,
        "ตรวจกับ พ.ร.บ. แล้ว เฉลยถูก",
        world.pakphum,
    )

    answered(made, world, upside_down(versions), now=LATER, place="more")
    refresh(now=LATER)
    assert Code.KEY_WRONG not in codes(versions[0])

    ItemTask.objects.filter(pk=task.pk).update(severity=Severity.MEDIUM)
    ItemMeasure.objects.update(waiting_since=NOW)
    refresh(now=LATER + EVERY * 2)
    assert Code.KEY_WRONG in codes(versions[0]), "it was of medium gravity then, and is high now"


def test_dismissing_wants_a_reason_and_happens_once(world, versions, made):
    answered(made, world, upside_down(versions))
    refresh(now=NOW)
    task = ItemTask.objects.filter(version=versions[0]).first()
    for note in ("  ", "ก" * 301):
        with pytest.raises(InvalidInput) as refused:
            dismiss(task=task, by_id=world.pakphum.pk, note=note, now=NOW)
        assert refused.value.field == "note"
    dismiss(task=task, by_id=world.pakphum.pk, note="ดี", now=NOW)
    with pytest.raises(Conflict):
        dismiss(task=task, by_id=world.secretariat.pk, note="ไม่ดี", now=LATER)
    task.refresh_from_db()
    assert (task.note, task.ended_by) == ("ดี", world.pakphum)


def test_the_gravest_stand_first(world, versions, made):
    answered(made, world, upside_down(versions))
    refresh(now=NOW)
    page = open_tasks(start=0, size=3)
    ranks = ["high", "medium", "low"]
    assert page.total == open_count() > 3
    found = [ranks.index(task.severity) for task in open_tasks(start=0, size=100).tasks]
    assert found == sorted(found)
    assert page.tasks[0].code == Code.KEY_WRONG


def test_the_cost_does_not_depend_on_the_answers(world, versions, made):
    costs = []
    for place, people in (("a", 20), ("b", 120)):
        answered(made, world, upside_down(versions, people), place=place)
        ItemMeasure.objects.update(measured_at=None, waiting_since=NOW)
        ItemTask.objects.all().delete()
        with CaptureQueriesContext(connection) as caught:
            refresh(now=NOW)
        costs.append(len(caught))
    assert costs[0] == costs[1]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("workers", CROWDS)
def test_two_that_run_at_once_open_one_task(world, workers):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")
    versions = bank(5)
    answered(quiz(count=5), world, upside_down(versions))
    done = at_once(lambda _: sum(iter(lambda: refresh(now=NOW, limit=1), 0)), workers)
    assert not [one for one in done if isinstance(one, Exception)], done
    assert sum(done) == 5
    assert ItemTask.objects.filter(version=versions[0], code=Code.KEY_WRONG).count() == 1
