"""Quizzes: what is asked, by which rules."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from quizzes.enums import Counts, Difficulty, Feedback, Standard
from quizzes.models.bank import Question, Topic


class Quiz(models.Model):
    """แบบทดสอบ: a blueprint of draws, a pass mark and limits."""

    code = models.CharField("รหัส", max_length=30, unique=True)
    title = models.CharField("ชื่อแบบทดสอบ", max_length=200)
    instructions = models.TextField("คำชี้แจง", blank=True)
    pass_percent = models.PositiveSmallIntegerField(
        "เกณฑ์ผ่าน (ร้อยละ)", default=60, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    time_limit_minutes = models.PositiveIntegerField("เวลา (นาที)", null=True, blank=True)
    max_attempts = models.PositiveIntegerField("ทำได้ไม่เกิน (ครั้ง)", default=0, help_text="0 คือไม่จำกัด")
    shuffle_choices = models.BooleanField("สลับตัวเลือก", default=True)
    cooling_hours = models.PositiveIntegerField(
        "เว้นก่อนทำครั้งใหม่ (ชั่วโมง)", default=0, help_text="0 คือทำต่อได้ทันที"
    )
    counts = models.CharField("ครั้งที่นับผล", max_length=8, choices=Counts, default=Counts.HIGHEST)
    feedback = models.CharField("เปิดเฉลยเมื่อ", max_length=12, choices=Feedback, default=Feedback.SUBMISSION)
    closes_at = models.DateTimeField("ปิดแบบทดสอบเมื่อ", null=True, blank=True)
    # The test after lessons that this one comes before: their draws avoid one another, and gain is measured between them.
    before = models.OneToOneField(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="pre",
        verbose_name="คู่กับแบบทดสอบหลังเรียน",
    )

    class Meta:
        verbose_name = "แบบทดสอบ"
        verbose_name_plural = "แบบทดสอบ"
        constraints = (
            models.CheckConstraint(
                condition=~Q(feedback=Feedback.CLOSING) | Q(closes_at__isnull=False),
                name="feedback_at_closing_needs_a_closing",
            ),
            models.CheckConstraint(
                condition=Q(before__isnull=True) | ~Q(before=F("id")), name="no_quiz_comes_before_itself"
            ),
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1, pass_percent__lte=100),
                name="a_pass_mark_lies_between_one_and_a_hundred_per_cent",
            ),
        )

    def __str__(self) -> str:
        return self.title


class QuizDraw(models.Model):
    """One line of the blueprint: a fixed question, or so many drawn from the pool of a standard, a topic, or both."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="draws")
    sort_order = models.PositiveIntegerField(default=0)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    standard = models.PositiveSmallIntegerField("มาตรฐานข้อที่", choices=Standard, null=True, blank=True)
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="หัวข้อ"
    )
    difficulty = models.CharField("ระดับความยาก", max_length=10, choices=Difficulty, blank=True)
    count = models.PositiveSmallIntegerField("จำนวนข้อ", default=1, validators=[MinValueValidator(1)])

    class Meta:
        ordering = ("sort_order", "id")
        verbose_name = "ข้อในแบบทดสอบ"
        verbose_name_plural = "ข้อในแบบทดสอบ"
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    question__isnull=False, standard__isnull=True, topic__isnull=True, difficulty="", count=1
                )
                | (
                    Q(question__isnull=True, count__gte=1)
                    & (Q(standard__isnull=False) | Q(topic__isnull=False))
                ),
                name="a_draw_is_fixed_or_from_a_pool",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quiz_id} {self.question_id or self.standard} × {self.count}"
