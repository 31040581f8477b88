"""What reading and writing a file of questions hands back, and the one loop that keeps a bad question from the others."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from quizzes.drafts import BankEntry
from sucharit.kernel.errors import DomainError, InvalidInput

MOST_BYTES = 20 * 1024 * 1024
MOST_QUESTIONS = 20_000
LONGEST_TEXT = 60_000
LONGEST_RAW = 20_000
MOST_CHOICES = 60

_EMBEDDED = re.compile(r"data\\?:image/[^\s\"'<>()]*", re.IGNORECASE)

Note = tuple[str, str]
Item = TypeVar("Item")


class Format(StrEnum):
    """The formats that are read and written."""

    GIFT = "gift"
    MOODLE_XML = "moodle_xml"
    AIKEN = "aiken"
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class Row:
    """A question that could be read.

    `row` is its line (GIFT, Aiken), its row of the sheet (CSV, XLSX) or its place among the questions (Moodle XML).
    `images` holds the bytes behind each `![alt](name)` in its texts; a name means the same bytes in the whole reading.
    `notes` are (code, Thai sentence) for what the file said and a BankEntry cannot.
    `says` names the fields of the entry that the file lays down whole: standard, difficulty, topics, provisions. What it does
    not name is only what is taken where nothing is said, or topics to be added to others.
    """

    row: int
    entry: BankEntry
    images: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    says: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fault:
    """A question, or a whole file (row 0), that could not be read: why, in Thai, and its words for the quarantine."""

    row: int
    field: str
    message: str
    raw: str


@dataclass(frozen=True)
class Reading:
    """A file as it was read. `format` is one of `Format`, or "" where it could not be told."""

    format: str
    entries: list[Row]
    faults: list[Fault]


@dataclass(frozen=True)
class Written:
    """A file to hand out; `notes` are (code, Thai sentence), each naming the question it speaks of."""

    data: bytes
    filename: str
    notes: list[Note]


def refusal(code: str, message: str, field: str) -> InvalidInput:
    """The error that ends one question's reading; `gather` turns it into a Fault."""
    return InvalidInput(code, message, field=field)


def too_many_choices() -> InvalidInput:
    """The error for a question with more choices than anybody reads."""
    return refusal("choices_many", f"มีตัวเลือกเกิน {MOST_CHOICES} ข้อ", "choices")


def whole_file(format_: str, message: str, raw: str = "") -> Reading:
    """The reading of a file of which nothing could be read."""
    return Reading(format_, [], [Fault(0, "file", message, raw[:LONGEST_RAW])])


def without_embedded(text: str) -> str:
    """The text without the digits of the pictures embedded in it, to be measured or shown."""
    return _EMBEDDED.sub("data:image/…", text)


def gather(
    format_: Format,
    items: Iterable[tuple[int, Item]],
    parse: Callable[[int, Item], Row],
    raw: Callable[[Item], str],
) -> Reading:
    """Parse each (row, item); a DomainError of one becomes its Fault. Stops with a Fault past MOST_QUESTIONS."""
    entries: list[Row] = []
    faults: list[Fault] = []
    first_rows: dict[str, int] = {}
    for count, (row, item) in enumerate(items):
        if count >= MOST_QUESTIONS:
            message = f"ไฟล์นี้มีเกิน {MOST_QUESTIONS:,} ข้อ ตั้งแต่ข้อนี้ไปยังไม่ได้อ่าน โปรดแบ่งเป็นหลายไฟล์"
            faults.append(Fault(row, "file", message, raw(item)[:LONGEST_RAW]))
            break
        try:
            found = parse(row, item)
            _check_length(found.entry)
        except DomainError as error:
            words = without_embedded(raw(item))[:LONGEST_RAW].strip()
            faults.append(Fault(row, getattr(error, "field", ""), error.message, words))
            continue
        entries.append(_with_twin_note(found, first_rows))
    return Reading(format_, entries, faults)


def _check_length(entry: BankEntry) -> None:
    draft = entry.draft
    texts = [draft.stem, draft.explanation, draft.source]
    texts += [text for choice in draft.choices for text in (choice.text, choice.feedback, choice.match)]
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise refusal("text_long", f"มีข้อความยาวเกิน {LONGEST_TEXT:,} อักขระ", "stem")
    if len(draft.choices) > MOST_CHOICES:
        raise too_many_choices()


def _with_twin_note(row: Row, first_rows: dict[str, int]) -> Row:
    code = row.entry.code
    first = first_rows.setdefault(code, row.row) if code else row.row
    if first == row.row:
        return row
    note = ("code_twice", f"รหัส {code} ซ้ำกับข้อที่อยู่ในลำดับหรือบรรทัดที่ {first} ของไฟล์เดียวกัน")
    return replace(row, notes=(*row.notes, note))
