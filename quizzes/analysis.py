"""Item analysis: what the answers say about a quiz and about each of its questions, over a period.

Everything rests on sums that the database adds up (`quizzes.tallies`); the formulas are those of `quizzes.psychometrics`. The number
of queries does not depend on questions, people or answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt

from django.core.cache import cache

from quizzes.chance import chance
from quizzes.enums import Kind, Remedy
from quizzes.grading import Ruling, under
from quizzes.kinds import CHOSEN, row_ids
from quizzes.models import QuestionVersion, Quiz
from quizzes.psychometrics import (
    Code,
    DistractorTable,
    Facility,
    Flag,
    Interval,
    Moments,
    Reliability,
    Sums,
    TimeSummary,
    UpperLower,
    correlation_interval,
    cronbach_alpha,
    distractor_table,
    facility,
    flags,
    item_rest,
    point_biserial,
    pooled_alpha,
    time_summary,
    upper_lower,
)
from quizzes.psychometrics.flags import MIN_ANSWERS
from quizzes.rulings import rulings_of
from quizzes.tallies import (
    Cell,
    Paper,
    Scope,
    cells,
    histogram,
    levels_of,
    moments_of,
    pairs,
    papers,
    sizes,
    times,
)
from quizzes.versions import asked_of

# An analysis of so many papers takes seconds; it is kept for a while, so that sorting the table does not repeat it.
KEPT_FROM, KEPT_SECONDS = 1_000, 300
# Where papers of different quizzes meet, the rest of each counts as if it were of so many questions.
USUAL_LENGTH = 10


@dataclass(frozen=True)
class ItemReport:
    """One version of a question in the answers of a scope. Shares are 0 to 1, correlations -1 to 1, times in seconds.

    `right` are the ids of the right options, none where nothing is chosen. `discrimination` is the correlation with the rest of the
    paper, `biserial` with the whole of it. Nothing is judged, and no flag stands, under `MIN_ANSWERS` answers or where a correction
    of the key is in force.
    """

    version: QuestionVersion
    moments: Moments
    facility: Facility | None
    discrimination: float | None
    interval: Interval | None
    biserial: float | None
    upper_lower: UpperLower | None
    table: DistractorTable | None
    time: TimeSummary | None
    flags: tuple[Flag, ...]
    chance: float
    right: tuple[str, ...]
    is_corrected: bool

    @property
    def n(self) -> int:
        """How many people answered."""
        return self.moments.n

    @property
    def is_judged(self) -> bool:
        """Whether there are enough answers to say anything."""
        return self.moments.n >= MIN_ANSWERS


@dataclass(frozen=True)
class QuizReport:
    """A quiz in the papers of a scope.

    `n` papers are counted; `waiting` more are not counted yet, `is_cut` says that older ones are left out. `length` is the commonest
    number of scored questions of a paper, `mean` and `spread` are in per cent of the full score (None where nothing is counted),
    `histogram` counts papers by tenths. `reliability` is of `reliability.n` papers; `is_drawn` where people met different questions.
    """

    quiz: Quiz
    scope: Scope
    n: int
    waiting: int
    is_cut: bool
    length: int
    mean: float | None
    spread: float | None
    histogram: Sequence[int]
    reliability: Reliability
    is_drawn: bool
    items: Sequence[ItemReport]

    @property
    def is_judged(self) -> bool:
        """Whether there are enough papers to say anything."""
        return self.n >= MIN_ANSWERS

    @property
    def is_kept(self) -> bool:
        """Whether it is so large that it is worked out only every `KEPT_SECONDS`."""
        return self.n >= KEPT_FROM


def quiz_report(quiz: Quiz, *, since: date, until: date) -> QuizReport:
    """Analyse a quiz over all the places it stands in. Seven queries, two more where the papers are drawn; large ones are kept."""
    key = f"quizzes.analysis:{quiz.pk}:{since}:{until}"
    found: QuizReport | None = cache.get(key)
    if found is None:
        found = report(quiz, Scope(since, until, quiz.pk))
        if found.is_kept:
            cache.set(key, found, KEPT_SECONDS)
    return found


def report(quiz: Quiz, scope: Scope) -> QuizReport:
    """As `quiz_report`, of a scope of this quiz."""
    scored = papers(scope)
    n, length = sum(row.n for row in scored), usual_length(scored)
    waiting, everything = sizes(scope)
    tallied: dict[int, list[Cell]] = {}
    for cell in cells(scope):
        tallied.setdefault(cell.version_id, []).append(cell)
    items = _items(tallied, times(scope), max(0, length - 1))
    is_drawn = len({row.max_score for row in scored}) > 1 or any(item.n != n for item in items)
    mean, spread = _scores(scored)
    return QuizReport(
        quiz=quiz,
        scope=scope,
        n=n,
        waiting=waiting,
        is_cut=everything > scope.most,
        length=length,
        mean=mean,
        spread=spread,
        histogram=histogram(scored),
        reliability=_drawn(scope, length) if is_drawn and length else _fixed(items, n),
        is_drawn=is_drawn,
        items=items,
    )


def item_report(version: QuestionVersion, scope: Scope) -> ItemReport:
    """Analyse one version, in one quiz or over all that asked it. Four queries in a quiz, three without."""
    length = usual_length(papers(scope)) - 1 if scope.quiz_id is not None else USUAL_LENGTH
    rows = cells(scope, version.pk)
    return _item(
        version,
        rows,
        {seconds: n for _, seconds, n in times(scope, version.pk)},
        max(0, length),
        rulings_of([version.pk]).get(version.pk),
    )


def usual_length(scored: Sequence[Paper]) -> int:
    """The commonest number of scored questions of a paper, the larger of two; 0 without papers."""
    counts: dict[int, int] = {}
    for row in scored:
        counts[row.max_score] = counts.get(row.max_score, 0) + row.n
    return max(counts, key=lambda length: (counts[length], length), default=0)


def _scores(scored: Sequence[Paper]) -> tuple[float | None, float | None]:
    rows = [(100 * row.score / row.max_score, row.n) for row in scored if row.max_score]
    n = sum(count for _, count in rows)
    if not n:
        return None, None
    mean = sum(share * count for share, count in rows) / n
    squares = sum(count * (share - mean) ** 2 for share, count in rows)
    return mean, sqrt(squares / (n - 1)) if n > 1 else None


def _fixed(items: Sequence[ItemReport], n: int) -> Reliability:
    total = items[0].moments if items else Moments(0, 0, 0, 0, 0, 0)
    sums = [Sums(item.moments.n, item.moments.x, item.moments.xx) for item in items]
    return cronbach_alpha(sums, Sums(n, total.t, total.tt))


def _drawn(scope: Scope, length: int) -> Reliability:
    n, alone, together = pairs(scope, length)
    return pooled_alpha(n, length, [Sums(one.n, one.x, one.xy) for one in alone], together)


# --- one question -----------------------------------------------------------------------------------------------


def _items(
    tallied: Mapping[int, Sequence[Cell]], taken: Sequence[tuple[int, float, int]], length: int
) -> Sequence[ItemReport]:
    versions = QuestionVersion.objects.select_related("question").in_bulk(list(tallied))
    rulings = rulings_of(tallied)
    clocks: dict[int, dict[float, int]] = {}
    for version_id, seconds, n in taken:
        clocks.setdefault(version_id, {})[seconds] = n
    found = [
        _item(versions[pk], rows, clocks.get(pk, {}), length, rulings.get(pk)) for pk, rows in tallied.items()
    ]
    return sorted(found, key=lambda item: (item.version.question.code, item.version.number))


def _item(
    version: QuestionVersion,
    rows: Sequence[Cell],
    clock: Mapping[float, int],
    length: int,
    ruling: Ruling | None,
) -> ItemReport:
    moments = moments_of(rows, length)
    right = _right(version, ruling)
    table = None
    if right and moments.n:
        table = distractor_table(
            levels_of(rows, length, with_own=False), options=row_ids(asked_of(version)), key=right
        )
    guessing = chance(under(asked_of(version), ruling))
    r = item_rest(moments)
    return ItemReport(
        version=version,
        moments=moments,
        facility=facility(moments.n, moments.x),
        discrimination=r,
        interval=correlation_interval(r, moments.n) if r is not None else None,
        biserial=point_biserial(moments),
        upper_lower=upper_lower(levels_of(rows, length, with_own=True)),
        table=table,
        time=time_summary(clock),
        flags=() if ruling else flags(moments, chance=guessing, table=table),
        chance=guessing,
        right=right,
        is_corrected=ruling is not None,
    )


def _right(version: QuestionVersion, ruling: Ruling | None) -> tuple[str, ...]:
    """The right options of today, in the author's order; of a key that was widened, old and new."""
    if version.kind not in CHOSEN or version.kind == Kind.LIKERT:
        return ()
    keys = [under(asked_of(version), ruling).choices]
    if ruling is not None and ruling.remedy == Remedy.ACCEPT_BOTH:
        keys.append(version.choices)
    right = {row["id"] for rows in keys for row in rows if row["correct"]}
    return tuple(row["id"] for row in version.choices if row["id"] in right)


def to_look_at(item: ItemReport) -> tuple[Flag, ...]:
    """The flags that ask for somebody's eyes: all but the one that says that answers are few."""
    return tuple(flag for flag in item.flags if flag.code is not Code.TOO_FEW)


def everywhere(scope: Scope) -> Scope:
    """The same period over every quiz."""
    return replace(scope, quiz_id=None)
