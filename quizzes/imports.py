"""Questions from files into the bank: looked at first, then applied once. And out again.

A question is known by its code. One without a code gets one from its own words, so the same file a second time finds
everything there already and adds nothing. What cannot be asked fairly is held back with its words and a reason, never lost:
the file itself is kept.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from quizzes import interchange
from quizzes.bank import still_filled
from quizzes.bulk import leaning_on
from quizzes.checks import check_shape, is_incomplete
from quizzes.codes import CODE_SHAPE
from quizzes.drafts import BankEntry
from quizzes.enums import Change, TopicKind
from quizzes.filing import tidy_names
from quizzes.illustrations import Album, with_file_names
from quizzes.models import BankImport, Question, Topic
from quizzes.refiling import Filing, beside_the_words, filed_anew, is_unlike, named, with_what_stays
from quizzes.services import save_question
from quizzes.versions import draft_of, says_the_same
from sucharit.kernel.errors import InvalidInput, Refused

# One request writes this many in a few seconds; a larger bank comes in several files.
MOST_QUESTIONS = 2_000
MOST_BYTES = 5 * 1024 * 1024

_LACKS = "ยังมีตัวเลือกหรือภาพที่ไม่มีคำอธิบาย ข้อนี้จะเก็บไว้ในคลังแต่ยังไม่ใช้ จนกว่าจะเติมคำอธิบายครบและนำมาใช้"
_UNLIKE = "รหัสตรงกับข้อเดิม แต่คำถามต่างกันมาก โปรดตรวจว่าเป็นข้อเดียวกัน หากไม่ใช่ ให้เปลี่ยนรหัสในไฟล์ก่อนนำเข้า"
_WOULD_LACK = "ข้อเดิมในคลังมีคำอธิบายครบ แต่ข้อในไฟล์มีตัวเลือกหรือภาพที่ไม่มีคำอธิบาย จึงไม่นำมาแทนข้อเดิม"


@dataclass(frozen=True)
class Line:
    """A question of a file that may be stored: its place in the file, under which code, and what storing it would do.

    `images` are the pictures that its texts show and the bank does not hold yet, as they came. `takes_away` says whether a
    pool of the bank may lose the question.
    """

    row: int
    code: str
    entry: BankEntry
    change: Change
    notes: tuple[str, ...]
    images: tuple[bytes, ...] = ()
    takes_away: bool = False


@dataclass(frozen=True)
class Look:
    """A file as it would be applied now: the questions, and what is held back, as (row, why, words)."""

    format: str
    lines: Sequence[Line]
    held: Sequence[tuple[int, str, str]]

    @property
    def counts(self) -> Counter[str]:
        """How many questions are added, changed, filed anew and unchanged."""
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
    return _looked(batch)[0]


def _looked(batch: BankImport) -> tuple[Look, Album]:
    reading = interchange.read(bytes(batch.content), filename=batch.filename)
    album = Album(reading.entries)
    kinds = _kinds_of_tags(reading.entries)
    held = [(fault.row, fault.message, fault.raw) for fault in reading.faults]
    rows = []
    codes: set[str] = set()
    for row in reading.entries:
        try:
            entry, images = album.settle(row)
            code = _free_code(entry, codes)
            check_shape(entry.draft)
        except InvalidInput as error:
            held.append((row.row, error.message, row.entry.draft.stem))
            continue
        codes.add(code)
        entry, told = _with_known_kinds(entry, kinds)
        notes = [*(text for _, text in row.notes), *told]
        rows.append((row, code, entry, images, notes))
    known = {
        question.code: question
        for question in Question.objects.filter(code__in=codes)
        .select_related("current")
        .prefetch_related("topics")
    }
    lines = []
    for row, code, said, images, told in rows:
        entry, change, filing = _weighed(known.get(code), said, row.says)
        if is_incomplete(entry.draft) and change is Change.CHANGED:
            held.append((row.row, _WOULD_LACK, entry.draft.stem))
            continue
        notes = [*told, *([_LACKS] if is_incomplete(entry.draft) else [])]
        if change is Change.CHANGED:
            notes += beside_the_words(known[code], entry)
            notes += [_UNLIKE] if is_unlike(known[code], entry) else []
        notes += filing.words
        lines.append(Line(row.row, code, entry, change, tuple(notes), images, filing.takes_away))
    return Look(reading.format, lines, sorted(held)), album


def _free_code(entry: BankEntry, named: set[str]) -> str:
    code = code_of(entry)
    if code in named:
        same = f"รหัส {code} ซ้ำกับข้อก่อนหน้าในไฟล์" if entry.code else "ถ้อยคำเหมือนข้อก่อนหน้าในไฟล์"
        raise InvalidInput("code_twice", same)
    return code


def _kinds_of_tags(rows: Sequence[interchange.Row]) -> dict[str, str]:
    """What the bank already knows each tag of a file as. One query for each thousand tags."""
    names = sorted({name for row in rows for name in tidy_names((*row.entry.topics, *row.entry.provisions))})
    found: dict[str, str] = {}
    for start in range(0, len(names), 1_000):
        rows_of = Topic.objects.filter(name__in=names[start : start + 1_000])
        found |= dict(rows_of.values_list("name", "kind"))
    return found


def _with_known_kinds(entry: BankEntry, kinds: dict[str, str]) -> tuple[BankEntry, list[str]]:
    """The entry with each tag as the bank knows it: a name is a topic or a provision, never both."""
    entry = replace(entry, topics=tidy_names(entry.topics), provisions=tidy_names(entry.provisions))
    provisions = [name for name in entry.provisions if kinds.get(name) != TopicKind.TOPIC]
    provisions += [name for name in entry.topics if kinds.get(name) == TopicKind.PROVISION]
    topics = [name for name in entry.topics if name not in provisions]
    moved = [name for name in entry.provisions if name not in provisions]
    topics += [name for name in moved if name not in topics]
    notes = [f"“{name}” ในคลังเป็นหัวข้อ จึงเก็บเป็นหัวข้อ" for name in moved]
    notes += [f"“{name}” ในคลังเป็นบทบัญญัติ จึงเก็บเป็นบทบัญญัติ" for name in entry.topics if name not in topics]
    return replace(entry, topics=tuple(topics), provisions=tuple(dict.fromkeys(provisions))), notes


def code_of(entry: BankEntry) -> str:
    """The code of an entry; one made from its words where the file names none of our shape."""
    code = entry.code.strip().upper()
    if CODE_SHAPE.fullmatch(code) and len(code) <= 30:
        return code
    words = (entry.draft.kind, entry.draft.stem.split(), [choice.text for choice in entry.draft.choices])
    return f"IMP-{hashlib.sha256(repr(words).encode()).hexdigest()[:12].upper()}"


def _weighed(
    known: Question | None, entry: BankEntry, says: frozenset[str]
) -> tuple[BankEntry, Change, Filing]:
    """The entry as it would be stored, and what that does to the bank."""
    if known is None:
        return entry, Change.ADDED, Filing((), takes_away=False)
    entry = with_what_stays(entry, says, known)
    filing = filed_anew(known, entry)
    if known.current is None or not says_the_same(known.current, entry.draft):
        return entry, Change.CHANGED, filing
    return entry, Change.FILED if filing.words else Change.UNCHANGED, filing


@transaction.atomic
def apply_import(*, batch: BankImport, now: datetime, by_id: int | None) -> BankImport:
    """Store what the file says, once.

    Refused for a file that was applied, holds nothing to store, or too much at once, and where a quiz could then not be filled.
    """
    if not BankImport.objects.filter(pk=batch.pk, applied_at__isnull=True).update(applied_at=now):
        raise Refused("import_applied", "ไฟล์นี้นำเข้าแล้ว")
    seen, album = _looked(batch)
    if not seen.lines:
        raise Refused("import_empty", "ไม่มีคำถามที่นำเข้าได้ในไฟล์นี้")
    if len(seen.lines) > MOST_QUESTIONS:
        raise Refused("import_too_many", f"นำเข้าได้ครั้งละไม่เกิน {MOST_QUESTIONS:,} ข้อ โปรดแบ่งเป็นหลายไฟล์")
    moved = [line.code for line in seen.lines if line.takes_away]
    leaning = leaning_on(list(Question.objects.filter(code__in=moved))) if moved else []
    for line in seen.lines:
        if line.change is not Change.UNCHANGED:
            entry = line.entry
            album.keep(line.images, now=now, by_id=by_id)
            save_question(
                code=line.code,
                standard=entry.standard,
                draft=entry.draft,
                difficulty=entry.difficulty,
                topics=entry.topics,
                provisions=entry.provisions,
                review_on=entry.review_on,
                now=now,
                by_id=by_id,
                may_lack_feedback=True,
            )
    still_filled(leaning, "นำเข้าไม่ได้")
    counts = seen.counts
    batch.applied_at = now
    batch.added, batch.changed = counts[Change.ADDED], counts[Change.CHANGED]
    batch.filed, batch.unchanged, batch.refused = (
        counts[Change.FILED],
        counts[Change.UNCHANGED],
        len(seen.held),
    )
    batch.save(update_fields=["applied_at", "added", "changed", "filed", "unchanged", "refused"])
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
            topics=named(question, TopicKind.TOPIC),
            provisions=named(question, TopicKind.PROVISION),
            review_on=question.review_on,
        )
        for question in rows.order_by("code")
        if question.current is not None
    ]


def export(questions: "QuerySet[Question]", *, format_: interchange.Format) -> interchange.Written:
    """A file of these questions, and what its format cannot hold, question by question."""
    found = entries(questions)
    if format_ is not interchange.Format.MOODLE_XML:
        return interchange.write(found, format=format_)
    named, images = with_file_names(found)
    return interchange.write(named, format=format_, images=images)
