"""Containing what fails in the background: a row that cannot be dealt with is put behind the others and tried again later.

Work that takes its rows by `ready` and goes through them by `contained` is never held up by one of them. Internal to this app;
the host's own work enters by `services`.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, models, transaction
from django.db.models import Count, F, QuerySet

from quizzes.enums import Work
from quizzes.models import Setback

logger = logging.getLogger("sucharit.work")
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# So many rows that failed before are tried again in one step.
AGAIN = 20
# The database is unwell rather than the row: whatever comes next would fail as well.
UNWELL = (OperationalError, InterfaceError)
Row = TypeVar("Row", bound=models.Model)


def ready(
    part: Work, rows: "QuerySet[Row]", *, now: datetime, limit: int, about: int = 0, again: int = AGAIN
) -> list[Row]:
    """The next rows of a work: those that never failed, in the order given; behind them those whose wait is over.

    Two queries, and one more where something is to be tried again.
    """
    set_back = of(part, about)
    found = list(rows.exclude(pk__in=set_back.values("row_id"))[:limit])
    return [*found, *to_try_again(part, rows, now=now, about=about, limit=again)]


def to_try_again(
    part: Work, rows: "QuerySet[Row]", *, now: datetime, about: int = 0, limit: int = AGAIN
) -> list[Row]:
    """The rows that failed and whose wait is over. A setback of a row that is no longer among `rows` has settled itself."""
    due = of(part, about).filter(again_at__lte=now).order_by("again_at", "pk")
    ids = list(due.values_list("row_id", flat=True)[:limit])
    found = list(rows.filter(pk__in=ids)) if ids else []
    settle(part, set(ids) - {row.pk for row in found}, about=about)
    return found


def contained(
    part: Work,
    rows: Sequence[Row],
    act: Callable[[Row], object],
    *,
    now: datetime,
    about: int = 0,
    in_transaction: bool = True,
) -> int:
    """Act on each row in a transaction of its own. One that fails is set back, and the others go on. Returns how many were met.

    Where the database itself fails, those behind wait for the next step. An act that reads for long and writes at the end
    has its own transaction, and says so.
    """
    known = set(of(part, about).filter(row_id__in=[row.pk for row in rows]).values_list("row_id", flat=True))
    for met, row in enumerate(rows, start=1):
        try:
            with transaction.atomic() if in_transaction else nullcontext():
                act(row)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the others go on
            set_back(part, row.pk, fault, now=now, about=about)
            if isinstance(fault, UNWELL):
                return met
        else:
            if row.pk in known:
                settle(part, [row.pk], about=about)
    return len(rows)


def of(part: Work, about: int = 0) -> "QuerySet[Setback]":
    """The setbacks of a work."""
    return Setback.objects.filter(part=part, about=about)


def set_back(part: Work, row_id: int, fault: Exception, *, now: datetime, about: int = 0) -> None:
    """Put a row behind the others: for a minute at first, then twice as long each time, at most six hours.

    Logged when a row fails for the first time, and when it fails in another way than before.
    """
    said = described(fault)
    with transaction.atomic():
        facts = {"failed_at": now, "again_at": now + FIRST_WAIT, "fault": said}
        held, is_new = Setback.objects.select_for_update().get_or_create(
            part=part, about=about, row_id=row_id, defaults=facts
        )
        before = held.fault
        if not is_new:
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(held.failures, 16))
            Setback.objects.filter(pk=held.pk).update(
                failures=F("failures") + 1, failed_at=now, again_at=now + wait, fault=said
            )
    if is_new or before != said:
        where = "".join(traceback.format_tb(fault.__traceback__))
        logger.error("work: a row of %s was set back by %s\n%s", part, said, where)


def wait_for(part: Work, row_id: int, *, now: datetime, about: int = 0) -> None:
    """Let a row wait that failed elsewhere, and is sure to fail here until it is mended there."""
    facts = {"failed_at": now, "again_at": now + FIRST_WAIT, "fault": Work.RESPONSES.value}
    Setback.objects.get_or_create(part=part, about=about, row_id=row_id, defaults=facts)


def settle(part: Work, row_ids: Iterable[int], *, about: int = 0) -> None:
    """Forget the setbacks of these rows: they are done, or there is nothing left to do."""
    ids = list(row_ids)
    if ids:
        of(part, about).filter(row_id__in=ids).delete()


def described(fault: Exception) -> str:
    """The kind of a fault and the place where it was raised; never what it said, for that may hold values."""
    frames = list(traceback.walk_tb(fault.__traceback__))
    if not frames:
        return type(fault).__name__
    frame, line = frames[-1]
    return f"{type(fault).__name__} in {frame.f_globals.get('__name__', '')}:{line}"[:200]


def setbacks() -> Mapping[tuple[Work, str], int]:
    """How many rows wait after failing, by work and fault, for the operator. One query."""
    rows = Setback.objects.order_by("part", "fault").values_list("part", "fault")
    return {(Work(part), fault): count for part, fault, count in rows.annotate(count=Count("pk"))}
