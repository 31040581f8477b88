"""Quizzes as blueprints: fixed questions and draws from pools of the bank. Internal to this app; others enter by `services`."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from quizzes.drawing import Candidate, Pool, UnfilledError, fill
from quizzes.enums import Difficulty, Kind, Standard
from quizzes.models import Question, QuestionVersion, Quiz, QuizDraw, Topic
from sucharit.kernel.errors import InvalidInput, Refused

# An attempt belongs to a named person, so an opinion has no place in it: questionnaires of attitude ask for those.
NO_OPINIONS = "แบบทดสอบใช้คำถามชนิดระดับความเห็นไม่ได้ เพราะผลทดสอบผูกกับตัวผู้ทำ โปรดใช้แบบสอบถามทัศนคติ"


@dataclass(frozen=True)
class Draw:
    """One line of a blueprint: a question code, or `count` from the pool of a standard, a topic (by name), or both."""

    question_code: str = ""
    standard: int | None = None
    count: int = 1
    topic: str = ""
    difficulty: str = ""


@transaction.atomic
def save_quiz(*, code: str, draws: Iterable[Draw], **facts: object) -> Quiz:
    """Make a quiz or bring it to this blueprint. Refused where its pools cannot fill it."""
    quiz, _ = Quiz.objects.update_or_create(code=code, defaults=facts)
    quiz.draws.all().delete()
    asked = list(draws)
    codes = [draw.question_code for draw in asked if draw.question_code]
    fixed = Question.objects.filter(code__in=codes, is_retired=False).select_related("current")
    by_code = {row.code: row for row in fixed}
    topics = {row.name: row for row in Topic.objects.filter(name__in={draw.topic for draw in asked})}
    named: set[str] = set()
    rows = []
    for place, draw in enumerate(asked):
        _check_draw(draw, by_code, topics, named)
        named.add(draw.question_code)
        row = QuizDraw(quiz=quiz, sort_order=place)
        if draw.question_code:
            row.question = by_code[draw.question_code]
        else:
            row.standard, row.count, row.difficulty = draw.standard, draw.count, draw.difficulty
            row.topic = topics[draw.topic] if draw.topic else None
        rows.append(row)
    QuizDraw.objects.bulk_create(rows)
    check_quiz(quiz)
    return quiz


def _check_draw(
    draw: Draw, by_code: Mapping[str, Question], topics: Mapping[str, Topic], named: Collection[str]
) -> None:
    if draw.question_code:
        if draw.question_code not in by_code:
            raise InvalidInput("question_unknown", f"ไม่พบคำถามรหัส {draw.question_code} ในคลัง", field="draws")
        current = by_code[draw.question_code].current
        if current is not None and current.kind == Kind.LIKERT:
            raise InvalidInput("question_of_opinion", f"{draw.question_code}: {NO_OPINIONS}", field="draws")
        if draw.question_code in named:
            raise InvalidInput(
                "question_twice", f"ใส่คำถามรหัส {draw.question_code} ไว้มากกว่า 1 ครั้ง", field="draws"
            )
        return
    if draw.topic and draw.topic not in topics:
        raise InvalidInput("topic_unknown", f"ไม่พบหัวข้อ “{draw.topic}” ในคลัง", field="draws")
    if (draw.standard is None and not draw.topic) or draw.count < 1:
        raise InvalidInput(
            "draw_empty", "โปรดระบุรหัสคำถาม หรือมาตรฐานหรือหัวข้อ และจำนวนข้อตั้งแต่ 1 ข้อ", field="draws"
        )


def check_quiz(quiz: Quiz) -> None:
    """Refuse a blueprint that the bank cannot fill, in a sentence that says which pool lacks and by how many.

    Pools are weighed together, and a question that stands fixed is not drawn as well.
    """
    draws = list(quiz.draws.select_related("question__current"))
    if not draws:
        raise Refused("quiz_empty", "แบบทดสอบนี้ยังไม่มีคำถาม")
    retired = [draw.question.code for draw in draws if draw.question is not None and draw.question.is_retired]
    if retired:
        raise Refused("question_retired", f"คำถามรหัส {' '.join(retired)} เลิกใช้แล้ว โปรดเปลี่ยนเป็นข้ออื่น")
    asked = [draw.question for draw in draws if draw.question is not None]
    if any(one.current is not None and one.current.kind == Kind.LIKERT for one in asked):
        raise Refused("question_of_opinion", NO_OPINIONS)
    pools = _pools(draws)
    try:
        fill(pools, _candidates(pools, _fixed(draws)), rank=lambda one: (one.pk, 0))
    except UnfilledError as lack:
        raise Refused("pool_too_small", _lacking(lack)) from lack


def _lacking(lack: UnfilledError) -> str:
    pool = lack.pool
    parts = [] if pool.standard is None else [Standard(pool.standard).label]
    if pool.topic_id is not None:
        parts.append(f"หัวข้อ “{Topic.objects.get(pk=pool.topic_id).name}”")
    if pool.difficulty:
        parts.append(f"ระดับ{Difficulty(pool.difficulty).label}")
    shared = "" if lack.holds < lack.wanted else " และบางข้อใช้ไปกับแถวอื่นแล้ว"
    return f"แบบทดสอบต้องใช้คำถาม {' '.join(parts)} จำนวน {lack.wanted} ข้อ แต่ในคลังมี {lack.holds} ข้อ{shared}"


def _pools(draws: Sequence[QuizDraw]) -> list[tuple[Pool, int]]:
    return [
        (Pool(draw.standard, draw.topic_id, draw.difficulty), draw.count)
        for draw in draws
        if draw.question_id is None
    ]


def _fixed(draws: Sequence[QuizDraw]) -> list[int]:
    return [draw.question_id for draw in draws if draw.question_id is not None]


def _candidates(pools: Sequence[tuple[Pool, int]], fixed: Collection[int]) -> list[Candidate]:
    """What the pools may give, as little of it as a draw needs: two queries, whatever the size of the bank."""
    if not pools:
        return []
    rows = Question.objects.filter(is_retired=False, current__isnull=False).exclude(current__kind=Kind.LIKERT)
    if all(pool.standard is not None for pool, _ in pools):
        rows = rows.filter(standard__in={pool.standard for pool, _ in pools})
    topics: dict[int, set[int]] = {}
    wanted = {pool.topic_id for pool, _ in pools if pool.topic_id is not None}
    if wanted:
        tagged = Question.topics.through.objects.filter(topic_id__in=wanted)
        for question_id, topic_id in tagged.values_list("question_id", "topic_id"):
            topics.setdefault(question_id, set()).add(topic_id)
    return [
        Candidate(pk, standard, difficulty, frozenset(topics.get(pk, ())))
        for pk, standard, difficulty in rows.values_list("pk", "standard", "difficulty")
        if pk not in fixed
    ]


def draw_versions(
    quiz: Quiz, seen_versions: Sequence[int], shuffle: random.Random
) -> Sequence[QuestionVersion]:
    """Fill a blueprint: from each pool the questions this learner has seen least often, unseen first, then shuffled."""
    draws = list(quiz.draws.all())
    fixed, pools = _fixed(draws), _pools(draws)
    times = _times_seen(seen_versions)
    try:
        drawn = fill(
            pools, _candidates(pools, fixed), rank=lambda one: (times.get(one.pk, 0), shuffle.random())
        )
    except UnfilledError as lack:
        raise Refused("pool_too_small", "คลังคำถามมีข้อไม่พอ โปรดแจ้งผู้ดูแลรายวิชา") from lack
    wanted = [*fixed, *(pk for group in drawn for pk in group)]
    rows = QuestionVersion.objects.filter(
        pk__in=Question.objects.filter(pk__in=wanted, is_retired=False).values("current")
    )
    # The last guard, for a fixed question that became one of opinion after the quiz was saved.
    found = list(rows.exclude(kind=Kind.LIKERT).order_by("pk"))
    if len(found) < len(wanted):
        raise Refused("question_retired", "มีคำถามในแบบทดสอบนี้ที่เลิกใช้แล้ว โปรดแจ้งผู้ดูแลรายวิชา")
    shuffle.shuffle(found)
    return found


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
