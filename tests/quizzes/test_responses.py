"""Collecting answers: every kind, corrections, repetition, a kill in the middle, and two at once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes import responses
from quizzes.enums import Kind, Remedy
from quizzes.models import Attempt, ItemMeasure, KeyCorrection, Response
from quizzes.responses import collect, plausible
from quizzes.services import save_question
from tests.conftest import NOW
from tests.quizzes.build import bank, quiz
from tests.quizzes.samples import DRAFTS
from tests.quizzes.sittings import right, sit, wrong
from tests.quizzes.test_races import CROWDS, at_once

LATER = NOW + timedelta(days=1)


def rows():
    fields = ("attempt_id", "version_id", "points", "said", "seconds", "rest", "others")
    return sorted(Response.objects.values_list(*fields))


def corrected(version, world, remedy, key=()):
    return KeyCorrection.objects.create(
        version=version,
        remedy=remedy,
        key=list(key),
        reason="เหตุผล",
        state="applied",
        proposed_by=world.pakphum,
        proposed_at=NOW,
        decided_by=world.secretariat,
        decided_at=NOW,
    )


@pytest.mark.django_db
def test_one_row_for_each_scored_answer(world):
    one, two, three = bank(3)
    made = quiz()
    paper = {one: right(one), two: wrong(two), three: []}
    seconds = {str(one.pk): 12, str(two.pk): 3000}
    (attempt,) = sit(made, world.somsri, [paper], seconds=seconds)
    assert collect(now=NOW) == 1
    assert rows() == sorted(
        [
            (attempt.pk, one.pk, 1, right(one)[0], 12, 0, 2),
            (attempt.pk, two.pk, 0, wrong(two)[0], None, 1, 2),
            (attempt.pk, three.pk, 0, "", None, 1, 2),
        ]
    )
    assert collect(now=NOW) == 0


@pytest.mark.django_db
def test_each_kind_keeps_what_may_be_kept(world):
    versions = {
        kind: save_question(code=kind, standard=1, draft=draft, now=NOW) for kind, draft in DRAFTS.items()
    }
    pair = [f"{row['id']}=1" for row in versions[Kind.ORDERING].choices[:1]]
    said = {
        Kind.MULTIPLE: sorted(right(versions[Kind.MULTIPLE])),
        Kind.ORDERING: pair,
        Kind.SHORT_TEXT: ["ศูนย์อะไรสักอย่างที่ ก.พ. ตั้ง"],
        Kind.LIKERT: [versions[Kind.LIKERT].choices[0]["id"]],
    }
    sit(quiz("K", count=1), world.somsri, [{v: said.get(kind, []) for kind, v in versions.items()}])
    collect(now=NOW)
    found = {row.version.kind: row for row in Response.objects.select_related("version")}
    assert set(found) == set(Kind) - {Kind.LIKERT}, "answers of opinion are not kept here"
    assert found[Kind.MULTIPLE].said == ",".join(said[Kind.MULTIPLE])
    assert (found[Kind.ORDERING].said, found[Kind.ORDERING].points) == (pair[0], Decimal("0.3333"))
    assert (found[Kind.SHORT_TEXT].said, found[Kind.SHORT_TEXT].points) == ("", Decimal("0.5"))
    assert found[Kind.SHORT_TEXT].rest == pytest.approx(1.3333)
    assert {row.others for row in found.values()} == {8}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("remedy", "points"),
    [
        (Remedy.NEW_KEY, [0, 1]),
        (Remedy.ACCEPT_BOTH, [1, 1]),
        (Remedy.FULL_MARKS, [1, 1]),
        (Remedy.VOID, [None, None]),
    ],
)
def test_points_are_those_of_the_correction_in_force(world, remedy, points):
    asked, other = bank(2)
    sit(quiz(count=2), world.somsri, [{asked: right(asked), other: []}, {asked: wrong(asked), other: []}])
    key = [{**row, "correct": row["id"] == wrong(asked)[0]} for row in asked.choices]
    has_key = remedy in {Remedy.NEW_KEY, Remedy.ACCEPT_BOTH}
    corrected(asked, world, remedy, key if has_key else ())
    collect(now=NOW)
    found = list(Response.objects.filter(version=asked).order_by("attempt").values_list("points", flat=True))
    assert found == points
    others = set(Response.objects.filter(version=other).values_list("others", flat=True))
    assert others == {0 if remedy == Remedy.VOID else 1}, "what was taken out is no part of anybody's rest"


@pytest.mark.django_db
def test_collecting_again_remakes_what_stood_there(world):
    versions = bank(3)
    attempts = sit(quiz(), world.somsri, [{v: right(v) for v in versions}] * 2)
    collect(now=NOW)
    before = rows()
    Attempt.objects.update(is_collected=False)
    collect(now=LATER)
    assert rows() == before

    corrected(versions[0], world, Remedy.VOID)
    Attempt.objects.filter(pk=attempts[0].pk).update(is_collected=False)
    collect(now=LATER)
    assert list(
        Response.objects.filter(attempt=attempts[0]).order_by("version").values_list("points", "others")
    ) == [
        (None, 2),
        (1, 1),
        (1, 1),
    ]


@pytest.mark.django_db
def test_open_attempts_are_left_alone(world):
    versions = bank(1)
    sit(quiz(count=1), world.somsri, [{versions[0]: []}])
    Attempt.objects.update(state="open", score=None, passed=None, submitted_at=None)
    assert collect(now=NOW) == 0


@pytest.mark.django_db
def test_versions_wait_to_be_measured_from_the_first_new_answer(world):
    versions = bank(2)
    paper = {v: right(v) for v in versions}
    made = quiz(count=2)
    sit(made, world.somsri, [paper])
    collect(now=NOW)
    sit(made, world.somsri, [paper], place="later")
    collect(now=LATER)
    assert set(ItemMeasure.objects.values_list("waiting_since", flat=True)) == {NOW}
    ItemMeasure.objects.update(waiting_since=None, measured_at=NOW)
    sit(made, world.somsri, [paper], place="latest")
    collect(now=LATER)
    assert set(ItemMeasure.objects.values_list("waiting_since", "measured_at")) == {(LATER, NOW)}


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [
        (0, 0),
        (12.4, 12),
        (1800, 1800),
        (1800.2, None),
        (-1, None),
        ("9", None),
        (None, None),
        (True, None),
        (float("nan"), None),
    ],
)
def test_only_plausible_times_are_kept(seconds, kept):
    assert plausible(seconds) == kept


@pytest.mark.django_db
def test_the_cost_of_a_batch_does_not_depend_on_its_attempts(world):
    versions = bank(4)
    made = quiz(count=4)
    costs = set()
    for people in (5, 60):
        sit(made, world.somsri, [{v: right(v) for v in versions}] * people, place=f"p{people}")
        with CaptureQueriesContext(connection) as caught:
            assert collect(now=NOW, limit=people) == people
        costs.add(
            sum("INSERT INTO" not in query["sql"] or "_response" not in query["sql"] for query in caught)
        )
    assert len(costs) == 1
    # Rows are written in as few statements as the database takes, which is not for us to say.
    assert costs.pop() <= 11


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_kill_leaves_nothing_half_done_and_the_next_goes_on(world, monkeypatch):
    versions = bank(3)
    sit(quiz(), world.somsri, [{v: right(v) for v in versions}] * 5)
    collect(now=NOW, limit=2)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(responses, "_call_for_measures", killed)
        with pytest.raises(KeyboardInterrupt):
            collect(now=NOW, limit=2)
    assert Response.objects.count() == 6
    assert Attempt.objects.filter(is_collected=True).count() == 2
    assert [collect(now=NOW, limit=2) for _ in range(3)] == [2, 1, 0]
    assert Response.objects.count() == 15


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("workers", CROWDS)
def test_two_that_run_at_once_share_the_work(world, workers):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")
    versions = bank(6)
    sit(quiz(count=6), world.somsri, [{v: right(v) for v in versions}] * 120)
    done = at_once(lambda _: sum(iter(lambda: collect(now=NOW, limit=10), 0)), workers)
    assert not [one for one in done if isinstance(one, Exception)], done
    assert sum(done) == 120
    assert Response.objects.count() == 720
    assert not Attempt.objects.filter(is_collected=False).exists()
    assert ItemMeasure.objects.count() == 6
