"""The sealed ledger at N events: `python -m tests.bench.ledger --events N --out FILE`, on an empty database.

Events are written in bulk, as recording would have left them, and wait. Timed are recording one completion, sealing all,
verifying all (with processes), and the proof of one. With `--tamperings M` instead, a small ledger is changed in M ways by somebody
with every right on the database, and each must be found at its place.
"""

import argparse
import json
import os
import random
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from sucharit.officers import services as entry  # noqa: E402
from sucharit.officers.enums import PersonnelType, PositionLevel, PositionType  # noqa: E402
from sucharit.officers.models import Officer  # noqa: E402
from sucharit.records import keys, proofs, sealing, services, verifying  # noqa: E402
from sucharit.records.models import AwardEvent, Edition, WaitingEntry  # noqa: E402
from tests.bench import items  # noqa: E402
from tests.records import ledger_build, tampering  # noqa: E402

BATCH, PEOPLE, RECORDED, PROOFS = 5_000, 1_000, 300, 50


def fill(events: int) -> tuple[list[Officer], Edition]:
    """People with postings, and so many awards that wait."""
    now = timezone.now()
    agency = entry.add_agency(parent=None, code="BENCH", name="กระทรวงตัวอย่าง", level="01")
    newcomers = [
        entry.NewOfficer(
            title="นาง",
            first_name="สมศรี",
            last_name=f"ใจดี{number}",
            personnel_type=PersonnelType.CIVIL_SERVANT,
            agency=agency,
            position_title="นักวิชาการ",
            position_type=PositionType.ACADEMIC,
            position_level=PositionLevel.K2,
            starts_on=date(2020, 10, 1),
        )
        for number in range(min(PEOPLE, max(4, events)))
    ]
    people = list(entry.enter_officers(people=newcomers))
    for number, officer in enumerate(people[:2]):
        entry.open_account(email=f"bench{number}@example.go.th", password="x" * 12, officer=officer)
    edition, _ = services.announce_edition(
        code="ETH-1", title="มาตรฐานทางจริยธรรม", minutes=60, digest="a" * 64, now=now
    )
    chance = random.Random(2569)
    for start in range(0, events, BATCH):
        rows = [
            _award(people, edition, chance, number, now, agency.pk)
            for number in range(start, min(events, start + BATCH))
        ]
        with transaction.atomic():
            made = AwardEvent.objects.bulk_create(rows)
            WaitingEntry.objects.bulk_create(WaitingEntry(award_id=row.pk) for row in made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people, edition


def _award(
    people: list[Officer], edition: Edition, chance: random.Random, number: int, now: datetime, agency_id: int
) -> AwardEvent:
    officer = people[number % len(people)]
    return AwardEvent(
        idempotency_key=f"bench:{number}",
        officer=officer,
        title="นาง",
        first_name="สมศรี",
        last_name="ใจดี",
        personnel_type="civil_servant",
        agency_id=agency_id,
        agency_code="BENCH",
        agency_name="สำนักงานพัฒนาชุมชนจังหวัดตัวอย่าง",
        agency_chain="กระทรวงตัวอย่าง › กรมตัวอย่าง",
        position_title="นักวิชาการพัฒนาชุมชน",
        position_type="academic",
        position_level="K2",
        subject_id=edition.subject_id,
        edition=edition,
        subject_code="ETH-1",
        edition_number=edition.number,
        edition_digest=edition.digest,
        method="online",
        score=chance.randrange(8, 15),
        max_score=14,
        attempt_ref=f"{chance.getrandbits(64):016x}",
        completed_at=now - timedelta(seconds=chance.randrange(86_400)),
        recorded_at=now,
    )


def record(people: list[Officer], edition: Edition) -> float:
    """Completions recorded one by one, each in its own transaction, a second."""
    now = timezone.now()
    started = time.perf_counter()
    for number in range(RECORDED):
        completion = services.Completion(
            key=f"one:{number}",
            officer_id=people[number % len(people)].pk,
            subject_code="ETH-1",
            edition_id=edition.pk,
            completed_at=now,
            issue_certificate=False,
        )
        services.record_award(completion=completion, now=now, is_new=True)
    return RECORDED / (time.perf_counter() - started)


def seal() -> tuple[float, float]:
    """Rows sealed a second, and the longest batch in milliseconds."""
    done, longest, started = 0, 0.0, time.perf_counter()
    while True:
        before = time.perf_counter()
        sealed = sealing.seal(timezone.now())
        longest = max(longest, time.perf_counter() - before)
        if not sealed:
            return done / (time.perf_counter() - started), longest * 1000
        done += sealed


def prove() -> float:
    """Milliseconds of a proof, the median."""
    spent = []
    ids = list(AwardEvent.objects.order_by("?").values_list("pk", flat=True)[:PROOFS])
    for award in ids:
        started = time.perf_counter()
        if proofs.proof_of(award) is None:
            raise SystemExit("no proof")
        spent.append(time.perf_counter() - started)
    return median(spent) * 1000


def main() -> None:
    """Fill, time, write; or tamper."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tamperings", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    made = cheat(options.tamperings) if options.tamperings else measure(options.events, jobs=options.jobs)
    options.out.write_text(json.dumps(made, indent=1), encoding="utf-8")


def measure(events: int, *, jobs: int) -> dict[str, Any]:
    """Fill, record, seal, verify, prove: the figures of each."""
    started = time.perf_counter()
    people, edition = fill(events)
    filled = time.perf_counter() - started
    recorded = record(people, edition)
    beside, before = items.database(), _cpu()
    held = sum(beside.cpu_times()[:2]) if beside else 0.0
    rate, longest = seal()
    sealing_cpu = _cpu() - before + ((sum(beside.cpu_times()[:2]) if beside else 0.0) - held)
    # CPU by one process, which has not to be started; the wall by as many as were asked for.
    before = _cpu()
    alone = verifying.verify(now=timezone.now())
    cpu = _cpu() - before
    report = verifying.verify(now=timezone.now(), jobs=jobs) if jobs > 1 else alone
    if alone.fault or report.fault:
        raise SystemExit(f"a false alarm: {alone.words} {report.words}")
    return {
        "vendor": connection.vendor,
        "fill_seconds": round(filled, 1),
        "recorded_per_second": round(recorded),
        "sealed_per_second": round(rate),
        "longest_batch_ms": round(longest),
        "seal_cpu_us_per_event": round(sealing_cpu / report.events * 1e6, 1),
        "events": report.events,
        "seals": report.seals,
        "jobs": jobs,
        "verify_seconds": round(report.seconds, 2),
        # A database that is a process of its own is not in it.
        "verify_cpu_us_per_event": round(cpu / report.events * 1e6, 1),
        "verified_per_minute": round(report.events / report.seconds * 60),
        "proof_ms": round(prove(), 2),
    }


def _cpu() -> float:
    """CPU seconds of this process and of all that it has started and that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def cheat(times: int) -> dict[str, Any]:
    """Two hundred rows of every kind under two keys, and so many tamperings, each of which is taken back."""
    people, _ = fill(0)
    now = timezone.now()
    ledger_build.awards(people, 100, seed=1, at=now)
    ledger_build.decisions(people, 30, seed=1, at=now)
    ledger_build.seal_all(most=20, now=now)
    keys.rotate(now=now)
    ledger_build.awards(people, 60, seed=2, at=now)
    ledger_build.decisions(people, 10, seed=2, at=now)
    ledger_build.seal_all(most=19, now=now)
    ledger_build.awards(people, 5, seed=3, at=now)
    alarms = int(verifying.verify(now=now).fault is not None)
    started = time.perf_counter()
    with transaction.atomic():
        tally = tampering.tamper(times, seed=2569, now=now)
        transaction.set_rollback(True)
    return {
        "vendor": connection.vendor,
        "made": sum(tally.made.values()),
        "ways": len(tally.made),
        "missed": tally.missed,
        "false_alarms": alarms + int(verifying.verify(now=now).fault is not None),
        "seconds": round(time.perf_counter() - started, 1),
    }


if __name__ == "__main__":
    main()
