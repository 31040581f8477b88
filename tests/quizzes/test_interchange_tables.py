"""The Thai table, as CSV and as a workbook."""

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Kind, Scoring
from quizzes.interchange import Format, read, template, write
from quizzes.interchange.template import ABOUT, EXAMPLES, EXPLANATIONS, examples

NAMES = ["รหัสข้อ", "ชนิด", "คำถาม", "มาตรฐาน", "ระดับความยาก", "หัวข้อ", "ตัวเลือก 1", "ตัวเลือก 2", "ตัวเลือก 3",
         "คำอธิบาย 1", "คำอธิบาย 2", "คำอธิบาย 3", "คำตอบ", "มาตรวัด", "หน่วย", "คำอธิบายรวม", "แหล่งอ้างอิง",
         "ข้อมูล ณ วันที่", "ทบทวนภายใน", "วิธีให้คะแนน"]  # fmt: skip


def csv_of(*rows, names=NAMES, delimiter=","):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(names)
    for row in rows:
        writer.writerow([row.get(name, "") for name in names])
    return buffer.getvalue()


def row_of(kind, answer="", *options, **more):
    cells = {"ชนิด": kind, "คำถาม": "ถาม", "คำตอบ": answer}
    cells |= {f"ตัวเลือก {at}": text for at, text in enumerate(options, start=1)}
    return cells | more


def one(row):
    reading = read(csv_of(row).encode("utf-8-sig"), filename="x.csv")
    assert reading.format == Format.CSV
    assert reading.faults == []
    (found,) = reading.entries
    return found.entry


def fault(row):
    reading = read(csv_of(row).encode(), filename="x.csv")
    assert reading.entries == []
    (found,) = reading.faults
    return found


def test_a_whole_row():
    row = row_of("เลือกได้หลายคำตอบ", "๑,3", "ก", "ข", "ค") | {
        "รหัสข้อ": "eth7-101", "มาตรฐาน": "มาตรฐานข้อ ๓", "ระดับความยาก": "ยาก", "หัวข้อ": "ของขวัญ, ป.ป.ช.|สินบน",
        "คำอธิบาย 3": "เพราะ", "คำอธิบายรวม": "รวม", "แหล่งอ้างอิง": "พ.ร.บ.", "ข้อมูล ณ วันที่": "๑ พ.ย. ๒๕๖๙",
        "ทบทวนภายใน": "2027-11-01", "วิธีให้คะแนน": "ครบทุกส่วน",
    }  # fmt: skip
    assert one(row) == BankEntry(
        "ETH7-101",
        QuestionDraft(
            Kind.MULTIPLE,
            "ถาม",
            (Choice("ก", correct=True), Choice("ข"), Choice("ค", correct=True, feedback="เพราะ")),
            explanation="รวม",
            source="พ.ร.บ.",
            as_of=date(2026, 11, 1),
            scoring=Scoring.EXACT,
        ),
        standard=3,
        difficulty="hard",
        topics=("ของขวัญ", "ป.ป.ช.", "สินบน"),
        review_on=date(2027, 11, 1),
    )


@pytest.mark.parametrize(
    ("row", "choices"),
    [
        (row_of("เลือกคำตอบเดียว", "ข", "ก", "ข"), [Choice("ก"), Choice("ข", correct=True)]),
        (row_of("ปรนัย", "B)", "ก", "ข"), [Choice("ก"), Choice("ข", correct=True)]),
        (row_of("", "2", "ก", "ข"), [Choice("ก"), Choice("ข", correct=True)]),
        (row_of("single", "3", "ก", "", "ค"), [Choice("ก"), Choice("ค", correct=True)]),
        (row_of("ถูกหรือผิด", "ถูก"), [Choice("ถูก", correct=True), Choice("ผิด")]),
        (row_of("ถูก/ผิด", "FALSE"), [Choice("ถูก"), Choice("ผิด", correct=True)]),
        (row_of("ถูกผิด", "ถูก", "ไม่ใช่", "ใช่"), [Choice("ไม่ใช่"), Choice("ใช่", correct=True)]),
        (row_of("ถูกผิด", "ผิด", "ไม่ใช่", "ใช่"), [Choice("ไม่ใช่", correct=True), Choice("ใช่")]),
        (row_of("จับคู่", "", "ก=1", "ข = 2=3", "*=4"), [Choice("ก", match="1"), Choice("ข", match="2=3"), Choice("", match="4")]),
        (row_of("จับคู่", "", r"ก\=ข=1", "'=4"), [Choice("ก=ข", match="1"), Choice("", match="4")]),
        (row_of("เรียงลำดับ", "", "ก", "ข"), [Choice("ก"), Choice("ข")]),
        (row_of("เรียงลำดับ", "2,1", "ก", "ข"), [Choice("ข"), Choice("ก")]),
        (row_of("เติมช่องว่าง", "3,1", "ก", "ข", "ค"), [Choice("ก", gap=2), Choice("ข"), Choice("ค", gap=1)]),
        (row_of("gaps", "0,2/3", "ก", "ข", "ค"), [Choice("ก"), Choice("ข", gap=2), Choice("ค", gap=2)]),
        (row_of("คำตอบสั้น", r"ก.พ.|กพ=50%|x\=1\|2"), [Choice("ก.พ."), Choice("กพ", credit=Decimal("0.5")), Choice("x=1|2")]),
        (row_of("คำตอบสั้น", "", "ก.พ.", "x=1"), [Choice("ก.พ."), Choice("x=1")]),
        (row_of("ตัวเลข", "3,000±0"), [Choice("3000")]),
        (row_of("ตัวเลข", "๓๐๐๐ +/- ๐.๕|1..5=33.33333%"),
         [Choice("3000", tolerance=Decimal("0.5")), Choice("3", tolerance=Decimal(2), credit=Decimal("0.3333333"))]),
        (row_of("ประเมินทางเลือกในสถานการณ์", "4,1", "ก", "ข"), [Choice("ก", expert=4), Choice("ข", expert=1)]),
        (row_of("likert", "", "น้อย", "มาก"), [Choice("น้อย"), Choice("มาก")]),
    ],
)  # fmt: skip
def test_kinds(row, choices):
    assert list(one(row).draft.choices) == choices


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (row_of("อัตนัยยาว", "1", "ก", "ข"), "kind"),
        (row_of("", "ก.พ."), "kind"),
        (row_of("single", "1", "ก"), "choices"),
        (row_of("single", "", "ก", "ข"), "answer"),
        (row_of("single", "1,2", "ก", "ข"), "answer"),
        (row_of("single", "3", "ก", "ข"), "answer"),
        (row_of("single", "99999999999999999999", "ก", "ข"), "answer"),
        (row_of("จับคู่", "", "ก", "ข=1"), "choices"),
        (row_of("เรียงลำดับ", "1,1", "ก", "ข"), "answer"),
        (row_of("เติมช่องว่าง", "", "ก", "ข"), "answer"),
        (row_of("เติมช่องว่าง", "1,1", "ก", "ข"), "answer"),
        (row_of("ตัวเลข", "สามพัน"), "answer"),
        (row_of("ตัวเลข", "3±"), "answer"),
        (row_of("ตัวเลข", ""), "answer"),
        (row_of("คำตอบสั้น", "ก=0%"), "answer"),
        (row_of("ประเมินทางเลือกในสถานการณ์", "4", "ก", "ข"), "answer"),
        (row_of("ประเมินทางเลือกในสถานการณ์", "4,1.5", "ก", "ข"), "answer"),
        (row_of("likert", "") | {"คำถาม": ""}, "stem"),
        (row_of("likert", "", "ก", "ข") | {"มาตรฐาน": "8"}, "standard"),
        (row_of("likert", "", "ก", "ข") | {"ระดับความยาก": "มาก"}, "difficulty"),
        (row_of("likert", "", "ก", "ข") | {"วิธีให้คะแนน": "มาก"}, "scoring"),
        (row_of("likert", "", "ก", "ข") | {"ข้อมูล ณ วันที่": "31/2/2568"}, "as_of"),
        (row_of("likert", "", "ก", "ข") | {"ทบทวนภายใน": "เร็ว ๆ นี้"}, "review_on"),
        (row_of("likert", "", "ก", "ข") | {"รหัสข้อ": "ข้อ 1"}, "code"),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_cells(row, field):
    found = fault({"คำอธิบายรวม": "ไว้อ่านต่อ"} | row)
    assert (found.row, found.field) == (2, field)
    assert "คำอธิบายรวม: ไว้อ่านต่อ" in found.raw


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(encoding, delimiter):
    text = csv_of(row_of("single", "1", 'น้ำ, ใจ; "ดี"\nมาก', "ข"), delimiter=delimiter)
    (row,) = read(text.encode(encoding), filename="x.csv").entries
    assert row.entry.draft.choices[0].text == 'น้ำ, ใจ; "ดี"\nมาก'


def test_headings_are_found_however_they_are_typed():
    names = ["ลำดับ", " ชนิด *", "คำถาม:", "ตัวเลือกที่ ๑", "ตัวเลือก  2", "คำ ตอบ", "หมายเหตุ"]
    text = (
        "แบบฟอร์มคลังคำถาม\n\n" + ",".join(names) + "\n1,single,ถาม,ก,ข,2,ดี\n,,,,,,\n2,single,ถามสอง,ก,ข,1,\n"
    )
    reading = read(text.encode(), filename="x.csv")
    assert [(row.row, row.entry.draft.stem) for row in reading.entries] == [(4, "ถาม"), (6, "ถามสอง")]


def test_a_quote_that_never_closes_costs_its_own_line():
    good = "single,ถาม,1,ก,ข"
    head = "ชนิด,คำถาม,คำตอบ,ตัวเลือก 1,ตัวเลือก 2"
    text = f'{head}\n{good}\nsingle,"ค้าง,1,ก,ข\n{good}\n"ก"ข,ถาม,1,ก,ข\n{good}\n'
    reading = read(text.encode(), filename="x.csv")
    assert [row.row for row in reading.entries] == [2, 4, 6]
    assert [(item.row, item.field) for item in reading.faults] == [(3, "file"), (5, "file")]


def test_no_cell_starts_a_formula_and_none_loses_its_sign():
    texts = ["=HYPERLINK(1)", "+1", "-1", "@x", "'=x", "\u200b=1", "＝1", "'ธรรมดา"]
    entry = BankEntry("", QuestionDraft(Kind.LIKERT, "=ถาม", tuple(Choice(text) for text in texts)))
    written = write([entry], format="csv")
    cells = next(
        rows for at, rows in enumerate(csv.reader(io.StringIO(written.data.decode("utf-8-sig")))) if at == 1
    )
    assert all(cell.lstrip("\u200b")[:1] not in set("=+-@＝") for cell in cells if cell)
    for form in ("csv", "xlsx"):
        written = write([entry], format=form)
        assert read(written.data, filename=written.filename).entries[0].entry == entry


def workbook(rows, *, names=NAMES, title="คำถาม"):
    book = openpyxl.Workbook()
    book.active.title = "ปก"
    book.active.append(["ชุดคำถาม"])
    sheet = book.create_sheet(title)
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_workbook_with_cells_of_every_sort():
    rows = [
        row_of("single", 1, "ก", 25, **{"มาตรฐาน": 2, "ข้อมูล ณ วันที่": datetime(2026, 11, 1), "ทบทวนภายใน": datetime(2570, 11, 1)}),
        row_of("ถูกหรือผิด", True),
        row_of("ตัวเลข", 3000.5),
        row_of("ตัวเลข", "=1+1"),
    ]  # fmt: skip
    reading = read(workbook(rows), filename="x.xlsx")
    assert reading.format == Format.XLSX
    first, second, third = (row.entry for row in reading.entries)
    assert [choice.text for choice in first.draft.choices] == ["ก", "25"]
    assert (first.standard, first.draft.as_of, first.review_on) == (2, date(2026, 11, 1), date(2027, 11, 1))
    assert second.draft.choices[0].correct
    assert third.draft.choices == (Choice("3000.5"),)
    # A formula that no program has worked out says nothing.
    assert [(item.row, item.field) for item in reading.faults] == [(5, "answer")]


def test_more_options_than_the_form_has_columns():
    entry = BankEntry("M-1", QuestionDraft(Kind.LIKERT, "ถาม", tuple(Choice(f"ข้อ {at}") for at in range(20))))
    for form in ("csv", "xlsx"):
        written = write([entry], format=form)
        assert [row.entry for row in read(written.data, filename="x").entries] == [entry]


def test_notes_of_a_table():
    entry = BankEntry(
        "M-1", QuestionDraft(Kind.LIKERT, "![ก](a.png)" + "ก" * 33_000, (Choice("ก"), Choice("ข")))
    )
    assert [code for code, _ in write([entry], format="csv").notes] == ["not_held", "cell_long"]


def test_the_template_explains_every_column_and_shows_every_kind():
    form = template()
    assert form.filename.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(form.data))
    assert book.sheetnames == ["คำถาม", EXPLANATIONS, EXAMPLES]
    heads = [cell.value for cell in book["คำถาม"][1]]
    assert [name for name in NAMES if name not in heads] == []
    explained = {cell.value for (cell,) in book[EXPLANATIONS]["A2" : f"A{len(ABOUT) + 1}"]}
    assert {name for name in heads if not name.startswith(("ตัวเลือก ", "คำอธิบาย "))} <= explained
    assert {entry.draft.kind for entry in examples()} == set(Kind)
    assert {str(rule.sqref)[0] for rule in book["คำถาม"].data_validations.dataValidation} >= {
        "B",
        "D",
        "E",
    }
    # Sent in as it is, it holds no question: the examples are on a sheet of their own.
    assert read(form.data, filename=form.filename).entries == []


def test_the_template_filled_with_its_examples_is_read():
    book = openpyxl.load_workbook(io.BytesIO(template().data))
    for row in book[EXAMPLES].iter_rows(min_row=2):
        for cell in row:
            book["คำถาม"].cell(cell.row, cell.column, cell.value)
    target = io.BytesIO()
    book.save(target)
    reading = read(target.getvalue(), filename="กรอกแล้ว.xlsx")
    assert reading.faults == []
    assert tuple(row.entry for row in reading.entries) == examples()


def test_a_zip_that_is_no_workbook_or_unpacks_too_large(monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("word/document.xml", "<a/>")
    assert [item.row for item in read(packed.getvalue(), filename="x.xlsx").faults] == [0]
    monkeypatch.setattr("quizzes.interchange.table_read.MOST_UNPACKED", 100)
    (found,) = read(workbook([]), filename="x.xlsx").faults
    assert "ใหญ่เกินไป" in found.message
