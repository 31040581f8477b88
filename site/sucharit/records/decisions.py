"""Decisions about one person that change where they stand without a completion: exemptions, extensions, merges, and their end.

Append-only like awards (rules E8, E14, E19). Whether somebody may decide, and who must approve it, is asked before; here it is written.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from sucharit.kernel.errors import Conflict, NotFound, Refused
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import selectors as officers
from sucharit.officers import services as people
from sucharit.records.enums import DONE_STATES, DecisionKind, ExemptionKind, ReasonCode
from sucharit.records.models import Decision, Requirement, RequirementPeriod, Standing, WaitingEntry


def exempt(
    *,
    key: str,
    officer_id: int,
    requirement: Requirement,
    exemption: ExemptionKind,
    starts_on: date,
    until_on: date | None,
    reason: str,
    actor_id: int,
    now: datetime,
    period: RequirementPeriod | None = None,
    document: str = "",
    approved_by_id: int | None = None,
) -> Decision:
    """Exempt a person from a requirement (from one round of it with `period`) on these days. `key` names the cause: one, once."""
    if until_on is not None and until_on < starts_on:
        raise Refused("ends_before_it_starts", "วันสิ้นสุดต้องไม่อยู่ก่อนวันเริ่ม")
    return _decide(
        DecisionKind.EXEMPT,
        key,
        officer_id,
        reason,
        actor_id,
        now,
        requirement=requirement,
        period=period,
        exemption=exemption,
        starts_on=starts_on,
        until_on=until_on,
        document=document,
        approved_by_id=approved_by_id,
    )


def extend(
    *,
    key: str,
    officer_id: int,
    period: RequirementPeriod,
    due_on: date,
    reason: str,
    actor_id: int,
    now: datetime,
    document: str = "",
    approved_by_id: int | None = None,
) -> Decision:
    """Give a person a later due day in one round; the one it takes the place of is kept beside it (rule E8).

    Refused where the person is not required, has completed, or the day is not later than the one that holds.
    """
    held = Standing.objects.filter(officer_id=officer_id, period=period, until_at__isnull=True).first()
    if held is None or held.due_on is None:
        raise Refused("not_required", "ผู้นี้ไม่อยู่ในกลุ่มที่ต้องเรียนในรอบนี้ จึงไม่มีกำหนดให้ขยาย")
    if held.state in DONE_STATES:
        raise Refused("already_done", "ผู้นี้ผ่านรอบนี้แล้ว ไม่ต้องขยายกำหนด")
    if due_on <= held.due_on:
        raise Refused("not_later", "กำหนดใหม่ต้องอยู่หลังกำหนดเดิม")
    return _decide(
        DecisionKind.EXTEND,
        key,
        officer_id,
        reason,
        actor_id,
        now,
        requirement_id=period.requirement_id,
        period=period,
        due_on=due_on,
        original_due_on=held.original_due_on or held.due_on,
        document=document,
        approved_by_id=approved_by_id,
    )


@transaction.atomic
def merge(
    *,
    key: str,
    officer_id: int,
    other_id: int,
    reason: str,
    actor_id: int,
    now: datetime,
    document: str = "",
    approved_by_id: int | None = None,
) -> Decision:
    """Say that `other_id` is the same person as `officer_id`: from now on what the other has counts for them too.

    A link, not a move: nothing is rewritten, and `end` undoes it. Refused for a record that is already part of another, or that
    others were merged into.
    """
    # Both at once into each other would leave nobody: whoever comes second sees the first.
    people.hold(officer_ids=[officer_id, other_id])
    if existing := _known(key):
        return existing
    refuse_merge(officer_id=officer_id, other_id=other_id)
    return _decide(
        DecisionKind.MERGE,
        key,
        officer_id,
        reason,
        actor_id,
        now,
        other_id=other_id,
        document=document,
        approved_by_id=approved_by_id,
    )


@transaction.atomic
def end(
    *,
    key: str,
    decision_id: int,
    reason: str,
    reason_code: ReasonCode,
    actor_id: int,
    now: datetime,
    last_day: date | None = None,
    approved_by_id: int | None = None,
) -> Decision:
    """Take a decision back: an exemption after `last_day` (None: as though it had never been), an extension or a merge from now on."""
    decision = Decision.objects.filter(pk=decision_id).exclude(kind=DecisionKind.END).first()
    if decision is None:
        raise NotFound("decision_unknown", "ไม่พบรายการที่จะยกเลิก")
    people.hold(officer_ids=[decision.officer_id])
    if existing := _known(key):
        return existing
    if Decision.objects.filter(target=decision).exists():
        raise Refused("ended_already", "รายการนี้ถูกยกเลิกแล้ว")
    if last_day is not None and decision.starts_on is not None and last_day < decision.starts_on:
        last_day = decision.starts_on - timedelta(days=1)
    return _decide(
        DecisionKind.END,
        key,
        decision.officer_id,
        reason,
        actor_id,
        now,
        target=decision,
        other_id=decision.other_id,
        requirement_id=decision.requirement_id,
        period_id=decision.period_id,
        until_on=last_day,
        reason_code=reason_code,
        approved_by_id=approved_by_id,
    )


def refuse_merge(*, officer_id: int, other_id: int) -> None:
    """Raise Refused where these two records cannot be linked."""
    if officer_id == other_id:
        raise Refused("same_record", "โปรดเลือกประวัติสองรายการที่ต่างกัน")
    if _is_merged(officer_id) or _is_merged(other_id) or _holds_others(other_id):
        raise Refused("merged_already", "ประวัตินี้ถูกรวมกับประวัติอื่นอยู่แล้ว โปรดยกเลิกการรวมเดิมก่อน")


def _known(key: str) -> Decision | None:
    """What was decided for this cause already."""
    return Decision.objects.filter(idempotency_key=key).first()


def _is_merged(officer_id: int) -> bool:
    return _merges().filter(other_id=officer_id).exists()


def _holds_others(officer_id: int) -> bool:
    return _merges().filter(officer_id=officer_id).exists()


def _merges() -> "QuerySet[Decision]":
    """Merges that nobody has taken back."""
    return Decision.objects.filter(kind=DecisionKind.MERGE, ends__isnull=True)


def _decide(
    kind: DecisionKind,
    key: str,
    officer_id: int,
    reason: str,
    actor_id: int,
    now: datetime,
    **facts: Any,
) -> Decision:
    if not reason.strip():
        raise Refused("reason_missing", "โปรดเขียนเหตุผล")
    if existing := _known(key):
        return existing
    name, agency_code, agency_name = officers.told_on(officer_id, local_date(now))
    try:
        with transaction.atomic():
            decision = Decision.objects.create(
                kind=kind,
                idempotency_key=key,
                officer_id=officer_id,
                full_name=name,
                agency_code=agency_code,
                agency_name=agency_name,
                reason=reason.strip(),
                recorded_at=now,
                recorded_by_id=actor_id,
                **facts,
            )
            WaitingEntry.objects.create(decision=decision)
            return decision
    except IntegrityError as error:
        winner = _known(key)
        if winner is None:
            raise Conflict("decided_meanwhile", "มีผู้บันทึกรายการนี้ก่อนหน้าคุณไม่นาน โปรดเปิดดูอีกครั้ง") from error
        return winner
