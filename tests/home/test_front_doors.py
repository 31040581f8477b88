"""The public front page and the learner's first page."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import CoursePage
from sucharit.home import selectors
from sucharit.kernel.thai_calendar import midnight
from sucharit.officers.selectors import viewer_of
from tests.conftest import NOW, TODAY
from tests.courses.build import plant_course, plant_home, read_all, school
from tests.records.build import applied, complete

pytestmark = pytest.mark.django_db


@pytest.fixture
def somsri(world, signed_in):
    return signed_in(world.somsri.user)


def cost(client, url) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen.captured_queries)


def test_the_front_page_costs_a_visitor_at_most_six_however_much_there_is(client):
    from campaigns.models import CampaignPage

    _, index, campaigns = plant_home()
    counts = []
    for number in range(5):
        plant_course(index, f"C-{number}", lessons=2, pre=None, post=None)
        campaigns.add_child(
            instance=CampaignPage(
                title=f"ร {number}", slug=f"r-{number}", message="ม", starts_on=TODAY, ends_on=TODAY
            )
        )
        client.get("/")
        counts.append(cost(client, "/"))
    assert max(counts) <= 6
    assert len(set(counts)) == 1, counts


def test_a_learner_sees_what_is_due_by_when_and_why(world, somsri):
    school()
    applied([world.community])
    page = somsri.get("/my/").content.decode()
    for said in ("รายวิชา ETH-1", "เพราะเป็นแผนของหน่วยงาน", "30 กันยายน", "2570", "เริ่มเรียน"):
        assert said in page, said


def test_progress_and_the_word_on_the_button_follow(world, somsri):
    place = school()
    applied([world.community])
    read_all(somsri, place)
    (task,) = somsri.get("/my/").context["first"].open
    assert (task.percent, task.action) == (75, "เรียนต่อ")
    assert task.minutes_left == 15


def test_what_is_done_is_no_longer_due(world, somsri):
    school()
    applied([world.community])
    complete(world.somsri, edition_id=_latest())
    answer = somsri.get("/my/")
    assert answer.context["first"].open == []
    assert "คุณเรียนครบตามที่กำหนดแล้ว" in answer.content.decode()
    assert "รายวิชา ETH-1" in answer.content.decode()


def _latest() -> int:
    from sucharit.records.selectors import latest_edition

    return latest_edition("ETH-1").pk


def test_a_required_course_that_is_taken_down_is_not_called_done(world, somsri):
    """Somebody with an older award and one open duty whose course is being revised is not finished."""
    school()
    applied([world.community])
    complete(world.somsri, at=NOW - timedelta(days=200), edition_id=_latest())
    CoursePage.objects.get().unpublish()
    assert "คุณเรียนครบตามที่กำหนดแล้ว" not in somsri.get("/my/").content.decode()


def test_an_award_of_the_year_and_the_list_of_duties_agree(world, somsri):
    """The course page says passed; the first page must not ask for it again."""
    place = school()
    complete(world.somsri, edition_id=_latest())
    applied([world.community])
    assert "คุณผ่านรายวิชานี้แล้ว" in somsri.get(place.url).content.decode()
    assert somsri.get("/my/").context["first"].open == []


@pytest.mark.parametrize(("today", "late"), [(date(2027, 9, 30), False), (date(2027, 10, 1), False)])
def test_on_the_due_day_nothing_is_late_and_the_next_day_is_another_year(world, today, late):
    school()
    applied([world.community])
    first = selectors.first_page(viewer_of(world.somsri.user), now=midnight(today))
    assert ("เลยกำหนด" in first.sentence(today)) == late
    assert len(first.open) == (1 if today.month == 9 else 0)


def test_past_its_day_within_the_year_a_duty_is_overdue(world):
    school()
    applied([world.community], due_month=10, due_day=31)
    first = selectors.first_page(viewer_of(world.somsri.user), now=NOW)
    assert "เลยกำหนดแล้ว 1 รายวิชา" in first.sentence(TODAY)


def test_the_first_page_does_not_grow_with_duties(world, somsri):
    _, index, _ = plant_home()
    counts = []
    for number in range(1, 5):
        plant_course(index, f"C-{number}", lessons=2, pre=None, post=None)
        applied([world.community], code=f"R{number}", subject=f"C-{number}")
        complete(world.somsri, code=f"C-{number}", key=f"k{number}", edition_id=_edition(f"C-{number}"))
        applied([world.community], code=f"S{number}", subject=f"C-{number}", due_month=number)
        somsri.get("/my/")
        counts.append(cost(somsri, "/my/"))
    # One query for each audience is allowed by `duties`; the audiences here are as many as the requirements.
    print(counts)
    assert max(counts) <= 12 + 2 * 8


def _edition(code: str) -> int:
    from sucharit.records.selectors import latest_edition

    return latest_edition(code).pk


def test_someone_without_an_officer_record_is_told_so(world, signed_in):
    plant_home()
    answer = signed_in(world.secretariat).get("/my/")
    assert answer.status_code == 200
    assert "ยังไม่ผูกกับทะเบียนเจ้าหน้าที่" in answer.content.decode()


def test_the_account_page_says_who_one_is(world, somsri):
    page = somsri.get("/my/account/").content.decode()
    for said in ("สมศรี", "ใจดี", "สำนักงานพัฒนาชุมชนจังหวัดเชียงใหม่"):
        assert said in page


def test_health_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_one_course_that_two_requirements_ask_is_one_task_that_names_both(world, somsri):
    school()
    applied([world.community], code="R1")
    applied([world.community], code="R2", due_month=3, due_day=31)
    page = somsri.get("/my/")
    (task,) = page.context["first"].open
    assert task.duty.requirement == "ข้อกำหนด R2", "the nearest day first"
    html = page.content.decode()
    assert "ข้อกำหนด R1 ครบกำหนด 30 กันยายน 2570" in html
    assert "อีก 1 รายวิชา" in html
