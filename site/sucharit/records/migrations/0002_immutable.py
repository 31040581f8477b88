"""The database itself refuses to change or delete what is evidence, whoever asks (rule E2)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from sucharit.kernel.immutability import allow_change_sql, refuse_change_sql

# What may be written once only, and by which keys a row is known.
MODELS: dict[str, list[list[str]]] = {
    "AwardEvent": [["idempotency_key"]],
    "Edition": [["subject_id", "number"]],
    "Certificate": [["serial"], ["award_id"]],
    "AccessEntry": [],
}
MESSAGE = "This row is evidence: it is never changed or deleted. Record a new event instead."


def refuse(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, keys in MODELS.items():
        table = apps.get_model("records", name)._meta.db_table
        for statement in refuse_change_sql(table, schema_editor.connection.vendor, MESSAGE, keys):
            schema_editor.execute(statement)


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in MODELS:
        table = apps.get_model("records", name)._meta.db_table
        for statement in allow_change_sql(table, schema_editor.connection.vendor):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
