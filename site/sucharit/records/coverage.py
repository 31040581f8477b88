"""How many people stand where: the counts of an agency's subtree, or of all that a viewer may see.

Read from `Coverage`, one small row per leaf agency and state, so that a ministry's figure costs its agencies and not its people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.db.models.functions import Length, Substr

from sucharit.kernel.shares import percent_of
from sucharit.officers import selectors as officers
from sucharit.records.enums import State
from sucharit.records.models import Coverage, RequirementPeriod


@dataclass(frozen=True)
class Count:
    """How many people of an agency's subtree stand where. `required` is all of them."""

    not_started: int = 0
    in_progress: int = 0
    on_time: int = 0
    late: int = 0

    @property
    def required(self) -> int:
        """Everyone who must complete."""
        return self.not_started + self.in_progress + self.done

    @property
    def done(self) -> int:
        """Everyone who has completed, on time or late."""
        return self.on_time + self.late

    @property
    def left(self) -> int:
        """Everyone who has not."""
        return self.not_started + self.in_progress

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


def _coverage(
    who: officers.Viewer, period: RequirementPeriod, agency: officers.AgencyNode
) -> QuerySet[Coverage]:
    """The counts of an agency's subtree that the viewer may see: a central HR body counts its own agencies only."""
    rows = Coverage.objects.filter(
        period=period, agency_path__gte=agency.path, agency_path__lt=officers.path_end(agency.path)
    )
    # Whoever reaches the agency by its subtree sees all below it; the join is for bodies, whose agencies lie scattered.
    return rows if who.sees_subtree(agency) else rows.filter(agency__in=officers.agencies_visible_to(who))


def overview(who: officers.Viewer, period: RequirementPeriod, agency: officers.AgencyNode) -> Overview:
    """An agency's coverage by unit, in two queries whatever the number of people. Worst first; equal ones in tree order."""
    cut = len(agency.path) + officers.PATH_STEP
    rows = (
        _coverage(who, period, agency)
        .filter(people__gt=0)
        .annotate(unit=Substr("agency_path", 1, cut))
        .values_list("unit", "state")
        .annotate(people=Sum("people"), deepest=Length("unit"))
        .order_by("unit")
    )
    by_unit = _by_unit((unit, state, people) for unit, state, people, _ in rows)
    nodes = {node.path: node for node in officers.nodes_at(list(by_unit))}
    return _overview(
        UnitCount(
            name=nodes[path].name if path != agency.path else f"{agency.name} (สังกัดโดยตรง)",
            public_id=nodes[path].public_id,
            is_leaf=nodes[path].is_leaf() or path == agency.path,
            count=Count(**counts),
        )
        for path, counts in by_unit.items()
    )


def overview_of_scope(
    who: officers.Viewer, period: RequirementPeriod, roots: Sequence[officers.AgencyNode]
) -> Overview:
    """The coverage of everything a viewer may see, by the highest agencies in their scope, in one query. Worst first.

    `roots` are those agencies (`officers.scope_roots`); one in which nobody is required is left out.
    """
    rows = Coverage.objects.filter(period=period, people__gt=0).order_by()
    if not who.sees_everyone:
        rows = rows.filter(agency__in=officers.agencies_visible_to(who))
    width = max((len(root.path) for root in roots), default=0)
    counted = (
        rows.annotate(unit=Substr("agency_path", 1, width))
        .values_list("unit", "state")
        .annotate(people=Sum("people"))
    )
    # Roots may stand at different depths, so each counted path looks upwards for the one that it lies under.
    by_path = {root.path: root for root in roots}
    depths = sorted({len(path) for path in by_path})
    under = ((next((p[:d] for d in depths if p[:d] in by_path), ""), state, n) for p, state, n in counted)
    return _overview(
        UnitCount(by_path[path].name, by_path[path].public_id, by_path[path].is_leaf(), Count(**counts))
        for path, counts in sorted(_by_unit(under).items())
        if path
    )


def _by_unit(rows: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    """Rows of (unit path, state, people) added up by unit and state, in the order in which the units first appear."""
    by_unit: dict[str, dict[str, int]] = {}
    for unit, state, people in rows:
        counts = by_unit.setdefault(unit, {})
        counts[state] = counts.get(state, 0) + people
    return by_unit


def _overview(units: Iterable[UnitCount]) -> Overview:
    """Units with their total, worst first; equal ones keep their order."""
    found = sorted(units, key=lambda unit: unit.count.percent)
    total = Count(**{state.value: sum(getattr(unit.count, state.value) for unit in found) for state in State})
    return Overview(total=total, units=found)


def count_of(who: officers.Viewer, period: RequirementPeriod, agency: officers.AgencyNode) -> Count:
    """The total of an agency's subtree, in one query over its agencies."""
    rows = _coverage(who, period, agency).order_by().values_list("state").annotate(people=Sum("people"))
    return Count(**dict(rows))
