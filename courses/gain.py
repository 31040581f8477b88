"""What a course taught: the same people before and after, by edition, by agency and by month, small groups hidden.

Nothing here names a person. The time is always one whole Thai fiscal year up to now: years do not overlap, so that no two pages
can be subtracted to show one small group (Willenborg and de Waal 2001). For the same reason an agency opens only where it is
shown in the table above it, and editions and months are told of the whole course only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from courses.models import CoursePage
from courses.player import StepKind
from courses.selectors import context_of
from quizzes.gain import PairGroup, PairPlace, added, pair_sums
from quizzes.psychometrics import SMALLEST_GROUP, Gain, GainSums, learning_gain, suppress
from sucharit.kernel.errors import NotFound
from sucharit.kernel.thai_calendar import (
    MONTHS_SHORT,
    FiscalYear,
    buddhist_year,
    format_date,
    local_date,
    midnight,
)
from sucharit.officers import places
from sucharit.officers.places import TOP
from sucharit.records.editions import Edition, editions_of

NOTHING = GainSums(n=0, pre=0, post=0, changes_squared=0, below_full=0, gains=0)
# The row of those who had no posting on the day of their test.
NOWHERE = "-"


@dataclass(frozen=True)
class GainRow:
    """One group of a table. `gain` is None where there is nobody (`is_empty`) or the group is hidden; `agency_id` leads below it."""

    name: str
    gain: Gain | None
    is_empty: bool = False
    agency_id: str = ""

    @property
    def is_hidden(self) -> bool:
        """Whether not even its size may be seen."""
        return self.gain is None and not self.is_empty


@dataclass(frozen=True)
class CourseGain:
    """What a course taught in one fiscal year: in all, and by group. `total` is None where it may not be seen.

    `agency` is the chosen one with those above it in `chain`; without one the figures are of everybody, and `editions` and
    `months` are told. `units` are the agencies directly below in tree order, empty below a leaf.
    """

    code: str
    title: str
    has_pre: bool
    has_post: bool
    year: FiscalYear
    years: Sequence[FiscalYear]
    agency: places.AgencyNode | None
    chain: Sequence[places.AgencyNode]
    total: Gain | None
    editions: Sequence[GainRow]
    units: Sequence[GainRow]
    months: Sequence[GainRow]
    now: datetime


@dataclass(frozen=True)
class CourseLine:
    """One course in the list, with what it taught everybody this fiscal year; None where that may not be seen."""

    code: str
    title: str
    has_pre: bool
    has_post: bool
    total: Gain | None


def place_of(code: str) -> PairPlace:
    """Where the quiz engine keeps the two tests of a course."""
    return PairPlace(context_of(code, StepKind.PRE), context_of(code, StepKind.POST))


def gains_of_courses(*, now: datetime) -> Sequence[CourseLine]:
    """Every course that was ever published, by code, with its gain so far this fiscal year. Two queries."""
    rows = CoursePage.objects.filter(first_published_at__isnull=False).order_by("code")
    courses = list(rows.values_list("code", "title", "pre_quiz", "post_quiz"))
    year = FiscalYear.of(local_date(now))
    found = pair_sums(
        [place_of(code) for code, *_ in courses],
        since=midnight(year.start),
        until=midnight(year.next.start),
    )
    sums = {group.place: group.sums for group in found}
    return [
        CourseLine(code, title, pre is not None, post is not None, learning_gain(sums.get(number, NOTHING)))
        for number, (code, title, pre, post) in enumerate(courses)
    ]


def gain_of_course(code: str, *, year: str, agency_id: str, now: datetime) -> CourseGain:
    """What a course taught in a fiscal year («2570», "" is this one), to everybody or to an agency's subtree. At most six queries.

    An agency is that of the posting on the day of the test after. Raises NotFound for a course that was never published, a year
    without an edition, or an agency that does not exist.
    """
    course = _course(code)
    editions = editions_of(code)
    today = local_date(now)
    years = _years(editions, today)
    chosen = next((one for one in years if str(one.year) == (year or str(years[0].year))), None)
    agency = places.any_agency(agency_id) if agency_id else None
    if chosen is None or (agency_id and agency is None):
        raise NotFound("gain_unknown", "ไม่พบปีงบประมาณหรือหน่วยงานนี้")
    since, until = midnight(chosen.start), midnight(chosen.next.start)
    levels = places.levels_down_to(agency)
    by_path = pair_sums([place_of(code)], since=since, until=until, spans=places.spans_by_agency())
    total, units = _by_agency({group.label: group.sums for group in by_path}, levels, agency)
    by_edition: Sequence[GainRow] = ()
    by_month: Sequence[GainRow] = ()
    if agency is None:
        months = _months(chosen, today)
        groups = pair_sums(
            [place_of(code)],
            since=since,
            until=until,
            by_edition=True,
            steps=[midnight(month) for month in months[1:]],
        )
        by_edition = _by_edition(groups, _open_in(editions, since, until), total)
        by_month = _by_month(groups, months, total)
    return CourseGain(
        code=code,
        title=course.title,
        has_pre=course.pre_quiz_id is not None,
        has_post=course.post_quiz_id is not None,
        year=chosen,
        years=years,
        agency=agency,
        chain=_chain(levels, agency),
        total=total,
        editions=by_edition,
        units=units,
        months=by_month,
        now=now,
    )


def _course(code: str) -> CoursePage:
    rows = CoursePage.objects.filter(code=code, first_published_at__isnull=False)
    found: CoursePage | None = (
        rows.only("title", "pre_quiz", "post_quiz").first() if code.isprintable() else None
    )
    if found is None:
        raise NotFound("course_unknown", "ไม่พบรายวิชานี้")
    return found


def _years(editions: Sequence[Edition], today: date) -> Sequence[FiscalYear]:
    """The fiscal years in which anybody can have taken the tests, newest first."""
    last = FiscalYear.of(today)
    first = FiscalYear.of(local_date(editions[0].published_at)) if editions else last
    return [FiscalYear(year) for year in range(last.year, first.year - 1, -1)] or [last]


# --- hiding -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """What is told of a row; no gain of a row that is empty or hidden."""

    gain: Gain | None
    is_empty: bool = False


def _hidden(people: Mapping[str, int]) -> frozenset[str]:
    """The rows to hide beside a total that is shown. Where no row is small there is nothing to hide, and nobody is no group."""
    if all(count == 0 or count >= SMALLEST_GROUP for count in people.values()):
        return frozenset()
    return suppress(people, totals_shown=True)


def _told(
    rows: Mapping[str, GainSums], total: Gain | None, *, drops_told: bool = True
) -> Mapping[str, _Told]:
    """What is told of every row of one table with its total shown, so that no small row can be worked out.

    How many dropped out is a second table over the same rows, hidden by the same rule. Whoever had the full score already is told
    of everybody only: by group it would be one more table to subtract.
    """
    if total is None:
        return dict.fromkeys(rows, _Told(None))
    hidden = _hidden({name: sums.n for name, sums in rows.items()})
    silent = _silent({name: sums.pre_only for name, sums in rows.items()}, total, drops_told=drops_told)
    told: dict[str, _Told] = {}
    for name, sums in rows.items():
        gain = None if name in hidden else learning_gain(sums)
        kept = gain and _without(gain, dropped_out=name in silent)
        told[name] = _Told(kept, is_empty=name not in hidden and not sums.n)
    return told


def _silent(drops: Mapping[str, int], total: Gain, *, drops_told: bool) -> frozenset[str]:
    """The rows whose drop-outs are hidden: all of them where the total is, or its parts would add up to it."""
    if not drops_told or total.dropped_out is None:
        return frozenset(drops)
    return _hidden(drops)


def _without(gain: Gain, *, dropped_out: bool) -> Gain:
    return Gain(
        n=gain.n,
        mean_pre=gain.mean_pre,
        mean_post=gain.mean_post,
        class_gain=gain.class_gain,
        mean_gain=gain.mean_gain,
        effect=gain.effect,
        interval=gain.interval,
        at_full=None,
        dropped_out=None if dropped_out else gain.dropped_out,
    )


# --- by agency --------------------------------------------------------------------------------------------------------

Levels = Mapping[str, Sequence[places.AgencyNode]]


def _by_agency(
    by_path: Mapping[str | None, GainSums], levels: Levels, agency: places.AgencyNode | None
) -> tuple[Gain | None, Sequence[GainRow]]:
    """The total of the chosen agency and the rows below it, walked down from the top: what one table hides stays shut below."""
    total = learning_gain(added(list(by_path.values())))
    drops_told = True
    paths = sorted(levels, key=len)
    for parent, nodes in ((path, levels[path]) for path in paths):
        rows = _rows(by_path, parent, nodes)
        told = _told(rows, total, drops_told=drops_told)
        if parent == (agency.path if agency else TOP):
            names = {node.path: node for node in nodes}
            return total, [_unit(key, one, names, agency) for key, one in told.items()] if nodes else []
        below = next(path for path in paths if len(path) == len(parent) + places.PATH_STEP)
        total = told[below].gain
        drops_told = total is not None and total.dropped_out is not None
    raise AssertionError("the levels end with the agency's own")


def _rows(
    by_path: Mapping[str | None, GainSums], parent: str, nodes: Sequence[places.AgencyNode]
) -> Mapping[str, GainSums]:
    """The sums of each subtree directly below a path, and of those who were posted at the path itself or nowhere."""
    cut = len(parent) + places.PATH_STEP
    parts: dict[str, list[GainSums]] = {node.path: [] for node in nodes}
    rest = NOWHERE if parent == TOP else parent
    parts[rest] = []
    for path, sums in by_path.items():
        if path is None:
            if parent == TOP:
                parts[rest].append(sums)
        elif path.startswith(parent):
            parts[path[:cut] if len(path) > len(parent) else rest].append(sums)
    return {key: added(sums) for key, sums in parts.items()}


def _unit(
    key: str, told: _Told, nodes: Mapping[str, places.AgencyNode], agency: places.AgencyNode | None
) -> GainRow:
    if key == NOWHERE:
        return GainRow("ไม่พบสังกัดในวันที่ทำแบบทดสอบ", told.gain, told.is_empty)
    if key not in nodes:
        return GainRow(f"{agency.name} (สังกัดโดยตรง)" if agency else "", told.gain, told.is_empty)
    node = nodes[key]
    opens = told.gain is not None and not node.is_leaf()
    return GainRow(node.name, told.gain, told.is_empty, node.public_id if opens else "")


def _chain(levels: Levels, agency: places.AgencyNode | None) -> Sequence[places.AgencyNode]:
    """The agencies above the chosen one, highest first."""
    if agency is None:
        return ()
    return [
        node
        for path in sorted(levels, key=len)
        for node in levels[path]
        if node.path in levels and node != agency
    ]


# --- by edition and by month ------------------------------------------------------------------------------------------


def _open_in(editions: Sequence[Edition], since: datetime, until: datetime) -> Sequence[Edition]:
    """The editions that could be taken in a time: those announced in it, and the one that stood when it began."""
    before = [one for one in editions if one.published_at < since][-1:]
    return [*before, *(one for one in editions if since <= one.published_at < until)]


def _by_edition(
    groups: Iterable[PairGroup], editions: Sequence[Edition], total: Gain | None
) -> Sequence[GainRow]:
    names = {str(one.pk): f"ฉบับที่ {one.number} ({format_date(one.published_at, 'short')})" for one in editions}
    parts: dict[str, list[GainSums]] = {key: [] for key in names}
    for group in groups:
        parts.setdefault(group.edition, []).append(group.sums)
    told = _told({key: added(sums) for key, sums in parts.items()}, total)
    return [GainRow(names.get(key, "ฉบับก่อนหน้า"), one.gain, one.is_empty) for key, one in told.items()]


def _months(year: FiscalYear, today: date) -> Sequence[date]:
    """The first days of the year's months that have begun."""
    first = year.start
    months: list[date] = []
    for n in range(12):
        month = date(first.year + (first.month + n > 12), (first.month + n - 1) % 12 + 1, 1)
        if month <= today or not months:
            months.append(month)
    return months


def _by_month(groups: Iterable[PairGroup], months: Sequence[date], total: Gain | None) -> Sequence[GainRow]:
    parts: dict[int, list[GainSums]] = {n: [] for n in range(len(months))}
    for group in groups:
        parts[group.step].append(group.sums)
    told = _told({str(n): added(sums) for n, sums in parts.items()}, total)
    labels = [f"{MONTHS_SHORT[month.month - 1]} {buddhist_year(month) % 100}" for month in months]
    return [GainRow(label, told[str(n)].gain, told[str(n)].is_empty) for n, label in enumerate(labels)]
