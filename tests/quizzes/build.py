"""Small question banks for tests: every option's feedback is a canary, so that a leak shows."""

from datetime import datetime

from quizzes.enums import Kind
from quizzes.models import Quiz
from quizzes.services import Choice, Draw, QuestionDraft, save_question, save_quiz
from tests.conftest import NOW

RIGHT_CANARY, WRONG_CANARY = "canary-right", "canary-wrong"


def draft(code: str, *, right: tuple[int, ...] = (0,), options: int = 4, kind: str = Kind.SINGLE, **facts):
    """A draft whose options are numbered; those in `right` are right."""
    choices = [
        Choice(
            f"{code} ทางเลือกที่ {place}",
            place in right,
            f"{RIGHT_CANARY if place in right else WRONG_CANARY}-{code}-{place}",
        )
        for place in range(options)
    ]
    return QuestionDraft(kind=kind, stem=facts.pop("stem", f"{code} คุณควรทำอย่างไร"), choices=choices, **facts)


def question(code: str, *, standard: int = 1, now: datetime = NOW, **facts):
    """One version of a question in the bank."""
    return save_question(code=code, standard=standard, draft=draft(code, **facts), now=now)


def bank(size: int, *, standard: int = 1, prefix: str = "Q") -> list:
    """So many single-choice questions in one pool; the right option differs from one to the next."""
    return [
        question(f"{prefix}{standard}-{place:03d}", standard=standard, right=(place % 4,))
        for place in range(size)
    ]


def quiz(code: str = "T", *, count: int = 3, standard: int = 1, **facts) -> Quiz:
    """A quiz that draws from one pool."""
    facts.setdefault("title", f"แบบทดสอบ {code}")
    return save_quiz(code=code, draws=[Draw(standard=standard, count=count)], **facts)


def right_answers(attempt) -> dict[int, list[str]]:
    """The key of an attempt, read where only tests may read it."""
    from quizzes.models import QuestionVersion

    versions = QuestionVersion.objects.in_bulk([item["v"] for item in attempt.items])
    return {pk: [c["id"] for c in version.choices if c["correct"]] for pk, version in versions.items()}


def wrong_answers(attempt) -> dict[int, list[str]]:
    """One wrong option for every question."""
    from quizzes.models import QuestionVersion

    versions = QuestionVersion.objects.in_bulk([item["v"] for item in attempt.items])
    return {
        pk: [next(c["id"] for c in version.choices if not c["correct"])] for pk, version in versions.items()
    }
