"""What a requirement asks, as values: frozen in each approved version, so that nothing edited later changes the past."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sucharit.officers.dated import agency_paths
from sucharit.officers.selectors import AudienceRule
from sucharit.records.enums import Cycle

# The day on which something that never ends would end.
FOREVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Rule:
    """One version of a requirement. Days and months are counts; `subjects` and `refresher` are ids of subjects.

    `need` of the subjects must be completed. `due_days` counts from the day on which somebody came under the rule, for cycles
    without a common due day. `window_days`: how long before a cycle begins, or a validity ends, a completion counts for the
    next. `min_validity_months`: a completion counts for a fixed cycle that begins within so many months of it.
    `grace_days`: so long after the due day a completion still counts as on time. `valid_months`: how long one is valid, by anniversary.
    """

    version: int
    effective_on: date
    cycle: Cycle
    subjects: Sequence[int]
    audience: AudienceRule
    need: int = 1
    refresher: int | None = None
    due_days: int | None = None
    window_days: int = 0
    min_validity_months: int = 0
    grace_days: int = 0
    valid_months: int | None = None
    # One that is not in use asks nobody.
    is_active: bool = True


@dataclass(frozen=True)
class PeriodRules:
    """One period and the versions of its rule, in the order in which they took effect."""

    period_id: int
    opens_on: date
    due_on: date | None
    closes_on: date
    rules: Sequence[Rule] = field(default_factory=tuple)

    def rule_on(self, day: date) -> Rule:
        """The rule in force on a day: the last that took effect, or the first of all where none had yet."""
        held = self.rules[0]
        for rule in self.rules[1:]:
            if rule.effective_on <= day:
                held = rule
        return held


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def as_json(rule: Rule, agency_ids: Sequence[int]) -> dict[str, Any]:
    """A rule as it is kept. Agencies are kept by id: paths change when the tree of agencies does."""
    audience = rule.audience
    return {
        "cycle": str(rule.cycle),
        "is_active": rule.is_active,
        "subjects": list(rule.subjects),
        "need": rule.need,
        "refresher": rule.refresher,
        "due_days": rule.due_days,
        "window_days": rule.window_days,
        "min_validity_months": rule.min_validity_months,
        "grace_days": rule.grace_days,
        "valid_months": rule.valid_months,
        "agencies": sorted(agency_ids),
        "personnel_types": sorted(audience.personnel_types),
        "position_types": sorted(audience.position_types),
        "position_levels": sorted(audience.position_levels),
        "newly_appointed_days": audience.newly_appointed_days,
    }


def from_json(kept: Mapping[str, Any], *, version: int, effective_on: date, paths: Mapping[int, str]) -> Rule:
    """A kept rule as values; `paths` are the tree paths of the agencies that rules name."""
    return Rule(
        version=version,
        effective_on=effective_on,
        is_active=kept.get("is_active", True),
        cycle=Cycle(kept["cycle"]),
        subjects=tuple(kept["subjects"]),
        need=kept["need"],
        refresher=kept["refresher"],
        due_days=kept["due_days"],
        window_days=kept["window_days"],
        min_validity_months=kept["min_validity_months"],
        grace_days=kept["grace_days"],
        valid_months=kept["valid_months"],
        audience=AudienceRule(
            # An agency that no longer exists names nobody; an empty list of paths would name everybody.
            paths=tuple(paths.get(pk, "~") for pk in kept["agencies"]),
            personnel_types=tuple(kept["personnel_types"]),
            position_types=tuple(kept["position_types"]),
            position_levels=tuple(kept["position_levels"]),
            newly_appointed_days=kept["newly_appointed_days"],
        ),
    )


def paths_of(kept: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
    """The tree paths of every agency that these kept rules name, in one query at most."""
    named = {pk for rule in kept for pk in rule["agencies"]}
    return agency_paths(named) if named else {}
