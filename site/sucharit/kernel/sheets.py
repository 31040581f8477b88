"""The one writer of tables that leave the house, and the one reader of text files that come in.

CSV and XLSX of the same rows show the same cells. No cell can start a formula in a spreadsheet program; dates
are printed in พ.ศ. as text, because a program that read 15/03/2568 as a date would take it for a year six
centuries on.
"""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import IO, Any, Literal

import xlsxwriter

from sucharit.kernel.errors import InvalidInput, Refused
from sucharit.kernel.thai_calendar import format_date, format_datetime

__all__ = ["XLSX_MOST_ROWS", "Column", "csv_stream", "decode_upload", "xlsx_file"]

Cell = str | int | float
ColumnKind = Literal["text", "number", "date", "datetime"]

XLSX_MOST_ROWS = 1_048_575
"""Rows of data an XLSX sheet can hold under one heading row; a preamble takes from it."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` for programs, `heading` for people, `width` in characters (XLSX only)."""

    key: str
    heading: str
    kind: ColumnKind = "text"
    width: int = 18


# --- cells --------------------------------------------------------------------------------------------------

_FORMULA_STARTS = "=+-@＝＋－＠﹢﹣−"
_SKIPPED_BY_PROGRAMS = " \t\r\n\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\"'"
_NEEDS_LOOK = frozenset(_FORMULA_STARTS + _SKIPPED_BY_PROGRAMS)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LONGEST_TEXT = 32_767
_CUT = "… (ตัดข้อความ)"
# Spreadsheet programs keep fifteen digits of a number and turn the rest into noughts.
_LARGEST_EXACT = 10**15


def _guard(value: str) -> str:
    """Return text that every spreadsheet program shows and none runs, nor any file format refuses."""
    value = _FORBIDDEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    hidden_start = value[:1] in ("\t", "\n")
    start = value.lstrip(_SKIPPED_BY_PROGRAMS)[:1]
    if hidden_start or (start and start in _FORMULA_STARTS):
        value = "'" + value
    if len(value) > _LONGEST_TEXT:
        value = value[: _LONGEST_TEXT - len(_CUT)] + _CUT
    return value


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return format_datetime(value)
    return format_date(value, "short") if isinstance(value, date) else _guard(str(value))


def _number(value: object) -> Cell:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value if abs(value) < _LARGEST_EXACT else _guard(str(value))
    if isinstance(value, float | Decimal):
        # A signalling NaN raises wherever it is used as a float, so decimals answer for themselves.
        finite = value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)
        if finite and isinstance(value, Decimal) and value == value.to_integral_value():
            return _number(int(value))
        if not finite:
            return ""
        # Rounded here, once, so that no format does it in its own way; beyond that size it is only a text.
        rounded = f"{value:.15g}"
        return float(rounded) if abs(float(rounded)) < _LARGEST_EXACT else _guard(rounded)
    return _text(value)


@lru_cache(maxsize=4096)
def _printed_day(value: date) -> str:
    return format_date(value, "short")


def _day(value: object) -> str:
    # An instant in a date column shows its Bangkok day. datetime and date may be equal keys, so only plain
    # days cache.
    if type(value) is date:
        return _printed_day(value)
    return format_date(value, "short") if isinstance(value, datetime) else _text(value)


def _text_column(values: Sequence[object]) -> list[Cell]:
    # Nearly every cell is a plain printable string; the test is written out here because a call would double
    # its cost.
    return [
        value
        if value.__class__ is str
        and value.isprintable()
        and value[:1] not in _NEEDS_LOOK
        and len(value) <= _LONGEST_TEXT
        else _text(value)
        for value in values
    ]


def _number_column(values: Sequence[object]) -> list[Cell]:
    return [_number(value) for value in values]


def _day_column(values: Sequence[object]) -> list[Cell]:
    return [_day(value) for value in values]


def _instant_column(values: Sequence[object]) -> list[Cell]:
    return [_text(value) for value in values]


_CONVERTERS: dict[ColumnKind, Callable[[Sequence[object]], list[Cell]]] = {
    "text": _text_column,
    "number": _number_column,
    "date": _day_column,
    "datetime": _instant_column,
}


def _chunks(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Iterator[list[tuple[Cell, ...]]]:
    """Convert rows in chunks, column by column. Raises ValueError if a row has not one value per column."""
    converters = [_CONVERTERS[column.kind] for column in columns]
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        if set(map(len, chunk)) != {len(columns)}:
            raise ValueError("a row must have one value for each column")
        by_column = zip(*chunk, strict=True)
        yield list(
            zip(
                *(convert(values) for convert, values in zip(converters, by_column, strict=True)), strict=True
            )
        )


# --- CSV ----------------------------------------------------------------------------------------------------


def csv_stream(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], *, trailer: Sequence[str] = ()
) -> Iterator[bytes]:
    """Yield a CSV file in pieces: UTF-8 with a byte order mark, CRLF, a heading row, the rows, then the
    trailer.

    Each trailer line becomes a row of one cell; it is read after the last row, so a list filled while rows
    are produced may carry their count or digest, and a file without its trailer was cut off. Rows are read as
    the pieces are asked for. Raises ValueError if a row has not one value per column.
    """
    buffer = io.StringIO()
    # All text is quoted: where a semicolon separates cells, «a;=1+1» must stay one cell.
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([_text(column.heading) for column in columns])
    yield b"\xef\xbb\xbf" + _drain(buffer)
    for chunk in _chunks(columns, rows):
        writer.writerows(chunk)
        yield _drain(buffer)
    writer.writerows([_text(line)] for line in trailer)
    if last := _drain(buffer):
        yield last


def _drain(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode("utf-8")
    buffer.seek(0)
    buffer.truncate()
    return written


# --- XLSX ---------------------------------------------------------------------------------------------------

_WORKBOOK_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_SHEET_NAME_BANNED = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_SHEET_NAME = 31


def xlsx_file(
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    sheet_name: str,
    preamble: Sequence[str] = (),
) -> IO[bytes]:
    """Write an XLSX workbook of one sheet and return it as a temporary file, open at its start.

    Preamble lines stand above the heading row, which is frozen and carries the filter. Memory stays level
    however many rows there are. The file is gone once closed. Raises Refused (code xlsx-rows) if the rows do
    not fit a sheet, ValueError if a row has not one value per column.
    """
    most = XLSX_MOST_ROWS - len(preamble)
    if isinstance(rows, Sized) and len(rows) > most:
        raise _too_many_rows(most)
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  (handed to the caller open)
    try:
        with xlsxwriter.Workbook(target, _WORKBOOK_OPTIONS) as workbook:
            _fill(workbook, columns, rows, _sheet_title(sheet_name), preamble)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


def _fill(
    workbook: Any,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    name: str,
    preamble: Sequence[str],
) -> None:
    most = XLSX_MOST_ROWS - len(preamble)
    heading_row = len(preamble)
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
    sheet.freeze_panes(heading_row + 1, 0)
    for at, line in enumerate(preamble):
        sheet.write_string(at, 0, _text(line))
    for at, column in enumerate(columns):
        sheet.write_string(heading_row, at, _text(column.heading), bold)
    row_at = heading_row
    for chunk in _chunks(columns, rows):
        if row_at - heading_row + len(chunk) > most:
            raise _too_many_rows(most)
        for row in chunk:
            row_at += 1
            _write_row(sheet, row_at, row)
    if columns:
        sheet.autofilter(heading_row, 0, row_at, len(columns) - 1)


def _write_row(sheet: Any, row_at: int, row: Sequence[Cell]) -> None:
    for at, cell in enumerate(row):
        if cell.__class__ is not str:
            sheet.write_number(row_at, at, cell)
        elif cell:
            sheet.write_string(row_at, at, cell)


def _sheet_title(name: str) -> str:
    cleaned = _SHEET_NAME_BANNED.sub(" ", name).strip(" '")[:_LONGEST_SHEET_NAME].strip(" '")
    return cleaned if cleaned and cleaned.lower() != "history" else "ข้อมูล"


def _too_many_rows(most: int) -> Refused:
    return Refused(
        "xlsx-rows",
        f"ข้อมูลเกิน {most:,} แถว ซึ่งเป็นจำนวนสูงสุดของไฟล์ Excel โปรดเลือกไฟล์ CSV หรือแบ่งข้อมูลตามหน่วยงาน",
        most=most,
    )


# --- reading ------------------------------------------------------------------------------------------------

_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\xff\xfe", b"\xfe\xff")


def decode_upload(data: bytes) -> str:
    """Return the text of an uploaded CSV file: UTF-8 (with or without a mark), else the Thai code page of
    Windows.

    Raises InvalidInput (codes upload-workbook, upload-encoding, upload-rows; field "file") if it is a
    workbook or another kind of file, and Refused (code upload-rows) if it has more lines than a sheet has
    rows.
    """
    if data.startswith(_NOT_TEXT) or b"\x00" in data:
        raise InvalidInput(
            "upload-workbook",
            "ไฟล์นี้ไม่ใช่ไฟล์ CSV โปรดเปิดด้วย Excel แล้วบันทึกเป็น CSV UTF-8 ก่อนนำเข้า",
            field="file",
        )
    if data.count(b"\n") > XLSX_MOST_ROWS + 1:
        raise Refused(
            "upload-rows", f"ไฟล์นี้มีข้อมูลเกิน {XLSX_MOST_ROWS:,} แถว โปรดแบ่งเป็นหลายไฟล์", most=XLSX_MOST_ROWS
        )
    for encoding in ("utf-8-sig", "cp874"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(
        "upload-encoding",
        "อ่านอักษรในไฟล์นี้ไม่ได้ โปรดบันทึกไฟล์เป็น CSV UTF-8 แล้วนำเข้าอีกครั้ง",
        field="file",
    )
