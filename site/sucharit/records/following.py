"""What the worker does for the records: seal, follow the sealed ledger, bring rules to their people."""

from datetime import datetime

from sucharit.records import (
    applications,
    conflicts,
    impacts,
    projection,
    rebuilding,
    requiring,
    rule_drafts,
    sealing,
)


def follow(now: datetime) -> int:
    """The next causes of the standings: sealed rows in order, changed postings, starts, days that came."""
    return projection.follow(now=now)


def apply_rules(now: datetime) -> int:
    """Put in force what was approved for today, open the rounds that are due, bring the next people under their rules."""
    begun = rule_drafts.take_up(now=now) + requiring.open_rounds(now=now)
    begun += rebuilding.compare_nightly(now)
    return begun + applications.advance(now=now)


def weigh_rules(now: datetime) -> int:
    """Work out what drafts of rules would change, and how many people requirements of the same subject have in common."""
    return impacts.advance(now=now) + conflicts.advance(now=now)


def settle(*, now: datetime) -> None:
    """Seal and follow until nothing waits: for loaders and tests, which cannot wait for the worker."""
    while sealing.seal(now):
        pass
    while projection.follow(now=now):
        pass
