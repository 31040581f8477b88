"""Who must learn what, by when: requirements and their periods."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from sucharit.records.models.subjects import Subject


class Requirement(models.Model):
    """ข้อกำหนดการเรียน: an audience must complete a subject once in each Thai fiscal year, by one day of it."""

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
    rule_version = models.PositiveIntegerField(default=1, editable=False)
    # What the audience said when it was last applied: an audience that changes changes the rule.
    audience_digest = models.CharField(max_length=64, blank=True, editable=False)
    is_active = models.BooleanField("ใช้อยู่", default=True)

    class Meta:
        verbose_name = "ข้อกำหนดการเรียน"
        verbose_name_plural = "ข้อกำหนดการเรียน"

    def __str__(self) -> str:
        return self.title


class RequirementPeriod(models.Model):
    """One fiscal year of a requirement, with its own dates."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="periods")
    fiscal_year = models.PositiveIntegerField("ปีงบประมาณ (พ.ศ.)")
    opens_on = models.DateField("เปิดรอบ")
    due_on = models.DateField("ครบกำหนด")
    closes_on = models.DateField("ปิดรอบ")
    # The version of the rule whose audience the list of people follows; the dates are those of the opening.
    rule_version = models.PositiveIntegerField(default=1)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "รอบของข้อกำหนด"
        verbose_name_plural = "รอบของข้อกำหนด"
        constraints = (
            models.UniqueConstraint(fields=["requirement", "fiscal_year"], name="one_period_per_fiscal_year"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on"), due_on__lte=F("closes_on")),
                name="a_period_is_due_inside_itself",
            ),
        )

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.fiscal_year}"
