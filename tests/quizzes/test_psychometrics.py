"""Item statistics, reliability, gain and the hiding of small groups.

Worked examples show their arithmetic. Properties hold the statistics from sums against naive ones from lists, written here another
way or taken from the standard library's `statistics`. Figures of R and Julia packages are quoted from their documentation.
"""

import random
import statistics
from collections import defaultdict
from fractions import Fraction
from itertools import combinations, product
from math import comb, isclose, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quizzes import psychometrics as ps
from quizzes.psychometrics.distributions import Z, beta_cdf, f_quantile
from quizzes.psychometrics.flags import ADVICE, MIN_ANSWERS, SEVERITY

near = pytest.approx
# Points in quarters, as partial credit gives them, beside the rest of a paper of up to nineteen other questions.
quarters = st.integers(0, 4).map(lambda n: n / 4)
people = st.lists(st.tuples(quarters, st.integers(0, 76).map(lambda n: n / 4)), min_size=2, max_size=40)


def split(rows):
    return [x for x, _ in rows], [x + rest for x, rest in rows]


# ---------------------------------------------------------------- facility


def test_facility_and_wilson_by_hand():
    # 8 of 10 right. z² = 3.841459; 1 + z²/n = 1.3841459.
    # Centre (0.8 + 3.841459/20) / 1.3841459 = 0.9920730 / 1.3841459 = 0.7167401
    # Half   1.959964/1.3841459 · sqrt(0.16/10 + 3.841459/400) = 1.4160096 · 0.1600114 = 0.2265777
    found = ps.facility(10, 8)
    assert found.mean == 0.8
    assert found.interval == near((0.4901624, 0.9433178), abs=1e-6)


def test_facility_of_nobody_is_not_said():
    assert ps.facility(0, 0) is None
    for n, points in ((-1, 0), (3, 4), (3, -0.5), (0, 1), (2, float("nan"))):
        with pytest.raises(ValueError, match="points"):
            ps.facility(n, points)


@given(st.integers(1, 10**6), st.data())
def test_wilson_ends_solve_its_equation(n, data):
    right = data.draw(st.integers(0, n))
    found = ps.facility(n, right)
    low, high = found.interval
    assert 0 <= low <= found.mean <= high <= 1
    # Each end π satisfies |p − π| = z · sqrt(π(1 − π)/n).
    for end in (low, high):
        assert abs(found.mean - end) == near(Z * sqrt(end * (1 - end) / n), abs=1e-7)
    mirrored = ps.facility(n, n - right).interval
    assert mirrored == near((1 - high, 1 - low), abs=1e-9)


# ---------------------------------------------------------------- discrimination


def test_discrimination_by_hand():
    # x 1 1 1 0 0, t 5 4 2 3 1: n 5, Σx 3, Σx² 3, Σt 15, Σt² 55, Σxt 11.
    moments = ps.Moments.of([1, 1, 1, 0, 0], [5, 4, 2, 3, 1])
    assert moments == ps.Moments(5, 3, 3, 15, 55, 11)
    # Point-biserial: (5·11 − 3·15) / sqrt((5·3 − 9)(5·55 − 225)) = 10 / sqrt(6·50) = 0.5773503
    assert ps.point_biserial(moments) == near(0.5773503, abs=1e-7)
    # Rest 4 3 1 3 1: Σ 12, Σ² 36, Σxr 8. (5·8 − 3·12) / sqrt(6 · (5·36 − 144)) = 4 / sqrt(216) = 0.2721655
    assert ps.item_rest(moments) == near(0.2721655, abs=1e-7)


def test_no_variance_no_correlation():
    everyone_right = ps.Moments.of([1, 1, 1], [3, 2, 1])
    same_total = ps.Moments.of([1, 0, 1], [2, 2, 2])
    alone_on_the_paper = ps.Moments.of([1, 0, 0.3], [1, 0, 0.3])
    for moments in (everyone_right, ps.Moments(0, 0, 0, 0, 0, 0), ps.Moments.of([1], [4])):
        assert ps.point_biserial(moments) is None
        assert ps.item_rest(moments) is None
    assert ps.point_biserial(same_total) is None
    assert ps.item_rest(same_total) == near(-1)  # the rest is 1 2 1
    assert ps.item_rest(alone_on_the_paper) is None
    # A tenth is not exact in binary: rounding is no variance.
    parts = [0.1, 0.7, 0.3, 0.9, 0.2, 0.6, 1 / 3]
    assert ps.item_rest(ps.Moments.of(parts, [x + 5.1 for x in parts])) is None
    assert ps.point_biserial(ps.Moments.of([0.1] * 7, [0.1, 0.7, 3, 2, 1, 4, 5])) is None


def test_moments_refuse_what_is_no_count():
    with pytest.raises(ValueError, match="moments"):
        ps.Moments(-1, 0, 0, 0, 0, 0)
    with pytest.raises(ValueError, match="moments"):
        ps.Moments(1, float("nan"), 0, 0, 0, 0)
    with pytest.raises(ValueError, match="argument"):
        ps.Moments.of([1], [1, 2])


@given(people)
def test_correlations_equal_those_of_the_standard_library(rows):
    x, t = split(rows)
    rest = [other for _, other in rows]
    moments = ps.Moments.of(x, t)
    for found, other in ((ps.point_biserial(moments), t), (ps.item_rest(moments), rest)):
        if len(set(x)) == 1 or len(set(other)) == 1:
            assert found is None
        else:
            assert found == near(statistics.correlation(x, other), abs=1e-9)
            assert -1 <= found <= 1


@given(people, st.integers(-50, 50), st.integers(1, 9))
def test_a_shift_or_a_scale_of_totals_changes_nothing(rows, shift, scale):
    x, t = split(rows)
    plain = ps.Moments.of(x, t)
    moved = ps.Moments.of(x, [scale * total + shift for total in t])
    assert ps.point_biserial(moved) == near(ps.point_biserial(plain), abs=1e-9)
    # The rest is a difference, so it stands a shift, and a scale of both.
    assert ps.item_rest(ps.Moments.of(x, [total + shift for total in t])) == near(
        ps.item_rest(plain), abs=1e-9
    )
    both = ps.Moments.of([scale * point for point in x], [scale * total for total in t])
    assert ps.item_rest(both) == near(ps.item_rest(plain), abs=1e-9)


@given(people, people)
def test_moments_of_two_groups_add_up(here, there):
    assert ps.Moments.of(*split(here)) + ps.Moments.of(*split(there)) == ps.Moments.of(*split(here + there))


def test_a_million_answers_lose_no_precision():
    # Half of a million have the question right and two points more on the rest, which is 10, 11 or 12, 13 by turns:
    # var(x) = 1/4, var(rest) = 1 + 1/4, cov = 1/2 · 1/2 · 2 = 1/2, so r = 0.5 / sqrt(0.3125) = 0.8944272.
    quarter = 250_000
    rows = [(0, 10), (0, 11), (1, 13), (1, 14)]  # x and total, where the total holds x
    sums = [
        quarter * sum(values) for values in zip(*[(x, x * x, t, t * t, x * t) for x, t in rows], strict=True)
    ]
    assert ps.item_rest(ps.Moments(4 * quarter, *sums)) == near(0.8944272, abs=1e-7)


def test_fisher_interval_by_hand():
    # atanh 0.3 = 0.3095196; 1.959964/sqrt(100) = 0.1959964; tanh 0.1135232 = 0.1130382, tanh 0.5055160 = 0.4664441
    assert ps.correlation_interval(0.3, 103) == near((0.1130382, 0.4664441), abs=1e-6)
    assert ps.correlation_interval(1.0, 50) is None
    assert ps.correlation_interval(0.2, 3) is None


# ---------------------------------------------------------------- upper and lower


def levels_of(rows):
    """Group (points, total) pairs by total, as a database would."""
    found = defaultdict(lambda: [0, 0.0])
    for x, t in rows:
        found[t][0] += 1
        found[t][1] += x
    return [ps.ScoreLevel(t, n, points) for t, (n, points) in found.items()]


def test_upper_lower_by_hand():
    # Ten people: 27 % of 10 is 2.7, so three in each group. Totals 1 2 3 | 4 … 7 | 8 9 10, right from 6 on and at 2.
    found = ps.upper_lower(levels_of([(int(t >= 6 or t == 2), t) for t in range(1, 11)]))
    assert (found.size, found.upper, found.lower) == (3, 1.0, near(1 / 3))
    assert found.index == near(2 / 3)


def test_ties_at_the_cut_count_by_fractions():
    # Twelve people: 3.24, so three. One with 9 (right), then four with 8 of whom three are right share the two places left:
    # (1 + 2 · 3/4) / 3 = 0.8333333. Below: five with 2, two of them right, for one place after two with 1, none right: 0.4 / 3.
    levels = [
        ps.ScoreLevel(9, 1, 1),
        ps.ScoreLevel(8, 4, 3),
        ps.ScoreLevel(2, 5, 2),
        ps.ScoreLevel(1, 2, 0),
    ]
    found = ps.upper_lower(levels)
    assert (found.size, found.upper, found.lower) == (3, near(2.5 / 3), near(0.4 / 3))


def test_no_groups_without_two_totals():
    assert ps.upper_lower([]) is None
    assert ps.upper_lower([ps.ScoreLevel(3, 1, 1)]) is None
    assert ps.upper_lower([ps.ScoreLevel(3, 50, 20)]) is None
    assert ps.upper_lower([ps.ScoreLevel(3, 50, 20), ps.ScoreLevel(4, 0)]) is None
    with pytest.raises(ValueError, match="points"):
        ps.ScoreLevel(3, 1, 2)
    with pytest.raises(ValueError, match="option"):
        ps.ScoreLevel(3, 1, 1, (("a", 2),))


@given(people, st.randoms())
def test_upper_lower_is_the_mean_over_all_orders_of_equals(rows, chance):
    rows = [(x, x + rest) for x, rest in rows]
    found = ps.upper_lower(levels_of(chance.sample(rows, len(rows))))
    if len({t for _, t in rows}) == 1:
        assert found is None
        return
    # Naive: rank everyone; whoever is level with the person at the cut stands for the mean of all equals.
    mean_at = {t: statistics.fmean(x for x, other in rows if other == t) for _, t in rows}
    ranked = sorted(t for _, t in rows)
    size = int(0.27 * len(rows) + 0.5)
    assert found.size == size
    assert found.lower == near(statistics.fmean(mean_at[t] for t in ranked[:size]))
    assert found.upper == near(statistics.fmean(mean_at[t] for t in ranked[-size:]))
    assert -1 <= found.index <= 1


@given(people)
def test_rows_of_the_same_total_are_one_level(rows):
    rows = [(x, x + rest) for x, rest in rows]
    one_each = [ps.ScoreLevel(t, 1, x) for x, t in rows]
    merged, apart = ps.upper_lower(levels_of(rows)), ps.upper_lower(one_each)
    assert (merged is None) == (apart is None)
    if merged:
        assert (merged.size, merged.upper, merged.lower) == (apart.size, near(apart.upper), near(apart.lower))


# ---------------------------------------------------------------- distractors


def table(**changes):
    """Thirty people in three groups. The key is a; the best like c more."""
    levels = [
        ps.ScoreLevel(1, 10, 5, (("a", 5), ("b", 3), ("c", 1))),
        ps.ScoreLevel(2, 10, 4, (("a", 4), ("b", 2), ("c", 4))),
        ps.ScoreLevel(3, 10, 3, (("a", 3), ("c", 7), ("zz", 1))),
    ]
    return ps.distractor_table(levels, **{"options": "abcd", "key": "a", "groups": 3} | changes)


def test_distractors_by_hand():
    found = table()
    assert [group.n for group in found.groups] == [10, 10, 10]
    assert [group.shares["a"] for group in found.groups] == [0.5, 0.4, 0.3]
    assert [group.facility for group in found.groups] == [0.5, 0.4, 0.3]
    assert found.groups[0].shares == {"a": 0.5, "b": 0.3, "c": 0.1, "d": 0.0}  # one left it blank
    assert found.overall.shares == near({"a": 12 / 30, "b": 5 / 30, "c": 12 / 30, "d": 0})
    assert found.unused == ("d",)
    assert found.rivals == ("c",)  # 0.7 against 0.3 in the best group
    assert found.upper.n == 10


def test_with_several_right_options_a_rival_beats_the_least_chosen():
    assert table(key="ac").rivals == ()  # b 0 and d 0 against a 0.3
    assert table(key="ab").rivals == ("c",)  # 0.7 against b 0
    assert table(key="bc").rivals == ("a",)  # 0.3 against b 0, though c has 0.7


def test_two_in_a_hundred_is_used():
    def unused(chosen):
        return ps.distractor_table([ps.ScoreLevel(1, 100, 0, (("b", chosen),))], options="ab", key="a").unused

    assert unused(2) == ()
    assert unused(1) == ("b",)


def test_equals_stay_together_and_a_group_may_be_empty():
    # 5 people: two with 1 (middle of ranks 1 of 5 → group 1), three with 4 (3.5 of 5 → group 3).
    assert ps.bands({4: 3, 1: 2, 7: 0}) == {1: 1, 4: 3}
    alone = ps.distractor_table([ps.ScoreLevel(4, 9, 0, (("b", 9),))], options="ab", key="a")
    assert alone.upper is None
    assert alone.rivals == ()
    nobody = ps.distractor_table([], options="ab", key="a")
    assert (nobody.unused, nobody.rivals, nobody.overall.facility) == ((), (), None)


def test_a_table_wants_a_key_among_the_options():
    for key in ("", "z"):
        with pytest.raises(ValueError, match="key"):
            table(key=key)
    with pytest.raises(ValueError, match="groups"):
        ps.bands({1: 1}, groups=1)


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 20), max_size=12), st.integers(2, 6))
def test_bands_rise_with_the_total(counts, groups):
    found = ps.bands(counts, groups=groups)
    assert set(found) == {total for total, n in counts.items() if n}
    placed = [found[total] for total in sorted(found)]
    assert placed == sorted(placed)
    assert all(0 <= band < groups for band in placed)


@given(st.integers(1, 8), st.integers(2, 6))
def test_without_ties_groups_are_equal(times, groups):
    found = ps.bands(dict.fromkeys(range(times * groups), 1), groups=groups)
    assert [list(found.values()).count(band) for band in range(groups)] == [times] * groups


# ---------------------------------------------------------------- time


def test_times_by_hand():
    # 1 … 10: the first tenth is exactly one person, so p10 is the mean of 1 and 2; the median of 5 and 6; p90 of 9 and 10.
    assert ps.time_summary(range(1, 11)) == ps.TimeSummary(10, 1.5, 5.5, 9.5)
    assert ps.time_summary({30.0: 3, 60.0: 1}) == ps.TimeSummary(4, 30, 30, 60)
    assert ps.time_summary([]) is None
    assert ps.time_summary({5: 0}) is None
    for wrong in ([-1.0], {3.0: -1}, [float("inf")]):
        with pytest.raises(ValueError, match="times"):
            ps.time_summary(wrong)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=60), st.integers(1, 5))
def test_times_of_a_histogram_equal_those_of_the_list(times, repeat):
    found = ps.time_summary(times)
    histogram = {time: repeat * times.count(time) for time in times}
    again = ps.time_summary(histogram)
    assert (again.p10, again.median, again.p90) == (found.p10, found.median, found.p90)
    assert found.median == statistics.median(times)
    assert min(times) <= found.p10 <= found.median <= found.p90 <= max(times)
    for percent, value in ((10, found.p10), (90, found.p90)):
        assert 100 * sum(time <= value for time in times) >= percent * len(times)
        assert 100 * sum(time < value for time in times) <= percent * len(times)


# ---------------------------------------------------------------- reliability


def paper(n, k, seed=1, *, easy=0.0):
    """Zeros and ones of n people on k questions that share one ability."""
    chance = random.Random(seed)
    abilities = [chance.gauss(0, 1) for _ in range(n)]
    return [[int(ability + chance.gauss(easy, 1.2) > 0) for _ in range(k)] for ability in abilities]


def complete(rows):
    return [ps.Sums.of(column) for column in zip(*rows, strict=True)], ps.Sums.of([sum(row) for row in rows])


def sparse(rows):
    """Sums of what was asked; None was not."""
    columns = list(zip(*rows, strict=True))
    items = [ps.Sums.of([x for x in column if x is not None]) for column in columns]
    pairs = []
    for one, other in combinations(columns, 2):
        met = [(x, y) for x, y in zip(one, other, strict=True) if x is not None and y is not None]
        pairs.append(
            ps.PairSums(len(met), sum(x for x, _ in met), sum(y for _, y in met), sum(x * y for x, y in met))
        )
    return items, pairs


def naive_alpha(rows):
    columns = list(zip(*rows, strict=True))
    k = len(columns)
    of_total = statistics.variance([sum(row) for row in rows])
    return k / (k - 1) * (1 - sum(statistics.variance(column) for column in columns) / of_total)


def test_alpha_by_hand():
    # Ten times (1 1 1), (1 1 0), (1 0 0), (0 0 0): n 40, totals 3 2 1 0.
    # Right 30, 20, 10: Σ p(1 − p) = 3/16 + 4/16 + 3/16 = 0.625; var(total) over n = 1.25.
    # KR-20 = 3/2 · (1 − 0.625/1.25) = 0.75. SEM = sqrt(1.25 · 40/39) · sqrt(0.25) = 1.1322770 · 0.5 = 0.5661385
    rows = [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]] * 10
    items, total = complete(rows)
    for found in (ps.cronbach_alpha(items, total), ps.kr20([30, 20, 10], total)):
        assert (found.n, found.items, found.reason) == (40, 3, None)
        assert found.alpha == near(0.75)
        assert found.sem == near(0.5661385, abs=1e-7)
        assert found.interval.low < 0.75 < found.interval.high
    pooled = ps.pooled_alpha(40, 3, *sparse(rows))
    assert (pooled.alpha, pooled.sem, pooled.share_used) == (near(0.75), near(0.5661385, abs=1e-7), 1.0)
    assert pooled.interval is None


def test_alpha_of_the_matrix_in_the_manual_of_statsbase():
    # StatsBase.jl documents cronbachalpha of this matrix as 0.8136: 4/3 · (1 − 46/118).
    n = 100
    items = [ps.Sums(n, 0, (n - 1) * variance) for variance in (10, 11, 12, 13)]
    pairs = [ps.PairSums(n, 0, 0, (n - 1) * 6)] * 6
    assert ps.cronbach_alpha(items, ps.Sums(n, 0, (n - 1) * 118)).alpha == near(0.8136, abs=5e-5)
    assert ps.pooled_alpha(n, 4, items, pairs).alpha == near(0.8136, abs=5e-5)


@given(st.integers(30, 60), st.integers(2, 6), st.integers(0, 10**6))
def test_all_roads_lead_to_the_same_alpha(n, k, seed):
    rows = paper(n, k, seed)
    assume(len({sum(row) for row in rows}) > 1)
    items, total = complete(rows)
    found = ps.cronbach_alpha(items, total)
    assert found.alpha == near(naive_alpha(rows), abs=1e-9)
    assert ps.kr20([sum(column) for column in zip(*rows, strict=True)], total) == found
    pooled = ps.pooled_alpha(n, k, *sparse(rows))
    assert (pooled.alpha, pooled.sem) == (near(found.alpha, abs=1e-9), near(found.sem, abs=1e-9))
    assert found.alpha <= 1
    assert 0 <= found.sem <= sqrt(total.variance) + 1e-12


@given(st.integers(0, 10**6), st.integers(-5, 5), st.integers(1, 7))
def test_alpha_stands_a_shift_and_a_scale(seed, shift, scale):
    rows = paper(40, 4, seed)
    plain = ps.cronbach_alpha(*complete(rows))
    moved = ps.cronbach_alpha(*complete([[scale * x + shift for x in row] for row in rows]))
    assert moved.alpha == near(plain.alpha, abs=1e-8)
    assert moved.sem == near(scale * plain.sem, abs=1e-8)


def test_alpha_of_a_pool_is_near_that_of_whole_papers():
    # Everybody answers all 12 questions; a paper shows 6 of them at random. By Spearman and Brown the alpha of half as many
    # parallel questions is (a/2) / (1 − a/2).
    rows = paper(4000, 12, 7)
    whole = naive_alpha(rows)
    half = whole / 2 / (1 - whole / 2)
    chance = random.Random(3)
    asked = [set(chance.sample(range(12), 6)) for _ in rows]
    drawn = [
        [x if i in own else None for i, x in enumerate(row)] for row, own in zip(rows, asked, strict=True)
    ]
    found = ps.pooled_alpha(4000, 6, *sparse(drawn))
    assert found.alpha == near(half, abs=0.02)
    assert (found.share_used, found.interval) == (1.0, None)


def test_the_mean_covariance_weighs_pairs_by_who_met_them():
    # v = (100·1 + 50·4)/150 = 2; c = (90·0.5 + 30·1.5)/120 = 0.75; pair 3 (29 people) is left out: 120 of 149 joint.
    # k 5: alpha = 5·0.75 / (2 + 4·0.75) = 0.75; SEM = sqrt(5 · (2 − 0.75)) = 2.5
    items = [ps.Sums(100, 0, 99), ps.Sums(50, 0, 4 * 49), ps.Sums(29, 0, 999)]
    pairs = [ps.PairSums(90, 0, 0, 89 * 0.5), ps.PairSums(30, 0, 0, 29 * 1.5), ps.PairSums(29, 0, 0, 28 * 9)]
    found = ps.pooled_alpha(100, 5, items, pairs)
    assert (found.alpha, found.sem, found.share_used) == (near(0.75), near(2.5), near(120 / 149))


def test_where_alpha_is_not_computed_the_reason_is_said():
    few, enough = [ps.Sums(29, 10, 10)] * 2, [ps.Sums(40, 20, 20)] * 2
    thin, fat = ps.PairSums(29, 9, 9, 9), ps.PairSums(30, 9, 9, 9)
    cases = {
        ps.NotComputed.FEW_PEOPLE: ps.cronbach_alpha(few, ps.Sums(29, 20, 30)),
        ps.NotComputed.ONE_ITEM: ps.cronbach_alpha(enough[:1], ps.Sums(40, 20, 20)),
        ps.NotComputed.NO_VARIANCE: ps.cronbach_alpha(enough, ps.Sums(40, 40, 40)),
        ps.NotComputed.FEW_JOINT: ps.pooled_alpha(60, 2, enough, [fat, thin, thin]),
    }
    for reason, found in cases.items():
        assert (found.reason, found.alpha, found.sem, found.interval) == (reason, None, None, None)
        assert ps.WHY_NOT[reason]
    assert ps.pooled_alpha(29, 2, enough, [fat]).reason is ps.NotComputed.FEW_PEOPLE
    assert ps.pooled_alpha(60, 2, enough, []).reason is ps.NotComputed.FEW_JOINT
    assert ps.pooled_alpha(60, 2, [ps.Sums(60, 60, 60)] * 2, [ps.PairSums(60, 60, 60, 60)]).reason is (
        ps.NotComputed.NO_VARIANCE
    )
    with pytest.raises(ValueError, match="pools"):
        ps.cronbach_alpha([ps.Sums(40, 1, 1), ps.Sums(39, 1, 1)], ps.Sums(40, 2, 2))
    with pytest.raises(ValueError, match="right"):
        ps.kr20([41, 3], ps.Sums(40, 44, 60))


def test_a_negative_alpha_is_said_and_its_error_stays_within_the_deviation():
    # Whoever has one question right has the other wrong, but for two people with both and one with none.
    rows = [[1, 0], [0, 1]] * 20 + [[1, 1]] * 2 + [[0, 0]]
    items, total = complete(rows)
    found = ps.cronbach_alpha(items, total)
    assert found.alpha == near(naive_alpha(rows))
    assert found.alpha < 0
    assert found.sem == near(sqrt(total.variance))


def test_the_incomplete_beta_function_is_the_tail_of_a_binomial():
    for n, place, x in ((5, 2, 0.3), (20, 13, 0.6), (40, 1, 0.01), (60, 60, 0.97)):
        tail = sum(comb(n, i) * x**i * (1 - x) ** (n - i) for i in range(place, n + 1))
        assert beta_cdf(x, place, n - place + 1) == near(tail, rel=1e-11)
    assert (beta_cdf(0, 2, 3), beta_cdf(1, 2, 3)) == (0, 1)
    for x, a, b in ((-0.1, 1, 1), (1.1, 1, 1), (0.5, 0, 1), (0.5, 1, float("inf"))):
        with pytest.raises(ValueError, match="beta"):
            beta_cdf(x, a, b)
    with pytest.raises(ValueError, match="quantile"):
        f_quantile(1, 2, 3)


def test_quantiles_of_f_are_those_of_the_tables():
    tables = {(0.975, 10, 20): 2.7737, (0.95, 1, 1): 161.4476, (0.975, 9, 9): 4.0260, (0.95, 2, 30): 3.3158}
    for asked, printed in tables.items():
        assert f_quantile(*asked) == near(printed, abs=5e-5)
    # The lower quantile is the reciprocal of the upper one with the degrees exchanged.
    assert f_quantile(0.025, 20, 10) == near(1 / f_quantile(0.975, 10, 20), rel=1e-9)


def test_feldt_intervals():
    # R's statpsych documents ci.cronbach(.05, .85, 7, 89) as 0.7971254 to 0.8931436; it takes n(k − 1) = 534 degrees of freedom
    # where Feldt (and cocron and ShinyItemAnalysis) take (n − 1)(k − 1) = 528. So this holds the quantiles to R's digits, …
    assert 1 - 0.15 * f_quantile(0.975, 88, 534) == near(0.7971254, abs=5e-8)
    assert 1 - 0.15 * f_quantile(0.025, 88, 534) == near(0.8931436, abs=5e-8)
    feldt = 1 - 0.15 * f_quantile(0.975, 88, 528), 1 - 0.15 * f_quantile(0.025, 88, 528)
    assert ps.feldt_interval(0.85, 89, 7) == near(feldt, abs=1e-12)
    # … and the interval itself differs from it in the fourth decimal.
    assert ps.feldt_interval(0.85, 89, 7) == near((0.7971254, 0.8931436), abs=1e-4)
    # For a million people: the normal interval of ln(1 − alpha), whose variance is 2k/((k − 1)n) = 40/19 e-6; e^±0.0028438.
    assert ps.feldt_interval(0.8, 10**6, 20) == near((1 - 0.2 * 1.0028478, 1 - 0.2 * 0.9971602), abs=1e-6)
    for alpha, n, k in ((1.2, 50, 5), (0.5, 1, 5), (0.5, 50, 1)):
        with pytest.raises(ValueError, match="Feldt"):
            ps.feldt_interval(alpha, n, k)


@given(st.floats(-1, 0.99), st.integers(30, 300), st.integers(2, 40))
def test_feldt_intervals_hold_the_estimate_and_narrow(alpha, n, k):
    low, high = ps.feldt_interval(alpha, n, k)
    assert low < alpha < high < 1
    narrow = ps.feldt_interval(alpha, 2 * n, k)
    assert narrow.high - narrow.low < high - low


def test_feldt_interval_holds_the_truth_nineteen_times_in_twenty():
    # Parallel normal questions with variance 1 and covariance 0.3, k 5: alpha = 5·0.3 / (1 + 4·0.3) = 0.6818182.
    chance = random.Random(11)
    held = 0
    for _ in range(400):
        rows = []
        for _ in range(30):
            ability = chance.gauss(0, sqrt(0.3))
            rows.append([ability + chance.gauss(0, sqrt(0.7)) for _ in range(5)])
        found = ps.cronbach_alpha(*complete(rows))
        held += found.interval.low <= 1.5 / 2.2 <= found.interval.high
    assert 0.92 <= held / 400 <= 0.98


# ---------------------------------------------------------------- flags


def asked(n, right, r_sign=1.0):
    """Moments of n people, of whom so many are right, with a rest that follows (1), ignores (0) or opposes (−1) the question."""
    rows = []
    for place in range(n):
        x = int(place < right)
        noise = (place * 7) % 5
        rows.append((x, noise + 6 * r_sign * x))
    return ps.Moments.of([x for x, _ in rows], [x + rest for x, rest in rows])


def codes(*arguments, **keywords):
    return [flag.code for flag in ps.flags(*arguments, **keywords)]


def test_a_good_question_has_no_flags():
    assert ps.flags(asked(100, 60), chance=0.25) == ()


def test_few_answers_say_nothing_else():
    (flag,) = ps.flags(asked(MIN_ANSWERS - 1, 0, -1), chance=0.25, table=table())
    assert (flag.code, dict(flag.evidence)) == (ps.Code.TOO_FEW, {"n": 29})
    assert codes(ps.Moments(0, 0, 0, 0, 0, 0), chance=0.25) == [ps.Code.TOO_FEW]
    assert ps.Code.TOO_FEW not in codes(asked(MIN_ANSWERS, 20), chance=0.25)


def test_a_wrong_key_comes_first():
    found = ps.flags(asked(30, 12, -1), chance=0.25, table=table())
    assert [flag.code for flag in found] == [ps.Code.KEY_WRONG, ps.Code.DISTRACTOR_UNUSED]
    wrong, unused = found
    assert (wrong.severity, wrong.options) == (ps.Severity.HIGH, ("c",))
    assert wrong.evidence["item_rest"] < 0
    assert wrong.evidence["item_rest_low"] < wrong.evidence["item_rest"] < wrong.evidence["item_rest_high"]
    assert (wrong.evidence["upper_share:c"], wrong.evidence["upper_share:a"]) == (0.7, 0.3)
    assert (unused.options, unused.evidence["share:d"], unused.severity) == (("d",), 0, ps.Severity.LOW)


def test_backwards_without_a_rival_is_not_a_wrong_key():
    assert codes(asked(100, 60, -1), chance=0.25) == [ps.Code.BACKWARDS]
    assert codes(asked(30, 12, -1), chance=0.25, table=table(key="ac"))[0] == ps.Code.BACKWARDS
    # A rival alone proves nothing while the question follows the rest.
    assert ps.Code.KEY_WRONG not in codes(asked(30, 12), chance=0.25, table=table())


@pytest.mark.parametrize(
    ("cov", "expected"),
    [(-0.001, "backwards"), (0, "discriminates_little"), (0.0374, "discriminates_little"), (0.0376, None)],
)
def test_the_threshold_of_discrimination(cov, expected):
    # x is half right (variance 1/4), the rest has variance 1/4: r = 4 · cov, so 0.15 is a covariance of 0.0375.
    n, half = 10_000, 0.5
    xr = n * (half * half + cov)
    rest, rest_squared = n * half, n * half
    moments = ps.Moments(
        n, n * half, n * half, n * half + rest, n * half + 2 * xr + rest_squared, n * half + xr
    )
    assert ps.item_rest(moments) == near(4 * cov, abs=1e-9)
    assert codes(moments, chance=0.25) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("right", "expected"),
    [(96, ["too_easy"]), (95, []), (30, []), (29, ["too_hard"]), (0, ["too_hard"])],
)
def test_the_thresholds_of_facility(right, expected):
    assert codes(asked(100, right), chance=0.25) == expected


def test_chance_is_less_than_certain():
    for chance in (-0.1, 1):
        with pytest.raises(ValueError, match="guessing"):
            ps.flags(asked(40, 20), chance=chance)


def test_every_code_has_thai_advice_that_asks_kindly():
    assert set(ADVICE) == set(SEVERITY) == set(ps.Code)
    for code in ps.Code:
        advice = ps.Flag(code, {}).advice
        assert "โปรด" in advice
        assert "%" not in advice
        assert not any("a" <= letter.lower() <= "z" for letter in advice)
    assert "ร้อยละ 95 " in ADVICE[ps.Code.TOO_EASY]
    assert "ร้อยละ 2)" in ADVICE[ps.Code.DISTRACTOR_UNUSED]


@given(people, st.floats(0, 0.5))
def test_flags_are_in_order_and_never_contradict(rows, chance):
    found = codes(ps.Moments.of(*split(rows)), chance=chance)
    assert found == sorted(found, key=list(ps.Code).index)
    assert len(set(found)) == len(found)
    assert not {ps.Code.TOO_EASY, ps.Code.TOO_HARD} <= set(found)
    assert len({ps.Code.KEY_WRONG, ps.Code.BACKWARDS, ps.Code.DISCRIMINATES_LITTLE} & set(found)) <= 1


# ---------------------------------------------------------------- gain

scores = st.integers(0, 20).map(lambda n: n / 20)
classes = st.lists(st.tuples(scores, scores), min_size=10, max_size=40)


def test_gain_by_hand():
    # Ten people: five go from 0.4 to 0.8 (each g = 0.4/0.6 = 0.6667), five from 0.6 to 0.8 (g = 0.2/0.4 = 0.5).
    # Means 0.5 and 0.8: class g = 0.3/0.5 = 0.6; of individuals (0.6667 + 0.5)/2 = 0.5833333.
    # Changes 0.4 and 0.2: mean 0.3, Σ(d − 0.3)² = 10 · 0.01, sd = sqrt(0.1/9) = 0.1054093, d_z = 2.8460499.
    # J = 1 − 3/(4·9 − 1) = 0.9142857; d = 2.6021028; SE = sqrt(1/10 + 2.6021028²/20) = sqrt(0.4385469) = 0.6622288;
    # d ± 1.959964 · 0.6622288 = 1.3041582 to 3.9000474.
    found = ps.learning_gain(ps.GainSums.of([0.4] * 5 + [0.6] * 5, [0.8] * 10, pre_only=12))
    assert (found.n, found.mean_pre, found.mean_post) == (10, near(0.5), near(0.8))
    assert (found.class_gain, found.mean_gain) == (near(0.6), near(0.5833333))
    assert found.effect == near(2.6021028, abs=1e-6)
    assert found.interval == near((1.3041582, 3.9000474), abs=1e-5)
    assert (found.at_full, found.dropped_out) == (0, 12)


def test_under_ten_people_nothing_is_said():
    assert ps.learning_gain(ps.GainSums.of([0.5] * 9, [0.9] * 9, pre_only=50)) is None
    assert ps.learning_gain(ps.GainSums.of([], [])) is None


def test_small_counts_inside_a_gain_are_hidden():
    def said(full, below, pre_only=0):
        pre, post = [1.0] * full + [0.5] * below, [1.0] * full + [0.75] * below
        return ps.learning_gain(ps.GainSums.of(pre, post, pre_only=pre_only))

    assert [said(0, 20, drop).dropped_out for drop in (0, 1, 9, 10)] == [0, None, None, 10]
    assert [said(full, 20).at_full for full in (0, 1, 9, 10)] == [0, None, None, 10]
    few = said(20, 9)  # what is not at full would be nine people
    assert (few.at_full, few.mean_gain) == (None, None)
    assert few.class_gain is not None


def test_whoever_had_everything_is_left_out_of_individual_gains():
    found = ps.learning_gain(ps.GainSums.of([1.0] * 10 + [0.5] * 10, [0.9] * 10 + [1.0] * 10))
    assert found.mean_gain == 1.0
    assert found.class_gain == near((0.95 - 0.75) / 0.25)
    full = ps.learning_gain(ps.GainSums.of([1.0] * 10, [0.5] * 10))
    assert (full.class_gain, full.mean_gain, full.at_full) == (None, None, 10)


def test_no_spread_no_effect():
    found = ps.learning_gain(ps.GainSums.of([0.1] * 10, [0.4] * 10))
    assert (found.effect, found.interval) == (None, None)
    assert ps.learning_gain(ps.GainSums.of([0.3] * 10, [0.3] * 10)).effect is None


def test_gain_refuses_what_is_no_score():
    for pre, post in (([1.2], [0.5]), ([0.5], [-0.1])):
        with pytest.raises(ValueError, match="scores"):
            ps.GainSums.of(pre, post)
    with pytest.raises(ValueError, match="argument"):
        ps.GainSums.of([0.5], [])
    for wrong in ({"below_full": 11}, {"pre_only": -1}, {"post": 10.5}, {"gains": float("inf")}):
        with pytest.raises(ValueError, match=r"people|scores"):
            ps.GainSums(
                **{"n": 10, "pre": 5, "post": 6, "changes_squared": 1, "below_full": 10, "gains": 2} | wrong
            )


@given(classes)
def test_gain_from_sums_equals_gain_from_lists(rows):
    pre, post = [a for a, _ in rows], [b for _, b in rows]
    found = ps.learning_gain(ps.GainSums.of(pre, post))
    before, after = statistics.fmean(pre), statistics.fmean(post)
    assert (found.mean_pre, found.mean_post) == (near(before), near(after))
    assert found.class_gain == (near((after - before) / (1 - before), abs=1e-9) if before < 1 else None)
    gains = [(b - a) / (1 - a) for a, b in rows if a < 1]
    assert found.mean_gain == (near(statistics.fmean(gains), abs=1e-9) if len(gains) >= 10 else None)
    changes = [Fraction(b).limit_denominator(20) - Fraction(a).limit_denominator(20) for a, b in rows]
    if len(set(changes)) == 1:
        assert found.effect is None
    else:
        n = len(rows)
        d = float(statistics.mean(changes)) / sqrt(statistics.variance(changes)) * (1 - 3 / (4 * n - 5))
        assert found.effect == near(d, abs=1e-7)
        low, high = found.interval
        assert isclose((low + high) / 2, found.effect, abs_tol=1e-9)
        assert high - low == near(2 * Z * sqrt(1 / n + d * d / (2 * n)), abs=1e-6)
    for gain in (found.class_gain, found.mean_gain):
        assert gain is None or gain <= 1 + 1e-9


@given(classes)
def test_before_and_after_exchanged_turn_the_effect_round(rows):
    there = ps.learning_gain(ps.GainSums.of([a for a, _ in rows], [b for _, b in rows]))
    back = ps.learning_gain(ps.GainSums.of([b for _, b in rows], [a for a, _ in rows]))
    assert (there.effect is None) == (back.effect is None)
    if there.effect is not None:
        assert there.effect == near(-back.effect, abs=1e-9)


def test_the_interval_of_the_effect_holds_the_truth():
    # Normal changes with mean 0.1 and sd 0.1, so the true effect is 1; n = 10 is the smallest that is said.
    chance = random.Random(5)
    held = 0
    for _ in range(2000):
        changes = [chance.gauss(0.1, 0.1) for _ in range(10)]
        sums = ps.GainSums(10, 3.0, 3.0 + sum(changes), sum(change**2 for change in changes), 10, 0.0)
        low, high = ps.learning_gain(sums).interval
        held += low <= 1 <= high
    assert 0.93 <= held / 2000 <= 0.97


# ---------------------------------------------------------------- suppression


def test_suppression_by_hand():
    rows = {"ก": 3, "ข": 20, "ค": 50, "ง": 20}
    assert ps.suppress(rows, totals_shown=False) == {"ก"}
    # With the total, 3 = 93 − 90; the smallest others are both 20 and go together.
    assert ps.suppress(rows, totals_shown=True) == {"ก", "ข", "ง"}
    assert ps.suppress({"ก": 10, "ข": 11}, totals_shown=True) == frozenset()
    assert ps.suppress({}, totals_shown=False) == frozenset()
    # 4 + 5 = 9 people would be a group under ten.
    assert ps.suppress({"ก": 4, "ข": 5, "ค": 30, "ง": 40}, totals_shown=True) == {"ก", "ข", "ค"}
    assert ps.suppress({"ก": 4, "ข": 6, "ค": 30}, totals_shown=True) == {"ก", "ข"}
    # 18 over two rows under ten can only be nine and nine.
    assert ps.suppress({"ก": 9, "ข": 9, "ค": 30}, totals_shown=True) == {"ก", "ข", "ค"}
    assert ps.suppress({"ก": 0, "ข": 30, "ค": 31}, totals_shown=True) == {"ก", "ข"}
    # A total under ten is itself too small to show.
    assert ps.suppress({"ก": 4, "ข": 5}, totals_shown=True) == {"ก", "ข", ps.TOTAL}
    assert ps.suppress({"ก": 9}, totals_shown=True) == {"ก", ps.TOTAL}


def test_suppression_refuses_nonsense():
    for rows, smallest in (({"ก": -1}, 10), ({ps.TOTAL: 20}, 10), ({"ก": 3}, 1)):
        with pytest.raises(ValueError, match="rows"):
            ps.suppress(rows, totals_shown=True, smallest=smallest)


@pytest.mark.parametrize(
    ("smallest", "cells", "most"),
    [(2, 4, 14), (3, 2, 20), (3, 3, 20), (3, 5, 14), (4, 4, 18), (10, 2, 60), (10, 3, 45)],
)
def test_nobody_who_knows_the_rule_can_work_out_a_hidden_row(smallest, cells, most):
    """Every table of so many rows with at most so many people: no published view leaves a hidden row one value only."""
    views = defaultdict(lambda: defaultdict(set))
    for sizes in product(range(most + 1), repeat=cells):
        if sum(sizes) > most:
            continue
        rows = {str(place): size for place, size in enumerate(sizes)}
        hidden = ps.suppress(rows, totals_shown=True, smallest=smallest)
        view = (
            None if ps.TOTAL in hidden else sum(sizes),
            hidden,
            tuple((name, size) for name, size in rows.items() if name not in hidden),
        )
        assert all(size >= smallest for _, size in view[2])
        for name in hidden - {ps.TOTAL}:
            views[view][name].add(rows[name])
    assert views
    for view, values in views.items():
        for name, possible in values.items():
            assert len(possible) > 1, (view, name)


tables = st.dictionaries(
    st.text("กขคงจ", min_size=1, max_size=3), st.one_of(st.integers(0, 12), st.integers(0, 2000)), max_size=12
)


def other_tables(rows, hidden):
    """Tables with the same rows shown and the same total: hidden values exchanged, or people moved between two of them."""
    for one, other in combinations(sorted(hidden), 2):
        yield rows | {one: rows[other], other: rows[one]}
        for step in (-1, 1):
            if rows[one] + step >= 0 and rows[other] - step >= 0:
                yield rows | {one: rows[one] + step, other: rows[other] - step}


@given(tables)
def test_every_hidden_row_could_be_another_number(rows):
    hidden = ps.suppress(rows, totals_shown=True)
    if ps.TOTAL in hidden:
        assert hidden == {*rows, ps.TOTAL}
        assert sum(rows.values()) < 10
        return
    assert all(rows[name] >= 10 for name in rows.keys() - hidden)
    # Tables that consist of nines alone have another shape; the enumeration above holds them.
    assume(set(rows.values()) != {9})
    doubtful = set(hidden)
    for table_ in other_tables(rows, hidden):
        if ps.suppress(table_, totals_shown=True) == hidden:
            doubtful -= {name for name in hidden if table_[name] != rows[name]}
    assert not doubtful
    assert not hidden or (len(hidden) > 1 and sum(rows[name] for name in hidden) >= 10)


@given(st.integers(2, 60))
def test_tables_of_nines_could_be_others(cells):
    rows = {str(place): 9 for place in range(cells)}
    hidden = ps.suppress(rows, totals_shown=True)
    assert hidden == set(rows)
    # Up to ten rows: one of 10 − n and the others of 10. More: n − 9 … rows of 0, and nine of n.
    sizes = [10 - cells] + [10] * (cells - 1) if cells <= 10 else [0] * (cells - 9) + [cells] * 9
    other = dict(zip(rows, sizes, strict=True))
    assert sum(sizes) == 9 * cells
    assert ps.suppress(other, totals_shown=True) == hidden


@given(tables)
def test_suppression_hides_the_smallest_and_knows_no_names(rows):
    for totals_shown in (False, True):
        hidden = ps.suppress(rows, totals_shown=totals_shown) - {ps.TOTAL}
        shown = rows.keys() - hidden
        assert {name for name, n in rows.items() if n < 10} <= hidden
        if hidden and shown:
            assert max(rows[name] for name in hidden) < min(rows[name] for name in shown)
        renamed = {f"x{name}": n for name, n in reversed(rows.items())}
        again = ps.suppress(renamed, totals_shown=totals_shown) - {ps.TOTAL}
        assert again == {f"x{name}" for name in hidden}
    assert ps.suppress(rows, totals_shown=False) <= ps.suppress(rows, totals_shown=True)
