"""Questions that never change under a learner, and attempts that keep what was asked.

A `Question` is a name for a series of immutable `QuestionVersion`s (the database refuses to change one). An `Attempt` pins
the versions, the order of options, the pass mark and the deadline it began under (rule E11), so an edited question or quiz
never touches an attempt in progress. Correct answers live in `QuestionVersion.choices` and leave this app only through
`selectors.review`, after submission.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from quizzes.enums import AttemptState, Difficulty, Kind, Scoring, Standard
from sucharit.kernel import ids


class Topic(models.Model):
    """หัวข้อ: what questions are about, beside the standard. A question may have several."""

    name = models.CharField("หัวข้อ", max_length=80, unique=True)

    class Meta:
        ordering = ("name",)
        verbose_name = "หัวข้อ"
        verbose_name_plural = "หัวข้อ"

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """A question of the bank. What is asked stands in its versions."""

    code = models.CharField("รหัสข้อ", max_length=30, unique=True)
    standard = models.PositiveSmallIntegerField("มาตรฐานข้อที่", choices=Standard, default=Standard.GENERAL)
    difficulty = models.CharField("ระดับความยาก", max_length=10, choices=Difficulty, default=Difficulty.MEDIUM)
    topics = models.ManyToManyField(Topic, blank=True, related_name="questions", verbose_name="หัวข้อ")
    is_retired = models.BooleanField("เลิกใช้", default=False)
    current = models.ForeignKey(
        "QuestionVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = "คำถาม"
        verbose_name_plural = "คลังคำถาม"
        indexes = (models.Index(fields=["standard", "is_retired"], name="question_pool"),)

    def __str__(self) -> str:
        return self.code


class QuestionVersion(models.Model):
    """What one version of a question asks. Immutable.

    `choices` is a list of rows in the author's order, each {"id": str, "text": str, "feedback": str} and what its kind needs
    (`versions.EXTRAS`). `scale` names the points of a rated judgement, `unit` what a number is counted in.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("ฉบับที่")
    kind = models.CharField("ชนิด", max_length=20, choices=Kind)
    stem = models.TextField("คำถาม")
    choices = models.JSONField("ตัวเลือก")
    scoring = models.CharField("วิธีให้คะแนน", max_length=10, choices=Scoring, default=Scoring.PARTIAL)
    scale = models.JSONField("ระดับการประเมิน", default=list, blank=True)
    unit = models.CharField("หน่วย", max_length=40, blank=True)
    explanation = models.TextField("คำอธิบายรวม", blank=True)
    source = models.CharField("แหล่งอ้างอิง", max_length=300, blank=True)
    as_of = models.DateField("ข้อมูล ณ วันที่", null=True, blank=True)
    created_at = models.DateTimeField("บันทึกเมื่อ")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "ฉบับของคำถาม"
        verbose_name_plural = "ฉบับของคำถาม"
        constraints = (
            models.UniqueConstraint(
                fields=["question", "number"], name="versions_are_numbered_once_per_question"
            ),
            models.CheckConstraint(
                condition=Q(source="") | Q(as_of__isnull=False), name="a_sourced_question_says_as_of_when"
            ),
        )

    def __str__(self) -> str:
        return f"{self.question_id} ฉบับที่ {self.number}"


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

    class Meta:
        verbose_name = "แบบทดสอบ"
        verbose_name_plural = "แบบทดสอบ"
        constraints = (
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
    pass_percent = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=AttemptState, default=AttemptState.OPEN)
    submitted_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    max_score = models.PositiveIntegerField()
    passed = models.BooleanField(null=True, blank=True)

    class Meta:
        verbose_name = "การทำแบบทดสอบ"
        verbose_name_plural = "การทำแบบทดสอบ"
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


class BankImport(models.Model):
    """A file of questions as it was handed in: looked at first, applied once. The file stays, so what was refused is not lost."""

    filename = models.CharField("ชื่อไฟล์", max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField("ส่งไฟล์เมื่อ")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField("นำเข้าเมื่อ", null=True, blank=True)
    added = models.PositiveIntegerField("เพิ่มใหม่", default=0)
    changed = models.PositiveIntegerField("ฉบับใหม่", default=0)
    unchanged = models.PositiveIntegerField("คงเดิม", default=0)
    refused = models.PositiveIntegerField("กักไว้", default=0)

    class Meta:
        verbose_name = "การนำเข้าคำถาม"
        verbose_name_plural = "การนำเข้าคำถาม"

    def __str__(self) -> str:
        return self.filename
