"""Find many people at once by what a file says of them, within a viewer's scope. National ids come in as keyed hashes only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from sucharit.kernel import national_id
from sucharit.officers.access import Viewer, correcting, path_end, visible_to
from sucharit.officers.models import Agency, Posting


@dataclass(frozen=True)
class Matched:
    """Officers by hash of their national id, and by the code that stands in their address."""

    by_hash: Mapping[str, int]
    by_code: Mapping[str, int]


def hashed(text: str) -> tuple[str, str]:
    """The keyed hash of a typed national id and its masked tail. Raises NationalIdError, which never repeats the number."""
    number = national_id.parse(text)
    return national_id.keyed_hash(number, settings.NATIONAL_ID_KEY.encode()), national_id.masked_tail(number)


def match(
    who: Viewer, agency: Agency, *, hashes: Collection[str], codes: Collection[str], today: date
) -> Matched:
    """Those of these people who serve in the agency's subtree today and whom the viewer may correct. One query."""
    held = Posting.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        officer=OuterRef("pk"),
        starts_on__lte=today,
        agency__path__gte=agency.path,
        agency__path__lt=path_end(agency.path),
    )
    rows = visible_to(correcting(who), today=today).filter(
        Exists(held), Q(national_id_hash__in=set(hashes)) | Q(public_id__in=set(codes))
    )
    found = list(rows.values_list("pk", "national_id_hash", "public_id"))
    return Matched({row[1]: row[0] for row in found if row[1]}, {row[2]: row[0] for row in found})
