"""The public front page and the short pages around it."""

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from sucharit.theme.blocks import content_blocks
from sucharit.theme.fields import ContentField
from sucharit.theme.panels import ThaiPublishingPanel
from sucharit.theme.previews import PreviewAsServedMixin
from sucharit.theme.slugs import RomanisedSlugMixin


class HomePage(PreviewAsServedMixin, RomanisedSlugMixin, Page):  # type: ignore[misc]
    """หน้าแรก: one sentence of what this is, one act, what is on, and where to begin."""

    headline = models.CharField("พาดหัว", max_length=200)
    lead = models.TextField("ความนำ", blank=True)
    hero = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ภาพหลัก",
    )
    learner_text = models.TextField("สำหรับผู้เรียน", blank=True)
    staff_text = models.TextField("สำหรับงานสื่อสาร", blank=True)
    hr_text = models.TextField("สำหรับงานบุคคล", blank=True)
    standards_text = models.TextField("เกี่ยวกับมาตรฐาน 7 ข้อ", blank=True)

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("lead"),
        FieldPanel("hero"),
        MultiFieldPanel(
            [FieldPanel("learner_text"), FieldPanel("staff_text"), FieldPanel("hr_text")], heading="ผู้ใช้สามกลุ่ม"
        ),
        FieldPanel("standards_text"),
    ]
    settings_panels: ClassVar = [ThaiPublishingPanel()]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = [
        "courses.CourseIndexPage",
        "campaigns.CampaignIndexPage",
        "home.InformationPage",
    ]
    max_count = 1

    class Meta:
        verbose_name = "หน้าแรก"


class InformationPage(RomanisedSlugMixin, Page):  # type: ignore[misc]
    """หน้าข้อมูล: privacy, accessibility, contact. Linked from the footer when shown in menus."""

    lead = models.TextField("ความนำ", blank=True)
    body = ContentField(content_blocks(), verbose_name="เนื้อหา", blank=True)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    settings_panels: ClassVar = [ThaiPublishingPanel()]
    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "หน้าข้อมูล"
