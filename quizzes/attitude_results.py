"""What was counted of a closed year of a questionnaire of attitude: made once, kept as it may be shown, never made again.

A year is counted after it has closed and not before, so nobody can compare two days and read off who answered in between. There
are no filters: a place, a year, and one dimension at a time. Nothing here reads a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction

from quizzes.enums import Round, Wave
from quizzes.models import AttitudeAnswer, AttitudeResult, Instrument, Statement
from quizzes.psychometrics.attitude import (
    BLANK,
    POINTS,
    Change,
    change_of,
    keeps_hidden,
    may_part,
    rounded,
    shown_counts,
    shown_groups,
)
from quizzes.psychometrics.suppression import SMALLEST_GROUP
from sucharit.kernel.thai_calendar import FiscalYear, local_date

# The later wave is open from 90 to 180 days after the award, so it closes so long after the year.
LATER_FROM, LATER_UNTIL = timedelta(days=90), timedelta(days=180)
# Answers are deleted when so many further fiscal years have ended; what was counted of them stays.
KEPT_YEARS = 2
WAVES: Mapping[Round, Sequence[Wave]] = {
    Round.COURSE: (Wave.BEFORE, Wave.AFTER),
    Round.LATER: (Wave.LATER,),
}
SECOND: Mapping[Round, Wave] = {Round.COURSE: Wave.AFTER, Round.LATER: Wave.LATER}
Said = Mapping[str, int]


def is_closed(fiscal_year: int, round_: Round, *, today: date) -> bool:
    """Whether nobody can answer for this year any more."""
    end = FiscalYear(fiscal_year).end
    return today > (end if round_ is Round.COURSE else end + LATER_UNTIL)


def publish_due(*, now: datetime) -> int:
    """Count every closed year that is not counted yet, then delete answers that were kept long enough. Returns how many counted.

    For a nightly timer; safe to run at any time and from several places at once.
    """
    today = local_date(now)
    made = 0
    places = AttitudeAnswer.objects.order_by().values_list("instrument", "context", "fiscal_year").distinct()
    done = set(AttitudeResult.objects.values_list("instrument", "context", "fiscal_year", "round"))
    for code, context, year in list(places):
        for round_ in Round:
            if is_closed(year, round_, today=today) and (code, context, year, str(round_)) not in done:
                made += _publish(code, context, year, round_)
    _delete_old(today)
    return made


def _publish(code: str, context: str, year: int, round_: Round) -> bool:
    content = _count(code, context, year, round_)
    with transaction.atomic():
        _, is_new = AttitudeResult.objects.get_or_create(
            instrument=code,
            context=context,
            fiscal_year=year,
            round=round_,
            defaults={"content": content},
        )
    return is_new


def _delete_old(today: date) -> None:
    oldest = FiscalYear.of(today).year - KEPT_YEARS
    AttitudeAnswer.objects.filter(fiscal_year__lt=oldest).delete()


# --- Counting ---------------------------------------------------------------------------------------------------


@dataclass
class _Wave:
    """Counts of one wave: by statement and point, by group, and of scale scores by group."""

    statements: list[list[int]]
    people: int = 0
    groups: dict[str, int] = field(default_factory=dict)
    scored: dict[str, int] = field(default_factory=dict)
    scores: dict[str, Fraction] = field(default_factory=dict)


@dataclass
class _Pairs:
    """Sums of changes over people who answered both waves; the last place is that of the whole scale."""

    n: list[int]
    totals: list[Fraction]
    squares: list[Fraction]
    people: int = 0


def _count(code: str, context: str, year: int, round_: Round) -> dict[str, Any]:
    keys = list(
        Statement.objects.filter(instrument__code=code).order_by("order").values_list("pk", "reversed")
    )
    statements = [(str(pk), is_reversed) for pk, is_reversed in keys]
    waves = {wave: _Wave([[0] * (POINTS + 1) for _ in statements]) for wave in Wave}
    places = len(statements) + 1
    pairs = _Pairs([0] * places, [Fraction(0)] * places, [Fraction(0)] * places)
    for said in _by_pseudonym(code, context, year):
        for wave, (group, answers) in said.items():
            _add(waves[wave], group, answers, statements)
        if Wave.BEFORE in said and SECOND[round_] in said:
            _pair(pairs, said[Wave.BEFORE][1], said[SECOND[round_]][1], statements)
    return {
        "waves": {str(wave): _shown_wave(waves[wave]) for wave in WAVES[round_]},
        "change": _shown_change(
            pairs, waves[Wave.BEFORE], waves[SECOND[round_]], [is_reversed for _, is_reversed in statements]
        ),
    }


def _by_pseudonym(code: str, context: str, year: int) -> Iterator[dict[Wave, tuple[str, Said]]]:
    """The waves of one pseudonym after another, in bounded memory."""
    rows = (
        AttitudeAnswer.objects.filter(instrument=code, context=context, fiscal_year=year)
        .order_by("pseudonym")
        .values_list("pseudonym", "wave", "group", "answers")
    )
    for _, found in groupby(rows.iterator(chunk_size=2_000), key=itemgetter(0)):
        yield {Wave(wave): (group, answers) for _, wave, group, answers in found}


def _add(wave: _Wave, group: str, answers: Said, statements: Sequence[tuple[str, bool]]) -> None:
    wave.people += 1
    wave.groups[group] = wave.groups.get(group, 0) + 1
    for place, (key, _) in enumerate(statements):
        point = answers.get(key)
        wave.statements[place][BLANK if point is None else point - 1] += 1
    score = _score(answers, statements)
    if score is not None:
        wave.scored[group] = wave.scored.get(group, 0) + 1
        wave.scores[group] = wave.scores.get(group, Fraction(0)) + score


def _turned(point: int, *, is_reversed: bool) -> int:
    return POINTS + 1 - point if is_reversed else point


def _score(answers: Said, statements: Sequence[tuple[str, bool]]) -> Fraction | None:
    """The mean of what was answered, reversed statements turned; None where less than half was answered."""
    points = [_turned(answers[key], is_reversed=turn) for key, turn in statements if key in answers]
    return Fraction(sum(points), len(points)) if points and 2 * len(points) >= len(statements) else None


def _pair(pairs: _Pairs, before: Said, after: Said, statements: Sequence[tuple[str, bool]]) -> None:
    pairs.people += 1
    moves: list[Fraction | None] = [
        Fraction(_turned(after[key], is_reversed=turn) - _turned(before[key], is_reversed=turn))
        if key in before and key in after
        else None
        for key, turn in statements
    ]
    first, second = _score(before, statements), _score(after, statements)
    moves.append(second - first if first is not None and second is not None else None)
    for place, move in enumerate(moves):
        if move is not None:
            pairs.n[place] += 1
            pairs.totals[place] += move
            pairs.squares[place] += move * move


# --- What of it may be shown ------------------------------------------------------------------------------------


def _shown_wave(wave: _Wave) -> dict[str, Any]:
    if wave.people < SMALLEST_GROUP:
        return {"people": None, "statements": [], "groups": []}
    names, is_pooled = shown_groups(wave.groups)
    rows = [[name, wave.groups[name], _mean(wave, [name])] for name in sorted(names)]
    if is_pooled:
        rest = [name for name in wave.groups if name not in names]
        rows.append([None, sum(wave.groups[name] for name in rest), _mean(wave, rest)])
    return {
        "people": wave.people,
        "statements": [shown_counts(counts) for counts in wave.statements],
        "groups": rows,
    }


def _mean(wave: _Wave, groups: Sequence[str]) -> float | None:
    scored = sum(wave.scored.get(name, 0) for name in groups)
    if not may_part(sum(wave.groups[name] for name in groups), scored):
        return None
    return float(
        rounded(sum((wave.scores[name] for name in groups if name in wave.scores), Fraction(0)) / scored)
    )


def _shown_change(pairs: _Pairs, before: _Wave, after: _Wave, reverse: Sequence[bool]) -> dict[str, Any]:
    if not all(may_part(wave.people, pairs.people) for wave in (before, after)):
        return {"people": None, "scale": None, "statements": []}
    scale = pairs.n[-1]
    is_safe = all(may_part(sum(wave.scored.values()), scale) for wave in (before, after))
    return {
        "people": pairs.people,
        "scale": asdict(change_of(scale, pairs.totals[-1], pairs.squares[-1]))
        if is_safe and _scale_keeps_hidden(pairs, before, after, reverse)
        else None,
        "statements": [_statement(pairs, place, before, after, turn) for place, turn in enumerate(reverse)],
    }


def _statement(pairs: _Pairs, place: int, before: _Wave, after: _Wave, turn: bool) -> float | None:  # noqa: FBT001
    n = pairs.n[place]
    for wave, sign in ((before, -1), (after, 1)):
        counts = wave.statements[place]
        if not may_part(sum(counts[:BLANK]), n):
            return None
        weight = Fraction(-sign if turn else sign, n)
        if not keeps_hidden(counts, change=pairs.totals[place] / n, weight=weight):
            return None
    return float(rounded(pairs.totals[place] / n))


def _scale_keeps_hidden(pairs: _Pairs, before: _Wave, after: _Wave, reverse: Sequence[bool]) -> bool:
    """Whether the change of the whole scale leaves the hidden points of every statement open; an answer weighs most where
    somebody answered only half of the statements.
    """
    n, statements = pairs.n[-1], len(before.statements)
    weight = Fraction(1, n * ((statements + 1) // 2))
    change = pairs.totals[-1] / n
    return all(
        keeps_hidden(counts, change=change, weight=-weight * sign if turn else weight * sign)
        for wave, sign in ((before, -1), (after, 1))
        for counts, turn in zip(wave.statements, reverse, strict=True)
    )


# --- Reading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """One counted year in one place: (statement text, is reversed) in order, and what may be shown (see `_count`)."""

    context: str
    fiscal_year: int
    round: Round
    scale: Sequence[str]
    statements: Sequence[tuple[str, bool]]
    waves: Mapping[Wave, Mapping[str, Any]]
    people_in_pairs: int | None
    change: Change | None
    changes: Sequence[float | None]


def results_of(instrument: Instrument) -> Sequence[Shown]:
    """Every counted year of a questionnaire in which at least one wave may be shown, newest first. Two queries."""
    statements = list(
        Statement.objects.filter(instrument=instrument).order_by("order").values_list("text", "reversed")
    )
    rows = AttitudeResult.objects.filter(instrument=instrument.code)
    shown = [_shown(row, list(instrument.scale), statements) for row in rows]
    return [one for one in shown if any(wave["people"] for wave in one.waves.values())]


def _shown(row: AttitudeResult, scale: Sequence[str], statements: Sequence[tuple[str, bool]]) -> Shown:
    change = row.content["change"]
    return Shown(
        context=row.context,
        fiscal_year=row.fiscal_year,
        round=Round(row.round),
        scale=scale,
        statements=statements,
        waves={Wave(wave): content for wave, content in row.content["waves"].items()},
        people_in_pairs=change["people"],
        change=Change(**change["scale"]) if change["scale"] else None,
        changes=change["statements"],
    )
