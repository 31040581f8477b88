"""The rules of a quiz: time between attempts, which one counts, closing, pairs, and when a key may be seen (R8)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from quizzes import selectors, services
from quizzes.enums import Counts, Feedback
from quizzes.models import Accommodation, Attempt, Quiz
from quizzes.rules import counting
from quizzes.services import Draw, save_quiz
from sucharit.kernel.errors import InvalidInput, Refused
from tests.conftest import NOW, TODAY
from tests.quizzes.build import RIGHT_CANARY, bank, quiz, right_answers, wrong_answers

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def start(test: Quiz, officer, *, now=NOW, place="course:ETH-1:post") -> Attempt:
    return services.start_attempt(
        quiz=test, officer_id=officer.pk, context=place, context_version="1", now=now
    )


def take(test: Quiz, officer, *, right: bool, now=NOW, place="course:ETH-1:post") -> Attempt:
    held = start(test, officer, now=now, place=place)
    answers = right_answers(held) if right else wrong_answers(held)
    return services.submit_attempt(attempt=held, answers=answers, now=now)


def facts(test: Quiz, officer, *, now=NOW):
    rows = selectors.attempts_in(officer.pk, ["course:ETH-1:post"])["course:ETH-1:post"]
    return selectors.quiz_facts(test, officer.pk, rows, since=None, now=now)


def grant(world, officer=None, **what) -> Accommodation:
    what = {"quiz": None, "reason": "สัญญาณขัดข้อง", "valid_from": TODAY, "now": NOW} | what
    return services.grant_accommodation(
        officer_id=(officer or world.somsri).pk, by_id=world.secretariat.pk, **what
    )


# --- between attempts, and which one counts ---------------------------------------------------------------------


def test_a_new_attempt_waits_until_the_time_between_two_is_over(world):
    bank(6)
    test = quiz(cooling_hours=24)
    take(test, world.somsri, right=False)
    with pytest.raises(Refused, match=r"ตั้งแต่ 24 พ\.ย\. 2569 เวลา 09\.30 น\.") as refused:
        start(test, world.somsri, now=NOW + 23 * HOUR)
    assert refused.value.code == "cooling"
    assert "ตั้งแต่ 24 พ.ย. 2569" in facts(test, world.somsri, now=NOW + HOUR).refusal
    assert start(test, world.somsri, now=NOW + DAY).number == 2
    assert start(test, world.daruni).number == 1, "somebody else does not wait"


def test_where_the_first_counts_the_others_are_practice(world):
    bank(9)
    test = quiz(counts=Counts.FIRST)
    first = take(test, world.somsri, right=False)
    second = take(test, world.somsri, right=True)
    assert (first.is_practice, second.is_practice, second.passed) == (False, True, True)
    assert facts(test, world.somsri).counted == first.public_id
    assert list(selectors.passes(context_ends=":post")) == []


def test_a_new_period_has_a_first_attempt_of_its_own(world):
    bank(9)
    test = quiz(counts=Counts.FIRST)
    take(test, world.somsri, right=False)
    later = NOW + 400 * DAY
    held = services.start_attempt(
        quiz=test,
        officer_id=world.somsri.pk,
        context="course:ETH-1:post",
        context_version="1",
        now=later,
        counted_since=later - DAY,
    )
    assert not held.is_practice


def test_which_attempt_counts():
    def one(number: int, score: int, passed: bool, of: int = 3) -> Attempt:
        return Attempt(number=number, score=Decimal(score), max_score=of, passed=passed, submitted_at=NOW)

    tries = [one(1, 2, False), one(2, 3, True), one(3, 3, True), one(4, 1, False), Attempt(number=5)]
    assert counting(tries, Counts.HIGHEST).number == 2, "of equals the earlier"
    assert counting(tries, Counts.FIRST).number == 1
    assert counting(tries, Counts.LAST).number == 4, "what is not handed in does not count"
    assert counting([Attempt(number=1)], Counts.HIGHEST) is None
    mixed = [one(1, 3, False, of=10), one(2, 2, False, of=4)]
    assert counting(mixed, Counts.HIGHEST).number == 2, "shares are compared, not points of different papers"


def test_the_bell_rings_at_the_closing_at_the_latest(world):
    bank(6)
    closes = NOW + timedelta(minutes=20)
    test = quiz(time_limit_minutes=60, closes_at=closes)
    assert start(test, world.somsri).deadline_at == closes
    with pytest.raises(Refused, match="ปิดแล้ว"):
        start(test, world.daruni, now=closes)
    assert "ปิดแล้ว" in facts(test, world.daruni, now=closes).refusal


def test_feedback_at_the_closing_needs_a_closing():
    bank(3)
    with pytest.raises(InvalidInput) as refused:
        quiz(feedback=Feedback.CLOSING)
    assert refused.value.field == "closes_at"


# --- pairs ------------------------------------------------------------------------------------------------------


def test_a_pair_asks_other_questions_before_and_after(world):
    bank(6)
    test = quiz(count=3)
    pre = services.make_pre(quiz=test)
    assert (pre.before, pre.max_attempts, pre.draws.get().count) == (test, 1, 3)
    before = start(pre, world.somsri, place="course:ETH-1:pre")
    services.submit_attempt(attempt=before, answers={}, now=NOW)
    after = start(test, world.somsri)
    assert not {item["q"] for item in before.items} & {item["q"] for item in after.items}
    services.submit_attempt(attempt=after, answers={}, now=NOW)
    # The other way round as well: whoever took the later test first meets new questions in the earlier one.
    late = start(test, world.daruni)
    services.submit_attempt(attempt=late, answers={}, now=NOW)
    early = start(pre, world.daruni, place="course:ETH-1:pre")
    assert not {item["q"] for item in late.items} & {item["q"] for item in early.items}
    with pytest.raises(Refused, match="มีคู่ก่อนเรียนแล้ว"):
        services.make_pre(quiz=test)


def test_a_pair_is_refused_where_its_code_is_taken():
    bank(6)
    test = quiz()
    quiz("T-PRE")
    with pytest.raises(Refused, match="T-PRE"):
        services.make_pre(quiz=test)


# --- when a key may be seen -------------------------------------------------------------------------------------


def test_after_passing_only(world):
    bank(9)
    test = quiz(feedback=Feedback.PASSING)
    failed = take(test, world.somsri, right=False)
    gate = selectors.key_gate(failed, now=NOW)
    assert (gate.is_open, "เมื่อคุณผ่าน" in gate.why_not) == (False, True)
    with pytest.raises(Refused):
        selectors.review(failed, now=NOW)
    passed = take(test, world.somsri, right=True)
    assert selectors.review(passed, now=NOW)
    assert selectors.review(failed, now=NOW), "what was wrong before may be learned from now"


def test_after_closing_only_and_for_whoever_was_given_longer_too(world):
    bank(9)
    closes = NOW + DAY
    test = quiz(feedback=Feedback.CLOSING, closes_at=closes)
    held = take(test, world.somsri, right=True)
    assert not selectors.key_gate(held, now=closes).is_open, "what is on its way is still taken"
    over = closes + timedelta(minutes=1)
    assert selectors.key_gate(held, now=over).is_open
    later = grant(world, world.daruni, quiz=test, bell_at=closes + 2 * HOUR)
    assert not selectors.key_gate(held, now=over).is_open, "somebody may still answer"
    running = start(test, world.daruni)
    services.end_accommodation(accommodation=later, by_id=world.secretariat.pk, now=NOW)
    assert not selectors.key_gate(held, now=over).is_open, "somebody still answers under what was granted"
    assert selectors.key_gate(held, now=over + 2 * HOUR).is_open
    services.submit_attempt(attempt=running, answers={}, now=NOW)
    assert selectors.key_gate(held, now=over).is_open


def test_a_closing_that_was_taken_away_opens_no_key(world):
    bank(9)
    test = quiz(feedback=Feedback.CLOSING, closes_at=NOW + DAY)
    failed = take(test, world.somsri, right=False)
    quiz(feedback=Feedback.PASSING, closes_at=None)
    assert not selectors.key_gate(Attempt.objects.get(pk=failed.pk), now=NOW).is_open


def test_a_pass_of_last_year_opens_no_key_of_this_year(world):
    bank(9)
    test = quiz(feedback=Feedback.PASSING)
    take(test, world.somsri, right=True)
    later = NOW + 400 * DAY
    failed = take(test, world.somsri, right=False, now=later)
    assert not selectors.key_gate(failed, now=later, since=later - DAY).is_open
    assert selectors.key_gate(failed, now=later, since=NOW).is_open


def test_the_bell_hands_in_nothing_that_was_put_off_meanwhile(world):
    bank(6)
    held = start(quiz(time_limit_minutes=10), world.somsri)
    late = NOW + timedelta(minutes=11)
    assert services.overdue(now=late, limit=9) == [held]
    Attempt.objects.update(deadline_at=NOW + HOUR)
    assert services.submit_overdue(attempt=held, now=late).submitted_at is None
    assert services.submit_overdue(attempt=held, now=NOW + 2 * HOUR).submitted_at == NOW + HOUR


def test_the_policy_is_the_one_the_attempt_began_under(world):
    bank(9)
    test = quiz(feedback=Feedback.SUBMISSION)
    held = start(test, world.somsri)
    quiz(feedback=Feedback.PASSING)
    graded = services.submit_attempt(attempt=held, answers={}, now=NOW)
    assert selectors.key_gate(graded, now=NOW).is_open


def test_feedback_after_each_answer_closes_that_question_and_opens_no_other(world):
    bank(6)
    held = start(quiz(feedback=Feedback.EACH, count=3), world.somsri)
    key, wrong = right_answers(held), wrong_answers(held)
    one, *rest = key
    with pytest.raises(Refused, match="โปรดตอบ"):
        services.check_answer(attempt=held, version_id=one, answers={}, now=NOW)
    assert services.check_answer(attempt=held, version_id=one, answers={one: wrong[one]}, now=NOW)
    held.refresh_from_db()
    closed, *open_ones = sorted(selectors.paper(held), key=lambda item: not item.is_closed)
    assert (closed.is_closed, [item.is_closed for item in open_ones]) == (True, [False, False])
    assert RIGHT_CANARY in str(closed)
    assert RIGHT_CANARY not in str(open_ones)
    assert all(item.can_check for item in open_ones)
    # Now that the key was seen, neither saving nor handing in changes the answer.
    assert services.save_answers(attempt=held, answers={one: key[one]}, now=NOW)
    graded = services.submit_attempt(attempt=held, answers=key, now=NOW)
    assert (graded.answers[str(one)], graded.score) == (wrong[one], len(rest))


def test_no_feedback_before_handing_in_where_the_policy_gives_none(world):
    bank(3)
    held = start(quiz(), world.somsri)
    one = held.items[0]["v"]
    with pytest.raises(Refused):
        services.check_answer(attempt=held, version_id=one, answers=right_answers(held), now=NOW)
    assert not any(item.can_check for item in selectors.paper(held))


# --- accommodations ---------------------------------------------------------------------------------------------


def test_more_time_more_attempts_and_a_later_bell(world):
    bank(9)
    test = quiz(time_limit_minutes=45, max_attempts=1)
    grant(world, quiz=test, time_factor=Decimal("1.5"), extra_attempts=1)
    held = start(test, world.somsri)
    assert held.deadline_at == NOW + timedelta(minutes=68), "a part of a minute is a whole one"
    told = facts(test, world.somsri)
    assert (told.minutes, told.attempts_allowed, told.has_accommodation) == (68, 2, True)
    services.submit_attempt(attempt=held, answers={}, now=NOW)
    again = start(test, world.somsri, now=NOW + HOUR)
    later = NOW + 5 * HOUR
    grant(world, quiz=test, bell_at=later)
    again.refresh_from_db()
    assert again.deadline_at == later, "the attempt that is open gets the later bell"
    services.submit_attempt(attempt=again, answers={}, now=NOW + HOUR)
    with pytest.raises(Refused, match="ครบ 2 ครั้ง"):
        start(test, world.somsri, now=NOW + 2 * HOUR)
    assert start(test, world.daruni).deadline_at == NOW + timedelta(minutes=45), "the rule itself stays"


def test_a_later_bell_outlasts_the_closing_for_that_person(world):
    bank(9)
    closes = NOW + HOUR
    test = quiz(closes_at=closes)
    grant(world, quiz=test, bell_at=closes + HOUR)
    assert start(test, world.somsri, now=closes).deadline_at == closes + HOUR


def test_several_rows_add_up_and_only_those_in_force_count(world):
    bank(9)
    test, other = quiz(max_attempts=1), quiz("OTHER", max_attempts=1)
    grant(world, extra_attempts=1)
    grant(world, quiz=test, extra_attempts=1)
    grant(world, quiz=other, extra_attempts=5)
    grant(world, extra_attempts=5, valid_from=TODAY + DAY)
    ended = grant(world, extra_attempts=5)
    services.end_accommodation(accommodation=ended, by_id=world.secretariat.pk, now=NOW)
    with pytest.raises(Refused):
        services.end_accommodation(accommodation=ended, by_id=world.secretariat.pk, now=NOW)
    assert facts(test, world.somsri).attempts_allowed == 3
    assert facts(test, world.somsri, now=NOW + DAY).attempts_allowed == 8
    assert facts(test, world.daruni).attempts_allowed == 1


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({}, ""),
        ({"extra_attempts": 1, "reason": " "}, "reason"),
        ({"time_factor": Decimal("0.5")}, "time_factor"),
        ({"extra_attempts": 21}, "extra_attempts"),
        ({"bell_at": NOW}, "bell_at"),
        ({"bell_at": NOW + DAY}, "quiz"),
        ({"extra_attempts": 1, "valid_until": TODAY - DAY}, "valid_until"),
    ],
)
def test_what_cannot_be_granted_is_said_at_its_field(world, what, field):
    with pytest.raises(InvalidInput) as refused:
        grant(world, **what)
    assert refused.value.field == field
    assert not Accommodation.objects.exists()


# --- time for each question -------------------------------------------------------------------------------------


def test_time_is_known_only_where_answers_come_one_by_one(world):
    bank(6)
    held = start(quiz(count=3), world.somsri)
    key, wrong = right_answers(held), wrong_answers(held)
    one, two, three = key
    at = NOW
    for version, said, wait in ((one, key, 40), (two, key, 20), (one, wrong, 5)):
        at += timedelta(seconds=wait)
        services.save_answers(attempt=held, answers={version: said[version]}, now=at)
    services.save_answers(attempt=held, answers={three: key[three]}, now=at + HOUR)
    held.refresh_from_db()
    assert held.seconds == {str(one): 45, str(two): 20}, "an hour away is no thinking"
    services.save_answers(attempt=held, answers=wrong, now=at + HOUR + timedelta(seconds=9))
    held.refresh_from_db()
    assert held.seconds == {str(one): 45, str(two): 20}, "two changed at once: nobody knows"


def test_a_quiz_of_fixed_questions_knows_its_allowance_too(world):
    bank(2)
    test = save_quiz(
        code="F", title="ท", draws=[Draw(question_code="Q1-000")], time_limit_minutes=10, max_attempts=1
    )
    grant(world, time_factor=Decimal(2))
    assert start(test, world.somsri).deadline_at == NOW + timedelta(minutes=20)
