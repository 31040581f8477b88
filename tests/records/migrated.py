"""Rows made before the ledger was sealed, migrated: `python -m tests.records.migrated` on an empty database. Prints «migrated ok»."""

import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from tests.conftest import NOW  # noqa: E402

BEFORE = [("records", "0002_immutable"), ("officers", "0004_one_account_per_address")]
MANY = 1_100


def plant(apps: Any) -> None:
    """Two officers, one of whom moved, and more awards than one batch of the migration."""
    agency_model, officer_model = apps.get_model("officers", "Agency"), apps.get_model("officers", "Officer")
    posting_model, award_model = (
        apps.get_model("officers", "Posting"),
        apps.get_model("records", "AwardEvent"),
    )
    agencies = [
        agency_model.objects.create(
            path=f"000{n}", depth=1, numchild=0, code=f"A{n}", name=f"กรม {n}", public_id=f"a{n}"
        )
        for n in (1, 2)
    ]
    people = [
        officer_model.objects.create(public_id=f"o{n}", title="นาง", first_name="สม", last_name=f"ใจ{n}")
        for n in (1, 2)
    ]
    for person in people:
        for place, agency in enumerate(agencies):
            posting_model.objects.create(
                officer=person, agency=agency, starts_on=(NOW - timedelta(days=900 - 400 * place)).date(),
                ends_on=None if place else (NOW - timedelta(days=501)).date(),
            )  # fmt: skip
    # Promoted where they are, after the awards were earned: the later posting is not the one that the snapshot was copied from.
    posting_model.objects.filter(ends_on__isnull=True).update(ends_on=(NOW + timedelta(days=9)).date())
    for person in people:
        posting_model.objects.create(
            officer=person, agency=agencies[1], starts_on=(NOW + timedelta(days=10)).date()
        )
    subject = apps.get_model("records", "Subject").objects.create(code="ETH-1", title="วิชา")
    edition = apps.get_model("records", "Edition").objects.create(
        subject=subject, number=3, title="วิชา", minutes=60, digest="d" * 64, published_at=NOW
    )
    award_model.objects.bulk_create(
        award_model(
            idempotency_key=f"k{n}", officer=people[n % 2], first_name="สม", last_name="ใจ", personnel_type="x",
            agency=agencies[n % 2], agency_code="A", agency_name="กรม", position_title="x", position_type="x",
            position_level="x", subject=subject, edition=edition, method="online", completed_at=NOW, recorded_at=NOW,
        )
        for n in range(MANY)
    )  # fmt: skip


def check() -> str:
    """What is wrong afterwards; nothing where all is as it should be."""
    from sucharit.records import guards, sealing, verifying
    from sucharit.records.models import AwardEvent, WaitingEntry

    rows = list(AwardEvent.objects.select_related("posting").order_by("pk"))
    faults = []
    if {(r.subject_code, r.edition_number, r.edition_digest, len(r.salt)) for r in rows} != {
        ("ETH-1", 3, "d" * 64, 32)
    }:
        faults.append("what an award says of its edition")
    if len({row.salt for row in rows}) != MANY:
        faults.append("salts that are the same")
    if any(
        row.posting is None or row.posting.agency_id != row.agency_id or row.posting.starts_on > NOW.date()
        for row in rows
    ):
        faults.append("postings")
    if list(WaitingEntry.objects.order_by("pk").values_list("award_id", flat=True)) != [
        row.pk for row in rows
    ]:
        faults.append("the queue")
    if guards.missing():
        faults.append(f"guards: {guards.missing()}")
    try:
        with transaction.atomic():
            AwardEvent.objects.filter(pk=rows[0].pk).update(reason="x")
        faults.append("a row could be changed")
    except DatabaseError:
        pass
    while sealing.seal(NOW):
        pass
    report = verifying.verify(now=NOW)
    if report.fault or report.events != MANY:
        faults.append(str(report))
    return "; ".join(faults)


def main() -> int:
    """Migrate to the state before, plant, migrate on, look."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    plant(executor.loader.project_state(BEFORE).apps)
    call_command("migrate", "records", verbosity=0)
    fault = check()
    sys.stdout.write("migrated " + (fault or "ok") + "\n")
    return int(bool(fault))


if __name__ == "__main__":
    sys.exit(main())
