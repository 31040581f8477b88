"""Whether the triggers that refuse changes to evidence are in place and still refuse."""

from django.db import connection

from sucharit.kernel.immutability import Vendor, trigger_names
from sucharit.records.models import (
    AccessEntry,
    AwardEvent,
    Certificate,
    Decision,
    Edition,
    LedgerEntry,
    RuleVersion,
    Seal,
    SigningKey,
)

_SEALED = (AwardEvent, Decision, LedgerEntry, Seal, SigningKey)
# No seal holds these: only their triggers stand between them and a change.
_BESIDE = (Edition, RuleVersion, Certificate, AccessEntry)
TABLES = tuple(model._meta.db_table for model in (*_SEALED, *_BESIDE))
_SQLITE = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%%RAISE(ABORT%%'"
# Enabled for ordinary sessions, and with a body that raises.
_POSTGRESQL = """
SELECT c.relname, t.tgname FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgenabled IN ('O', 'A') AND p.prosrc LIKE '%%RAISE EXCEPTION%%'
  AND c.relnamespace = current_schema()::regnamespace
"""


def missing() -> list[str]:
    """Names of triggers that are not there, are switched off, or refuse nothing."""
    vendor: Vendor = "postgresql" if connection.vendor == "postgresql" else "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if vendor == "postgresql" else _SQLITE, [])
        found = set(cursor.fetchall())
    wanted = [(table, name) for table in TABLES for name in trigger_names(table, vendor)]
    return [name for table, name in wanted if (table, name) not in found]
