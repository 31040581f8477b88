"""The empty workbook that people fill in: the headings, an explanation of every column, and one example of each kind."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Difficulty, Kind, Scoring, Standard
from quizzes.interchange import columns
from quizzes.interchange.base import Written
from quizzes.interchange.columns import FEWEST_OPTIONS, headings
from quizzes.interchange.table_write import SHEET, row, width

EXPLANATIONS = "คำอธิบาย"
EXAMPLES = "ตัวอย่าง"
_LAST_ROW = 2000
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_SOURCE = "พระราชบัญญัติมาตรฐานทางจริยธรรม พ.ศ. 2562"
_AS_OF = date(2026, 11, 1)

ABOUT = (
    (columns.CODE, "ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง เช่น ETH7-101 เว้นว่างได้ รหัสเดิมหมายถึงการแก้ไขข้อนั้น"),
    (columns.KIND, "เลือกจากรายการ: " + " / ".join(str(kind.label) for kind in Kind)),
    (columns.STEM, "ข้อความของคำถาม ขึ้นบรรทัดใหม่ในเซลล์ได้ ข้อเติมช่องว่างใส่ [[1]] [[2]] ตรงที่เป็นช่อง"),
    (columns.STANDARD, "0 ถึง 7 โดย 0 คือทั่วไป"),
    (columns.DIFFICULTY, "ง่าย ปานกลาง หรือยาก เว้นว่างคือปานกลาง"),
    (columns.TOPICS, "ชื่อหัวข้อ คั่นด้วย |"),
    (
        f"{columns.OPTION} 1 ถึง {FEWEST_OPTIONS}",
        "ข้อความของตัวเลือก ถ้ามีมากกว่านี้ให้เพิ่มคอลัมน์ ตัวเลือก 9 คำอธิบาย 9 ต่อไป",
    ),
    (f"{columns.FEEDBACK} 1 ถึง {FEWEST_OPTIONS}", "คำอธิบายของตัวเลือกหมายเลขเดียวกัน แสดงหลังส่งคำตอบ"),
    (columns.ANSWER, "เลือกคำตอบเดียว: หมายเลขตัวเลือก เช่น 1"),
    (columns.ANSWER, "เลือกได้หลายคำตอบ: หมายเลขคั่นด้วยจุลภาค เช่น 1,3"),
    (columns.ANSWER, "ถูกหรือผิด: คำว่า ถูก หรือ ผิด ไม่ต้องใส่ตัวเลือก"),
    (columns.ANSWER, "จับคู่: เว้นว่าง ใส่ตัวเลือกเป็น ซ้าย=ขวา ตัวลวงที่ไม่มีคู่ใส่ *=ขวา"),
    (columns.ANSWER, "เรียงลำดับ: เว้นว่าง ใส่ตัวเลือกตามลำดับที่ถูก"),
    (columns.ANSWER, "เลือกคำเติมช่องว่าง: หมายเลขตัวเลือกของช่อง [[1]] [[2]] ตามลำดับ เช่น 3,1"),
    (columns.ANSWER, "พิมพ์คำตอบสั้น: คำตอบที่รับ คั่นด้วย | เครื่องหมาย * แทนคำใดก็ได้ ใส่คะแนนบางส่วนเป็น คำตอบ=50%"),
    (columns.ANSWER, "ตอบเป็นตัวเลข: ค่า±ความคลาดเคลื่อน เช่น 3000±0 หรือช่วง 1..5 หลายคำตอบคั่นด้วย |"),
    (columns.ANSWER, "ประเมินทางเลือก: ค่าของผู้เชี่ยวชาญตามลำดับทางเลือก เช่น 4,1,3,2 (ไม่มีมาตรวัดคืออันดับ 1 ดีที่สุด)"),
    (columns.ANSWER, "ระดับความเห็น: เว้นว่าง ใส่ตัวเลือกจากระดับต่ำสุดไปสูงสุด"),
    (columns.SCALE, "ชื่อระดับของข้อประเมินทางเลือก จากต่ำไปสูง คั่นด้วย |"),
    (columns.UNIT, "หน่วยหลังช่องตัวเลข เช่น บาท"),
    (columns.EXPLANATION, "แสดงหลังส่งคำตอบ ต่อจากคำอธิบายของตัวเลือก"),
    (columns.SOURCE, "กฎหมาย คู่มือ หรือเอกสารที่ใช้ตรวจคำตอบ ไม่เกิน 300 อักขระ"),
    (columns.AS_OF, "วัน/เดือน/ปี พ.ศ. เช่น 1/11/2569 หรือ 1 พ.ย. 2569 หรือ 2026-11-01"),
    (columns.REVIEW_ON, "วันที่ควรทบทวนข้อนี้ เขียนเหมือนข้อมูล ณ วันที่"),
    (columns.PROVISIONS, "มาตราหรือข้อที่คำถามอ้างถึง คั่นด้วย |"),
    (columns.SCORING, "เว้นว่างคือให้คะแนนตามส่วนที่ถูก"),
    ("เครื่องหมาย \\", "ใส่ \\ หน้า | = , ; * ในช่องคำตอบ หัวข้อ มาตรวัด และตัวเลือกจับคู่ เมื่อหมายถึงเครื่องหมายนั้นเอง"),
)
"""What each column takes, line by line."""


def template() -> Written:
    """The workbook: an empty sheet to fill in with lists to choose from, the explanations, and the examples."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        styles = _Styles(book)
        _table(book.add_worksheet(SHEET), styles, [])
        _explanations(book.add_worksheet(EXPLANATIONS), styles)
        _table(book.add_worksheet(EXAMPLES), styles, list(examples()))
    return Written(target.getvalue(), "question-bank-template.xlsx", [])


class _Styles:
    def __init__(self, book: Any) -> None:
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EEF7"}
        )
        # Text, or a program would take 1,3 for a number and 1/11/2569 for a day six centuries on.
        self.text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})


def _table(sheet: Any, styles: _Styles, entries: list[BankEntry]) -> None:
    named = headings(0)
    for at, name in enumerate(named):
        sheet.set_column(at, at, width(name), styles.text)
        sheet.write_string(0, at, name, styles.head)
    for number, entry in enumerate(entries, start=1):
        for at, cell in enumerate(row(entry, named)):
            if cell:
                sheet.write_string(number, at, cell, styles.text)
    sheet.freeze_panes(1, 0)
    for name, words in {
        columns.KIND: [str(kind.label) for kind in Kind],
        columns.STANDARD: [str(standard.value) for standard in Standard],
        columns.DIFFICULTY: [str(level.label) for level in Difficulty],
        columns.SCORING: [str(scoring.label) for scoring in Scoring],
    }.items():
        at = named.index(name)
        sheet.data_validation(1, at, _LAST_ROW, at, {"validate": "list", "source": words})


def _explanations(sheet: Any, styles: _Styles) -> None:
    sheet.set_column(0, 0, 26, styles.text)
    sheet.set_column(1, 1, 110, styles.text)
    sheet.write_string(0, 0, "คอลัมน์", styles.head)
    sheet.write_string(0, 1, "ใส่อะไร", styles.head)
    for number, (name, words) in enumerate(ABOUT, start=1):
        sheet.write_string(number, 0, name, styles.text)
        sheet.write_string(number, 1, words, styles.text)
    sheet.freeze_panes(1, 0)


def examples() -> tuple[BankEntry, ...]:
    """One entry of each kind, as the sheet of examples shows them."""
    return tuple(
        BankEntry(f"EXAMPLE-{number:02d}", draft, standard=0, topics=("ตัวอย่าง",))
        for number, draft in enumerate(_DRAFTS, start=1)
    )


_DRAFTS = (
    QuestionDraft(
        Kind.SINGLE,
        "ผู้รับเหมานำกระเช้าปีใหม่มามอบให้เจ้าหน้าที่ตรวจรับงาน\n\nเจ้าหน้าที่ควรทำอย่างไร",
        (
            Choice(
                "ปฏิเสธอย่างสุภาพและแจ้งผู้บังคับบัญชา", correct=True, feedback="การปฏิเสธรักษาความเป็นกลางของการตรวจรับ"
            ),
            Choice("รับไว้แล้วแบ่งกันในกลุ่มงาน", feedback="ของขวัญจากคู่สัญญาทำให้ผู้อื่นสงสัยในการตรวจรับ"),
        ),
    ),
    QuestionDraft(
        Kind.MULTIPLE,
        "ข้อใดเป็นความขัดกันแห่งผลประโยชน์",
        (
            Choice("อนุมัติสัญญาของบริษัทคู่สมรส", correct=True, feedback="คู่สมรสได้ประโยชน์จากการตัดสินใจของตน"),
            Choice("ลาพักผ่อนตามสิทธิ", feedback="เป็นสิทธิตามระเบียบ"),
            Choice("ใช้รถราชการไปธุระส่วนตัว", correct=True, feedback="ทรัพย์สินของราชการใช้เพื่อราชการ"),
        ),
    ),
    QuestionDraft(
        Kind.TRUE_FALSE,
        "มาตรฐานทางจริยธรรมใช้กับเจ้าหน้าที่ขององค์กรปกครองส่วนท้องถิ่นด้วย",
        (
            Choice("ถูก", correct=True, feedback="กฎหมายนี้ใช้กับเจ้าหน้าที่ขององค์กรปกครองส่วนท้องถิ่นเช่นเดียวกับส่วนราชการ"),
            Choice("ผิด", feedback="องค์กรปกครองส่วนท้องถิ่นอยู่ในบังคับของกฎหมายนี้ด้วย"),
        ),
        source=_SOURCE,
        as_of=_AS_OF,
    ),
    QuestionDraft(
        Kind.MATCHING,
        "จับคู่สถานการณ์กับสิ่งที่ควรทำ",
        (
            Choice("พบเงินตกในสำนักงาน", match="แจ้งหาเจ้าของ"),
            Choice("ถูกเสนอสินบน", match="ปฏิเสธและรายงาน"),
            Choice("", match="เก็บไว้เอง"),
        ),
    ),
    QuestionDraft(
        Kind.ORDERING,
        "เรียงขั้นตอนการรับเรื่องร้องเรียน",
        (Choice("รับเรื่อง"), Choice("ตรวจข้อเท็จจริง"), Choice("แจ้งผล")),
        scoring=Scoring.EXACT,
    ),
    QuestionDraft(
        Kind.GAPS,
        "เจ้าหน้าที่ต้องยึดประโยชน์ [[1]] เหนือประโยชน์ [[2]]",
        (Choice("ส่วนรวม", gap=1), Choice("ส่วนตน", gap=2), Choice("ของหมู่คณะ")),
    ),
    QuestionDraft(
        Kind.SHORT_TEXT,
        "ก.พ. ย่อมาจากอะไร",
        (
            Choice("คณะกรรมการข้าราชการพลเรือน"),
            Choice("กรรมการข้าราชการพลเรือน", credit=Decimal("0.5"), feedback="ขาดคำว่า คณะ"),
        ),
    ),
    QuestionDraft(
        Kind.NUMERIC,
        "เจ้าหน้าที่ของรัฐรับของจากผู้ที่มิใช่ญาติได้ในราคาไม่เกินเท่าใด",
        (Choice("3000"),),
        unit="บาท",
        source="พ.ร.ป. ว่าด้วยการป้องกันและปราบปรามการทุจริต พ.ศ. 2561 มาตรา 128",
        as_of=_AS_OF,
    ),
    QuestionDraft(
        Kind.JUDGEMENT,
        "หัวหน้าขอให้ลงเวลาแทน แต่ละทางเลือกเหมาะสมเพียงใด",
        (
            Choice("อธิบายว่าทำไม่ได้และเสนอให้ยื่นใบลา", expert=4, feedback="ตรงไปตรงมาและเสนอทางออก"),
            Choice("ลงเวลาให้เพราะเป็นหัวหน้า", expert=1, feedback="เป็นการบันทึกเท็จ"),
        ),
        scale=("ไม่เหมาะสม", "ค่อนข้างไม่เหมาะสม", "ค่อนข้างเหมาะสม", "เหมาะสม"),
    ),
    QuestionDraft(
        Kind.LIKERT,
        "ฉันกล้าทักท้วงเมื่อเห็นสิ่งที่ไม่ถูกต้อง",
        (Choice("ไม่เห็นด้วย"), Choice("เฉย ๆ"), Choice("เห็นด้วย")),
    ),
)
