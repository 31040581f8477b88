"""Reading, testing and passing through the front door: order, resuming, and what a browser cannot post (R9, E26)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from courses.models import CoursePage, Enrolment, LessonPage, LessonProgress
from quizzes.models import Attempt
from sucharit.officers.models import Posting
from sucharit.records import certificates
from sucharit.records.models import AwardEvent, Certificate
from tests.conftest import NOW
from tests.courses.build import fields, plant_course, read_all, school, start
from tests.quizzes.build import quiz, right_answers, wrong_answers

pytestmark = pytest.mark.django_db


def held() -> Attempt:
    return Attempt.objects.order_by("-id").first()


def pass_test(client, address):
    return client.post(address, {**fields(right_answers(held())), "submit": "1"})


# --- reading ------------------------------------------------------------------------------------------------


def test_begin_enrols_once_and_leads_to_the_pre_test(place, somsri):
    for _ in range(2):
        answer = somsri.post("/learn/ETH-1/begin/")
        assert answer.url == "/learn/ETH-1/test/pre/"
    assert Enrolment.objects.count() == 1


def test_recording_a_lesson_twice_is_recording_it_once(place, somsri, clock):
    url = f"/learn/ETH-1/lessons/{place.lessons[0].translation_key}/read/"
    first = somsri.post(url)
    at = LessonProgress.objects.get().read_at
    clock.shift(timedelta(hours=1))
    second = somsri.post(url)
    assert first.url == second.url == f"{place.url}lesson-2/"
    assert LessonProgress.objects.get().read_at == at


def test_after_the_last_lesson_one_returns_to_the_course(place, somsri):
    read_all(somsri, place)
    url = f"/learn/ETH-1/lessons/{place.lessons[2].translation_key}/read/"
    assert somsri.post(url).url == f"{place.url}#next"


def test_r9_a_locked_lesson_is_neither_shown_nor_recorded(place, somsri):
    assert somsri.get(f"{place.url}lesson-1/").status_code == 200
    shut = somsri.get(f"{place.url}lesson-3/")
    assert shut.status_code == 403
    assert "เนื้อหาบทที่ 3" not in shut.content.decode()
    somsri.post(f"/learn/ETH-1/lessons/{place.lessons[2].translation_key}/read/")
    assert not LessonProgress.objects.exists()


def test_in_free_order_any_lesson_opens(world, somsri):
    place = school(order=CoursePage.Order.FREE)
    assert somsri.get(f"{place.url}lesson-3/").status_code == 200
    somsri.post(f"/learn/ETH-1/lessons/{place.lessons[2].translation_key}/read/")
    assert LessonProgress.objects.count() == 1


def test_a_lesson_of_another_course_is_not_found(place, somsri):
    _, made = plant_course(place.index, "ETH-2", lessons=1, pre=None, post=None)
    assert somsri.post(f"/learn/ETH-1/lessons/{made[0].translation_key}/read/").status_code == 404
    assert somsri.post("/learn/NONE/begin/").status_code == 404
    assert not LessonProgress.objects.exists()


def test_another_device_resumes_at_the_lesson_left_half_way(place, somsri, world, signed_in):
    somsri.post(f"/learn/ETH-1/lessons/{place.lessons[0].translation_key}/read/")
    somsri.get(f"{place.url}lesson-2/")
    other = signed_in(world.somsri.user)
    assert other.post("/learn/ETH-1/begin/").url.endswith("/lesson-2/")
    assert "/lesson-2/" in other.get(place.url).content.decode()


def test_after_the_pre_test_the_way_on_is_the_first_lesson(place, somsri):
    somsri.post("/learn/ETH-1/begin/")
    address = start(somsri, place, "pre")
    result = somsri.post(address, {"submit": "1"}, follow=True)
    assert result.context["view"].next_step.url.endswith("/lesson-1/")


def test_r9_the_pre_test_never_blocks_reading(place, somsri):
    read_all(somsri, place)
    assert LessonProgress.objects.count() == 3
    assert not Attempt.objects.exists()


def test_a_course_taken_down_and_a_lesson_taken_down_are_gone(place, somsri):
    LessonPage.objects.get(pk=place.lessons[2].pk).unpublish()
    assert somsri.get(f"{place.url}lesson-3/").status_code == 404
    CoursePage.objects.get().unpublish()
    assert somsri.get(place.url).status_code == 404
    assert somsri.post("/learn/ETH-1/begin/").status_code == 404


# --- tests --------------------------------------------------------------------------------------------------


def test_r9_the_post_test_is_refused_before_the_lessons(place, somsri):
    answer = somsri.post("/learn/ETH-1/test/post/", follow=True)
    assert not Attempt.objects.filter(context="course:ETH-1:post").exists()
    assert "เปิดเมื่ออ่านครบทุกบท" in answer.content.decode()


FORGED = {
    "score": "99",
    "max_score": "1",
    "passed": "True",
    "state": "submitted",
    "submitted_at": "2026-01-01T00:00:00Z",
    "completed_at": "2020-01-01T00:00:00Z",
    "deadline_at": "2099-01-01T00:00:00Z",
    "pass_percent": "0",
    "officer": "1",
    "attempt_ref": "x",
    "now": "2020-01-01T00:00:00Z",
}


def test_r9_what_only_the_server_decides_cannot_be_posted(world, somsri):
    place = school(quiz_facts={"time_limit_minutes": 10})
    somsri.post("/learn/ETH-1/begin/", FORGED)
    for lesson in place.lessons:
        somsri.post(f"/learn/ETH-1/lessons/{lesson.translation_key}/read/", FORGED)
    assert not AwardEvent.objects.exists()
    answer = somsri.post("/learn/ETH-1/test/post/", FORGED)
    before = held()
    assert before.deadline_at - before.started_at == timedelta(minutes=10)
    assert before.pass_percent == 60
    somsri.post(answer.url, {**FORGED, "save": "1"})
    somsri.post(answer.url, {**FORGED, **fields(wrong_answers(before)), "submit": "1"})
    after = Attempt.objects.get(pk=before.pk)
    assert (after.score, after.max_score, after.passed) == (0, 3, False)
    assert after.submitted_at.year == NOW.year
    assert (after.deadline_at, after.pass_percent) == (before.deadline_at, 60)
    assert not AwardEvent.objects.exists()
    assert all(row.read_at.year == NOW.year for row in LessonProgress.objects.all())


def test_r9_someone_else_s_attempt_is_not_there(place, somsri, world, signed_in):
    read_all(somsri, place)
    address = start(somsri, place)
    daruni = signed_in(world.daruni.user)
    for url in (address, f"{address}result/", address.replace("/post/", "/pre/")):
        assert daruni.get(url).status_code == 404
    assert daruni.post(address, {"submit": "1"}).status_code == 404
    assert somsri.get(address.replace("/post/", "/pre/")).status_code == 404
    plant_course(place.index, "ETH-2", lessons=0, pre=place.pre, post=place.post)
    assert somsri.get(address.replace("ETH-1", "ETH-2")).status_code == 404
    assert held().state == "open"


def test_the_result_is_shown_only_after_handing_in(place, somsri):
    read_all(somsri, place)
    address = start(somsri, place)
    assert somsri.get(f"{address}result/").url == address
    somsri.post(address, {"submit": "1"})
    assert somsri.get(address).url == f"{address}result/"
    assert somsri.get(f"{address}result/").status_code == 200


def test_failing_once_and_passing_after_gives_one_award(place, somsri):
    read_all(somsri, place)
    somsri.post(start(somsri, place), {**fields(wrong_answers(held())), "submit": "1"})
    assert not AwardEvent.objects.exists()
    address = start(somsri, place)
    for _ in range(3):
        pass_test(somsri, address)
    award = AwardEvent.objects.get()
    assert (award.score, award.max_score) == (Decimal(3), Decimal(3))
    assert award.attempt_ref == held().public_id
    assert award.completed_at == held().submitted_at
    assert somsri.get("/learn/ETH-1/passed/").status_code == 200


def test_passing_the_pre_test_awards_nothing(place, somsri):
    address = start(somsri, place, "pre")
    pass_test(somsri, address)
    assert held().passed
    assert not AwardEvent.objects.exists()


def test_passed_is_a_page_only_for_those_who_have(place, somsri):
    assert somsri.get("/learn/ETH-1/passed/").url == place.url


def test_e5_passing_again_makes_a_second_award_and_resets_nothing(place, somsri):
    read_all(somsri, place)
    pass_test(somsri, start(somsri, place))
    first = held()
    pass_test(somsri, start(somsri, place))
    assert AwardEvent.objects.count() == 2
    first_again = Attempt.objects.get(pk=first.pk)
    assert (first_again.score, first_again.submitted_at) == (first.score, first.submitted_at)
    assert LessonProgress.objects.count() == 3
    assert somsri.get(f"/learn/ETH-1/test/post/{first.public_id}/result/").status_code == 200


def test_e5_a_new_fiscal_year_allows_new_attempts(world, somsri, clock):
    """The limit is on one period's tries: who used them up last year must still be able to comply this year."""
    place = school(quiz_facts={"max_attempts": 1})
    read_all(somsri, place)
    pass_test(somsri, start(somsri, place))
    clock.move_to(NOW.replace(year=NOW.year + 1))
    # The session of last year has ended.
    somsri.force_login(world.somsri.user, backend="sucharit.officers.backends.AccountBackend")
    answer = somsri.post("/learn/ETH-1/test/post/")
    assert Attempt.objects.filter(context="course:ETH-1:post").count() == 2, answer.url


def test_the_bell_on_the_server_ends_an_attempt_that_is_looked_at_later(world, somsri, clock):
    place = school(quiz_facts={"time_limit_minutes": 10})
    read_all(somsri, place)
    address = start(somsri, place)
    somsri.post(address, {**fields(right_answers(held())), "save": "1"})
    clock.shift(timedelta(hours=1))
    assert somsri.get(address).url == f"{address}result/"
    assert held().submitted_at == held().deadline_at
    assert AwardEvent.objects.get().completed_at == held().deadline_at


def test_r1_a_pass_that_was_saved_before_the_bell_is_awarded_however_the_attempt_is_closed(
    world, somsri, clock
):
    """The learner saved right answers, came back after the bell and pressed «ทำต่อ» on the test's own page."""
    place = school(quiz_facts={"time_limit_minutes": 10})
    read_all(somsri, place)
    address = start(somsri, place)
    saved = held()
    somsri.post(address, {**fields(right_answers(saved)), "save": "1"})
    clock.shift(timedelta(hours=1))
    somsri.post("/learn/ETH-1/test/post/")
    saved.refresh_from_db()
    assert (saved.state, saved.passed) == ("submitted", True)
    assert AwardEvent.objects.filter(attempt_ref=saved.public_id).count() == 1


def test_an_open_attempt_belongs_to_the_quiz_it_began_with(place, somsri):
    read_all(somsri, place)
    address = start(somsri, place)
    page = CoursePage.objects.get()
    page.post_quiz = quiz("OTHER", count=2)
    page.save_revision().publish()
    assert somsri.post("/learn/ETH-1/test/post/").url == address
    pass_test(somsri, address)
    assert AwardEvent.objects.get().max_score == 3


# --- when something else is missing -------------------------------------------------------------------------


def test_a_pass_without_a_posting_is_told_in_a_sentence_and_not_lost(place, somsri, world):
    """A transfer that HR has not entered yet must not turn the learner's hand-in into an error page."""
    read_all(somsri, place)
    address = start(somsri, place)
    Posting.objects.filter(officer=world.somsri).update(ends_on=NOW.date() - timedelta(days=1))
    somsri.raise_request_exception = False
    answer = somsri.post(address, {**fields(right_answers(held())), "submit": "1"}, follow=True)
    assert answer.status_code < 500
    assert held().state == "submitted"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_r4_a_certificate_that_cannot_be_printed_is_not_the_learner_s_problem(place, somsri, monkeypatch):
    def broken(face):
        raise RuntimeError("the printer is on fire")

    monkeypatch.setattr(certificates, "render_pdf", broken)
    read_all(somsri, place)
    address = start(somsri, place)
    somsri.raise_request_exception = False
    answer = somsri.post(address, {**fields(right_answers(held())), "submit": "1"})
    assert AwardEvent.objects.count() == 1
    assert answer.status_code == 302
    monkeypatch.undo()
    assert somsri.get("/learn/ETH-1/passed/").status_code == 200
    assert certificates.issue_missing(now=NOW + timedelta(days=1)) == 1
    assert Certificate.objects.count() == 1


def test_hand_in_and_award_are_both_or_neither(place, somsri, monkeypatch):
    from courses import services

    read_all(somsri, place)
    address = start(somsri, place)

    def broken(**kwargs):
        raise RuntimeError("the ledger is closed")

    monkeypatch.setattr(services.records, "record_award", broken)
    somsri.raise_request_exception = False
    with transaction.atomic():
        assert pass_test(somsri, address).status_code == 500
    assert held().state == "open"
    monkeypatch.undo()
    pass_test(somsri, address)
    assert AwardEvent.objects.count() == 1


def test_someone_without_an_officer_record_is_told_so(place, world, signed_in):
    answer = signed_in(world.secretariat).post("/learn/ETH-1/begin/")
    assert answer.status_code == 403
    assert "ยังไม่ผูกกับทะเบียนเจ้าหน้าที่" in answer.content.decode()


def test_a_visitor_signs_in_first_and_comes_back(place, client):
    for url in (f"{place.url}lesson-1/", "/learn/ETH-1/test/post/"):
        assert client.get(url).url == f"/accounts/login/?next={url}"
    assert client.post("/learn/ETH-1/begin/").url == f"/accounts/login/?next={place.url}"


def test_the_bell_over_an_open_attempt_leads_to_its_result_and_spends_no_new_one(world, somsri, clock):
    place = school(quiz_facts={"time_limit_minutes": 10, "max_attempts": 2})
    read_all(somsri, place)
    path = start(somsri, place)
    held = Attempt.objects.get()
    somsri.post(path, {**fields(right_answers(held)), "save": "1"})
    clock.shift(timedelta(minutes=11))
    assert "หมดเวลาทำแบบทดสอบครั้งนี้แล้ว" in somsri.get("/learn/ETH-1/test/post/").content.decode()
    answer = somsri.post("/learn/ETH-1/test/post/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{path}result/"
    assert Attempt.objects.count() == 1
    assert AwardEvent.objects.get().attempt_ref == held.public_id


def test_a_pass_of_last_year_is_still_a_recorded_pass(world, somsri, clock):
    clock.move_to(datetime(2026, 9, 30, 5, 0, tzinfo=UTC))
    place = school()
    read_all(somsri, place)
    path = start(somsri, place)
    somsri.post(path, {**fields(right_answers(Attempt.objects.get())), "submit": "1"})
    clock.move_to(datetime(2026, 10, 1, 5, 0, tzinfo=UTC))
    assert "ยังบันทึกผลเข้าทะเบียนไม่ได้" not in somsri.get(f"{path}result/").content.decode()


def test_the_page_s_script_keeps_answers_and_is_told_when_it_is_too_late(world, somsri, clock):
    place = school(quiz_facts={"time_limit_minutes": 10})
    read_all(somsri, place)
    path = start(somsri, place)
    answers = fields(right_answers(held()))
    kept = somsri.post(path, {**answers, "save": "1"}, headers={"accept": "application/json"})
    assert (kept.status_code, kept.json()) == (200, {"kept": True, "at": "09.30 น."})
    assert len(held().answers) == 3
    clock.shift(timedelta(minutes=11))
    late = somsri.post(path, {**answers, "save": "1"}, headers={"accept": "application/json"})
    assert (late.status_code, late.json()["kept"]) == (409, False)
    somsri.post(path, {"submit": "1"})
    after = somsri.post(path, {**answers, "save": "1"}, headers={"accept": "application/json"})
    assert (after.status_code, after.json()["kept"]) == (409, False)
    assert set(after.json()) == {"kept", "at"}, "nothing of the key or the score"
