"""What the list of the bank can be narrowed to."""

from typing import Any

import django_filters  # type: ignore[import-untyped]
from django import forms
from django.utils import timezone
from wagtail.admin.filters import WagtailFilterSet

from quizzes import finding
from quizzes.enums import Difficulty, Kind, Standard, TopicKind
from quizzes.models import Question, Quiz, Topic
from sucharit.kernel.thai_calendar import local_date

DUE, INCOMPLETE = "due", "incomplete"


class QuestionFilters(WagtailFilterSet):  # type: ignore[misc]
    """Short lists as buttons, long ones as a list to pick from."""

    standard = django_filters.ChoiceFilter(
        label="มาตรฐาน", choices=Standard.choices, empty_label="ทั้งหมด", widget=forms.RadioSelect
    )
    topics = django_filters.ModelChoiceFilter(
        label="หัวข้อ",
        queryset=Topic.objects.filter(kind=TopicKind.TOPIC),
        empty_label="ทั้งหมด",
        widget=forms.Select,
    )
    provisions = django_filters.ModelChoiceFilter(
        label="บทบัญญัติ",
        field_name="topics",
        queryset=Topic.objects.filter(kind=TopicKind.PROVISION),
        empty_label="ทั้งหมด",
        widget=forms.Select,
    )
    quiz = django_filters.ModelChoiceFilter(
        label="แบบทดสอบที่ใช้ได้",
        method="may_be_asked_by",
        queryset=Quiz.objects.order_by("code"),
        empty_label="ทั้งหมด",
        widget=forms.Select,
    )
    author = django_filters.ModelChoiceFilter(
        label="ผู้เขียน",
        method="written_by",
        queryset=lambda _: finding.authors(),
        empty_label="ทั้งหมด",
        widget=forms.Select,
    )
    kind = django_filters.ChoiceFilter(
        label="ชนิด",
        field_name="current__kind",
        choices=Kind.choices,
        empty_label="ทั้งหมด",
        widget=forms.RadioSelect,
    )
    difficulty = django_filters.ChoiceFilter(
        label="ความยาก", choices=Difficulty.choices, empty_label="ทั้งหมด", widget=forms.RadioSelect
    )
    state = django_filters.ChoiceFilter(
        label="สิ่งที่ต้องทำ",
        method="in_state",
        choices=[(DUE, "ถึงกำหนดทบทวน"), (INCOMPLETE, "ไม่มีคำอธิบายครบ")],
        empty_label="ทั้งหมด",
        widget=forms.RadioSelect,
    )
    is_retired = django_filters.ChoiceFilter(
        label="การใช้",
        choices=[("False", "ใช้อยู่"), ("True", "เลิกใช้แล้ว")],
        empty_label="ทั้งหมด",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Question
        fields = (
            "standard",
            "topics",
            "provisions",
            "quiz",
            "author",
            "kind",
            "difficulty",
            "state",
            "is_retired",
        )

    def may_be_asked_by(self, rows: finding.Rows, name: str, quiz: Quiz) -> finding.Rows:
        """Questions that a quiz may ask."""
        return finding.askable_by(rows, quiz)

    def written_by(self, rows: finding.Rows, name: str, author: Any) -> finding.Rows:
        """Questions whose first or current version is somebody's."""
        return finding.written_by(rows, author.pk)

    def in_state(self, rows: finding.Rows, name: str, state: str) -> finding.Rows:
        """Questions that somebody has to look at."""
        if state == DUE:
            return finding.due(rows, local_date(timezone.now()))
        return rows.filter(bank_row__is_incomplete=True)
