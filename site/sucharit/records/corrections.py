"""Corrections of the ledger: events about an earlier award. Nothing that was written is ever changed (rule E2).

Each verb writes one event that states the award anew in full and names it as its target. Standing, coverage and every page that
shows the award's present state follow from the events.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from sucharit.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from sucharit.kernel.thai_calendar import local_date
from sucharit.records.enums import AwardKind, ReasonCode
from sucharit.records.models import AwardEvent, WaitingEntry

# What is about the event itself and not about what was completed.
_OWN = frozenset({"id", "kind", "idempotency_key", "recorded_at", "recorded_by", "target", "reason_code"}) | {
    "reason",
    "effective_on",
    "salt",
}
_STATED = tuple(field for field in AwardEvent._meta.concrete_fields if field.name not in _OWN)


def revoke(
    *,
    award_id: int,
    reason_code: ReasonCode,
    reason: str,
    actor_id: int,
    now: datetime,
    effective_on: date | None = None,
) -> AwardEvent:
    """Take a completion back from a day on, or (no day) as though it had never been. Refused where it is revoked already."""
    return _correct(AwardKind.REVOKE, award_id, reason_code, reason, actor_id, now, effective_on=effective_on)


def reinstate(
    *, award_id: int, reason_code: ReasonCode, reason: str, actor_id: int, now: datetime
) -> AwardEvent:
    """Give a revoked completion back. Refused where it is not revoked."""
    return _correct(AwardKind.REINSTATE, award_id, reason_code, reason, actor_id, now)


def amend(
    *,
    award_id: int,
    reason_code: ReasonCode,
    reason: str,
    actor_id: int,
    now: datetime,
    completed_at: datetime | None = None,
    score: Decimal | None = None,
    max_score: Decimal | None = None,
    evidence_ref: str | None = None,
) -> AwardEvent:
    """State a completion's day, score or evidence anew; what is None stays as it was said last.

    Refused where nothing would change, or the day lies after today.
    """
    facts = {
        "completed_at": completed_at,
        "score": score,
        "max_score": max_score,
        "evidence_ref": evidence_ref,
    }
    given = {name: value for name, value in facts.items() if value is not None}
    if completed_at is not None and completed_at > now:
        raise Refused("completed_in_the_future", "วันที่สำเร็จต้องไม่อยู่ในอนาคต")
    return _correct(AwardKind.AMEND, award_id, reason_code, reason, actor_id, now, **given)


def supersede(
    *,
    award_id: int,
    reason_code: ReasonCode,
    reason: str,
    actor_id: int,
    now: datetime,
    effective_on: date,
) -> AwardEvent:
    """End a completion on a named day, because what it attests must be learned again (rule E10)."""
    return _correct(
        AwardKind.SUPERSEDE, award_id, reason_code, reason, actor_id, now, effective_on=effective_on
    )


def _correct(
    kind: AwardKind,
    award_id: int,
    reason_code: ReasonCode,
    reason: str,
    actor_id: int,
    now: datetime,
    **facts: Any,
) -> AwardEvent:
    if not reason.strip():
        raise Refused("reason_missing", "โปรดเขียนเหตุผล")
    try:
        with transaction.atomic():
            # Locked, not its key, to which other rows refer: two corrections of one award take turns.
            awards = AwardEvent.objects.select_for_update(no_key=True)
            award = awards.filter(pk=award_id, kind=AwardKind.AWARD).first()
            if award is None:
                raise NotFound("award_unknown", "ไม่พบผลการเรียนที่จะแก้ไข")
            before = list(AwardEvent.objects.filter(target=award).order_by("pk"))
            last = next((row for row in reversed(before) if row.kind == AwardKind.AMEND), award)
            stated = {field.attname: getattr(last, field.attname) for field in _STATED}
            _refuse_senseless(kind, award, before, stated, facts, now)
            event = AwardEvent.objects.create(
                **{**stated, **facts},
                kind=kind,
                target=award,
                # One cause gives one event: two people who correct the same state of an award cannot both.
                idempotency_key=f"{kind}:{award.pk}:{len(before) + 1}",
                reason_code=reason_code,
                reason=reason.strip(),
                recorded_at=now,
                recorded_by_id=actor_id,
            )
            WaitingEntry.objects.create(award=event)
            return event
    except IntegrityError as error:
        raise Conflict("corrected_meanwhile", "มีผู้แก้ไขผลการเรียนนี้ก่อนหน้าคุณไม่นาน โปรดเปิดดูอีกครั้ง") from error


def _refuse_senseless(
    kind: AwardKind,
    award: AwardEvent,
    before: list[AwardEvent],
    stated: dict[str, Any],
    facts: dict[str, Any],
    now: datetime,
) -> None:
    said = [row.kind for row in before if row.kind in (AwardKind.REVOKE, AwardKind.REINSTATE)]
    is_revoked = bool(said) and said[-1] == AwardKind.REVOKE
    if kind == AwardKind.REINSTATE and not is_revoked:
        raise Refused("not_revoked", "ผลการเรียนนี้ไม่ได้ถูกเพิกถอน")
    if kind in (AwardKind.REVOKE, AwardKind.AMEND, AwardKind.SUPERSEDE) and is_revoked:
        raise Refused("already_revoked", "ผลการเรียนนี้ถูกเพิกถอนแล้ว")
    if kind == AwardKind.AMEND and all(stated.get(name) == value for name, value in facts.items()):
        raise Refused("nothing_changes", "ข้อมูลใหม่เหมือนข้อมูลเดิม ไม่มีสิ่งที่ต้องแก้ไข")
    said_now = {**stated, **facts}
    if said_now["score"] is not None and not 0 <= said_now["score"] <= (said_now["max_score"] or 0):
        raise InvalidInput("score_over_full", "คะแนนต้องไม่น้อยกว่า 0 และไม่เกินคะแนนเต็ม", field="score")
    day = facts.get("effective_on")
    if day is not None and day < local_date(stated["completed_at"]):
        raise Refused("ends_before_it_began", "วันที่มีผลต้องไม่อยู่ก่อนวันที่สำเร็จ")
    if kind == AwardKind.REVOKE and day is not None and day > local_date(now):
        raise Refused("revoked_in_the_future", "วันที่เพิกถอนต้องไม่อยู่หลังวันนี้")
