"""How many people stand where: the counts of an agency's subtree, or of all that a viewer may see.

Read from `Coverage`, one small row per leaf agency and state, so that a ministry's figure costs its agencies and not its people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count as CountOf
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Substr

from sucharit.kernel.shares import percent_of
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import selectors as officers
from sucharit.records.enums import DONE_STATES, OPEN_STATES, State
from sucharit.records.models import Coverage, RequirementPeriod, Restatement, Standing


@dataclass(frozen=True)
class Count:
    """How many people of an agency's subtree stand where on a day. `required` is all who must complete: never the exempt.

    `expired` completed once and must again; `overdue` are those of `not_started` and `in_progress` whose day has passed.
    """

    not_started: int = 0
    in_progress: int = 0
    on_time: int = 0
    late: int = 0
    expired: int = 0
    exempt: int = 0
    overdue: int = 0

    @property
    def required(self) -> int:
        """Everyone who must complete."""
        return self.not_started + self.in_progress + self.expired + self.done

    @property
    def done(self) -> int:
        """Everyone who has completed, on time or late, and whose completion is valid."""
        return self.on_time + self.late

    @property
    def left(self) -> int:
        """Everyone who has not."""
        return self.not_started + self.in_progress + self.expired

    @property
    def percent(self) -> Decimal:
        """Done of required, in per cent with one decimal, cut and not rounded; 0 where nobody is required."""
        return percent_of(self.done, self.required)


@dataclass(frozen=True)
class UnitCount:
    """One unit's line on the HR overview."""

    name: str
    public_id: str
    is_leaf: bool
    count: Count


@dataclass(frozen=True)
class Overview:
    """An agency's coverage in one period: the total, its units worst first."""

    total: Count
    units: Sequence[UnitCount]


# Where the counts come from: unit or whole, state, people, and how many of them have passed the day on which it turns.
Rows = QuerySet[Coverage] | QuerySet[Standing]


def _counted(period: RequirementPeriod, as_of: datetime | None) -> Rows:
    """Counts to add up: the small rows of today, or the standings of an instant in the past, one by one."""
    if as_of is None:
        return Coverage.objects.filter(period=period, people__gt=0).order_by()
    return standings_at(period, as_of).exclude(state=State.NOT_REQUIRED).order_by()


def standings_at(period: RequirementPeriod, as_of: datetime | None) -> "QuerySet[Standing]":
    """The standings of a period now, or as they were at an instant by what is known today."""
    return at_instant(Standing.objects.filter(period=period), as_of)


def at_instant(rows: "QuerySet[Standing]", as_of: datetime | None) -> "QuerySet[Standing]":
    """Of these standings those of now, or those that held at an instant."""
    if as_of is None:
        return rows.filter(until_at__isnull=True)
    return rows.filter(Q(until_at__isnull=True) | Q(until_at__gt=as_of), from_at__lte=as_of)


def _add_up(rows: Rows, *by: str, as_of: datetime | None, day: date) -> Iterable[tuple[str, str, int, int]]:
    """(unit, state, people, turned) for each unit and state; the unit is "" where none is asked for."""
    people = Sum("people") if as_of is None else CountOf("id")
    past = Q(turns_on__lt=day)
    turned = Sum("people", filter=past) if as_of is None else CountOf("id", filter=past)
    for *unit, state, number, passed in rows.values_list(*by, "state").annotate(number=people, passed=turned):
        yield (unit[0] if unit else ""), state, number, passed or 0


def _subtree(
    who: officers.Viewer, period: RequirementPeriod, agency: officers.AgencyNode, as_of: datetime | None
) -> Rows:
    """The counts of an agency's subtree that the viewer may see: a central HR body counts its own agencies only."""
    rows = _counted(period, as_of).filter(
        agency_path__gte=agency.path, agency_path__lt=officers.path_end(agency.path)
    )
    # Whoever reaches the agency by its subtree sees all below it; the join is for bodies, whose agencies lie scattered.
    return rows if who.sees_subtree(agency) else rows.filter(agency__in=officers.agencies_visible_to(who))


def overview(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    *,
    today: date,
    as_of: datetime | None = None,
) -> Overview:
    """An agency's coverage by unit, in two queries whatever the number of people. Worst first; equal ones in tree order.

    With `as_of` it is what it was at that instant, by what is known now of the time before it.
    """
    cut = len(agency.path) + officers.PATH_STEP
    rows = _subtree(who, period, agency, as_of).annotate(unit=Substr("agency_path", 1, cut))
    by_unit = _by_unit(sorted(_add_up(rows, "unit", as_of=as_of, day=_day(as_of, today))))
    nodes = {node.path: node for node in officers.nodes_at(list(by_unit))}
    return _overview(
        UnitCount(
            name=nodes[path].name if path != agency.path else f"{agency.name} (สังกัดโดยตรง)",
            public_id=nodes[path].public_id,
            is_leaf=nodes[path].is_leaf() or path == agency.path,
            count=count,
        )
        for path, count in by_unit.items()
    )


def overview_of_scope(
    who: officers.Viewer,
    period: RequirementPeriod,
    roots: Sequence[officers.AgencyNode],
    *,
    today: date,
    as_of: datetime | None = None,
) -> Overview:
    """The coverage of everything a viewer may see, by the highest agencies in their scope, in one query. Worst first.

    `roots` are those agencies (`officers.scope_roots`); one in which nobody is required is left out.
    """
    rows = _counted(period, as_of)
    if not who.sees_everyone:
        rows = rows.filter(agency__in=officers.agencies_visible_to(who))
    width = max((len(root.path) for root in roots), default=0)
    counted = _add_up(
        rows.annotate(unit=Substr("agency_path", 1, width)), "unit", as_of=as_of, day=_day(as_of, today)
    )
    # Roots may stand at different depths, so each counted path looks upwards for the one that it lies under.
    by_path = {root.path: root for root in roots}
    depths = sorted({len(path) for path in by_path})
    under = (
        (next((path[:d] for d in depths if path[:d] in by_path), ""), state, people, turned)
        for path, state, people, turned in counted
    )
    return _overview(
        UnitCount(by_path[path].name, by_path[path].public_id, by_path[path].is_leaf(), count)
        for path, count in sorted(_by_unit(under).items())
        if path
    )


def _day(as_of: datetime | None, today: date) -> date:
    return today if as_of is None else local_date(as_of)


def _by_unit(rows: Iterable[tuple[str, str, int, int]]) -> dict[str, Count]:
    """Rows of (unit path, state, people, turned) as counts by unit, in the order in which the units first appear."""
    by_unit: dict[str, dict[str, int]] = {}
    for unit, state, people, turned in rows:
        counts = by_unit.setdefault(unit, {})
        name = "overdue" if state in OPEN_STATES else "expired"
        for key, number in ((state, people if state not in DONE_STATES else people - turned), (name, turned)):
            if number and (key != "expired" or state in DONE_STATES):
                counts[key] = counts.get(key, 0) + number
    return {unit: Count(**counts) for unit, counts in by_unit.items()}


def _overview(units: Iterable[UnitCount]) -> Overview:
    """Units with their total, worst first; equal ones keep their order."""
    found = sorted(units, key=lambda unit: unit.count.percent)
    total = Count(
        **{each.name: sum(getattr(unit.count, each.name) for unit in found) for each in fields(Count)}
    )
    return Overview(total=total, units=found)


def count_of(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode,
    *,
    today: date,
    as_of: datetime | None = None,
) -> Count:
    """The total of an agency's subtree, in one query over its agencies."""
    rows = _add_up(_subtree(who, period, agency, as_of), as_of=as_of, day=_day(as_of, today))
    return _by_unit(rows).get("", Count())


def restated(
    who: officers.Viewer,
    period: RequirementPeriod,
    agency: officers.AgencyNode | None,
    *,
    as_of: datetime,
) -> int:
    """Of how many people of the subtree (None: of all in scope) something was recorded later that changes what is said of `as_of`."""
    rows = Restatement.objects.filter(period=period, changed_from__lte=as_of, noted_at__gt=as_of)
    if agency is not None:
        rows = rows.filter(agency_path__gte=agency.path, agency_path__lt=officers.path_end(agency.path))
    if not (who.sees_everyone or (agency is not None and who.sees_subtree(agency))):
        paths = officers.agencies_visible_to(who).values("path")
        rows = rows.filter(agency_path__in=paths)
    return rows.values("officer_id").distinct().count()
