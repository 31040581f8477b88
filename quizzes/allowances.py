"""Accommodations: granting and ending them, and what they give one person today. Internal to this app; others enter by `services`."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q, QuerySet, Sum

from quizzes.enums import AttemptState
from quizzes.models import Accommodation, Attempt, Quiz
from quizzes.rules import NOTHING, Allowance
from sucharit.kernel import thai_text
from sucharit.kernel.errors import InvalidInput, Refused
from sucharit.kernel.thai_calendar import local_date

MOST_FACTOR = Decimal(10)
MOST_ATTEMPTS = 20


def in_force(officer_id: int, quiz_id: int, day: date) -> "QuerySet[Accommodation]":
    """The rows that give this person something in this quiz on a day."""
    return Accommodation.objects.filter(
        Q(quiz_id=quiz_id) | Q(quiz__isnull=True),
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        officer_id=officer_id,
        valid_from__lte=day,
        ended_at__isnull=True,
    )


def allowance_of(officer_id: int, quiz_id: int, day: date) -> Allowance:
    """What all rows in force give together: the largest factor, all extra attempts, the latest bell. One query."""
    found = in_force(officer_id, quiz_id, day).aggregate(
        time_factor=Max("time_factor"), extra_attempts=Sum("extra_attempts"), bell_at=Max("bell_at")
    )
    if found["time_factor"] is None:
        return NOTHING
    return Allowance(found["time_factor"], found["extra_attempts"], found["bell_at"])


def last_bell(quiz: Quiz) -> datetime | None:
    """When nobody can answer a quiz any more: its closing, or the later end that somebody was given or still runs under.

    None where it does not close. Two queries.
    """
    if quiz.closes_at is None:
        return None
    granted = Accommodation.objects.filter(quiz=quiz, ended_at__isnull=True).aggregate(at=Max("bell_at"))[
        "at"
    ]
    running = Attempt.objects.filter(quiz=quiz, state=AttemptState.OPEN).aggregate(at=Max("deadline_at"))[
        "at"
    ]
    return max(at for at in (quiz.closes_at, granted, running) if at is not None)


@transaction.atomic
def grant_accommodation(
    *,
    officer_id: int,
    quiz: Quiz | None,
    reason: str,
    valid_from: date,
    by_id: int,
    now: datetime,
    time_factor: Decimal = Decimal(1),
    extra_attempts: int = 0,
    bell_at: datetime | None = None,
    valid_until: date | None = None,
) -> Accommodation:
    """Grant one person something beside the rule. `quiz` None is every quiz.

    A later bell reaches the attempt that is open now as well; more time and more attempts count from the next start (rule E11).
    Raises InvalidInput where nothing is granted, nothing is said why, or a day or an instant cannot be.
    """
    said = thai_text.normalise(reason)
    if not said:
        raise InvalidInput("reason_missing", "โปรดเขียนเหตุผลของการอนุมัติ", field="reason")
    if not 1 <= time_factor <= MOST_FACTOR:
        raise InvalidInput("factor_out_of_range", "ตัวคูณเวลาอยู่ระหว่าง 1 ถึง 10", field="time_factor")
    if not 0 <= extra_attempts <= MOST_ATTEMPTS:
        raise InvalidInput("attempts_out_of_range", f"เพิ่มได้ไม่เกิน {MOST_ATTEMPTS} ครั้ง", field="extra_attempts")
    if time_factor == 1 and not extra_attempts and bell_at is None:
        raise InvalidInput("nothing_granted", "โปรดให้เวลาเพิ่ม จำนวนครั้งเพิ่ม หรือเวลาสิ้นสุดใหม่ อย่างน้อย 1 อย่าง")
    if bell_at is not None and bell_at <= now:
        raise InvalidInput("bell_in_the_past", "เวลาสิ้นสุดใหม่ต้องเป็นเวลาในอนาคต", field="bell_at")
    if bell_at is not None and quiz is None:
        # A later end of every quiz would keep the keys of all of them shut until then.
        raise InvalidInput("bell_of_every_quiz", "โปรดเลือกแบบทดสอบที่จะเลื่อนเวลาสิ้นสุด", field="quiz")
    if valid_until is not None and valid_until < max(valid_from, local_date(now)):
        raise InvalidInput("ends_before_it_begins", "วันสิ้นสุดต้องไม่อยู่ก่อนวันเริ่มและวันนี้", field="valid_until")
    row = Accommodation.objects.create(
        officer_id=officer_id,
        quiz=quiz,
        time_factor=time_factor,
        extra_attempts=extra_attempts,
        bell_at=bell_at,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=said,
        approved_by_id=by_id,
        granted_at=now,
    )
    if bell_at is not None and valid_from <= local_date(now):
        running = Attempt.objects.filter(officer_id=officer_id, quiz=quiz, state=AttemptState.OPEN)
        running.filter(deadline_at__isnull=False, deadline_at__lt=bell_at).update(deadline_at=bell_at)
    return row


@transaction.atomic
def end_accommodation(*, accommodation: Accommodation, by_id: int, now: datetime) -> None:
    """End one for what begins after now; attempts that began under it keep what it gave. Refused for one that has ended."""
    rows = Accommodation.objects.filter(pk=accommodation.pk, ended_at__isnull=True)
    if not rows.update(ended_at=now, ended_by_id=by_id):
        raise Refused("accommodation_ended", "สิทธินี้ยกเลิกไปแล้ว")
