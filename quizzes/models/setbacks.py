"""Rows that the background work could not deal with, put behind the others until they are tried again."""

from django.db import models
from django.db.models import Q

from quizzes.enums import Work


class Setback(models.Model):
    """One row of one kind of work that failed and waits: `row_id` is its key in the table that the work goes through.

    `about` is the key of the correction that was applied to the row, 0 for other work. `fault` is the kind of the fault and the
    place in the code, never what it said. The row goes when the work is done.
    """

    part = models.CharField(max_length=12, choices=Work)
    about = models.PositiveBigIntegerField(default=0)
    row_id = models.PositiveBigIntegerField()
    failures = models.PositiveIntegerField(default=1)
    failed_at = models.DateTimeField()
    again_at = models.DateTimeField()
    fault = models.CharField(max_length=200)

    class Meta:
        verbose_name = "งานเบื้องหลังที่ติดขัด"
        verbose_name_plural = "งานเบื้องหลังที่ติดขัด"
        indexes = (models.Index(fields=["part", "about", "again_at"], name="setbacks_to_try_again"),)
        constraints = (
            models.UniqueConstraint(
                fields=["part", "about", "row_id"], name="a_row_is_set_back_once_in_a_work"
            ),
            models.CheckConstraint(condition=Q(failures__gte=1), name="a_setback_failed_at_least_once"),
        )

    def __str__(self) -> str:
        return f"{self.part} {self.row_id}"
