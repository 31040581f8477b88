"""What a course taught: worked by hand, and no small group can be worked out by any path through the pages."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from courses.gain import gain_of_course, gains_of_courses, place_of
from courses.models import CoursePage
from quizzes.models import Attempt, Quiz
from sucharit.kernel.errors import NotFound
from sucharit.kernel.thai_calendar import midnight
from sucharit.officers import services as people
from sucharit.officers.models import Agency, Posting
from sucharit.records.models import Edition
from tests.conftest import NOW, enter
from tests.courses.build import school
from tests.quizzes.gain_build import sat
from tests.records.build import transfer

pytestmark = pytest.mark.django_db

CODE = "ETH-1"
PLACE = place_of(CODE)
OCTOBER = datetime(2026, 10, 5, 3, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 5, 3, tzinfo=UTC)


@pytest.fixture
def place(world):
    """A course with both tests and one edition, announced before the year began: it stands in all of it."""
    return school(lessons=1)


def edition() -> str:
    return str(Edition.objects.order_by("-number").first().pk)


def learned(agency, size: int, *, before=4, after=8, full=10, at=OCTOBER, only_before=0, version="") -> list:
    """So many people of an agency who took both tests, and some who took the first only."""
    crew = [enter("ผู้เรียน", str(n), agency) for n in range(size + only_before)]
    version = version or edition()
    rows = []
    for n, officer in enumerate(crew):
        # A little spread, and the mean stays.
        spread = (n % 3) - 1 if size % 3 == 0 else 0
        rows.append((officer.pk, PLACE.pre, at - timedelta(days=1), before, full, version))
        if n < size:
            rows.append((officer.pk, PLACE.post, at, after + spread, full, version))
    sat(Quiz.objects.get(code="POST"), rows)
    return crew


def gain(*, agency=None, year="", now=NOW):
    return gain_of_course(CODE, year=year, agency_id=agency.public_id if agency else "", now=now)


def shown(rows) -> dict[str, int]:
    return {row.name: row.gain.n for row in rows if row.gain is not None}


def hidden(rows) -> set[str]:
    return {row.name for row in rows if row.is_hidden}


def test_worked_by_hand(place, world):
    """Twelve from 4/10 to 7, 8 or 9 of 10: mean 0.4 to 0.8, d = (1 - 3/43) x 0.4 / sqrt(0.08/11)."""
    learned(world.division, 12, only_before=10)
    seen = gain()
    assert (seen.total.n, seen.total.dropped_out, seen.total.at_full) == (12, 10, 0)
    assert (seen.total.mean_pre, seen.total.mean_post) == pytest.approx((0.4, 0.8))
    assert seen.total.class_gain == pytest.approx(0.4 / 0.6)
    assert seen.total.effect == pytest.approx((1 - 3 / 43) * 0.4 / (0.08 / 11) ** 0.5)
    assert seen.total.interval.low < seen.total.effect < seen.total.interval.high


def test_nine_people_are_nobody(place, world):
    learned(world.division, 9)
    seen = gain()
    assert seen.total is None
    assert not shown(seen.units)
    assert not shown(seen.editions)
    assert not shown(seen.months)
    assert gains_of_courses(now=NOW)[0].total is None


def test_a_small_ministry_takes_another_with_it(place, world):
    """20 and 30 would leave 3 to be subtracted: the smaller of the two goes too."""
    other = people.add_agency(parent=None, code="MOE", name="กระทรวงศึกษาธิการ", level="01")
    learned(world.division, 30)
    learned(world.treasury, 20)
    learned(other, 3)
    seen = gain()
    assert seen.total.n == 53
    assert shown(seen.units) == {"กระทรวงมหาดไทย": 30}
    assert {"กระทรวงการคลัง", "กระทรวงศึกษาธิการ"} <= hidden(seen.units)


def test_whoever_has_no_agency_that_day_is_a_row_of_the_top(place, world):
    crew = learned(world.division, 12)
    learned(world.treasury, 15)
    Posting.objects.filter(officer__in=crew).update(starts_on="2026-11-01")
    assert shown(gain().units) == {"กระทรวงการคลัง": 15, "ไม่พบสังกัดในวันที่ทำแบบทดสอบ": 12}


def test_below_a_hidden_agency_everything_is_shut(place, world):
    """Finance is hidden beside three others: neither it nor its department or division opens by its address."""
    other = people.add_agency(parent=None, code="MOE", name="กระทรวงศึกษาธิการ", level="01")
    learned(world.division, 30)
    learned(world.treasury, 20)
    learned(other, 3)
    finance = Agency.objects.get(code="MOF")
    for agency in (finance, world.comptroller, world.treasury, Agency.objects.get(pk=other.pk)):
        seen = gain(agency=agency)
        assert seen.total is None
        assert not shown(seen.units)


def test_an_agency_opens_on_its_own_whole_subtree(place, world):
    learned(world.division, 15)
    learned(world.province, 30)
    learned(world.community, 12)
    learned(world.treasury, 18)
    seen = gain(agency=world.community)
    assert seen.total.n == 57
    assert shown(seen.units) == {
        "กองการเจ้าหน้าที่": 15,
        "สำนักงานพัฒนาชุมชนจังหวัดเชียงใหม่": 30,
        "กรมการพัฒนาชุมชน (สังกัดโดยตรง)": 12,
    }
    assert [node.name for node in seen.chain] == ["กระทรวงมหาดไทย"]
    assert seen.editions == seen.months == ()
    assert gain(agency=world.division).total.n == 15
    assert gain(agency=world.division).units == []


def test_a_transfer_after_the_test_moves_nobody(place, world):
    crew = learned(world.division, 24)
    for officer in crew[:12]:
        transfer(officer, world.treasury, on=NOW.date() - timedelta(days=1))
    assert shown(gain().units) == {"กระทรวงมหาดไทย": 24}


def test_months_begin_at_midnight_in_bangkok_and_future_ones_are_not_there(place, world):
    learned(world.division, 12, at=midnight(datetime(2026, 11, 1).date()) - timedelta(minutes=1))
    learned(world.division, 15, at=midnight(datetime(2026, 11, 1).date()))
    months = gain().months
    assert [row.name for row in months] == ["ต.ค. 69", "พ.ย. 69"]
    assert list(shown(months).values()) == [12, 15]


def test_a_small_month_hides_the_next_smallest(place, world):
    learned(world.division, 12, at=OCTOBER)
    learned(world.division, 4, at=NOVEMBER)
    later = datetime(2026, 12, 20, 3, tzinfo=UTC)
    learned(world.division, 40, at=later - timedelta(days=2))
    assert shown(gain(now=later).months) == {"ธ.ค. 69": 40}


def test_editions_of_the_year_are_told_by_number(place, world):
    first = edition()
    learned(world.division, 12, version=first)
    page = CoursePage.objects.get(code=CODE)
    page.closing = "<p>คำส่งท้ายใหม่</p>"
    page.save_revision().publish()
    assert edition() != first
    learned(world.division, 15)
    rows = gain().editions
    newest = Edition.objects.order_by("-number").first().number
    assert [row.name.split(" (")[0] for row in rows if row.gain] == [
        f"ฉบับที่ {newest - 1}",
        f"ฉบับที่ {newest}",
    ]


def test_the_drop_outs_of_one_small_row_cannot_be_subtracted(place, world):
    """12 and 3 of 15 dropped out: 3 is hidden, and so is 12, or it would be 15 - 12. In the page below, too."""
    learned(world.division, 20, only_before=12)
    learned(world.treasury, 20, only_before=3)
    seen = gain()
    assert seen.total.dropped_out == 15
    assert [row.gain.dropped_out for row in seen.units if row.gain] == [None, None]
    below = gain(agency=Agency.objects.get(code="MOI"))
    assert below.total.dropped_out is None
    assert [row.gain.dropped_out for row in below.units if row.gain] == [None]


def test_nobody_dropped_out_is_said_of_every_row(place, world):
    learned(world.division, 20)
    learned(world.treasury, 20)
    assert [row.gain.dropped_out for row in gain().units if row.gain] == [0, 0]


def test_the_full_score_before_is_told_of_everybody_only(place, world):
    learned(world.division, 12, before=10, after=9)
    learned(world.division, 15)
    seen = gain()
    assert seen.total.at_full == 12
    assert {row.gain.at_full for row in [*seen.units, *seen.months, *seen.editions] if row.gain} == {None}


def test_years_do_not_overlap_and_others_are_not_found(place, world):
    learned(world.division, 12)
    later = NOW + timedelta(days=365)
    assert [year.year for year in gain(now=later).years] == [2571, 2570]
    assert gain(now=later).total is None
    assert gain(now=later, year="2570").total.n == 12
    for year in ("2569", "2571", "x", "๒๕๗๐"):
        with pytest.raises(NotFound):
            gain(year=year)


def test_what_does_not_exist_is_not_found(place, world):
    for code, agency in (("NONE", ""), ("ETH-1\n", ""), (CODE, "0" * 16), (CODE, "'--")):
        with pytest.raises(NotFound):
            gain_of_course(code, year="", agency_id=agency, now=NOW)


def test_a_course_without_a_test_says_so(place, world):
    CoursePage.objects.filter(code=CODE).update(pre_quiz=None)
    seen = gain()
    assert (seen.has_pre, seen.has_post) == (False, True)
    (line,) = gains_of_courses(now=NOW)
    assert (line.has_pre, line.has_post) == (False, True)


def test_the_list_says_what_the_page_says(place, world):
    learned(world.division, 12, only_before=10)
    (line,) = gains_of_courses(now=NOW)
    assert line.total == gain().total


def test_costs_the_same_for_twenty_people_and_four_hundred(place, world, django_assert_max_num_queries):
    learned(world.division, 20)
    with django_assert_max_num_queries(6) as small:
        gain()
    learned(world.treasury, 380)
    for n in range(30):
        agency = people.add_agency(parent=None, code=f"X{n}", name=f"กระทรวงที่ {n}", level="01")
        if n < 5:
            learned(agency, 2)
    with django_assert_max_num_queries(6) as large:
        gain()
    assert len(small) == len(large)
    with django_assert_max_num_queries(6):
        gain(agency=world.treasury)
    with django_assert_max_num_queries(2):
        gains_of_courses(now=NOW)


# --- an adversary who opens every page ---------------------------------------------------------------------------------


def _walk(agency=None, *, found):
    """Every total and every table that the pages give, by the path of the agency."""
    seen = gain(agency=agency)
    found[agency.path if agency else ""] = seen
    nodes = Agency.objects.filter(depth=1) if agency is None else agency.get_children()
    for node in nodes:
        _walk(node, found=found)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_no_group_of_one_to_nine_can_be_worked_out_by_subtracting(place, world, seed):
    """Random crowds all over the tree: in every table what is hidden is nobody, or at least ten of at least two rows."""
    chance = random.Random(seed)
    units = list(Agency.objects.all())
    crowd = []
    for unit in units:
        size = chance.choice([0, 0, 2, 5, 9, 10, 12, 20])
        crew = [enter("ก", f"{unit.pk}-{n}", unit) for n in range(size)]
        for officer in crew:
            crowd.append((officer.pk, PLACE.pre, OCTOBER, chance.randint(0, 9), 10, edition()))
            if chance.random() < 0.85:
                at = OCTOBER + timedelta(days=chance.randint(1, 40))
                crowd.append((officer.pk, PLACE.post, at, chance.randint(3, 10), 10, edition()))
    sat(Quiz.objects.get(code="POST"), crowd)
    truth = _truth()
    pages = _walk(found={})
    for path, seen in pages.items():
        n, alone = truth(path)
        if seen.total is None:
            assert not shown(seen.units)
            continue
        assert seen.total.n == n >= 10
        for rows in filter(None, (seen.units, seen.months, seen.editions)):
            left = n - sum(shown(rows).values())
            assert left == 0 or (left >= 10 and len(hidden(rows)) > 1)
            told = [row.gain.dropped_out for row in rows if row.gain is not None]
            if seen.total.dropped_out is None:
                assert set(told) <= {None}
            elif None in told or hidden(rows):
                rest = alone - sum(drop for drop in told if drop is not None)
                assert rest == 0 or rest >= 10
        for name, count in shown(seen.units).items():
            assert count >= 10, name


def _truth():
    """Pairs and drop-outs of a subtree, counted one person after another."""
    after = set(Attempt.objects.filter(context=PLACE.post).values_list("officer_id", flat=True))
    where = dict(Posting.objects.values_list("officer_id", "agency__path"))
    before = Attempt.objects.filter(context=PLACE.pre).values_list("officer_id", flat=True)
    paths = [(where[pk], pk in after) for pk in before]

    def of(path: str) -> tuple[int, int]:
        mine = [took_both for one, took_both in paths if one.startswith(path)]
        return sum(mine), len(mine) - sum(mine)

    return of
