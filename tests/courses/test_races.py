"""Learners on several devices, and editors beside them, through the front door at the same moment (R5), on a real PostgreSQL."""

import pytest
from django.db import connection
from django.test import Client

from courses import services
from courses.models import Enrolment, LessonProgress
from quizzes.models import Attempt
from sucharit.officers import services as people
from sucharit.records import services as records
from sucharit.records.models import AwardEvent, Edition, WaitingEntry
from tests.conftest import NOW
from tests.courses.build import fields, read_all, start
from tests.quizzes.build import right_answers
from tests.quizzes.test_races import CROWDS, at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture(autouse=True)
def _real_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")


@pytest.fixture(autouse=True)
def _no_printing(monkeypatch):
    """Certificates have races of their own."""
    monkeypatch.setattr(records.certificates, "issue_quietly", lambda **_: None)


def again(client: Client) -> Client:
    """Another device of the same person."""
    other = Client(raise_request_exception=False)
    other.cookies = client.cookies
    return other


def statuses(results) -> set[object]:
    """What the devices saw."""
    return set(results)


@pytest.mark.parametrize("devices", CROWDS)
def test_devices_that_enrol_at_once_enrol_once(place, somsri, devices):
    results = at_once(lambda _: again(somsri).post(f"/learn/{place.course.code}/begin/").status_code, devices)
    assert statuses(results) == {302}, results
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize("devices", CROWDS)
def test_a_lesson_read_on_devices_at_once_is_read_once(place, somsri, devices):
    path = f"/learn/{place.course.code}/lessons/{place.lessons[0].translation_key}/read/"
    results = at_once(lambda _: again(somsri).post(path).status_code, devices)
    assert statuses(results) == {302}, results
    assert LessonProgress.objects.count() == 1


@pytest.mark.parametrize("devices", CROWDS)
def test_a_test_started_on_devices_at_once_is_one(place, somsri, devices):
    read_all(somsri, place)
    path = f"/learn/{place.course.code}/test/post/"
    results = at_once(lambda _: again(somsri).post(path).url, devices)
    assert len(statuses(results)) == 1, results
    assert Attempt.objects.count() == 1


def handed_in(place, somsri):
    read_all(somsri, place)
    path = start(somsri, place)
    held = Attempt.objects.get()
    return path, {**fields(right_answers(held)), "submit": "1"}


@pytest.mark.parametrize("devices", CROWDS)
def test_a_double_click_on_hand_in_is_one_result_and_one_award(place, somsri, devices):
    path, body = handed_in(place, somsri)
    results = at_once(lambda _: again(somsri).post(path, body).url, devices)
    assert statuses(results) == {f"{path}result/"}, results
    assert AwardEvent.objects.count() == WaitingEntry.objects.count() == 1
    assert Attempt.objects.get().passed


def test_control_without_lock_and_key_a_double_click_is_several_awards(place, somsri, monkeypatch):
    path, body = handed_in(place, somsri)
    number, stated = iter(range(1_000)), records.stated

    def any_key(*facts):
        event = stated(*facts)
        event.idempotency_key += f":{next(number)}"
        return event

    monkeypatch.setattr(records, "stated", any_key)
    at_once(lambda _: again(somsri).post(path, body).status_code, 8)
    assert AwardEvent.objects.count() > 1


@pytest.mark.parametrize("devices", CROWDS)
def test_handed_in_saved_and_looked_at_at_once(place, somsri, devices):
    path, body = handed_in(place, somsri)
    saving = {**{name: value for name, value in body.items() if name != "submit"}, "save": "1"}

    def act(number):
        client = again(somsri)
        if number % 3 == 0:
            return client.post(path, body).status_code
        return (client.post(path, saving) if number % 3 == 1 else client.get(path)).status_code

    results = at_once(act, devices)
    assert statuses(results) <= {200, 302}, results
    assert AwardEvent.objects.count() == 1


@pytest.mark.parametrize("devices", CROWDS)
def test_published_while_it_is_read_nobody_sees_half_a_course(place, somsri, devices):
    """One publishes again and again; the others read a lesson, enrol and look at the course."""
    read_all(somsri, place)
    lesson = place.lessons[0]

    def act(number):
        client = again(somsri)
        if number == 0:
            for turn in range(3):
                lesson.refresh_from_db()
                lesson.lead = f"ประโยคนำที่ {turn}"
                lesson.save_revision().publish()
            return 200
        return client.get((place.url, f"{place.url}{lesson.slug}/")[number % 2]).status_code

    results = at_once(act, devices)
    assert statuses(results) == {200}, results
    numbers = list(Edition.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("devices", CROWDS)
def test_published_at_once_it_is_one_edition(place, devices):
    before = Edition.objects.count()
    place.course.title = "ชื่อใหม่ของรายวิชา"
    place.course.save()
    results = at_once(lambda _: services.announce(course=place.course, now=NOW), devices)
    assert statuses(results) == {None}, results
    assert Edition.objects.count() == before + 1


@pytest.mark.parametrize("devices", CROWDS)
def test_a_role_that_ends_in_the_middle_lets_in_or_not_and_nothing_else(world, place, signed_in, devices):
    daruni = signed_in(world.daruni.user)
    grant = world.daruni.user.role_grants.get()
    path = f"/hr/agencies/{world.community.public_id}/"

    def act(number):
        if number == 0:
            people.end_role(grant=grant, now=NOW)
            return 404
        return again(daruni).get(path).status_code

    results = at_once(act, devices)
    assert statuses(results) <= {200, 403, 404}, results
    assert daruni.get(path).status_code in {403, 404}
