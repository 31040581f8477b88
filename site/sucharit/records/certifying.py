"""Certificates that were cut off: the process died between the commit of an award and the printing of its certificate.

The worker walks the sealed ledger once, a minute behind whoever prints at the commit, and prints what is missing. Completions that were
brought in from elsewhere are not its business: `issue_certificates` prints those.
"""

import logging
from datetime import datetime, timedelta

from sucharit.kernel.errors import Refused
from sucharit.records import certificates
from sucharit.records.enums import AwardKind, Method
from sucharit.records.models import AwardEvent, CertificatePlace, LedgerEntry

logger = logging.getLogger(__name__)
# So long whoever recorded the award has for printing it.
GRACE = timedelta(minutes=1)
# Entries looked at, and certificates printed, in one step: a print costs some tenths of a second.
LOOKED_AT = 500
PRINTED = 5


def print_cut_off(*, now: datetime) -> int:
    """Print the next certificates that were cut off. Returns how many entries were passed; 0 while the engine is missing.

    Safe beside another worker and after a kill: an award has one certificate, and the place moves on once all before it are there.
    """
    if certificates.engine_fault():
        return 0
    place, _ = CertificatePlace.objects.get_or_create(pk=1)
    fields = (
        "position",
        "award_id",
        "award__kind",
        "award__method",
        "award__recorded_at",
        "award__certificate",
    )
    entries = LedgerEntry.objects.filter(position__gt=place.position).order_by("position")
    reached, passed, printed = place.position, 0, 0
    for position, award_id, kind, method, recorded_at, certificate in entries.values_list(*fields)[
        :LOOKED_AT
    ]:
        if award_id is not None and recorded_at > now - GRACE:
            break
        if certificate is None and (kind, method) == (AwardKind.AWARD, Method.ONLINE):
            if printed == PRINTED:
                break
            _print(award_id, now)
            printed += 1
        reached, passed = position, passed + 1
    if passed:
        CertificatePlace.objects.filter(pk=1, position=place.position).update(position=reached)
    return passed


def _print(award_id: int, now: datetime) -> None:
    award = AwardEvent.objects.select_related("edition").get(pk=award_id)
    try:
        certificates.issue(award=award, now=now)
    except (Refused, ValueError, OSError):
        # One award that cannot be printed must not hold up all the others; `issue_certificates` tries it again.
        logger.exception("certificate of award %s could not be made", award_id)
