"""Every requirement's rule as its first kept version; standings are derived anew by the worker after this."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

from sucharit.kernel.immutability import allow_change_sql, refuse_change_sql

MESSAGE = "This row is evidence: it is never changed or deleted. Record a new event instead."


def keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    now = timezone.now()
    Requirement = apps.get_model("records", "Requirement")
    RuleVersion = apps.get_model("records", "RuleVersion")
    for requirement in Requirement.objects.select_related("audience"):
        audience = requirement.audience
        requirement.subjects.set([requirement.subject_id])
        first = requirement.periods.order_by("opens_on").values_list("opens_on", flat=True).first()
        RuleVersion.objects.create(
            requirement=requirement,
            number=requirement.rule_version,
            effective_on=first or now.date(),
            audience_name=audience.name,
            reason=requirement.reason,
            legal_basis=requirement.legal_basis,
            approved_at=now,
            rule={
                "is_active": requirement.is_active,
                "cycle": "fiscal_year",
                "subjects": [requirement.subject_id],
                "need": 1,
                "refresher": None,
                "due_days": None,
                "window_days": 0,
                "min_validity_months": 0,
                "grace_days": 0,
                "valid_months": None,
                "agencies": sorted(audience.agencies.values_list("pk", flat=True)),
                "personnel_types": sorted(audience.personnel_types),
                "position_types": sorted(audience.position_types),
                "position_levels": sorted(audience.position_levels),
                "newly_appointed_days": audience.newly_appointed_days,
            },
        )
    apps.get_model("records", "RequirementPeriod").objects.update(applied_at=None)
    apps.get_model("records", "Projection").objects.get_or_create(pk=1)
    for statement in refuse_change_sql(
        "records_ruleversion", schema_editor.connection.vendor, MESSAGE, [["requirement_id", "number"]]
    ):
        schema_editor.execute(statement)


def back(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in allow_change_sql("records_ruleversion", schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("records", "0006_standing_by_date")]
    operations = [migrations.RunPython(keep, back)]
