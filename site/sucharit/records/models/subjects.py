"""What can be completed: subjects and their editions. Nothing here knows a course: a course announces itself."""

from decimal import Decimal

from django.db import models

from sucharit.records.enums import SubjectKind


class Subject(models.Model):
    """Something that can be completed, known by a code that HR systems keep."""

    code = models.CharField("รหัสรายวิชา", max_length=30, unique=True)
    kind = models.CharField(max_length=20, choices=SubjectKind, default=SubjectKind.COURSE)
    title = models.CharField("ชื่อรายวิชา", max_length=200)
    retired_at = models.DateTimeField("เลิกใช้เมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "รายวิชาในทะเบียน"
        verbose_name_plural = "รายวิชาในทะเบียน"

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Edition(models.Model):
    """One content version of a subject, told apart by the digest of all that a learner could read and be asked. Immutable."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField("ฉบับที่")
    title = models.CharField("ชื่อรายวิชา", max_length=200)
    minutes = models.PositiveIntegerField("เวลาเรียน (นาที)")
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField("เผยแพร่เมื่อ")

    class Meta:
        verbose_name = "ฉบับของรายวิชา"
        verbose_name_plural = "ฉบับของรายวิชา"
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "number"], name="editions_are_numbered_once_per_subject"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject_id} ฉบับที่ {self.number}"

    @property
    def hours(self) -> Decimal:
        """Hours with one decimal, as certificates print them."""
        return (Decimal(self.minutes) / 60).quantize(Decimal("0.1"))
