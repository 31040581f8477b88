"""Courses as pages, and what a learner does in them.

Pages are the editor's: they move, change and go. What a completion rests on is the record's: publishing a course announces
an edition (see `signal_handlers`), and `EditionContent` keeps word for word what that edition said. Progress is kept by the
lesson's translation key, not by a foreign key, so an editor may delete a lesson without touching anybody's history.
"""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from courses.blocks import lesson_blocks
from sucharit.kernel import ids
from sucharit.theme.fields import ContentField
from sucharit.theme.pages import RoutedPageMixin
from sucharit.theme.panels import ThaiPublishingPanel
from sucharit.theme.previews import PreviewAsServedMixin
from sucharit.theme.slugs import RomanisedSlugMixin


def new_course_code() -> str:
    """A free code to begin with: an editor writes a better one before publishing."""
    return f"C-{ids.new_public_id()[:6].upper()}"


STANDARDS = [(number, f"มาตรฐานข้อ {number}") for number in range(1, 8)]


class CourseIndexPage(PreviewAsServedMixin, RomanisedSlugMixin, RoutedPageMixin, Page):  # type: ignore[misc]
    """รายวิชาทั้งหมด: the catalogue."""

    introduction = models.TextField("คำนำ", blank=True)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("introduction")]
    settings_panels: ClassVar = [ThaiPublishingPanel()]
    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar = ["courses.CoursePage"]
    max_count = 1

    class Meta:
        verbose_name = "หน้ารวมรายวิชา"


class CoursePage(PreviewAsServedMixin, RomanisedSlugMixin, RoutedPageMixin, Page):  # type: ignore[misc]
    """รายวิชา: what it is for, how long it takes, how it is assessed, and its lessons below it."""

    class Order(models.TextChoices):
        """Whether a lesson opens only after the one before it."""

        FREE = "free", "เลือกบทเรียนได้อิสระ"
        SEQUENTIAL = "sequential", "เรียนตามลำดับบทเรียน"

    code = models.CharField(
        "รหัสรายวิชา",
        max_length=30,
        unique=True,
        default=new_course_code,
        validators=[RegexValidator(r"^[A-Z0-9]+(-[A-Z0-9]+)*$", "รหัสใช้ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง เช่น ETH-7")],
        help_text="รหัสนี้จะติดอยู่กับผลการเรียนตลอดไป เปลี่ยนไม่ได้หลังเผยแพร่",
    )
    subtitle = models.CharField("ชื่อรอง", max_length=200, blank=True)
    summary = models.TextField("คำบรรยายสั้น", help_text="2 ประโยค แสดงในหน้ารวมรายวิชา")
    introduction = RichTextField("คำนำ", blank=True)
    objectives = models.TextField("เป้าหมายการเรียนรู้", blank=True, help_text="บรรทัดละ 1 ข้อ")
    target_group = models.TextField("กลุ่มเป้าหมาย", blank=True)
    assessment = models.TextField("วิธีการประเมินผล", blank=True)
    contact = models.CharField("ติดต่อสอบถาม", max_length=300, blank=True)
    closing = RichTextField("บทส่งท้าย", blank=True, help_text="แสดงเมื่อผู้เรียนผ่านรายวิชา")
    minutes = models.PositiveIntegerField("เวลาเรียน (นาที)", default=60, validators=[MinValueValidator(1)])
    cover = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ภาพปก",
    )
    order = models.CharField("ลำดับการเรียน", max_length=12, choices=Order, default=Order.SEQUENTIAL)
    pre_quiz = models.ForeignKey(
        "quizzes.Quiz",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="แบบทดสอบก่อนเรียน",
    )
    post_quiz = models.ForeignKey(
        "quizzes.Quiz",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="แบบทดสอบหลังเรียน",
        help_text="ผู้เรียนสำเร็จรายวิชาเมื่ออ่านครบทุกบทและผ่านแบบทดสอบนี้",
    )
    attitude = models.ForeignKey(
        "quizzes.Instrument",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"is_retired": False},
        verbose_name="แบบสอบถามทัศนคติ",
        help_text="ชวนผู้เรียนตอบก่อนเรียน หลังเรียน และ 3 เดือนหลังเรียน ไม่บังคับ และคำตอบไม่ผูกกับตัวผู้ตอบ",
    )

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("code"),
        FieldPanel("subtitle"),
        FieldPanel("summary"),
        FieldPanel("cover"),
        FieldPanel("introduction"),
        MultiFieldPanel(
            [
                FieldPanel("objectives"),
                FieldPanel("target_group"),
                FieldPanel("assessment"),
                FieldPanel("contact"),
                FieldPanel("minutes"),
            ],
            heading="ประมวลรายวิชา",
        ),
        MultiFieldPanel(
            [FieldPanel("order"), FieldPanel("pre_quiz"), FieldPanel("post_quiz"), FieldPanel("attitude")],
            heading="การเรียนและการทดสอบ",
        ),
        FieldPanel("closing"),
    ]
    settings_panels: ClassVar = [ThaiPublishingPanel()]
    # A copy is another course: it gets a code of its own to be changed before it is published.
    exclude_fields_in_copy: ClassVar = ["code"]
    route_related: ClassVar = ("cover",)
    parent_page_types: ClassVar = ["courses.CourseIndexPage"]
    subpage_types: ClassVar = ["courses.LessonPage"]

    class Meta:
        verbose_name = "รายวิชา"

    def clean(self) -> None:
        """The code of a course that was ever published stands in people's records: it stays as it is."""
        super().clean()
        if not self.pk:
            return
        old = (
            CoursePage.objects.filter(pk=self.pk, first_published_at__isnull=False)
            .values_list("code", flat=True)
            .first()
        )
        if old is not None and old != self.code:
            raise ValidationError({"code": f"รายวิชานี้เคยเผยแพร่ด้วยรหัส {old} แล้ว รหัสจึงเปลี่ยนไม่ได้"})

    @property
    def objective_lines(self) -> list[str]:
        """The objectives, one to a line."""
        return [line.strip() for line in self.objectives.splitlines() if line.strip()]


class LessonPage(RomanisedSlugMixin, RoutedPageMixin, Page):  # type: ignore[misc]
    """บทเรียน: one sitting of reading, three to eight minutes."""

    standard = models.PositiveSmallIntegerField("มาตรฐานข้อที่", choices=STANDARDS, null=True, blank=True)
    standard_text = models.CharField("ข้อความมาตรฐาน", max_length=300, blank=True)
    lead = models.TextField("ประโยคนำ", blank=True)
    picture = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ภาพเปิดบท",
    )
    picture_alt = models.CharField("คำบรรยายแทนภาพ", max_length=300, blank=True)
    minutes = models.PositiveIntegerField("เวลาอ่าน (นาที)", default=5, validators=[MinValueValidator(1)])
    body = ContentField(lesson_blocks(), verbose_name="เนื้อหา", blank=True)

    content_panels: ClassVar = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("standard"), FieldPanel("standard_text"), FieldPanel("minutes")], heading="บทเรียน"
        ),
        FieldPanel("lead"),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_alt")], heading="ภาพเปิดบท"),
        FieldPanel("body"),
    ]
    settings_panels: ClassVar = [ThaiPublishingPanel()]
    parent_page_types: ClassVar = ["courses.CoursePage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "บทเรียน"


class EditionContent(models.Model):
    """Word for word what an edition said and could ask, so that an award can be read back to it. Immutable."""

    edition = models.OneToOneField("records.Edition", on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()

    class Meta:
        verbose_name = "เนื้อหาของฉบับ"
        verbose_name_plural = "เนื้อหาของฉบับ"

    def __str__(self) -> str:
        return str(self.edition_id)


class Enrolment(models.Model):
    """A person taking a course: begun once, whatever happens to the pages."""

    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="enrolments")
    subject = models.ForeignKey("records.Subject", on_delete=models.PROTECT, related_name="enrolments")
    started_at = models.DateTimeField("เริ่มเรียนเมื่อ")
    last_lesson_key = models.UUIDField(null=True, blank=True)
    last_seen_at = models.DateTimeField("เรียนล่าสุดเมื่อ")

    class Meta:
        verbose_name = "การลงทะเบียนเรียน"
        verbose_name_plural = "การลงทะเบียนเรียน"
        constraints = (
            models.UniqueConstraint(
                fields=["officer", "subject"], name="one_enrolment_per_person_and_subject"
            ),
        )

    def __str__(self) -> str:
        return f"{self.officer_id} {self.subject_id}"


class LessonProgress(models.Model):
    """A lesson someone said they had read, when the server heard it. A hint for the learner; the award rests on the test."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    lesson_key = models.UUIDField()
    read_at = models.DateTimeField("อ่านจบเมื่อ")

    class Meta:
        verbose_name = "ความคืบหน้า"
        verbose_name_plural = "ความคืบหน้า"
        constraints = (
            models.UniqueConstraint(
                fields=["enrolment", "lesson_key"], name="a_lesson_is_read_once_per_enrolment"
            ),
        )

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.lesson_key}"
