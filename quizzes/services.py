"""Writes of the quiz engine: questions and their versions, quizzes, attempts."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbits

from django.db import IntegrityError, transaction
from django.db.models import Max

from quizzes.checks import check_draft as check_draft
from quizzes.drafts import Choice as Choice
from quizzes.drafts import QuestionDraft as QuestionDraft
from quizzes.enums import AttemptState, Difficulty, Kind, Standard
from quizzes.grading import GRACE as GRACE
from quizzes.grading import KeyedItem, grade
from quizzes.kinds import KEPT_IN_ORDER, clean, row_ids, target_ids
from quizzes.models import Attempt, Question, QuestionVersion, Quiz, QuizDraw
from quizzes.versions import asked_of, says_the_same, stored_rows
from sucharit.kernel import thai_text
from sucharit.kernel.errors import InvalidInput, Refused

Answers = Mapping[int, Sequence[str]]


@dataclass(frozen=True)
class Draw:
    """One line of a blueprint: a question code, or `count` from a standard's pool."""

    question_code: str = ""
    standard: int | None = None
    count: int = 1


@transaction.atomic
def save_question(
    *,
    code: str,
    standard: int,
    draft: QuestionDraft,
    now: datetime,
    difficulty: str = Difficulty.MEDIUM,
    by_id: int | None = None,
) -> QuestionVersion:
    """Make a question, or give it a new version when what it says has changed; unchanged words make no version."""
    check_draft(draft)
    question, _ = Question.objects.select_for_update().get_or_create(
        code=code, defaults={"standard": standard, "difficulty": difficulty}
    )
    current = question.current
    if current is not None and says_the_same(current, draft):
        version = current
    else:
        version = _new_version(question, draft, now=now, by_id=by_id)
    if (question.standard, question.difficulty, question.current_id) != (standard, difficulty, version.pk):
        question.standard, question.difficulty, question.current = standard, difficulty, version
        question.save(update_fields=["standard", "difficulty", "current"])
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


@transaction.atomic
def save_quiz(*, code: str, draws: Iterable[Draw], **facts: object) -> Quiz:
    """Make a quiz or bring it to this blueprint. Refused where its pools cannot fill it."""
    quiz, _ = Quiz.objects.update_or_create(code=code, defaults=facts)
    quiz.draws.all().delete()
    by_code = {question.code: question for question in Question.objects.filter(is_retired=False)}
    named: set[str] = set()
    rows = []
    for place, draw in enumerate(draws):
        _check_draw(draw, by_code, named)
        named.add(draw.question_code)
        rows.append(
            QuizDraw(
                quiz=quiz,
                sort_order=place,
                question=by_code[draw.question_code] if draw.question_code else None,
                standard=None if draw.question_code else draw.standard,
                count=1 if draw.question_code else draw.count,
            )
        )
    QuizDraw.objects.bulk_create(rows)
    check_quiz(quiz)
    return quiz


def _check_draw(draw: Draw, by_code: Mapping[str, Question], named: Collection[str]) -> None:
    if not draw.question_code and (draw.standard is None or draw.count < 1):
        raise InvalidInput("draw_empty", "โปรดระบุรหัสคำถาม หรือมาตรฐานและจำนวนข้อตั้งแต่ 1 ข้อ", field="draws")
    if draw.question_code and draw.question_code not in by_code:
        raise InvalidInput("question_unknown", f"ไม่พบคำถามรหัส {draw.question_code} ในคลัง", field="draws")
    if draw.question_code and draw.question_code in named:
        raise InvalidInput("question_twice", f"ใส่คำถามรหัส {draw.question_code} ไว้มากกว่า 1 ครั้ง", field="draws")


def check_quiz(quiz: Quiz) -> None:
    """Refuse a blueprint that its pools cannot fill, in a sentence that says which and by how many.

    Draws from one pool are counted together, and a question that stands fixed is not drawn as well.
    """
    draws = list(quiz.draws.select_related("question"))
    if not draws:
        raise Refused("quiz_empty", "แบบทดสอบนี้ยังไม่มีคำถาม")
    retired = [draw.question.code for draw in draws if draw.question is not None and draw.question.is_retired]
    if retired:
        raise Refused("question_retired", f"คำถามรหัส {' '.join(retired)} เลิกใช้แล้ว โปรดเปลี่ยนเป็นข้ออื่น")
    fixed = [draw.question_id for draw in draws if draw.question_id is not None]
    askable = Question.objects.filter(is_retired=False, current__isnull=False).exclude(pk__in=fixed)
    pools = Counter(askable.values_list("standard", flat=True))
    wanted: Counter[int] = Counter()
    for draw in draws:
        if draw.standard is not None:
            wanted[draw.standard] += draw.count
    for standard, count in sorted(wanted.items()):
        if pools[standard] < count:
            raise Refused(
                "pool_too_small",
                f"แบบทดสอบต้องใช้คำถาม {Standard(standard).label} จำนวน {count} ข้อ แต่ในคลังมี {pools[standard]} ข้อ",
            )


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
    items, kinds = _draw_items(quiz, seen, random.Random(seed))  # noqa: S311 - a shuffle, not a secret
    limit = timedelta(minutes=quiz.time_limit_minutes) if quiz.time_limit_minutes else None
    return Attempt.objects.create(
        quiz=quiz,
        officer_id=officer_id,
        context=context,
        context_version=context_version,
        number=(earlier[-1].number if earlier else 0) + 1,
        items=items,
        pass_percent=quiz.pass_percent,
        started_at=now,
        deadline_at=now + limit if limit else None,
        max_score=sum(kind != Kind.LIKERT for kind in kinds),
    )


def _draw_items(
    quiz: Quiz, seen_versions: Sequence[int], shuffle: random.Random
) -> tuple[list[dict[str, object]], list[str]]:
    """Fill the blueprint and say the kinds: from each pool the questions this learner has seen least often, unseen first, then shuffled."""
    draws = list(quiz.draws.all())
    pool = list(
        Question.objects.filter(is_retired=False, current__isnull=False)
        .filter(standard__in={draw.standard for draw in draws if draw.standard is not None})
        .select_related("current")
        .order_by("id")
    )
    fixed_ids = [draw.question_id for draw in draws if draw.question_id is not None]
    standing = Question.objects.filter(pk__in=fixed_ids, is_retired=False).select_related("current")
    fixed = {question.pk: question for question in standing} if fixed_ids else {}
    if len(fixed) < len(fixed_ids):
        raise Refused("question_retired", "มีคำถามในแบบทดสอบนี้ที่เลิกใช้แล้ว โปรดแจ้งผู้ดูแลรายวิชา")
    times = _times_seen(seen_versions)
    taken = set(fixed)
    picked: list[Question] = []
    for draw in draws:
        if draw.question_id is not None:
            picked.append(fixed[draw.question_id])
            continue
        candidates = [q for q in pool if q.standard == draw.standard and q.pk not in taken]
        shuffle.shuffle(candidates)
        candidates.sort(key=lambda question: times.get(question.pk, 0))
        if len(candidates) < draw.count:
            raise Refused("pool_too_small", "คลังคำถามมีข้อไม่พอ โปรดแจ้งผู้ดูแลรายวิชา")
        chosen = candidates[: draw.count]
        taken.update(question.pk for question in chosen)
        picked.extend(chosen)
    shuffle.shuffle(picked)
    asked = [question.current for question in picked if question.current]
    return [_pin(version, shuffle, mix=quiz.shuffle_choices) for version in asked], [v.kind for v in asked]


def _times_seen(version_ids: Sequence[int]) -> dict[int, int]:
    times: dict[int, int] = {}
    if not version_ids:
        return times
    owner = dict(QuestionVersion.objects.filter(pk__in=set(version_ids)).values_list("pk", "question_id"))
    for version_id in version_ids:
        question_id = owner.get(version_id)
        if question_id is not None:
            times[question_id] = times.get(question_id, 0) + 1
    return times


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
    if attempt.deadline_at is not None and now > attempt.deadline_at + GRACE:
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
    late = attempt.deadline_at is not None and now > attempt.deadline_at + GRACE
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
