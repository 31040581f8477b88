"""What the database holds when all is over: `python -m tests.figures.count --out FILE`. Drains the background work first.

Every number is counted in another table or in another way; where nothing was lost and nothing was done twice all are the same.
"""

import argparse
import json
import os
import threading
from pathlib import Path

import django

django.setup()

from django.db.models import Count, Max, Min, Sum  # noqa: E402
from django.utils import timezone  # noqa: E402

from quizzes.enums import AttemptState  # noqa: E402
from quizzes.models import Attempt, Setback  # noqa: E402
from sucharit.home.work import work_until  # noqa: E402
from sucharit.records import certifying, projection, verifying  # noqa: E402
from sucharit.records.enums import State  # noqa: E402
from sucharit.records.models import (  # noqa: E402
    AwardEvent,
    Certificate,
    Coverage,
    LedgerEntry,
    Projection,
    RequirementPeriod,
    Standing,
    WaitingEntry,
)

CODE = "BENCH"


def numbers() -> dict[str, int]:
    """The counts that must agree, by name."""
    entries = LedgerEntry.objects.aggregate(all=Count("pk"), least=Min("position"), most=Max("position"))
    period = RequirementPeriod.objects.get(requirement__code=CODE)
    said = projection.counted(period.pk)
    return {
        "attempts handed in": Attempt.objects.filter(state=AttemptState.SUBMITTED).count(),
        "attempts": Attempt.objects.count(),
        "awards": AwardEvent.objects.count(),
        "learners with an award": AwardEvent.objects.values("officer").distinct().count(),
        "attempts with an award": AwardEvent.objects.values("attempt_ref").distinct().count(),
        "sealed entries": entries["all"],
        "last position": entries["most"] or 0,
        "projected to": Projection.objects.get().position,
        "learners on time": Standing.objects.filter(period=period, until_at__isnull=True, state=State.ON_TIME)
        .values("officer")
        .distinct()
        .count(),
        "coverage on time": Coverage.objects.filter(period=period, state=State.ON_TIME).aggregate(
            n=Sum("people")
        )["n"]
        or 0,
        "recounted on time": sum(people for key, people in said.items() if key[3] == State.ON_TIME),
    }


def faults() -> list[str]:
    """What is wrong beside the counts."""
    found = []
    fault = verifying.verify(now=timezone.now()).fault
    if fault is not None:
        found.append(f"verify_ledger: {fault}")
    if WaitingEntry.objects.exists():
        found.append(f"{WaitingEntry.objects.count()} rows wait to be sealed")
    if Setback.objects.exists():
        found.append(f"{Setback.objects.count()} setbacks")
    period = RequirementPeriod.objects.get(requirement__code=CODE)
    if projection.counted(period.pk) != projection.told(period.pk):
        found.append("coverage differs from its standings")
    doubled = Standing.objects.filter(until_at__isnull=True).values("officer", "period")
    if doubled.annotate(rows=Count("pk")).filter(rows__gt=1).exists():
        found.append("somebody has two standings at once")
    return found


def main() -> None:
    """Drain, count, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--as-it-is", action="store_true", help="count without draining")
    options = parser.parse_args()
    if not options.as_it_is:
        failed = work_until(threading.Event(), once=True)
        # The last of them are younger than the minute that the worker waits.
        while certifying.print_cut_off(now=timezone.now() + certifying.GRACE):
            pass
        if failed:
            raise SystemExit(f"background work failed: {sorted(failed)}")
    told = {
        "numbers": numbers(),
        "faults": faults(),
        "certificates": Certificate.objects.count(),
        "handed in": sorted(
            map(str, Attempt.objects.filter(state=AttemptState.SUBMITTED).values_list("public_id", flat=True))
        ),
    }
    options.out.write_text(json.dumps(told), encoding="utf-8")
    os.sync()


if __name__ == "__main__":
    main()
