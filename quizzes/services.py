"""Writes of the quiz engine: questions and their versions, quizzes, attempts."""

from collections.abc import Sequence
from datetime import date, datetime
from types import EllipsisType

from django.db import transaction
from django.db.models import Max

from quizzes.allowances import end_accommodation as end_accommodation
from quizzes.allowances import grant_accommodation as grant_accommodation
from quizzes.attempts import Answers as Answers
from quizzes.attempts import check_answer as check_answer
from quizzes.attempts import is_over as is_over
from quizzes.attempts import overdue as overdue
from quizzes.attempts import save_answers as save_answers
from quizzes.attempts import save_named as save_named
from quizzes.attempts import start_attempt as start_attempt
from quizzes.attempts import submit_attempt as submit_attempt
from quizzes.attempts import submit_named as submit_named
from quizzes.attempts import submit_overdue as submit_overdue
from quizzes.blueprints import Draw as Draw
from quizzes.blueprints import check_quiz as check_quiz
from quizzes.blueprints import make_pre as make_pre
from quizzes.blueprints import save_quiz as save_quiz
from quizzes.checks import check_draft as check_draft
from quizzes.checks import check_shape, is_incomplete
from quizzes.corrections import advance_corrections as advance_corrections
from quizzes.corrections import approve_correction as approve_correction
from quizzes.corrections import passed_on as passed_on
from quizzes.corrections import propose_correction as propose_correction
from quizzes.corrections import refuse_correction as refuse_correction
from quizzes.drafts import Choice as Choice
from quizzes.drafts import QuestionDraft as QuestionDraft
from quizzes.enums import Difficulty
from quizzes.enums import Kept as Kept
from quizzes.enums import Work as Work
from quizzes.filing import file_question, note_words
from quizzes.grading import GRACE as GRACE
from quizzes.models import Question, QuestionVersion
from quizzes.pictures import check_held, note_uses
from quizzes.responses import collect as collect
from quizzes.setbacks import contained as contained
from quizzes.versions import says_the_same, stored_rows
from sucharit.kernel import thai_text


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
