"""Campaign pages: one message, from one day to another, with one act.

A linked course is a chosen page: this app knows no course, only that the page can be opened.
"""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel
from wagtail.models import Page

from sucharit.theme.blocks import content_blocks
from sucharit.theme.fields import ContentField
from sucharit.theme.forms import AdminThaiDateInput
from sucharit.theme.pages import RoutedPageMixin
from sucharit.theme.panels import ThaiPublishingPanel
from sucharit.theme.previews import PreviewAsServedMixin
from sucharit.theme.slugs import RomanisedSlugMixin


class CampaignIndexPage(PreviewAsServedMixin, RomanisedSlugMixin, RoutedPageMixin, Page):  # type: ignore[misc]
    """กิจกรรมรณรงค์ทั้งหมด."""

    introduction = models.TextField("คำนำ", blank=True)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("introduction")]
    settings_panels: ClassVar = [ThaiPublishingPanel()]
    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar = ["campaigns.CampaignPage"]
    max_count = 1

    class Meta:
        verbose_name = "หน้ารวมกิจกรรมรณรงค์"


class CampaignPage(PreviewAsServedMixin, RomanisedSlugMixin, RoutedPageMixin, Page):  # type: ignore[misc]
    """กิจกรรมรณรงค์: shown on the home page from its first day to its last, both included."""

    message = models.CharField("ข้อความรณรงค์", max_length=160, help_text="บรรทัดเดียวที่อยากให้คนจำได้")
    lead = models.TextField("ความนำ", blank=True)
    standard = models.PositiveSmallIntegerField(
        "มาตรฐานข้อที่",
        choices=[(number, f"มาตรฐานข้อ {number}") for number in range(1, 8)],
        null=True,
        blank=True,
    )
    starts_on = models.DateField("เริ่มวันที่")
    ends_on = models.DateField("ถึงวันที่")
    hero = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ภาพหลัก",
    )
    hero_alt = models.CharField("คำบรรยายภาพ", max_length=300, blank=True)
    body = ContentField(content_blocks(), verbose_name="เนื้อหา", blank=True)
    call_label = models.CharField("ข้อความบนปุ่ม", max_length=60, blank=True)
    call_page = models.ForeignKey(
        "wagtailcore.Page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="รายวิชาที่ชวนเรียน",
    )

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("message"),
        FieldPanel("lead"),
        FieldPanel("standard"),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("starts_on", widget=AdminThaiDateInput),
                        FieldPanel("ends_on", widget=AdminThaiDateInput),
                    ]
                )
            ],
            heading="ช่วงเวลา",
        ),
        MultiFieldPanel([FieldPanel("hero"), FieldPanel("hero_alt")], heading="ภาพหลัก"),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("call_label"), PageChooserPanel("call_page")], heading="สิ่งที่ชวนให้ทำ"),
    ]
    settings_panels: ClassVar = [ThaiPublishingPanel()]
    route_related: ClassVar = ("hero",)
    parent_page_types: ClassVar = ["campaigns.CampaignIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "กิจกรรมรณรงค์"
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="a_campaign_ends_after_it_starts"
            ),
        )

    def clean(self) -> None:
        """An end before the beginning is said at the field."""
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": "วันสิ้นสุดต้องไม่ก่อนวันเริ่ม"})
