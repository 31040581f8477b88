"""Subjects that are no longer offered: retired, never deleted, for awards rest on them (rule E4)."""

from datetime import datetime

from django.db import transaction

from sucharit.kernel.errors import NotFound, Refused
from sucharit.kernel.thai_calendar import local_date
from sucharit.records.models import RequirementPeriod, Subject


@transaction.atomic
def retire_subject(*, code: str, now: datetime) -> Subject:
    """Offer a subject no more: no new requirement may ask for it and HR records nothing new of it. Its awards stay.

    Raises NotFound for an unknown code, Refused while an open round asks for it.
    """
    subject = Subject.objects.select_for_update().filter(code=code).first()
    if subject is None:
        raise NotFound("subject_unknown", f"ไม่พบรายวิชารหัส {code} ในทะเบียน")
    asked = RequirementPeriod.objects.filter(
        requirement__subjects=subject, requirement__is_active=True, closes_on__gte=local_date(now)
    )
    if asked.exists():
        raise Refused("subject_required", "ยังมีข้อกำหนดที่ใช้รายวิชานี้ในรอบที่เปิดอยู่ โปรดเปลี่ยนข้อกำหนดก่อนเลิกใช้รายวิชา")
    if subject.retired_at is None:
        subject.retired_at = now
        subject.save(update_fields=["retired_at"])
    return subject


@transaction.atomic
def bring_back_subject(*, code: str) -> Subject:
    """Offer a retired subject again. Raises NotFound for an unknown code."""
    subject = Subject.objects.select_for_update().filter(code=code).first()
    if subject is None:
        raise NotFound("subject_unknown", f"ไม่พบรายวิชารหัส {code} ในทะเบียน")
    subject.retired_at = None
    subject.save(update_fields=["retired_at"])
    return subject
