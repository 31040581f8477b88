"""What is not sealed yet, for the one person who has just done it: standings are told ahead of the projection, never written."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q, Subquery

from sucharit.records.facts import asked_of
from sucharit.records.models import (
    AwardEvent,
    Projection,
    RequirementPeriod,
    Touched,
)
from sucharit.records.projection import derive
from sucharit.records.timeline import Span


def just_now(officer_id: int, periods: Sequence[RequirementPeriod], *, now: datetime) -> Mapping[int, Span]:
    """The present spans of a person by period, where something of theirs waits to be followed; else nothing. One query then."""
    followed = Subquery(Projection.objects.values("position")[:1])
    waits = AwardEvent.objects.filter(officer_id=officer_id).filter(
        Q(entry__isnull=True) | Q(entry__position__gt=followed)
    )
    touched = Touched.objects.filter(officer_id=officer_id)
    if not waits.values("pk").union(touched.values("pk"), all=True).exists():
        return {}
    lines = derive(asked_of(periods), [officer_id], through=None, now=now)
    return {line.period_id: line.span for line in lines if line.span.until_at is None}
