"""Attempts: starting, keeping answers, looking at one, handing in. Internal to this app; others enter by `services`."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import randbits

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from quizzes.blueprints import draw_versions, lines_for
from quizzes.enums import AttemptState, Counts, Feedback, Kept, Kind, Work
from quizzes.grading import GRACE, Graded, KeyedItem, Ruling, grade
from quizzes.kinds import KEPT_IN_ORDER, clean, row_ids, target_ids
from quizzes.models import Attempt, QuestionVersion, Quiz
from quizzes.rules import bell_of, counted_in, refusal
from quizzes.rulings import keys_and_rulings
from quizzes.setbacks import ready
from quizzes.versions import PINNED, asked_of
from sucharit.kernel import ids
from sucharit.kernel.errors import NotFound, Refused
from sucharit.kernel.thai_calendar import local_date

Answers = Mapping[int, Sequence[str]]
# Whoever is away from a question for longer than this was not thinking about it.
LONGEST_LOOK = timedelta(minutes=30)


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

    Attempts begun before `counted_since` do not count against the quiz's limit (a new period allows new ones). Raises Refused
    when the attempts allowed are used up, the time between two is not over, or the quiz is closed. An open attempt is returned
    even past its deadline: a host that gives something for a pass hands it in itself (`is_over`).
    """
    try:
        return _start(quiz, officer_id, context, context_version, now, counted_since)
    except IntegrityError:
        # The other device won between our look and our insert; the constraint kept it to one, so theirs is ours. If it
        # has handed in already, the place is free again and we start in our turn.
        return _start(quiz, officer_id, context, context_version, now, counted_since)


def is_over(attempt: Attempt, *, now: datetime) -> bool:
    """Whether the server's bell has rung for this attempt, grace included: a page opened inside it must not close it."""
    return attempt.deadline_at is not None and now > attempt.deadline_at + GRACE


def _start(
    quiz: Quiz,
    officer_id: int,
    context: str,
    context_version: str,
    now: datetime,
    counted_since: datetime | None,
) -> Attempt:
    # What was met in the other test of the pair was met as well.
    met = Q(context=context) | Q(quiz__before=quiz.pk)
    if quiz.before_id is not None:
        met |= Q(quiz=quiz.before_id)
    rows = list(Attempt.objects.filter(met, officer_id=officer_id).order_by("number").defer("answers"))
    earlier = [attempt for attempt in rows if attempt.context == context]
    for attempt in earlier:
        if attempt.state == AttemptState.OPEN:
            return attempt
    draws, allowance = lines_for(quiz, officer_id, local_date(now))
    refused = refusal(quiz, allowance, earlier, now=now, since=counted_since)
    if refused is not None:
        raise refused
    shuffle = random.Random(randbits(62))  # noqa: S311 - a shuffle, not a secret
    asked = draw_versions(draws, [item for attempt in rows for item in attempt.items], shuffle)
    begun = Attempt(
        quiz=quiz,
        officer_id=officer_id,
        context=context,
        context_version=context_version,
        number=(earlier[-1].number if earlier else 0) + 1,
        items=[_pin(version, shuffle, mix=quiz.shuffle_choices) for version in asked],
        pass_percent=quiz.pass_percent,
        feedback=quiz.feedback,
        is_practice=quiz.counts == Counts.FIRST and bool(counted_in(earlier, counted_since)),
        started_at=now,
        deadline_at=bell_of(quiz, allowance, now),
        max_score=sum(version.kind != Kind.LIKERT for version in asked),
    )
    # What was read needs no lock, for the constraints refuse whatever was overtaken; so nobody waits while a paper is drawn.
    with transaction.atomic():
        begun.save(force_insert=True)
    return begun


def _pin(version: QuestionVersion, shuffle: random.Random, *, mix: bool) -> dict[str, object]:
    """The version and the order of its rows; of what rows are paired with, too, where it is paired."""
    asked = asked_of(version)
    pinned: dict[str, object] = {"v": version.pk, "q": version.question_id}
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
    """Keep answers without handing in, merged over what was kept. False when the attempt is closed or the bell has rung.

    An answer whose feedback was shown (`check_answer`) stays as it was.
    """
    return _keep(Attempt.objects.filter(pk=attempt.pk), answers, None, now) == Kept.KEPT


def save_named(*, officer_id: int, context: str, public_id: str, answers: Answers, now: datetime) -> Kept:
    """`save_answers` of one's own attempt in a place, by its name. Raises NotFound where there is none."""
    return _keep(_named(officer_id, context, public_id), answers, None, now)


def check_answer(*, attempt: Attempt, version_id: int, answers: Answers, now: datetime) -> bool:
    """Keep answers, and close the one question whose feedback is to be seen now. False as `save_answers`.

    Raises Refused where the quiz gives no feedback before handing in, or the question has no answer yet.
    """
    if attempt.feedback != Feedback.EACH:
        raise Refused("feedback_later", "แบบทดสอบนี้เปิดเฉลยหลังส่งคำตอบ")
    return _keep(Attempt.objects.filter(pk=attempt.pk), answers, version_id, now) == Kept.KEPT


def _named(officer_id: int, context: str, public_id: str) -> "QuerySet[Attempt]":
    if not ids.is_public_id(public_id):
        raise NotFound("attempt_unknown", "ไม่พบแบบทดสอบครั้งนี้")
    return Attempt.objects.filter(officer_id=officer_id, context=context, public_id=public_id)


def _keep(rows: "QuerySet[Attempt]", answers: Answers, closing: int | None, now: datetime) -> Kept:
    with transaction.atomic():
        held = rows.select_for_update().first()
        if held is None:
            raise NotFound("attempt_unknown", "ไม่พบแบบทดสอบครั้งนี้")
        if held.state != AttemptState.OPEN:
            return Kept.HANDED_IN
        if is_over(held, now=now):
            return Kept.LATE
        fresh = _clean(held, _versions_of(held), answers)
        changed = [key for key, said in fresh.items() if held.answers.get(key, []) != said]
        held.answers = {**held.answers, **fresh}
        if len(changed) == 1:
            _count_time(held, changed[0], now)
        if changed:
            held.saved_at = now
        if closing is not None:
            if not held.answers.get(str(closing)):
                raise Refused("not_answered", "โปรดตอบข้อนี้ก่อนดูเฉลย")
            held.checked = sorted({*held.checked, closing})
        held.save(update_fields=["answers", "checked", "seconds", "saved_at"])
    return Kept.KEPT


def _count_time(held: Attempt, key: str, now: datetime) -> None:
    """Give the time since the last answer to this one; where several changed together nobody knows how long each took."""
    since = now - (held.saved_at or held.started_at)
    if timedelta(0) <= since <= LONGEST_LOOK:
        held.seconds = {**held.seconds, key: held.seconds.get(key, 0) + round(since.total_seconds())}


def submit_attempt(*, attempt: Attempt, answers: Answers, now: datetime) -> Attempt:
    """Hand in and grade, once: a second submission, from whatever device, gets the first one's result.

    Answers that arrive after the deadline and its grace are not taken; what was saved before is graded.
    """
    with transaction.atomic():
        return _close(Attempt.objects.filter(pk=attempt.pk), answers, now)


def submit_overdue(*, attempt: Attempt, now: datetime) -> Attempt:
    """Hand in what was saved because the bell has rung; where it was put off meanwhile, the attempt comes back open."""
    with transaction.atomic():
        return _close(Attempt.objects.filter(pk=attempt.pk), {}, now, only_overdue=True)


def submit_named(
    *, officer_id: int, context: str, public_id: str, answers: Answers, now: datetime
) -> Attempt:
    """`submit_attempt` of one's own attempt in a place, by its name. Raises NotFound where there is none."""
    rows = _named(officer_id, context, public_id)
    with transaction.atomic():
        return _close(rows, answers, now)


def _close(
    rows: "QuerySet[Attempt]", answers: Answers, now: datetime, *, only_overdue: bool = False
) -> Attempt:
    held = rows.select_for_update().first()
    if held is None:
        raise NotFound("attempt_unknown", "ไม่พบแบบทดสอบครั้งนี้")
    if held.state != AttemptState.OPEN or (only_overdue and not is_over(held, now=now)):
        return held
    versions, rulings = keys_and_rulings([item["v"] for item in held.items])
    final = dict(held.answers)
    if not is_over(held, now=now):
        final |= _clean(held, versions, answers)
    result = graded(held, versions, rulings, final)
    ended = now if held.deadline_at is None else min(now, held.deadline_at)
    # The condition on state is the guard where the database has no row locks (SQLite): only one submission wins.
    won = Attempt.objects.filter(pk=held.pk, state=AttemptState.OPEN).update(
        state=AttemptState.SUBMITTED,
        answers=final,
        score=result.score,
        max_score=result.max_score,
        passed=result.passed,
        submitted_at=ended,
    )
    if not won:
        return Attempt.objects.get(pk=held.pk)
    held.state, held.answers, held.submitted_at = AttemptState.SUBMITTED, final, ended
    held.score, held.max_score, held.passed = result.score, result.max_score, result.passed
    return held


def graded(
    held: Attempt,
    versions: Mapping[int, QuestionVersion],
    rulings: Mapping[int, Ruling],
    answers: Mapping[str, Sequence[str]],
) -> Graded:
    """What an attempt's answers earn by these keys and rulings."""
    return grade(
        [KeyedItem(item["v"], asked_of(versions[item["v"]]), rulings.get(item["v"])) for item in held.items],
        {int(key): said for key, said in answers.items()},
        pass_percent=held.pass_percent,
    )


def overdue(*, now: datetime, limit: int) -> Sequence[Attempt]:
    """Open attempts whose bell has rung, grace included, the longest overdue first. For the host that hands them in.

    Those that could not be handed in come last, and not before their wait is over (`contained`).
    """
    rows = Attempt.objects.filter(state=AttemptState.OPEN, deadline_at__lt=now - GRACE)
    return ready(Work.BELLS, rows.order_by("deadline_at"), now=now, limit=limit)


def _versions_of(attempt: Attempt) -> Mapping[int, QuestionVersion]:
    return QuestionVersion.objects.only(*PINNED).in_bulk([item["v"] for item in attempt.items])


def _clean(held: Attempt, versions: Mapping[int, QuestionVersion], answers: Answers) -> dict[str, list[str]]:
    """Only what was really offered and is not closed: a browser can post anything."""
    return {
        str(version_id): clean(asked_of(versions[version_id]), said)
        for version_id, said in answers.items()
        if version_id in versions and version_id not in held.checked
    }
