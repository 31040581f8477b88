"""Grading is a pure function of key and answers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.enums import Kind, Scoring
from quizzes.grading import KeyedItem, grade
from quizzes.kinds import Asked

OPTIONS = "abcdef"


def keyed(version: int, right, *, kind=Kind.MULTIPLE, scoring=Scoring.EXACT) -> KeyedItem:
    """A question of six options, those of `right` being right."""
    return KeyedItem(version, Asked(kind, [{"id": one, "correct": one in right} for one in OPTIONS], scoring))


def right_of(item: KeyedItem) -> list[str]:
    return [row["id"] for row in item.asked.choices if row["correct"]]


keys = st.lists(st.sets(st.sampled_from(OPTIONS), min_size=1).map(frozenset), min_size=1, max_size=12).map(
    lambda rights: [keyed(place, right) for place, right in enumerate(rights)]
)
answered = st.dictionaries(st.integers(0, 14), st.lists(st.sampled_from(OPTIONS + "xyz"), max_size=6))


@given(keys, st.randoms())
def test_the_key_itself_earns_everything_in_any_order(items, chance):
    answers = {item.version_id: chance.sample(right_of(item), len(right_of(item))) for item in items}
    result = grade(items, answers, pass_percent=100)
    assert result.points == (1,) * len(items)
    assert result.passed


@given(keys, answered, st.randoms())
def test_the_order_of_questions_and_of_chosen_options_changes_nothing(items, answers, chance):
    once = grade(items, answers, pass_percent=60)
    mixed = chance.sample(items, len(items))
    shuffled = {key: chance.sample(chosen, len(chosen)) for key, chosen in answers.items()}
    again = grade(mixed, shuffled, pass_percent=60)
    assert (again.score, again.max_score, again.passed) == (once.score, once.max_score, once.passed)
    assert dict(zip([i.version_id for i in mixed], again.points, strict=True)) == dict(
        zip([i.version_id for i in items], once.points, strict=True)
    )


@given(keys, answered)
def test_only_the_exact_set_earns_the_point(items, answers):
    points = grade(items, answers, pass_percent=60).points
    for item, point in zip(items, points, strict=True):
        assert point == int(set(answers.get(item.version_id, ())) & set(OPTIONS) == set(right_of(item)))


@given(keys, answered)
def test_answers_to_questions_that_were_not_asked_earn_nothing(items, answers):
    asked = {item.version_id for item in items}
    trimmed = {key: chosen for key, chosen in answers.items() if key in asked}
    assert grade(items, answers, pass_percent=60) == grade(items, trimmed, pass_percent=60)


@given(keys)
def test_nothing_answered_earns_nothing(items):
    assert grade(items, {}, pass_percent=60).score == 0
    assert grade(items, {item.version_id: [] for item in items}, pass_percent=60).score == 0


@given(keys)
def test_an_option_that_was_never_offered_counts_as_not_said(items):
    answers = {item.version_id: [*right_of(item), "zz"] for item in items}
    assert grade(items, answers, pass_percent=60).score == len(items)


def test_a_question_without_a_key_cannot_be_earned_by_silence():
    assert grade([keyed(1, ())], {}, pass_percent=0).points == (0,)


@pytest.mark.parametrize(
    ("percent", "asked", "needed"),
    [(60, 7, 5), (60, 5, 3), (60, 10, 6), (80, 7, 6), (100, 3, 3), (1, 3, 1), (50, 7, 4), (70, 10, 7)],
)
def test_the_pass_mark_is_compared_in_whole_numbers(percent, asked, needed):
    items = [keyed(place, "a") for place in range(asked)]

    def passed(right):
        return grade(items, {place: ["a"] for place in range(right)}, pass_percent=percent).passed

    assert passed(needed)
    assert not passed(needed - 1)


@given(st.integers(0, 100), st.integers(0, 40))
def test_an_empty_paper_passes_nothing_whatever_the_mark(percent, asked):
    items = [keyed(place, "a") for place in range(asked)]
    assert not grade(items, {}, pass_percent=percent).passed


@given(st.integers(0, 100), st.integers(1, 40))
def test_one_more_right_answer_never_takes_a_pass_away(percent, asked):
    items = [keyed(place, "a") for place in range(asked)]
    passes = [
        grade(items, {place: ["a"] for place in range(right)}, pass_percent=percent).passed
        for right in range(asked + 1)
    ]
    assert all(later or not earlier for earlier, later in pairwise(passes))
    assert passes[-1]
