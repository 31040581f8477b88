"""Many completions at once, for imports: each as `record_award` writes it, in a handful of queries for a hundred."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.selectors import among
from sucharit.officers.snapshots import snapshots_on
from sucharit.records.enums import OPEN_STATES
from sucharit.records.models import AwardEvent, Edition, RequirementPeriod, Standing, WaitingEntry
from sucharit.records.services import Answered, Completion, stated


@transaction.atomic
def record_many(
    *, completions: Sequence[Completion], editions: Mapping[int, Edition], now: datetime
) -> Sequence[AwardEvent | None]:
    """One award for each completion in their order; None for one whose person held no posting that day or that is to come.

    `editions` by key, with their subjects. Raises IntegrityError, and writes none, where a key of one stands already: the caller then
    records them one by one.
    """
    days = [local_date(one.completed_at) for one in completions]
    people = snapshots_on({(one.officer_id, day) for one, day in zip(completions, days, strict=True)})
    asked = _asked([one.officer_id for one in completions])
    made: list[AwardEvent | None] = []
    for one, day in zip(completions, days, strict=True):
        person, edition = people.get((one.officer_id, day)), editions[one.edition_id]
        if person is None or one.completed_at > now:
            made.append(None)
        else:
            answered = _answered(asked.get((one.officer_id, edition.subject_id), ()), day)
            made.append(stated(one, person, edition, answered, now))
    events = AwardEvent.objects.bulk_create([event for event in made if event is not None])
    WaitingEntry.objects.bulk_create([WaitingEntry(award=event) for event in events])
    return made


def _asked(officer_ids: Sequence[int]) -> Mapping[tuple[int, int], Sequence[RequirementPeriod]]:
    """Open periods by person and subject, due first. One query, and one for the periods."""
    rows = (
        Standing.objects.filter(
            officer_id__in=among(sorted(set(officer_ids))), until_at__isnull=True, state__in=OPEN_STATES
        )
        .order_by("turns_on", "id")
        .values_list("officer_id", "period__requirement__subjects", "period_id")
    )
    found: dict[tuple[int, int], list[int]] = {}
    for officer_id, subject_id, period_id in rows:
        found.setdefault((officer_id, subject_id), []).append(period_id)
    wanted = {pk for ids in found.values() for pk in ids}
    periods = RequirementPeriod.objects.select_related("requirement").in_bulk(wanted)
    return {key: [periods[pk] for pk in ids] for key, ids in found.items()}


def _answered(periods: Sequence[RequirementPeriod], day: date) -> Answered:
    found = next((period for period in periods if period.opens_on <= day <= period.closes_on), None)
    return Answered(found.requirement_id, found.pk, found.rule_version) if found else Answered()
