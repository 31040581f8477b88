"""The ledger's SQL, run for real on SQLite and read for its form on PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from sucharit.kernel.immutability import (
    allow_change_sql,
    refuse_change_sql,
    trigger_names,
)

MESSAGE = "บันทึกนี้แก้ไขหรือลบไม่ได้ ('ถาวร')"


@pytest.fixture
def ledger() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE ledger (id INTEGER PRIMARY KEY, code TEXT UNIQUE)")
    connection.execute("INSERT INTO ledger VALUES (1, 'a')")
    for statement in refuse_change_sql("ledger", "sqlite", MESSAGE):
        connection.execute(statement)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET code = 'b'",
        "UPDATE OR IGNORE ledger SET code = 'b'",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger VALUES (1, 'z')",
    ],
)
def test_sqlite_refuses_change(ledger: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="แก้ไขหรือลบไม่ได้ \\('ถาวร'\\)"):
        ledger.execute(statement)
    assert ledger.execute("SELECT * FROM ledger").fetchall() == [(1, "a")]


def test_sqlite_takes_new_rows(ledger: sqlite3.Connection) -> None:
    ledger.execute("INSERT INTO ledger (code) VALUES ('b')")
    ledger.execute("INSERT INTO ledger VALUES (9, 'c')")
    ledger.execute("INSERT OR IGNORE INTO ledger (code) VALUES ('a')")
    assert ledger.execute("SELECT count(*) FROM ledger").fetchone() == (3,)


def test_sqlite_change_can_be_allowed_again(ledger: sqlite3.Connection) -> None:
    for _ in range(2):
        for statement in allow_change_sql("ledger", "sqlite"):
            ledger.execute(statement)
    ledger.execute("DELETE FROM ledger")
    assert ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall() == []


def test_trigger_names_are_the_ones_made(ledger: sqlite3.Connection) -> None:
    made = {name for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert made == set(trigger_names("ledger", "sqlite"))


def test_postgresql_form() -> None:
    function, row, truncate = refuse_change_sql("records_awardevent", "postgresql", MESSAGE)
    assert "LANGUAGE plpgsql" in function
    assert "('ถาวร')" not in function
    assert "(''ถาวร'')" in function
    assert "'restrict_violation'" in function
    assert 'BEFORE UPDATE OR DELETE ON "records_awardevent" FOR EACH ROW' in row
    assert 'BEFORE TRUNCATE ON "records_awardevent" FOR EACH STATEMENT' in truncate
    undo = allow_change_sql("records_awardevent", "postgresql")
    assert [sql.split('"')[1] for sql in undo[:2]] == list(trigger_names("records_awardevent", "postgresql"))
    assert undo[-1].startswith("DROP FUNCTION IF EXISTS")


def test_long_table_names_keep_their_triggers_apart() -> None:
    one, other = ("t" * 62 + end for end in "ab")
    names = [
        *trigger_names(one, "postgresql"),
        *trigger_names(other, "postgresql"),
        *trigger_names(one, "sqlite"),
    ]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 63


@pytest.mark.parametrize("table", ["", "Ledger", 'a"b', "a b", "1a", "t" * 64])
def test_odd_table_names_are_refused(table: str) -> None:
    with pytest.raises(ValueError, match="table name"):
        refuse_change_sql(table, "sqlite", MESSAGE)


def test_odd_messages_and_databases_are_refused() -> None:
    for message in ("a\x00", "$refuse$", "a\\b"):
        with pytest.raises(ValueError, match="message"):
            refuse_change_sql("ledger", "postgresql", message)
    with pytest.raises(ValueError, match="unknown database"):
        allow_change_sql("ledger", "mysql")  # type: ignore[arg-type]
