"""Where one person stands, as a pure function of dated facts: every cycle of E7, leaving and coming back, rules that change midway."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sucharit.kernel.thai_calendar import BANGKOK
from sucharit.officers.dated import DatedPerson, Post
from sucharit.officers.selectors import AudienceRule
from sucharit.records.enums import Cycle, State
from sucharit.records.rules import FOREVER, PeriodRules, Rule, add_months
from sucharit.records.timeline import Award, Exemption, Extension, Facts, timeline

A, B, C, R = 1, 2, 3, 9
HERE, THERE = "00010001", "00020001"
OPENS, DUE, CLOSES = date(2026, 10, 1), date(2027, 3, 31), date(2027, 9, 30)
YEARLY = Rule(1, OPENS, Cycle.FISCAL_YEAR, (A,), AudienceRule(paths=("0001",)))
ONCE = replace(YEARLY, cycle=Cycle.ONCE, due_days=30)
RENEWED = replace(YEARLY, cycle=Cycle.ANNIVERSARY, due_days=60, valid_months=12)


def at(day: date, hour: int = 9) -> datetime:
    """An hour of a day in Bangkok."""
    return datetime.combine(day, time(hour), BANGKOK)


def year(*rules: Rule, opens: date = OPENS) -> PeriodRules:
    """A round of a fiscal year."""
    years = opens.year - OPENS.year
    due, closes = add_months(DUE, 12 * years), add_months(CLOSES, 12 * years)
    return PeriodRules(1, opens, due, closes, rules or (YEARLY,))


def always(*rules: Rule, opens: date = OPENS) -> PeriodRules:
    """The only round of a requirement without years."""
    return PeriodRules(1, opens, None, FOREVER, rules)


def post(first: date = date(2020, 1, 1), last: date | None = None, path: str = HERE) -> Post:
    """A posting."""
    return Post(int(path), path, "academic", "K2", first, last)


def person(*posts: Post, entered: date | None = None, left: date | None = None) -> DatedPerson:
    """Somebody who has been here since 2020, or who held these postings."""
    return DatedPerson(7, "ก", "civil_servant", entered, left, posts or (post(),))


def award(day: date, subject: int = A, number: int = 0, until: date | None = None) -> Award:
    """A completion at nine in the morning."""
    counts_until = at(until, 0) if until else None
    return Award(number or day.toordinal(), subject, at(day), at(day), counts_until)


def facts(*awards: Award, who: DatedPerson | None = None, **more: object) -> Facts:
    """What is known of somebody."""
    return Facts(person=who or person(), awards=awards, **more)  # type: ignore[arg-type]


def on(period: PeriodRules, known: Facts, day: date):
    """The span of the evening of a day."""
    spans = timeline(period, known, until=at(day, 23))
    return spans[-1] if spans else None


def state(period: PeriodRules, known: Facts, day: date) -> State | None:
    """The state on the evening of a day, None for somebody who was never asked."""
    found = on(period, known, day)
    return found.state if found else None


# --- a fiscal year -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (OPENS - timedelta(days=1), State.NOT_STARTED),
        (OPENS, State.ON_TIME),
        (DUE, State.ON_TIME),
        (DUE + timedelta(days=1), State.LATE),
        (CLOSES, State.LATE),
        (CLOSES + timedelta(days=1), State.NOT_STARTED),
    ],
)
def test_e7_a_completion_counts_for_the_year_in_which_it_fell(done, expected):
    assert state(year(), facts(award(done)), CLOSES + timedelta(days=30)) == expected


def test_e7_a_completion_of_july_is_not_asked_again_in_october():
    rule = replace(YEARLY, min_validity_months=6)
    july = award(date(2026, 7, 15))
    found = on(year(rule), facts(july), OPENS)
    assert (found.state, found.award_id) == (State.ON_TIME, july.award_id)
    assert found.completed_at == july.completed_at


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (date(2026, 4, 1), State.NOT_STARTED),
        (date(2026, 4, 2), State.ON_TIME),
        (date(2026, 9, 30), State.ON_TIME),
    ],
)
def test_e7_minimum_validity_ends_where_its_months_do(done, expected):
    assert state(year(replace(YEARLY, min_validity_months=6)), facts(award(done)), OPENS) == expected


def test_e7_minimum_validity_lasts_into_one_year_and_no_further():
    rule = replace(YEARLY, min_validity_months=11)
    july = facts(award(date(2026, 7, 15)))
    assert state(year(rule, opens=date(2025, 10, 1)), july, date(2026, 8, 1)) == State.LATE
    assert state(year(rule), july, DUE) == State.ON_TIME
    assert state(year(rule, opens=date(2027, 10, 1)), july, date(2027, 12, 1)) == State.NOT_STARTED


def test_e7_early_in_the_window_counts_for_the_next_year_only_once_this_one_is_answered():
    rule = replace(YEARLY, window_days=60)
    november, august = award(date(2025, 11, 3)), award(date(2026, 8, 20))
    assert state(year(rule), facts(november, august), OPENS) == State.ON_TIME
    assert state(year(rule), facts(august), OPENS) == State.NOT_STARTED
    assert state(year(rule), facts(november, award(date(2026, 8, 1))), OPENS) == State.NOT_STARTED


def test_e7_whoever_always_completes_in_the_window_is_asked_once_a_year():
    rule = replace(YEARLY, window_days=60)
    done = [award(date(2025, 11, 3)), *(award(date(which, 9, 1)) for which in (2026, 2027, 2028))]
    for opens in (date(2025, 10, 1), OPENS, date(2027, 10, 1), date(2028, 10, 1)):
        assert state(year(rule, opens=opens), facts(*done), opens + timedelta(days=90)) == State.ON_TIME
    assert state(year(rule, opens=date(2029, 10, 1)), facts(*done), date(2029, 12, 1)) == State.NOT_STARTED


def test_e7_without_a_window_two_in_one_year_do_not_answer_the_next():
    assert state(year(), facts(award(date(2025, 11, 3)), award(date(2026, 9, 1))), OPENS) == State.NOT_STARTED


def test_e7_in_the_days_of_grace_one_is_neither_overdue_nor_late():
    rule = replace(YEARLY, grace_days=10)
    assert on(year(rule), facts(), OPENS).turns_on == DUE + timedelta(days=10)
    assert state(year(rule), facts(award(DUE + timedelta(days=10))), CLOSES) == State.ON_TIME
    assert state(year(rule), facts(award(DUE + timedelta(days=11))), CLOSES) == State.LATE
    assert on(year(rule), facts(), OPENS).due_on == DUE


def test_e7_the_refresher_answers_for_whoever_has_learned_the_subject_once():
    rule = replace(YEARLY, refresher=R)
    refresher = award(date(2026, 12, 1), R)
    assert state(year(rule), facts(refresher), DUE) == State.NOT_STARTED
    assert state(year(rule), facts(award(date(2024, 12, 1)), refresher), DUE) == State.ON_TIME
    assert (
        state(year(rule), facts(award(date(2026, 12, 1), R), award(date(2026, 12, 2))), DUE) == State.ON_TIME
    )


def test_e7_a_refresher_in_the_window_answers_the_next_year():
    rule = replace(YEARLY, refresher=R, window_days=60)
    known = facts(award(date(2025, 11, 3)), award(date(2026, 9, 1), R))
    assert state(year(rule), known, OPENS) == State.ON_TIME


def test_e7_of_two_the_first_counts():
    first, second = award(date(2026, 11, 1)), award(date(2027, 5, 1))
    assert on(year(), facts(second, first), CLOSES).award_id == first.award_id


@given(st.dates(date(2026, 10, 1), date(2027, 9, 30)), st.integers(0, 60))
def test_e7_on_time_is_up_to_the_due_day_and_its_grace(day, grace):
    found = state(year(replace(YEARLY, grace_days=grace)), facts(award(day)), CLOSES)
    assert found == (State.ON_TIME if day <= DUE + timedelta(days=grace) else State.LATE)


# --- any of several ------------------------------------------------------------------------------------------


def test_e7_any_two_of_three_are_enough_and_the_second_is_the_day():
    rule = replace(YEARLY, subjects=(A, B, C), need=2)
    first, second = award(date(2026, 11, 1), C), award(date(2027, 2, 1), A)
    assert state(year(rule), facts(first), DUE) == State.NOT_STARTED
    found = on(year(rule), facts(first, second), DUE)
    assert (found.state, found.award_id) == (State.ON_TIME, second.award_id)
    later = on(year(rule), facts(first, second, award(date(2027, 5, 1), B)), CLOSES)
    assert later.award_id == second.award_id


def test_e7_the_same_subject_twice_is_one_of_several():
    rule = replace(YEARLY, subjects=(A, B), need=2)
    assert (
        state(year(rule), facts(award(date(2026, 11, 1)), award(date(2026, 12, 1))), DUE) == State.NOT_STARTED
    )


def test_e7_a_curriculum_is_late_when_its_last_subject_is():
    rule = replace(YEARLY, subjects=(A, B), need=2)
    assert (
        state(year(rule), facts(award(date(2026, 11, 1)), award(date(2027, 4, 1), B)), CLOSES) == State.LATE
    )


# --- once ----------------------------------------------------------------------------------------------------


def test_e7_once_counts_a_completion_of_any_time_before():
    found = on(always(ONCE), facts(award(date(2021, 5, 5))), OPENS)
    assert (found.state, found.turns_on) == (State.ON_TIME, FOREVER)
    assert state(always(ONCE), facts(award(date(2021, 5, 5))), date(2040, 1, 1)) == State.ON_TIME


def test_e7_once_is_due_so_many_days_after_somebody_came_under_the_rule():
    newcomer = person(post(date(2026, 12, 1)))
    assert on(always(ONCE), facts(), OPENS).due_on == OPENS + timedelta(days=30)
    known = facts(who=newcomer)
    assert state(always(ONCE), known, date(2026, 11, 30)) is None
    assert on(always(ONCE), known, date(2026, 12, 1)).due_on == date(2026, 12, 31)
    assert state(always(ONCE), facts(award(date(2026, 12, 31)), who=newcomer), DUE) == State.ON_TIME
    assert state(always(ONCE), facts(award(date(2027, 1, 1)), who=newcomer), DUE) == State.LATE


# --- anniversary ---------------------------------------------------------------------------------------------


def valid_until(rule: Rule, *days: date) -> date:
    """The last day of validity after these completions."""
    done = [award(day) for day in days]
    opens = min(days) - timedelta(days=1)
    return on(always(rule, opens=opens), facts(*done), max(days)).turns_on


@pytest.mark.parametrize(
    ("months", "days", "expected"),
    [
        (12, [date(2027, 1, 15)], date(2028, 1, 15)),
        # Renewed in the window: counted on from the old end.
        (12, [date(2027, 1, 15), date(2028, 1, 1)], date(2029, 1, 15)),
        (12, [date(2027, 1, 15), date(2028, 1, 15), date(2029, 1, 2)], date(2030, 1, 15)),
        # Too early: nothing is lost and nothing is won.
        (12, [date(2027, 1, 15), date(2027, 6, 1)], date(2028, 1, 15)),
        # Too late: counted anew.
        (12, [date(2027, 1, 15), date(2028, 2, 1)], date(2029, 2, 1)),
        # The 31st is kept through months that have none.
        (1, [date(2027, 1, 31)], date(2027, 2, 28)),
        (1, [date(2027, 1, 31), date(2027, 2, 20)], date(2027, 3, 31)),
        (1, [date(2027, 1, 31), date(2027, 2, 20), date(2027, 3, 31)], date(2027, 4, 30)),
        # And so is 29 February through years that have none.
        (12, [date(2024, 2, 29)], date(2025, 2, 28)),
        (12, [date(2024, 2, 29), date(2025, 2, 20), date(2026, 2, 20)], date(2027, 2, 28)),
        (12, [date(2024, 2, 29), date(2025, 2, 20), date(2026, 2, 20), date(2027, 2, 20)], date(2028, 2, 29)),
    ],
)
def test_e7_an_anniversary_does_not_drift(months, days, expected):
    assert valid_until(replace(RENEWED, valid_months=months, window_days=30), *days) == expected


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.lists(st.integers(0, 29), min_size=1, max_size=8))
def test_e7_however_early_in_the_window_the_day_of_the_year_stays(first, early):
    rule = replace(RENEWED, window_days=29)
    days = [first]
    for number, before in enumerate(early, start=1):
        days.append(add_months(first, 12 * number) - timedelta(days=before))
    assert valid_until(rule, *days) == add_months(first, 12 * len(days))


def test_e7_a_renewal_after_the_end_is_late_and_within_grace_it_is_not():
    first = date(2026, 10, 10)
    rule = replace(RENEWED, grace_days=5)
    for day, expected in ((date(2027, 10, 15), State.ON_TIME), (date(2027, 10, 16), State.LATE)):
        assert state(always(rule), facts(award(first), award(day)), day) == expected


def test_e7_what_had_ended_before_the_rule_came_leaves_the_days_of_a_newcomer():
    """Valid until January 2025, asked from October 2026 on: not expired but not started, and in time by the newcomer's day."""
    old = award(date(2024, 1, 10))
    found = on(always(RENEWED), facts(old), OPENS)
    assert (found.state, found.due_on, found.award_id) == (
        State.NOT_STARTED,
        OPENS + timedelta(days=60),
        None,
    )
    again = date(2026, 11, 20)
    assert state(always(RENEWED), facts(old, award(again)), again) == State.ON_TIME
    assert state(always(RENEWED), facts(old, award(date(2026, 12, 20))), date(2026, 12, 20)) == State.LATE


def test_e7_what_is_valid_when_the_rule_comes_stays_valid_to_its_end():
    found = on(always(RENEWED), facts(award(date(2026, 3, 10))), OPENS)
    assert (found.state, found.turns_on) == (State.ON_TIME, date(2027, 3, 10))


def test_e8_a_later_day_that_was_granted_holds_for_a_renewal():
    first, again = date(2026, 10, 10), date(2027, 11, 1)
    granted = Extension(date(2027, 11, 30), at(date(2027, 10, 1)))
    assert state(always(RENEWED), facts(award(first), award(again)), again) == State.LATE
    known = facts(award(first), award(again), extensions=[granted])
    assert state(always(RENEWED), known, again) == State.ON_TIME


def test_e7_a_refresher_renews():
    rule = replace(RENEWED, refresher=R, window_days=30)
    known = facts(award(date(2026, 10, 10)), award(date(2027, 10, 1), R))
    assert on(always(rule), known, date(2027, 10, 1)).turns_on == date(2028, 10, 10)


# --- coming and going ----------------------------------------------------------------------------------------


def test_e18_late_entry_is_asked_from_that_day_and_due_with_everybody():
    known = facts(who=person(post(path=THERE, last=date(2026, 12, 31)), post(date(2027, 1, 1))))
    assert state(year(), known, date(2026, 12, 31)) is None
    found = on(year(), known, date(2027, 1, 1))
    assert (found.state, found.due_on, found.from_at) == (State.NOT_STARTED, DUE, at(date(2027, 1, 1), 0))


def test_e18_what_was_done_before_entry_counts():
    known = facts(
        award(date(2026, 11, 5)),
        who=person(post(path=THERE, last=date(2026, 12, 31)), post(date(2027, 1, 1))),
    )
    assert state(year(), known, date(2027, 1, 1)) == State.ON_TIME


def test_e18_leaving_ends_it_and_coming_back_restores_it():
    away = person(
        post(last=date(2026, 11, 30)),
        post(date(2026, 12, 1), date(2027, 1, 31), THERE),
        post(date(2027, 2, 1)),
    )
    for done, expected in (((), State.NOT_STARTED), ((award(date(2026, 11, 1)),), State.ON_TIME)):
        known = facts(*done, who=away)
        assert state(year(), known, date(2026, 11, 30)) == expected
        assert state(year(), known, date(2026, 12, 1)) == State.NOT_REQUIRED
        assert state(year(), known, date(2027, 2, 1)) == expected


def test_e18_coming_back_does_not_begin_the_days_anew():
    away = person(
        post(last=date(2026, 10, 5)),
        post(date(2026, 10, 6), date(2027, 1, 31), THERE),
        post(date(2027, 2, 1)),
    )
    assert on(always(ONCE), facts(who=away), date(2027, 2, 1)).due_on == OPENS + timedelta(days=30)


def test_e18_leaving_the_service_ends_it():
    assert state(year(), facts(who=person(left=date(2027, 1, 5))), date(2027, 1, 5)) == State.NOT_REQUIRED


def test_e17_a_move_inside_the_audience_is_another_span_of_the_same_state():
    moved = person(post(last=date(2026, 12, 31)), post(date(2027, 1, 1), path="00010002"))
    spans = timeline(year(), facts(who=moved), until=at(DUE))
    assert [(span.agency_path, span.state) for span in spans] == [
        (HERE, State.NOT_STARTED),
        ("00010002", State.NOT_STARTED),
    ]
    assert spans[0].until_at == spans[1].from_at == at(date(2027, 1, 1), 0)


def test_e18_the_newly_appointed_are_asked_for_so_many_days():
    rule = replace(YEARLY, audience=AudienceRule(newly_appointed_days=30))
    known = facts(who=person(post(date(2026, 11, 1)), entered=date(2026, 11, 1)))
    assert state(year(rule), known, date(2026, 10, 31)) is None
    assert state(year(rule), known, date(2026, 11, 30)) == State.NOT_STARTED
    assert state(year(rule), known, date(2026, 12, 1)) == State.NOT_REQUIRED


# --- a rule that changes midway ------------------------------------------------------------------------------

JANUARY = date(2027, 1, 1)


def test_e17_a_version_holds_from_its_day_and_not_before():
    wider = replace(YEARLY, version=2, effective_on=JANUARY, audience=AudienceRule(paths=("0001", "0002")))
    known = facts(who=person(post(path=THERE)))
    assert state(year(YEARLY, wider), known, date(2026, 12, 31)) is None
    assert state(year(YEARLY, wider), known, JANUARY) == State.NOT_STARTED
    narrower = replace(wider, audience=AudienceRule(paths=("0002",)))
    assert state(year(YEARLY, narrower), facts(), date(2026, 12, 31)) == State.NOT_STARTED
    assert state(year(YEARLY, narrower), facts(award(date(2026, 12, 1))), JANUARY) == State.NOT_REQUIRED


def test_e6_a_version_that_asks_for_more_leaves_the_past_as_it_was():
    more = replace(YEARLY, version=2, effective_on=JANUARY, subjects=(A, B), need=2)
    spans = timeline(year(YEARLY, more), facts(award(date(2026, 11, 1))), until=at(DUE))
    assert [span.state for span in spans] == [State.NOT_STARTED, State.ON_TIME, State.NOT_STARTED]
    assert spans[2].from_at == at(JANUARY, 0)


def test_e17_the_newest_version_wins_even_where_an_older_one_begins_later():
    february = replace(YEARLY, version=2, effective_on=date(2027, 2, 1), is_active=False)
    january = replace(YEARLY, version=3, effective_on=JANUARY)
    period = year(YEARLY, february, january)
    assert state(period, facts(), date(2027, 2, 2)) == State.NOT_STARTED
    assert state(year(YEARLY, february), facts(), date(2027, 2, 2)) == State.NOT_REQUIRED


def test_e18_a_rule_out_of_use_asks_nobody_and_back_in_use_restores():
    out = replace(YEARLY, version=2, effective_on=JANUARY, is_active=False)
    back = replace(YEARLY, version=3, effective_on=date(2027, 2, 1))
    known = facts(award(date(2026, 11, 1)))
    assert state(year(YEARLY, out, back), known, JANUARY) == State.NOT_REQUIRED
    assert state(year(YEARLY, out, back), known, date(2027, 2, 1)) == State.ON_TIME


def test_e7_somebody_whom_a_new_version_brings_in_has_its_days_from_then():
    wider = replace(ONCE, version=2, effective_on=JANUARY, audience=AudienceRule())
    found = on(always(ONCE, wider), facts(who=person(post(path=THERE))), JANUARY)
    assert found.due_on == JANUARY + timedelta(days=30)


# --- decisions and corrections -------------------------------------------------------------------------------


def test_e14_an_exemption_covers_its_days_only():
    known = facts(exemptions=[Exemption(date(2026, 11, 1), date(2026, 11, 30))])
    days = (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1))
    assert [state(year(), known, day) for day in days] == [
        State.NOT_STARTED,
        State.EXEMPT,
        State.EXEMPT,
        State.NOT_STARTED,
    ]


def test_e8_an_extension_moves_the_due_day_and_keeps_the_one_it_was():
    known = facts(extensions=[Extension(date(2027, 5, 31), at(date(2027, 3, 1)))])
    found = on(year(), known, DUE)
    assert (found.due_on, found.original_due_on, found.turns_on) == (
        date(2027, 5, 31),
        DUE,
        date(2027, 5, 31),
    )
    assert on(year(), known, date(2027, 2, 28)).due_on == DUE


def test_e2_a_completion_that_stops_counting_is_asked_again():
    known = facts(award(date(2026, 11, 1), until=date(2027, 2, 1)))
    assert state(year(), known, date(2027, 1, 31)) == State.ON_TIME
    assert state(year(), known, date(2027, 2, 1)) == State.NOT_STARTED


@given(
    st.lists(st.dates(date(2024, 1, 1), date(2028, 1, 1)), max_size=5),
    st.sampled_from([YEARLY, replace(YEARLY, window_days=60, min_validity_months=3), ONCE, RENEWED]),
)
def test_spans_follow_each_other_without_a_gap(days, rule):
    period = year(rule) if rule.cycle == Cycle.FISCAL_YEAR else always(rule)
    spans = timeline(
        period, facts(*(award(day, number=n + 1) for n, day in enumerate(days))), until=at(CLOSES)
    )
    assert spans[0].from_at == at(OPENS, 0)
    assert all(one.until_at == two.from_at for one, two in pairwise(spans))
    assert spans[-1].until_at is None
    assert all(
        (span.award_id is None) == (span.state in (State.NOT_STARTED, State.IN_PROGRESS)) for span in spans
    )
