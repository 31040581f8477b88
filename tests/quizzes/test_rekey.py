"""A question with another key: for every kind, the answer given as right earns the whole point and nothing else is touched."""

from dataclasses import replace
from fractions import Fraction

import pytest

from quizzes.drafts import QuestionDraft
from quizzes.enums import Kind
from quizzes.kinds import Asked, points, row_ids, target_ids
from quizzes.rekey import key_answer, rekeyed
from quizzes.versions import stored_rows
from sucharit.kernel.errors import InvalidInput
from tests.quizzes.samples import DRAFTS

SCORED = [kind for kind in Kind if kind is not Kind.LIKERT]


def asked(draft: QuestionDraft) -> Asked:
    return Asked(draft.kind, stored_rows(draft), draft.scoring, tuple(draft.scale))


def other(question: Asked) -> list[str]:
    """A whole answer that is not the key."""
    key = key_answer(question)
    if question.kind in {Kind.SINGLE, Kind.TRUE_FALSE, Kind.MULTIPLE}:
        return [one for one in row_ids(question) if one not in key][:1]
    if question.kind == Kind.SHORT_TEXT:
        return ["สำนักงาน ป.ป.ช."]
    if question.kind == Kind.NUMERIC:
        return ["9000"]
    rows, targets = row_ids(question), target_ids(question)
    return [f"{row}={targets[(place + 1) % len(targets)]}" for place, row in enumerate(rows)]


@pytest.mark.parametrize("kind", SCORED)
def test_the_key_of_a_question_earns_its_point(kind):
    question = asked(DRAFTS[kind])
    assert points(question, key_answer(question)) == 1


@pytest.mark.parametrize("kind", SCORED)
def test_what_is_given_as_right_becomes_the_key(kind):
    question = asked(DRAFTS[kind])
    for right in (other(question), key_answer(question)):
        corrected = replace(question, choices=rekeyed(question, right))
        assert points(corrected, right) == 1, right
        assert sorted(row_ids(corrected)) == sorted(row_ids(question))
        assert sorted(target_ids(corrected)) == sorted(target_ids(question)), "the same things are offered"


@pytest.mark.parametrize("kind", SCORED)
def test_the_old_key_no_longer_earns_everything(kind):
    question = asked(DRAFTS[kind])
    right = other(question)
    if right == key_answer(question):
        pytest.skip("the rotation of this sample is its key")
    corrected = replace(question, choices=rekeyed(question, right))
    assert points(corrected, key_answer(question)) < Fraction(1)


@pytest.mark.parametrize("kind", SCORED)
def test_half_an_answer_is_no_key(kind):
    question = asked(DRAFTS[kind])
    with pytest.raises(InvalidInput):
        rekeyed(question, [])
    if kind in {Kind.MATCHING, Kind.ORDERING, Kind.GAPS, Kind.JUDGEMENT}:
        with pytest.raises(InvalidInput, match="ครบทุกแถว"):
            rekeyed(question, key_answer(question)[:1])


@pytest.mark.parametrize("kind", [Kind.ORDERING, Kind.GAPS])
def test_one_place_is_not_given_twice(kind):
    question = asked(DRAFTS[kind])
    target = target_ids(question)[0]
    with pytest.raises(InvalidInput, match="เดียว"):
        rekeyed(question, [f"{row}={target}" for row in row_ids(question)])


def test_an_opinion_has_no_key():
    question = asked(DRAFTS[Kind.LIKERT])
    with pytest.raises(InvalidInput):
        rekeyed(question, row_ids(question)[:1])


@pytest.mark.parametrize(
    ("kind", "text"),
    [(Kind.NUMERIC, "12 ปี"), (Kind.SHORT_TEXT, "*"), (Kind.SHORT_TEXT, "*" * 40 + "ก")],
)
def test_a_typed_key_is_one_that_somebody_can_meet_and_not_everybody(kind, text):
    with pytest.raises(InvalidInput):
        rekeyed(asked(DRAFTS[kind]), [text])
