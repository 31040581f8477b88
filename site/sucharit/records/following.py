"""What the worker does for the records: seal, follow the sealed ledger, bring rules to their people."""

from datetime import datetime

from sucharit.records import applications, projection, rebuilding, requiring, sealing


def follow(now: datetime) -> int:
    """The next causes of the standings: sealed rows in order, changed postings, starts, days that came."""
    return projection.follow(now=now)


def apply_rules(now: datetime) -> int:
    """Open the rounds that are due and bring the next people under their rules."""
    return requiring.open_rounds(now=now) + rebuilding.compare_nightly(now) + applications.advance(now=now)


def settle(*, now: datetime) -> None:
    """Seal and follow until nothing waits: for loaders and tests, which cannot wait for the worker."""
    while sealing.seal(now):
        pass
    while projection.follow(now=now):
        pass
