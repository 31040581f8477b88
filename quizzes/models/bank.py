"""The bank: questions that never change under a learner, and what they are filed under.

A `Question` is a name for a series of immutable `QuestionVersion`s (the database refuses to change one). Correct answers live in
`QuestionVersion.choices` and leave this app only through `selectors.review`, after submission.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quizzes.enums import Difficulty, Kind, Scoring, Standard, TopicKind


class Topic(models.Model):
    """หัวข้อ or บทบัญญัติ: what questions are about, beside the standard. A question may have several of either."""

    name = models.CharField("หัวข้อ", max_length=80, unique=True)
    kind = models.CharField("ประเภท", max_length=10, choices=TopicKind, default=TopicKind.TOPIC)

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
    review_on = models.DateField("กำหนดทบทวน", null=True, blank=True)
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
    filed = models.PositiveIntegerField("เปลี่ยนป้าย", default=0, db_default=0)
    unchanged = models.PositiveIntegerField("คงเดิม", default=0)
    refused = models.PositiveIntegerField("กักไว้", default=0)

    class Meta:
        verbose_name = "การนำเข้าคำถาม"
        verbose_name_plural = "การนำเข้าคำถาม"

    def __str__(self) -> str:
        return self.filename
