"""What proves that one award stands in the sealed ledger: for the page where anyone checks a certificate, and for whoever keeps it.

A proof holds the public part of the row, the digest of the private part, the path to the root, the seal with its
signature, and the key. It names nobody, and can be checked without this system.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from sucharit.kernel import ids, merkle
from sucharit.kernel.errors import InvalidInput, NotFound
from sucharit.records import chain
from sucharit.records.leaves import AWARD, TABLES
from sucharit.records.models import AwardEvent, Certificate, LedgerEntry, Seal
from sucharit.records.offline import verify_sucharit_ledger as core

FORMAT = "sucharit-ledger-proof/1"


@dataclass(frozen=True)
class Sealed:
    """Where an award stands in the ledger, and since when it cannot be changed unnoticed."""

    position: int
    seal: int
    sealed_at: datetime


def place_of(serial: str) -> Sealed | None:
    """Where the award of a certificate was sealed; none while it waits, and for an unknown serial. One query."""
    seal = Seal.objects.filter(last_position__gte=OuterRef("position")).order_by("last_position")
    row = (
        LedgerEntry.objects.filter(award__certificate__serial=serial)
        .values_list("position", Subquery(seal.values("number")[:1]), Subquery(seal.values("sealed_at")[:1]))
        .first()
    )
    return Sealed(*row) if row and row[1] else None


def proof_of_serial(serial: str) -> Mapping[str, Any]:
    """The proof of a certificate's award, with its serial. Raises NotFound: `certificate_unknown`, or `not_sealed` as yet."""
    try:
        clean = ids.parse_serial(serial)
    except InvalidInput:
        clean = ""
    award_id = Certificate.objects.filter(serial=clean).values_list("award_id", flat=True).first()
    if award_id is None:
        raise NotFound("certificate_unknown", "ไม่พบประกาศนียบัตรเลขที่นี้")
    found = proof_of(award_id)
    if found is None:
        raise NotFound("not_sealed", "รายการนี้กำลังผนึก โปรดลองอีกครั้งในไม่กี่วินาที")
    return {"format": FORMAT, "serial": clean, **found}


def proof_of(award_id: int) -> dict[str, Any] | None:
    """The proof of one award, none while it waits. Six queries, whatever the size of the ledger; at most one batch is read.

    {public: {…, private: 64 hex}, position, leaf, path: [64 hex, …], seal: {number, first, last, root, previous,
    sealed_at, key, signature}, statement: the signed text, key: {id, public, from_seal, endorsed_by, endorsement, made_at}}
    """
    position = LedgerEntry.objects.filter(award_id=award_id).values_list("position", flat=True).first()
    number = (
        Seal.objects.filter(last_position__gte=position or 0)
        .order_by("last_position")
        .values_list("number", flat=True)
        .first()
    )
    seal = chain.seal(number) if position and number else None
    if position is None or seal is None:
        return None
    table = TABLES[AWARD]
    row = next(table.rows(AwardEvent.objects.filter(pk=award_id)))
    leaf = table.leaf(row)
    key = next(key for key in chain.signing_keys() if key.id == seal.key)
    return {
        "public": leaf.public,
        "position": position,
        "leaf": leaf.hash.hex(),
        "path": [node.hex() for node in path_in(seal, position)],
        "seal": seal._asdict(),
        "statement": core.seal_statement(seal).decode(),
        "key": key._asdict(),
    }


def path_in(seal: core.Seal, position: int) -> list[bytes]:
    """The inclusion path of a position in its seal, of the leaf hashes that were kept."""
    kept = LedgerEntry.objects.filter(position__gte=seal.first, position__lte=seal.last).order_by("position")
    leaves = [bytes(leaf) for leaf in kept.values_list("leaf", flat=True)]
    return merkle.inclusion_path(leaves, position - seal.first)
