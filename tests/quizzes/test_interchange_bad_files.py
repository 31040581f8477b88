"""Whatever a file holds, `read` answers with a Reading: it is told apart by its content, and nothing takes long."""

import io
import random
import time
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quizzes.interchange import Format, Reading, base, doors, read, write
from quizzes.interchange.template import examples

NAMES = st.sampled_from(["x.gift", "x.xml", "x.csv", "x.xlsx", "x.txt", "", "x", "ก.GIFT", "x.XML"])
SYNTAX = st.lists(
    st.sampled_from(
        ["::", "{", "}", "=", "~", "#", "####", "%50%", "%", "->", "\\", "\n", "\n\n", "T", "$CATEGORY:", "//", "[html]",
         "<quiz>", "</quiz>", "<question type=\"multichoice\">", "<question type=\"gapselect\">", "</question>", "<text>",
         "</text>", "<answer fraction=\"100\">", "</answer>", "<questiontext>", "</questiontext>", "<![CDATA[", "]]>", "&nbsp;",
         "&x;", "<!DOCTYPE a>", "<!--", "-->", "<file name=\"a.png\">", "</file>", "[[1]]", "<selectoption>", "ANSWER: A", "A) ",
         "B. ", "ชนิด,คำถาม,คำตอบ,ตัวเลือก 1,ตัวเลือก 2\n", "single", ",", ";", '"', "1,2", "±", "..", "ก", " ", "\t", "1e9",
         "๓", "\x00", "\ufeff", "\ud7ff", "<img src='", "<a href=", ">", "|", "// sucharit: {", "[id:", "[tag:", "]"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


def reads(data, name="x"):
    reading = read(data, filename=name)
    assert isinstance(reading, Reading)
    assert reading.entries or reading.faults
    assert all(fault.message and len(fault.raw) <= base.LONGEST_RAW for fault in reading.faults)
    return reading


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), NAMES)
@example(b"", "x.gift")
@example(b"\xef\xbb\xbf", "x.csv")
@example(b"\x00" * 50, "x.txt")
@example(b"\xff\xfea", "x.csv")
@example(b"PK\x03\x04", "x.xlsx")
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.xls")
@example(b"%PDF-1.7", "x.pdf")
@example(b"{", "x.gift")
def test_random_bytes(data, name):
    reads(data, name)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**64),
    st.sampled_from([b"", b"<quiz>", b"::a::", b"PK\x03\x04", b"\xef\xbb\xbf"]),
    st.booleans(),
)
def test_fifty_thousand_random_bytes(seed, start, printable):
    data = random.Random(seed).randbytes(50_000)
    # Bytes that the Thai code page knows come further than those that no encoding does.
    reads(
        start
        + (bytes(32 + byte % 95 if byte < 200 else 161 + byte % 50 for byte in data) if printable else data)
    )


@settings(max_examples=500, deadline=None)
@given(SYNTAX, st.sampled_from(["", "<quiz>", "ชนิด,คำถาม,คำตอบ\n", "A) ก\nANSWER: A\n", "{}\n\n"]), NAMES)
def test_random_syntax(text, start, name):
    reads((start + text).encode("utf-8"), name)


@pytest.mark.parametrize("form", list(Format))
def test_files_cut_short_and_with_a_byte_changed(form):
    data = write(examples(), format=form).data
    step = max(1, len(data) // 60)
    for cut in range(0, len(data), step):
        reads(data[:cut])
        reads(data[:cut] + b"\xff" + data[cut + 1 :])


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"]
)
def test_a_workbook_with_a_broken_part(part):
    data = write(examples(), format="xlsx").data
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            words = old.read(name)
            new.writestr(name, words[: len(words) // 2] if name == part else words)
    reads(target.getvalue())


def test_a_workbook_with_a_document_type_is_refused():
    data = write(examples(), format="xlsx").data
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            words = old.read(name)
            if name.endswith("sheet1.xml"):
                words = words.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)
            new.writestr(name, words)
    assert reads(target.getvalue()).entries == []


def test_a_file_or_a_bank_that_is_too_large(monkeypatch):
    monkeypatch.setattr(doors, "MOST_BYTES", 100)
    assert "ใหญ่เกิน" in reads(b"a" * 101).faults[0].message
    monkeypatch.undo()
    monkeypatch.setattr(base, "MOST_QUESTIONS", 2)
    reading = reads(b"one{T}\n\ntwo{T}\n\nthree{T}\n\nfour{T}")
    assert len(reading.entries) == 2
    assert [(fault.row, fault.field) for fault in reading.faults] == [(5, "file")]


def test_texts_and_lists_that_are_too_long():
    assert [fault.field for fault in reads(("ก" * 70_000 + "{T}").encode()).faults] == ["stem"]
    many = "{" + "".join(f"~{at} " for at in range(80)) + "=x}"
    assert [fault.field for fault in reads(f"ถาม{many}".encode()).faults] == ["choices"]


MEGABYTES = 3 * 1024 * 1024
HEAD = "<quiz><question type='truefalse'><questiontext format='html'><text><![CDATA["
TAIL = "]]></text></questiontext></question></quiz>"


@pytest.mark.parametrize(
    ("unit", "start", "end"),
    [
        ("{", "", ""), ("}", "", ""), ("a{\n\n", "", ""), ("::", "", ""), ("// [id:", "", "\na{T}"), ("[tag:", "// ", "\na{T}"),
        ("=a", "ถาม{", "~}"), ("\\", "{", "}"), ("a\n", "ถาม\nA) ก\nB) ข\n", "ANSWER: A"), ("A) ก\n", "", "ANSWER: A"),
        ("<question ", "<quiz>", ""), ("<a>", "<quiz>", ""), ("<question type='x'>", "<quiz>", ""), ("</question>", "<quiz>", ""),
        ('"a\n', "ชนิด,คำถาม\n", ""), ('"', "ชนิด,คำถาม\n", ""), (",", "ชนิด,คำถาม\n", ""), ("|\\", "ชนิด,คำถาม,คำตอบ\nคำตอบสั้น,ก,", ""),
    ],
)  # fmt: skip
def test_long_files_take_no_long_time(unit, start, end):
    data = (start + unit * (MEGABYTES // len(unit)) + end).encode()
    before = time.process_time()
    reads(data)
    assert time.process_time() - before < 30


@pytest.mark.parametrize(
    "unit",
    ["<", "<!--", "<a ", "<a href='", "<a \"'", "&", "![", "a=", "<li>", "<br>", "<script>", "&nbsp;", "a-"],
)
def test_long_texts_take_no_long_time(unit):
    before = time.process_time()
    for wrapped in (unit * (200_000 // len(unit)), f"<img {unit * (200_000 // len(unit))}>"):
        reads((HEAD + wrapped + TAIL).encode())
    assert time.process_time() - before < 10


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ("<?xml version='1.0'?><quiz></quiz>", "x.csv", Format.MOODLE_XML),
        ("\n\n <quiz/>", "x.txt", Format.MOODLE_XML),
        ("ชนิด;คำถาม;คำตอบ\n", "x.gift", Format.CSV),
        ("ถาม\nA) ก\nB) ข\nanswer: b", "x.gift", Format.AIKEN),
        ("// ความเห็น\n", "x.csv", Format.GIFT),
        ("ถาม {T}", "x.csv", Format.GIFT),
        ("ไม่มีอะไรบอก", "x.gift", Format.GIFT),
        ("ไม่มีอะไรบอก", "X.CSV", Format.CSV),
        ("ไม่มีอะไรบอก", "x.txt", None),
    ],
)
def test_the_content_tells_the_format_before_the_name_does(text, name, form):
    assert doors.detect(text, name) == form


def test_an_unknown_format_is_not_written():
    with pytest.raises(ValueError, match="docx"):
        write([], format="docx")


@pytest.mark.parametrize("form", list(Format))
def test_nothing_is_written_as_a_file_without_questions(form):
    written = write([], format=form)
    assert written.notes == []
    assert read(written.data, filename=written.filename).entries == []
