"""What awards are worth today: their corrections read together, for every page that shows one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextChoices

from sucharit.kernel.thai_calendar import local_date
from sucharit.records.enums import AwardKind
from sucharit.records.models import AwardEvent


class AwardState(TextChoices):
    """The state of a completion on a day (rule E22)."""

    VALID = "valid", "มีผล"
    EXPIRED = "expired", "หมดอายุ"
    REVOKED = "revoked", "ถูกเพิกถอน"
    SUPERSEDED = "superseded", "สิ้นผล มีฉบับใหม่"


def not_revoked(rows: "QuerySet[AwardEvent]") -> "QuerySet[AwardEvent]":
    """Completions that were not taken back, or were given back since: the last word about it decides."""
    word = AwardEvent.objects.filter(
        target=OuterRef("pk"), kind__in=[AwardKind.REVOKE, AwardKind.REINSTATE]
    ).order_by("-pk")
    said = Subquery(word.values("kind")[:1])
    return (
        rows.filter(kind=AwardKind.AWARD)
        .annotate(last_word=said)
        .filter(Q(last_word__isnull=True) | Q(last_word=AwardKind.REINSTATE))
    )


@dataclass(frozen=True)
class Status:
    """An award as it stands on a day, with what was amended and when it ended, if it did."""

    state: AwardState
    completed_at: datetime
    valid_until: date | None
    ended_on: date | None = None
    is_amended: bool = False

    @property
    def is_valid(self) -> bool:
        """Whether it is worth anything today."""
        return self.state == AwardState.VALID


def statuses(awards: Sequence[AwardEvent], *, today: date) -> Mapping[int, Status]:
    """The status of each of these awards on a day. One query."""
    corrections: dict[int, list[AwardEvent]] = {}
    rows = AwardEvent.objects.filter(target__in=[award.pk for award in awards]).only(
        "kind", "target", "completed_at", "valid_until", "effective_on", "recorded_at"
    )
    for row in rows.order_by("pk"):
        corrections.setdefault(row.target_id or 0, []).append(row)
    return {award.pk: status(award, corrections.get(award.pk, ()), today=today) for award in awards}


def status(award: AwardEvent, corrections: Sequence[AwardEvent], *, today: date) -> Status:
    """An award with its corrections in the order of writing, on a day. A pure function of them."""
    amended = next((row for row in reversed(corrections) if row.kind == AwardKind.AMEND), None)
    said = amended or award
    revoked = ends = None
    for row in corrections:
        if row.kind == AwardKind.REVOKE:
            revoked = row
        elif row.kind == AwardKind.REINSTATE:
            revoked = None
        elif row.kind == AwardKind.SUPERSEDE and row.effective_on is not None:
            ends = min(row.effective_on, ends or row.effective_on)
    state, ended_on = AwardState.VALID, None
    if revoked is not None and (revoked.effective_on is None or revoked.effective_on <= today):
        state, ended_on = AwardState.REVOKED, revoked.effective_on or local_date(revoked.recorded_at)
    elif ends is not None and ends <= today:
        state, ended_on = AwardState.SUPERSEDED, ends
    elif said.valid_until is not None and said.valid_until < today:
        state, ended_on = AwardState.EXPIRED, said.valid_until
    return Status(state, said.completed_at, said.valid_until, ended_on, amended is not None)
