"""Submitted attempts in bulk: one officer sits in as many places as there are papers, so that each is a first attempt."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from quizzes.grading import KeyedItem, grade
from quizzes.models import Attempt, QuestionVersion
from quizzes.versions import asked_of
from tests.conftest import NOW

Paper = Mapping[QuestionVersion, Sequence[str]]


def sit(quiz, officer, papers: Sequence[Paper], *, now: datetime = NOW, place: str = "p", **facts):
    """One submitted attempt for each paper (version to answer), a minute apart; graded by the engine's own rule."""
    made = []
    for number, paper in enumerate(papers):
        graded = grade(
            [KeyedItem(version.pk, asked_of(version)) for version in paper],
            {version.pk: said for version, said in paper.items()},
            pass_percent=60,
        )
        at = now - timedelta(minutes=len(papers) - number)
        made.append(
            Attempt(
                quiz=quiz,
                officer=officer,
                context=f"{place}-{number}",
                number=facts.get("number", 1),
                items=[{"v": version.pk} for version in paper],
                answers={str(version.pk): list(said) for version, said in paper.items() if said},
                seconds=facts.get("seconds", {}),
                pass_percent=60,
                started_at=at - timedelta(minutes=10),
                submitted_at=at,
                state="submitted",
                score=graded.score,
                max_score=graded.max_score,
                passed=graded.passed,
            )
        )
    return Attempt.objects.bulk_create(made)


def right(version) -> list[str]:
    """The right options."""
    return [row["id"] for row in version.choices if row["correct"]]


def wrong(version, place: int = 0) -> list[str]:
    """One wrong option, by place among the wrong ones."""
    return [[row["id"] for row in version.choices if not row["correct"]][place]]
