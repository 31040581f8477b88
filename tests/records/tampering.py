"""Hands in the ledger of somebody who may do anything with the database: triggers are taken off, and put back afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from sucharit.kernel.immutability import allow_change_sql, refuse_change_sql
from sucharit.records import chain
from sucharit.records.models import LedgerEntry, LedgerHead
from sucharit.records.offline import verify_sucharit_ledger as core
from tests.conftest import EVIDENCE_KEYS

EVERYTHING = (
    "records_awardevent",
    "records_decision",
    "records_ledgerentry",
    "records_seal",
    "records_signingkey",
)


def run(statement: str, *values: object) -> int:
    """One statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@contextmanager
def without_guards(*tables: str) -> Iterator[None]:
    """Take the guards of these tables away for a moment, and foreign keys with them where the database lets one."""
    if connection.vendor == "postgresql":
        run("SET LOCAL session_replication_role = replica")
        try:
            yield
        finally:
            run("SET LOCAL session_replication_role = origin")
        return
    for table in tables:
        for statement in allow_change_sql(table, connection.vendor):
            run(statement)
    try:
        yield
    finally:
        for table in tables:
            for statement in refuse_change_sql(
                table, connection.vendor, "evidence", EVIDENCE_KEYS.get(table, ())
            ):
                run(statement)


def cut_off(since: int) -> None:
    """Take away every seal from this one on with its entries and rows, and set the head back: all that is left is in order."""
    first = chain.seal(since).first
    awards = LedgerEntry.objects.filter(position__gte=first, award__isnull=False)
    gone = {
        "award": list(awards.values_list("award_id", flat=True)),
        "decision": list(
            LedgerEntry.objects.filter(position__gte=first, decision__isnull=False).values_list(
                "decision_id", flat=True
            )
        ),
    }
    with without_guards(*EVERYTHING):
        run("DELETE FROM records_ledgerentry WHERE position >= %s", first)
        run("DELETE FROM records_seal WHERE number >= %s", since)
        for table, ids in (("records_awardevent", gone["award"]), ("records_decision", gone["decision"])):
            for row in ids:
                run(f"DELETE FROM {table} WHERE id = %s", row)
    last = chain.seal(since - 1)
    LedgerHead.objects.update(
        seal=since - 1,
        position=last.last if last else 0,
        digest=core.digest_of(last) if last else core.ZEROS,
    )
