"""Work that nobody waits for: seals, bells, corrections, counting. One round does a bounded part of each and says whether more is left.

Every part keeps its place in the database, goes on after a kill, and is safe when two workers run. So the worker needs no queue of its
own: what is to be done is what the rows say. A row that fails is put behind the others (`quizzes.setbacks`) and holds nobody up.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import close_old_connections
from django.utils import timezone

from courses import services as courses
from quizzes import item_tasks
from quizzes import services as quizzes
from sucharit.records import certifying, following, importing, sealing

logger = logging.getLogger("sucharit.work")
# With nothing to do: a bell rings at most this many seconds late, and an idle worker costs a few small queries.
PAUSE = 5.0
# After each bit of work: whoever waits to write to SQLite looks again only every few hundredths of a second, and would never find it
# free; and beside a server the pages get their turn.
BREATH = 0.03
# Set by `serve`: the server's own process does this work as well.
WORK_HERE = "SUCHARIT_WORK_HERE"


class Part(NamedTuple):
    """One kind of work: its name in the log, and a verb that does the next bit and returns how much there was."""

    name: str
    act: Callable[[datetime], int]


PARTS: Sequence[Part] = (
    Part("seals", sealing.seal),
    Part("standings", following.follow),
    Part("rules", following.take_up_rules),
    Part("rounds", following.open_rounds),
    Part("comparisons", following.compare),
    Part("applications", following.apply_rules),
    Part("drafts of rules", following.weigh_rules),
    Part("overlaps of rules", following.count_overlaps),
    Part("imports", importing.advance),
    Part("bells", lambda now: courses.ring_bells(now=now)),
    Part("responses", lambda now: quizzes.collect(now=now)),
    Part("item tasks", lambda now: item_tasks.refresh(now=now)),
    Part("corrections", lambda now: quizzes.advance_corrections(now=now)),
    Part("certificates", lambda now: certifying.print_cut_off(now=now)),
    Part("corrected awards", lambda now: courses.award_corrected(now=now)),
)


def one_round(now: datetime, report: Callable[[str, Exception], None]) -> int:
    """The next bit of every part. A part that fails is reported and does not stop the others. Returns how much was done."""
    done = 0
    for part in PARTS:
        try:
            found = part.act(now)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the other parts go on
            report(part.name, fault)
            continue
        if found:
            done += found
            time.sleep(BREATH)
    return done


def work_until(stop: threading.Event, *, once: bool = False) -> Collection[str]:
    """Round after round until told to stop, or with `once` until nothing is left. A pause follows a round that found nothing.

    Returns the parts that failed as a whole in the last round; rows that failed one by one are `quizzes.selectors.setbacks`.
    """
    failed: set[str] = set()

    def note(name: str, fault: Exception) -> None:
        failed.add(name)
        _log(name, fault)

    while not stop.is_set():
        failed.clear()
        if not once:
            # A worker outlives connections; what is run once has just made its own.
            close_old_connections()
        if not one_round(timezone.now(), note):
            if once:
                break
            stop.wait(PAUSE)
    return failed


def start_beside_the_server() -> None:
    """Work in a thread of this process, which ends with it: the embedded installation has no other."""
    threading.Thread(target=work_until, args=(threading.Event(),), name="work", daemon=True).start()


def _log(name: str, fault: Exception) -> None:
    # The kind of fault and where it was, never what it said: messages of a database may hold values.
    where = "".join(traceback.format_tb(fault.__traceback__))
    logger.error("work: %s failed with %s\n%s", name, type(fault).__name__, where)
