"""What is sealed of a row: canonical bytes, made of its values alone.

A leaf is canonical JSON (keys in order, no spaces, UTF-8) of the public part of the row. It holds, as `private`, the SHA-256 of the
canonical JSON of all other columns with the row's salt. So a proof can be published without a name, and whoever holds the row can
still show every word of it. Instants are UTC with microseconds, days ISO, decimals strings with two places.

A cursor's own values are read here, not Python objects that Django made of them: the same bytes come out of SQLite and
PostgreSQL, and a table of millions is read in minutes. What a driver cannot make a value of is kept as it is found, so that it
counts as a change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import QuerySet

from sucharit.records.models import AwardEvent, Decision

VERSION = 1
AWARD, DECISION = "award", "decision"

# What anyone may know: the name it has in a leaf, and its column. Everything else of a row is private.
PUBLIC: dict[str, dict[str, str]] = {
    AWARD: {
        "id": "id",
        "kind": "kind",
        "target": "target_id",
        "subject": "subject_code",
        "edition": "edition_number",
        "edition_digest": "edition_digest",
        "method": "method",
        "completed_at": "completed_at",
        "recorded_at": "recorded_at",
        "valid_until": "valid_until",
        "effective_on": "effective_on",
    },
    DECISION: {"id": "id", "kind": "kind", "target": "target_id", "recorded_at": "recorded_at"},
}
_CHUNK = 500

canonical = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, default=lambda value: f"!{value!r}"
).encode


class Leaf(NamedTuple):
    """One row as it is sealed: what may be shown, what may not, and the hash (32 bytes)."""

    public: dict[str, Any]
    private: dict[str, Any]
    hash: bytes


def instant(value: Any) -> Any:
    """An instant as «2026-11-23T02:30:00.000000Z». One without a zone is UTC: so SQLite's driver gives them."""
    if isinstance(value, datetime):
        utc = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return utc.isoformat(timespec="microseconds") + "Z"
    return value


def _day(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _decimal(value: Any) -> Any:
    # SQLite keeps decimals as numbers. What two places cannot hold must not be rounded to what was sealed.
    if isinstance(value, int | float):
        text = f"{value:.2f}"
        return text if float(text) == value else f"!{value}"
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value == round(value, 2) else f"!{value}"
    return value


def _written(value: Any) -> str:
    """One value as `canonical` writes it, without the machinery."""
    if value is None:
        return "null"
    if type(value) is str:
        return encode_basestring(value)
    return str(value) if type(value) is int else canonical(value)


def _template(names: Sequence[str]) -> str:
    return "{" + ",".join(f'"{name}":%s' for name in names) + "}"


def _reader_of(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    if isinstance(field, models.DateTimeField):
        return instant
    if isinstance(field, models.DateField):
        return _day
    return _decimal if isinstance(field, models.DecimalField) else None


class Table:
    """How one table is read and hashed: its columns, those that need a common form, and which of them are public."""

    def __init__(self, name: str, model: type[AwardEvent] | type[Decision]) -> None:
        self.name = name
        self.model = model
        fields = {field.attname: field for field in model._meta.concrete_fields}
        public = PUBLIC[name]
        private = sorted(set(fields) - set(public.values()))
        # In the order in which they are written, so that nothing is sorted per row.
        self._public_names = sorted(public)
        self.columns = [*private, *(public[key] for key in self._public_names)]
        self._private_names = private
        self._split = len(private)
        readers = [_reader_of(fields[column]) for column in self.columns]
        self._readers = [(place, reader) for place, reader in enumerate(readers) if reader is not None]
        self.id_place = self.columns.index("id")
        self.recorded_place = self.columns.index("recorded_at")
        # The same bytes as `leaf` encodes, at a third of the time: what sealing and verifying live on.
        named = sorted([*public, "private", "table", "v"])
        self._private_text = _template(private)
        fixed = {"private": '"%s"', "table": f'"{name}"', "v": str(VERSION)}
        self._public_text = "{" + ",".join(f'"{key}":{fixed.get(key, "%s")}' for key in named) + "}"
        self._private_at = [key for key in named if key not in {"table", "v"}].index("private")

    def _values(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, read in self._readers:
            if values[place] is not None:
                values[place] = read(values[place])
        return values

    def hash(self, row: Sequence[Any]) -> bytes:
        """The leaf hash of one row, whose values stand in the order of `columns`."""
        written = [_written(value) for value in self._values(row)]
        digest = sha256((self._private_text % tuple(written[: self._split])).encode()).hexdigest()
        public = written[self._split :]
        public.insert(self._private_at, digest)
        return sha256(b"\x00" + (self._public_text % tuple(public)).encode()).digest()

    def leaf(self, row: Sequence[Any]) -> Leaf:
        """The same with the parts that it is made of."""
        values = self._values(row)
        private = dict(zip(self._private_names, values, strict=False))
        digest = sha256(canonical(private).encode()).hexdigest()
        said = dict(zip(self._public_names, values[self._split :], strict=True))
        public = dict(sorted((said | {"private": digest, "table": self.name, "v": VERSION}).items()))
        return Leaf(public, private, sha256(b"\x00" + canonical(public).encode()).digest())

    def rows(self, found: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
        """The rows of a queryset as the database's driver gives them, a few hundred at a time."""
        statement, values = found.values_list(*self.columns).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            while rows := cursor.fetchmany(_CHUNK):
                yield from rows

    def hashes(self, found: QuerySet[Any]) -> dict[int, bytes]:
        """Leaf hashes by id."""
        return {row[self.id_place]: self.hash(row) for row in self.rows(found)}


TABLES = {AWARD: Table(AWARD, AwardEvent), DECISION: Table(DECISION, Decision)}
