"""The seven ethical standards, their exact wording and the short name a label may use.

The wording is that of section 5 of พระราชบัญญัติมาตรฐานทางจริยธรรม พ.ศ. 2562 and is never paraphrased; the short
names are its opening words, cut where a reader of a chart or a tag still recognises them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["STANDARDS", "Standard", "standard"]


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard: its number (1-7), exact text, short label and the name of its icon."""

    number: int
    title: str
    short: str
    icon: str


STANDARDS: tuple[Standard, ...] = (
    Standard(
        1,
        "ยึดมั่นในสถาบันหลักของประเทศ อันได้แก่ ชาติ ศาสนา พระมหากษัตริย์ "
        "และการปกครองระบอบประชาธิปไตยอันมีพระมหากษัตริย์ทรงเป็นประมุข",
        "ยึดมั่นในสถาบันหลักของประเทศ",
        "std-1",
    ),
    Standard(2, "ซื่อสัตย์สุจริต มีจิตสำนึกที่ดี และรับผิดชอบต่อหน้าที่", "ซื่อสัตย์สุจริต", "std-2"),
    Standard(3, "กล้าตัดสินใจและกระทำในสิ่งที่ถูกต้องชอบธรรม", "กล้าตัดสินใจ", "std-3"),
    Standard(4, "คิดถึงประโยชน์ส่วนรวมมากกว่าประโยชน์ส่วนตัว และมีจิตสาธารณะ", "คิดถึงประโยชน์ส่วนรวม", "std-4"),
    Standard(5, "มุ่งผลสัมฤทธิ์ของงาน", "มุ่งผลสัมฤทธิ์ของงาน", "std-5"),
    Standard(6, "ปฏิบัติหน้าที่อย่างเป็นธรรมและไม่เลือกปฏิบัติ", "เป็นธรรมและไม่เลือกปฏิบัติ", "std-6"),
    Standard(7, "ดำรงตนเป็นแบบอย่างที่ดีและรักษาภาพลักษณ์ของทางราชการ", "เป็นแบบอย่างที่ดี", "std-7"),
)


def standard(number: int | str) -> Standard:
    """Return standard 1-7. Raises ValueError for any other number rather than print a wrong standard."""
    index = int(number)
    if not 1 <= index <= len(STANDARDS):
        raise ValueError(f"there is no standard {number!r}")
    return STANDARDS[index - 1]
