"""Who may do what in Wagtail's admin.

Wagtail and wagtailmedia give their first permissions to groups by English names, in migrations that may run after ours has
renamed the groups; so every permission of the content groups is said here, once. The secretariat gets a group of its own.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CONTENT = ("ผู้เขียนเนื้อหา", "บรรณาธิการและผู้อนุมัติ")
SECRETARIAT = "ฝ่ายเลขานุการ"
FILES = {"wagtailimages": "image", "wagtaildocs": "document", "wagtailmedia": "media"}
ACTIONS = {
    "add": "Can add {}",
    "change": "Can change {}",
    "choose": "Can choose {}",
}


def _permission(apps: StateApps, app_label: str, model: str, codename: str, name: str) -> object:
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return permission


def give(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    groups = apps.get_model("auth", "Group").objects
    root = apps.get_model("wagtailcore", "Collection").objects.order_by("path").first()
    held = apps.get_model("wagtailcore", "GroupCollectionPermission").objects
    access = _permission(apps, "wagtailadmin", "admin", "access_admin", "Can access Wagtail admin")
    for name in CONTENT:
        group, _ = groups.get_or_create(name=name)
        group.permissions.add(access)
        for app_label, model in FILES.items():
            for action, words in ACTIONS.items():
                if model == "media" and action == "choose":
                    continue
                permission = _permission(apps, app_label, model, f"{action}_{model}", words.format(model))
                held.get_or_create(group=group, collection=root, permission=permission)
    secretariat, _ = groups.get_or_create(name=SECRETARIAT)
    secretariat.permissions.add(access)
    grants = apps.get_model("officers", "RoleGrant").objects.filter(role="secretariat", ended_at__isnull=True)
    for grant in grants.select_related("user"):
        grant.user.groups.add(secretariat)


def take_back(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("auth", "Group").objects.filter(name=SECRETARIAT).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("officers", "0002_thai_groups"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailmedia", "0005_alter_media_options"),
    ]
    operations = [migrations.RunPython(give, take_back)]
