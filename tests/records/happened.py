"""What may happen, as the plain model is told of it. People, agencies, subjects, rounds and decisions are known by names."""

from datetime import date, datetime
from typing import Literal, NamedTuple

FOREVER = date(9999, 12, 31)
Name = str


class Asked(NamedTuple):
    """One version of a rule, from the day on which it took effect. `agencies` empty: everybody's."""

    requirement: Name
    effective_on: date
    cycle: Literal["fiscal_year", "once", "anniversary"]
    subjects: tuple[Name, ...]
    agencies: frozenset[Name] = frozenset()
    personnel: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    newly_days: int | None = None
    need: int = 1
    refresher: Name | None = None
    due_days: int | None = None
    window_days: int = 0
    min_validity_months: int = 0
    grace_days: int = 0
    valid_months: int | None = None
    is_active: bool = True


class Round(NamedTuple):
    """A period: a fiscal year of a requirement, or its only one."""

    name: Name
    requirement: Name
    fiscal_year: int | None
    opens_on: date
    due_on: date | None
    closes_on: date


class Entered(NamedTuple):
    """Somebody came to be known, as what, and when they entered the service and left it (that day is outside already)."""

    person: Name
    personnel: str
    entered_on: date | None = None


class Left(NamedTuple):
    """Somebody leaves the service."""

    person: Name
    on: date


class Posted(NamedTuple):
    """A posting from a day on, until the next one begins."""

    person: Name
    agency: Name
    level: str
    starts_on: date
    recorded_at: datetime | None


class Awarded(NamedTuple):
    """A completion."""

    key: Name
    person: Name
    subject: Name
    completed_at: datetime
    recorded_at: datetime


class Revoked(NamedTuple):
    """From the midnight that begins a day, or from the start."""

    award: Name
    effective_on: date | None


class Reinstated(NamedTuple):
    """The revocation no longer counts."""

    award: Name


class Amended(NamedTuple):
    """The completion was at another instant."""

    award: Name
    completed_at: datetime


class Superseded(NamedTuple):
    """It ends at the midnight that begins a day."""

    award: Name
    effective_on: date


class Started(NamedTuple):
    """Somebody is learning a subject in a fiscal year (พ.ศ.)."""

    person: Name
    subject: Name
    fiscal_year: int
    at: datetime


class Exempted(NamedTuple):
    """On these days nothing is asked; of one round where it is named."""

    key: Name
    person: Name
    requirement: Name
    round: Name | None
    first: date
    last: date | None


class Extended(NamedTuple):
    """A later due day from an instant on."""

    key: Name
    person: Name
    round: Name
    due_on: date
    at: datetime


class Merged(NamedTuple):
    """`other` is the same person, from an instant on."""

    key: Name
    person: Name
    other: Name
    at: datetime


class Ended(NamedTuple):
    """A decision is taken back: an exemption after a day (None: wholly), others from this instant on."""

    key: Name
    at: datetime
    last_day: date | None = None


Happened = (
    Asked
    | Round
    | Entered
    | Left
    | Posted
    | Awarded
    | Revoked
    | Reinstated
    | Amended
    | Superseded
    | Started
    | Exempted
    | Extended
    | Merged
    | Ended
)
