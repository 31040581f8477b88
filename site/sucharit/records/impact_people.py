"""The first few people whom a draft brings in or lets go, for whoever may see people. Every look is written down (rule E25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sucharit.kernel.errors import OutOfScope
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import selectors as officers
from sucharit.records.enums import Access
from sucharit.records.models import AccessEntry, RuleDraft, RuleImpact


@dataclass(frozen=True)
class FirstFew:
    """Names and positions of the first people who enter and who leave, as far as the viewer may see them."""

    entering: Sequence[tuple[str, str]]
    leaving: Sequence[tuple[str, str]]


@transaction.atomic
def look_at_first_few(*, draft: RuleDraft, who: officers.Viewer, now: datetime) -> FirstFew:
    """Read the first few of a draft's numbers, and write down that each was looked at. Six queries.

    Raises OutOfScope for whoever may see nobody, or where nothing is worked out yet.
    """
    today = local_date(now)
    impact = RuleImpact.objects.filter(draft=draft, finished_at__isnull=False).first()
    viewer_id = who.user_id
    if impact is None or viewer_id is None or not officers.can(who, officers.Verb.OPEN_HR_DESK, today=today):
        raise OutOfScope("people_unseen", "ไม่พบรายชื่อ")
    wanted = [*impact.entering, *impact.leaving]
    seen = {person.pk: person for person in officers.visible_to(who, today=today).filter(pk__in=wanted)}
    places = officers.positions_on(list(seen), today)
    AccessEntry.objects.bulk_create(
        AccessEntry(viewer_id=viewer_id, what=Access.PERSON, officer_id=pk, at=now) for pk in seen
    )

    def rows(ids: Sequence[int]) -> Sequence[tuple[str, str]]:
        return [
            (seen[pk].full_name, " ".join(part for part in places.get(pk, ("", "")) if part))
            for pk in ids
            if pk in seen
        ]

    return FirstFew(rows(impact.entering), rows(impact.leaving))
