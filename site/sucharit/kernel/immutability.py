"""SQL that makes the database itself refuse changes to a ledger's rows. Text only; nothing here opens a
connection.

On SQLite a migration that rebuilds the table (most ALTERs by Django do) drops its triggers without a word:
create them again at the end of such a migration.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Literal

__all__ = ["Vendor", "allow_change_sql", "refuse_change_sql", "trigger_names"]

Vendor = Literal["sqlite", "postgresql"]

_TABLE = re.compile("[a-z_][a-z0-9_]*")
_LONGEST_NAME = 63


def refuse_change_sql(
    table: str, vendor: Vendor, message: str, keys: Sequence[Sequence[str]] = ()
) -> list[str]:
    """Return the statements, to be run one by one, after which the table only takes new rows.

    UPDATE and DELETE of any row fail with the message, as does TRUNCATE on PostgreSQL and, on SQLite, INSERT
    OR REPLACE over a row's integer key or over one of its unique `keys` (each the columns of one key). Both databases report a violated constraint, which Django raises as
    IntegrityError. On a partitioned PostgreSQL table partitions inherit the row triggers, but TRUNCATE of a
    single partition needs this SQL on that partition. Raises ValueError for a table name that is not plain
    lower case, or an unknown vendor.
    """
    names = trigger_names(table, vendor)
    text = _literal(message)
    if vendor == "sqlite":
        return _sqlite(table, names, text, keys)
    return _postgresql(table, names, text)


def allow_change_sql(table: str, vendor: Vendor) -> list[str]:
    """Return the statements that undo `refuse_change_sql`; harmless where it was never run."""
    names = trigger_names(table, vendor)
    if vendor == "sqlite":
        return [f'DROP TRIGGER IF EXISTS "{name}"' for name in names]
    drops = [f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"' for name in names]
    return [*drops, f'DROP FUNCTION IF EXISTS "{_name(table, "refuse_change")}"()']


def trigger_names(table: str, vendor: Vendor) -> tuple[str, ...]:
    """Return the names of the triggers `refuse_change_sql` makes, for a check that they are in place."""
    if not _TABLE.fullmatch(table) or len(table) > _LONGEST_NAME:
        raise ValueError("a plain lower-case table name is needed")
    if vendor == "sqlite":
        return tuple(_name(table, what) for what in ("refuse_update", "refuse_delete", "refuse_replace"))
    if vendor == "postgresql":
        return tuple(_name(table, what) for what in ("refuse_row", "refuse_truncate"))
    raise ValueError(f"unknown database: {vendor}")


def _sqlite(table: str, names: tuple[str, ...], text: str, keys: Sequence[Sequence[str]]) -> list[str]:
    update, delete, replace = names
    body = f"BEGIN SELECT RAISE(ABORT, {text}); END"
    # REPLACE deletes the old row without firing delete triggers (unless recursive_triggers is on).
    same = ["rowid = NEW.rowid"]
    for columns in keys:
        if not columns or not all(_TABLE.fullmatch(column) for column in columns):
            raise ValueError("a key is made of plain lower-case column names")
        same.append("(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in columns) + ")")
    taken = f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {" OR ".join(same)})'  # noqa: S608  (names are checked)
    return [
        f'CREATE TRIGGER "{update}" BEFORE UPDATE ON "{table}" FOR EACH ROW {body}',
        f'CREATE TRIGGER "{delete}" BEFORE DELETE ON "{table}" FOR EACH ROW {body}',
        f'CREATE TRIGGER "{replace}" BEFORE INSERT ON "{table}" FOR EACH ROW {taken} {body}',
    ]


def _postgresql(table: str, names: tuple[str, ...], text: str) -> list[str]:
    row, truncate = names
    function = _name(table, "refuse_change")
    run = f'EXECUTE FUNCTION "{function}"()'
    body = f"BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = {text}; END"
    head = f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql'
    return [
        f"{head} AS $refuse$\n{body}\n$refuse$",
        f'CREATE TRIGGER "{row}" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW {run}',
        f'CREATE TRIGGER "{truncate}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {run}',
    ]


def _name(table: str, what: str) -> str:
    name = f"{table}_{what}"
    if len(name) <= _LONGEST_NAME:
        return name
    # PostgreSQL would cut the name silently, and two triggers might meet.
    digest = hashlib.sha256(table.encode()).hexdigest()[:8]
    return f"{table[: _LONGEST_NAME - len(what) - 10]}_{digest}_{what}"


def _literal(message: str) -> str:
    if "\x00" in message or "$refuse$" in message or "\\" in message:
        raise ValueError("the message holds characters that SQL text cannot carry safely")
    return "'" + message.replace("'", "''") + "'"
