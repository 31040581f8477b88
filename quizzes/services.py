"""Writes of the quiz engine: questions and their versions, quizzes, attempts."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from secrets import randbits
from types import EllipsisType

from django.db import IntegrityError, transaction
from django.db.models import Max

from quizzes.blueprints import Draw as Draw
from quizzes.blueprints import check_quiz as check_quiz
from quizzes.blueprints import draw_versions
from quizzes.blueprints import save_quiz as save_quiz
from quizzes.checks import check_draft as check_draft
from quizzes.checks import check_shape, is_incomplete
from quizzes.drafts import Choice as Choice
from quizzes.drafts import QuestionDraft as QuestionDraft
from quizzes.enums import AttemptState, Difficulty, Kind
from quizzes.filing import file_question, note_words
from quizzes.grading import GRACE as GRACE
from quizzes.grading import KeyedItem, grade
from quizzes.kinds import KEPT_IN_ORDER, clean, row_ids, target_ids
from quizzes.models import Attempt, Question, QuestionVersion, Quiz
from quizzes.pictures import check_held, note_uses
from quizzes.versions import asked_of, says_the_same, stored_rows
from sucharit.kernel import thai_text
from sucharit.kernel.errors import Refused

Answers = Mapping[int, Sequence[str]]


@transaction.atomic
def save_question(
    *,
    code: str,
    standard: int,
    draft: QuestionDraft,
    now: datetime,
    difficulty: str = Difficulty.MEDIUM,
    topics: Sequence[str] | None = None,
    provisions: Sequence[str] | None = None,
    review_on: date | EllipsisType | None = ...,
    by_id: int | None = None,
    may_lack_feedback: bool = False,
) -> QuestionVersion:
    """Make a question, or give it a new version when what it says has changed; unchanged words make no version.

    `topics` and `provisions` are the names it is filed under; None leaves them as they are, as `...` leaves the day of
    review. With `may_lack_feedback` a question that does not say why, or whose picture has no words, is kept, out of every
    draw until somebody completes it and brings it back. Raises InvalidInput with the field.
    """
    (check_shape if may_lack_feedback else check_draft)(draft)
    images = check_held(draft)
    question, _ = Question.objects.select_for_update().get_or_create(
        code=code, defaults={"standard": standard, "difficulty": difficulty}
    )
    current = question.current
    if current is not None and says_the_same(current, draft):
        version = current
    else:
        version = _new_version(question, draft, now=now, by_id=by_id)
        note_uses(version, images)
        note_words(question, draft)
    if (question.standard, question.difficulty, question.current_id) != (standard, difficulty, version.pk):
        question.standard, question.difficulty, question.current = standard, difficulty, version
        question.save(update_fields=["standard", "difficulty", "current"])
    if is_incomplete(draft) and not question.is_retired:
        retire_question(question=question)
    file_question(question, topics=topics, provisions=provisions, review_on=review_on)
    return version


def _new_version(
    question: Question, draft: QuestionDraft, *, now: datetime, by_id: int | None
) -> QuestionVersion:
    last = question.versions.aggregate(last=Max("number"))["last"] or 0
    return QuestionVersion.objects.create(
        question=question,
        number=last + 1,
        kind=draft.kind,
        stem=thai_text.normalise(draft.stem) if "\n" not in draft.stem else draft.stem.strip(),
        choices=stored_rows(draft),
        scoring=draft.scoring,
        scale=list(draft.scale),
        unit=draft.unit,
        explanation=draft.explanation,
        source=draft.source,
        as_of=draft.as_of,
        created_at=now,
        created_by_id=by_id,
    )


@transaction.atomic
def retire_question(*, question: Question) -> None:
    """Take a question out of every future draw. Attempts that hold it keep it."""
    Question.objects.filter(pk=question.pk).update(is_retired=True)


def start_attempt(
    *,
    quiz: Quiz,
    officer_id: int,
    context: str,
    context_version: str,
    now: datetime,
    counted_since: datetime | None = None,
) -> Attempt:
    """The officer's open attempt here, or a new one. Two devices that start at once get the same attempt.

    Attempts begun before `counted_since` do not count against the quiz's limit (a new period allows new ones). Raises
    Refused when the attempts allowed are used up. An open attempt past its deadline is closed first, with what was saved
    in it; a host that gives something for a pass asks `overdue_attempt` before and hands that one in itself.
    """
    # Before the transaction that may refuse a new attempt: what the bell closed stays closed.
    stale = overdue_attempt(officer_id=officer_id, context=context, now=now)
    if stale is not None:
        submit_attempt(attempt=stale, answers={}, now=now)
    try:
        return _start(quiz, officer_id, context, context_version, now, counted_since)
    except IntegrityError:
        # The other device won between our look and our insert; the constraint kept it to one, so theirs is ours. If it
        # has handed in already, the place is free again and we start in our turn.
        return _start(quiz, officer_id, context, context_version, now, counted_since)


def overdue_attempt(*, officer_id: int, context: str, now: datetime) -> Attempt | None:
    """The officer's open attempt here whose bell has rung, grace included; none where there is no such attempt."""
    return Attempt.objects.filter(
        officer_id=officer_id, context=context, state=AttemptState.OPEN, deadline_at__lt=now - GRACE
    ).first()


def _is_over(attempt: Attempt, now: datetime) -> bool:
    return attempt.deadline_at is not None and now > attempt.deadline_at + GRACE


@transaction.atomic
def _start(
    quiz: Quiz,
    officer_id: int,
    context: str,
    context_version: str,
    now: datetime,
    counted_since: datetime | None,
) -> Attempt:
    earlier = list(Attempt.objects.filter(officer_id=officer_id, context=context).order_by("number"))
    for attempt in earlier:
        if attempt.state == AttemptState.OPEN:
            return attempt
    counted = [a for a in earlier if counted_since is None or a.started_at >= counted_since]
    if quiz.max_attempts and len(counted) >= quiz.max_attempts:
        raise Refused("attempts_used_up", f"คุณทำแบบทดสอบนี้ครบ {quiz.max_attempts} ครั้งแล้ว")
    seed = randbits(62)
    seen = [item["v"] for attempt in earlier for item in attempt.items]
    shuffle = random.Random(seed)  # noqa: S311 - a shuffle, not a secret
    asked = draw_versions(quiz, seen, shuffle)
    limit = timedelta(minutes=quiz.time_limit_minutes) if quiz.time_limit_minutes else None
    return Attempt.objects.create(
        quiz=quiz,
        officer_id=officer_id,
        context=context,
        context_version=context_version,
        number=(earlier[-1].number if earlier else 0) + 1,
        items=[_pin(version, shuffle, mix=quiz.shuffle_choices) for version in asked],
        pass_percent=quiz.pass_percent,
        started_at=now,
        deadline_at=now + limit if limit else None,
        max_score=sum(version.kind != Kind.LIKERT for version in asked),
    )


def _pin(version: QuestionVersion, shuffle: random.Random, *, mix: bool) -> dict[str, object]:
    """The version and the order of its rows; of what rows are paired with, too, where it is paired."""
    asked = asked_of(version)
    pinned: dict[str, object] = {"v": version.pk}
    order, targets = row_ids(asked), target_ids(asked)
    # True comes before false in every mind, and a scale runs one way; what is to be put in order must never come in it.
    if (mix and version.kind not in KEPT_IN_ORDER) or version.kind == Kind.ORDERING:
        shuffle.shuffle(order)
    if version.kind in {Kind.MATCHING, Kind.GAPS}:
        shuffle.shuffle(targets)
    if version.kind == Kind.GAPS:
        order.sort(key=int)
    return pinned | {"order": order} | ({"targets": targets} if targets else {})


def save_answers(*, attempt: Attempt, answers: Answers, now: datetime) -> bool:
    """Keep answers without handing in, merged over what was kept. False when the attempt is closed or the bell has rung."""
    if _is_over(attempt, now):
        return False
    with transaction.atomic():
        held = Attempt.objects.select_for_update().filter(pk=attempt.pk, state=AttemptState.OPEN).first()
        if held is None:
            return False
        held.answers = {**held.answers, **_clean(_versions_of(held), answers)}
        held.save(update_fields=["answers"])
    return True


def submit_attempt(*, attempt: Attempt, answers: Answers, now: datetime) -> Attempt:
    """Hand in and grade, once: a second submission, from whatever device, gets the first one's result.

    Answers that arrive after the deadline and its grace are not taken; what was saved before is graded.
    """
    late = _is_over(attempt, now)
    with transaction.atomic():
        return _close(attempt, {} if late else answers, now=now)


def _close(attempt: Attempt, answers: Answers, *, now: datetime) -> Attempt:
    held = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if held.state != AttemptState.OPEN:
        return held
    versions = _versions_of(held)
    final = {**held.answers, **_clean(versions, answers)}
    result = grade(
        [KeyedItem(item["v"], asked_of(versions[item["v"]])) for item in held.items],
        {int(key): said for key, said in final.items()},
        pass_percent=held.pass_percent,
    )
    ended = now if held.deadline_at is None else min(now, held.deadline_at)
    # The condition on state is the guard where the database has no row locks (SQLite): only one submission wins.
    won = Attempt.objects.filter(pk=held.pk, state=AttemptState.OPEN).update(
        state=AttemptState.SUBMITTED,
        answers=final,
        score=result.score,
        passed=result.passed,
        submitted_at=ended,
    )
    if won:
        held.state, held.answers = AttemptState.SUBMITTED, final
        held.score, held.passed, held.submitted_at = result.score, result.passed, ended
        return held
    return Attempt.objects.get(pk=held.pk)


def _versions_of(attempt: Attempt) -> Mapping[int, QuestionVersion]:
    return QuestionVersion.objects.in_bulk([item["v"] for item in attempt.items])


def _clean(versions: Mapping[int, QuestionVersion], answers: Answers) -> dict[str, list[str]]:
    """Only what was really offered: a browser can post anything."""
    return {
        str(version_id): clean(asked_of(versions[version_id]), said)
        for version_id, said in answers.items()
        if version_id in versions
    }
