"""Reads of the quiz engine. `paper` carries no key at all; `review` exists only for an attempt that was handed in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Count

from quizzes.checks import check_draft
from quizzes.diffs import Difference, differences
from quizzes.drafts import QuestionDraft
from quizzes.enums import AttemptState
from quizzes.grading import GRACE
from quizzes.kinds import Asked, row_ids, target_ids
from quizzes.models import Attempt as Attempt
from quizzes.models import Question, QuestionVersion, Quiz
from quizzes.papers import PaperItem as PaperItem
from quizzes.papers import ReviewItem as ReviewItem
from quizzes.papers import illustrated, item_of, paper_item, review_item
from quizzes.pictures import check_held
from quizzes.versions import draft_of, stored_rows
from sucharit.kernel import ids
from sucharit.kernel.errors import Refused


@dataclass(frozen=True)
class QuizFacts:
    """What a learner is told before starting."""

    title: str
    instructions: str
    questions: int
    pass_percent: int
    time_limit_minutes: int | None
    max_attempts: int


def quiz_facts(quiz: Quiz) -> QuizFacts:
    """The facts of a quiz, in one query."""
    return QuizFacts(
        title=quiz.title,
        instructions=quiz.instructions,
        questions=sum(quiz.draws.values_list("count", flat=True)),
        pass_percent=quiz.pass_percent,
        time_limit_minutes=quiz.time_limit_minutes,
        max_attempts=quiz.max_attempts,
    )


_ATTEMPT_FACTS = (
    "public_id",
    "context",
    "number",
    "started_at",
    "deadline_at",
    "submitted_at",
    "score",
    "max_score",
    "passed",
)


def attempts_in(officer_id: int, contexts: Sequence[str]) -> Mapping[str, Sequence[Attempt]]:
    """The officer's attempts in each place, oldest first, in one query."""
    found: dict[str, list[Attempt]] = {context: [] for context in contexts}
    rows = Attempt.objects.filter(officer_id=officer_id, context__in=contexts).only(*_ATTEMPT_FACTS)
    for attempt in rows.order_by("number"):
        found[attempt.context].append(attempt)
    return found


def attempt_of(officer_id: int, public_id: str) -> Attempt | None:
    """One of the officer's own attempts with its quiz, or none: another's does not exist here."""
    if not ids.is_public_id(public_id):
        return None
    return Attempt.objects.select_related("quiz").filter(officer_id=officer_id, public_id=public_id).first()


def paper(attempt: Attempt) -> Sequence[PaperItem]:
    """The questions to answer, in the attempt's pinned order, with what was kept, without the key.

    One query, and one more where a question shows a picture.
    """
    versions = QuestionVersion.objects.in_bulk([item["v"] for item in attempt.items])
    return illustrated(
        [
            paper_item(number, versions[item["v"]], item, attempt.answers.get(str(item["v"]), ()))
            for number, item in enumerate(attempt.items, start=1)
        ]
    )


def review(attempt: Attempt) -> Sequence[ReviewItem]:
    """Every question with its feedback, after handing in. Refused before: this is the only way a key leaves."""
    if attempt.state != AttemptState.SUBMITTED:
        raise Refused("not_submitted", "ดูเฉลยได้หลังส่งคำตอบแล้ว")
    rows = QuestionVersion.objects.select_related("question")
    versions = rows.in_bulk([item["v"] for item in attempt.items])
    return illustrated(
        [
            review_item(number, versions[item["v"]], item, attempt.answers.get(str(item["v"]), ()))
            for number, item in enumerate(attempt.items, start=1)
        ]
    )


def is_past_deadline(attempt: Attempt, *, now: datetime) -> bool:
    """Whether the server's bell has rung for this attempt, grace included: a page opened inside it must not close it."""
    return attempt.deadline_at is not None and now > attempt.deadline_at + GRACE


def blueprint_of(quiz: Quiz | None) -> Sequence[object]:
    """What of a quiz belongs to the edition of a course: its rules and draws. The versions asked are pinned by attempts."""
    if quiz is None:
        return []
    draws = quiz.draws.values_list("question__code", "standard", "topic__name", "difficulty", "count")
    limits = [quiz.pass_percent, quiz.time_limit_minutes, quiz.max_attempts]
    return [quiz.code, *limits, [list(draw) for draw in draws]]


def check_askable(draft: QuestionDraft) -> None:
    """Refuse a draft that could not be asked as it stands. Raises InvalidInput with the field."""
    check_draft(draft)
    check_held(draft)


def as_asked(draft: QuestionDraft) -> PaperItem:
    """A draft as a learner would meet it, its rows in the author's order. What comes back holds no key."""
    asked = Asked(draft.kind, stored_rows(draft), draft.scoring, tuple(draft.scale))
    pinned = {"order": row_ids(asked), "targets": target_ids(asked)}
    return illustrated([item_of(1, 0, draft.stem, draft.unit, asked, pinned, ())])[0]


def versions_of(question: Question) -> Sequence[QuestionVersion]:
    """Every version of a question, newest first, with who stored it. One query."""
    return list(question.versions.select_related("created_by").order_by("-number"))


def history_of(question: Question) -> Sequence[tuple[QuestionVersion, Sequence[Difference]]]:
    """Every version of a question, newest first, each with what it changed; the first changed nothing. One query."""
    versions = versions_of(question)
    drafts = [draft_of(version) for version in versions]
    changed: list[Sequence[Difference]] = [differences(old, new) for new, old in pairwise(drafts)]
    return list(zip(versions, [*changed, []], strict=True)) if versions else []


def pool_sizes() -> Mapping[int, int]:
    """How many questions can be drawn from each standard. One query."""
    rows = Question.objects.filter(is_retired=False, current__isnull=False).values_list("standard")
    return dict(rows.annotate(questions=Count("id")).order_by())


def questions_in_use() -> int:
    """How many questions the bank may ask."""
    return Question.objects.filter(is_retired=False, current__isnull=False).count()


def passes(*, context_ends: str, officer_id: int | None = None) -> Iterator[Attempt]:
    """Passed attempts in places whose name ends so, of one officer or of everyone, oldest first, in batches."""
    rows = (
        Attempt.objects.filter(passed=True, context__endswith=context_ends)
        .defer("items", "answers")
        .order_by("id")
    )
    if officer_id is not None:
        rows = rows.filter(officer_id=officer_id)
    return rows.iterator(chunk_size=1_000)
