"""Quizzes as blueprints: fixed questions and draws from pools of the bank. Internal to this app; others enter by `services`."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Aggregate, Exists, F, FilteredRelation, IntegerField, Q, TextField, Value
from django.db.models.expressions import Combinable

from quizzes.allowances import allowance_of, in_force
from quizzes.drawing import Bucket, Pool, UnfilledError, fill, pools_from, shortlist
from quizzes.enums import Difficulty, Feedback, Kind, Standard
from quizzes.models import Question, QuestionVersion, Quiz, QuizDraw, Topic
from quizzes.rules import NOTHING, Allowance
from quizzes.versions import PINNED
from sucharit.kernel.errors import InvalidInput, Refused

# A code has at most thirty characters; "-PRE" are four.
LONGEST_STEM = 26
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
    if facts.get("feedback") == Feedback.CLOSING and facts.get("closes_at") is None:
        raise InvalidInput(
            "closing_missing", "โปรดระบุเวลาปิด เพราะตั้งให้เปิดเฉลยเมื่อปิดแบบทดสอบ", field="closes_at"
        )
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


@transaction.atomic
def make_pre(*, quiz: Quiz) -> Quiz:
    """Make the test before lessons that goes with a test after them: the same lines and rules, one attempt. Refused where one is.

    The two avoid one another's questions as long as the pools allow it; what is learned is measured between them.
    """
    if Quiz.objects.filter(before=quiz).exists():
        raise Refused("pre_exists", "แบบทดสอบนี้มีคู่ก่อนเรียนแล้ว")
    code = f"{quiz.code[:LONGEST_STEM]}-PRE"
    if Quiz.objects.filter(code=code).exists():
        raise Refused("code_taken", f"มีแบบทดสอบรหัส {code} แล้ว โปรดเปิดแบบทดสอบนั้นแล้วเลือกให้เป็นคู่")
    pre = Quiz.objects.create(
        code=code,
        title=f"{quiz.title} (ก่อนเรียน)",
        instructions=quiz.instructions,
        pass_percent=quiz.pass_percent,
        time_limit_minutes=quiz.time_limit_minutes,
        max_attempts=1,
        shuffle_choices=quiz.shuffle_choices,
        feedback=quiz.feedback,
        closes_at=quiz.closes_at,
        before=quiz,
    )
    lines = list(quiz.draws.all())
    for line in lines:
        line.pk, line.quiz = None, pre
    QuizDraw.objects.bulk_create(lines)
    check_quiz(pre)
    return pre


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
    try:
        _filled(draws, {}, random.Random(0))  # noqa: S311 - only whether it can be filled is asked
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


class _Listed(Aggregate):
    """The numbers of a group as one text, parted by commas: a row for a bucket, and not one for each question."""

    output_field = TextField()
    template = "%(function)s(%(expressions)s)"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, function="GROUP_CONCAT", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "STRING_AGG(%(expressions)s::text, ',')"
        return super().as_sql(compiler, connection, template=template, **extra)


def _buckets(pools: Sequence[tuple[Pool, int]]) -> Sequence[Bucket]:
    """What the pools may give, as little of it as a draw needs: one query and a few rows, whatever the size of the bank."""
    if not pools:
        return []
    rows = Question.objects.filter(is_retired=False, current__isnull=False).exclude(current__kind=Kind.LIKERT)
    if all(pool.standard is not None for pool, _ in pools):
        rows = rows.filter(standard__in={pool.standard for pool, _ in pools})
    wanted = {pool.topic_id for pool, _ in pools if pool.topic_id is not None}
    tag: Combinable = Value(None, output_field=IntegerField())
    if wanted:
        rows = rows.annotate(wanted=FilteredRelation("topics", condition=Q(topics__in=wanted)))
        tag = F("wanted__pk")
    grouped = rows.annotate(tag=tag).order_by().values("standard", "difficulty", "tag")
    found = grouped.annotate(listed=_Listed("pk")).values_list("standard", "difficulty", "tag", "listed")
    return [
        Bucket(standard, difficulty, topic_id, [int(pk) for pk in listed.split(",")])
        for standard, difficulty, topic_id, listed in found
    ]


def _filled(
    draws: Sequence[QuizDraw], times: Mapping[int, int], shuffle: random.Random
) -> tuple[list[int], list[list[int]]]:
    """The fixed questions of a blueprint, and those of each draw. Raises UnfilledError. One query."""
    fixed, asked = _fixed(draws), _pools(draws)
    pools = pools_from((pool for pool, _ in asked), _buckets(asked), without=fixed)
    places = sum(count for _, count in asked)
    return fixed, fill(asked, shortlist(pools, places=places, times=times, shuffle=shuffle))


def lines_for(quiz: Quiz, officer_id: int, day: date) -> tuple[Sequence[QuizDraw], Allowance]:
    """The lines of a blueprint, and what accommodations give this person in it.

    One query, and one more for whoever was granted something.
    """
    draws = list(quiz.draws.annotate(is_granted=Exists(in_force(officer_id, quiz.pk, day))))
    granted = any(draw.is_granted for draw in draws)
    return draws, allowance_of(officer_id, quiz.pk, day) if granted else NOTHING


def draw_versions(
    draws: Sequence[QuizDraw], seen: Iterable[Mapping[str, Any]], shuffle: random.Random
) -> Sequence[QuestionVersion]:
    """Fill a blueprint: from each pool the questions this learner has seen least often, unseen first, then shuffled.

    `seen` are the pinned items of earlier attempts.
    """
    try:
        fixed, drawn = _filled(draws, _times_seen(seen), shuffle)
    except UnfilledError as lack:
        raise Refused("pool_too_small", "คลังคำถามมีข้อไม่พอ โปรดแจ้งผู้ดูแลรายวิชา") from lack
    wanted = [*fixed, *(pk for group in drawn for pk in group)]
    rows = QuestionVersion.objects.filter(
        question__in=wanted, question__is_retired=False, question__current=F("pk")
    )
    # The last guard, for a fixed question that became one of opinion after the quiz was saved.
    found = list(rows.exclude(kind=Kind.LIKERT).order_by("pk").only(*PINNED))
    if len(found) < len(wanted):
        raise Refused("question_retired", "มีคำถามในแบบทดสอบนี้ที่เลิกใช้แล้ว โปรดแจ้งผู้ดูแลรายวิชา")
    shuffle.shuffle(found)
    return found


def _times_seen(items: Iterable[Mapping[str, Any]]) -> Mapping[int, int]:
    """How often each question was met. Attempts of before pins named the question are asked for it."""
    known: list[int] = []
    unnamed: list[int] = []
    for item in items:
        (known if "q" in item else unnamed).append(item.get("q", item["v"]))
    if unnamed:
        owner = dict(QuestionVersion.objects.filter(pk__in=set(unnamed)).values_list("pk", "question_id"))
        known += [owner[version_id] for version_id in unnamed if version_id in owner]
    return Counter(known)
