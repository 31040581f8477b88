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


def take_up_rules(now: datetime) -> int:
    """Put in force what was approved for today."""
    return rule_drafts.take_up(now=now)


def open_rounds(now: datetime) -> int:
    """Open the rounds that are due."""
    return requiring.open_rounds(now=now)


def compare(now: datetime) -> int:
    """Begin the nightly comparison of a round with the ledger, and tell what the last one found."""
    return rebuilding.compare_nightly(now)


def apply_rules(now: datetime) -> int:
    """Bring the next people under their rules, or compare them."""
    return applications.advance(now=now)


def weigh_rules(now: datetime) -> int:
    """Work out what drafts of rules would change."""
    return impacts.advance(now=now)


def count_overlaps(now: datetime) -> int:
    """Count the people whom requirements of the same subject have in common."""
    return conflicts.advance(now=now)


def settle(*, now: datetime) -> None:
    """Seal and follow until nothing waits: for loaders and tests, which cannot wait for the worker."""
    while sealing.seal(now):
        pass
    while projection.follow(now=now):
        pass
