"""Many people as they stood, each on a day of their own: for loads and imports. The same as `selectors.snapshot_on`, in three queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from sucharit.officers.models import Agency, Posting
from sucharit.officers.selectors import PersonSnapshot, among


def snapshots_on(wanted: Collection[tuple[int, date]]) -> Mapping[tuple[int, date], PersonSnapshot]:
    """The snapshot of each officer on each day; who held no posting that day is not there."""
    postings: dict[int, list[Posting]] = defaultdict(list)
    rows = Posting.objects.filter(officer_id__in=among(sorted({pk for pk, _ in wanted})))
    for row in rows.select_related("agency", "officer").order_by("-starts_on", "-id"):
        postings[row.officer_id].append(row)
    step = Agency.steplen
    paths = {posting.agency.path for of_one in postings.values() for posting in of_one}
    above = {path[:end] for path in paths for end in range(step, len(path), step)}
    names = dict(Agency.objects.filter(path__in=above).values_list("path", "name"))
    found = {}
    for officer_id, day in wanted:
        posting = next((one for one in postings[officer_id] if one.covers(day)), None)
        if posting is not None:
            path = posting.agency.path
            chain = [names[path[:end]] for end in range(step, len(path), step)]
            found[officer_id, day] = _snapshot(posting, " › ".join(chain))
    return found


def _snapshot(posting: Posting, chain: str) -> PersonSnapshot:
    officer, agency = posting.officer, posting.agency
    return PersonSnapshot(
        officer_id=officer.pk,
        public_id=officer.public_id,
        title=officer.title,
        first_name=officer.first_name,
        last_name=officer.last_name,
        personnel_type=officer.personnel_type,
        agency_id=agency.pk,
        agency_code=agency.code,
        agency_name=agency.name,
        agency_path=agency.path,
        agency_chain=chain,
        posting_id=posting.pk,
        position_title=posting.position_title,
        position_type=posting.position_type,
        position_level=posting.position_level,
    )
