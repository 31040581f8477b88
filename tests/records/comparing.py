"""Rows of the projection beside what the plain model says, and beside what a rebuild derives."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.access import Viewer
from sucharit.officers.enums import Role
from sucharit.officers.models import Agency
from sucharit.records import applications, selectors
from sucharit.records.models import RequirementPeriod, Standing
from tests.records import plain
from tests.records.worlds import BEGIN, DAY, SECOND, TREE, World, round_name

EVERYONE = Viewer(1, None, frozenset({Role.SECRETARIAT}), (), ())


def stored(stream: World) -> dict[tuple[str, str], list[Standing]]:
    """All rows by person and round, in order."""
    names = {officer.pk: name for name, officer in stream.officers.items()}
    found: dict[tuple[str, str], list[Standing]] = {}
    rows = Standing.objects.select_related("period__requirement", "agency", "award").order_by("from_at")
    for row in rows:
        found.setdefault((names[row.officer_id], round_name(row.period)), []).append(row)
    return found


def at_instant(rows: Sequence[Standing], instant: datetime) -> Standing | None:
    """The row of an instant."""
    return next(
        (row for row in rows if row.from_at <= instant and (row.until_at is None or instant < row.until_at)),
        None,
    )


def as_answer(row: Standing | None) -> plain.Answer | None:
    """A row in the model's words."""
    if row is None:
        return None
    if row.state == "not_required":
        return plain.Answer("not_required", None, None, None, None, None, None)
    agency = row.agency.code
    if row.state == "exempt":
        return plain.Answer("exempt", agency, None, None, None, None, None)
    key = row.award.idempotency_key if row.award else None
    return plain.Answer(
        row.state, agency, row.due_on, row.original_due_on, row.turns_on, row.completed_at, key
    )


def moments(stream: World, most: int, salt: int = 0) -> list[datetime]:
    """Instants to ask about: every one at which something happened, a moment before and after, spread over so many."""
    near = {at + by for at in stream.instants for by in (-plain.MOMENT, timedelta(0), plain.MOMENT)}
    near |= {BEGIN + step * 7 * DAY + (step * 12347 % 86400) * SECOND for step in range(1, 60)}
    asked = sorted(at for at in near if at <= stream.now)
    step = max(1, len(asked) // most)
    return [*asked[salt % step :: step], stream.now]


def differences(stream: World, most: int = 80, salt: int = 0) -> list[str]:
    """Where rows and model do not say the same, in words."""
    rows = stored(stream)
    found = []
    rounds = [row for row in stream.plain.all(plain.Round) if row.opens_on <= local_date(stream.now)]
    for rnd in rounds:
        for name in stream.officers:
            mine = rows.get((name, rnd.name), [])
            for at in moments(stream, most, salt):
                says, is_so = as_answer(at_instant(mine, at)), stream.plain.state(name, rnd.name, at)
                if says != is_so:
                    found.append(f"{name} {rnd.name} at {at}:\n  rows  {says}\n  plain {is_so}")
                    break
    return found


def everything() -> list[tuple[Any, ...]]:
    """All rows of the projection but their ids."""
    names = [f.attname for f in Standing._meta.concrete_fields if f.name != "id"]
    return sorted(Standing.objects.values_list(*names), key=repr)


def rebuild(now: datetime) -> None:
    """Throw the standings of every round away and derive them again."""
    for period in RequirementPeriod.objects.order_by("pk"):
        applications.forget(period)
        applications.run(applications.begin(period, now=now), now=now)


def rounds_of(stream: World) -> Mapping[str, RequirementPeriod]:
    """The rounds that have begun, by the model's name."""
    rows = RequirementPeriod.objects.select_related("requirement").order_by("pk")
    return {round_name(row): row for row in rows if row.opens_on <= local_date(stream.now)}


def told(stream: World, at: datetime | None) -> dict[tuple[str, str], tuple[str, Any, Any, Any]]:
    """What the page about each person would say at an instant (None: now), by person and round."""
    found = {}
    for name, officer in stream.officers.items():
        for row in selectors.standings_of(officer.pk, today=local_date(stream.now), as_of=at):
            said = (str(row.shown), row.due_on, row.original_due_on, row.completed_at)
            found[name, round_name(row.period)] = said
    return found


def told_plainly(stream: World, at: datetime) -> dict[tuple[str, str], tuple[str, Any, Any, Any]]:
    """The same from the model, in the words of E6."""
    found = {}
    for name in stream.officers:
        for rnd in rounds_of(stream):
            answer = stream.plain.state(name, rnd, at)
            if answer is not None:
                latest = Standing.objects.filter(period__requirement__code=rnd.split("/")[0])
                window = latest.values_list("period__requirement__window_days", flat=True)[0]
                shown = plain.shown(answer, local_date(at), window)
                found[name, rnd] = (shown, answer.due_on, answer.original_due_on, answer.completed_at)
    return found


def counts(stream: World, at: datetime | None) -> dict[tuple[str, str], Mapping[str, int]]:
    """Coverage of every agency's subtree in every round, as HR reads it."""
    found = {}
    agencies = list(Agency.objects.filter(code__in=TREE))
    today = local_date(stream.now)
    for name, period in rounds_of(stream).items():
        for agency in agencies:
            count = selectors.count_of(EVERYONE, period, agency, today=today, as_of=at)
            whole = selectors.overview(EVERYONE, period, agency, today=today, as_of=at).total
            assert whole == count
            found[agency.code, name] = {key: number for key, number in vars(count).items() if number}
    return found


def counts_plainly(stream: World, at: datetime) -> dict[tuple[str, str], Mapping[str, int]]:
    """The same by asking the model about everybody."""
    return {
        (agency, name): {
            k: v for k, v in stream.plain.coverage(agency, name, at).items() if k != "not_required"
        }
        for name in rounds_of(stream)
        for agency in TREE
    }
