"""What the answers add up to, by the database: every read here is one grouped query, and no answer is loaded.

Internal to this app; `quizzes.analysis` makes statistics of it. Each person counts once, with the first attempt at a place. A read
looks at the newest `most` papers or answers and no more, so that a page costs the same whether thousands or millions answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from quizzes.enums import AttemptState
from quizzes.models import Attempt, Response
from quizzes.psychometrics import Moments, PairSums, ScoreLevel
from sucharit.kernel.thai_calendar import midnight

# A larger number would change no figure that a reader sees, and would cost what it is larger by.
MOST_PAPERS = 50_000
# Pairs of questions are quadratic in the paper: so many meetings of two questions are counted at most.
MOST_MEETINGS = 2_000_000
# Levels of scores are a quarter of a point apart: exact where questions are right or wrong.
STEPS = 4
# Times under two minutes are counted by the second, longer ones by ten seconds.
FINE_SECONDS, COARSE = 120, 10
BINS = 10


@dataclass(frozen=True)
class Scope:
    """Which papers: of a quiz (None: of all), handed in on Thai days from `since` to `until`, both included."""

    since: date
    until: date
    quiz_id: int | None = None
    most: int = MOST_PAPERS

    def of(self, prefix: str = "") -> Q:
        """The condition on an attempt; `prefix` leads to it."""
        facts: dict[str, Any] = {
            "state": AttemptState.SUBMITTED,
            "number": 1,
            "submitted_at__gte": midnight(self.since),
            "submitted_at__lt": midnight(self.until + timedelta(days=1)),
        }
        if self.quiz_id is not None:
            facts["quiz_id"] = self.quiz_id
        return Q(**{prefix + name: value for name, value in facts.items()})


class Paper(NamedTuple):
    """So many papers with the same score and the same highest score, in points."""

    max_score: int
    score: float
    n: int


class Cell(NamedTuple):
    """So many answers to one version with the same points, choice, level of the rest of the paper and number of other questions.

    `level` is in quarters of a point; `rest` and `squares` are exact sums.
    """

    version_id: int
    others: int
    level: int
    points: float
    said: str
    n: int
    rest: float
    squares: float


class Level(Func):
    """Quarters of a point, to the nearest (a half upwards)."""

    # CAST cuts on SQLite and rounds on PostgreSQL, so each is asked in its own way. Points are never negative.
    template = "CAST(%(expressions)s AS INTEGER)"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Cut before the cast, which rounds."""
        return self.as_sql(compiler, connection, template="CAST(FLOOR(%(expressions)s) AS INTEGER)", **extra)


def collected(scope: Scope) -> "QuerySet[Attempt]":
    """The papers of the scope whose answers are counted, the newest first, no more than `most`."""
    rows = Attempt.objects.filter(scope.of(), is_collected=True)
    return rows.order_by("-submitted_at", "-pk")[: scope.most]


def papers(scope: Scope) -> Sequence[Paper]:
    """How many papers there are at each score. One query."""
    rows = Attempt.objects.filter(pk__in=collected(scope).values("pk")).order_by()
    found = rows.values_list("max_score", "score").annotate(n=Count("pk"))
    return [Paper(most, float(score or 0), n) for most, score, n in found]


def sizes(scope: Scope) -> tuple[int, int]:
    """How many papers wait to be counted, and how many there are in all, both up to one more than `most`. Two queries."""
    rows = Attempt.objects.filter(scope.of())
    waiting = rows.filter(is_collected=False)[: scope.most + 1].count()
    return waiting, rows[: scope.most + 1].count()


def answers(scope: Scope, version_id: int | None = None) -> "QuerySet[Response]":
    """The scored answers of the scope's papers; with a version, its newest answers only."""
    if version_id is None:
        return Response.objects.filter(attempt_id__in=collected(scope).values("pk"), points__isnull=False)
    rows = Response.objects.filter(
        scope.of("attempt__"), attempt__is_collected=True, version_id=version_id, points__isnull=False
    )
    newest = rows.order_by("-attempt_id").values("pk")[: scope.most]
    return Response.objects.filter(pk__in=newest)


def cells(scope: Scope, version_id: int | None = None) -> Sequence[Cell]:
    """The answers grouped by all that the statistics of one question want. One query; what is paired or typed is not told apart."""
    rows = answers(scope, version_id).annotate(
        level=Level(F("rest") * Value(float(STEPS)) + Value(0.5), output_field=IntegerField()),
        earned=Cast("points", FloatField()),
        words=Case(When(said__contains="=", then=Value("")), default=F("said")),
    )
    sums = {"n": Count("pk"), "total": Sum("rest"), "squares": Sum(F("rest") * F("rest"))}
    keys = ("version_id", "others", "level", "earned", "words")
    return [Cell(*row) for row in rows.order_by().values_list(*keys).annotate(**sums)]


def times(scope: Scope, version_id: int | None = None) -> Sequence[tuple[int, float, int]]:
    """(version, seconds, answers): how long it took, where that is known. One query. Longer times stand at the middle of ten seconds."""
    seconds = F("seconds")
    middle = seconds - seconds % Value(COARSE) + Value(COARSE // 2)
    took = Case(When(seconds__lt=FINE_SECONDS, then=seconds), default=middle, output_field=IntegerField())
    rows = answers(scope, version_id).filter(seconds__isnull=False).annotate(took=took).order_by()
    return list(rows.values_list("version_id", "took").annotate(n=Count("pk")))


def pairs(scope: Scope, length: int) -> tuple[int, Sequence[PairSums], Sequence[PairSums]]:
    """Sums of single questions and of pairs asked together, over the newest papers of `length` scored questions. Two queries.

    Returns how many papers, then a `PairSums` of each question with itself, then of each pair. No more than `MOST_MEETINGS`
    meetings are read.
    """
    most = min(scope.most, max(1, MOST_MEETINGS // (length * (length + 1) // 2)))
    rows = Attempt.objects.filter(scope.of(), is_collected=True, max_score=length)
    sample = rows.order_by("-submitted_at", "-pk").values("pk")[:most]
    x, y = Cast("points", FloatField()), Cast("attempt__responses__points", FloatField())
    found = (
        Response.objects.filter(attempt_id__in=sample, points__isnull=False)
        .annotate(other=F("attempt__responses__version_id"), x=x, y=y)
        .filter(other__gte=F("version_id"), y__isnull=False)
        .order_by()
        .values_list("version_id", "other")
        .annotate(n=Count("pk"), sx=Sum("x"), sy=Sum("y"), sxy=Sum(F("x") * F("y")))
    )
    alone: list[PairSums] = []
    together: list[PairSums] = []
    for one, other, *sums in found:
        (alone if one == other else together).append(PairSums(*sums))
    return rows[:most].count(), alone, together


# --- from cells to the sums of one question ---------------------------------------------------------------------


def _stretch(cell: Cell, length: int) -> float:
    """What brings the rest of a paper to `length` questions; 1 where it has so many."""
    return length / cell.others if cell.others else 0.0


def moments_of(rows: Sequence[Cell], length: int) -> Moments:
    """The sums of one question, beside totals of papers of `length` other questions."""
    n = x = xx = t = tt = xt = 0.0
    for cell in rows:
        factor, p = _stretch(cell, length), cell.points
        rest, squares = cell.rest * factor, cell.squares * factor * factor
        n += cell.n
        x += cell.n * p
        xx += cell.n * p * p
        t += rest + cell.n * p
        tt += squares + 2 * p * rest + cell.n * p * p
        xt += p * rest + cell.n * p * p
    return Moments(int(n), x, xx, t, tt, xt)


def levels_of(rows: Sequence[Cell], length: int, *, with_own: bool) -> Sequence[ScoreLevel]:
    """The same people by score: by the whole paper `with_own` points, else by the rest of it."""
    return [
        ScoreLevel(
            cell.level / STEPS * _stretch(cell, length) + (cell.points if with_own else 0.0),
            cell.n,
            cell.n * cell.points,
            tuple((option, cell.n) for option in cell.said.split(",") if option),
        )
        for cell in rows
    ]


def histogram(rows: Sequence[Paper]) -> Sequence[int]:
    """How many papers lie in each tenth of the score, the full score in the last."""
    counts = [0] * BINS
    for paper in rows:
        if paper.max_score:
            counts[min(BINS - 1, int(paper.score * BINS / paper.max_score + 1e-9))] += paper.n
    return counts


def bin_labels() -> Sequence[str]:
    """The tenths in words."""
    ends = [100 * step // BINS for step in range(BINS + 1)]
    return [f"ร้อยละ {low} ถึง {high if high == 100 else f'ต่ำกว่า {high}'}" for low, high in pairwise(ends)]
