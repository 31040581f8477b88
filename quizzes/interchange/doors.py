"""The two doors: `read` tells a format by its content, `write` puts entries into one."""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from quizzes.drafts import BankEntry
from quizzes.interchange import (
    aiken,
    gift_read,
    gift_write,
    moodle_read,
    moodle_write,
    table_read,
    table_write,
)
from quizzes.interchange.base import MOST_BYTES, Format, Note, Reading, Written, whole_file
from quizzes.interchange.texts import clean, decode
from sucharit.kernel.errors import InvalidInput

_FILENAMES = {
    Format.GIFT: "question-bank-gift.txt",
    Format.MOODLE_XML: "question-bank-moodle.xml",
    Format.AIKEN: "question-bank-aiken.txt",
    Format.CSV: "question-bank.csv",
    Format.XLSX: "question-bank.xlsx",
}
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": "ไฟล์ Excel หรือ Word รุ่นเก่า โปรดบันทึกเป็น .xlsx",
    b"%PDF": "ไฟล์ PDF นำเข้าไม่ได้",
}
_AIKEN_OPTION = re.compile(r"^[ \t]*[A-Z][).]", re.MULTILINE | re.IGNORECASE)
_AIKEN_ANSWER = re.compile(r"^[ \t]*ANSWER[ \t]*:", re.MULTILINE | re.IGNORECASE)
_XML = re.compile(r"\s*<(?:\?xml\b|!--|quiz\b|question\b|!DOCTYPE\b)", re.IGNORECASE)
_GIFT = re.compile(r"^[ \t]*(?:::|\$CATEGORY:|//)|\{[^{}]*\}", re.MULTILINE)

_READERS: Mapping[Format, Callable[[str], Reading]] = {
    Format.GIFT: gift_read.read,
    Format.MOODLE_XML: moodle_read.read,
    Format.AIKEN: aiken.read,
    Format.CSV: table_read.read_csv,
}
_EXTENSIONS = {"gift": Format.GIFT, "xml": Format.MOODLE_XML, "csv": Format.CSV, "tsv": Format.CSV}


def read(data: bytes, *, filename: str) -> Reading:
    """Read a file of questions of at most 20 MB and 20,000 questions. The name only helps where the content says nothing.

    Never raises on what the file holds: a file that cannot be read at all is a Reading with one Fault of row 0.
    """
    reading = _read(data, filename)
    if reading.entries or reading.faults:
        return reading
    return whole_file(reading.format, "ไม่พบคำถามในไฟล์นี้")


def _read(data: bytes, filename: str) -> Reading:
    if len(data) > MOST_BYTES:
        return whole_file("", f"ไฟล์ใหญ่เกิน {MOST_BYTES // 1024**2} MB โปรดแบ่งเป็นหลายไฟล์")
    if data.startswith(b"PK\x03\x04"):
        return table_read.read_xlsx(data)
    foreign = next((message for start, message in _FOREIGN.items() if data.startswith(start)), "")
    if foreign:
        return whole_file("", foreign)
    try:
        return _read_text(decode(data), filename)
    except InvalidInput as error:
        return whole_file("", error.message)


def _read_text(text: str, filename: str) -> Reading:
    if not text.strip("\ufeff \t\r\n"):
        return whole_file("", "ไฟล์นี้ว่าง")
    format_ = detect(clean(text), filename)
    if format_ is None:
        return whole_file("", "ไม่รู้จักรูปแบบของไฟล์นี้ ใช้ได้: GIFT, Moodle XML, Aiken, CSV และ XLSX", text)
    return _READERS[format_](text)


def detect(text: str, filename: str) -> Format | None:
    """The format that a text is written in, or None."""
    text = text.lstrip("\ufeff")
    if _XML.match(text):
        return Format.MOODLE_XML
    if table_read.headed(text):
        return Format.CSV
    if _AIKEN_ANSWER.search(text) and _AIKEN_OPTION.search(text):
        return Format.AIKEN
    if _GIFT.search(text):
        return Format.GIFT
    return _EXTENSIONS.get(filename.rpartition(".")[2].lower())


def write(
    entries: Sequence[BankEntry],
    *,
    format: Format | str,  # noqa: A002 - the word that callers know
    images: Mapping[str, bytes] = MappingProxyType({}),
) -> Written:
    """Write entries as a file; `images` holds the bytes behind the `![alt](name)` of their texts.

    What a format cannot hold, a whole question or a part of one, is left out and said in the notes. Raises ValueError for
    an unknown format.
    """
    wanted = Format(format)
    data, notes = _WRITERS[wanted](entries, images)
    return Written(data, _FILENAMES[wanted], notes)


Images = Mapping[str, bytes]


def _gift(entries: Sequence[BankEntry], _: Images) -> tuple[bytes, list[Note]]:
    return _texts([gift_write.question(entry, place) for place, entry in enumerate(entries, start=1)])


def _aiken(entries: Sequence[BankEntry], _: Images) -> tuple[bytes, list[Note]]:
    return _texts([aiken.question(entry, place) for place, entry in enumerate(entries, start=1)])


def _texts(written: Sequence[tuple[str, list[Note]]]) -> tuple[bytes, list[Note]]:
    notes = [note for _, said in written for note in said]
    text = "\n".join(text for text, _ in written if text)
    # The first of these signs is taken for the mark of the encoding.
    return ("\ufeff" * text.startswith("\ufeff") + text).encode(), notes


def _moodle(entries: Sequence[BankEntry], images: Images) -> tuple[bytes, list[Note]]:
    written = [moodle_write.question(entry, place, images) for place, entry in enumerate(entries, start=1)]
    document = moodle_write.document([text for text, _ in written if text])
    return document.encode(), [note for _, said in written for note in said]


_WRITERS: Mapping[Format, Callable[[Sequence[BankEntry], Images], tuple[bytes, list[Note]]]] = {
    Format.GIFT: _gift,
    Format.MOODLE_XML: _moodle,
    Format.AIKEN: _aiken,
    Format.CSV: lambda entries, _: table_write.write_csv(entries),
    Format.XLSX: lambda entries, _: table_write.write_xlsx(entries),
}
