"""What changed from one version of a question to the next, in words an editor reads. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from quizzes.drafts import Choice, QuestionDraft
from quizzes.enums import Kind, Scoring
from sucharit.kernel.thai_calendar import format_date


@dataclass(frozen=True)
class Difference:
    """One thing that changed: what it is, what it said before and after. Empty where there was, or is, nothing."""

    what: str
    before: str
    after: str


def differences(before: QuestionDraft, after: QuestionDraft) -> Sequence[Difference]:
    """Everything that changed, the question's own words first, then its rows in their order, then the rest."""
    found = [
        Difference("ชนิด", Kind(before.kind).label, Kind(after.kind).label),
        Difference("คำถาม", before.stem.strip(), after.stem.strip()),
        *_rows(before, after),
        Difference("วิธีให้คะแนน", Scoring(before.scoring).label, Scoring(after.scoring).label),
        Difference("ระดับการประเมิน", " / ".join(before.scale), " / ".join(after.scale)),
        Difference("หน่วย", before.unit, after.unit),
        Difference("คำอธิบายรวม", before.explanation, after.explanation),
        Difference("แหล่งอ้างอิง", before.source, after.source),
        Difference("ข้อมูล ณ วันที่", *(format_date(one.as_of) if one.as_of else "" for one in (before, after))),
    ]
    return [one for one in found if one.before != one.after]


def _rows(before: QuestionDraft, after: QuestionDraft) -> list[Difference]:
    old = [row_in_words(before.kind, row) for row in before.choices]
    new = [row_in_words(after.kind, row) for row in after.choices]
    found = []
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for was, now in zip_longest(range(a, b), range(c, d)):
            place = (now if now is not None else was) + 1
            found.append(
                Difference(f"แถวที่ {place}", "" if was is None else old[was], "" if now is None else new[now])
            )
    return found


def row_in_words(kind: str, row: Choice) -> str:
    """A row as one text: its words, what the key says of it, and why."""
    said = {
        Kind.SINGLE: "ถูก" if row.correct else "",
        Kind.MULTIPLE: "ถูก" if row.correct else "",
        Kind.TRUE_FALSE: "ถูก" if row.correct else "",
        Kind.MATCHING: f"คู่ {row.match}",
        Kind.GAPS: f"เติมช่องที่ {row.gap}" if row.gap else "คำลวง",
        Kind.SHORT_TEXT: f"คะแนนร้อยละ {(row.credit * 100).normalize():f}",
        Kind.NUMERIC: f"คลาดเคลื่อนได้ {row.tolerance.normalize():f} คะแนนร้อยละ {(row.credit * 100).normalize():f}",
        Kind.JUDGEMENT: f"ผู้เชี่ยวชาญ {row.expert}",
    }.get(Kind(kind), "")
    key = f" ({said})" if said else ""
    why = f"\nคำอธิบาย {row.feedback}" if row.feedback else ""
    return f"{row.text}{key}{why}"
