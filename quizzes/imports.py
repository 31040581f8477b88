"""Questions from files into the bank: looked at first, then applied once. And out again.

A question is known by its code. One without a code gets one from its own words, so the same file a second time finds
everything there already and adds nothing. What cannot be asked fairly is held back with its words and a reason, never lost:
the file itself is kept.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from quizzes import interchange
from quizzes.checks import check_shape, lacks_feedback
from quizzes.codes import CODE_SHAPE
from quizzes.drafts import BankEntry
from quizzes.enums import Change
from quizzes.models import BankImport, Question
from quizzes.services import save_question
from quizzes.versions import draft_of, says_the_same
from sucharit.kernel.errors import InvalidInput, Refused

# One request writes this many in a few seconds; a larger bank comes in several files.
MOST_QUESTIONS = 2_000
MOST_BYTES = 5 * 1024 * 1024

_LACKS = "ยังมีตัวเลือกที่ไม่มีคำอธิบาย ข้อนี้จะเก็บไว้ในคลังแต่ยังไม่ใช้ จนกว่าจะเติมคำอธิบายครบและนำมาใช้"
_NO_REVIEW_DAY = "คลังยังไม่เก็บวันที่ต้องทบทวน จึงไม่นำวันที่นี้เข้ามา"
_WOULD_LACK = "ข้อเดิมในคลังมีคำอธิบายครบ แต่ข้อในไฟล์มีตัวเลือกที่ไม่มีคำอธิบาย จึงไม่นำมาแทนข้อเดิม"


@dataclass(frozen=True)
class Line:
    """A question of a file that may be stored: its place in the file, under which code, and what storing it would do."""

    row: int
    code: str
    entry: BankEntry
    change: Change
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """A file as it would be applied now: the questions, and what is held back, as (row, why, words)."""

    format: str
    lines: Sequence[Line]
    held: Sequence[tuple[int, str, str]]

    @property
    def counts(self) -> Counter[str]:
        """How many questions are added, changed and unchanged."""
        return Counter(line.change.value for line in self.lines)


def receive(*, filename: str, content: bytes, now: datetime, by_id: int | None) -> BankImport:
    """Keep a file to be looked at. Refused where it is larger than is read."""
    if len(content) > MOST_BYTES:
        raise InvalidInput(
            "file_too_large", f"ไฟล์ใหญ่เกิน {MOST_BYTES // 1024**2} MB โปรดแบ่งเป็นหลายไฟล์", field="file"
        )
    return BankImport.objects.create(
        filename=filename[-200:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=now,
        created_by_id=by_id,
    )


def look_at(batch: BankImport) -> Look:
    """What applying the file would do, as the bank stands now. Writes nothing."""
    reading = interchange.read(bytes(batch.content), filename=batch.filename)
    held = [(fault.row, fault.message, fault.raw) for fault in reading.faults]
    rows = []
    named: set[str] = set()
    for row in reading.entries:
        code = code_of(row.entry)
        reason = _reason_against(row, code, named)
        if reason:
            held.append((row.row, reason, row.entry.draft.stem))
            continue
        named.add(code)
        rows.append((row, code))
    known = {
        question.code: question
        for question in Question.objects.filter(code__in=named).select_related("current")
    }
    lines = []
    for row, code in rows:
        change = _change(known.get(code), row.entry)
        notes = tuple(text for _, text in row.notes)
        if row.entry.review_on is not None:
            notes = (*notes, _NO_REVIEW_DAY)
        if lacks_feedback(row.entry.draft):
            if change is Change.CHANGED:
                held.append((row.row, _WOULD_LACK, row.entry.draft.stem))
                continue
            notes = (*notes, _LACKS)
        lines.append(Line(row.row, code, row.entry, change, notes))
    return Look(reading.format, lines, sorted(held))


def _reason_against(row: interchange.Row, code: str, named: set[str]) -> str:
    if code in named:
        return f"รหัส {code} ซ้ำกับข้อก่อนหน้าในไฟล์"
    if row.images:
        return "ข้อนี้มีภาพ ซึ่งคลังคำถามยังเก็บไม่ได้ โปรดนำภาพออกแล้วนำเข้าใหม่"
    try:
        check_shape(row.entry.draft)
    except InvalidInput as error:
        return error.message
    return ""


def code_of(entry: BankEntry) -> str:
    """The code of an entry; one made from its words where the file names none of our shape."""
    code = entry.code.strip().upper()
    if CODE_SHAPE.fullmatch(code) and len(code) <= 30:
        return code
    words = (entry.draft.kind, entry.draft.stem.split(), [choice.text for choice in entry.draft.choices])
    return f"IMP-{hashlib.sha256(repr(words).encode()).hexdigest()[:12].upper()}"


def _change(known: Question | None, entry: BankEntry) -> Change:
    if known is None:
        return Change.ADDED
    if known.current is not None and says_the_same(known.current, entry.draft):
        return Change.UNCHANGED
    return Change.CHANGED


@transaction.atomic
def apply_import(*, batch: BankImport, now: datetime, by_id: int | None) -> BankImport:
    """Store what the file says, once. Refused for a file that was applied, holds nothing to store, or too much at once."""
    if not BankImport.objects.filter(pk=batch.pk, applied_at__isnull=True).update(applied_at=now):
        raise Refused("import_applied", "ไฟล์นี้นำเข้าแล้ว")
    seen = look_at(batch)
    if not seen.lines:
        raise Refused("import_empty", "ไม่มีคำถามที่นำเข้าได้ในไฟล์นี้")
    if len(seen.lines) > MOST_QUESTIONS:
        raise Refused("import_too_many", f"นำเข้าได้ครั้งละไม่เกิน {MOST_QUESTIONS:,} ข้อ โปรดแบ่งเป็นหลายไฟล์")
    for line in seen.lines:
        if line.change is not Change.UNCHANGED:
            entry = line.entry
            save_question(
                code=line.code,
                standard=entry.standard,
                draft=entry.draft,
                difficulty=entry.difficulty,
                topics=entry.topics,
                now=now,
                by_id=by_id,
                may_lack_feedback=True,
            )
    counts = seen.counts
    batch.applied_at = now
    batch.added, batch.changed = counts[Change.ADDED], counts[Change.CHANGED]
    batch.unchanged, batch.refused = counts[Change.UNCHANGED], len(seen.held)
    batch.save(update_fields=["applied_at", "added", "changed", "unchanged", "refused"])
    return batch


def recent_imports(*, most: int = 20) -> Sequence[BankImport]:
    """The last files handed in, newest first, without their bytes."""
    return list(BankImport.objects.defer("content").select_related("created_by").order_by("-pk")[:most])


def entries(questions: "QuerySet[Question]") -> list[BankEntry]:
    """Questions as files hold them, by code. Two queries."""
    rows = questions.filter(current__isnull=False).select_related("current").prefetch_related("topics")
    return [
        BankEntry(
            code=question.code,
            draft=draft_of(question.current),
            standard=question.standard,
            difficulty=question.difficulty,
            topics=tuple(topic.name for topic in question.topics.all()),
        )
        for question in rows.order_by("code")
        if question.current is not None
    ]


def export(questions: "QuerySet[Question]", *, format_: interchange.Format) -> interchange.Written:
    """A file of these questions, and what its format cannot hold, question by question."""
    return interchange.write(entries(questions), format=format_)
