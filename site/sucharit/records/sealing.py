"""Sealing: rows that were committed get their positions, and every batch of them a signed root, chained to the batch before.

A worker does it within seconds of the commit. One batch is one transaction, so a kill leaves nothing half-done, and only one
worker at a time holds the head of the ledger. What goes to the outside (`checkpoints`) follows the commit.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from sucharit.kernel import merkle
from sucharit.records import chain, checkpoints, keys
from sucharit.records.leaves import AWARD, DECISION, TABLES, instant
from sucharit.records.models import LedgerEntry, LedgerHead, Seal, WaitingEntry
from sucharit.records.offline import verify_sucharit_ledger as core
from sucharit.records.stops import LedgerRewritten, SealingStopped

logger = logging.getLogger("sucharit.ledger")
MOST = 5_000
_CHUNK = 500


class _Taken(NamedTuple):
    """A row that waits: its place in the queue, which row it is, and its leaf hash."""

    waiting_id: int
    award_id: int | None
    decision_id: int | None
    leaf: bytes


class _Overtaken(Exception):  # noqa: N818
    """Another worker sealed these rows first."""


def seal(now: datetime, most: int = MOST) -> int:
    """Seal up to so many waiting rows as one batch. Returns how many; 0 where none wait or another worker is at it.

    Raises SealingStopped (logged with what the operator should do) where the end of the ledger, the key or the checkpoints are
    not what they should be: nothing is sealed then, and rows go on waiting.
    """
    try:
        # Rows never change, so they are hashed before the head is locked.
        taken = _take(most)
        done = _seal(taken, now) if taken else 0
        checkpoints.catch_up()
    except SealingStopped as stop:
        logger.critical("ledger: %s", stop.message)
        raise
    return done


def _take(most: int) -> list[_Taken]:
    waiting = list(WaitingEntry.objects.order_by("pk").values_list("pk", "award_id", "decision_id")[:most])
    leaves = {
        AWARD: _hashes(AWARD, [award for _, award, _ in waiting if award is not None]),
        DECISION: _hashes(DECISION, [decision for _, _, decision in waiting if decision is not None]),
    }
    taken = []
    for pk, award, decision in waiting:
        leaf = leaves[DECISION].get(decision) if award is None else leaves[AWARD].get(award)
        if leaf is None:
            raise LedgerRewritten(
                "waiting_row_gone", f"แถวที่รอผนึกหายไป (คิวที่ {pk}) โปรดตรวจด้วย verify_ledger", waiting=pk
            )
        taken.append(_Taken(pk, award, decision, leaf))
    return taken


def _hashes(table: str, ids: Sequence[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    rows = TABLES[table]
    for start in range(0, len(ids), _CHUNK):
        found |= rows.hashes(rows.model._base_manager.filter(pk__in=ids[start : start + _CHUNK]))
    return found


def _seal(taken: Sequence[_Taken], now: datetime) -> int:
    try:
        with transaction.atomic(durable=True):
            head = _lock_head()
            if head is None:
                return 0
            _refuse_other_end(head)
            checkpoints.refuse_other_end()
            _leave_queue(taken)
            _write(taken, head, now)
    except _Overtaken:
        return 0
    return len(taken)


def _lock_head() -> LedgerHead | None:
    """The head, locked until the end of the transaction; none where another worker holds it."""
    heads = LedgerHead.objects.select_for_update(skip_locked=True)
    found = heads.filter(pk=1).first()
    if found is None and not LedgerHead.objects.exists():
        try:
            with transaction.atomic():
                found = LedgerHead.objects.create(pk=1)
        except IntegrityError:
            return None
    return found


def _refuse_other_end(head: LedgerHead) -> None:
    """Raise LedgerRewritten where head, last seal and last position do not fit one another."""
    last = chain.last_seal()
    position = LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0
    says = (head.seal, head.position, head.digest, position)
    stands = (last.number, last.last, core.digest_of(last), last.last) if last else (0, 0, core.ZEROS, 0)
    if says != stands:
        raise LedgerRewritten(
            "end_differs",
            f"ผนึกทะเบียนไม่ได้: ปลายทะเบียน (ผนึกที่ {head.seal}) ไม่ตรงกับผนึกสุดท้ายในฐานข้อมูล โปรดตรวจด้วย verify_ledger",
            seal=head.seal,
        )


def _leave_queue(taken: Sequence[_Taken]) -> None:
    """Delete exactly these rows of the queue: one that is gone was sealed by another worker meanwhile."""
    ids = [row.waiting_id for row in taken]
    gone = 0
    for start in range(0, len(ids), _CHUNK):
        rows = WaitingEntry.objects.filter(pk__in=ids[start : start + _CHUNK])
        gone += rows._raw_delete(rows.db)
    if gone != len(ids):
        raise _Overtaken


def _write(taken: Sequence[_Taken], head: LedgerHead, now: datetime) -> None:
    first, number = head.position + 1, head.seal + 1
    key, private = keys.signer(number, now=now)
    made = core.Seal(
        number,
        first,
        head.position + len(taken),
        merkle.root([row.leaf for row in taken]).hex(),
        head.digest,
        str(instant(now)),
        key.id,
        "",
    )
    made = made._replace(signature=keys.sign(private, core.seal_statement(made)))
    LedgerEntry.objects.bulk_create(
        LedgerEntry(position=place, award_id=row.award_id, decision_id=row.decision_id, leaf=row.leaf)
        for place, row in enumerate(taken, start=first)
    )
    Seal.objects.create(
        number=number,
        first_position=first,
        last_position=made.last,
        root=made.root,
        previous=made.previous,
        sealed_at=now,
        key_id=key.id,
        signature=made.signature,
    )
    moved = LedgerHead.objects.filter(pk=1, seal=head.seal, digest=head.digest).update(
        position=made.last, seal=number, digest=core.digest_of(made)
    )
    if moved != 1:
        raise _Overtaken
