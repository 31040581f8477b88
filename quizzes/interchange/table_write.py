"""Writing the table of questions as CSV or XLSX, through the one writer of tables of the house."""

from collections.abc import Iterable, Sequence

from quizzes.drafts import BankEntry
from quizzes.enums import Difficulty, Kind, Scoring
from quizzes.interchange import columns
from quizzes.interchange.answers import label, pictures_of, texts_of
from quizzes.interchange.base import Note
from quizzes.interchange.columns import IN_LIST, headings
from quizzes.interchange.table_kinds import cells_of
from quizzes.interchange.texts import escape, tidy
from sucharit.kernel.sheets import Column, csv_stream, xlsx_file
from sucharit.kernel.thai_calendar import format_date

SHEET = "คำถาม"
LONGEST_CELL = 32_000


def write_csv(entries: Sequence[BankEntry]) -> tuple[bytes, list[Note]]:
    """The table as CSV, with notes on what is lost."""
    named, rows = _table(entries)
    return b"".join(csv_stream(named, rows)), _notes(entries, "CSV")


def write_xlsx(entries: Sequence[BankEntry]) -> tuple[bytes, list[Note]]:
    """The table as a workbook of one sheet, with notes on what is lost."""
    named, rows = _table(entries)
    with xlsx_file(named, rows, sheet_name=SHEET) as file:
        return file.read(), _notes(entries, "XLSX")


def _table(entries: Sequence[BankEntry]) -> tuple[list[Column], Iterable[list[str]]]:
    most = max((len(entry.draft.choices) for entry in entries), default=0)
    named = headings(most)
    found = [Column(name, name, width=width(name)) for name in named]
    return found, (row(entry, named) for entry in entries)


def width(name: str) -> int:
    """How wide a column is, in characters."""
    return columns.WIDTHS.get(name.split(" ", maxsplit=1)[0], 16)


def row(entry: BankEntry, named: Sequence[str]) -> list[str]:
    """The cells of one question under these headings."""
    draft = entry.draft
    options, feedback, answer = cells_of(draft)
    said = {
        columns.CODE: entry.code,
        columns.KIND: str(Kind(draft.kind).label),
        columns.STEM: tidy(draft.stem),
        columns.STANDARD: str(entry.standard),
        columns.DIFFICULTY: str(Difficulty(entry.difficulty).label),
        columns.TOPICS: _joined(entry.topics),
        columns.PROVISIONS: _joined(entry.provisions),
        columns.ANSWER: answer,
        columns.SCALE: _joined(draft.scale),
        columns.UNIT: tidy(draft.unit),
        columns.EXPLANATION: tidy(draft.explanation),
        columns.SOURCE: tidy(draft.source),
        columns.AS_OF: format_date(draft.as_of, "short") if draft.as_of else "",
        columns.REVIEW_ON: format_date(entry.review_on, "short") if entry.review_on else "",
        columns.SCORING: str(Scoring(draft.scoring).label),
    }
    said |= {f"{columns.OPTION} {at}": text for at, text in enumerate(options, start=1)}
    said |= {f"{columns.FEEDBACK} {at}": text for at, text in enumerate(feedback, start=1)}
    return [said.get(name, "") for name in named]


def _joined(texts: Iterable[str]) -> str:
    return "|".join(escape(tidy(text), IN_LIST) for text in texts)


def _notes(entries: Sequence[BankEntry], format_name: str) -> list[Note]:
    notes: list[Note] = []
    for place, entry in enumerate(entries, start=1):
        name = label(entry, place)
        said: list[Note] = []
        if pictures_of(entry):
            words = "เก็บตัวภาพไม่ได้ ไฟล์นี้มีเพียงชื่อภาพ จึงนำกลับเข้าได้เฉพาะคลังที่มีภาพนั้น"
            said.append(("not_held", f"{format_name} {words}"))
        if any(len(text) > LONGEST_CELL for text in texts_of(entry)):
            said.append(("cell_long", "มีข้อความยาวเกินเซลล์ของโปรแกรมตาราง จึงถูกตัดท้าย"))
        notes += [(code, f"{name}: {message}") for code, message in said]
    return notes
