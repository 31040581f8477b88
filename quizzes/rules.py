"""The rules of a quiz as they stand for one person: when a new attempt may begin, when its bell rings, which result counts.

No query here: what was granted to the person comes in as an `Allowance`, earlier attempts as a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from quizzes.enums import Counts
from quizzes.models import Attempt, Quiz
from sucharit.kernel.errors import Refused
from sucharit.kernel.thai_calendar import format_datetime


@dataclass(frozen=True)
class Allowance:
    """What accommodations give one person in one quiz today, together. `bell_at` is a later end than the rule's."""

    time_factor: Decimal = Decimal(1)
    extra_attempts: int = 0
    bell_at: datetime | None = None


NOTHING = Allowance()


def allowed_attempts(quiz: Quiz, allowance: Allowance = NOTHING) -> int:
    """How many attempts a period allows; 0 is any number."""
    return quiz.max_attempts + allowance.extra_attempts if quiz.max_attempts else 0


def minutes_allowed(quiz: Quiz, allowance: Allowance = NOTHING) -> int | None:
    """The time limit in whole minutes, a part of one counting as a whole; None without a limit."""
    if not quiz.time_limit_minutes:
        return None
    return ceil(quiz.time_limit_minutes * allowance.time_factor)


def closing_of(quiz: Quiz, allowance: Allowance = NOTHING) -> datetime | None:
    """When the quiz closes for this person; None where it stays open."""
    if quiz.closes_at is None:
        return None
    return max(quiz.closes_at, allowance.bell_at or quiz.closes_at)


def bell_of(quiz: Quiz, allowance: Allowance, now: datetime) -> datetime | None:
    """The deadline of an attempt that begins now: the time limit, never past the closing, later where that was granted."""
    minutes = minutes_allowed(quiz, allowance)
    ends = [now + timedelta(minutes=minutes)] if minutes else []
    closing = closing_of(quiz, allowance)
    bell = min([*ends, *([closing] if closing else [])], default=None)
    if bell is None or allowance.bell_at is None:
        return bell
    return max(bell, allowance.bell_at)


def counted_in(attempts: Sequence[Attempt], since: datetime | None) -> list[Attempt]:
    """The attempts that count against the limit: those begun in this period."""
    return [attempt for attempt in attempts if since is None or attempt.started_at >= since]


def refusal(
    quiz: Quiz,
    allowance: Allowance,
    earlier: Sequence[Attempt],
    *,
    now: datetime,
    since: datetime | None = None,
) -> Refused | None:
    """Why no new attempt may begin now, or None. Of the `earlier` attempts those begun `since` count against the limit."""
    closing = closing_of(quiz, allowance)
    if closing is not None and now >= closing:
        return Refused("quiz_closed", f"แบบทดสอบนี้ปิดแล้วเมื่อ {format_datetime(closing)}")
    allowed = allowed_attempts(quiz, allowance)
    if allowed and len(counted_in(earlier, since)) >= allowed:
        return Refused("attempts_used_up", f"คุณทำแบบทดสอบนี้ครบ {allowed} ครั้งแล้ว")
    again = opens_again(quiz, earlier)
    if again is not None and now < again:
        return Refused("cooling", f"คุณทำครั้งต่อไปได้ตั้งแต่ {format_datetime(again)}", until=again)
    return None


def opens_again(quiz: Quiz, earlier: Sequence[Attempt]) -> datetime | None:
    """When the time between two attempts is over; None where nothing has to be waited for."""
    ended = [attempt.submitted_at for attempt in earlier if attempt.submitted_at is not None]
    if not quiz.cooling_hours or not ended:
        return None
    return max(ended) + timedelta(hours=quiz.cooling_hours)


def share_of(attempt: Attempt) -> Fraction:
    """What an attempt earned of what it could."""
    return Fraction(attempt.score or 0) / attempt.max_score if attempt.max_score else Fraction(0)


def counting(attempts: Sequence[Attempt], counts: str) -> Attempt | None:
    """Which of the attempts handed in is the one whose result counts; of equals the earlier. None where none was handed in."""
    done = [attempt for attempt in attempts if attempt.submitted_at is not None]
    if not done:
        return None
    if counts == Counts.FIRST:
        return done[0]
    if counts == Counts.LAST:
        return done[-1]
    return max(done, key=lambda attempt: (bool(attempt.passed), share_of(attempt), -attempt.number))
