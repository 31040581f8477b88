"""Work that nobody waits for: bells, corrections, counting. One round does a bounded part of each and says whether more is left.

Every part keeps its place in the database, goes on after a kill, and is safe when two workers run. So the worker needs no queue of its
own: what is to be done is what the rows say.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from courses import services as courses
from quizzes import services as quizzes


class Part(NamedTuple):
    """One kind of work: its name in the log, and a verb that does the next bit and returns how much there was."""

    name: str
    act: Callable[[datetime], int]


PARTS: Sequence[Part] = (
    Part("bells", lambda now: courses.ring_bells(now=now)),
    Part("responses", lambda now: quizzes.collect(now=now)),
    Part("corrections", lambda now: quizzes.advance_corrections(now=now)),
    Part("corrected awards", lambda now: courses.award_corrected(now=now)),
)


def one_round(now: datetime, report: Callable[[str, Exception], None]) -> int:
    """The next bit of every part. A part that fails is reported and does not stop the others. Returns how much was done."""
    done = 0
    for part in PARTS:
        try:
            done += part.act(now)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the other parts go on
            report(part.name, fault)
    return done
