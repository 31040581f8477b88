"""Attempts: what somebody was asked, answered and earned, and what was granted to whom beside the rule.

An `Attempt` pins the versions, the order of options, the pass mark, the feedback policy and the deadline it began under (rule E11),
so an edited question or quiz never touches an attempt in progress.
"""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from quizzes.enums import AttemptState, Feedback
from quizzes.models.bank import QuestionVersion
from quizzes.models.blueprint import Quiz
from sucharit.kernel import ids


class Attempt(models.Model):
    """One try. Used up when it starts, resumable on any device until the server's deadline, graded once.

    `context` is the host's own name for where the quiz stands ("course:ETH-7:post") and `context_version` what stood there
    then; this app never reads them. `items` pins [{"v": version id, "order": [row id, …], "targets": [target id, …]}, …]
    (targets only where rows are paired); `answers` maps version id (as text) to what was answered (see `quizzes.kinds`).
    """

    public_id = models.CharField(max_length=16, unique=True, default=ids.new_public_id, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="attempts")
    context = models.CharField(max_length=80)
    context_version = models.CharField(max_length=40, blank=True)
    number = models.PositiveIntegerField("ครั้งที่")
    items = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    # Version ids whose answer was looked at and stays as it is, where feedback comes after each question.
    checked = models.JSONField(default=list)
    # Version id (as text) to seconds: what passed between keeping other answers and this one. A hint, never a condition (E26).
    seconds = models.JSONField(default=dict)
    saved_at = models.DateTimeField(null=True, blank=True)
    pass_percent = models.PositiveSmallIntegerField()
    feedback = models.CharField(max_length=12, choices=Feedback, default=Feedback.SUBMISSION)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=AttemptState, default=AttemptState.OPEN)
    submitted_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    max_score = models.PositiveIntegerField()
    passed = models.BooleanField(null=True, blank=True)
    # Whether this attempt's answers stand in `Response` as they are graded today.
    is_collected = models.BooleanField(default=False)

    class Meta:
        verbose_name = "การทำแบบทดสอบ"
        verbose_name_plural = "การทำแบบทดสอบ"
        indexes = (
            models.Index(
                fields=["id"], condition=Q(state="submitted", is_collected=False), name="attempts_to_collect"
            ),
            models.Index(fields=["deadline_at"], condition=Q(state="open"), name="bells_to_ring"),
            models.Index(fields=["quiz", "submitted_at"], name="attempts_of_a_quiz"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["officer", "context"],
                condition=Q(state="open"),
                name="one_open_attempt_per_person_and_place",
            ),
            models.UniqueConstraint(
                fields=["officer", "context", "number"],
                name="attempts_are_numbered_once_per_person_and_place",
            ),
            models.CheckConstraint(
                condition=Q(state="open", score__isnull=True, passed__isnull=True, submitted_at__isnull=True)
                | Q(state="submitted", score__isnull=False, passed__isnull=False, submitted_at__isnull=False),
                name="only_a_submitted_attempt_has_a_result",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=F("max_score")),
                name="an_attempt_scores_at_most_full",
            ),
        )

    def __str__(self) -> str:
        return f"{self.context} ครั้งที่ {self.number}"


class Response(models.Model):
    """One answer of a submitted attempt, for counting: a projection of `Attempt.answers`, made and remade in the background.

    `points` is the share of the question earned, None where it was taken out of the score. `said` is the answer as one text
    (option ids or pairs, joined by a comma; empty where left blank); typed texts are not kept here. It names no person.
    `rest` is the points earned on the other scored questions of the paper and `others` how many those are, so that a question is
    compared with the rest of its paper without reading that paper again.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="responses")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="responses")
    points = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    said = models.CharField(max_length=200, blank=True)
    seconds = models.PositiveIntegerField(null=True)
    rest = models.FloatField()
    others = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "คำตอบรายข้อ"
        verbose_name_plural = "คำตอบรายข้อ"
        constraints = (
            models.UniqueConstraint(fields=["version", "attempt"], name="an_attempt_answers_a_version_once"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=1),
                name="an_answer_earns_at_most_its_point",
            ),
            models.CheckConstraint(
                condition=Q(rest__gte=0, rest__lte=F("others")), name="the_rest_of_a_paper_earns_at_most_full"
            ),
        )

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.version_id}"


class Accommodation(models.Model):
    """สิทธิเฉพาะบุคคล: what was granted to one person beside the rule, from and until when, why and by whom.

    The rule itself stays as it is. A row is ended, never edited; what an attempt began under stays with the attempt.
    """

    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="accommodations")
    # None is every quiz.
    quiz = models.ForeignKey(
        Quiz,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accommodations",
        verbose_name="แบบทดสอบ",
    )
    time_factor = models.DecimalField(
        "ตัวคูณเวลา", max_digits=4, decimal_places=2, default=1, validators=[MinValueValidator(1)]
    )
    extra_attempts = models.PositiveSmallIntegerField("ทำเพิ่มได้ (ครั้ง)", default=0)
    # A later bell for the attempt that is open when it is granted, and for those begun under it.
    bell_at = models.DateTimeField("ทำได้ถึงเวลา", null=True, blank=True)
    valid_from = models.DateField("ใช้ตั้งแต่")
    valid_until = models.DateField("ใช้ถึง", null=True, blank=True)
    reason = models.CharField("เหตุผล", max_length=300)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField("อนุมัติเมื่อ")
    ended_at = models.DateTimeField("ยกเลิกเมื่อ", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "สิทธิเฉพาะบุคคล"
        verbose_name_plural = "สิทธิเฉพาะบุคคล"
        constraints = (
            models.CheckConstraint(
                condition=Q(time_factor__gt=1) | Q(extra_attempts__gte=1) | Q(bell_at__isnull=False),
                name="an_accommodation_grants_something",
            ),
            models.CheckConstraint(
                condition=Q(time_factor__gte=1, time_factor__lte=10), name="time_is_only_ever_added"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_accommodation_says_why"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="an_accommodation_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="an_ended_accommodation_says_by_whom",
            ),
        )

    def __str__(self) -> str:
        return f"{self.officer_id} {self.valid_from}"
