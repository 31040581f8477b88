"""Ledgers for tests: many rows of every kind, written in bulk as the services would leave them, and sealed in batches."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sucharit.officers.models import Officer
from sucharit.records import sealing
from sucharit.records.models import AwardEvent, Decision, WaitingEntry
from tests.conftest import NOW
from tests.records.build import known

WORDS = ("ผ่าน", 'อ้าง "คำ"', "บรรทัด\nใหม่", "แบ็ก\\สแลช", "emoji 🙂", "", "ภาษาไทย\u200bตัดคำ", "a\tb")


def awards(officers: Sequence[Officer], many: int, *, seed: int = 1, at: datetime = NOW) -> list[AwardEvent]:
    """So many rows of awards and their corrections, waiting to be sealed."""
    chance = random.Random(seed)
    rule = known("ETH-1")
    made: list[AwardEvent] = []
    first = _award(officers[0], rule, chance, at, f"s{seed}:first")
    first.save(force_insert=True)
    made.append(first)
    rows = []
    for number in range(many - 1):
        row = _award(chance.choice(officers), rule, chance, at, f"s{seed}:{number}")
        if chance.random() < 0.2:
            row.kind = chance.choice(["revoke", "reinstate", "amend", "supersede"])
            row.target_id, row.reason_code, row.reason = first.pk, "other", chance.choice(WORDS)
            row.recorded_by_id = next(o.user_id for o in officers if o.user_id)
            row.effective_on = (at - timedelta(days=chance.randrange(400))).date()
        rows.append(row)
    made += AwardEvent.objects.bulk_create(rows, batch_size=2_000)
    WaitingEntry.objects.bulk_create([WaitingEntry(award_id=row.pk) for row in made], batch_size=2_000)
    return made


def _award(officer: Officer, rule, chance: random.Random, at: datetime, key: str) -> AwardEvent:
    posting = officer.postings.all()[0]
    completed = at - timedelta(
        seconds=chance.randrange(10_000_000), microseconds=chance.choice([0, 1, 500_000])
    )
    return AwardEvent(
        idempotency_key=key,
        officer=officer,
        title=officer.title,
        first_name=officer.first_name,
        last_name=officer.last_name,
        personnel_type=officer.personnel_type,
        agency_id=posting.agency_id,
        agency_code="CDD",
        agency_name="กรมการพัฒนาชุมชน",
        agency_chain=chance.choice(WORDS),
        posting=posting,
        position_title="นักวิชาการพัฒนาชุมชน",
        position_type="academic",
        position_level="K2",
        subject=rule.subject,
        edition=rule,
        subject_code="ETH-1",
        edition_number=rule.number,
        edition_digest=rule.digest,
        method=chance.choice(["online", "classroom", "imported"]),
        score=chance.choice([None, 0, 4, 4.5, 3.25]),
        max_score=5,
        attempt_ref=chance.choice(["", "abc"]),
        evidence_ref=chance.choice(WORDS),
        completed_at=completed,
        recorded_at=at,
        valid_until=chance.choice([None, (at + timedelta(days=365)).date()]),
    )


def decisions(officers: Sequence[Officer], many: int, *, seed: int = 1, at: datetime = NOW) -> list[Decision]:
    """So many merges, waiting to be sealed."""
    chance = random.Random(seed)
    by = [officer.user_id for officer in officers if officer.user_id]
    made = Decision.objects.bulk_create(
        Decision(
            kind="merge",
            idempotency_key=f"d{seed}:{number}",
            officer=officers[0],
            other=officers[1],
            reason=chance.choice(WORDS) or "เหตุ",
            document=chance.choice(WORDS),
            full_name=officers[0].full_name,
            agency_name="กรมการพัฒนาชุมชน",
            recorded_at=at,
            recorded_by_id=by[0],
            approved_by_id=chance.choice([None, by[1]]),
        )
        for number in range(many)
    )
    WaitingEntry.objects.bulk_create([WaitingEntry(decision_id=row.pk) for row in made])
    return made


def seal_all(*, most: int = 5_000, now: datetime = NOW) -> int:
    """Seal until nothing waits. Returns how many rows were sealed."""
    done = 0
    while sealed := sealing.seal(now, most):
        done += sealed
    return done
