"""Reading the table of questions: a grid of text cells from CSV or XLSX, one question a row below the Thai headings."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape as plain_sign

from quizzes.drafts import BankEntry, QuestionDraft
from quizzes.enums import Difficulty, Kind, Scoring
from quizzes.interchange import columns
from quizzes.interchange.base import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    Fault,
    Format,
    Reading,
    Row,
    gather,
    refusal,
    whole_file,
)
from quizzes.interchange.columns import IN_LIST, heading, key
from quizzes.interchange.table_kinds import Cells, choices_of
from quizzes.interchange.texts import clean, code_of, split_escaped, tidy, topics, unescape
from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.thai_calendar import parse_date

Value = TypeVar("Value")
Grid = Sequence[tuple[int, Sequence[str]]]

MOST_UNPACKED = 100 * 1024 * 1024
_MOST_COLUMNS = 2 * MOST_CHOICES + 40
_MOST_ROWS = MOST_QUESTIONS + 100
_HEADING_WITHIN = 12
_NEEDED = {columns.STEM}
_FORMULA_STARTS = tuple("=+-@＝＋－＠﹢﹣−")
_SKIPPED = " \t\r\n\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\"'"


# --- grids --------------------------------------------------------------------------------------------------


def read_csv(text: str) -> Reading:
    """Read a decoded CSV file, cells parted by comma, semicolon or tab. Never raises."""
    text = clean(text).lstrip("\ufeff")
    delimiter = max(",;\t", key=lambda sign: _headings_within(text, sign))
    broken: list[Fault] = []
    grid = list(islice(_csv_rows(text, delimiter, broken), _MOST_ROWS))
    reading = _from_grid(Format.CSV, grid)
    return Reading(
        reading.format, reading.entries, sorted([*reading.faults, *broken], key=lambda fault: fault.row)
    )


def headed(text: str) -> bool:
    """Whether a text begins with the headings of the table."""
    return any(_headings_within(text, sign) >= 2 for sign in ",;\t")


def _headings_within(text: str, delimiter: str) -> int:
    head = [line.split(delimiter) for line in text[:20_000].split("\n")[:_HEADING_WITHIN]]
    return max((_known(cell.strip(' "') for cell in cells) for cells in head), default=0)


def _known(cells: Iterator[str]) -> int:
    return len({heading(cell) for cell in cells} - {""})


def _csv_rows(text: str, delimiter: str, broken: list[Fault]) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows numbered as a spreadsheet shows them. A quote that never closes costs its own line, not the rest of the file."""
    lines = [f"{line}\n" for line in text.split("\n")]
    start, number = 0, 1
    while start < len(lines):
        rest = (lines[at] for at in range(start, len(lines)))
        taken = csv.reader(rest, delimiter=delimiter, strict=True)
        before = 0
        try:
            for cells in taken:
                before = taken.line_num
                yield number, cells
                number += 1
            return
        except csv.Error:
            start += before
            raw = lines[start] if start < len(lines) else ""
            broken.append(
                Fault(number, "file", "เครื่องหมายคำพูดในแถวนี้ไม่ครบคู่ หรือเซลล์ยาวเกินไป", raw[:20_000].strip())
            )
            start, number = start + 1, number + 1
            if len(broken) > MOST_QUESTIONS:
                return


def read_xlsx(data: bytes) -> Reading:
    """Read a workbook: the first sheet that has the headings. Never raises."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_UNPACKED:
            return whole_file(Format.XLSX, "สมุดงานนี้ขยายแล้วใหญ่เกินไป โปรดแบ่งเป็นหลายไฟล์")
        sheets = _sheets(data)
    except Exception:  # noqa: BLE001 - a broken workbook fails openpyxl in as many ways as it has parts
        return whole_file(Format.XLSX, "ไฟล์นี้ไม่ใช่สมุดงาน Excel ที่เปิดได้ โปรดบันทึกเป็น .xlsx อีกครั้ง")
    grid = next((grid for grid in sheets if _heading_at(grid) is not None), [])
    return _from_grid(Format.XLSX, grid)


def _sheets(data: bytes) -> list[Grid]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        return [
            [
                (number, [_cell(value) for value in row])
                for number, row in enumerate(
                    sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True), start=1
                )
            ]
            for sheet in book.worksheets[:20]
        ]
    finally:
        book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ถูก" if value else "ผิด"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(plain_sign(value)) if isinstance(value, str) else str(value)


# --- questions ----------------------------------------------------------------------------------------------

Named = Mapping[str, str]


def _from_grid(format_: Format, grid: Grid) -> Reading:
    found = _heading_at(grid)
    if found is None:
        needed = f"{columns.KIND} {columns.STEM} {columns.ANSWER}"
        return whole_file(format_, f"ไม่พบแถวหัวตารางที่มีคอลัมน์ {needed} โปรดใช้แบบฟอร์มของระบบ")
    at, names = found
    rows = (
        (number, named) for number, cells in grid[at + 1 :] if any((named := _named(names, cells)).values())
    )
    return gather(format_, rows, _question, _raw)


def _heading_at(grid: Grid) -> tuple[int, list[str]] | None:
    for at, (_, cells) in enumerate(grid[:_HEADING_WITHIN]):
        names = [heading(cell) for cell in cells]
        if set(names) >= _NEEDED and _known(iter(cells)) >= 2:
            return at, names
    return None


def _named(names: Sequence[str], cells: Sequence[str]) -> Named:
    named: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and not named.get(name):
            named[name] = tidy(unguarded(clean(cell)))
    return named


def unguarded(cell: str) -> str:
    """Take away the apostrophe that `kernel.sheets` puts before what could start a formula."""
    guarded = cell[1:].lstrip(_SKIPPED).startswith(_FORMULA_STARTS)
    return cell[1:] if cell.startswith("'") and guarded else cell


def _raw(named: Named) -> str:
    return "\n".join(f"{name}: {cell}" for name, cell in named.items() if cell)


def _question(row: int, named: Named) -> Row:
    """Read one row. Raises InvalidInput, whose field is the heading of the cell where that says more."""
    if not named.get(columns.STEM):
        raise refusal("stem_empty", "ไม่มีข้อความของคำถาม", "stem")
    cells = Cells(
        _by_number(named, columns.OPTION), _by_number(named, columns.FEEDBACK), named.get(columns.ANSWER, "")
    )
    kind = _kind(named, cells)
    draft = QuestionDraft(
        kind,
        named[columns.STEM],
        choices_of(kind, cells),
        explanation=named.get(columns.EXPLANATION, ""),
        source=named.get(columns.SOURCE, ""),
        as_of=_day(named, columns.AS_OF, "as_of"),
        scoring=_one_of(named, columns.SCORING, columns.SCORINGS, Scoring.PARTIAL, "scoring"),
        scale=tuple(_listed(named.get(columns.SCALE, ""), "|\n")),
        unit=named.get(columns.UNIT, ""),
    )
    entry = BankEntry(
        _code(named),
        draft,
        standard=_one_of(named, columns.STANDARD, columns.STANDARDS, 0, "standard"),
        difficulty=_one_of(
            named, columns.DIFFICULTY, columns.DIFFICULTIES, Difficulty.MEDIUM.value, "difficulty"
        ),
        topics=topics(_listed(named.get(columns.TOPICS, ""), "|,;\n")),
        review_on=_day(named, columns.REVIEW_ON, "review_on"),
        provisions=topics(_listed(named.get(columns.PROVISIONS, ""), "|,;\n")),
    )
    says = {
        field
        for field, name in (
            ("standard", columns.STANDARD),
            ("difficulty", columns.DIFFICULTY),
            ("topics", columns.TOPICS),
            ("provisions", columns.PROVISIONS),
        )
        if named.get(name)
    }
    return Row(row, entry, says=frozenset(says))


def _by_number(named: Named, name: str) -> dict[int, str]:
    numbered = ((cell_name.removeprefix(f"{name} "), cell) for cell_name, cell in named.items())
    return {int(number): cell for number, cell in numbered if cell and number.isdecimal()}


def _kind(named: Named, cells: Cells) -> Kind:
    said = named.get(columns.KIND, "")
    kind = columns.KINDS.get(key(said))
    if kind is not None:
        return kind
    if not said and cells.options and key(cells.answer).replace(",", "").isdecimal():
        return Kind.MULTIPLE if "," in cells.answer else Kind.SINGLE
    names = " ".join(str(kind.label) for kind in Kind)
    raise refusal("kind", f"ไม่รู้จักชนิด “{said[:40]}” ชนิดที่ใช้ได้: {names}", "kind")


def _one_of(named: Named, name: str, words: Mapping[str, Value], usual: Value, field: str) -> Value:
    said = named.get(name, "")
    if not said:
        return usual
    found = words.get(key(said))
    if found is None:
        raise refusal(field, f"ช่อง{name}ไม่รู้จัก “{said[:40]}”", field)
    return found


def _listed(cell: str, separators: str) -> list[str]:
    return [unescape(piece.strip(), IN_LIST) for piece in split_escaped(cell, separators) if piece.strip()]


def _day(named: Named, name: str, field: str) -> date | None:
    said = named.get(name, "")
    if not said:
        return None
    try:
        return parse_date(said)
    except InvalidInput as error:
        raise refusal(error.code, f"{name}: {error.message}", field) from error


def _code(named: Named) -> str:
    said = named.get(columns.CODE, "")
    code = code_of(said) or code_of(said.upper())
    if said and not code:
        raise refusal(
            "code", f"รหัสข้อ “{said[:40]}” ต้องเป็นตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง ไม่เกิน 30 ตัว เช่น ETH7-101", "code"
        )
    return code
