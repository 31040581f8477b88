"""The admin's front page, its menu and the editor's pages: ours, in Thai, asking nobody outside."""

import json
import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import GroupCollectionPermission, Page
from wagtailmedia.models import get_media_model

from sucharit.home.models import HomePage, InformationPage
from sucharit.theme.slugs import LONGEST, thai_slug
from tests.quizzes.build import bank

pytestmark = pytest.mark.django_db

OUTSIDE = re.compile(r"(?:src|href)=\"(?:https?:)?//(?!testserver)[^\"]+", re.IGNORECASE)


@pytest.fixture
def desk(world, signed_in):
    return signed_in(world.pakphum)


@pytest.fixture
def home(db):
    page = HomePage(title="สุจริต", slug="sucharit", headline="พาดหัว")
    Page.get_first_root_node().add_child(instance=page)
    return page


def test_the_day_begins_with_its_work(desk, home):
    bank(3)
    html = desk.get("/admin/").content.decode()
    assert "งานของวันนี้" in html
    assert "คำถามในคลังที่ใช้อยู่" in html
    assert "<strong>3</strong>" in html


def test_the_front_page_asks_nobody_outside_and_names_no_other_product(desk, home):
    html = desk.get("/admin/").content.decode()
    asked = [match for match in OUTSIDE.findall(html) if "enable-javascript.com" not in match]
    assert asked == []
    assert "gravatar" not in html
    assert "editor guide" not in html.lower()
    assert "<title>" in html
    assert "Wagtail</title>" not in html


def test_the_figures_of_the_front_page_cost_at_most_six_queries(
    world, desk, home, django_assert_max_num_queries
):
    from datetime import date

    from sucharit.home.admin import figures
    from sucharit.officers.access import viewer_of

    who = viewer_of(world.pakphum)
    with django_assert_max_num_queries(6):
        assert len(figures(who, today=date(2026, 11, 23))) == 5


def test_content_staff_may_add_pictures_documents_and_media():
    for name in ("ผู้เขียนเนื้อหา", "บรรณาธิการและผู้อนุมัติ"):
        held = GroupCollectionPermission.objects.filter(group=Group.objects.get(name=name))
        assert {row.permission.codename for row in held.select_related("permission")} >= {
            "add_image",
            "change_image",
            "choose_image",
            "add_document",
            "change_document",
            "choose_document",
            "add_media",
            "change_media",
        }


@pytest.mark.parametrize("page", ["wagtailimages:add", "wagtaildocs:add", "wagtailmedia:index"])
def test_an_editor_opens_the_pages_of_files(desk, page):
    assert desk.get(reverse(page)).status_code == 200


def test_an_editor_uploads_a_document(desk):
    file = SimpleUploadedFile("a.txt", b"words", content_type="text/plain")
    answer = desk.post(reverse("wagtaildocs:add_multiple"), {"files[]": file, "title": "เอกสาร"})
    assert answer.json()["success"]


def test_an_editor_uploads_captions_and_the_film_of_a_lesson_carries_them(desk, home):
    from courses.models import CourseIndexPage, CoursePage, LessonPage

    words = "WEBVTT\n\n00:00.000 --> 00:02.000\nเช้าวันทำงาน\n".encode()
    file = SimpleUploadedFile("gift.vtt", words, content_type="text/vtt")
    told = desk.post(reverse("wagtaildocs:add_multiple"), {"files[]": file, "title": "คำบรรยาย"}).json()
    assert told["success"], told
    film = get_media_model().objects.create(
        title="ภาพยนตร์", file=ContentFile(b"x", name="gift.mp4"), type="video", duration=1
    )
    block = {"title": "ของขวัญ", "video": film.pk, "captions": told["doc_id"], "transcript": "<p>เช้า</p>"}
    catalogue = home.add_child(instance=CourseIndexPage(title="รายวิชา", slug="courses"))
    course = catalogue.add_child(instance=CoursePage(title="วิชา", slug="c", code="C-1", summary="สั้น"))
    body = json.dumps([{"type": "video", "value": block}])
    lesson = course.add_child(instance=LessonPage(title="บทแรก", slug="l", body=body))
    html = lesson.make_preview_request(preview_mode="").content.decode()
    track = re.search(r'<track kind="captions" srclang="th"[^>]* src="([^"]+)"', html)
    served = desk.get(track.group(1))
    assert served["Content-Type"].startswith("text/vtt")
    assert b"".join(served.streaming_content) == words


@pytest.mark.parametrize(
    "title",
    [
        "จริยธรรมภาครัฐ",
        "มาตรฐานทางจริยธรรม 7 ข้อ",
        "No Gift Policy",
        "๗",
        "!!!",
        "",
        "ก" * 300,
        "a" * 300,
        "ฯ",
        "😀",
    ],
)
def test_a_slug_is_never_empty_always_ascii_and_short(title):
    slug = thai_slug(title, "page")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= LONGEST


def test_words_of_the_house_are_spelt_as_the_royal_institute_spells_them():
    assert thai_slug("มาตรฐานทางจริยธรรม 7 ข้อ", "x") == "mattrathan-thang-chariyatham-7-kho"


@pytest.mark.parametrize("typed", ["", "7"])
def test_a_thai_title_is_enough_to_save_a_page(desk, home, typed):
    for number in range(2):
        answer = desk.post(
            reverse("wagtailadmin_pages:add", args=["home", "informationpage", home.pk]),
            {"title": "7 ข้อ", "slug": typed, "body-count": "0"},
        )
        assert answer.status_code == 302, answer.context["form"].errors
        assert InformationPage.objects.count() == number + 1
    assert set(InformationPage.objects.values_list("slug", flat=True)) == {"7-kho", "7-kho-2"}


def test_a_slug_that_somebody_chose_is_kept(desk, home):
    desk.post(
        reverse("wagtailadmin_pages:add", args=["home", "informationpage", home.pk]),
        {"title": "ติดต่อเรา", "slug": "contact", "body-count": "0"},
    )
    assert InformationPage.objects.get().slug == "contact"


def test_a_published_page_keeps_its_address(desk, home):
    page = home.add_child(instance=InformationPage(title="ติดต่อเรา", slug="contact"))
    page.save_revision().publish()
    desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        {"title": "ชื่อใหม่", "slug": "", "body-count": "0", "action-publish": "1"},
    )
    page.refresh_from_db()
    assert (page.title, page.slug) == ("ชื่อใหม่", "contact")


def test_a_page_made_by_a_program_gets_its_slug_too(home):
    page = home.add_child(instance=InformationPage(title="ติดต่อเรา"))
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", page.slug)


def test_previews_show_what_will_be_served(world, desk, home):
    from campaigns.models import CampaignIndexPage, CampaignPage
    from courses.models import CourseIndexPage, CoursePage, LessonPage

    catalogue = home.add_child(instance=CourseIndexPage(title="รายวิชา", slug="courses"))
    course = catalogue.add_child(instance=CoursePage(title="วิชา", slug="c", code="C-1", summary="สั้น"))
    lesson = course.add_child(instance=LessonPage(title="บทแรก", slug="l"))
    index = home.add_child(instance=CampaignIndexPage(title="กิจกรรม", slug="campaigns"))
    campaign = index.add_child(
        instance=CampaignPage(
            title="ไม่รับ", slug="no", message="ไม่รับ ก็ไม่ต้องคืน", starts_on="2026-11-01", ends_on="2026-12-31"
        )
    )
    shown = {
        page: page.make_preview_request(preview_mode=page.default_preview_mode).content.decode()
        for page in (
            Page.objects.get(pk=p.pk).specific for p in (home, catalogue, course, lesson, index, campaign)
        )
    }
    by_title = {page.title: html for page, html in shown.items()}
    assert "สั้น" in by_title["รายวิชา"]
    assert "บทแรก" in by_title["วิชา"]
    assert "บทแรก" in by_title["บทแรก"]
    assert "ไม่รับ ก็ไม่ต้องคืน" in by_title["กิจกรรม"]
    assert "ไม่รับ ก็ไม่ต้องคืน" in by_title["ไม่รับ"]
    assert "วิชา" in by_title["สุจริต"]


def test_a_course_that_was_never_stored_can_be_previewed(home):
    from courses.models import CoursePage

    draft = CoursePage(title="วิชาร่าง", code="C-9", summary="สั้น")
    assert "วิชาร่าง" in draft.make_preview_request(preview_mode="").content.decode()
