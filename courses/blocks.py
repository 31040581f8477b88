"""Blocks of lessons: the house's content blocks, and the self-check that only a lesson has."""

from wagtail import blocks

from sucharit.theme.blocks import content_blocks


class SelfCheckOption(blocks.StructBlock):  # type: ignore[misc]
    """One answer to think about, with what it leads to."""

    text = blocks.TextBlock(label="ตัวเลือก", rows=2)
    right = blocks.BooleanBlock(label="เป็นแนวทางที่เหมาะ", required=False)
    feedback = blocks.TextBlock(label="คำอธิบาย", rows=2)


class SelfCheckBlock(blocks.StructBlock):  # type: ignore[misc]
    """ลองคิดดู: a question that answers back. Nothing is sent, stored or scored; each option opens its own answer."""

    question = blocks.TextBlock(label="คำถาม", rows=2)
    options = blocks.ListBlock(SelfCheckOption(), label="ตัวเลือก", min_num=2, max_num=5)

    class Meta:
        template = "courses/blocks/self_check.html"
        label = "ลองคิดดู (ไม่เก็บคะแนน)"
        icon = "help"


def lesson_blocks() -> list[tuple[str, blocks.Block]]:
    """All blocks a lesson may hold."""
    return [*content_blocks(), ("self_check", SelfCheckBlock())]
