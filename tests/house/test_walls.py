"""Walls that a review found missing: each test failed once."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.http import Http404
from django.test import RequestFactory, override_settings
from wagtail.images import get_image_model
from wagtail.models import PageViewRestriction
from wagtailmedia.models import get_media_model

from courses.models import CoursePage, LessonPage, LessonProgress
from courses.services import settle_awards
from quizzes.models import images as question_pictures
from sucharit.home.media import PUBLIC_FOLDERS, serve_media
from sucharit.officers import services as people
from sucharit.officers.enums import HrBody, Role
from sucharit.officers.models import Agency, Posting
from sucharit.records.models import AwardEvent, Edition
from tests.conftest import NOW
from tests.courses.build import fields, plant_course, read_all, school, start
from tests.quizzes.build import right_answers
from tests.records.build import applied

pytestmark = pytest.mark.django_db


def test_page_privacy_of_wagtail_holds_on_every_page_of_ours(world, signed_in):
    place = school()
    visitor, somsri = signed_in(None), signed_in(world.somsri.user)
    for page in (place.course, place.index, place.campaigns):
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert visitor.get(place.url).status_code == 302
    assert visitor.get("/courses/").status_code == 302
    assert visitor.get("/campaigns/").status_code == 302
    PageViewRestriction.objects.create(page=place.lessons[0], restriction_type="groups")
    assert somsri.get(f"{place.url}lesson-1/").status_code == 302


@pytest.mark.parametrize("kept", ["course", "index", "home"])
def test_page_privacy_holds_on_tests_and_progress_too(world, signed_in, kept):
    place = school()
    somsri = signed_in(world.somsri.user)
    path = start_early(somsri, place)
    PageViewRestriction.objects.create(page=getattr(place, kept), restriction_type="groups")
    lesson = place.lessons[0].translation_key
    asked = [
        somsri.get("/learn/ETH-1/test/pre/"),
        somsri.post("/learn/ETH-1/begin/"),
        somsri.post(f"/learn/ETH-1/lessons/{lesson}/read/"),
        somsri.post("/learn/ETH-1/test/post/"),
        somsri.get(path),
        somsri.post(path, {"submit": "1"}),
    ]
    assert [answer.url for answer in asked] == [place.url] * 6
    assert not AwardEvent.objects.exists()
    assert not LessonProgress.objects.exists()


def start_early(client, place) -> str:
    """The pre-test, begun before the course was closed to others."""
    return client.post("/learn/ETH-1/test/pre/").url


def test_a_course_behind_a_sign_in_lets_learners_learn(world, signed_in):
    place = school()
    PageViewRestriction.objects.create(page=place.course, restriction_type="login")
    assert signed_in(world.somsri.user).get("/learn/ETH-1/test/pre/").status_code == 200


def test_a_catalogue_taken_down_takes_tests_and_progress_with_it(world, signed_in):
    place = school()
    place.index.unpublish()
    somsri = signed_in(world.somsri.user)
    assert somsri.get("/learn/ETH-1/test/pre/").status_code == 404
    assert somsri.post("/learn/ETH-1/begin/").status_code == 404


def test_no_shared_cache_keeps_a_course_that_a_password_opens(world, signed_in):
    place = school()
    assert "private" in signed_in(None).get(place.url)["Cache-Control"]
    assert "public" not in signed_in(None).get(place.url)["Cache-Control"]


def test_a_course_that_is_taken_down_takes_its_lessons_with_it(world, signed_in):
    place = school()
    somsri = signed_in(world.somsri.user)
    assert somsri.get(f"{place.url}lesson-1/").status_code == 200
    CoursePage.objects.get(pk=place.course.pk).unpublish()
    assert somsri.get(place.url).status_code == 404
    assert somsri.get(f"{place.url}lesson-1/").status_code == 404


def test_a_lesson_that_moves_to_another_course_is_announced_by_both(world):
    place = school()
    other, _ = plant_course(place.index, "ETH-2", lessons=1, pre=None, post=None)
    before = Edition.objects.filter(subject__code="ETH-1").count()
    LessonPage.objects.get(pk=place.lessons[2].pk).move(CoursePage.objects.get(pk=other.pk), pos="last-child")
    assert Edition.objects.filter(subject__code="ETH-1").count() == before + 1
    assert Edition.objects.filter(subject__code="ETH-2").count() == 2


def test_a_central_hr_body_counts_and_lists_its_own_people_only(world, signed_in):
    school()
    Agency.objects.filter(pk=world.province.pk).update(hr_body=HrBody.POLICE)
    applied([world.community])
    accounts = {}
    for body in (HrBody.OCSC, HrBody.POLICE):
        accounts[body] = people.open_account(email=f"{body}@example.go.th", password="x" * 12)
        people.grant_role(user=accounts[body], role=Role.CENTRAL_HR, hr_body=body, now=NOW)
    ocsc = signed_in(accounts[HrBody.OCSC])
    base = f"/hr/agencies/{world.community.public_id}/"
    seen = ocsc.get(base).context["overview"]
    rows = ocsc.get(f"{base}people/").context["rows"]
    assert [unit.name for unit in seen.units] == ["กองการเจ้าหน้าที่"]
    assert seen.total.required == len(rows) == 1
    assert ocsc.get(f"/hr/agencies/{world.province.public_id}/").status_code == 404
    police = signed_in(accounts[HrBody.POLICE])
    answer = police.get("/hr/")
    assert answer.status_code == 302, "one agency in reach, although it lies below another body's ministry"
    assert world.province.public_id in answer["Location"]


def test_a_pass_without_a_posting_is_awarded_once_the_posting_is_entered(world, signed_in):
    place = school()
    somsri = signed_in(world.somsri.user)
    read_all(somsri, place)
    address = start(somsri, place)
    Posting.objects.filter(officer=world.somsri).update(ends_on=NOW.date() - timedelta(days=1))
    held = world.somsri.attempts.get()
    answer = somsri.post(address, {**fields(right_answers(held)), "submit": "1"}, follow=True)
    assert "ยังบันทึกผลเข้าทะเบียนไม่ได้" in answer.content.decode()
    later = held.started_at + timedelta(hours=1)
    assert settle_awards(now=later) == (0, 1)
    Posting.objects.filter(officer=world.somsri).update(ends_on=None)
    assert settle_awards(now=later) == (1, 0)
    assert settle_awards(now=later) == (0, 0)
    assert AwardEvent.objects.get().officer_id == world.somsri.pk


def test_an_upload_opened_alone_runs_nothing_and_documents_have_their_own_door(tmp_path: Path, client):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"
    )
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "secret.pdf").write_text("x")
    request = RequestFactory().get("/media/")
    with override_settings(MEDIA_ROOT=tmp_path):
        answer = serve_media(request, "images/a.svg")
        answer.close()
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        for path in ("documents/secret.pdf", "images/none.svg"):
            with pytest.raises(Http404):
                serve_media(request, path)


@pytest.fixture
def uploads(tmp_path: Path):
    """A folder of uploads as Wagtail and wagtailmedia lay it out, with a private document and a stray file."""
    for folder in (*PUBLIC_FOLDERS, "documents", "images/documents"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "a.txt").write_text("x")
    (tmp_path / "stray.txt").write_text("x")
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


@pytest.mark.parametrize(
    "path",
    [
        "documents/a.txt",
        "/documents/a.txt",
        "//documents/a.txt",
        "./documents/a.txt",
        ".//./documents//a.txt",
        "images/../documents/a.txt",
        "images/x/../../documents/a.txt",
        "images\\..\\documents\\a.txt",
        "\\documents\\a.txt",
        "images/..\\documents/a.txt",
        "../" + "documents/a.txt",
        "images/../../../etc/passwd",
        "Documents/a.txt",
        "stray.txt",
        "images",
        "images/",
        "images/a.txt/../../stray.txt",
        "images/\x00a.txt",
    ],
)
def test_no_spelling_of_a_path_leads_around_the_door_of_documents(uploads, path: str):
    with pytest.raises(Http404):
        serve_media(RequestFactory().get("/media/"), path)


@pytest.mark.parametrize("folder", PUBLIC_FOLDERS)
def test_what_editors_upload_for_everyone_is_served(uploads, folder: str):
    answer = serve_media(RequestFactory().get("/media/"), f"{folder}/a.txt")
    assert b"".join(answer.streaming_content) == b"x"
    answer.close()


def test_pictures_of_questions_never_change_so_they_are_kept_for_good(uploads):
    for folder, kept in (
        (question_pictures.FOLDER, "public, max-age=31536000, immutable"),
        ("images", "public, max-age=86400"),
    ):
        answer = serve_media(RequestFactory().get("/media/"), f"{folder}/a.txt")
        assert answer["Cache-Control"] == kept
        assert "sandbox" in answer["Content-Security-Policy"]
        answer.close()


def test_the_folders_for_everyone_are_those_that_pictures_and_media_are_stored_in():
    image, media = get_image_model(), get_media_model()
    rendition = image.get_rendition_model()
    stored = {
        image(title="a").get_upload_to("a.png"),
        rendition(image=image(title="a"), filter_spec="width-1").get_upload_to("a.png"),
        media._meta.get_field("file").generate_filename(None, "a.mp4"),
        media._meta.get_field("thumbnail").generate_filename(None, "a.png"),
        f"{question_pictures.FOLDER}/a.png",
    }
    assert {name.split("/")[0] for name in stored} == set(PUBLIC_FOLDERS)
