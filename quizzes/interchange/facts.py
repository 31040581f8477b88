"""What a BankEntry says and Moodle has no place for, as one JSON line that Moodle ignores and `read` understands.

GIFT carries it in a comment (`// sucharit: {...}`), Moodle XML in an element (`<sucharit>{...}</sucharit>`).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from quizzes.drafts import BankEntry, QuestionDraft
from quizzes.enums import Difficulty, Scoring, Standard
from quizzes.interchange.base import Note
from quizzes.interchange.texts import tidy

LABELS = {
    "standard": "มาตรฐาน",
    "difficulty": "ระดับความยาก",
    "source": "แหล่งอ้างอิง",
    "as_of": "ข้อมูล ณ วันที่",
    "review_on": "วันทบทวน",
    "scoring": "วิธีให้คะแนน",
    "unit": "หน่วย",
}


def told(entry: BankEntry) -> dict[str, str | int]:
    """The facts of an entry that differ from what is taken where nothing is said."""
    draft = entry.draft
    facts: dict[str, str | int] = {
        "standard": entry.standard,
        "difficulty": "" if entry.difficulty == Difficulty.MEDIUM else str(entry.difficulty),
        "source": draft.source,
        "as_of": draft.as_of.isoformat() if draft.as_of else "",
        "review_on": entry.review_on.isoformat() if entry.review_on else "",
        "scoring": "" if draft.scoring == Scoring.PARTIAL else str(draft.scoring),
        "unit": draft.unit,
    }
    return {key: value for key, value in facts.items() if value}


def stated(entry: BankEntry) -> dict[str, str | int]:
    """The facts of an entry as a file of ours states them: those that decide who is asked it stand there in any case."""
    return {"standard": entry.standard, "difficulty": str(entry.difficulty), **told(entry)}


def says(facts: Mapping[str, object], entry: BankEntry) -> frozenset[str]:
    """What a question with such a line lays down whole (`Row.says`); nothing without a line."""
    if not facts:
        return frozenset()
    listed = {"topics": entry.topics, "provisions": entry.provisions}
    return frozenset({"standard", "difficulty"} & set(facts)) | {
        name for name, names in listed.items() if names
    }


def line(facts: Mapping[str, str | int]) -> str:
    """The facts as one line of JSON."""
    return json.dumps(facts, ensure_ascii=False)


def parse(text: str) -> dict[str, object]:
    """The facts of such a line; an empty mapping where it is none. Never raises."""
    try:
        facts = json.loads(text[:10_000])
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def apply(entry: BankEntry, facts: Mapping[str, object]) -> BankEntry:
    """The entry with these facts; each that is not what it should be is left out."""
    draft: QuestionDraft = replace(
        entry.draft,
        source=_text(facts, "source") or entry.draft.source,
        unit=_text(facts, "unit") or entry.draft.unit,
        as_of=_day(facts, "as_of") or entry.draft.as_of,
        scoring=Scoring.EXACT if _text(facts, "scoring") == Scoring.EXACT else entry.draft.scoring,
    )
    standard = facts.get("standard")
    known = isinstance(standard, int) and standard in set(Standard)
    difficulty = _text(facts, "difficulty")
    return replace(
        entry,
        draft=draft,
        standard=int(standard) if known and isinstance(standard, int) else entry.standard,
        difficulty=difficulty if difficulty in set(Difficulty) else entry.difficulty,
        review_on=_day(facts, "review_on") or entry.review_on,
    )


def unseen(facts: Mapping[str, object], label: str) -> list[Note]:
    """The note that Moodle will not show these facts, or none where there are none."""
    if not facts:
        return []
    names = " ".join(LABELS[key] for key in facts)
    return [("moodle_unseen", f"{label}: Moodle ไม่แสดง{names} ไฟล์นี้เก็บไว้สำหรับนำกลับเข้าระบบนี้เท่านั้น")]


def _text(facts: Mapping[str, object], key: str) -> str:
    value = facts.get(key)
    return tidy(value) if isinstance(value, str) else ""


def _day(facts: Mapping[str, object], key: str) -> date | None:
    try:
        return date.fromisoformat(_text(facts, key))
    except ValueError:
        return None
