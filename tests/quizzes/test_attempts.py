"""Attempts: used up when they start, resumable anywhere, graded once, by the server's clock (E5, E9, E11)."""

import dataclasses
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict

from quizzes import selectors, services
from quizzes.enums import Kind
from quizzes.forms import answers_from
from quizzes.models import Attempt, QuestionVersion
from quizzes.services import Draw, save_quiz
from sucharit.kernel.errors import Refused
from tests.conftest import NOW
from tests.quizzes.build import (
    RIGHT_CANARY,
    WRONG_CANARY,
    bank,
    draft,
    question,
    quiz,
    right_answers,
    wrong_answers,
)

pytestmark = pytest.mark.django_db
PLACE = "course:ETH-1:post"


def start(test, officer, *, now=NOW, place=PLACE):
    return services.start_attempt(
        quiz=test, officer_id=officer.pk, context=place, context_version="1", now=now
    )


def hand_in(attempt, answers, *, now=NOW):
    return services.submit_attempt(attempt=attempt, answers=answers, now=now)


def test_an_attempt_is_used_up_when_it_starts(world):
    bank(4)
    test = quiz(max_attempts=1)
    start(test, world.somsri)
    assert selectors.attempts_in(world.somsri.pk, [PLACE])[PLACE][0].number == 1
    hand_in(Attempt.objects.get(), {})
    with pytest.raises(Refused, match="ครบ 1 ครั้ง"):
        start(test, world.somsri)


def test_the_ids_in_the_page_do_not_tell_the_author_s_order():
    firsts = {question(f"Q-{number}").choices[0]["id"] for number in range(12)}
    assert len(firsts) > 1


def test_a_pass_mark_of_nothing_is_no_pass_mark():
    with pytest.raises(IntegrityError), transaction.atomic():
        quiz(pass_percent=0)


def test_a_second_device_resumes_the_same_attempt(world):
    bank(8)
    test = quiz(time_limit_minutes=20)
    first = start(test, world.somsri)
    answer = dict([next(iter(right_answers(first).items()))])
    assert services.save_answers(attempt=first, answers=answer, now=NOW)
    second = start(test, world.somsri, now=NOW + timedelta(minutes=5))
    assert second.pk == first.pk
    assert second.deadline_at == NOW + timedelta(minutes=20)
    assert sum(item.is_answered for item in selectors.paper(second)) == 1


def test_people_and_places_do_not_share_attempts(world):
    bank(4)
    test = quiz()
    made = {
        start(test, world.somsri).pk,
        start(test, world.daruni).pk,
        start(test, world.somsri, place="course:ETH-1:pre").pk,
    }
    assert len(made) == 3


def test_the_database_keeps_one_open_attempt_per_person_and_place(world):
    bank(4)
    held = start(quiz(), world.somsri)
    twin = Attempt(**{f.attname: getattr(held, f.attname) for f in Attempt._meta.fields if f.name != "id"})
    twin.public_id, twin.number = "0" * 16, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_answers_in_time_and_within_the_grace_count_and_later_ones_do_not(world):
    bank(3)
    test = quiz(time_limit_minutes=10)
    for late, passed in ((timedelta(seconds=30), True), (timedelta(seconds=31), False)):
        held = start(test, world.somsri, place=f"course:{late.seconds}:post")
        graded = hand_in(held, right_answers(held), now=NOW + timedelta(minutes=10) + late)
        assert graded.passed is passed
        assert graded.submitted_at == NOW + timedelta(minutes=10), "never later than the bell"


def test_what_was_saved_before_the_bell_is_graded_after_it(world):
    bank(3)
    held = start(quiz(time_limit_minutes=10), world.somsri)
    services.save_answers(attempt=held, answers=right_answers(held), now=NOW + timedelta(minutes=9))
    late = NOW + timedelta(hours=3)
    assert not services.save_answers(attempt=held, answers=wrong_answers(held), now=late)
    graded = hand_in(held, wrong_answers(held), now=late)
    assert (graded.score, graded.passed) == (3, True)


def test_a_start_after_the_bell_gives_the_old_attempt_back_for_its_host_to_hand_in(world):
    """The host may owe an award for it, so the engine does not close it by itself."""
    bank(6)
    test = quiz(time_limit_minutes=10, max_attempts=1)
    held = start(test, world.somsri)
    services.save_answers(attempt=held, answers=right_answers(held), now=NOW)
    late = NOW + timedelta(hours=1)
    again = start(test, world.somsri, now=late)
    assert again == held
    assert services.is_over(again, now=late)
    assert services.overdue(now=late, limit=10) == [held]
    assert services.overdue(now=NOW, limit=10) == []
    graded = services.submit_attempt(attempt=again, answers=wrong_answers(held), now=late)
    assert (graded.score, graded.submitted_at) == (3, held.deadline_at)
    with pytest.raises(Refused):
        start(test, world.somsri, now=late)


def test_handing_in_twice_gives_the_first_result(world):
    bank(3)
    held = start(quiz(), world.somsri)
    first = hand_in(held, wrong_answers(held))
    second = hand_in(held, right_answers(held), now=NOW + timedelta(minutes=1))
    assert (second.score, second.passed, second.submitted_at) == (0, False, first.submitted_at)
    assert not services.save_answers(attempt=held, answers=right_answers(held), now=NOW)
    held.refresh_from_db()
    assert held.score == 0


def test_saved_answers_and_those_handed_in_are_put_together(world):
    bank(3)
    held = start(quiz(pass_percent=100), world.somsri)
    key = right_answers(held)
    one, *others = key
    services.save_answers(attempt=held, answers={one: key[one]}, now=NOW)
    assert hand_in(held, {pk: key[pk] for pk in others}).passed


def test_an_answer_can_be_taken_back(world):
    question("M", kind=Kind.MULTIPLE, right=(0, 1))
    test = save_quiz(code="T", title="ท", draws=[Draw(question_code="M")])
    held = start(test, world.somsri)
    version = held.items[0]["v"]
    services.save_answers(attempt=held, answers={version: ["a", "b"]}, now=NOW)
    services.save_answers(attempt=held, answers=answers_from(QueryDict(f"q{version}=")), now=NOW)
    held.refresh_from_db()
    assert held.answers == {str(version): []}


def test_forged_options_and_foreign_questions_are_ignored(world):
    bank(3)
    held = start(quiz(), world.somsri)
    one = held.items[0]["v"]
    services.save_answers(
        attempt=held, answers={one: ["zz", "\x00", "a", "a"], 999_999: ["a"], -1: ["b"]}, now=NOW
    )
    held.refresh_from_db()
    assert held.answers == {str(one): ["a"]}


def test_e11_an_edited_question_or_quiz_never_touches_an_open_attempt(world):
    bank(3)
    held = start(quiz(pass_percent=60, time_limit_minutes=30), world.somsri)
    before = selectors.paper(held)
    key = right_answers(held)
    for place in range(3):
        question(f"Q1-{place:03d}", right=((place + 1) % 4,), stem="ถามใหม่")
    for row in QuestionVersion.objects.filter(number=1):
        services.retire_question(question=row.question)
    bank(3, prefix="NEW")
    quiz(pass_percent=100, time_limit_minutes=1, count=1)
    held = Attempt.objects.get(pk=held.pk)
    assert selectors.paper(held) == before
    graded = hand_in(held, key, now=NOW + timedelta(minutes=20))
    assert (graded.score, graded.max_score, graded.pass_percent, graded.passed) == (3, 3, 60, True)
    assert all(item.is_right for item in selectors.review(graded, now=NOW))


def test_unseen_questions_come_first_and_then_the_least_used(world):
    bank(6)
    test = quiz(count=2)
    owner = dict(QuestionVersion.objects.values_list("pk", "question__code"))
    seen: Counter[str] = Counter()
    for number in range(1, 10):
        held = start(test, world.somsri)
        drawn = [owner[item["v"]] for item in held.items]
        assert len(set(drawn)) == 2
        seen.update(drawn)
        hand_in(held, {})
        assert len(seen) == min(6, 2 * number)
        assert max(seen.values()) - min(seen.get(code, 0) for code in owner.values()) <= 1


def test_a_new_version_of_a_seen_question_is_still_seen(world):
    bank(2)
    test = quiz(count=1)
    held = start(test, world.somsri)
    hand_in(held, {})
    seen = QuestionVersion.objects.get(pk=held.items[0]["v"]).question
    question(seen.code, stem="ถ้อยคำใหม่")
    nxt = start(test, world.somsri)
    assert QuestionVersion.objects.get(pk=nxt.items[0]["v"]).question_id != seen.pk


def test_a_retired_question_is_drawn_no_more_not_even_where_it_is_fixed(world):
    made = bank(3)
    test = save_quiz(code="T", title="ท", draws=[Draw(question_code="Q1-000"), Draw(standard=1, count=1)])
    services.retire_question(question=made[0].question)
    try:
        held = start(test, world.somsri)
    except Refused:
        return
    assert made[0].pk not in [item["v"] for item in held.items]


def test_true_stays_before_false_and_other_options_are_mixed(world):
    question("TF", kind=Kind.TRUE_FALSE, options=2)
    for place in range(12):
        question(f"S{place}", standard=2, options=5)
    test = save_quiz(code="T", title="ท", draws=[Draw(question_code="TF"), Draw(standard=2, count=12)])
    held = start(test, world.somsri)
    true_false = QuestionVersion.objects.get(question__code="TF").pk
    orders = {item["v"]: item["order"] for item in held.items}
    authored = [choice["id"] for choice in QuestionVersion.objects.get(pk=true_false).choices]
    assert orders.pop(true_false) == authored
    assert any(order != sorted(order) for order in orders.values())
    assert all(sorted(order) == list("abcde") for order in orders.values())


def _values(thing):
    if dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            yield field.name
            yield from _values(getattr(thing, field.name))
    elif isinstance(thing, list | tuple):
        for item in thing:
            yield from _values(item)
    else:
        yield thing


def test_r8_a_paper_carries_no_key_anywhere_in_it(world):
    question("M", kind=Kind.MULTIPLE, right=(0, 2), explanation=RIGHT_CANARY, standard=1)
    bank(3)
    held = start(quiz(count=4), world.somsri)
    everything = list(_values(list(selectors.paper(held))))
    text = " ".join(str(value) for value in everything)
    assert "ทางเลือกที่" in text, "the walk reached the options"
    for secret in (RIGHT_CANARY, WRONG_CANARY, "correct", "right", "feedback", "explanation"):
        assert secret not in text
    flags = [value for value in everything if isinstance(value, bool)]
    assert flags == [False] * 20, (
        "the only truth values are what was chosen, and whether feedback may be asked for: neither yet"
    )


def test_r8_review_is_refused_before_handing_in_and_complete_after(world):
    bank(3)
    held = start(quiz(), world.somsri)
    with pytest.raises(Refused):
        selectors.review(held, now=NOW)
    items = selectors.review(hand_in(held, right_answers(held)), now=NOW)
    said = [choice.feedback for item in items for choice in item.choices]
    assert len(said) == 12
    assert sum(RIGHT_CANARY in text for text in said) == 3
    assert all(item.is_right for item in items)


def test_someone_else_s_attempt_does_not_exist(world):
    bank(3)
    held = start(quiz(), world.somsri)
    assert selectors.attempt_of(world.somsri.pk, held.public_id) is not None
    assert selectors.attempt_of(world.daruni.pk, held.public_id) is None


def test_only_what_was_asked_is_read_from_a_form():
    post = QueryDict("q1=a&q1=b&q2=&q3=zzzzzzzzzz&score=9&passed=1&q9=a&deadline_at=2099")
    assert answers_from(post) == {1: ["a", "b"], 2: [], 3: ["zzzzzzzzzz"], 9: ["a"]}


def test_every_option_of_a_long_question_can_be_chosen(world):
    """Fourteen options, thirteen of them right, as a browser sends them: an empty value first."""
    services.save_question(
        code="L",
        standard=1,
        draft=draft("L", options=14, right=tuple(range(13)), kind=Kind.MULTIPLE),
        now=NOW,
    )
    held = start(save_quiz(code="T", title="ท", draws=[Draw(question_code="L")]), world.somsri)
    version = held.items[0]["v"]
    post = QueryDict(mutable=True)
    post.setlist(f"q{version}", ["", *right_answers(held)[version]])
    assert hand_in(held, answers_from(post)).passed
