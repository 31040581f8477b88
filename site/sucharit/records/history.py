"""Files of completions from before the platform: their template, and reading them row by row (rule E20).

The era of the years is declared for the whole file; a year that does not fit it is refused in its row. A national id is hashed as
soon as it is read; wherever else thirteen digits in a row were typed, they are masked before anything is kept.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import IO

from openpyxl import load_workbook

from sucharit.kernel import sheets
from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.national_id import NationalIdError
from sucharit.kernel.thai_calendar import ThaiDateError, parse_date, to_arabic_digits
from sucharit.officers.matching import hashed
from sucharit.records.enums import Method

NATIONAL_ID, OFFICER, SUBJECT, DAY = "เลขประจำตัวประชาชน", "รหัสเจ้าหน้าที่", "รหัสรายวิชา", "วันที่ผ่าน"
METHOD, SCORE, FULL, EVIDENCE = "วิธี", "คะแนน", "คะแนนเต็ม", "หลักฐาน"
HEADINGS = (NATIONAL_ID, OFFICER, SUBJECT, DAY, METHOD, SCORE, FULL, EVIDENCE)
_NEEDED = {SUBJECT, DAY, METHOD}
COLUMNS = tuple(sheets.Column(name, name, "text", 22) for name in HEADINGS)
METHODS: Mapping[str, Method] = {
    "เรียนออนไลน์": Method.ONLINE,
    "ออนไลน์": Method.ONLINE,
    "อบรมในห้องเรียน": Method.CLASSROOM,
    "ห้องเรียน": Method.CLASSROOM,
    "ผ่านการประเมิน": Method.ASSESSED,
    "ประเมิน": Method.ASSESSED,
}
ERAS = {"be": "พ.ศ.", "ce": "ค.ศ."}
MOST_ROWS = 50_000
MOST_BYTES = 20 * 1024 * 1024
_MOST_UNPACKED = 300 * 1024 * 1024
_HEADING_WITHIN = 10
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_FIRST_BUDDHIST = 2400
_THIRTEEN = re.compile(r"\d(?:[\s\-]?\d){12,}")
_MOST_SCORE = Decimal("99999.99")


@dataclass
class Read:
    """One row as it was read. `problems` are (heading, sentence); a national id is only a hash and a masked tail."""

    number: int
    problems: list[list[str]] = field(default_factory=list)
    person_hash: str = ""
    person_code: str = ""
    person_shown: str = ""
    subject_code: str = ""
    completed_on: date | None = None
    method: str = ""
    score: Decimal | None = None
    max_score: Decimal | None = None
    evidence: str = ""


def read(content: IO[bytes], *, filename: str, era: str) -> Iterator[Read]:
    """The rows of a file in order. Raises InvalidInput (field "file") where it cannot be read as a whole, or is too long."""
    cells = _workbook(content) if filename.lower().endswith(".xlsx") else _text(content)
    names: Sequence[str] | None = None
    count = 0
    for number, row in enumerate(cells, start=1):
        if names is None:
            headings = [cell.strip() for cell in map(_printed, row)]
            if set(headings) >= _NEEDED and {NATIONAL_ID, OFFICER} & set(headings):
                names = headings
            elif number > _HEADING_WITHIN:
                break
            continue
        if not any(_printed(cell).strip() for cell in row):
            continue
        count += 1
        if count > MOST_ROWS:
            raise _whole("too_many_rows", f"ไฟล์นี้มีเกิน {MOST_ROWS:,} แถว โปรดแบ่งเป็นหลายไฟล์")
        yield _row(number, dict(zip(names, row, strict=False)), era)
    if names is None:
        raise _whole("no_headings", "ไม่พบแถวหัวตารางตามแบบฟอร์ม โปรดใช้แบบฟอร์มที่ดาวน์โหลดจากหน้านี้")


def _whole(code: str, message: str) -> InvalidInput:
    return InvalidInput(code, message, field="file")


def _workbook(content: IO[bytes]) -> Iterator[Sequence[object]]:
    try:
        with zipfile.ZipFile(content) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        content.seek(0)
        book = None if unpacked > _MOST_UNPACKED else load_workbook(content, read_only=True, data_only=True)
    except Exception as error:  # a broken workbook fails openpyxl in as many ways as it has parts
        raise _whole("not_a_workbook", "เปิดไฟล์ Excel นี้ไม่ได้ โปรดบันทึกเป็น .xlsx อีกครั้ง") from error
    if book is None:
        raise _whole("unpacks_too_large", "สมุดงานนี้ขยายแล้วใหญ่เกินไป โปรดแบ่งเป็นหลายไฟล์")
    try:
        yield from book.worksheets[0].iter_rows(max_col=20, max_row=MOST_ROWS + 50, values_only=True)
    finally:
        book.close()


def _text(content: IO[bytes]) -> Iterator[Sequence[object]]:
    text = sheets.decode_upload(content.read(MOST_BYTES + 1))
    delimiter = max(",;\t", key=text[:2_000].count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise _whole("broken_csv", "อ่านไฟล์ CSV นี้ไม่ได้ โปรดบันทึกจากโปรแกรมตารางอีกครั้ง") from error


def _printed(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.15g}"
    text = str(cell)
    # The sign that our own files put before what could start a formula.
    return text[1:] if text[:2] in ("'-", "'=", "'+", "'@") else text


def masked(text: str, most: int) -> str:
    """Text that may be kept: no thirteen digits in a row, no longer than `most`."""
    return _THIRTEEN.sub("(เลข 13 หลักที่ปิดไว้)", to_arabic_digits(text).replace("\x00", ""))[:most]


def _row(number: int, cells: Mapping[str, object], era: str) -> Read:
    found = Read(number)
    said = {name: _printed(cells.get(name)).strip() for name in HEADINGS}
    _person(found, said)
    found.subject_code = masked(said[SUBJECT].upper(), 60)
    if not found.subject_code:
        found.problems.append([SUBJECT, "โปรดกรอกรหัสรายวิชา"])
    try:
        found.completed_on = _day(cells.get(DAY), era)
    except ThaiDateError as error:
        typed = masked(said[DAY], 40)
        found.problems.append([DAY, f"{error.message} (พิมพ์ไว้ว่า “{typed}”)" if typed else error.message])
    method = METHODS.get(said[METHOD])
    if method is None:
        found.problems.append([METHOD, "วิธีต้องเป็น เรียนออนไลน์ อบรมในห้องเรียน หรือ ผ่านการประเมิน"])
    else:
        found.method = method.value
    found.score, found.max_score = _number(found, said, SCORE), _number(found, said, FULL)
    if (found.score is None) != (found.max_score is None):
        found.problems.append([FULL, "โปรดกรอกทั้งคะแนนและคะแนนเต็ม หรือเว้นทั้งคู่"])
    elif found.score is not None and found.max_score is not None and found.score > found.max_score:
        found.problems.append([SCORE, "คะแนนต้องไม่เกินคะแนนเต็ม"])
    found.evidence = masked(said[EVIDENCE], 150)
    return found


def _person(found: Read, said: Mapping[str, str]) -> None:
    if said[NATIONAL_ID]:
        try:
            found.person_hash, found.person_shown = hashed(said[NATIONAL_ID])
        except NationalIdError as error:
            found.problems.append([NATIONAL_ID, error.message])
    elif said[OFFICER]:
        found.person_code = found.person_shown = masked(said[OFFICER].lower(), 40)
    else:
        found.problems.append([NATIONAL_ID, "โปรดกรอกเลขประจำตัวประชาชนหรือรหัสเจ้าหน้าที่"])


def _day(cell: object, era: str) -> date:
    """A day whose year is of the declared era. Raises ThaiDateError."""
    if isinstance(cell, date):
        # A cell formatted as a date holds whatever year was typed into it; it is read like the same text.
        day = cell.date() if isinstance(cell, datetime) else cell
        text = f"{day.day}/{day.month}/{day.year}"
    else:
        text = to_arabic_digits(_printed(cell)).strip()
    years = _YEAR.findall(text)
    if text and not years:
        raise ThaiDateError("date-year", "โปรดพิมพ์ปีให้ครบสี่หลัก")
    is_buddhist = bool(years) and int(years[-1] if "-" not in text[:5] else years[0]) >= _FIRST_BUDDHIST
    if years and is_buddhist != (era == "be"):
        raise ThaiDateError("date-era", f"ไฟล์นี้ระบุว่าใช้ปี {ERAS[era]} แต่ปีในแถวนี้ไม่ใช่ โปรดตรวจปี")
    return parse_date(text)


def _number(found: Read, said: Mapping[str, str], name: str) -> Decimal | None:
    text = to_arabic_digits(said[name]).replace(",", "")
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= _MOST_SCORE:
        found.problems.append([name, "โปรดกรอกเป็นตัวเลขตั้งแต่ 0 ขึ้นไป"])
        return None
    return value.quantize(Decimal("0.01"))
