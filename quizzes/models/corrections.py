"""Correcting a key after people were asked (rule E12), and what the answers say about a question."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from quizzes.enums import CorrectionState, Remedy, TaskEnd
from quizzes.models.attempts import Attempt
from quizzes.models.bank import QuestionVersion


class KeyCorrection(models.Model):
    """A correction of one version's key: weighed in the background, approved by a second person, applied in the background.

    `key` holds the rows of the version as they should have been (NEW_KEY, ACCEPT_BOTH), empty for VOID and FULL_MARKS. `cursor` is
    the last attempt that the state's work has seen: whoever goes on after a kill goes on from there.
    """

    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="corrections")
    remedy = models.CharField("วิธีแก้", max_length=12, choices=Remedy)
    key = models.JSONField(default=list, blank=True)
    reason = models.CharField("เหตุผล", max_length=500)
    state = models.CharField(max_length=10, choices=CorrectionState, default=CorrectionState.WEIGHING)
    cursor = models.PositiveBigIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("เสนอเมื่อ")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("พิจารณาเมื่อ", null=True, blank=True)
    decision_note = models.CharField("หมายเหตุของผู้พิจารณา", max_length=500, blank=True)
    applied_at = models.DateTimeField("ปรับคะแนนครบเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "การแก้เฉลย"
        verbose_name_plural = "การแก้เฉลย"
        constraints = (
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(state__in=("weighing", "weighed", "applying")),
                name="one_correction_of_a_version_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_correction_says_why"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="refused") | ~Q(decided_by=F("proposed_by")),
                name="a_correction_is_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("weighing", "weighed"), decided_at__isnull=True)
                | Q(
                    state__in=("applying", "applied", "refused"),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="a_decided_correction_says_by_whom",
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id} {self.remedy} {self.state}"


class ScoreChange(models.Model):
    """What a correction changes in one attempt: planned by the dry run, then applied. Old and new stay side by side."""

    correction = models.ForeignKey(KeyCorrection, on_delete=models.PROTECT, related_name="changes")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="score_changes")
    old_score = models.DecimalField(max_digits=7, decimal_places=2)
    new_score = models.DecimalField(max_digits=7, decimal_places=2)
    old_max = models.PositiveIntegerField()
    new_max = models.PositiveIntegerField()
    old_passed = models.BooleanField()
    new_passed = models.BooleanField()
    applied_at = models.DateTimeField(null=True, blank=True)
    # Whether the host was told of a new pass, so that it can give what a pass earns there.
    is_passed_on = models.BooleanField(default=False)

    class Meta:
        verbose_name = "คะแนนที่เปลี่ยน"
        verbose_name_plural = "คะแนนที่เปลี่ยน"
        indexes = (
            models.Index(
                fields=["id"],
                condition=Q(old_passed=False, new_passed=True, applied_at__isnull=False, is_passed_on=False),
                name="new_passes_to_pass_on",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["correction", "attempt"], name="a_correction_changes_an_attempt_once"
            ),
            models.CheckConstraint(
                condition=Q(old_passed=False) | Q(new_passed=True), name="a_correction_takes_no_pass_away"
            ),
        )

    def __str__(self) -> str:
        return f"{self.correction_id} {self.attempt_id}"


class ItemTask(models.Model):
    """Something to look at in one version, found in the answers: open until a new version, a correction or somebody ends it."""

    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="tasks")
    code = models.CharField("เรื่อง", max_length=24)
    severity = models.CharField("ความเร่งด่วน", max_length=8)
    evidence = models.JSONField(default=dict)
    options = models.JSONField(default=list)
    opened_at = models.DateTimeField("พบเมื่อ")
    measured_at = models.DateTimeField("คำนวณล่าสุดเมื่อ")
    ended_at = models.DateTimeField("จบเมื่อ", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_how = models.CharField("จบเพราะ", max_length=12, choices=TaskEnd, blank=True)
    note = models.CharField("หมายเหตุ", max_length=300, blank=True)

    class Meta:
        verbose_name = "ข้อที่ควรทบทวน"
        verbose_name_plural = "ข้อที่ควรทบทวน"
        constraints = (
            models.UniqueConstraint(
                fields=["version", "code"],
                condition=Q(ended_at__isnull=True),
                name="one_open_task_per_version_and_matter",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="")
                | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="an_ended_task_says_how",
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id} {self.code}"
