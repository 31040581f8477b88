"""Where people stand: projections of the ledger and of dated facts. They may be thrown away and derived again."""

from django.db import models
from django.db.models import F, Q

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
    """Where one person stands in one period, from one instant to another: a projection, rebuilt at will, never evidence.

    The open row (`until_at` null) is the present; the closed ones are the past, so that a list as of any day is read as today's is.
    `agency_path` and `sort_key` are copied so that one index serves the HR list in the order it is read. `turns_on` is the last
    day on which the state is what it says: after it an open one is overdue, a completed one expired.
    """

    period = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="standings")
    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="standings")
    agency = models.ForeignKey("officers.Agency", on_delete=models.PROTECT, related_name="+")
    agency_path = models.CharField(max_length=255)
    sort_key = models.CharField(max_length=thai_text.SORT_KEY_LENGTH)
    from_at = models.DateTimeField("ตั้งแต่")
    until_at = models.DateTimeField("ถึง", null=True, blank=True)
    state = models.CharField("สถานะ", max_length=20, choices=State, default=State.NOT_STARTED)
    due_on = models.DateField("ครบกำหนด", null=True, blank=True)
    # The due day that an extension took the place of (rule E8).
    original_due_on = models.DateField("กำหนดเดิม", null=True, blank=True)
    turns_on = models.DateField()
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
                fields=["period", "state", "agency_path", "sort_key", "id"],
                condition=Q(until_at__isnull=True),
                name="standing_by_state_in_order",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["officer", "period"],
                condition=Q(until_at__isnull=True),
                name="one_standing_per_person_and_period",
            ),
            models.UniqueConstraint(fields=["officer", "period", "from_at"], name="one_standing_at_a_time"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["not_required", "exempt", "not_started", "in_progress"], award__isnull=True
                )
                | Q(state__in=["on_time", "late"], award__isnull=False),
                name="a_completion_rests_on_an_award",
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("from_at")),
                name="a_standing_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return f"{self.officer_id} {self.period_id} {self.state}"


class Coverage(models.Model):
    """How many people of one agency stand in one state of one period now, told apart by the day on which that state turns.

    A ministry's figure is a sum over its agencies; what is overdue or expired on a day follows from `turns_on`.
    """

    period = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="coverage")
    agency = models.ForeignKey("officers.Agency", on_delete=models.PROTECT, related_name="+")
    agency_path = models.CharField(max_length=255)
    state = models.CharField(max_length=20, choices=State)
    turns_on = models.DateField()
    people = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "ความครอบคลุม"
        verbose_name_plural = "ความครอบคลุม"
        indexes = (models.Index(fields=["period", "agency_path"], name="coverage_of_a_subtree"),)
        constraints = (
            models.UniqueConstraint(
                fields=["period", "agency", "state", "turns_on"], name="one_count_per_agency_state_and_turn"
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency_path} {self.state} {self.people}"


class Projection(models.Model):
    """How far the standings follow: up to which sealed position, and through which day. One row, locked by whoever writes them."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)
    through = models.DateField("ถึงวันที่", null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "การประมวลสถานะ"
        verbose_name_plural = "การประมวลสถานะ"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="there_is_one_projection"),)

    def __str__(self) -> str:
        return str(self.position)


class Touched(models.Model):
    """An officer whose standings are to be derived anew for a cause that is not in the ledger: a start, a day that came."""

    officer = models.ForeignKey("officers.Officer", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "ผู้ที่รอประมวลสถานะ"
        verbose_name_plural = "ผู้ที่รอประมวลสถานะ"

    def __str__(self) -> str:
        return str(self.officer_id)


class Restatement(models.Model):
    """That what is said of a time already past has changed: a transfer, a completion or a correction recorded late (rule E17).

    Kept for the reports of the days between `changed_from` and `noted_at`, which say that they were restated.
    """

    period = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="restatements")
    officer = models.ForeignKey("officers.Officer", on_delete=models.CASCADE, related_name="+")
    agency_path = models.CharField(max_length=255)
    changed_from = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = "การปรับผลย้อนหลัง"
        verbose_name_plural = "การปรับผลย้อนหลัง"
        indexes = (models.Index(fields=["period", "agency_path"], name="restatements_of_a_subtree"),)

    def __str__(self) -> str:
        return f"{self.period_id} {self.officer_id}"


class Application(models.Model):
    """A version of a rule being brought to all its people in one period, or a check of that: in pieces, with progress.

    `cursor` is the last officer id that is done, `last` the highest there was at the beginning. `changed` counts the people whose
    standings changed; of a check, those that would have.
    """

    period = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="applications")
    rule_version = models.PositiveIntegerField()
    is_check = models.BooleanField(default=False)
    cursor = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    # Of a check: how many counts did not fit, and whether the operator was told.
    wrong_counts = models.PositiveIntegerField(default=0)
    told = models.BooleanField(default=False)
    started_at = models.DateTimeField("เริ่มเมื่อ")
    finished_at = models.DateTimeField("เสร็จเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "การใช้ข้อกำหนด"
        verbose_name_plural = "การใช้ข้อกำหนด"
        constraints = (
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(finished_at__isnull=True),
                name="one_application_of_a_period_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.period_id} {self.cursor}/{self.last}"
