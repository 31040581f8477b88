"""The same change to many questions at once, or to none: filed, rated, dated or taken out of use together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from types import EllipsisType

from django.db import transaction
from django.db.models import Q

from quizzes.bank import still_filled
from quizzes.enums import TopicKind
from quizzes.filing import tidy_names, topics_named
from quizzes.models import Question, Quiz, QuizDraw, Topic
from sucharit.kernel.errors import InvalidInput, Refused

# One request changes these in a few seconds.
MOST_QUESTIONS = 2_000


@dataclass(frozen=True)
class Change:
    """What is to change; what is empty stays as it is. `remove` names topics or provisions; a day of None takes it away."""

    topics: Sequence[str] = ()
    provisions: Sequence[str] = ()
    remove: Sequence[str] = ()
    difficulty: str = ""
    review_on: date | EllipsisType | None = ...
    retire: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to change."""
        return self == Change()

    @property
    def takes_away(self) -> bool:
        """Whether a pool may lose questions by it."""
        return bool(self.remove or self.difficulty or self.retire)


@transaction.atomic
def change_questions(*, question_ids: Collection[int], change: Change) -> Sequence[Question]:
    """Change these questions; return those in which something changed. All of them, or none.

    Raises InvalidInput where nothing is asked for or a name is none of the bank's, Refused where it is too much at once or a
    quiz could then not be filled.
    """
    if change.is_empty:
        raise InvalidInput("nothing_asked", "โปรดเลือกสิ่งที่จะเปลี่ยนอย่างน้อย 1 อย่าง")
    if not question_ids:
        raise InvalidInput("nobody_asked", "โปรดเลือกคำถามอย่างน้อย 1 ข้อ")
    if len(question_ids) > MOST_QUESTIONS:
        raise Refused("too_many", f"เปลี่ยนได้ครั้งละไม่เกิน {MOST_QUESTIONS:,} ข้อ โปรดกรองให้แคบลง")
    held = list(Question.objects.select_for_update().filter(pk__in=question_ids).order_by("code"))
    if change.retire:
        _check_none_is_fixed(held)
    leaning = leaning_on(held) if change.takes_away else []
    changed: set[int] = set()
    for kind, names in ((TopicKind.TOPIC, change.topics), (TopicKind.PROVISION, change.provisions)):
        changed |= _add(held, topics_named(names, kind))
    changed |= _remove(held, change.remove)
    facts: dict[str, object] = {}
    if change.difficulty:
        facts["difficulty"] = change.difficulty
    if not isinstance(change.review_on, EllipsisType):
        facts["review_on"] = change.review_on
    if change.retire:
        facts["is_retired"] = True
    for name, value in facts.items():
        other = [question.pk for question in held if getattr(question, name) != value]
        Question.objects.filter(pk__in=other).update(**{name: value})
        changed |= set(other)
    still_filled(leaning, "เปลี่ยนพร้อมกันไม่ได้")
    return [question for question in held if question.pk in changed]


def _check_none_is_fixed(held: Sequence[Question]) -> None:
    fixed = QuizDraw.objects.filter(question__in=held).select_related("quiz", "question").first()
    if fixed is not None and fixed.question is not None:
        raise Refused(
            "question_fixed",
            f"เลิกใช้ไม่ได้ เพราะแบบทดสอบ “{fixed.quiz.title}” กำหนดข้อ {fixed.question.code} ไว้ "
            "โปรดนำข้อนี้ออกจากแบบทดสอบก่อน",
        )


def leaning_on(held: Sequence[Question]) -> Sequence[Quiz]:
    """The quizzes that draw from a pool in which one of these may stand."""
    standards = {question.standard for question in held}
    pools = QuizDraw.objects.filter(
        Q(standard__in=standards) | Q(standard__isnull=True), question__isnull=True
    )
    return list(Quiz.objects.filter(pk__in=pools.values("quiz")).order_by("code"))


def _add(held: Sequence[Question], topics: Sequence[Topic]) -> set[int]:
    if not topics:
        return set()
    pairs = Question.topics.through
    there = set(
        pairs.objects.filter(question__in=held, topic__in=topics).values_list("question_id", "topic_id")
    )
    new = [
        pairs(question_id=question.pk, topic_id=topic.pk)
        for question in held
        for topic in topics
        if (question.pk, topic.pk) not in there
    ]
    pairs.objects.bulk_create(new, batch_size=1_000, ignore_conflicts=True)
    return {pair.question_id for pair in new}


def _remove(held: Sequence[Question], names: Sequence[str]) -> set[int]:
    wanted = tidy_names(names)
    if not wanted:
        return set()
    found = {topic.name: topic for topic in Topic.objects.filter(name__in=wanted)}
    unknown = next((name for name in wanted if name not in found), "")
    if unknown:
        raise InvalidInput("topic_unknown", f"ไม่พบหัวข้อหรือบทบัญญัติ “{unknown}” ในคลัง", field="remove")
    pairs = Question.topics.through.objects.filter(question__in=held, topic__in=found.values())
    changed = set(pairs.values_list("question_id", flat=True))
    pairs.delete()
    return changed
