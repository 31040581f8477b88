"""Questionnaires of attitude, whose answers nobody can turn on a person.

Two halves that never meet. `Instrument` and `Statement` are what staff write. `AttitudeAnswer` is what somebody said, under a
pseudonym whose key stands outside the database: it has no foreign key, no instant and no word that leads to a person, and no
table of who has taken part exists. `AttitudeResult` is what was counted of a closed year, with small groups already hidden.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from quizzes.enums import Round, Wave


class Instrument(models.Model):
    """แบบสอบถามทัศนคติ: up to twelve statements on one scale of five points. Frozen by the first answer.

    `scale` names the five points, the lowest agreement first. `declared_by` confirmed that nothing sensitive is asked; None is
    the starter content.
    """

    code = models.CharField("รหัส", max_length=30, unique=True)
    title = models.CharField("ชื่อแบบสอบถาม", max_length=200)
    introduction = models.TextField("คำนำ", blank=True)
    scale = models.JSONField("ระดับความเห็น", default=list)
    is_retired = models.BooleanField("เลิกใช้", default=False)
    # Set by the first answer, and says nothing of when or by whom.
    is_frozen = models.BooleanField("มีผู้ตอบแล้ว", default=False, editable=False)
    declared_at = models.DateTimeField("ยืนยันเมื่อ")
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("code",)
        verbose_name = "แบบสอบถามทัศนคติ"
        verbose_name_plural = "แบบสอบถามทัศนคติ"

    def __str__(self) -> str:
        return self.title


class Statement(models.Model):
    """One statement to agree or disagree with. `reversed` is one whose agreement is the less desired answer."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="statements")
    order = models.PositiveSmallIntegerField("ลำดับ")
    text = models.CharField("ข้อความ", max_length=300)
    reversed = models.BooleanField("ข้อความเชิงลบ", default=False)

    class Meta:
        ordering = ("order", "id")
        verbose_name = "ข้อความ"
        verbose_name_plural = "ข้อความ"
        constraints = (
            models.UniqueConstraint(fields=["instrument", "order"], name="statements_stand_in_one_order"),
            models.CheckConstraint(condition=~Q(text=""), name="a_statement_says_something"),
        )

    def __str__(self) -> str:
        return self.text


class AttitudeAnswer(models.Model):
    """What somebody said once. Nothing here leads to whom.

    `instrument` is a code and not a key; `group` is the code of a ministry or "". `fiscal_year` (พ.ศ.) is that of the course the
    answer belongs to, the only time that is kept. `answers` maps statement id (as text) to 1..5; what was left out is not there.
    """

    # Random, so that the order of keys tells nothing; on SQLite the table has no other order (see the migration).
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instrument = models.CharField(max_length=30)
    context = models.CharField(max_length=80)
    wave = models.CharField(max_length=6, choices=Wave)
    pseudonym = models.CharField(max_length=64)
    fiscal_year = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=40, blank=True)
    answers = models.JSONField()

    class Meta:
        verbose_name = "คำตอบแบบสอบถามทัศนคติ"
        verbose_name_plural = "คำตอบแบบสอบถามทัศนคติ"
        indexes = (
            models.Index(
                fields=["instrument", "context", "fiscal_year", "pseudonym"], name="answers_of_a_closed_year"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["instrument", "context", "wave", "pseudonym"], name="a_wave_is_answered_once"
            ),
            models.CheckConstraint(
                condition=Q(wave__in=("before", "after", "later")), name="an_answer_belongs_to_a_wave"
            ),
            models.CheckConstraint(
                condition=~Q(pseudonym="") & ~Q(instrument="") & ~Q(context=""),
                name="an_answer_says_where_it_belongs",
            ),
        )

    def __str__(self) -> str:
        return "คำตอบแบบสอบถามทัศนคติ"


class AttitudeResult(models.Model):
    """What was counted of one closed year, made once: only what may be shown is kept (see `attitude_results`)."""

    instrument = models.CharField(max_length=30)
    context = models.CharField(max_length=80)
    fiscal_year = models.PositiveSmallIntegerField("ปีงบประมาณ")
    round = models.CharField(max_length=6, choices=Round)
    content = models.JSONField()

    class Meta:
        ordering = ("-fiscal_year", "context", "round")
        verbose_name = "ผลแบบสอบถามทัศนคติ"
        verbose_name_plural = "ผลแบบสอบถามทัศนคติ"
        constraints = (
            models.UniqueConstraint(
                fields=["instrument", "context", "fiscal_year", "round"],
                name="a_closed_year_is_counted_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.instrument} {self.context} {self.fiscal_year} {self.round}"
