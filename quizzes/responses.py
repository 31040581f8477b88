"""Answers of submitted attempts as rows that a database can count. Made in the background; made again, they are the same.

A row says how much of its point an answer earns today (with the corrections in force), what was chosen, and how long it took. It holds
no typed text, and of questions of opinion there are no rows at all.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from quizzes.enums import AttemptState, Kind, Work
from quizzes.grading import Ruling, judged
from quizzes.kinds import TYPED, Asked, clean
from quizzes.models import Attempt, ItemMeasure, QuestionVersion, Response
from quizzes.pace import Pace
from quizzes.rulings import rulings_of
from quizzes.setbacks import UNWELL, contained, of, ready, to_try_again
from quizzes.versions import asked_of

# A question that lay open longer than this was left open, not thought about: its time is not kept.
LONGEST_SECONDS = 30 * 60
# Attempts in one transaction, at the most.
BATCH = 200
_pace = Pace(BATCH)
_STEP = Decimal("0.0001")


def collect(*, now: datetime, limit: int | None = None) -> int:
    """Make the rows of the next submitted attempts that have none, or whose rows are out of date. Returns how many attempts.

    Call it until it returns 0. Without a limit so many as a short transaction holds. Two that run at once take different attempts (PostgreSQL) or wait for one another (SQLite). One that
    is killed leaves nothing half done: rows and mark are written together. An attempt that cannot be counted is set back, and the
    others go on.
    """
    size = _pace.size if limit is None else limit
    try:
        with transaction.atomic():
            held = list(_waiting().exclude(pk__in=of(Work.RESPONSES).values("row_id"))[:size])
            with _pace:
                if held:
                    _remake(held, now)
                _pace.met = len(held)
    except UNWELL:
        raise
    except Exception:  # noqa: BLE001 - which of them failed is found, and noted, one by one
        held = ready(Work.RESPONSES, _uncollected().only("pk").order_by("pk"), now=now, limit=size, again=0)
        return contained(Work.RESPONSES, held, lambda one: _remake_one(one.pk, now), now=now)
    again = to_try_again(Work.RESPONSES, _uncollected().only("pk"), now=now)
    return len(held) + contained(Work.RESPONSES, again, lambda one: _remake_one(one.pk, now), now=now)


def are_waiting() -> bool:
    """Whether there are handed-in attempts whose answers are no rows yet, apart from those that failed. One query."""
    return _uncollected().exclude(pk__in=of(Work.RESPONSES).values("row_id")).exists()


def _uncollected() -> "QuerySet[Attempt]":
    return Attempt.objects.filter(state=AttemptState.SUBMITTED, is_collected=False)


def _waiting() -> "QuerySet[Attempt]":
    rows = _uncollected().select_for_update(skip_locked=True)
    return rows.only("pk", "items", "answers", "seconds").order_by("pk")


def _remake_one(pk: int, now: datetime) -> None:
    held = list(_waiting().filter(pk=pk))
    if held:
        _remake(held, now)


def _remake(held: Sequence[Attempt], now: datetime) -> None:
    ids = [attempt.pk for attempt in held]
    asked, rulings = _questions({item["v"] for attempt in held for item in attempt.items})
    Response.objects.filter(attempt_id__in=ids).delete()
    made = [row for attempt in held for row in _rows(attempt, asked, rulings)]
    Response.objects.bulk_create(made)
    Attempt.objects.filter(pk__in=ids, is_collected=False).update(is_collected=True)
    _call_for_measures({row.version_id for row in made}, now)


def _questions(version_ids: Collection[int]) -> tuple[Mapping[int, Asked], Mapping[int, Ruling]]:
    """What the versions ask, those of opinion left out, and the corrections in force. Two queries."""
    versions = QuestionVersion.objects.exclude(kind=Kind.LIKERT).in_bulk(list(version_ids))
    return {pk: asked_of(version) for pk, version in versions.items()}, rulings_of(version_ids)


def _rows(attempt: Attempt, asked: Mapping[int, Asked], rulings: Mapping[int, Ruling]) -> Sequence[Response]:
    scored_ids = [pk for pk in dict.fromkeys(item["v"] for item in attempt.items) if pk in asked]
    rows = [_row(attempt, pk, asked[pk], rulings.get(pk)) for pk in scored_ids]
    scored = [row.points for row in rows if row.points is not None]
    whole = sum(scored, Decimal(0))
    for row in rows:
        own, counts = (Decimal(0), 0) if row.points is None else (row.points, 1)
        row.rest, row.others = float(whole - own), len(scored) - counts
    return rows


def _row(attempt: Attempt, version_id: int, asked: Asked, ruling: Ruling | None) -> Response:
    answer = clean(asked, attempt.answers.get(str(version_id), ()))
    earned = judged(asked, answer, ruling)
    return Response(
        attempt_id=attempt.pk,
        version_id=version_id,
        points=None
        if earned is None
        else (Decimal(earned.numerator) / earned.denominator).quantize(_STEP, ROUND_HALF_UP),
        said="" if asked.kind in TYPED else ",".join(answer),
        seconds=plausible(attempt.seconds.get(str(version_id))),
    )


def plausible(seconds: Any) -> int | None:
    """Whole seconds from 0 to `LONGEST_SECONDS`; None for anything else."""
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return round(seconds) if is_number and 0 <= seconds <= LONGEST_SECONDS else None


def _call_for_measures(version_ids: Collection[int], now: datetime) -> None:
    """Say that these versions have answers that nobody has looked at yet."""
    ItemMeasure.objects.bulk_create(
        [ItemMeasure(version_id=pk, waiting_since=now) for pk in sorted(version_ids)], ignore_conflicts=True
    )
    idle = ItemMeasure.objects.filter(version_id__in=version_ids, waiting_since__isnull=True)
    # In one order, so that two that run at once never hold what the other waits for.
    mine = idle.select_for_update().order_by("version_id").values_list("version_id", flat=True)
    ItemMeasure.objects.filter(version_id__in=list(mine), waiting_since__isnull=True).update(
        waiting_since=now
    )
