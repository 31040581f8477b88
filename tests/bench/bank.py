"""Two more figures of the quiz engine, on the database that the item analysis was measured on: a draw from a large bank, a regrade."""

import random
import time
from datetime import timedelta
from statistics import median
from typing import Any

from django.utils import timezone

from quizzes import services
from quizzes.blueprints import draw_versions, lines_for
from quizzes.enums import Difficulty, Kind, Remedy
from quizzes.models import KeyCorrection, Question, QuestionVersion
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.models import User

DRAWN = 14
ROUNDS = 9


def draw(questions: int) -> dict[str, Any]:
    """Draw two of each standard from a bank of so many: the median of nine draws, in milliseconds."""
    now = timezone.now()
    levels = list(Difficulty.values)
    rows = Question.objects.bulk_create(
        [
            Question(code=f"LARGE-{n}", standard=n % 7 + 1, difficulty=levels[n % len(levels)])
            for n in range(questions)
        ],
        batch_size=1_000,
    )
    choices = [
        {"id": letter, "text": letter, "feedback": "เพราะ", "correct": letter == "a"} for letter in "abcd"
    ]
    asked = QuestionVersion.objects.bulk_create(
        [
            QuestionVersion(
                question=row, number=1, kind=Kind.SINGLE, stem="ถาม", choices=choices, created_at=now
            )
            for row in rows
        ],
        batch_size=1_000,
    )
    for row, version in zip(rows, asked, strict=True):
        row.current = version
    Question.objects.bulk_update(rows, ["current"], batch_size=200)
    quiz = services.save_quiz(
        code="LARGE", title="วัด", draws=[services.Draw(standard=n, count=2) for n in range(1, 8)]
    )
    spent = []
    for seed in range(ROUNDS):
        started = time.perf_counter()
        lines, _ = lines_for(quiz, 0, local_date(now))
        found = draw_versions(lines, (), random.Random(seed))
        spent.append((time.perf_counter() - started) * 1_000)
        if len(found) != DRAWN:
            raise SystemExit(f"bench: {len(found)} questions were drawn")
    return {"questions": Question.objects.count(), "ms": round(median(spent), 1)}


def regrade(version: QuestionVersion) -> dict[str, Any]:
    """Correct a key that every other paper holds: attempts, seconds in all, and the longest time that one step holds its rows."""
    people = [User.objects.create_user(email=f"bench{n}@example.go.th") for n in range(2)]
    now = timezone.now()
    made = services.propose_correction(
        version=version, remedy=Remedy.FULL_MARKS, reason="วัด", by_id=people[0].pk, now=now
    )
    _run(now)
    services.approve_correction(correction=made, by_id=people[1].pk, now=now)
    started = time.perf_counter()
    longest = _run(now + timedelta(minutes=1))
    spent = time.perf_counter() - started
    done = KeyCorrection.objects.get(pk=made.pk)
    return {
        "attempts": done.seen,
        "state": done.state,
        "wall": round(spent, 2),
        "longest_step_ms": round(longest * 1_000),
    }


def _run(now: Any) -> float:
    longest = 0.0
    while True:
        started = time.perf_counter()
        if not services.advance_corrections(now=now):
            return longest
        longest = max(longest, time.perf_counter() - started)
