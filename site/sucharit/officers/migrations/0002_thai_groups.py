"""Wagtail's migrations name two groups and a workflow in English; communications staff read them in Thai."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GROUPS = {"Editors": "ผู้เขียนเนื้อหา", "Moderators": "บรรณาธิการและผู้อนุมัติ"}
WORKFLOW = ("Moderators approval", "ตรวจโดยบรรณาธิการ")


def rename(apps: StateApps, pairs: list[tuple[str, str]], workflow: tuple[str, str]) -> None:
    for old, new in pairs:
        apps.get_model("auth", "Group").objects.filter(name=old).update(name=new)
    for model in ("Workflow", "Task"):
        apps.get_model("wagtailcore", model).objects.filter(name=workflow[0]).update(name=workflow[1])


def to_thai(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rename(apps, list(GROUPS.items()), WORKFLOW)


def to_english(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rename(apps, [(new, old) for old, new in GROUPS.items()], (WORKFLOW[1], WORKFLOW[0]))


class Migration(migrations.Migration):
    dependencies = [
        ("officers", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]
    operations = [migrations.RunPython(to_thai, to_english)]
