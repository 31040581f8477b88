"""Requirements, periods, standings and coverage: E5, E6, E7, E9, E17, E18."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.thai_calendar import FiscalYear, local_date, midnight
from sucharit.officers import services as people
from sucharit.officers.enums import Role
from sucharit.officers.models import Agency, Audience, Officer
from sucharit.officers.selectors import Viewer
from sucharit.records import selectors, services
from sucharit.records.enums import OPEN_STATES, State
from sucharit.records.models import AwardEvent, Coverage, Requirement, RequirementPeriod, Standing
from tests.conftest import NOW, TODAY, enter
from tests.records.build import (
    again,
    applied,
    complete,
    counted,
    edition,
    known,
    recounted,
    requirement,
    settle,
    standing,
    transfer,
)


@given(st.integers(2500, 2600), st.integers(1, 12), st.integers(1, 31))
def test_e7_a_due_day_lies_inside_its_fiscal_year_and_is_clipped_to_its_month(year, month, day):
    rule = Requirement(due_month=month, due_day=day)
    opens, due, closes = services.period_dates(rule, FiscalYear(year))
    assert (opens.month, opens.day, closes.month, closes.day) == (10, 1, 9, 30)
    assert opens <= due <= closes
    assert due.month == month
    assert due.day == day or (due + timedelta(days=1)).month != month


@pytest.mark.parametrize(
    ("month", "day", "due"),
    [
        (9, 30, date(2027, 9, 30)),
        (9, 31, date(2027, 9, 30)),
        (10, 1, date(2026, 10, 1)),
        (2, 31, date(2027, 2, 28)),
        (12, 31, date(2026, 12, 31)),
    ],
)
def test_e7_due_days_of_fiscal_year_2570(month, day, due):
    assert services.period_dates(Requirement(due_month=month, due_day=day), FiscalYear(2570))[1] == due


def test_e9_the_twenty_ninth_of_february_is_there_in_a_leap_year():
    assert services.period_dates(Requirement(due_month=2, due_day=31), FiscalYear(2571))[1] == date(
        2028, 2, 29
    )


# A viewer whom no scope limits: these tests are about counting.
EVERYONE = Viewer(1, None, frozenset({Role.SECRETARIAT}), (), ())
pytestmark_db = pytest.mark.django_db
LAST_EVENING = datetime(2027, 9, 30, 16, 59, 59, tzinfo=UTC)  # 23:59:59 of 30 September in Bangkok
NEXT_MORNING = datetime(2027, 9, 30, 17, 0, tzinfo=UTC)  # midnight: the first of October


@pytestmark_db
def test_e7_the_last_second_of_the_due_day_is_on_time(world):
    period = applied([world.community])
    complete(world.somsri, at=LAST_EVENING)
    assert standing(world.somsri, period).state == State.ON_TIME


@pytestmark_db
def test_e18_a_second_later_is_another_fiscal_year(world):
    period = applied([world.community])
    event = complete(world.somsri, at=NEXT_MORNING)
    assert standing(world.somsri, period).state == State.NOT_STARTED
    assert event.period_id is None
    assert selectors.award_in_year(world.somsri.pk, "ETH-1", today=date(2027, 9, 30)) is None
    assert selectors.award_in_year(world.somsri.pk, "ETH-1", today=date(2027, 10, 1)) is not None


@pytestmark_db
@pytest.mark.parametrize(
    ("at", "state"),
    [
        (datetime(2027, 3, 31, 16, 59, tzinfo=UTC), State.ON_TIME),
        (datetime(2027, 3, 31, 17, 0, tzinfo=UTC), State.LATE),
        (datetime(2027, 9, 30, 16, 59, tzinfo=UTC), State.LATE),
    ],
)
def test_e7_on_time_and_late_are_told_by_the_bangkok_day(world, at, state):
    period = applied([world.community], due_month=3, due_day=31)
    complete(world.somsri, at=at)
    assert standing(world.somsri, period).state == state


@pytestmark_db
def test_e9_an_instant_is_kept_in_utc_and_counted_by_its_bangkok_day(world):
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    event = complete(world.somsri, at=at)
    kept = AwardEvent.objects.get(pk=event.pk)
    assert kept.completed_at == at
    assert kept.completed_at.utcoffset() == timedelta(0)
    assert local_date(kept.completed_at) == date(2026, 11, 25)


@pytestmark_db
def test_a_start_moves_a_standing_and_its_count_together(world):
    period = applied([world.community])
    assert counted(period)[world.province.pk, "not_started"] == 1
    for _ in range(2):
        services.mark_started(officer_id=world.somsri.pk, subject_code="ETH-1", now=NOW)
        settle(NOW)
    held = standing(world.somsri, period)
    assert (held.state, held.started_at) == (State.IN_PROGRESS, NOW)
    assert counted(period) == recounted(period)
    assert (world.province.pk, "not_started") not in counted(period)


@pytestmark_db
def test_e5_an_award_is_not_undone_by_beginning_again(world):
    period = applied([world.community])
    complete(world.somsri)
    services.mark_started(officer_id=world.somsri.pk, subject_code="ETH-1", now=NOW + timedelta(days=1))
    settle(NOW + timedelta(days=1))
    assert standing(world.somsri, period).state == State.ON_TIME
    again(period)
    assert standing(world.somsri, period).state == State.ON_TIME


@pytestmark_db
def test_applying_twice_changes_nothing(world):
    period = applied([world.community])
    complete(world.somsri)
    before = list(Standing.objects.order_by("id").values())
    coverage = list(Coverage.objects.order_by("id").values())
    again(period, now=NOW + timedelta(hours=1))
    assert list(Standing.objects.order_by("id").values()) == before
    assert list(Coverage.objects.order_by("id").values()) == coverage
    assert RequirementPeriod.objects.count() == 1


@pytestmark_db
def test_newcomers_enter_and_the_coverage_follows(world):
    period = applied([world.community])
    newcomer = enter("ใหม่", "เข้ามา", world.division)
    assert standing(newcomer, period) is None
    settle(NOW)
    assert standing(newcomer, period).state == State.NOT_STARTED
    assert counted(period) == recounted(period)


@pytestmark_db
def test_e17_coverage_counts_the_posting_of_today_after_applying(world):
    period = applied([world.ministry, world.comptroller])
    complete(world.somsri)
    services.mark_started(officer_id=world.daruni.pk, subject_code="ETH-1", now=NOW)
    later = NOW + timedelta(days=10)
    for officer in (world.somsri, world.daruni):
        transfer(officer, world.treasury, on=local_date(later))
    again(period, now=later)
    assert standing(world.somsri, period).state == State.ON_TIME
    assert standing(world.daruni, period).state == State.IN_PROGRESS
    assert counted(period) == recounted(period)
    assert counted(period)[world.treasury.pk, "on_time"] == 1
    assert world.province.pk not in {agency for agency, _ in counted(period)}


@pytestmark_db
def test_e18_leaving_the_audience_ends_what_is_required_and_deletes_nothing(world):
    period = applied([world.community])
    complete(world.somsri)
    later = NOW + timedelta(days=10)
    for officer in (world.somsri, world.daruni):
        transfer(officer, world.treasury, on=local_date(later))
    again(period, now=later)
    for officer in (world.daruni, world.somsri):
        assert standing(officer, period).state == State.NOT_REQUIRED
    before = Standing.objects.get(officer=world.somsri, period=period, until_at=midnight(local_date(later)))
    assert before.state == State.ON_TIME
    assert counted(period) == recounted(period)
    assert AwardEvent.objects.filter(officer=world.somsri).count() == 1


@pytestmark_db
def test_e18_coming_back_restores_the_state(world):
    period = applied([world.community])
    services.mark_started(officer_id=world.daruni.pk, subject_code="ETH-1", now=NOW)
    away, back = NOW + timedelta(days=10), NOW + timedelta(days=20)
    transfer(world.daruni, world.treasury, on=local_date(away))
    again(period, now=away)
    transfer(world.daruni, world.division, on=local_date(back))
    again(period, now=back)
    held = standing(world.daruni, period)
    assert (held.state, held.started_at) == (State.IN_PROGRESS, NOW)


@pytestmark_db
def test_e18_an_award_of_this_period_answers_a_requirement_applied_after_it(world):
    """Learned in October, required from November: the person has complied and HR must see it."""
    event = complete(world.somsri, at=NOW - timedelta(days=20))
    period = applied([world.community])
    held = standing(world.somsri, period)
    assert (held.state, held.award_id) == (State.ON_TIME, event.pk)


@pytestmark_db
def test_e17_an_award_earned_elsewhere_counts_where_one_has_moved_to(world):
    period = applied([world.community])
    complete(world.anan, at=NOW)
    later = NOW + timedelta(days=10)
    transfer(world.anan, world.province, on=local_date(later))
    again(period, now=later)
    assert standing(world.anan, period).state == State.ON_TIME


@pytestmark_db
def test_e17_somebody_who_left_is_not_counted_where_the_list_no_longer_shows_them(world):
    """The headline of the HR list and the rows below it are about the same people."""
    period = applied([world.community])
    complete(world.somsri)
    later = NOW + timedelta(days=10)
    transfer(world.somsri, world.treasury, on=local_date(later))
    again(period, now=later)
    from sucharit.officers.selectors import viewer_of

    who = viewer_of(world.daruni.user)
    community = Agency.objects.get(code="CDD")
    rows = selectors.people(who, period, community, selectors.PeopleFilter(), today=local_date(later)).rows
    assert selectors.count_of(EVERYONE, period, community, today=TODAY).required == len(rows)


@pytestmark_db
def test_e6_moving_an_agency_in_the_tree_is_followed(world):
    period = applied([world.ministry, world.comptroller])
    complete(world.somsri)
    Agency.objects.get(pk=world.province.pk).move(
        Agency.objects.get(pk=world.comptroller.pk), pos="last-child"
    )
    enter("ใหม่", "หลังย้าย", Agency.objects.get(pk=world.province.pk))
    again(period)
    fresh = Agency.objects.get(pk=world.province.pk)
    assert set(Standing.objects.filter(agency=fresh).values_list("agency_path", flat=True)) == {fresh.path}
    comptroller = Agency.objects.get(pk=world.comptroller.pk)
    assert selectors.count_of(EVERYONE, period, comptroller, today=TODAY).required == 4


@pytestmark_db
def test_a_new_name_is_sorted_anew(world):
    period = applied([world.community])
    officer = Officer.objects.get(pk=world.somsri.pk)
    officer.first_name = "กมล"
    officer.set_sort_key()
    officer.save()
    again(period)
    assert standing(world.somsri, period).sort_key == officer.sort_key


@pytestmark_db
def test_a_requirement_that_is_switched_off_asks_nobody(world):
    period = applied([world.community])
    complete(world.somsri)
    later = NOW + timedelta(days=1)
    services.save_requirement(code="R1", now=later, is_active=False)
    again(period, now=later)
    now = Standing.objects.filter(until_at__isnull=True)
    assert set(now.values_list("state", flat=True)) == {State.NOT_REQUIRED}
    assert counted(period) == {}
    assert Standing.objects.filter(until_at__isnull=False, state=State.ON_TIME).count() == 1, "the past stays"


@pytestmark_db
def test_an_audience_by_kind_of_personnel(world):
    employee = enter("ลูกจ้าง", "หนึ่ง", world.division, personnel_type="government_employee")
    period = applied([world.community], personnel_types=["government_employee"])
    assert list(Standing.objects.filter(period=period).values_list("officer_id", flat=True)) == [employee.pk]
    assert Audience.objects.count() == 1


@pytestmark_db
def test_a_rule_changed_in_words_of_contact_keeps_its_version(world):
    rule = requirement([world.community])
    assert services.save_requirement(code="R1", now=NOW, contact="โทร 1567").rule_version == 1
    assert services.save_requirement(code="R1", now=NOW, due_day=15).rule_version == 2
    assert services.save_requirement(code="R1", now=NOW, due_day=15).rule_version == 2
    assert rule.rule_version == 1


@pytestmark_db
def test_a_period_and_its_awards_name_the_version_whose_audience_they_follow(world):
    period = applied([world.community])
    services.save_requirement(code="R1", now=NOW, due_day=15)
    assert complete(world.somsri).rule_version == 1, "changed, but not applied yet"
    period = again(period)
    assert (period.rule_version, period.due_on) == (2, date(2027, 9, 30)), "an open period keeps its day"
    assert complete(world.daruni).rule_version == 2


@pytestmark_db
def test_an_audience_that_was_edited_asks_nothing_of_anybody_until_the_rule_is_saved_again(world):
    period = applied([world.community])
    assert again(period).rule_version == 1
    audience = Audience.objects.get()
    people.save_audience(name=audience.name, agencies=[world.community, world.comptroller])
    assert again(period).rule_version == 1
    assert standing(world.anan, period) is None
    services.save_requirement(code="R1", now=NOW)
    assert again(period).rule_version == 2
    assert standing(world.anan, period).state == State.NOT_STARTED
    other = people.save_audience(name="อีกกลุ่ม", agencies=[world.comptroller])
    services.save_requirement(code="R1", now=NOW, audience=other)
    assert again(period).rule_version == 3, "one change is counted once"


@pytestmark_db
def test_what_was_asked_in_a_period_stays_what_was_asked(world):
    rule = requirement([world.community])
    services.save_requirement(code="R1", now=NOW, subject=known("ETH-2").subject)
    services.apply_requirement(requirement=rule, fiscal_year=2570, now=NOW)
    with pytest.raises(InvalidInput, match="เปลี่ยนรายวิชาไม่ได้") as refused:
        services.save_requirement(code="R1", now=NOW, subject=known("ETH-1").subject)
    assert refused.value.field == "subject"


@pytestmark_db
def test_a_completion_recorded_late_for_an_earlier_day_is_the_one_that_counts(world):
    period = applied([world.community], due_month=10, due_day=31)
    complete(world.somsri, at=NOW, key="late")
    assert standing(world.somsri, period).state == State.LATE
    day = NOW - timedelta(days=35)
    earlier = complete(
        world.somsri, at=day, key="classroom", method="classroom", now=NOW + timedelta(hours=1)
    )
    held = standing(world.somsri, period)
    assert (held.state, held.award_id, held.completed_at) == (State.ON_TIME, earlier.pk, day)
    assert counted(period) == recounted(period)
    assert earlier.period_id == period.pk
    before = list(Standing.objects.order_by("pk").values())
    again(period, now=NOW + timedelta(hours=1))
    assert list(Standing.objects.order_by("pk").values()) == before


@pytestmark_db
def test_of_two_completions_in_time_the_first_counts_whatever_was_recorded_first(world):
    period = applied([world.community])
    complete(world.somsri, at=NOW, key="second")
    first = complete(world.somsri, at=NOW - timedelta(days=3), key="first", now=NOW + timedelta(hours=1))
    assert standing(world.somsri, period).award_id == first.pk
    assert counted(period) == recounted(period)


@pytestmark_db
def test_standings_that_were_meddled_with_are_derived_anew(world):
    period = applied([world.community])
    complete(world.somsri)
    services.mark_started(officer_id=world.daruni.pk, subject_code="ETH-1", now=NOW)
    settle(NOW)
    Standing.objects.update(state=State.NOT_STARTED, award=None, completed_at=None, started_at=None)
    again(period)
    services.recount_coverage(period=period)
    assert standing(world.somsri, period).state == State.ON_TIME
    assert standing(world.daruni, period).state == State.IN_PROGRESS
    assert counted(period) == recounted(period)


@pytestmark_db
def test_duties_are_those_of_running_periods_nearest_first(world):
    applied([world.community], code="R1")
    applied([world.community], code="R2", due_month=1, due_day=31)
    applied([world.community], code="R3", year=2569)
    found = selectors.duties(world.somsri.pk, today=TODAY, now=NOW)
    assert [duty.due_on for duty in found] == [date(2027, 1, 31), date(2027, 9, 30)]
    assert found[0].reason == "เพราะเป็นแผนของหน่วยงาน"
    assert selectors.duties(world.anan.pk, today=TODAY, now=NOW) == []


@pytestmark_db
def test_one_completion_answers_every_requirement_of_its_subject(world):
    applied([world.community], code="R1")
    applied([world.community], code="R2", due_month=10, due_day=31)
    complete(world.somsri)
    states = dict(
        Standing.objects.filter(officer=world.somsri, until_at__isnull=True).values_list(
            "period__requirement__code", "state"
        )
    )
    assert states == {"R1": State.ON_TIME, "R2": State.LATE}


@pytestmark_db
def test_e5_a_second_fiscal_year_shows_whoever_is_learning_again(world):
    """The enrolment is old, the period is new: whoever takes up the course again is in progress."""
    from courses import services as courses
    from tests.courses.build import school

    place = school()
    applied([world.community])
    courses.begin(course=place.course, officer_id=world.somsri.pk, now=NOW)
    next_year = NOW.replace(year=NOW.year + 1)
    period = applied([world.community], year=2571, now=next_year)
    courses.start_test(course=place.course, which="pre", officer_id=world.somsri.pk, now=next_year)
    settle(next_year)
    assert standing(world.somsri, period).state == State.IN_PROGRESS


@pytestmark_db
def test_e18_whoever_had_begun_before_a_requirement_came_is_in_progress(world):
    from courses import services as courses
    from tests.courses.build import school

    place = school()
    courses.begin(course=place.course, officer_id=world.somsri.pk, now=NOW)
    period = applied([world.community])
    courses.read_lesson(
        course=place.course,
        officer_id=world.somsri.pk,
        lesson_key=place.lessons[0].translation_key,
        now=NOW + timedelta(hours=1),
    )
    settle(NOW + timedelta(hours=1))
    assert standing(world.somsri, period).state == State.IN_PROGRESS


@pytestmark_db
@pytest.mark.parametrize("seed", range(6))
def test_coverage_equals_a_slow_recount_after_any_stream_of_events(world, seed):
    chance = random.Random(seed)
    places = [world.community, world.division, world.province, world.comptroller, world.treasury]
    officers = [enter(f"คน{n}", "สุ่ม", chance.choice(places)) for n in range(10)]
    first = applied([world.community])
    second = applied([world.comptroller, world.community], code="R2", due_month=12, due_day=1)
    now = NOW
    for step in range(60):
        now += timedelta(days=1)
        officer = chance.choice(officers)
        act = chance.choice(["start", "award", "award again", "transfer", "apply", "enter"])
        if act == "start":
            services.mark_started(officer_id=officer.pk, subject_code="ETH-1", now=now)
        elif act.startswith("award"):
            complete(officer, at=now, key=f"{seed}:{step if act == 'award' else officer.pk}")
        elif act == "transfer":
            transfer(officer, chance.choice(places), on=local_date(now))
        elif act == "apply":
            again(chance.choice([first, second]), now=now)
        else:
            officers.append(enter(f"เพิ่ม{step}", "สุ่ม", chance.choice(places)))
        settle(now)
        for period in (first, second):
            assert counted(period) == recounted(period), (step, act)
    for period in (first, second):
        again(period, now=now)
        members = _members(period, local_date(now))
        rows = {row.officer_id: row for row in Standing.objects.filter(period=period, until_at__isnull=True)}
        assert {pk for pk, row in rows.items() if row.state in OPEN_STATES} <= set(members)
        assert all(rows[pk].agency_id == agency for pk, agency in members.items())
        assert services.recount_coverage(period=period) == 0


def _members(period, today):
    from sucharit.officers import selectors as officers

    named = officers.audience_members(period.requirement.audience, on=today)
    return {person.pk: officers.posting_on(person.pk, today).agency_id for person in named}


@pytestmark_db
def test_a_count_that_went_wrong_is_found_and_mended(world):
    period = applied([world.community])
    Coverage.objects.filter(period=period).update(people=99)
    assert services.recount_coverage(period=period) > 0
    assert counted(period) == recounted(period)
    assert services.recount_coverage(period=period) == 0


@pytestmark_db
def test_a_subject_that_was_never_announced_is_not_there():
    edition()
    people.save_audience(name="ก")
    assert selectors.latest_edition("NONE") is None
    from sucharit.kernel.errors import NotFound

    with pytest.raises(NotFound):
        selectors.subject("NONE")


@pytestmark_db
def test_of_several_subjects_the_one_to_learn_next_is_one_that_does_not_count_yet(world):
    """What was completed a year before, or taken back since, is still to be learned."""
    from sucharit.records import corrections
    from sucharit.records.enums import ReasonCode

    both = [known("ETH-1").subject, known("ETH-2").subject]
    applied([world.community], subjects=both, need=2)

    def next_to_learn():
        (duty,) = selectors.duties(world.somsri.pk, today=TODAY, now=NOW)
        return duty.subject_code

    complete(world.somsri, code="ETH-1", at=NOW - timedelta(days=400), key="old")
    assert next_to_learn() == "ETH-1"
    award = complete(world.somsri, code="ETH-1", at=NOW - timedelta(days=1), key="new")
    assert next_to_learn() == "ETH-2"
    corrections.revoke(
        award_id=award.pk,
        reason_code=ReasonCode.NOT_ENTITLED,
        reason="ตรวจพบ",
        actor_id=world.secretariat.pk,
        now=NOW,
    )
    assert next_to_learn() == "ETH-1"
