"""Who must learn what, by when: requirements and their periods."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from sucharit.kernel.thai_calendar import format_date
from sucharit.records.enums import Cycle
from sucharit.records.models.subjects import Subject


class Requirement(models.Model):
    """ข้อกำหนดการเรียน: an audience must complete a subject, or some of several, once or again and again.

    The columns say what the version in force says; `RuleVersion` keeps every version word for word.
    """

    code = models.CharField("รหัส", max_length=30, unique=True)
    title = models.CharField("ชื่อข้อกำหนด", max_length=200)
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="requirements", verbose_name="รายวิชา"
    )
    audience = models.ForeignKey(
        "officers.Audience", on_delete=models.PROTECT, related_name="+", verbose_name="กลุ่มเป้าหมาย"
    )
    reason = models.TextField("เหตุที่ต้องเรียน", help_text="ประโยคที่ผู้เรียนจะเห็น เช่น ต้องเรียนตามแผนของหน่วยงาน")
    legal_basis = models.TextField("ฐานอำนาจ", blank=True, help_text="คำสั่ง หนังสือเวียน หรือแผนที่ใช้อ้างอิง")
    contact = models.CharField("ติดต่อสอบถาม", max_length=200, blank=True)
    due_month = models.PositiveSmallIntegerField(
        "เดือนที่ครบกำหนด", default=9, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    due_day = models.PositiveSmallIntegerField(
        "วันที่ครบกำหนด", default=30, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    cycle = models.CharField("รอบ", max_length=20, choices=Cycle, default=Cycle.FISCAL_YEAR)
    # All subjects that count, the leading one among them, and how many of them are needed.
    subjects: "models.ManyToManyField[Subject, Subject]" = models.ManyToManyField(
        Subject, related_name="asked_by", blank=True
    )
    need = models.PositiveIntegerField("จำนวนรายวิชาที่ต้องเรียน", default=1)
    refresher = models.ForeignKey(
        Subject,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refreshes",
        verbose_name="รายวิชาทบทวน",
    )
    due_days = models.PositiveIntegerField("ครบกำหนดภายใน (วัน)", null=True, blank=True)
    window_days = models.PositiveIntegerField("เรียนล่วงหน้าได้ (วัน)", default=0)
    min_validity_months = models.PositiveIntegerField("อายุขั้นต่ำของผล (เดือน)", default=0)
    grace_days = models.PositiveIntegerField("ผ่อนผัน (วัน)", default=0)
    valid_months = models.PositiveIntegerField("อายุของผล (เดือน)", null=True, blank=True)
    rule_version = models.PositiveIntegerField(default=1, editable=False)
    is_active = models.BooleanField("ใช้อยู่", default=True)

    class Meta:
        verbose_name = "ข้อกำหนดการเรียน"
        verbose_name_plural = "ข้อกำหนดการเรียน"

    def __str__(self) -> str:
        return self.title


class RuleVersion(models.Model):
    """What a requirement asked from a day on, word for word (`records.rules`). Immutable: a change is a new version."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("รุ่นที่")
    effective_on = models.DateField("มีผลตั้งแต่")
    rule = models.JSONField()
    audience_name = models.CharField("กลุ่มเป้าหมาย", max_length=150)
    reason = models.TextField("เหตุที่ต้องเรียน", blank=True)
    legal_basis = models.TextField("ฐานอำนาจ", blank=True)
    approved_at = models.DateTimeField("อนุมัติเมื่อ")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "รุ่นของข้อกำหนด"
        verbose_name_plural = "รุ่นของข้อกำหนด"
        constraints = (
            models.UniqueConstraint(
                fields=["requirement", "number"], name="versions_are_numbered_once_per_requirement"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")),
                name="a_rule_is_approved_by_somebody_else",
            ),
        )

    def __str__(self) -> str:
        return f"{self.requirement_id} รุ่นที่ {self.number}"


class RequirementPeriod(models.Model):
    """One round of a requirement: a fiscal year with its own dates, or (`fiscal_year` null) the only one, which never closes.

    `due_on` is null where everybody has a due day of their own.
    """

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="periods")
    fiscal_year = models.PositiveIntegerField("ปีงบประมาณ (พ.ศ.)", null=True, blank=True)
    opens_on = models.DateField("เปิดรอบ")
    due_on = models.DateField("ครบกำหนด", null=True, blank=True)
    closes_on = models.DateField("ปิดรอบ")
    # The version of the rule whose audience the list of people follows; the dates are those of the opening.
    rule_version = models.PositiveIntegerField(default=1)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "รอบของข้อกำหนด"
        verbose_name_plural = "รอบของข้อกำหนด"
        constraints = (
            models.UniqueConstraint(fields=["requirement", "fiscal_year"], name="one_period_per_fiscal_year"),
            models.UniqueConstraint(
                fields=["requirement"],
                condition=Q(fiscal_year__isnull=True),
                name="one_period_of_a_requirement_without_years",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, opens_on__lte=F("closes_on"))
                | Q(opens_on__lte=F("due_on"), due_on__lte=F("closes_on")),
                name="a_period_is_due_inside_itself",
            ),
        )

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.fiscal_year}"

    @property
    def label(self) -> str:
        """The round in words."""
        return f"ปีงบประมาณ พ.ศ. {self.fiscal_year}" if self.fiscal_year else "รอบต่อเนื่อง"

    @property
    def due_words(self) -> str:
        """The due day in words."""
        return f"ครบกำหนด {format_date(self.due_on)}" if self.due_on else "ครบกำหนดตามวันของแต่ละคน"
