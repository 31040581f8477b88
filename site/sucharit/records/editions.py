"""The editions of a subject."""

from collections.abc import Sequence

from sucharit.records.models import Edition as Edition


def editions_of(subject_code: str) -> Sequence[Edition]:
    """Every edition of a subject, oldest first. One query."""
    return list(Edition.objects.filter(subject__code=subject_code).order_by("number"))
