"""Reads about certificates: one's own file, and what a stranger may know of a serial."""

from dataclasses import dataclass
from datetime import date

from sucharit.kernel import ids, names
from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.thai_calendar import local_date
from sucharit.records import proofs
from sucharit.records.models import Certificate
from sucharit.records.statuses import AwardState, statuses


@dataclass(frozen=True)
class Verified:
    """What a stranger may know of a certificate: nothing about the person beyond a masked name."""

    serial: str
    masked_name: str
    course: str
    edition: int
    minutes: int
    completed_on: date
    issued_on: date
    valid_until: date | None
    # What the award is worth today after its corrections, never what was first written.
    state: AwardState
    ended_on: date | None
    is_amended: bool
    # Where the award stands in the sealed ledger; none for the seconds until it does.
    sealed: proofs.Sealed | None

    @property
    def is_valid(self) -> bool:
        """Whether it is worth anything today."""
        return self.state == AwardState.VALID


def certificate_file(serial: str, *, officer_id: int | None) -> Certificate | None:
    """The bytes of one's own certificate, or none: another's does not exist here."""
    if officer_id is None or not serial.isascii() or not serial.isprintable():
        return None
    return Certificate.objects.filter(serial=serial, award__officer_id=officer_id).first()


def verify(serial: str, *, today: date) -> Verified | None:
    """What a serial attests today, or none. The serial may come typed by hand."""
    try:
        clean = ids.parse_serial(serial)
    except InvalidInput:
        return None
    found = Certificate.objects.defer("pdf").select_related("award__edition").filter(serial=clean).first()
    if found is None:
        return None
    award = found.award
    said = statuses([award], today=today)[award.pk]
    return Verified(
        serial=found.serial,
        masked_name=names.mask_name(award.title, award.first_name, award.last_name),
        course=award.edition.title,
        edition=award.edition.number,
        minutes=award.edition.minutes,
        completed_on=local_date(said.completed_at),
        issued_on=local_date(found.issued_at),
        valid_until=said.valid_until,
        state=said.state,
        ended_on=said.ended_on,
        is_amended=said.is_amended,
        sealed=proofs.place_of(found.serial),
    )
