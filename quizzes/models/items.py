"""When the answers to a version were last looked at, and whether new ones wait."""

from django.db import models
from django.db.models import Q

from quizzes.models.bank import QuestionVersion


class ItemMeasure(models.Model):
    """One version's place in the work of looking at answers: `waiting_since` is when new answers came, None where all are counted."""

    version = models.OneToOneField(
        QuestionVersion, on_delete=models.PROTECT, primary_key=True, related_name="measure"
    )
    waiting_since = models.DateTimeField(null=True)
    measured_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "การคำนวณรายข้อ"
        verbose_name_plural = "การคำนวณรายข้อ"
        indexes = (
            models.Index(
                fields=["waiting_since"], condition=Q(waiting_since__isnull=False), name="versions_to_measure"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id}"
