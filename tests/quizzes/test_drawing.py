"""Drawing from the bank: what can be filled is filled, unseen first, none twice, whatever pools overlap."""

import random
from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from quizzes.bank import quizzes_using
from quizzes.blueprints import draw_versions
from quizzes.drawing import Candidate, Pool, UnfilledError, fill
from quizzes.models import Question, Topic
from quizzes.services import Draw, save_question, save_quiz
from sucharit.kernel.errors import InvalidInput, Refused
from tests.conftest import NOW
from tests.quizzes.build import draft

pools = st.builds(
    Pool,
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 7, 8]),
    st.sampled_from(["", "easy"]),
)
candidates = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from(["easy", "hard"]), st.sets(st.sampled_from([7, 8]))),
    max_size=6,
).map(lambda rows: [Candidate(pk, s, d, frozenset(t)) for pk, (s, d, t) in enumerate(rows)])
draws = st.lists(st.tuples(pools, st.integers(1, 2)), min_size=1, max_size=3)


def can_be_filled(asked, bank) -> bool:
    """By trying every way: slow and plain."""
    places = [pool for pool, count in asked for _ in range(count)]
    return any(
        all(one.fits(pool) for one, pool in zip(order, places, strict=True))
        for order in permutations(bank, len(places))
    )


@given(draws, candidates)
def test_what_can_be_filled_is_filled_and_nothing_else(asked, bank):
    try:
        found = fill(asked, bank, rank=lambda one: (one.pk, 0))
    except UnfilledError:
        assert not can_be_filled(asked, bank)
        return
    by_pk = {one.pk: one for one in bank}
    taken = [pk for group in found for pk in group]
    assert len(set(taken)) == len(taken)
    for (pool, count), group in zip(asked, found, strict=True):
        assert len(group) == count
        assert all(by_pk[pk].fits(pool) for pk in group)


def test_the_best_ranked_are_taken_first():
    bank = [Candidate(pk, 1, "easy") for pk in range(10)]
    assert fill([(Pool(1), 3)], bank, rank=lambda one: (one.pk % 5, one.pk)) == [[0, 5, 1]]


def test_a_wide_pool_gives_way_to_a_narrow_one():
    bank = [Candidate(1, 1, "easy", frozenset({7})), Candidate(2, 1, "easy")]
    found = fill([(Pool(1), 1), (Pool(1, 7), 1)], bank, rank=lambda one: (one.pk, 0))
    assert found == [[2], [1]]


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
