"""Where people stand: projections of the ledger and of dated facts. They may be thrown away and derived again."""

from django.db import models
from django.db.models import Q

from sucharit.kernel import thai_text
from sucharit.records.enums import State
from sucharit.records.models.ledger import AwardEvent
from sucharit.records.models.requirements import RequirementPeriod
from sucharit.records.models.subjects import Subject


class LearningStart(models.Model):
    """That somebody began, or came back to, a subject in a fiscal year: what "in progress" rests on."""

    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="learning_starts")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.PositiveIntegerField("ปีงบประมาณ (พ.ศ.)")
    started_at = models.DateTimeField("เริ่มเรียนเมื่อ")

    class Meta:
        verbose_name = "การเริ่มเรียน"
        verbose_name_plural = "การเริ่มเรียน"
        constraints = (
            models.UniqueConstraint(
                fields=["officer", "subject", "fiscal_year"], name="one_start_per_person_subject_and_year"
            ),
        )

    def __str__(self) -> str:
        return f"{self.officer_id} {self.subject_id} {self.fiscal_year}"


class Standing(models.Model):
    """Where one person stands in one period. A projection: rebuilt at will, never evidence.

    `agency_path` and `sort_key` are copied so that one index serves the HR list in the order it is read.
    """

    period = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="standings")
    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="standings")
    agency = models.ForeignKey("officers.Agency", on_delete=models.PROTECT, related_name="+")
    agency_path = models.CharField(max_length=255)
    sort_key = models.CharField(max_length=thai_text.SORT_KEY_LENGTH)
    # False for someone who has completed and then left the audience: kept (rule E18), no longer counted or listed.
    in_scope = models.BooleanField(default=True)
    state = models.CharField("สถานะ", max_length=20, choices=State, default=State.NOT_STARTED)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    award = models.ForeignKey(AwardEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "สถานะการเรียน"
        verbose_name_plural = "สถานะการเรียน"
        indexes = (
            models.Index(
                fields=["period", "agency_path", "sort_key", "id"], name="standing_in_reading_order"
            ),
            models.Index(
                fields=["period", "state", "agency_path", "sort_key", "id"], name="standing_by_state_in_order"
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["officer", "period"], name="one_standing_per_person_and_period"),
            models.CheckConstraint(
                condition=Q(state__in=["not_started", "in_progress"], award__isnull=True)
                | Q(state__in=["on_time", "late"], award__isnull=False),
                name="a_completion_rests_on_an_award",
            ),
        )

    def __str__(self) -> str:
        return f"{self.officer_id} {self.period_id} {self.state}"


class Coverage(models.Model):
    """How many people of one agency stand in one state of one period: a ministry's figure is a sum over its agencies."""

    period = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="coverage")
    agency = models.ForeignKey("officers.Agency", on_delete=models.PROTECT, related_name="+")
    agency_path = models.CharField(max_length=255)
    state = models.CharField(max_length=20, choices=State)
    people = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "ความครอบคลุม"
        verbose_name_plural = "ความครอบคลุม"
        indexes = (models.Index(fields=["period", "agency_path"], name="coverage_of_a_subtree"),)
        constraints = (
            models.UniqueConstraint(
                fields=["period", "agency", "state"], name="one_count_per_agency_and_state"
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency_path} {self.state} {self.people}"
