"""Pairs of tests for the bench of learning gain: as wide as real attempts, in bulk, of people who learn nothing else here.

BENCH_PAIRS says how many pairs (1,000 unless set, at most one for each person who is left).
"""

import os
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from courses.gain import place_of
from quizzes.models import Attempt, Quiz
from sucharit.kernel.thai_calendar import FiscalYear, local_date, midnight
from sucharit.officers.models import Officer
from sucharit.records import selectors as records

BATCH = 1_000
QUESTIONS = 14


def plant(people: Sequence[Officer], code: str, *, now: datetime) -> int:
    """Let people take both tests of a course since the fiscal year began, one in ten of them only the first. Returns the pairs."""
    wanted = min(int(os.environ.get("BENCH_PAIRS", "1000")), len(people))
    chance = random.Random(2569)
    edition = records.latest_edition(code)
    quiz = Quiz.objects.order_by("pk").first()
    if edition is None or quiz is None:
        return 0
    place, began = place_of(code), midnight(FiscalYear.of(local_date(now)).start)
    items = [{"v": n, "order": ["a", "b", "c", "d"]} for n in range(QUESTIONS)]
    answers = {str(n): ["a"] for n in range(QUESTIONS)}

    def attempt(officer: Officer, context: str, at: datetime, score: int) -> Attempt:
        facts: dict[str, Any] = {
            "items": items,
            "answers": answers,
            "state": "submitted",
            "passed": score > 8,
        }
        return Attempt(
            quiz=quiz,
            officer=officer,
            context=context,
            context_version=str(edition.pk),
            number=1,
            pass_percent=60,
            started_at=at,
            submitted_at=at,
            score=score,
            max_score=QUESTIONS,
            **facts,
        )

    rows = []
    for number, officer in enumerate(people[:wanted]):
        first = began + (now - began) * chance.uniform(0, 0.9)
        knew = chance.randint(4, 11)
        rows.append(attempt(officer, place.pre, first, knew))
        if number % 10:
            later = first + timedelta(minutes=chance.randint(30, 90))
            rows.append(attempt(officer, place.post, later, min(QUESTIONS, knew + chance.randint(0, 5))))
    Attempt.objects.bulk_create(rows, batch_size=BATCH)
    return wanted
