"""Correcting a key (rule E12): dry run, second person, applied in steps; nobody loses a pass, and every old score stays."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from quizzes import corrections, selectors, services
from quizzes.enums import AttemptState, CorrectionState, Kind, Remedy
from quizzes.kinds import row_ids, target_ids
from quizzes.models import Attempt, KeyCorrection, Question, QuestionVersion, Response, ScoreChange
from quizzes.rekey import key_answer
from quizzes.services import Draw, save_question, save_quiz
from quizzes.versions import asked_of
from sucharit.kernel.errors import Conflict, InvalidInput, Refused
from tests.conftest import NOW
from tests.quizzes.build import draft, wrong_answers
from tests.quizzes.samples import DRAFTS

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def test_of_two(world):
    """Two questions, both to be answered; half is not enough. The key of the first is wrong: it should be the second option."""
    for code in ("A", "B"):
        save_question(code=code, standard=1, draft=draft(code), now=NOW)
    draws = [Draw(question_code="A"), Draw(question_code="B")]
    return save_quiz(code="T", title="ท", draws=draws, pass_percent=60)


def version(code: str = "A") -> QuestionVersion:
    return Question.objects.get(code=code).current


def option(of: QuestionVersion, place: int) -> str:
    return of.choices[place]["id"]


def take(test, officer, first: int, second: int = 0, *, now=NOW, place="course:ETH-1:post") -> Attempt:
    """One attempt with the option of that place for each question."""
    held = services.start_attempt(
        quiz=test, officer_id=officer.pk, context=place, context_version="1", now=now
    )
    answers = {
        version("A").pk: [option(version("A"), first)],
        version("B").pk: [option(version("B"), second)],
    }
    return services.submit_attempt(attempt=held, answers=answers, now=now)


def collected() -> None:
    while services.collect(now=NOW):
        pass


def propose(world, remedy=Remedy.NEW_KEY, *, right: Sequence[str] | None = None, **facts) -> KeyCorrection:
    what = version(facts.pop("code", "A"))
    if right is None and remedy in {Remedy.NEW_KEY, Remedy.ACCEPT_BOTH}:
        right = [option(what, 1)]
    return services.propose_correction(
        version=what,
        remedy=remedy,
        right=right or (),
        reason=facts.pop("reason", "เฉลยเดิมไม่ตรงกับระเบียบ"),
        by_id=world.pakphum.pk,
        now=facts.pop("now", NOW),
    )


def run(now=LATER) -> None:
    for _ in range(100):
        if not services.advance_corrections(now=now):
            return
    raise AssertionError("work never ends")


def approve(world, correction: KeyCorrection, *, now=NOW) -> None:
    services.approve_correction(correction=correction, by_id=world.secretariat.pk, now=now)


def corrected(world, remedy=Remedy.NEW_KEY, **facts) -> KeyCorrection:
    """A correction all the way through."""
    made = propose(world, remedy, **facts)
    run()
    approve(world, made)
    run()
    made.refresh_from_db()
    assert made.state == CorrectionState.APPLIED
    return made


def result(attempt: Attempt) -> tuple[Decimal | None, int, bool | None]:
    fresh = Attempt.objects.get(pk=attempt.pk)
    return fresh.score, fresh.max_score, fresh.passed


# --- the four remedies ------------------------------------------------------------------------------------------


def test_a_new_key_lets_pass_who_was_right_and_takes_nothing_from_the_others(world, test_of_two):
    was_right = take(test_of_two, world.somsri, 1)
    was_wrong = take(test_of_two, world.daruni, 0)
    neither = take(test_of_two, world.thawat, 2)
    assert [result(one) for one in (was_right, was_wrong, neither)] == [
        (1, 2, False),
        (2, 2, True),
        (1, 2, False),
    ]
    correction = corrected(world)
    assert result(was_right) == (2, 2, True)
    assert result(was_wrong) == (2, 2, True), "neither the pass nor the points go: the fault was not theirs"
    assert result(neither) == (1, 2, False)
    change = ScoreChange.objects.get()
    assert (change.attempt, change.old_score, change.new_score) == (was_right, 1, 2)
    assert (change.old_passed, change.new_passed, change.applied_at) == (False, True, LATER)
    assert corrections.weighed(correction) == corrections.Weighed(met=3, changed=1, new_passes=1)


def test_both_keys_are_accepted(world, test_of_two):
    first, second, third = (
        take(test_of_two, officer, place)
        for officer, place in ((world.somsri, 0), (world.daruni, 1), (world.thawat, 2))
    )
    corrected(world, Remedy.ACCEPT_BOTH)
    assert [result(one)[2] for one in (first, second, third)] == [True, True, False]


def test_a_void_question_is_in_nobody_s_score(world, test_of_two):
    right, wrong = take(test_of_two, world.somsri, 0), take(test_of_two, world.daruni, 1)
    poor = take(test_of_two, world.thawat, 0, 1)
    corrected(world, Remedy.VOID)
    assert result(right) == (1, 1, True)
    assert result(wrong) == (1, 1, True)
    assert result(poor) == (1, 2, False), "half of two is more than nought of one"
    review = selectors.review(Attempt.objects.get(pk=wrong.pk), now=LATER)
    assert sorted(item.is_void for item in review) == [False, True]


def test_everybody_gets_the_point(world, test_of_two):
    wrong = take(test_of_two, world.somsri, 3)
    corrected(world, Remedy.FULL_MARKS)
    assert result(wrong) == (2, 2, True)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.LIKERT])
def test_every_kind_can_be_corrected(world, kind):
    save_question(code="K", standard=1, draft=DRAFTS[kind], now=NOW)
    test = save_quiz(code="K", title="ท", draws=[Draw(question_code="K")])
    held = services.start_attempt(
        quiz=test, officer_id=world.somsri.pk, context="p", context_version="1", now=NOW
    )
    assert result(services.submit_attempt(attempt=held, answers={}, now=NOW))[2] is False
    corrected(world, Remedy.FULL_MARKS, code="K")
    assert result(held) == (1, 1, True)


# --- dry run and decision ---------------------------------------------------------------------------------------


def test_a_dry_run_changes_nothing_and_says_everything(world, test_of_two):
    held = take(test_of_two, world.somsri, 1)
    correction = propose(world)
    run()
    correction.refresh_from_db()
    assert (correction.state, correction.seen) == (CorrectionState.WEIGHED, 1)
    assert corrections.weighed(correction) == corrections.Weighed(met=1, changed=1, new_passes=1)
    assert result(held) == (1, 2, False)
    change = ScoreChange.objects.get()
    assert (change.new_score, change.new_passed, change.applied_at) == (2, True, None)
    # Graded as before until somebody approves.
    assert take(test_of_two, world.daruni, 1).score == 1


def test_nobody_approves_their_own_proposal(world, test_of_two):
    correction = propose(world)
    run()
    with pytest.raises(Refused, match="ผู้เสนออนุมัติเองไม่ได้"):
        services.approve_correction(correction=correction, by_id=world.pakphum.pk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyCorrection.objects.update(state=CorrectionState.APPLYING, decided_by=world.pakphum, decided_at=NOW)


def test_what_was_not_weighed_is_not_approved_and_a_decision_is_made_once(world, test_of_two):
    correction = propose(world)
    with pytest.raises(Refused):
        approve(world, correction)
    run()
    approve(world, correction)
    with pytest.raises(Refused):
        approve(world, correction)
    correction.refresh_from_db()
    with pytest.raises(Refused):
        services.refuse_correction(correction=correction, by_id=world.secretariat.pk, now=NOW, note="ไม่")


def test_a_refused_correction_leaves_everything_and_frees_the_question(world, test_of_two):
    held = take(test_of_two, world.somsri, 1)
    correction = propose(world)
    run()
    correction.refresh_from_db()
    with pytest.raises(InvalidInput) as said:
        services.refuse_correction(correction=correction, by_id=world.secretariat.pk, now=NOW)
    assert said.value.field == "note"
    services.refuse_correction(correction=correction, by_id=world.pakphum.pk, now=NOW)
    run()
    assert result(held) == (1, 2, False)
    assert propose(world).pk != correction.pk


def test_one_correction_of_a_version_at_a_time(world, test_of_two):
    propose(world)
    with pytest.raises(Conflict):
        propose(world, Remedy.VOID)


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"reason": "  "}, "reason"), ({"right": []}, "key"), ({"right": ["zz"]}, "key")],
)
def test_a_proposal_says_what_and_why(world, test_of_two, facts, field):
    with pytest.raises(InvalidInput) as said:
        propose(world, **facts)
    assert said.value.field == field


def test_the_old_key_is_no_correction(world, test_of_two):
    with pytest.raises(InvalidInput, match="ใช้เฉลยนี้อยู่แล้ว"):
        propose(world, right=[option(version(), 0)])


# --- afterwards -------------------------------------------------------------------------------------------------


def test_what_is_handed_in_later_is_graded_by_the_new_key(world, test_of_two):
    started = services.start_attempt(
        quiz=test_of_two, officer_id=world.somsri.pk, context="p", context_version="1", now=NOW
    )
    corrected(world)
    answers = {version("A").pk: [option(version("A"), 1)], version("B").pk: [option(version("B"), 0)]}
    assert services.submit_attempt(attempt=started, answers=answers, now=LATER).score == 2
    assert take(test_of_two, world.daruni, 0, now=LATER).score == 1


def test_a_hand_in_beside_the_approval_is_corrected_too(world, test_of_two):
    """Whoever was graded by the old key a moment before the approval was seen is found when it is applied."""
    correction = propose(world)
    run()
    held = take(test_of_two, world.somsri, 1, now=NOW)
    approve(world, correction, now=NOW)
    services.advance_corrections(now=NOW)
    assert result(held) == (1, 2, False), "whoever is handing in has half a minute to finish"
    run()
    assert result(held) == (2, 2, True)


def test_the_review_shows_the_key_of_today_and_why(world, test_of_two):
    held = take(test_of_two, world.somsri, 1)
    for remedy, right in ((Remedy.ACCEPT_BOTH, [True, True]), (Remedy.NEW_KEY, [False, True])):
        corrected(world, remedy)
        items = selectors.review(Attempt.objects.get(pk=held.pk), now=LATER)
        item = next(item for item in items if item.stem.startswith("A"))
        by_text = {choice.text: choice.right for choice in item.choices}
        assert [by_text[f"A ทางเลือกที่ {place}"] for place in (0, 1)] == right
        assert item.corrected == "เฉลยเดิมไม่ตรงกับระเบียบ"
        assert item.points == 1
    changes = selectors.score_changes_of(Attempt.objects.get(pk=held.pk))
    assert [(one.old_score, one.new_score) for one in changes] == [(1, 2)]


def test_the_rows_for_counting_follow(world, test_of_two):
    take(test_of_two, world.somsri, 1)
    collected()
    assert Response.objects.get(version=version("A")).points == 0
    corrected(world)
    collected()
    assert Response.objects.get(version=version("A")).points == 1


def test_a_new_pass_is_passed_on_to_the_host_once(world, test_of_two):
    held = take(test_of_two, world.somsri, 1)
    take(test_of_two, world.daruni, 0)
    corrected(world)
    assert [one.pk for one in selectors.new_passes(now=NOW, limit=9)] == [held.pk]
    services.passed_on(attempt=held)
    assert selectors.new_passes(now=NOW, limit=9) == []


def test_the_database_refuses_to_take_a_pass_away(world, test_of_two):
    held = take(test_of_two, world.somsri, 0)
    correction = propose(world)
    with pytest.raises(IntegrityError, match="a_correction_takes_no_pass_away"), transaction.atomic():
        ScoreChange.objects.create(
            correction=correction,
            attempt=held,
            old_score=2,
            new_score=1,
            old_max=2,
            new_max=2,
            old_passed=True,
            new_passed=False,
        )


# --- in steps ---------------------------------------------------------------------------------------------------


def _until_killed() -> None:
    for _ in range(20):
        with transaction.atomic():
            services.advance_corrections(now=LATER)


def test_it_goes_on_where_it_was_killed(world, test_of_two, monkeypatch):
    monkeypatch.setattr(corrections, "CHUNK", 2)
    people = (world.somsri, world.daruni, world.thawat, world.anan)
    held = [take(test_of_two, person, 1, place=f"p{number}") for number in range(2) for person in people]
    correction = propose(world)
    run()
    approve(world, correction)
    real, calls = corrections._apply, []

    def killed(*args):
        calls.append(1)
        real(*args)
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(corrections, "_apply", killed)
    # A savepoint stands for the transaction that dies with its process.
    with pytest.raises(KeyboardInterrupt):
        _until_killed()
    correction.refresh_from_db()
    assert (correction.state, correction.seen) == (CorrectionState.APPLYING, 4)
    assert sum(result(one)[2] for one in held) == 4, "whole chunks, and nothing of the one that was cut off"
    run()
    assert [result(one) for one in held] == [(2, 2, True)] * 8
    assert ScoreChange.objects.filter(applied_at__isnull=False).count() == 8


def test_the_cost_of_a_step_does_not_grow_with_its_attempts(world, test_of_two):
    costs = []
    for size in (1, 4):
        for number in range(size):
            take(test_of_two, world.somsri, 2, place=f"p{size}-{number}")
        collected()
        correction = propose(world)
        with CaptureQueriesContext(connection) as sent:
            services.advance_corrections(now=LATER)
        costs.append(len(sent))
        services.refuse_correction(correction=correction, by_id=world.pakphum.pk, now=NOW)
    assert costs[0] == costs[1]


def test_open_attempts_are_never_touched(world, test_of_two):
    held = services.start_attempt(
        quiz=test_of_two, officer_id=world.somsri.pk, context="p", context_version="1", now=NOW
    )
    services.save_answers(attempt=held, answers=wrong_answers(held), now=NOW)
    corrected(world)
    held.refresh_from_db()
    assert (held.state, held.score, held.passed) == (AttemptState.OPEN, None, None)


def test_a_correction_that_was_wrong_itself_can_be_taken_back(world, test_of_two):
    first, second = option(version(), 0), option(version(), 1)
    corrected(world, right=[second])
    with pytest.raises(InvalidInput, match="ใช้เฉลยนี้อยู่แล้ว"):
        propose(world, right=[second])
    corrected(world, right=[first])
    assert take(test_of_two, world.somsri, 0, now=LATER).score == 2
    assert take(test_of_two, world.daruni, 1, now=LATER).score == 1


def test_nothing_goes_on_while_another_worker_holds_what_is_to_be_collected(world, test_of_two, monkeypatch):
    held = take(test_of_two, world.somsri, 1)
    correction = propose(world)
    with monkeypatch.context() as patch:
        patch.setattr(corrections, "collect", lambda **_: 0)
        assert services.advance_corrections(now=LATER) == 1
        correction.refresh_from_db()
        assert (correction.state, correction.seen) == (CorrectionState.WEIGHING, 0)
    run()
    correction.refresh_from_db()
    assert (correction.state, correction.seen) == (CorrectionState.WEIGHED, 1), held


@pytest.mark.parametrize("kind", [Kind.MATCHING, Kind.ORDERING, Kind.GAPS])
def test_an_accepted_answer_of_pairs_is_shown_as_right(world, kind):
    save_question(code="K", standard=1, draft=DRAFTS[kind], now=NOW)
    test = save_quiz(code="K", title="ท", draws=[Draw(question_code="K")])
    asked = asked_of(version("K"))
    own = key_answer(asked)
    targets = target_ids(asked)
    new = [f"{row}={targets[(place + 1) % len(targets)]}" for place, row in enumerate(row_ids(asked))]
    papers = []
    for person, said in ((world.somsri, own), (world.daruni, new)):
        held = services.start_attempt(
            quiz=test, officer_id=person.pk, context="p", context_version="1", now=NOW
        )
        papers.append(services.submit_attempt(attempt=held, answers={version("K").pk: said}, now=NOW))
    corrected(world, Remedy.ACCEPT_BOTH, code="K", right=new)
    for one in papers:
        (item,) = selectors.review(Attempt.objects.get(pk=one.pk), now=LATER)
        assert item.points == 1
        assert all(row.is_right for row in item.rows)
