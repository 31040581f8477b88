"""Aiken as people type it."""

import pytest

from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Kind
from quizzes.interchange import read, write

FILE = """
ผู้ใดต้องปฏิบัติตามมาตรฐานทางจริยธรรม
A) ข้าราชการเท่านั้น
B) เจ้าหน้าที่ของรัฐทุกส่วน
ANSWER: B

เมื่อผู้รับเหมาเสนอของขวัญ

ท่านควรทำอย่างไร
A. ปฏิเสธ
B.รับไว้
แล้วแจ้งภายหลัง
c) ไม่ใช่ตัวเลือก
C) เฉย
answer : a)
"""


def test_a_file():
    reading = read(FILE.replace("\n", "\r\n").encode("cp874"), filename="aiken.txt")
    assert reading.format == "aiken"
    assert reading.faults == []
    first, second = reading.entries
    assert first.row == 2
    assert first.entry == BankEntry(
        "",
        QuestionDraft(
            Kind.SINGLE,
            "ผู้ใดต้องปฏิบัติตามมาตรฐานทางจริยธรรม",
            (Choice("ข้าราชการเท่านั้น"), Choice("เจ้าหน้าที่ของรัฐทุกส่วน", correct=True)),
        ),
    )
    assert second.row == 7
    assert second.entry.draft.stem == "เมื่อผู้รับเหมาเสนอของขวัญ\n\nท่านควรทำอย่างไร"
    assert second.entry.draft.choices == (
        Choice("ปฏิเสธ", correct=True),
        Choice("รับไว้\nแล้วแจ้งภายหลัง\nc) ไม่ใช่ตัวเลือก"),
        Choice("เฉย"),
    )


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("ถาม\nA) ก\nB) ข", "answer"),
        ("ถาม\nA) ก\nB) ข\nANSWER: D", "choices"),
        ("ถาม\nA) ก\nB) ข\nANSWER: A, B", "answer"),
        ("ถาม\nA) ก\nB) ข\nANSWER:", "answer"),
        ("ถาม\nA) ก\nANSWER: A", "choices"),
        ("A) ก\nB) ข\nANSWER: A", "stem"),
        ("ถาม\nA) ก\nC) ข\nANSWER: A", "choices"),
        ("ไม่มีคำตอบ\nA) ก\nB) ข\nถามต่อ\nA) ค\nB) ง\nANSWER: B", "choices"),
        ("ANSWER: A", "stem"),
    ],
)
def test_errors_by_line_spoil_no_other(question, field):
    text = f"ก่อน\nA) ก\nB) ข\nANSWER: A\n\n{question}\n\nหลัง\nA) ก\nB) ข\nANSWER: B\n"
    reading = read(text.encode(), filename="x.txt")
    assert [row.entry.draft.stem for row in reading.entries] == ["ก่อน", "หลัง"]
    (fault,) = reading.faults
    assert (fault.row, fault.field) == (6, field)
    assert fault.raw == question.strip()


def test_writing_says_what_is_lost():
    rich = QuestionDraft(
        Kind.SINGLE,
        "ถาม",
        (Choice("ก\nข", correct=True, feedback="ดี"), Choice("ค")),
        explanation="เพราะ",
        source="กฎหมาย",
    )
    trap = QuestionDraft(Kind.SINGLE, "ถาม\nA) ลวง", (Choice("ก", correct=True), Choice("ค")))
    both = QuestionDraft(Kind.MULTIPLE, "ถาม", (Choice("ก", correct=True), Choice("ค", correct=True)))
    written = write([BankEntry("E-1", rich, 3), BankEntry("E-2", trap), BankEntry("", both)], format="aiken")
    assert written.data.decode() == "ถาม\nA) ก ข\nB) ค\nANSWER: A\n"
    assert written.notes == [
        ("not_held", "ข้อ E-1: Aiken เก็บรหัสข้อ คำอธิบายของตัวเลือก คำอธิบายรวม แหล่งอ้างอิง มาตรฐานไม่ได้ จึงไม่มีในไฟล์"),
        ("line_break", "ข้อ E-1: การขึ้นบรรทัดในตัวเลือกกลายเป็นช่องว่าง"),
        ("stem", "ข้อ E-2: คำถามว่าง หรือมีบรรทัดที่ขึ้นต้นเหมือนตัวเลือกหรือ ANSWER: จึงไม่ได้ส่งออก"),
        ("kind", "ข้อลำดับที่ 3: Aiken เก็บชนิดเลือกได้หลายคำตอบไม่ได้ จึงไม่ได้ส่งออก"),
    ]


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("Which?\nA)Paris\nB)A.D. 2000\nANSWER: B", ["Paris", "A.D. 2000"]),
        ("ข้อใด\na) ก\nb) ข\nc) ค\nAnswer: b", ["ก", "ข", "ค"]),
        ("พิจารณา\na) หนึ่ง\nb) สอง\nA. ข้อ a\nB. ข้อ b\nANSWER: B", ["ข้อ a", "ข้อ b"]),
        ("ข้อใด\nA. Year\nB. A.D. 2000\nA.D. ยังเป็นข้อ B\nANSWER: B", ["Year", "A.D. 2000\nA.D. ยังเป็นข้อ B"]),
    ],
)
def test_options_without_blanks_and_with_small_letters(question, texts):
    reading = read(question.encode(), filename="x.txt")
    assert reading.format == "aiken"
    (row,) = reading.entries
    assert [choice.text for choice in row.entry.draft.choices] == texts
    assert [choice.correct for choice in row.entry.draft.choices].index(True) == 1


def test_lines_that_end_as_on_old_machines():
    assert len(read(FILE.replace("\n", "\r").encode(), filename="x.txt").entries) == 2
