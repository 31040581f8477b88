"""What questions are graded by today: their own key, or what an approved correction put in its place (rule E12).

Internal to this app. A ruling belongs to a version and counts from its approval on, for attempts that are open as for new ones.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from quizzes.enums import CorrectionState
from quizzes.grading import Ruling
from quizzes.models import KeyCorrection, QuestionVersion
from quizzes.versions import PINNED

IN_FORCE = (CorrectionState.APPLYING, CorrectionState.APPLIED)


def rulings_of(version_ids: Collection[int]) -> Mapping[int, Ruling]:
    """The ruling in force of each of these versions that has one; of several the last. One query."""
    rows = KeyCorrection.objects.filter(version_id__in=version_ids, state__in=IN_FORCE)
    return {
        row.version_id: Ruling(row.remedy, row.key, row.reason) for row in rows.order_by("decided_at", "pk")
    }


def versions_and_rulings(
    version_ids: Collection[int],
) -> tuple[Mapping[int, QuestionVersion], Mapping[int, Ruling]]:
    """The versions by id with their questions, and the rulings over those that have one. One query, and one more for any ruling."""
    return _with_rulings(QuestionVersion.objects.select_related("question"), version_ids)


def keys_and_rulings(
    version_ids: Collection[int],
) -> tuple[Mapping[int, QuestionVersion], Mapping[int, Ruling]]:
    """The same for grading, which asks for no words: without the questions and the texts that only a page shows."""
    return _with_rulings(QuestionVersion.objects.only(*PINNED), version_ids)


def _with_rulings(
    rows: "QuerySet[QuestionVersion]", version_ids: Collection[int]
) -> tuple[Mapping[int, QuestionVersion], Mapping[int, Ruling]]:
    ruled = KeyCorrection.objects.filter(version=OuterRef("pk"), state__in=IN_FORCE)
    found: dict[int, Any] = rows.annotate(is_ruled=Exists(ruled)).in_bulk(version_ids)
    under = [pk for pk, version in found.items() if version.is_ruled]
    return found, rulings_of(under) if under else {}
