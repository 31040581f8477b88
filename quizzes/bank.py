"""What staff do with the bank by hand, beyond storing a draft: each verb looks after the quizzes that lean on a question."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from types import EllipsisType

from django.db import transaction
from django.db.models import Q

from quizzes.checks import is_incomplete
from quizzes.models import Question, QuestionVersion, Quiz
from quizzes.services import QuestionDraft, check_quiz, retire_question, save_question
from quizzes.versions import draft_of
from sucharit.kernel.errors import Conflict, Refused


def quizzes_using(question: Question) -> Sequence[tuple[Quiz, bool]]:
    """The quizzes that may ask a question, each with whether it is fixed there (else drawn from a pool). Two queries."""
    topics = question.topics.values("pk")
    drawn = (Q(draws__standard=question.standard) | Q(draws__standard__isnull=True)) & (
        Q(draws__topic__isnull=True) | Q(draws__topic__in=topics)
    )
    by_level = Q(draws__difficulty="") | Q(draws__difficulty=question.difficulty)
    rows = Quiz.objects.filter(
        Q(draws__question=question) | (Q(draws__question__isnull=True) & drawn & by_level)
    )
    fixed = set(Quiz.objects.filter(draws__question=question).values_list("pk", flat=True))
    return [(quiz, quiz.pk in fixed) for quiz in rows.distinct().order_by("code")]


@transaction.atomic
def revise_question(
    *,
    question: Question,
    based_on: int,
    standard: int,
    difficulty: str,
    draft: QuestionDraft,
    now: datetime,
    by_id: int | None,
    topics: Sequence[str] | None = None,
    provisions: Sequence[str] | None = None,
    review_on: date | EllipsisType | None = ...,
) -> QuestionVersion:
    """Store what an author made of version `based_on`.

    Raises Conflict where somebody stored a newer version meanwhile, Refused where a move to another standard would leave a
    quiz without enough questions, and what `save_question` raises.
    """
    held = Question.objects.select_for_update(of=("self",)).select_related("current").get(pk=question.pk)
    current = held.current.number if held.current else 0
    if current != based_on:
        raise Conflict(
            "question_changed",
            f"ระหว่างที่คุณแก้ไข มีผู้บันทึกฉบับที่ {current} แล้ว โปรดเปิดประวัติเพื่อเทียบดู "
            "หากกดบันทึกอีกครั้ง ข้อความของคุณจะเป็นฉบับถัดไป",
            current=current,
        )
    moves = (held.standard, held.difficulty) != (standard, difficulty) or (topics, provisions) != (None, None)
    leaning = [quiz for quiz, _ in quizzes_using(held)] if moves else []
    version = save_question(
        code=held.code,
        standard=standard,
        draft=draft,
        difficulty=difficulty,
        topics=topics,
        provisions=provisions,
        review_on=review_on,
        now=now,
        by_id=by_id,
    )
    still_filled(leaning, "ย้ายข้อนี้ไม่ได้")
    return version


@transaction.atomic
def retire(*, question: Question) -> None:
    """Take a question out of every future draw. Refused where a quiz could then not be filled, in a sentence naming it."""
    leaning = quizzes_using(question)
    fixed = [quiz.title for quiz, is_fixed in leaning if is_fixed]
    if fixed:
        raise Refused(
            "question_fixed",
            f"เลิกใช้ไม่ได้ เพราะแบบทดสอบ “{fixed[0]}” กำหนดข้อนี้ไว้ โปรดนำข้อนี้ออกจากแบบทดสอบก่อน",
        )
    retire_question(question=question)
    still_filled([quiz for quiz, _ in leaning], "เลิกใช้ไม่ได้")


@transaction.atomic
def bring_back(*, question: Question) -> None:
    """Let a retired question be drawn again. Refused where it does not say why, as one from a file may not."""
    if question.current is not None and is_incomplete(draft_of(question.current)):
        raise Refused("choice_incomplete", "คำถามนี้ยังมีตัวเลือกหรือภาพที่ไม่มีคำอธิบาย โปรดเติมให้ครบก่อนนำมาใช้")
    Question.objects.filter(pk=question.pk).update(is_retired=False)


def still_filled(quizzes: Iterable[Quiz], what: str) -> None:
    """Refuse, beginning with `what`, where one of these quizzes can no longer be filled."""
    for quiz in quizzes:
        try:
            check_quiz(quiz)
        except Refused as error:
            raise Refused(error.code, f"{what} เพราะ “{quiz.title}” จะมีคำถามไม่พอ: {error.message}") from error
