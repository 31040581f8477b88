"""Pairs of a test before and a test after, added up in the database: what `psychometrics.learning_gain` is fed with.

The first of each is the pair: in a later try the questions and their feedback are known, which would flatter. Nothing here knows
a course or an agency: the caller names the places, the instants that part the time and, if wanted, who stood where when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from quizzes.models import Attempt
from quizzes.psychometrics import GainSums
from sucharit.kernel.thai_calendar import BANGKOK

# Columns of a query of spans: who, from which day to which (none is still), and the name of the group. Of several spans that
# cover a day the one that began last counts; `id` decides between two that began together.
SPAN_COLUMNS = ("officer_id", "starts_on", "ends_on", "id", "label")


@dataclass(frozen=True)
class PairPlace:
    """The names under which one test before and its test after keep their attempts (`Attempt.context`)."""

    pre: str
    post: str


@dataclass(frozen=True)
class PairGroup:
    """The sums of one group. `place` and `step` count from 0; what was not grouped by is "", 0 or None.

    `edition` and `step` are those of the test after, of people without one those of the test before. `label` is that of the span
    that covered the day of that test, None where none did.
    """

    place: int
    edition: str
    step: int
    label: str | None
    sums: GainSums


def pair_sums(
    places: Sequence[PairPlace],
    *,
    since: datetime,
    until: datetime,
    by_edition: bool = False,
    steps: Sequence[datetime] = (),
    spans: "QuerySet[Any, Any] | None" = None,
) -> Sequence[PairGroup]:
    """Add up the pairs of every place in one query, for any number of people.

    Both tests were handed in at or after `since` and before `until`. The test before is the first of that time, the test after the
    first one handed in later than it. Who has the first only is counted in `pre_only`. `steps` are rising instants inside the time:
    step 0 is before the first of them. `spans` is a query of SPAN_COLUMNS.
    """
    if not places:
        return []
    pairs, values = _pairs(places, since, until)
    step, step_values = _step(steps)
    label, label_values = _label(spans)
    # Sums of nothing are NULL; a group exists only where somebody took a test.
    sql = f"""
        WITH {pairs}, grouped AS (
            SELECT before_share, after_share, place, {"edition" if by_edition else "''"} AS edition,
                   {step} AS step, {label} AS label
            FROM taken
        )
        SELECT place, edition, step, label, COUNT(after_share),
               SUM(CASE WHEN after_share IS NOT NULL THEN before_share ELSE 0 END),
               COALESCE(SUM(after_share), 0),
               COALESCE(SUM((after_share - before_share) * (after_share - before_share)), 0),
               SUM(CASE WHEN after_share IS NOT NULL AND before_share < 1 THEN 1 ELSE 0 END),
               COALESCE(SUM(CASE WHEN before_share < 1 THEN (after_share - before_share) / (1 - before_share) END), 0),
               COUNT(*) - COUNT(after_share)
        FROM grouped GROUP BY place, edition, step, label ORDER BY place, edition, step, label
    """  # noqa: S608 - names of tables and columns; every value is a parameter
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *step_values, *label_values])
        rows = cursor.fetchall()
    return [_group(row) for row in rows]


def _group(row: Sequence[Any]) -> PairGroup:
    place, edition, step, label, n, pre, post, squares, below, gains, pre_only = row
    sums = GainSums(
        n=n,
        pre=float(pre),
        post=float(post),
        changes_squared=float(squares),
        below_full=int(below),
        gains=float(gains),
        pre_only=pre_only,
    )
    return PairGroup(place, edition, step, label, sums)


def added(sums: Sequence[GainSums]) -> GainSums:
    """The sums of several groups without anybody in common, as one."""
    return GainSums(
        n=sum(one.n for one in sums),
        pre=sum(one.pre for one in sums),
        post=sum(one.post for one in sums),
        changes_squared=sum(one.changes_squared for one in sums),
        below_full=sum(one.below_full for one in sums),
        gains=sum(one.gains for one in sums),
        pre_only=sum(one.pre_only for one in sums),
    )


def _pairs(places: Sequence[PairPlace], since: datetime, until: datetime) -> tuple[str, list[Any]]:
    """`taken`: one row per person and place with both shares, the second NULL where it is missing.

    One pass over one index and sorts by person, no join of attempts with attempts: no planner can make it quadratic. A submitted
    attempt is one with an instant (the database holds that), which is what the index is of.
    """
    table = connection.ops.quote_name(Attempt._meta.db_table)
    contexts = [name for one in places for name in (one.pre, one.post)]
    numbers = " ".join("WHEN %s THEN %s" for _ in contexts)
    numbered = [part for n, name in enumerate(contexts) for part in (name, n)]
    instant = connection.ops.adapt_datetimefield_value
    sql = f"""
        tests AS (
            SELECT id, officer_id, context_version, submitted_at,
                   CAST(score AS DOUBLE PRECISION) / max_score AS share,
                   CASE context {numbers} END AS test
            FROM {table}
            WHERE context IN ({", ".join(["%s"] * len(contexts))})
              AND submitted_at >= %s AND submitted_at < %s AND max_score > 0
        ), sided AS (
            SELECT id, officer_id, context_version, submitted_at, share, test / 2 AS place, test %% 2 AS is_after FROM tests
        ), since_first AS (
            SELECT sided.*, MIN(CASE WHEN is_after = 0 THEN submitted_at END)
                   OVER (PARTITION BY officer_id, place) AS first_before
            FROM sided
        ), firsts AS (
            SELECT since_first.*, ROW_NUMBER()
                   OVER (PARTITION BY officer_id, place, is_after ORDER BY submitted_at, id) AS nth
            FROM since_first WHERE is_after = 0 AND first_before IS NOT NULL OR submitted_at > first_before
        ), taken AS (
            SELECT officer_id, place,
                   MAX(CASE WHEN is_after = 0 THEN share END) AS before_share,
                   MAX(CASE WHEN is_after = 1 THEN share END) AS after_share,
                   MAX(submitted_at) AS taken_at,
                   COALESCE(MAX(CASE WHEN is_after = 1 THEN context_version END), MAX(context_version)) AS edition
            FROM firsts WHERE nth = 1 GROUP BY officer_id, place
        )"""  # noqa: S608
    return sql, [*numbered, *contexts, instant(since), instant(until)]


def _step(steps: Sequence[datetime]) -> tuple[str, list[Any]]:
    if not steps:
        return "0", []
    cases = " ".join(f"WHEN taken_at < %s THEN {n}" for n in range(len(steps)))
    values = [connection.ops.adapt_datetimefield_value(step) for step in steps]
    return f"CASE {cases} ELSE {len(steps)} END", values


def _label(spans: "QuerySet[Any, Any] | None") -> tuple[str, list[Any]]:
    """The label of the span that covers the Bangkok day of the test, as a subquery served by an index on the officer."""
    if spans is None:
        return "NULL", []
    inner, values = spans.values(*SPAN_COLUMNS).order_by().query.sql_with_params()
    day, day_values = connection.ops.datetime_cast_date_sql("taken_at", (), str(BANGKOK))
    sql = f"""(
        SELECT span.label FROM ({inner}) span
        WHERE span.officer_id = taken.officer_id AND span.starts_on <= {day}
          AND (span.ends_on IS NULL OR span.ends_on >= {day})
        ORDER BY span.starts_on DESC, span.id DESC LIMIT 1
    )"""  # noqa: S608
    return sql, [*values, *day_values, *day_values]
