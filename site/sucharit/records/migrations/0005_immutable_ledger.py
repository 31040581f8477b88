"""The database refuses to change or delete what is evidence: awards again, and now decisions and seals."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from sucharit.kernel.immutability import allow_change_sql, refuse_change_sql

# What may be written once only, and by which keys a row is known.
TABLES: dict[str, list[list[str]]] = {
    "records_awardevent": [["idempotency_key"]],
    "records_decision": [["idempotency_key"]],
    "records_ledgerentry": [["award_id"], ["decision_id"]],
    "records_seal": [["first_position"], ["last_position"]],
    "records_signingkey": [["key_id"], ["public_key"], ["from_seal"], ["endorsed_by_id"]],
}
MESSAGE = "This row is evidence: it is never changed or deleted. Record a new event instead."


def refuse(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, keys in TABLES.items():
        for statement in refuse_change_sql(table, schema_editor.connection.vendor, MESSAGE, keys):
            schema_editor.execute(statement)
    apps.get_model("records", "LedgerHead").objects.get_or_create(pk=1)


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        for statement in allow_change_sql(table, schema_editor.connection.vendor):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("records", "0004_fill_ledger")]
    operations = [migrations.RunPython(refuse, allow)]
