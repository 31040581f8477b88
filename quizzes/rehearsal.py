"""Invented people take a test the real way, so that a demonstration has results to show. Nowhere else is a key used like this."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from quizzes.enums import Kind
from quizzes.models import QuestionVersion, Quiz
from quizzes.selectors import Attempt
from quizzes.services import start_attempt, submit_attempt

CHOSEN = frozenset({Kind.SINGLE, Kind.TRUE_FALSE, Kind.MULTIPLE})
MINUTES = 6


@dataclass(frozen=True)
class Place:
    """Who takes the test, and the host's names for where it stands and what stood there."""

    officer_id: int
    context: str
    context_version: str


def sit(*, quiz: Quiz, place: Place, skill: float, chance: random.Random, now: datetime) -> Attempt:
    """Start at `now` and hand in six minutes later, each question that is chosen from answered right with probability `skill`.

    Questions of other kinds stay blank.
    """
    attempt = start_attempt(
        quiz=quiz,
        officer_id=place.officer_id,
        context=place.context,
        context_version=place.context_version,
        now=now,
    )
    versions = QuestionVersion.objects.in_bulk([item["v"] for item in attempt.items])
    answers = {
        pk: _said(version, knows=chance.random() < skill)
        for pk, version in versions.items()
        if version.kind in CHOSEN
    }
    return submit_attempt(attempt=attempt, answers=answers, now=now + timedelta(minutes=MINUTES))


def _said(version: QuestionVersion, *, knows: bool) -> list[str]:
    right = [row["id"] for row in version.choices if row["correct"]]
    wrong = [row["id"] for row in version.choices if not row["correct"]]
    return right if knows or not wrong else wrong[:1]
