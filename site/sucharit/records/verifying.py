"""Whether the ledger still says what was sealed: every row is hashed again and held against roots, chain, signatures and checkpoints.

Only reads. Seals are walked in blocks, so memory stays the same for any number of rows, and ranges of seals may go to
several processes. The walk itself is the one of the offline verifier.
"""

import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from sucharit.records import chain, checkpoints, guards, keys, processes
from sucharit.records.leaves import AWARD, DECISION, TABLES, instant
from sucharit.records.models import LedgerEntry, LedgerHead, Seal, WaitingEntry
from sucharit.records.offline import verify_sucharit_ledger as core
from sucharit.records.stops import CheckpointsDiffer

BLOCK = 5_000
# With fewer rows than this, starting processes takes longer than the work.
WORTH_PROCESSES = 100_000
PATIENCE = timedelta(days=1)
_UNREADABLE = b"unreadable"
_READING = (DatabaseError, UnicodeError, ValueError, TypeError, OverflowError)

# What only the database can show, beside the faults of the offline verifier.
FAULTS = core.FAULTS | core.words_of("""
entry-unsealed | ลำดับที่ {position} ไม่อยู่ในผนึกใด | position {position} belongs to no seal
row-unsealed | แถว {table} {row} ไม่ได้ผนึกและไม่ได้รอผนึก | row {table} {row} is neither sealed nor waiting
waiting-sealed | แถว {table} {row} ผนึกแล้วที่ลำดับ {position} แต่ยังอยู่ในคิวรอผนึก | row {table} {row} is sealed at position {position} and still waits
waiting-gone | แถว {table} {row} ที่รอผนึกหายไป | row {table} {row}, which waits to be sealed, is missing
waiting-long | แถว {table} {row} รอผนึกนานกว่าหนึ่งวัน | row {table} {row} has waited for more than a day
checkpoints-behind | ไม่มีจุดตรวจตั้งแต่ผนึกที่ {seal} มานานกว่าหนึ่งวัน | there are no checkpoints since seal {seal}, for more than a day
guard-missing | ตัวป้องกันการแก้ไขไม่ทำงาน: {detail} | a guard against changes does not work: {detail}
""")


@dataclass(frozen=True)
class Report:
    """The first fault, or none, and how much was checked. `late_seals` hold a row that was recorded a day or more before."""

    fault: core.Fault | None = None
    events: int = 0
    seals: int = 0
    keys: int = 0
    waiting: int = 0
    # The newest seal that has a checkpoint.
    covered: int = 0
    late_seals: int = 0
    seconds: float = 0.0

    @property
    def words(self) -> tuple[str, str]:
        """The fault in Thai and English."""
        return self.fault.words(FAULTS) if self.fault else ("", "")


class Stretch(NamedTuple):
    """Seals to be checked together, both ends included, and the newest checkpoint that counts."""

    since: int
    to: int
    place: Path
    newest: int


def verify(
    *, now: datetime, since: int = 1, jobs: int = 1, place: Path | None = None, first_key: str = ""
) -> Report:
    """Check the ledger from a seal on, against the checkpoints of a folder (the installation's own where none is named)."""
    started = time.perf_counter()
    where = place or checkpoints.folder()
    report = _verify(since, jobs, where, first_key)
    if report.fault is None:
        report = replace(report, fault=_beside_the_seals(now, report.covered))
    return replace(report, seconds=time.perf_counter() - started, waiting=WaitingEntry.objects.count())


def _verify(since: int, jobs: int, place: Path, first_key: str) -> Report:
    try:
        # Before the head: what is written outside was sealed before.
        line = checkpoints.last(place)
    except CheckpointsDiffer as differs:
        return Report(core.Fault("checkpoint-unreadable", detail=differs.message))
    head, to = _ends()
    known = chain.signing_keys()
    fault = core.check_keys(known, keys.verify, first_key)
    if fault is not None:
        return Report(fault, keys=len(known))
    newest = line.number if line else 0
    stretches = _stretches(since, to, place, newest, jobs)
    if len(stretches) > 1:
        parts = processes.everywhere(__name__, "check", stretches, jobs=jobs)
    else:
        parts = [check(stretch) for stretch in stretches]
    first = next((part.fault for part in parts if part.fault), None)
    return Report(
        first or _end(head, to, newest),
        events=sum(part.events for part in parts),
        seals=sum(part.seals for part in parts),
        keys=len(known),
        covered=newest,
        late_seals=sum(part.late_seals for part in parts),
    )


def _ends() -> tuple[chain.Head | None, int]:
    """The head and the highest seal, seen at the same moment."""
    top = Subquery(Seal.objects.order_by("-number").values("number")[:1])
    row = LedgerHead.objects.filter(pk=1).values_list("position", "seal", "digest", top).first()
    if row is None:
        return None, Seal.objects.aggregate(top=Max("number"))["top"] or 0
    return chain.Head(*row[:3]), row[3] or 0


def _stretches(since: int, to: int, place: Path, newest: int, jobs: int) -> list[Stretch]:
    """Ranges of seals of about the same number of rows, a few for each process."""
    bounds = [since]
    rows = LedgerEntry.objects.aggregate(top=Max("position"))["top"] or 0
    if jobs > 1 and rows >= WORTH_PROCESSES:
        parts = jobs * 4
        for part in range(1, parts):
            held = Seal.objects.filter(last_position__gte=rows * part // parts, number__lte=to)
            found = held.order_by("last_position").values_list("number", flat=True).first()
            if found is not None and found > bounds[-1]:
                bounds.append(found)
    ends = [bound - 1 for bound in bounds[1:]] + [to]
    return [Stretch(first, last, place, newest) for first, last in zip(bounds, ends, strict=True)]


def check(stretch: Stretch) -> Report:
    """Walk one stretch of seals with all their rows."""
    start = chain.seal(stretch.since - 1) if stretch.since > 1 else None
    if stretch.since > 1 and start is None:
        return Report(core.Fault("seal-missing", stretch.since - 1))
    lines = (line for line in checkpoints.read(stretch.place, stretch.since) if line.number <= stretch.newest)
    seen, late = 0, 0
    walk: core.Walk | None = None
    fault: core.Fault | None = None
    try:
        walk = core.Walk(chain.signing_keys(), lines, keys.verify, start=start)
        for block in _blocks(stretch.since, stretch.to):
            entries = _Entries(block)
            for seal in block:
                fault = walk.see(seal, partial(entries.of, seal))
                if fault is not None:
                    return Report(fault, walk.entries, seen)
                seen += 1
                late += entries.is_late(seal)
    except checkpoints.UnreadableError as error:
        return Report(core.Fault("checkpoint-unreadable", detail=str(error)), seals=seen)
    if walk.number < stretch.to:
        fault = core.Fault("seal-missing", walk.number + 1)
    return Report(fault, walk.entries, seen, late_seals=late)


def _blocks(since: int, to: int) -> Iterator[list[core.Seal]]:
    """Neighbouring seals whose rows are read together."""
    block: list[core.Seal] = []
    for seal in chain.seals(since, to):
        if block and (seal.first != block[-1].last + 1 or seal.last - block[0].first >= BLOCK):
            yield block
            block = []
        block.append(seal)
    if block:
        yield block


class _Entries:
    """The rows of a block of seals, read when the first of its seals has been found genuine."""

    def __init__(self, block: Sequence[core.Seal]) -> None:
        self._ends = (block[0].first, block[-1].last)
        self._read: core.Batch | None = None
        self._recorded: list[Any] = []

    def of(self, seal: core.Seal) -> core.Batch:
        """The entries of one seal."""
        if self._read is None:
            self._read, self._recorded = _read(*self._ends)
        left, right = self._between(seal)
        positions, rows, kept, found = self._read
        return core.Batch(positions[left:right], rows[left:right], kept[left:right], found[left:right])

    def _between(self, seal: core.Seal) -> tuple[int, int]:
        positions = self._read.positions if self._read else []
        return bisect_left(positions, seal.first), bisect_left(positions, seal.last + 1)

    def is_late(self, seal: core.Seal) -> bool:
        """Whether a row of the seal says that it was recorded more than a day before it was sealed."""
        left, right = self._between(seal)
        first = min(self._recorded[left:right], default=None)
        if first is None:
            return False
        recorded = datetime.fromisoformat(str(instant(first)))
        return datetime.fromisoformat(seal.sealed_at) - recorded > PATIENCE


def _read(first: int, last: int) -> tuple[core.Batch, list[Any]]:
    try:
        return _read_block(first, last)
    except _READING:
        # A value that cannot even be read: found by its place, one row after the other.
        batch, recorded = core.Batch([], [], [], []), []
        for position, table, row, leaf in _entries(first, last):
            try:
                one, times = _read_block(position, position)
                recorded += times
                found = one.found[0]
            except _READING:
                found = _UNREADABLE
            batch.positions.append(position)
            batch.rows.append((table, row))
            batch.kept.append(leaf)
            batch.found.append(found)
        return batch, recorded


def _entries(first: int, last: int) -> list[tuple[int, str, int | None, bytes | None]]:
    found = LedgerEntry.objects.filter(position__gte=first, position__lte=last).order_by("position")
    rows = chain.raw(found, "position", "award_id", "decision_id", "leaf")
    return [
        (
            position,
            DECISION if award is None else AWARD,
            decision if award is None else award,
            bytes(leaf) if isinstance(leaf, bytes | memoryview) else None,
        )
        for position, award, decision, leaf in rows
    ]


def _read_block(first: int, last: int) -> tuple[core.Batch, list[Any]]:
    entries = _entries(first, last)
    there = {table for _, table, _, _ in entries}
    hashes: dict[tuple[str, int | None], bytes] = {}
    recorded: dict[tuple[str, int | None], Any] = {}
    for name in there:
        table = TABLES[name]
        rows = table.model._base_manager.filter(entry__position__gte=first, entry__position__lte=last)
        for row in table.rows(rows):
            place = (name, row[table.id_place])
            hashes[place] = table.hash(row)
            recorded[place] = row[table.recorded_place]
    batch = core.Batch(
        [position for position, _, _, _ in entries],
        [(table, row) for _, table, row, _ in entries],
        [leaf for _, _, _, leaf in entries],
        [hashes.get((table, row)) for _, table, row, _ in entries],
    )
    return batch, [recorded[place] for place in batch.rows if place in recorded]


def _end(head: chain.Head | None, to: int, newest: int) -> core.Fault | None:
    """Whether head and checkpoints agree where the ledger ends."""
    if newest > to or (head is not None and head.seal > to):
        return core.Fault("seal-missing", to + 1)
    last = chain.seal(to) if to else None
    stands = (
        chain.Head(last.last, last.number, core.digest_of(last)) if last else chain.Head(0, 0, core.ZEROS)
    )
    if (head or chain.Head(0, 0, core.ZEROS)) != stands:
        return core.Fault("head-differs", to)
    return None


def _beside_the_seals(now: datetime, covered: int) -> core.Fault | None:
    """What no seal shows: entries and rows that belong to none, the queue, and the guards."""
    return (
        _entries_outside()
        or _rows_outside()
        or _queue(now)
        or _uncovered(now, covered)
        or next((core.Fault("guard-missing", detail=name) for name in guards.missing()), None)
    )


def _entries_outside() -> core.Fault | None:
    beyond = LedgerEntry.objects.filter(position__gt=Subquery(LedgerHead.objects.values("position")[:1]))
    for found in (beyond, LedgerEntry.objects.filter(position__lt=1)):
        position = found.order_by("position").values_list("position", flat=True).first()
        if position is not None:
            return core.Fault("entry-unsealed", position=position)
    return None


def _rows_outside() -> core.Fault | None:
    for name, table in TABLES.items():
        column = f"{name}_id"
        sealed = LedgerEntry.objects.filter(**{column: OuterRef("pk")})
        waits = WaitingEntry.objects.filter(**{column: OuterRef("pk")})
        found = table.model._base_manager.filter(~Exists(sealed), ~Exists(waits))
        row = found.order_by("pk").values_list("pk", flat=True).first()
        if row is not None:
            return core.Fault("row-unsealed", table=name, row=row)
    return None


def _queue(now: datetime) -> core.Fault | None:
    for name, table in TABLES.items():
        column = f"{name}_id"
        queue: QuerySet[Any] = WaitingEntry.objects.filter(**{f"{column}__isnull": False}).order_by("pk")
        sealed = LedgerEntry.objects.filter(**{column: OuterRef(column)}).values("position")
        row = queue.annotate(place=Subquery(sealed[:1])).filter(place__isnull=False)
        if found := row.values_list(column, "place").first():
            return core.Fault("waiting-sealed", table=name, row=found[0], position=found[1])
        there = table.model._base_manager.filter(pk=OuterRef(column))
        gone = queue.filter(~Exists(there)).values_list(column, flat=True).first()
        if gone is not None:
            return core.Fault("waiting-gone", table=name, row=gone)
        old = (
            queue.filter(Exists(there.filter(recorded_at__lt=now - PATIENCE)))
            .values_list(column, flat=True)
            .first()
        )
        if old is not None:
            return core.Fault("waiting-long", table=name, row=old)
    return None


def _uncovered(now: datetime, covered: int) -> core.Fault | None:
    found = Seal.objects.filter(number__gt=covered, sealed_at__lt=now - PATIENCE).order_by("number")
    number = found.values_list("number", flat=True).first()
    return None if number is None else core.Fault("checkpoints-behind", number)
