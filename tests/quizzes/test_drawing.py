"""Drawing from the bank: what can be filled is filled, unseen first, none twice, whatever pools overlap."""

import random
from dataclasses import dataclass
from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from quizzes.bank import quizzes_using
from quizzes.blueprints import draw_versions
from quizzes.drawing import Bucket, Pool, UnfilledError, fill, pools_from, shortlist
from quizzes.models import Question, Topic
from quizzes.services import Draw, save_question, save_quiz
from sucharit.kernel.errors import InvalidInput, Refused
from tests.conftest import NOW
from tests.quizzes.build import draft


@dataclass(frozen=True)
class Filed:
    """A question as the bank files it."""

    pk: int
    standard: int
    difficulty: str
    topics: frozenset[int] = frozenset()

    def fits(self, pool: Pool) -> bool:
        return (
            pool.standard in (None, self.standard)
            and (pool.topic_id is None or pool.topic_id in self.topics)
            and pool.difficulty in ("", self.difficulty)
        )


pools = st.builds(
    Pool,
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 7, 8]),
    st.sampled_from(["", "easy"]),
)
banks = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from(["easy", "hard"]), st.sets(st.sampled_from([7, 8]))),
    max_size=6,
).map(lambda rows: [Filed(pk, s, d, frozenset(t)) for pk, (s, d, t) in enumerate(rows)])
draws = st.lists(st.tuples(pools, st.integers(1, 2)), min_size=1, max_size=3)


def buckets(bank: list[Filed]) -> list[Bucket]:
    """As the database groups them."""
    found: dict[tuple, list[int]] = {}
    for one in bank:
        for topic in one.topics or {None}:
            found.setdefault((one.standard, one.difficulty, topic), []).append(one.pk)
    return [Bucket(*filed, pks) for filed, pks in found.items()]


def filled(asked, bank: list[Filed], times: dict[int, int], seed: int) -> list[list[int]]:
    pools = pools_from((pool for pool, _ in asked), buckets(bank))
    places = sum(count for _, count in asked)
    return fill(asked, shortlist(pools, places=places, times=times, shuffle=random.Random(seed)))


def can_be_filled(asked, bank) -> bool:
    """By trying every way: slow and plain."""
    places = [pool for pool, count in asked for _ in range(count)]
    return any(
        all(one.fits(pool) for one, pool in zip(order, places, strict=True))
        for order in permutations(bank, len(places))
    )


@given(draws, banks, st.dictionaries(st.integers(0, 5), st.integers(1, 3)), st.integers(0, 9))
def test_what_can_be_filled_is_filled_and_nothing_else(asked, bank, times, seed):
    try:
        found = filled(asked, bank, times, seed)
    except UnfilledError as lack:
        fault = lack
    else:
        fault = None
    if fault is not None:
        assert not can_be_filled(asked, bank)
        assert fault.holds == sum(one.fits(fault.pool) for one in bank)
        return
    by_pk = {one.pk: one for one in bank}
    taken = [pk for group in found for pk in group]
    assert len(set(taken)) == len(taken)
    for (pool, count), group in zip(asked, found, strict=True):
        assert len(group) == count
        assert all(by_pk[pk].fits(pool) for pk in group)


@given(st.sets(st.integers(0, 9)), st.integers(1, 4), st.integers(0, 99))
def test_of_one_pool_nothing_is_met_again_while_anything_was_not(met, count, seed):
    bank = [Filed(pk, 1, "easy") for pk in range(10)]
    [group] = filled([(Pool(1), count)], bank, dict.fromkeys(met, 1), seed)
    again = [pk for pk in group if pk in met]
    assert len(again) == max(0, count - (10 - len(met)))


def test_what_was_met_least_often_is_met_again_first():
    bank = [Filed(pk, 1, "easy") for pk in range(3)]
    assert filled([(Pool(1), 1)], bank, {0: 2, 1: 1, 2: 3}, 1) == [[1]]


def test_every_question_of_a_pool_has_its_turn():
    bank = [Filed(pk, 1, "easy") for pk in range(10)]
    taken = {pk for seed in range(60) for [pk] in filled([(Pool(1), 1)], bank, {}, seed)}
    assert taken == set(range(10))


def test_a_wide_pool_gives_way_to_a_narrow_one():
    bank = [Filed(1, 1, "easy", frozenset({7})), Filed(2, 1, "easy")]
    for seed in range(9):
        assert filled([(Pool(1), 1), (Pool(1, 7), 1)], bank, {}, seed) == [[2], [1]]


def drawn(test, seen: list[int], seed: int) -> list:
    """One draw; `seen` are versions met before, as attempts of before pins named the question hold them."""
    return list(draw_versions(list(test.draws.all()), [{"v": pk} for pk in seen], random.Random(seed)))


def filed(code: str, *topics: str, standard: int = 1, difficulty: str = "medium") -> Question:
    return save_question(
        code=code, standard=standard, draft=draft(code), topics=topics, difficulty=difficulty, now=NOW
    ).question


@pytest.mark.django_db
def test_a_draw_by_topic_and_difficulty_takes_only_those():
    for number in range(4):
        filed(f"A-{number}", "ของขวัญ", difficulty="hard" if number < 2 else "easy")
        filed(f"B-{number}", "ความเป็นกลาง")
    test = save_quiz(
        code="T",
        title="ท",
        draws=[Draw(topic="ของขวัญ", difficulty="hard", count=2), Draw(topic="ความเป็นกลาง")],
    )
    for seed in range(5):
        codes = sorted(v.question.code for v in drawn(test, [], seed))
        assert codes[:2] == ["A-0", "A-1"]
        assert codes[2].startswith("B-")


@pytest.mark.django_db
def test_unseen_first_then_least_used():
    for number in range(4):
        filed(f"A-{number}", "ของขวัญ")
    test = save_quiz(code="T", title="ท", draws=[Draw(topic="ของขวัญ", count=2)])
    seen = [v.pk for v in drawn(test, [], 1)]
    second = [v.pk for v in drawn(test, seen, 2)]
    assert not set(seen) & set(second)
    pinned = [{"v": v.pk, "q": v.question_id} for v in drawn(test, [], 4)]
    by_name = [v.pk for v in draw_versions(list(test.draws.all()), pinned, random.Random(5))]
    assert not {item["v"] for item in pinned} & set(by_name), "pins that name the question say the same"
    third = [v.pk for v in drawn(test, [*seen, *second, *seen], 3)]
    assert set(third) == set(second)


@pytest.mark.django_db
def test_a_pool_that_lacks_is_named_with_its_topic():
    filed("A-1", "ของขวัญ")
    with pytest.raises(Refused, match="หัวข้อ “ของขวัญ” ระดับยาก จำนวน 1 ข้อ แต่ในคลังมี 0 ข้อ"):
        save_quiz(code="T", title="ท", draws=[Draw(topic="ของขวัญ", difficulty="hard")])
    with pytest.raises(Refused, match="บางข้อใช้ไปกับแถวอื่นแล้ว"):
        save_quiz(code="T", title="ท", draws=[Draw(topic="ของขวัญ"), Draw(standard=1)])
    with pytest.raises(InvalidInput, match="ไม่พบหัวข้อ “ไม่มี”"):
        save_quiz(code="T", title="ท", draws=[Draw(topic="ไม่มี")])


@pytest.mark.django_db
def test_where_a_question_may_be_asked():
    one = filed("A-1", "ของขวัญ", difficulty="hard")
    filed("A-2", "ของขวัญ")
    filed("B-1", "อื่น")
    save_quiz(code="BY-TOPIC", title="ท", draws=[Draw(topic="ของขวัญ")])
    save_quiz(code="BY-LEVEL", title="ท", draws=[Draw(topic="ของขวัญ", difficulty="medium")])
    save_quiz(code="OTHER", title="ท", draws=[Draw(topic="อื่น")])
    save_quiz(code="FIXED", title="ท", draws=[Draw(question_code="A-1")])
    assert [(quiz.code, fixed) for quiz, fixed in quizzes_using(one)] == [
        ("BY-TOPIC", False),
        ("FIXED", True),
    ]


@pytest.mark.django_db
def test_a_topic_is_one_however_it_is_typed():
    filed("A-1", "ของขวัญ ", " ของขวัญ", "")
    filed("A-2", "ของขวัญ")
    assert [topic.name for topic in Topic.objects.all()] == ["ของขวัญ"]
    assert save_question(code="A-2", standard=1, draft=draft("A-2"), now=NOW).question.topics.count() == 1


@pytest.mark.django_db
def test_the_cost_of_a_draw_does_not_grow_with_the_bank():
    costs = []
    for size in (4, 40):
        for number in range(size):
            filed(f"Q{size}-{number}", "ของขวัญ")
        test = save_quiz(code="T", title="ท", draws=[Draw(topic="ของขวัญ", count=3)])
        with CaptureQueriesContext(connection) as sent:
            drawn(test, [], 1)
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 3
