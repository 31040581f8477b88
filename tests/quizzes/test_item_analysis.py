"""Item analysis: a worked example by hand, and the database's sums against a plain model that reads every answer."""

import itertools
import statistics
from datetime import timedelta
from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizzes import analysis, kinds, tallies
from quizzes.chance import chance
from quizzes.enums import Kind, Remedy, Scoring
from quizzes.grading import in_points
from quizzes.models import KeyCorrection
from quizzes.psychometrics import Code
from quizzes.responses import collect
from quizzes.services import save_question
from quizzes.tallies import Scope
from quizzes.versions import asked_of
from tests.conftest import NOW, TODAY
from tests.quizzes.build import bank, question, quiz
from tests.quizzes.samples import DRAFTS
from tests.quizzes.sittings import right, sit, wrong

pytestmark = pytest.mark.django_db
near = pytest.approx
SINCE = TODAY - timedelta(days=30)


def analysed(made, **facts):
    while collect(now=NOW):
        pass
    return analysis.report(made, Scope(SINCE, TODAY, made.pk, **facts))


# ---------------------------------------------------------------- by hand


def test_a_worked_example(world):
    """Guttman's ladder of four questions: of 40 people ten each have 0, 1, 3 and 4 right, always the easiest.

    Facility. Q1 and Q2... by who has what right: score 4: all; 3: Q1-Q3; 1: Q1; 0: none. So right are 30, 20, 20, 10 of 40.
    Q4 with the rest of its paper: x 1 (ten, rest 3), 0 (rest 3, 1, 0, ten each). n 40, Sx 10, Sr 70, Srr 190, Sxr 30.
      r = (40·30 - 10·70) / sqrt((40·10 - 100)(40·190 - 4900)) = 500 / sqrt(300 · 2700) = 500 / 900 = 0.5555556
      With the whole: t = 4, 3, 1, 0: St 80, Stt 260, Sxt 40. (1600 - 800) / sqrt(300 · (10400 - 6400)) = 800 / sqrt(1 200 000) = 0.7302967
    Upper and lower 27 % of 40: 11 people each. Above: ten with 4 and one of those with 3: Q4 (10 + 0)/11 = 0.9090909; below 0.
    KR-20: p(1 - p) = 3/16, 4/16, 4/16, 3/16: 14/16 = 0.875. Variance of the total over n: 260/40 - 4 = 2.5.
      4/3 · (1 - 0.875/2.5) = 4/3 · 0.65 = 0.8666667. Error: sd (n - 1) = sqrt(2.5 · 40/39) = 1.6012815; · sqrt(1 - 0.8666667) = 0.5847053
    """
    versions = bank(4)
    ladder = [
        [right(v) if place < score else wrong(v) for place, v in enumerate(versions)]
        for score in (0, 1, 3, 4)
    ]
    papers = [dict(zip(versions, row, strict=True)) for row in ladder for _ in range(10)]
    made = quiz(count=4)
    sit(made, world.somsri, papers)
    found = analysed(made)

    assert (found.n, found.length, found.is_drawn, found.waiting, found.is_cut) == (40, 4, False, 0, False)
    assert [item.facility.mean for item in found.items] == [0.75, 0.5, 0.5, 0.25]
    last = found.items[3]
    assert last.discrimination == near(0.5555556, abs=1e-7)
    assert last.biserial == near(0.7302967, abs=1e-7)
    assert (last.upper_lower.size, last.upper_lower.upper, last.upper_lower.lower) == (11, near(10 / 11), 0)
    assert found.reliability.alpha == near(0.8666667, abs=1e-7)
    assert found.reliability.sem == near(0.5847053, abs=1e-7)
    assert (found.mean, found.spread) == (50, near(25 * 1.6012815, abs=1e-5))
    assert found.histogram == [10, 0, 10, 0, 0, 0, 0, 10, 0, 10]


def test_the_shares_of_options_by_group_of_the_rest(world):
    """Fifty people in five groups of ten by the rest of their paper, 0 to 4 of four questions. In each group more choose the key."""
    asked, *rest = bank(5)
    key, first, second = right(asked), wrong(asked, 0), wrong(asked, 1)
    papers = []
    for score in range(5):
        others = {v: right(v) if place < score else wrong(v) for place, v in enumerate(rest)}
        papers += [
            {asked: key if n < 2 * score + 2 else (first if n % 2 else second), **others} for n in range(10)
        ]
    made = quiz(count=5)
    sit(made, world.somsri, papers)
    table = analysed(made).items[0].table

    assert [group.n for group in table.groups] == [10] * 5
    assert [group.shares[key[0]] for group in table.groups] == near([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [group.shares[first[0]] for group in table.groups] == near([0.4, 0.3, 0.2, 0.1, 0])
    assert table.unused == (wrong(asked, 2)[0],)


def test_a_wrong_key_is_found_and_a_correction_silences_it(world):
    """Those who know the rest choose what the key calls wrong."""
    asked, *rest = bank(5)
    good = {asked: wrong(asked), **{v: right(v) for v in rest}}
    bad = {asked: right(asked), **{v: wrong(v) for v in rest}}
    made = quiz(count=5)
    sit(made, world.somsri, [good] * 20 + [bad] * 20)
    item = analysed(made).items[0]
    assert item.flags[0].code is Code.KEY_WRONG
    assert item.flags[0].options == (wrong(asked)[0],)

    KeyCorrection.objects.create(
        version=asked,
        remedy=Remedy.NEW_KEY,
        key=[{**row, "correct": row["id"] == wrong(asked)[0]} for row in asked.choices],
        reason="เฉลยผิด",
        state="applied",
        proposed_by=world.pakphum,
        proposed_at=NOW,
        decided_by=world.secretariat,
        decided_at=NOW,
    )
    made.attempts.update(is_collected=False)
    item = analysed(made).items[0]
    assert (item.flags, item.is_corrected, item.right) == ((), True, (wrong(asked)[0],))
    assert item.discrimination == near(1)


def test_what_is_taken_out_of_the_score_is_not_analysed(world):
    asked, *rest = bank(3)
    made = quiz()
    sit(made, world.somsri, [{v: right(v) for v in (asked, *rest)}] * 3)
    KeyCorrection.objects.create(
        version=asked,
        remedy=Remedy.VOID,
        reason="ถามสองเรื่อง",
        state="applied",
        proposed_by=world.pakphum,
        proposed_at=NOW,
        decided_by=world.secretariat,
        decided_at=NOW,
    )
    assert {item.version for item in analysed(made).items} == set(rest)


def test_few_answers_are_not_judged(world):
    versions = bank(3)
    made = quiz()
    sit(made, world.somsri, [{v: right(v) for v in versions}] * 29)
    found = analysed(made)
    assert not found.is_judged
    assert found.reliability.alpha is None
    assert [[flag.code for flag in item.flags] for item in found.items] == [[Code.TOO_FEW]] * 3
    assert analysis.to_look_at(found.items[0]) == ()


def test_an_empty_period_is_an_empty_report(world):
    bank(3)
    found = analysed(quiz())
    assert (found.n, found.items, found.mean, found.reliability.alpha) == (0, [], None, None)


# ---------------------------------------------------------------- who counts


def test_only_first_attempts_of_the_quiz_in_the_period_count(world):
    versions = bank(3)
    made, other = quiz(), quiz("U")
    paper = [{v: right(v) for v in versions}]
    sit(made, world.somsri, paper)
    sit(made, world.somsri, paper, number=2)
    sit(made, world.somsri, paper, now=NOW - timedelta(days=40), place="old")
    sit(other, world.somsri, paper, place="other")
    assert analysed(made).n == 1
    assert analysed(other).n == 1
    one = analysis.item_report(versions[0], Scope(SINCE, TODAY))
    assert one.n == 2, "over all quizzes"
    assert analysis.item_report(versions[0], Scope(SINCE, TODAY, made.pk)).n == 1


def test_days_are_thai_days(world):
    """Handed in at 23.30 and at 00.30 in Bangkok, which is one day in London."""
    versions = bank(3)
    made = quiz()
    late = NOW.replace(hour=16, minute=31)
    for place, at in (("a", late), ("b", late + timedelta(hours=1))):
        sit(made, world.somsri, [{v: right(v) for v in versions}], now=at, place=place)
    collect(now=NOW)
    for day in (TODAY, TODAY + timedelta(days=1)):
        assert analysis.quiz_report(made, since=day, until=day).n == 1


def test_papers_that_are_not_counted_yet_are_told(world):
    versions = bank(3)
    made = quiz()
    sit(made, world.somsri, [{v: right(v) for v in versions}] * 3)
    collect(now=NOW, limit=2)
    found = analysis.quiz_report(made, since=SINCE, until=TODAY)
    assert (found.n, found.waiting) == (2, 1)


def test_of_very_many_papers_the_newest_count_and_the_page_can_say_so(world):
    versions = bank(3)
    made = quiz()
    sit(made, world.somsri, [{v: wrong(v) for v in versions}] * 3 + [{v: right(v) for v in versions}] * 2)
    found = analysed(made, most=2)
    assert (found.n, found.is_cut, found.mean) == (2, True, 100)
    assert [item.facility.mean for item in found.items] == [1, 1, 1]
    assert analysis.item_report(versions[0], found.scope).facility.mean == 1
    assert not analysed(made, most=5).is_cut


# ---------------------------------------------------------------- against a plain model


def plain(papers):
    """Per version (points, totals, seconds of nobody) from raw answers, with no sums and no SQL."""
    found = {}
    for paper in papers:
        scores = {v: round(float(kinds.points(asked_of(v), said)), 4) for v, said in paper.items()}
        for v, x in scores.items():
            found.setdefault(v, []).append((x, sum(scores.values()), paper[v]))
    return found


def correlation(a, b):
    try:
        return statistics.correlation(a, b)
    except statistics.StatisticsError:
        return None


def tail(rows, size):
    """Mean points of the `size` people at one end; of the ties at the cut each counts by the same part."""
    edge = rows[size - 1][1]
    inside = [x for x, t in rows if (t > edge) == (rows[0][1] > edge) and t != edge]
    ties = [x for x, t in rows if t == edge]
    return (sum(inside) + sum(ties) / len(ties) * (size - len(inside))) / size


def alpha(table):
    """Cronbach's alpha of complete papers, by variances of lists."""
    k = len(table[0])
    total = statistics.variance([sum(row) for row in table])
    return k / (k - 1) * (1 - sum(statistics.variance(column) for column in zip(*table, strict=True)) / total)


# What each person does with three single questions and a multiple one, as numbers: the letters of options are drawn anew each time.
sheet = st.tuples(*[st.integers(0, 3)] * 3, st.sets(st.integers(0, 4)))
NUMBER = itertools.count()


@given(sheets=st.lists(sheet, min_size=30, max_size=60), lacks_one=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_sums_of_the_database_are_those_of_a_plain_model(world, sheets, lacks_one):
    prefix = f"H{next(NUMBER)}"
    versions = [question(f"{prefix}-{n}", right=(n % 3,), options=3) for n in range(3)]
    several = question(f"{prefix}-m", right=(0, 1, 2), options=5, kind=Kind.MULTIPLE)
    letters = [row["id"] for row in several.choices]
    papers = [
        {v: [[], right(v), wrong(v, 0), wrong(v, 1)][pick] for v, pick in zip(versions, picks, strict=True)}
        | {several: sorted(letters[place] for place in chosen)}
        for *picks, chosen in sheets
    ]
    if lacks_one:  # a paper that lacks a question makes the quiz a drawn one
        papers[0] = {v: said for v, said in papers[0].items() if v is not versions[0]}
    made = quiz(prefix, count=1)
    sit(made, world.somsri, papers, place=prefix)
    found = analysed(made)
    model = plain(papers)

    assert {item.version for item in found.items} == set(model)
    for item in found.items:
        rows = model[item.version]
        xs, ts = [x for x, _, _ in rows], [t for _, t, _ in rows]
        assert item.n == len(rows)
        assert item.facility.mean == near(statistics.fmean(xs))
        if len({len(paper) for paper in papers}) > 1:
            continue
        for ours, theirs in (
            (item.discrimination, correlation(xs, [t - x for x, t, _ in rows])),
            (item.biserial, correlation(xs, ts)),
        ):
            assert (ours is None) == (theirs is None)
            assert ours is None or ours == near(theirs, abs=1e-6)
        said = [option for _, _, words in rows for option in words]
        shares = item.table.overall.shares
        assert shares == near({option: said.count(option) / len(rows) for option in shares})
        steps = [(x, int(4 * (t - x) + 0.5) / 4 + x) for x, t, _ in rows]
        if len({t for _, t in steps}) > 1:
            size = (27 * len(steps) + 50) // 100
            up, down = sorted(steps, key=lambda row: -row[1]), sorted(steps, key=lambda row: row[1])
            assert item.upper_lower.upper == near(tail(up, size))
            assert item.upper_lower.lower == near(tail(down, size))
    if not found.is_drawn and found.reliability.alpha is not None:
        table = [
            [float(kinds.points(asked_of(v), paper[v])) for v in (*versions, several)] for paper in papers
        ]
        assert found.reliability.alpha == near(min(1, alpha(table)), abs=1e-3)
    scores = [
        100 * float(in_points(sum(kinds.points(asked_of(v), a) for v, a in p.items()))) / len(p)
        for p in papers
    ]
    assert (found.mean, found.spread) == near((statistics.fmean(scores), statistics.stdev(scores)))
    assert sum(found.histogram) == len(papers)


def test_the_sums_of_pairs_are_those_of_a_plain_model(world):
    versions = bank(4)
    made = quiz(count=3)
    papers = []
    for n in range(48):
        asked = list(combinations(versions, 3))[n % 4]
        papers.append(
            {v: right(v) if (n * (place + 3)) % 5 < 3 else wrong(v) for place, v in enumerate(asked)}
        )
    sit(made, world.somsri, papers)
    found = analysed(made)
    n, alone, together = tallies.pairs(found.scope, 3)

    assert (n, found.is_drawn, len(alone), len(together)) == (48, True, 4, 6)
    points = [{v: int(said == right(v)) for v, said in paper.items()} for paper in papers]
    expected = sorted(
        (len(both), sum(x for x, _ in both), sum(y for _, y in both), sum(x * y for x, y in both))
        for one, other in combinations(versions, 2)
        if (both := [(row[one], row[other]) for row in points if one in row and other in row])
    )
    assert sorted((pair.n, pair.x, pair.y, pair.xy) for pair in together) == expected
    assert found.reliability.reason is not None, "24 people met each pair, which is too few"


def test_drawn_papers_that_all_met_everything_have_the_alpha_of_fixed_ones(world):
    versions = bank(4)
    made = quiz(count=4)
    papers = [
        {v: right(v) if (n * (place + 2)) % 7 < 4 else wrong(v) for place, v in enumerate(versions)}
        for n in range(50)
    ]
    sit(made, world.somsri, papers)
    found = analysed(made)
    assert analysis._drawn(found.scope, 4).alpha == near(found.reliability.alpha)


def test_pairs_are_bounded(world, monkeypatch):
    versions = bank(4)
    made = quiz(count=4)
    sit(made, world.somsri, [{v: right(v) for v in versions}] * 9)
    found = analysed(made)
    monkeypatch.setattr(tallies, "MOST_MEETINGS", 50)
    n, alone, _ = tallies.pairs(found.scope, 4)
    assert (n, {one.n for one in alone}) == (5, {5}), "ten meetings a paper, fifty at most"


# ---------------------------------------------------------------- time


def test_times_are_summed_up_by_the_database(world):
    versions = bank(3)
    made = quiz()
    paper = {v: right(v) for v in versions}
    for place, seconds in enumerate((10, 20, 30, 200, 1801, None)):
        sit(made, world.somsri, [paper], place=f"s{place}", seconds={str(versions[0].pk): seconds})
    found = {item.version: item for item in analysed(made).items}
    time = found[versions[0]].time
    assert (time.n, time.median, time.p90) == (4, 25, 205), (
        "200 stands at the middle of its ten seconds; 1,801 was left open"
    )
    assert found[versions[1]].time is None


# ---------------------------------------------------------------- cost


def queries(act):
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)


def test_the_cost_in_queries_does_not_depend_on_questions_or_people(world):
    costs = set()
    for questions, people in ((10, 50), (60, 50), (10, 500)):
        prefix = f"C{questions}-{people}"
        versions = bank(questions, prefix=prefix)
        made = quiz(prefix, count=1)
        papers = [
            {v: right(v) if (n + place) % 3 else wrong(v) for place, v in enumerate(versions[n % 2 :])}
            for n in range(people)
        ]
        sit(made, world.somsri, papers, place=prefix)
        analysed(made)
        scope = Scope(SINCE, TODAY, made.pk)
        costs.add(
            (
                queries(lambda made=made, scope=scope: analysis.report(made, scope)),
                queries(lambda version=versions[0], scope=scope: analysis.item_report(version, scope)),
            )
        )
    assert costs == {(9, 4)}


def test_a_large_analysis_is_kept_for_a_while_and_a_small_one_is_not(world, monkeypatch):
    versions = bank(3)
    made = quiz()
    sit(made, world.somsri, [{v: right(v) for v in versions}] * 2)
    collect(now=NOW)

    def look():
        return analysis.quiz_report(made, since=SINCE, until=TODAY)

    assert queries(look) == queries(look) == 7
    monkeypatch.setattr(analysis, "KEPT_FROM", 2)
    first = look()
    assert queries(look) == 0
    assert look() == first
    assert first.is_kept


# ---------------------------------------------------------------- guessing


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("scoring", list(Scoring))
def test_what_guessing_earns_is_the_mean_over_every_answer(kind, scoring):
    version = save_question(
        code="K",
        standard=1,
        draft=DRAFTS[kind].__class__(**{**vars(DRAFTS[kind]), "scoring": scoring}),
        now=NOW,
    )
    asked = asked_of(version)
    assert chance(asked) == near(float(guessed(asked)))


def guessed(asked):
    from fractions import Fraction
    from itertools import permutations, product

    rows, targets = kinds.row_ids(asked), kinds.target_ids(asked)
    if asked.kind in {Kind.SINGLE, Kind.TRUE_FALSE}:
        every = [[row] for row in rows]
    elif asked.kind == Kind.MULTIPLE:
        every = [list(pick) for pick in combinations(rows, 2)]
    elif asked.kind in {Kind.MATCHING, Kind.GAPS} or (asked.kind == Kind.JUDGEMENT and asked.scale):
        every = [
            [f"{r}={t}" for r, t in zip(rows, given, strict=True)]
            for given in product(targets, repeat=len(rows))
        ]
    elif asked.kind == Kind.ORDERING:
        every = [[f"{r}={t}" for r, t in zip(rows, given, strict=True)] for given in permutations(targets)]
    else:
        return 0
    return sum((kinds.points(asked, said) for said in every), Fraction(0)) / len(every)


def test_what_guessing_earns_of_a_ranking():
    asked = kinds.Asked(
        Kind.JUDGEMENT, [{"id": letter, "expert": place} for place, letter in enumerate("abc", 1)]
    )
    from itertools import permutations

    every = [
        kinds.points(asked, [f"{r}={t}" for r, t in zip("abc", given, strict=True)])
        for given in permutations("123")
    ]
    assert chance(asked) == near(float(sum(every) / len(every)))
