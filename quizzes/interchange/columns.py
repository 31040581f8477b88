"""The table of questions that CSV and XLSX share: its columns in Thai, and the words its cells may hold."""

import re
from collections.abc import Mapping

from quizzes.enums import Difficulty, Kind, Scoring, Standard
from sucharit.kernel.thai_calendar import to_arabic_digits

CODE = "รหัสข้อ"
KIND = "ชนิด"
STEM = "คำถาม"
STANDARD = "มาตรฐาน"
DIFFICULTY = "ระดับความยาก"
TOPICS = "หัวข้อ"
PROVISIONS = "บทบัญญัติ"
OPTION = "ตัวเลือก"
FEEDBACK = "คำอธิบาย"
ANSWER = "คำตอบ"
SCALE = "มาตรวัด"
UNIT = "หน่วย"
EXPLANATION = "คำอธิบายรวม"
SOURCE = "แหล่งอ้างอิง"
AS_OF = "ข้อมูล ณ วันที่"
REVIEW_ON = "ทบทวนภายใน"
SCORING = "วิธีให้คะแนน"

BEFORE = (CODE, KIND, STEM, STANDARD, DIFFICULTY, TOPICS)
AFTER = (ANSWER, SCALE, UNIT, EXPLANATION, SOURCE, AS_OF, REVIEW_ON, SCORING, PROVISIONS)
FEWEST_OPTIONS = 8

# What parts of a cell: each is written with a backslash before it where it is meant as itself.
SPECIAL = "|=,;*"
IN_LIST = SPECIAL + "\n"

WIDTHS: Mapping[str, int] = {
    STEM: 60,
    KIND: 22,
    EXPLANATION: 40,
    SOURCE: 40,
    OPTION: 30,
    FEEDBACK: 30,
    TOPICS: 24,
    PROVISIONS: 24,
}

_NUMBERED = re.compile(rf"({OPTION}|{FEEDBACK})\s*(?:ที่\s*)?(\d{{1,2}})")


def headings(options: int) -> list[str]:
    """The columns of a table with room for so many options."""
    count = max(options, FEWEST_OPTIONS)
    choices = [f"{OPTION} {number}" for number in range(1, count + 1)]
    feedback = [f"{FEEDBACK} {number}" for number in range(1, count + 1)]
    return [*BEFORE, *choices, *feedback, *AFTER]


def key(text: str) -> str:
    """A word as it is compared: without blanks, stars and case, in Arabic digits."""
    return re.sub(r"[\s*:\u200b\ufeff]+", "", to_arabic_digits(text)).casefold()


def heading(cell: str) -> str:
    """The column that a heading names, or ""."""
    found = _NUMBERED.fullmatch(to_arabic_digits(cell).strip(" \t\n*:\u200b\ufeff"))
    if found:
        return f"{found[1]} {int(found[2])}"
    return _COLUMNS.get(key(cell), "")


_COLUMNS = {key(name): name for name in (*BEFORE, *AFTER)}

KINDS: Mapping[str, Kind] = {
    **{key(str(kind.label)): kind for kind in Kind},
    **{key(kind.value): kind for kind in Kind},
    **{
        key(word): kind
        for kind, words in {
            Kind.SINGLE: ("ปรนัย", "ปรนัยคำตอบเดียว", "คำตอบเดียว", "multichoice", "singlechoice"),
            Kind.MULTIPLE: ("ปรนัยหลายคำตอบ", "หลายคำตอบ", "multiplechoice"),
            Kind.TRUE_FALSE: ("ถูกผิด", "ถูก/ผิด", "truefalse"),
            Kind.MATCHING: ("จับคู่คำตอบ",),
            Kind.ORDERING: ("ลำดับ", "เรียงขั้นตอน"),
            Kind.GAPS: ("เติมคำ", "เติมช่องว่าง"),
            Kind.SHORT_TEXT: ("อัตนัยสั้น", "คำตอบสั้น", "shortanswer"),
            Kind.NUMERIC: ("ตัวเลข", "numerical"),
            Kind.JUDGEMENT: ("สถานการณ์", "sjt"),
            Kind.LIKERT: ("ความเห็น", "มาตรวัดความเห็น"),
        }.items()
        for word in words
    },
}
DIFFICULTIES: Mapping[str, str] = {
    key(word): level.value for level in Difficulty for word in (str(level.label), level.value)
}
SCORINGS: Mapping[str, Scoring] = {
    **{key(word): scoring for scoring in Scoring for word in (str(scoring.label), scoring.value)},
    key("ตามส่วน"): Scoring.PARTIAL,
    key("บางส่วน"): Scoring.PARTIAL,
    key("ครบทุกส่วน"): Scoring.EXACT,
    key("ทั้งข้อ"): Scoring.EXACT,
}
STANDARDS: Mapping[str, int] = {
    key(word): standard.value
    for standard in Standard
    for word in (str(standard.label), str(standard.value), f"ข้อ {standard.value}", f"ข้อที่ {standard.value}")
}
TRUTHS: Mapping[str, bool] = {
    **{key(word): True for word in ("ถูก", "ถูกต้อง", "จริง", "ใช่", "true", "t", "✓")},
    **{key(word): False for word in ("ผิด", "ไม่ถูก", "เท็จ", "ไม่จริง", "ไม่ใช่", "false", "f", "✗")},
}
LETTERS: Mapping[str, int] = {
    **{letter: place for place, letter in enumerate("abcdefghij", start=1)},
    **{letter: place for place, letter in enumerate("กขคงจฉชซฌญ", start=1)},
}
