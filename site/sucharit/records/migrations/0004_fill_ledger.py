"""What new columns say of old awards; all of them wait to be sealed."""

from secrets import token_hex

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from sucharit.kernel.thai_calendar import BANGKOK

BATCH = 1_000


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    AwardEvent = apps.get_model("records", "AwardEvent")
    WaitingEntry = apps.get_model("records", "WaitingEntry")
    Posting = apps.get_model("officers", "Posting")
    last = 0
    while True:
        rows = list(
            AwardEvent.objects.filter(pk__gt=last).select_related("subject", "edition").order_by("pk")[:BATCH]
        )
        if not rows:
            return
        last = rows[-1].pk
        postings: dict[int, list] = {}
        for posting in Posting.objects.filter(officer_id__in={row.officer_id for row in rows}).order_by("starts_on"):
            postings.setdefault(posting.officer_id, []).append(posting)
        for row in rows:
            row.subject_code, row.salt = row.subject.code, token_hex(16)
            row.edition_number, row.edition_digest = row.edition.number, row.edition.digest
            # The posting that the snapshot was copied from, where it can still be told: the last there that had begun.
            day = row.completed_at.astimezone(BANGKOK).date()
            held = [
                p.pk
                for p in postings.get(row.officer_id, [])
                if p.agency_id == row.agency_id
                and p.starts_on <= day
            ]
            row.posting_id = held[-1] if held else None
        names = ["subject_code", "salt", "edition_number", "edition_digest", "posting"]
        AwardEvent.objects.bulk_update(rows, names, batch_size=100)
        WaitingEntry.objects.bulk_create([WaitingEntry(award_id=row.pk) for row in rows])


class Migration(migrations.Migration):
    dependencies = [("records", "0003_ledger")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
