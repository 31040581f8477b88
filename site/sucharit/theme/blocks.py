"""The content blocks of lessons and campaigns: what an editor may put on a page, each with its template."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import VideoChooserBlock

from sucharit.theme.forms import AdminThaiDateInput, ThaiDateField
from sucharit.theme.standards import STANDARDS

__all__ = [
    "DosDontsBlock",
    "FileBlock",
    "PictureBlock",
    "RuleQuoteBlock",
    "SituationBlock",
    "SummaryBlock",
    "TextBlock",
    "ThaiDateBlock",
    "VideoBlock",
    "content_blocks",
]

TEXT_FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "link"]
STORY_FEATURES = ["bold", "italic", "ol", "ul", "link"]
STANDARD_CHOICES = [(str(item.number), f"{item.number}. {item.short}") for item in STANDARDS]
ALT_HELP = "บอกสิ่งที่เห็นในภาพและเกี่ยวกับเนื้อหา สำหรับผู้ที่มองไม่เห็นภาพหรือภาพโหลดไม่ขึ้น"


class ThaiDateBlock(blocks.DateBlock):
    """A date typed and shown in พ.ศ."""

    @cached_property
    def field(self) -> forms.Field:
        """Return a form field that reads พ.ศ. and answers mistakes in Thai."""
        return ThaiDateField(**{"widget": AdminThaiDateInput(), **self.field_options})


class TextBlock(blocks.RichTextBlock):
    """Running text with two levels of heading, lists and links; no colours, sizes or tables."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", TEXT_FEATURES)
        super().__init__(**kwargs)

    class Meta:
        """How the editor and the page show it."""

        icon = "pilcrow"
        label = "ข้อความ"
        template = "theme/blocks/text.html"


class PictureBlock(blocks.StructBlock):
    """A picture that belongs to the text; its alternative text is required."""

    image = ImageChooserBlock(label="ภาพ")
    alt = blocks.CharBlock(label="คำบรรยายแทนภาพ", max_length=250, help_text=ALT_HELP)
    caption = blocks.CharBlock(label="คำบรรยายใต้ภาพ", required=False, max_length=250)

    class Meta:
        """How the editor and the page show it."""

        icon = "image"
        label = "ภาพ"
        template = "theme/blocks/picture.html"


class VideoBlock(blocks.StructBlock):
    """A video from the media library, with the transcript that a slow line or a quiet office needs."""

    title = blocks.CharBlock(label="ชื่อวีดิทัศน์", max_length=200)
    video = VideoChooserBlock(label="ไฟล์วีดิทัศน์")
    poster = ImageChooserBlock(label="ภาพปก", required=False, help_text="ถ้าไม่เลือก จะใช้ภาพย่อของไฟล์วีดิทัศน์")
    captions = DocumentChooserBlock(label="ไฟล์คำบรรยาย (WebVTT)", required=False)
    transcript = blocks.RichTextBlock(
        label="บทถอดความ", features=STORY_FEATURES, help_text="เนื้อหาครบเท่าวีดิทัศน์ ผู้เรียนอ่านแทนการดูได้"
    )

    class Meta:
        """How the editor and the page show it."""

        icon = "media"
        label = "วีดิทัศน์"
        template = "theme/blocks/video.html"


class DosDontsBlock(blocks.StructBlock):
    """What to do and what not to do, side by side."""

    title = blocks.CharBlock(label="หัวข้อ", required=False, max_length=150)
    dos = blocks.ListBlock(blocks.CharBlock(label="พึงทำ", max_length=300), label="พึงทำ", min_num=1)
    donts = blocks.ListBlock(blocks.CharBlock(label="ไม่พึงทำ", max_length=300), label="ไม่พึงทำ", min_num=1)

    class Meta:
        """How the editor and the page show it."""

        icon = "list-ul"
        label = "พึงทำและไม่พึงทำ"
        template = "theme/blocks/dos_donts.html"


class SituationBlock(blocks.StructBlock):
    """A grey-area moment with a question; the thought behind it opens when the reader asks."""

    title = blocks.CharBlock(label="ชื่อสถานการณ์", max_length=150)
    image = ImageChooserBlock(label="ภาพ", required=False)
    image_alt = blocks.CharBlock(
        label="คำบรรยายแทนภาพ",
        required=False,
        max_length=250,
        help_text=f"{ALT_HELP} เว้นว่างได้ถ้าภาพใช้ประกอบเท่านั้น",
    )
    standards = blocks.MultipleChoiceBlock(
        label="มาตรฐานที่เกี่ยวข้อง", choices=STANDARD_CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    story = blocks.RichTextBlock(label="เรื่อง", features=STORY_FEATURES)
    question = blocks.CharBlock(label="คำถาม", max_length=300)
    reveal = blocks.RichTextBlock(
        label="ข้อคิด",
        features=STORY_FEATURES,
        required=False,
        help_text="ผู้เรียนเห็นเมื่อกด “ลองคิดดูก่อน แล้วเปิดอ่านข้อคิด”",
    )

    class Meta:
        """How the editor and the page show it."""

        icon = "help"
        label = "สถานการณ์"
        template = "theme/blocks/situation.html"


class RuleQuoteBlock(blocks.StructBlock):
    """A law or rule, word for word or summed up and said to be so, with its source and the day it was checked."""

    text = blocks.TextBlock(label="ข้อความ", help_text="คัดลอกตามต้นฉบับทุกคำ หรือสรุปความแล้วเลือก “สรุปความ”", rows=3)
    is_paraphrase = blocks.BooleanBlock(
        label="สรุปความ",
        required=False,
        help_text="เลือกเมื่อข้อความนี้ไม่ใช่ถ้อยคำตามต้นฉบับ หน้าเว็บจะไม่ใส่เครื่องหมายอ้างคำพูด",
    )
    source = blocks.CharBlock(label="ที่มา", max_length=250, help_text="ชื่อกฎหมายหรือระเบียบ พร้อมมาตราหรือข้อ")
    url = blocks.URLBlock(label="ลิงก์ต้นฉบับ", required=False)
    as_of = ThaiDateBlock(label="ข้อมูล ณ วันที่", help_text="วันที่ตรวจข้อความกับต้นฉบับครั้งล่าสุด เช่น 15/03/2568")

    class Meta:
        """How the editor and the page show it."""

        icon = "openquote"
        label = "ข้อความจากกฎหมายหรือระเบียบ"
        template = "theme/blocks/rule_quote.html"


class FileBlock(blocks.StructBlock):
    """A document to download; kind and size are printed from the file."""

    title = blocks.CharBlock(label="ชื่อเอกสารที่แสดง", required=False, max_length=200)
    document = DocumentChooserBlock(label="เอกสาร")

    class Meta:
        """How the editor and the page show it."""

        icon = "doc-full"
        label = "เอกสารแนบ"
        template = "theme/blocks/file.html"


class SummaryBlock(blocks.CharBlock):
    """The one sentence to take away."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("help_text", "หนึ่งประโยคที่อยากให้ผู้เรียนจำได้")
        super().__init__(**kwargs)

    class Meta:
        """How the editor and the page show it."""

        icon = "pick"
        label = "สรุปหนึ่งประโยค"
        template = "theme/blocks/summary.html"


def content_blocks() -> list[tuple[str, blocks.Block]]:
    """Return (name, block) pairs for a StreamField; the names are stored, so they never change."""
    return [
        ("text", TextBlock()),
        ("picture", PictureBlock()),
        ("video", VideoBlock()),
        ("situation", SituationBlock()),
        ("dos_donts", DosDontsBlock()),
        ("rule_quote", RuleQuoteBlock()),
        ("summary", SummaryBlock()),
        ("file", FileBlock()),
    ]
