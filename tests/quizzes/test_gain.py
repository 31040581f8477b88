"""Sums of pairs: what the database adds up is what a slow reading of every history gives."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes.gain import PairPlace, added, pair_sums
from quizzes.models import Attempt, Quiz
from quizzes.psychometrics import GainSums, learning_gain
from sucharit.kernel.thai_calendar import FiscalYear, local_date, midnight
from sucharit.officers import places
from sucharit.officers.models import Officer, Posting
from tests.conftest import NOW, enter
from tests.quizzes.gain_build import sat
from tests.records.build import transfer

pytestmark = pytest.mark.django_db

YEAR = FiscalYear(2570)
SINCE, UNTIL = midnight(YEAR.start), midnight(YEAR.next.start)
HERE = PairPlace("course:A:pre", "course:A:post")
THERE = PairPlace("course:B:pre", "course:B:post")
PRE, POST = HERE.pre, HERE.post


def day(n: float) -> datetime:
    """An instant so many days after the year began."""
    return SINCE + timedelta(days=n)


@pytest.fixture
def asked(db):
    return Quiz.objects.create(code="G", title="แบบทดสอบ")


def only(found) -> GainSums:
    (group,) = found
    return group.sums


def test_a_worked_example(world, asked):
    """By hand: 4/10 to 8/10 and 5/10 to 6/10; one is full already, one never came back."""
    a, b, c, d = world.somsri.pk, world.daruni.pk, world.thawat.pk, world.anan.pk
    sat(
        asked,
        [
            (a, PRE, day(1), 4, 10, "1"),
            (a, POST, day(2), 8, 10, "1"),
            (b, PRE, day(1), 10, 20, "1"),
            (b, POST, day(3), 6, 10, "1"),
            (c, PRE, day(1), 10, 10, "1"),
            (c, POST, day(2), 9, 10, "1"),
            (d, PRE, day(1), 1, 10, "1"),
        ],
    )
    found = only(pair_sums([HERE], since=SINCE, until=UNTIL))
    assert (found.n, found.below_full, found.pre_only) == (3, 2, 1)
    assert found.pre == pytest.approx(1.9)
    assert found.post == pytest.approx(2.3)
    assert found.changes_squared == pytest.approx(0.16 + 0.01 + 0.01)
    assert found.gains == pytest.approx(0.4 / 0.6 + 0.1 / 0.5)


@pytest.mark.parametrize(
    ("sittings", "expected"),
    [
        # A later try knows the questions: it counts neither as before nor as after.
        ([(PRE, 1, 2), (PRE, 2, 9), (POST, 3, 5), (POST, 4, 10)], (1, 0.2, 0.5, 0)),
        # A test after that was handed in before the first one is no second half; the next one is.
        ([(POST, 1, 9), (PRE, 2, 3), (POST, 3, 6)], (1, 0.3, 0.6, 0)),
        ([(POST, 1, 9), (PRE, 2, 3)], (0, 0, 0, 1)),
        ([(POST, 1, 9)], None),
        # Handed in at the same instant is not after.
        ([(PRE, 1, 3), (POST, 1, 6)], (0, 0, 0, 1)),
        # The year before and the year after are other pairs.
        ([(PRE, -1, 3), (POST, 1, 6)], None),
        ([(PRE, 1, 3), (POST, 365, 6)], (0, 0, 0, 1)),
        ([(PRE, -1, 3), (PRE, 0, 4), (POST, 364.99, 6)], (1, 0.4, 0.6, 0)),
    ],
)
def test_which_two_make_the_pair(world, asked, sittings, expected):
    who = world.somsri.pk
    sat(asked, [(who, context, day(n), score, 10, "1") for context, n, score in sittings])
    found = pair_sums([HERE], since=SINCE, until=UNTIL)
    if expected is None:
        assert not found
        return
    sums = only(found)
    assert (sums.n, sums.pre_only) == (expected[0], expected[3])
    assert (sums.pre, sums.post) == pytest.approx(expected[1:3])


def test_an_open_attempt_is_no_half(world, asked):
    who = world.somsri.pk
    sat(asked, [(who, PRE, day(1), 3, 10, "1")])
    Attempt.objects.create(
        quiz=asked, officer_id=who, context=POST, number=1, pass_percent=60, started_at=day(2), max_score=10
    )
    assert only(pair_sums([HERE], since=SINCE, until=UNTIL)).pre_only == 1


def test_edition_step_and_label_are_those_of_the_test_after(world, asked):
    """At half past eleven in the evening it is the same day in Bangkok, and the month is that of the test after."""
    who, stays = world.somsri.pk, world.daruni.pk
    moved = date(2026, 11, 10)
    transfer(world.somsri, world.treasury, on=moved)
    last_evening = midnight(moved) - timedelta(minutes=30)
    sat(
        asked,
        [
            (who, PRE, day(5), 3, 10, "1"),
            (who, POST, last_evening, 6, 10, "2"),
            (stays, PRE, day(40), 3, 10, "1"),
        ],
    )
    november, december = midnight(date(2026, 11, 1)), midnight(date(2026, 12, 1))
    found = pair_sums(
        [HERE],
        since=SINCE,
        until=UNTIL,
        by_edition=True,
        steps=(november, december),
        spans=places.spans_by_agency(),
    )
    assert [(one.edition, one.step, one.label, one.sums.n) for one in found] == [
        ("1", 1, world.division.path, 0),
        ("2", 1, world.province.path, 1),
    ]


def test_after_the_move_the_new_agency_counts(world, asked):
    moved = date(2026, 11, 10)
    transfer(world.somsri, world.treasury, on=moved)
    sat(
        asked,
        [(world.somsri.pk, PRE, day(5), 3, 10, "1"), (world.somsri.pk, POST, midnight(moved), 6, 10, "1")],
    )
    (found,) = pair_sums([HERE], since=SINCE, until=UNTIL, spans=places.spans_by_agency())
    assert found.label == world.treasury.path


# --- every history ----------------------------------------------------------------------------------------------------


def slowly(rows, place, *, edition, steps, postings):
    """The same, one person after another, as the rule is told."""
    groups: dict[tuple, tuple[list, list, int]] = {}
    for who in {row[0] for row in rows}:
        mine = sorted((r for r in rows if r[0] == who and SINCE <= r[2] < UNTIL), key=lambda r: r[2])
        before = next((r for r in mine if r[1] == place.pre), None)
        if before is None:
            continue
        after = next((r for r in mine if r[1] == place.post and r[2] > before[2]), None)
        last = after or before
        held = [p for p in postings if p.officer_id == who and p.covers(local_date(last[2]))]
        path = max(held, key=lambda p: (p.starts_on, p.pk)).agency.path if held else None
        key = (
            last[5] if edition else "",
            sum(last[2] >= step for step in steps),
            path,
        )
        pre, post, alone = groups.setdefault(key, ([], [], 0))
        if after is None:
            groups[key] = (pre, post, alone + 1)
        else:
            pre.append(before[3] / before[4])
            post.append(after[3] / after[4])
    return {key: GainSums.of(pre, post, pre_only=alone) for key, (pre, post, alone) in groups.items()}


def same(a: GainSums, b: GainSums) -> bool:
    counts = (a.n, a.below_full, a.pre_only) == (b.n, b.below_full, b.pre_only)
    sums = [(a.pre, b.pre), (a.post, b.post), (a.changes_squared, b.changes_squared), (a.gains, b.gains)]
    return counts and all(x == pytest.approx(y, abs=1e-9) for x, y in sums)


@pytest.mark.parametrize("seed", range(6))
def test_the_database_adds_up_what_a_slow_reading_does(world, asked, seed):
    """Random histories: many tries, none before, before after after, other years, transfers, gaps between postings."""
    chance = random.Random(seed)
    units = [world.division, world.province, world.treasury, world.community]
    people = [enter("ก", str(n), chance.choice(units)) for n in range(25)]
    for person in chance.sample(people, 12):
        on = date(2026, 10, 1) + timedelta(days=chance.randrange(1, 300))
        transfer(
            person, chance.choice([u for u in units if u.pk != person.postings.first().agency_id]), on=on
        )
    for person in chance.sample(people, 4):  # people whose posting ends: no agency on some days
        Posting.objects.filter(officer=person, ends_on__isnull=True).update(ends_on=date(2027, 8, 1))
    contexts = [PRE, POST, THERE.pre, THERE.post]
    rows, taken = [], set()
    for person in people:
        for _ in range(chance.randrange(0, 9)):
            at = SINCE + timedelta(minutes=chance.randrange(-200_000, 700_000))
            if at in taken:
                continue
            taken.add(at)
            full = chance.choice([5, 10])
            rows.append(
                (person.pk, chance.choice(contexts), at, chance.randint(0, full), full, chance.choice("123"))
            )
    sat(asked, rows)
    steps = [midnight(date(2026, 12, 1)), midnight(date(2027, 3, 1))]
    postings = list(Posting.objects.select_related("agency"))
    for edition, cut in ((False, []), (True, steps)):
        found = pair_sums(
            [HERE, THERE],
            since=SINCE,
            until=UNTIL,
            by_edition=edition,
            steps=cut,
            spans=places.spans_by_agency(),
        )
        for number, place in enumerate((HERE, THERE)):
            expected = slowly(rows, place, edition=edition, steps=cut, postings=postings)
            got = {(g.edition, g.step, g.label): g.sums for g in found if g.place == number}
            assert got.keys() == expected.keys()
            assert all(same(got[key], expected[key]) for key in got)
            assert same(added(list(got.values())), added(list(expected.values())))
    assert any(g.sums.n for g in found)
    assert any(g.sums.pre_only for g in found)


def test_one_query_for_twenty_and_four_hundred(world, asked):
    for size in (20, 380):
        people = [enter("ข", f"{size}-{n}", world.province).pk for n in range(size)]
        sat(
            asked,
            [row for pk in people for row in ((pk, PRE, day(1), 4, 10, "1"), (pk, POST, day(2), 8, 10, "1"))],
        )
        with CaptureQueriesContext(connection) as seen:
            found = pair_sums([HERE], since=SINCE, until=UNTIL, spans=places.spans_by_agency())
        assert len(seen) == 1
    assert only(found).n == Officer.objects.filter(first_name="ข").count() == 400
    assert learning_gain(only(found)).mean_post == pytest.approx(0.8)


def test_the_query_reads_the_index_and_not_the_answers(asked, is_postgresql):
    """On SQLite the plan names the covering index; PostgreSQL chooses by size, so there it is only asked to exist."""
    with CaptureQueriesContext(connection) as seen:
        pair_sums([HERE], since=SINCE, until=UNTIL)
    with connection.cursor() as cursor:
        if is_postgresql:
            names = connection.introspection.get_constraints(cursor, Attempt._meta.db_table)
            assert names["results_in_a_place"]["index"]
            return
        cursor.execute("EXPLAIN QUERY PLAN " + seen[0]["sql"])
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "results_in_a_place" in plan


def test_no_place_is_no_question(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert pair_sums([], since=SINCE, until=UNTIL) == []


def test_the_tests_stand_in_this_year():
    assert SINCE <= NOW < UNTIL
    assert NOW.tzinfo is UTC
