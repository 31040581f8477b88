"""What is shown of a closed year: nothing under ten, nothing that can be worked out, nothing before the year is over."""

from datetime import timedelta
from fractions import Fraction
from itertools import product

import pytest

from quizzes.attitude_results import is_closed, publish_due, results_of
from quizzes.attitude_tables import HIDDEN, csv_of, page_of
from quizzes.enums import Round, Wave
from quizzes.models import AttitudeAnswer, AttitudeResult, Instrument
from quizzes.psychometrics.attitude import (
    change_of,
    keeps_hidden,
    may_part,
    rounded,
    shown_counts,
    shown_groups,
)
from sucharit.kernel.thai_calendar import FiscalYear, midnight
from tests.attitudes.build import CLOSED, RUNNING, crowd, say
from tests.conftest import NOW

LATER_CLOSED = midnight(FiscalYear(CLOSED).end) + timedelta(days=182)


def one(held) -> object:
    publish_due(now=NOW)
    return next(
        shown for shown in results_of(Instrument.objects.get(pk=held.pk)) if shown.round is Round.COURSE
    )


# --- Pure rules -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([10, 20, 30, 40, 50, 60], [10, 20, 30, 40, 50, 60]),
        ([0, 3, 8, 40, 50, 60], [None, None, None, 40, 50, 60]),
        ([3, 20, 30, 40, 50, 60], [None, None, 30, 40, 50, 60]),
        ([1, 1, 1, 1, 1, 1], [None] * 6),
        ([9, 9, 20, 20, 30, 30], [None, None, None, None, 30, 30]),
        ([0, 0, 0, 0, 30, 0], [None] * 6),
    ],
)
def test_cells_under_ten_and_their_neighbours_are_hidden(counts, shown):
    assert shown_counts(counts) == shown


def test_no_hidden_cell_of_a_small_table_can_be_worked_out():
    """Every table of five points with up to three sizes: what is shown fits at least two values of every hidden cell."""
    sizes = [0, 2, 9, 12]
    by_page: dict[tuple, list[tuple[int, ...]]] = {}
    for counts in product(range(13), repeat=3):
        whole = [*counts, 20, 20, 20]
        by_page.setdefault((tuple(shown_counts(whole)), sum(whole)), []).append(counts)
    checked = 0
    for counts in product(sizes, repeat=3):
        whole = [*counts, 20, 20, 20]
        shown = shown_counts(whole)
        alike = by_page[(tuple(shown), sum(whole))]
        for place in range(3):
            if shown[place] is None:
                values = {other[place] for other in alike}
                # Where a visible cell was hidden as well, its exchange with the small ones is one more way.
                assert len(values) > 1 or shown[3] is None, (counts, place)
                checked += 1
    assert checked > 50


def test_a_mean_never_solves_the_two_hidden_cells_beside_it():
    counts = [20, 20, 20, 4, 7, 20]
    # Two hidden points, one apart: shown only where rounding hides that one person stands at the other.
    few = keeps_hidden(counts, change=Fraction(3, 10), weight=Fraction(1, 31))
    sharp = keeps_hidden(counts, change=Fraction(3, 10), weight=Fraction(1, 5))
    assert (few, sharp) == (True, False)
    assert keeps_hidden([20] * 6, change=Fraction(1), weight=Fraction(1)), (
        "nothing is hidden, so nothing is lost"
    )
    assert not keeps_hidden([3, 30, 30, 30, 30, 8], change=Fraction(0), weight=Fraction(1, 99)), (
        "one hidden point beside the blanks"
    )


def test_every_shown_change_leaves_two_values_for_every_hidden_point():
    """By force: all tables of 30 over three points, all changes of the second wave against a known first one."""
    n, before = 30, 60  # Σ of the wave before, known to the attacker
    tables = [(a, b, n - a - b) for a in range(n + 1) for b in range(n + 1 - a)]
    pages: dict[tuple, set[tuple[int, int, int]]] = {}
    for table in tables:
        whole = [*table, 15, 15, 15]
        change = Fraction(sum(p * c for p, c in enumerate(table, start=1)) - before, n)
        if keeps_hidden(whole, change=change, weight=Fraction(1, n)):
            pages.setdefault((tuple(shown_counts(whole)), rounded(change)), set()).add(table)
    told = 0
    for (shown, _), alike in pages.items():
        for place in range(3):
            if shown[place] is None:
                # A table alike may itself not be shown, in which case it is not among `alike`; then the move must be.
                told += len({table[place] for table in alike}) == 1
    assert told == 0


@pytest.mark.parametrize(
    ("whole", "part", "may"), [(30, 30, True), (30, 29, False), (30, 20, True), (19, 9, False)]
)
def test_a_part_is_spoken_of_only_where_the_rest_is_none_or_ten(whole, part, may):
    assert may_part(whole, part) is may


def test_rounding_is_to_the_nearest_tenth():
    assert [float(rounded(Fraction(n, 100))) for n in (4, 5, -5, -4, 149, 150)] == [
        0.0,
        0.1,
        -0.1,
        0.0,
        1.5,
        1.5,
    ]


def test_groups_are_named_from_ten_and_the_others_stand_together():
    assert shown_groups({"A": 30, "B": 12}) == (["A", "B"], False)
    assert shown_groups({"A": 30, "B": 4, "C": 7, "D": 12}) == (["A", "D"], True)
    assert shown_groups({"A": 30, "B": 4, "D": 12}) == (["A"], True)
    assert shown_groups({"A": 5, "B": 4}) == ([], False)
    assert shown_groups({}) == ([], False)


def test_the_change_is_dz_with_its_interval():
    moves = [1, 2, 0, 1, 1, -1, 2, 1, 0, 1, 1, 2]
    found = change_of(12, Fraction(sum(moves)), Fraction(sum(m * m for m in moves)))
    # By hand: mean 11/12, standard deviation 0.9003, d = 1.018, corrected by 40/43 to 0.947; 0.947 ± 1.96 · sqrt(1/12 + 0.947²/24).
    assert (found.mean, found.effect, found.low, found.high) == (0.9, 0.9, 0.3, 1.6)
    with pytest.raises(ValueError, match="ten"):
        change_of(9, Fraction(1), Fraction(1))
    assert change_of(10, Fraction(10), Fraction(10)).effect is None


# --- A closed year ----------------------------------------------------------------------------------------------


def test_a_year_closes_with_its_last_day_and_its_later_wave_after_180_more():
    end = FiscalYear(CLOSED).end
    assert not is_closed(CLOSED, Round.COURSE, today=end)
    assert is_closed(CLOSED, Round.COURSE, today=end + timedelta(days=1))
    assert not is_closed(CLOSED, Round.LATER, today=end + timedelta(days=180))
    assert is_closed(CLOSED, Round.LATER, today=end + timedelta(days=181))


@pytest.mark.django_db
def test_nothing_of_a_running_year_is_counted(held):
    crowd(held, {3: 40}, year=RUNNING)
    assert publish_due(now=NOW) == 0
    assert results_of(held) == []


@pytest.mark.django_db
def test_a_closed_year_is_counted_once_and_never_again(held):
    crowd(held, {2: 20, 4: 20})
    assert publish_due(now=NOW) == 1
    before = AttitudeResult.objects.get().content
    say(held, "late", [5, 5, 5])
    assert publish_due(now=NOW) == 0
    assert AttitudeResult.objects.get().content == before, "two looks cannot be compared"


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 9])
def test_under_ten_people_nothing_is_shown_not_even_that_they_are(held, people):
    crowd(held, {3: people})
    publish_due(now=NOW)
    assert results_of(held) == []
    assert str(people) not in str(AttitudeResult.objects.get().content["waves"]["before"])


@pytest.mark.django_db
def test_counts_blanks_and_groups_add_up_with_their_total(held):
    start = crowd(held, {2: 11, 4: 25}, group="MOI")
    crowd(held, {4: 12}, start=start, group="MOF")
    say(held, "alone", [None, 1, None], group="MOD")
    say(held, "another", [5, 1, 4], group="MOE")
    wave = one(held).waves[Wave.BEFORE]
    assert wave["people"] == 50
    # MOD and MOE are one person each: hidden, and the smallest visible group with them, so that no sum tells.
    assert [row[:2] for row in wave["groups"]] == [["MOI", 36], [None, 14]]
    first = wave["statements"][0]
    assert first == [None, None, None, 37, None, None]
    hidden = 50 - 37
    assert hidden >= 10
    assert sum(count is None for count in first) > 1


@pytest.mark.django_db
def test_the_change_is_of_those_who_answered_both_with_reversed_statements_turned(held):
    for number in range(100):
        before, after = (2, 4) if number % 5 < 2 else (3, 4)
        say(held, f"p{number}", [before, 6 - before, before])
        say(held, f"p{number}", [after, 6 - after, after], wave=Wave.AFTER)
    shown = one(held)
    assert shown.people_in_pairs == 100
    assert (shown.change.n, shown.change.mean) == (100, 1.4)
    assert shown.change.effect > 2
    assert shown.changes == [1.4, 1.4, 1.4]


@pytest.mark.django_db
@pytest.mark.parametrize(("only_before", "is_shown"), [(0, True), (4, False), (12, True)])
def test_no_change_is_told_that_would_single_out_those_who_answered_once(held, only_before, is_shown):
    for number in range(100):
        before = 2 + (number % 10 > 1) + (number % 10 > 4)
        say(held, f"p{number}", [before] * 3)
        say(held, f"p{number}", [before + (number > 60)] * 3, wave=Wave.AFTER)
    crowd(held, {3: only_before}, start=500)
    shown = one(held)
    assert (shown.people_in_pairs is not None) is is_shown
    assert (shown.change is not None) is is_shown


@pytest.mark.django_db
def test_the_later_wave_is_counted_when_it_has_closed(held):
    for number in range(24):
        say(held, f"p{number}", [2 + number % 2] * 3)
        say(held, f"p{number}", [4 + number % 2] * 3, wave=Wave.LATER)
    assert publish_due(now=NOW) == 1
    assert {shown.round for shown in results_of(held)} == {Round.COURSE}
    assert publish_due(now=LATER_CLOSED) == 1
    later = next(shown for shown in results_of(held) if shown.round is Round.LATER)
    assert set(later.waves) == {Wave.LATER}
    assert later.people_in_pairs == 24


@pytest.mark.django_db
def test_answers_are_deleted_after_two_more_years_and_what_was_counted_stays(held):
    crowd(held, {2: 20, 4: 20})
    publish_due(now=midnight(FiscalYear(CLOSED + 2).end))
    assert AttitudeAnswer.objects.count() == 40
    publish_due(now=midnight(FiscalYear(CLOSED + 3).start))
    assert not AttitudeAnswer.objects.exists()
    assert results_of(held)[0].waves[Wave.BEFORE]["people"] == 40


@pytest.mark.django_db
def test_places_and_years_do_not_mix(held):
    crowd(held, {4: 30})
    crowd(held, {2: 30}, context="course:ETH-2")
    crowd(held, {2: 30}, year=CLOSED - 1, start=900)
    publish_due(now=NOW)
    found = [(one.context, one.fiscal_year, one.waves[Wave.BEFORE]["people"]) for one in results_of(held)]
    assert found == [
        ("course:ETH-1", CLOSED, 30),
        ("course:ETH-2", CLOSED, 30),
        ("course:ETH-1", CLOSED - 1, 30),
    ]


@pytest.mark.django_db
def test_page_and_file_show_the_same_and_hide_the_same(held, django_assert_num_queries):
    crowd(held, {1: 3, 2: 20, 4: 31})
    publish_due(now=NOW)
    with django_assert_num_queries(3):
        page = page_of(results_of(held)[0])
    text = b"".join(csv_of(page)).decode("utf-8-sig")
    cells = page.statements[0].rows[0]
    assert cells[0] == "ก่อนเรียน"
    assert cells[1] == HIDDEN
    assert "31 (57 %)" in cells
    assert cells[-1] == "54"
    for cell in cells[1:]:
        assert cell in text
    assert "'+" not in text
    assert ",3," not in text


@pytest.mark.django_db
def test_counting_costs_the_same_queries_however_many_answered(held, django_assert_num_queries):
    crowd(held, {2: 12})
    crowd(held, {4: 50}, start=100, wave=Wave.AFTER)
    with django_assert_num_queries(11):
        publish_due(now=NOW)
