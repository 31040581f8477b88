"""A corrected key in N attempts while learners save and hand in: `python -m tests.bench.rekey --attempts N --out FILE`, on an empty database.

The worker's own rounds do the work, recount of the answers included, as they do beside a server. Learners are two processes that go
through the product's services: start, five saves, hand in, with a short pause between; once alone, once beside the correction.
Printed are attempts a second, the longest that a transaction of the worker was open, and the learners' latencies in ms.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from quizzes import corrections, services  # noqa: E402
from quizzes.enums import CorrectionState, Remedy  # noqa: E402
from quizzes.models import Attempt, KeyCorrection, QuestionVersion, Quiz, Response  # noqa: E402
from sucharit.home import work  # noqa: E402
from sucharit.officers import services as entry  # noqa: E402
from sucharit.officers.enums import PersonnelType, PositionLevel, PositionType  # noqa: E402
from sucharit.officers.models import Agency, User  # noqa: E402
from tests.bench import items  # noqa: E402

ASKED, LEARNERS, SAVES, PAUSE = 14, 2, 5, 0.02
# Long enough for a p95, short enough for a test.
ALONE_SECONDS = 10.0


# --- learners -----------------------------------------------------------------------------------------------------


def learn(officer_id: int) -> None:
    """One learner after another in this process until its input ends; then the latencies and faults as JSON."""
    stop = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    quiz = Quiz.objects.get(code="ITEMS")
    print("ready", flush=True)
    spent: list[float] = []
    faults: list[str] = []

    def timed(act: Any, **facts: Any) -> Any:
        started = time.perf_counter()
        try:
            return act(**facts)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is counted
            faults.append(repr(fault))
            return None
        finally:
            spent.append(1_000 * (time.perf_counter() - started))
            time.sleep(PAUSE)

    for number in count():
        if stop.is_set():
            break
        place = f"learn:{os.getpid()}:{number}"
        held = timed(
            services.start_attempt,
            quiz=quiz,
            officer_id=officer_id,
            context=place,
            context_version="1",
            now=timezone.now(),
        )
        if held is None:
            continue
        mine = {"officer_id": officer_id, "context": place, "public_id": held.public_id}
        said = {item["v"]: item["order"][:1] for item in held.items}
        for asked in range(1, SAVES + 1):
            timed(
                services.save_named, **mine, answers=dict(list(said.items())[: asked * 2]), now=timezone.now()
            )
        timed(services.submit_named, **mine, answers=said, now=timezone.now())
    json.dump({"spent": spent, "faults": faults}, sys.stdout)


@contextmanager
def learners(officers: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Learners at work for as long as the block runs; what they met is in the dict afterwards."""
    met: dict[str, Any] = {}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.rekey", "--learner", str(pk)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for pk in officers
    ]
    for one in running:
        # From here on it is at work, and no longer busy with starting.
        one.stdout.readline()  # type: ignore[union-attr]
    try:
        yield met
    finally:
        said = [json.loads(one.communicate(timeout=120)[0]) for one in running]
    spent = sorted(ms for one in said for ms in one["spent"])
    faults = [fault for one in said for fault in one["faults"]]
    met |= {"count": len(spent), "faults": len(faults), "fault": faults[0] if faults else ""}
    met |= {"p50": _part(spent, 0.5), "p95": _part(spent, 0.95), "worst": _part(spent, 1)}


def _part(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else 0.0


# --- the worker ---------------------------------------------------------------------------------------------------


class Held:
    """How long the outermost transactions of this process were open, in ms; waiting to begin is not counted."""

    def __init__(self) -> None:
        self.spent: list[float] = []

    def __enter__(self) -> "Held":
        self._enter, self._exit = transaction.Atomic.__enter__, transaction.Atomic.__exit__
        began: list[float] = []

        def enter(atomic: transaction.Atomic) -> None:
            outermost = not connection.in_atomic_block
            self._enter(atomic)
            if outermost:
                began.append(time.perf_counter())

        def leave(atomic: transaction.Atomic, *fault: Any) -> None:
            self._exit(atomic, *fault)
            if not connection.in_atomic_block:
                self.spent.append(1_000 * (time.perf_counter() - began.pop()))

        transaction.Atomic.__enter__, transaction.Atomic.__exit__ = enter, leave  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        transaction.Atomic.__enter__, transaction.Atomic.__exit__ = self._enter, self._exit  # type: ignore[method-assign]


def rounds(now: datetime, *, until: str = "", correction: int = 0) -> float:
    """The worker's rounds until nothing is left, or until the correction has come to a state. Returns the seconds."""
    started = time.perf_counter()
    while work.one_round(now, _fail):
        if until and KeyCorrection.objects.filter(pk=correction, state=until).exists():
            break
    return time.perf_counter() - started


def _fail(name: str, fault: Exception) -> None:
    raise SystemExit(f"bench: {name} failed with {fault!r}") from fault


def measure(attempts: int, alone: float) -> dict[str, Any]:
    """Fill, correct, and say what it cost."""
    items.fill(attempts * ASKED, pool=ASKED, asked=ASKED)
    officers = [one.pk for one in entry.enter_officers(people=list(_newcomers()))]
    people = [User.objects.create_user(email=f"bench{n}@example.go.th") for n in range(2)]
    version = QuestionVersion.objects.order_by("pk")[0]
    with learners(officers) as before:
        time.sleep(alone)
    now = timezone.now()
    made = services.propose_correction(
        version=version, remedy=Remedy.FULL_MARKS, reason="วัด", by_id=people[0].pk, now=now
    )
    with Held() as weighing:
        weighed = rounds(now, until=CorrectionState.WEIGHED, correction=made.pk)
    services.approve_correction(correction=made, by_id=people[1].pk, now=now)
    later = now + corrections.SETTLE
    with learners(officers) as beside, Held() as applying:
        applied = rounds(later, until=CorrectionState.APPLIED, correction=made.pk)
        counted = rounds(later)
    # What learners handed in at the end is counted as well, before anything is compared.
    rounds(later)
    done = KeyCorrection.objects.get(pk=made.pk)
    left = Response.objects.filter(version=version, points__lt=1).count()
    left += Attempt.objects.filter(state="submitted", is_collected=False).count()
    return {
        "vendor": connection.vendor,
        "attempts": done.seen,
        "state": done.state,
        "left": left,
        "weigh_seconds": round(weighed, 1),
        "apply_seconds": round(applied, 1),
        "count_seconds": round(counted, 1),
        "per_second": round(done.seen / applied, 0),
        "held_weighing": _held(weighing.spent),
        "held_applying": _held(applying.spent),
        "learners_alone": before,
        "learners_beside": beside,
    }


def _held(spent: Sequence[float]) -> dict[str, float]:
    ordered = sorted(spent)
    return {"p50": _part(ordered, 0.5), "p95": _part(ordered, 0.95), "worst": _part(ordered, 1)}


def _newcomers() -> Iterator[entry.NewOfficer]:
    agency = Agency.objects.get(code="BENCH")
    for number in range(LEARNERS):
        yield entry.NewOfficer(
            title="นาย",
            first_name=f"คนที่ {number}",
            last_name="ใจดี",
            personnel_type=PersonnelType.CIVIL_SERVANT,
            agency=agency,
            position_title="นักวิชาการ",
            position_type=PositionType.ACADEMIC,
            position_level=PositionLevel.K2,
            starts_on=date(2020, 10, 1),
        )


def main() -> None:
    """Measure and write, or be a learner."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--attempts", type=int, default=2_000)
    parser.add_argument("--alone", type=float, default=ALONE_SECONDS)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--learner", type=int)
    options = parser.parse_args()
    if options.learner:
        learn(options.learner)
        return
    call_command("migrate", verbosity=0)
    figures = measure(options.attempts, options.alone)
    options.out.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
