"""Keys, seals and the head of the ledger as they stand in the database, in the form that is signed and checked."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from sucharit.records.leaves import instant
from sucharit.records.models import LedgerHead, Seal, SigningKey
from sucharit.records.offline import verify_sucharit_ledger as core

_SEAL = (
    "number",
    "first_position",
    "last_position",
    "root",
    "previous",
    "sealed_at",
    "key_id",
    "signature",
)
_KEY = ("key_id", "public_key", "from_seal", "endorsed_by_id", "endorsement", "made_at")
_BLOCK = 1_000


class Head(NamedTuple):
    """The last position and seal, and the SHA-256 of that seal's statement; noughts before the first."""

    position: int
    seal: int
    digest: str


def head() -> Head | None:
    """The end of the sealed ledger as the database keeps it; none where the row is missing."""
    row = LedgerHead.objects.values_list("position", "seal", "digest").filter(pk=1).first()
    return Head(*row) if row else None


def raw(found: QuerySet[Any], *columns: str) -> list[tuple[Any, ...]]:
    """Columns of a queryset as the driver gives them."""
    statement, values = found.values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _seal(row: tuple[Any, ...]) -> core.Seal:
    number, first, last, root, previous, sealed_at, key, signature = row
    return core.Seal(number, first, last, root, previous, instant(sealed_at), key, signature)


def seal(number: int) -> core.Seal | None:
    """One seal."""
    return next(iter([_seal(row) for row in raw(Seal.objects.filter(pk=number), *_SEAL)]), None)


def seals(since: int = 1, to: int | None = None) -> Iterator[core.Seal]:
    """Seals in order of their numbers, both ends included, a block at a time."""
    found = Seal.objects.order_by("number")
    if to is not None:
        found = found.filter(number__lte=to)
    while True:
        rows = raw(found.filter(number__gte=since)[:_BLOCK], *_SEAL)
        for row in rows:
            yield _seal(row)
        if len(rows) < _BLOCK:
            return
        since = rows[-1][0] + 1


def last_seal() -> core.Seal | None:
    """The seal with the highest number."""
    return next(iter([_seal(row) for row in raw(Seal.objects.order_by("-number")[:1], *_SEAL)]), None)


def signing_keys() -> list[core.Key]:
    """Every signing key, in the order of use."""
    rows = raw(SigningKey.objects.order_by("from_seal"), *_KEY)
    return [
        core.Key(key, public, since, by or "", endorsement, instant(made))
        for key, public, since, by, endorsement, made in rows
    ]
