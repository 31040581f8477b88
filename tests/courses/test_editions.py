"""A published course announces what it now says; an award goes on naming the edition it was earned on (E1, E4, E10)."""

import hashlib
import json

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from wagtail.models import Page

from courses import services
from courses.models import CoursePage, EditionContent, Enrolment, LessonPage, LessonProgress
from quizzes.services import Draw, save_quiz
from sucharit.home.models import InformationPage
from sucharit.records import selectors as records
from sucharit.records.models import AwardEvent, Edition, Subject
from tests.conftest import NOW
from tests.courses.build import fields, plant_lesson, read_all, start, text_body
from tests.quizzes.build import right_answers

pytestmark = pytest.mark.django_db


def editions() -> list[int]:
    return list(Edition.objects.order_by("number").values_list("number", flat=True))


def pass_course(client, place):
    from quizzes.models import Attempt

    read_all(client, place)
    address = start(client, place)
    held = Attempt.objects.get(public_id=address.split("/")[-2])
    assert client.post(address, {**fields(right_answers(held)), "submit": "1"}).status_code == 302
    return AwardEvent.objects.get(attempt_ref=held.public_id)


def republish(page, **facts):
    page = type(page).objects.get(pk=page.pk)
    for name, value in facts.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return page


def test_a_published_course_is_a_subject_with_one_edition(place):
    assert editions() == [1]
    edition = Edition.objects.get()
    assert (edition.subject.code, edition.title, edition.minutes) == (
        "ETH-1",
        place.course.title,
        place.course.minutes,
    )


def test_the_digest_is_that_of_the_kept_words(place):
    edition = Edition.objects.get()
    kept = EditionContent.objects.get(edition=edition).content
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert edition.digest == hashlib.sha256(text.encode()).hexdigest()
    assert [lesson["title"] for lesson in kept["lessons"]] == ["บทที่ 1", "บทที่ 2", "บทที่ 3"]
    assert "เนื้อหาบทที่ 2" in text


def test_publishing_unchanged_words_makes_no_edition(place):
    republish(place.course)
    republish(place.lessons[0])
    assert editions() == [1]


def test_the_same_words_in_a_block_made_anew_make_no_edition(place):
    """A block deleted and written again has a new id; no learner could tell."""
    republish(place.lessons[1], body=text_body("เนื้อหาบทที่ 2"))
    assert editions() == [1]


def test_a_draft_that_is_only_saved_makes_no_edition(place):
    lesson = LessonPage.objects.get(pk=place.lessons[0].pk)
    lesson.title = "ร่างที่ยังไม่เผยแพร่"
    lesson.save_revision()
    assert editions() == [1]
    republish(place.course)
    assert editions() == [1]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "ชื่อใหม่"},
        {"body": text_body("เนื้อหาใหม่")},
        {"lead": "ประโยคนำใหม่"},
        {"picture_alt": "คำบรรยายภาพใหม่"},
    ],
)
def test_whatever_a_learner_reads_in_a_lesson_makes_an_edition(place, change):
    republish(place.lessons[1], **change)
    assert editions() == [1, 2]


@pytest.mark.parametrize("change", [{"title": "ชื่อวิชาใหม่"}, {"closing": "<p>ส่งท้าย</p>"}, {"minutes": 90}])
def test_whatever_a_learner_reads_of_the_course_makes_an_edition(place, change):
    republish(place.course, **change)
    assert editions() == [1, 2]


def test_another_post_test_makes_an_edition(place):
    republish(place.course, post_quiz=save_quiz(code="NEW", title="ใหม่", draws=[Draw(standard=1, count=2)]))
    assert editions() == [1, 2]


def test_a_new_lesson_makes_an_edition(place):
    plant_lesson(place.course, 4)
    assert editions() == [1, 2]


def test_taking_a_lesson_down_makes_an_edition(place):
    place.lessons[2].unpublish()
    assert editions() == [1, 2]


def test_deleting_a_lesson_makes_an_edition(place):
    LessonPage.objects.get(pk=place.lessons[2].pk).delete()
    assert editions() == [1, 2]
    kept = EditionContent.objects.get(edition__number=2).content
    assert [lesson["title"] for lesson in kept["lessons"]] == ["บทที่ 1", "บทที่ 2"]


def test_another_order_of_lessons_makes_an_edition(place):
    LessonPage.objects.get(pk=place.lessons[2].pk).move(
        LessonPage.objects.get(pk=place.lessons[0].pk), pos="left"
    )
    assert editions() == [1, 2]


def test_words_that_return_are_an_edition_of_their_own(place):
    republish(place.lessons[0], lead="หนึ่ง")
    republish(place.lessons[0], lead="ประโยคนำ")
    assert editions() == [1, 2, 3]
    first, _, third = Edition.objects.order_by("number")
    assert first.digest == third.digest


def test_journey_2_an_old_award_still_names_the_old_edition_and_its_words_can_be_read(place, somsri):
    award = pass_course(somsri, place)
    before = (award.edition_id, award.edition.digest)
    republish(place.lessons[0], body=text_body("เนื้อหาที่แก้แล้ว"))
    award = AwardEvent.objects.select_related("edition").get(pk=award.pk)
    assert (award.edition_id, award.edition.digest) == before
    assert records.latest_edition("ETH-1").number == 2
    old = json.dumps(EditionContent.objects.get(edition_id=award.edition_id).content, ensure_ascii=False)
    assert "เนื้อหาบทที่ 1" in old
    assert "เนื้อหาที่แก้แล้ว" not in old
    assert "เนื้อหาที่แก้แล้ว" in somsri.get(f"{place.url}lesson-1/").content.decode()


def test_an_attempt_names_the_edition_it_began_under(place, somsri):
    """E11: the words changed between the start and the hand-in."""
    from quizzes.models import Attempt

    read_all(somsri, place)
    address = start(somsri, place)
    republish(place.lessons[0], lead="แก้ระหว่างทำ")
    held = Attempt.objects.get()
    somsri.post(address, {**fields(right_answers(held)), "submit": "1"})
    assert AwardEvent.objects.get().edition.number == 1


def test_the_kept_words_never_change(place):
    kept = EditionContent.objects.get()
    for act in (
        lambda: EditionContent.objects.update(content={}),
        lambda: EditionContent.objects.all().delete(),
        lambda: EditionContent(pk=kept.pk, edition_id=kept.edition_id, content={}).save(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert EditionContent.objects.get().content == kept.content


def test_deleting_a_lesson_keeps_everybody_s_progress(place, somsri):
    read_all(somsri, place)
    LessonPage.objects.get(pk=place.lessons[1].pk).delete()
    assert LessonProgress.objects.count() == 3
    assert somsri.get(place.url).status_code == 200


# --- in the editor's admin ----------------------------------------------------------------------------------


@pytest.fixture
def editor(world, signed_in):
    return signed_in(world.pakphum)


@pytest.fixture
def administrator(world, signed_in):
    world.secretariat.is_superuser = True
    world.secretariat.save()
    return signed_in(world.secretariat)


def test_e4_a_course_someone_completed_is_not_deleted_and_a_sentence_says_why(place, somsri, administrator):
    pass_course(somsri, place)
    for page in (place.course, place.index):
        answer = administrator.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
        assert CoursePage.objects.filter(code="ETH-1").exists()
        said = answer.content.decode()
        assert "ลบหน้านี้ไม่ได้ เพราะมีผู้ผ่านรายวิชา ETH-1 แล้ว" in said
        assert "ยกเลิกการเผยแพร่" in said


def test_e4_nor_by_the_bulk_action(place, somsri, administrator):
    pass_course(somsri, place)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    answer = administrator.post(f"{url}?id={place.course.pk}", follow=True)
    assert CoursePage.objects.filter(code="ETH-1").exists(), "the bulk action went round the refusal"
    assert "ETH-1" in answer.content.decode()


def test_a_course_nobody_completed_may_go(place, administrator):
    administrator.post(reverse("wagtailadmin_pages:delete", args=[place.course.pk]))
    assert not CoursePage.objects.exists()
    assert Subject.objects.filter(code="ETH-1").exists(), "the register keeps what was announced"


def test_the_code_of_a_published_course_cannot_be_changed(place, editor):
    """The field's own help says so: results carry the code for ever."""
    form = _edit_form(editor, place.course)
    editor.post(
        reverse("wagtailadmin_pages:edit", args=[place.course.pk]),
        {**form, "code": "ETH-9", "action-publish": "1"},
    )
    assert CoursePage.objects.get(pk=place.course.pk).code == "ETH-1"
    assert list(Subject.objects.values_list("code", flat=True)) == ["ETH-1"]


def test_a_course_can_be_copied_under_a_new_code_or_is_refused_kindly(place, editor):
    answer = editor.post(
        reverse("wagtailadmin_pages:copy", args=[place.course.pk]),
        {"new_title": "สำเนา", "new_slug": "copy", "new_parent_page": place.index.pk, "copy_subpages": "on"},
    )
    assert answer.status_code < 500


@pytest.mark.parametrize("which", ["course", "index", "home"])
def test_an_alias_of_a_course_is_refused_in_words_and_nothing_is_made(place, administrator, which):
    page = getattr(place, which)
    before = Page.objects.count()
    answer = administrator.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {
            "new_title": "อีกหน้า",
            "new_slug": "another",
            "new_parent_page": page.get_parent().pk,
            "copy_subpages": "on",
            "alias": "on",
        },
        follow=True,
    )
    assert answer.status_code == 200
    assert answer.redirect_chain[0][0] == reverse("wagtailadmin_pages:copy", args=[page.pk])
    assert "สร้างหน้าอ้างอิงของรายวิชาไม่ได้" in answer.content.decode()
    assert Page.objects.count() == before


def test_a_page_without_courses_may_have_an_alias(place, administrator):
    page = place.home.add_child(instance=InformationPage(title="ติดต่อเรา", slug="contact"))
    administrator.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {
            "new_title": "อีกหน้า",
            "new_slug": "another",
            "new_parent_page": place.home.pk,
            "copy_subpages": "on",
            "alias": "on",
        },
    )
    assert Page.objects.filter(alias_of=page).count() == 1


def _edit_form(client, page) -> dict[str, str]:
    """What the browser would send back from the edit form, read from its bound form."""
    answer = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    form = answer.context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if value is None or bound.name in {"comments", "go_live_at", "expire_at"}:
            continue
        rendered = (
            bound.field.widget.format_value(value) if hasattr(bound.field.widget, "format_value") else value
        )
        data[bound.html_name] = rendered if rendered is not None else ""
    for prefix in ("comments",):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0", f"{prefix}-MAX_NUM_FORMS": ""}
    return data


def test_journey_2_an_editor_previews_a_lesson_before_publishing(place, editor):
    lesson = place.lessons[0]
    answer = editor.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk]))
    assert answer.status_code == 200
    assert "เนื้อหาบทที่ 1" in answer.content.decode()
    course = editor.get(reverse("wagtailadmin_pages:view_draft", args=[place.course.pk]))
    assert course.status_code == 200
    assert place.course.title in course.content.decode()


def test_journey_2_the_editor_s_change_reaches_learners(place, editor, somsri):
    lesson = place.lessons[0]
    form = _edit_form(editor, lesson)
    form |= {
        "lead": "แก้โดยบรรณาธิการ",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "text",
        "body-0-id": "",
        "body-0-value": json.dumps(
            {
                "blocks": [
                    {"key": "a", "type": "unstyled", "depth": 0, "text": "ถ้อยคำ", "inlineStyleRanges": []}
                    | {"entityRanges": []}
                ],
                "entityMap": {},
            }
        ),
        "action-publish": "1",
    }
    answer = editor.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), form)
    assert answer.status_code == 302
    assert "แก้โดยบรรณาธิการ" in somsri.get(f"{place.url}lesson-1/").content.decode()
    assert editions() == [1, 2]


def test_a_course_is_announced_only_by_publishing(place, world):
    with pytest.raises(Exception, match="ยังไม่เปิดให้เรียน"):
        services.begin(course=CoursePage(code="NONE"), officer_id=world.somsri.pk, now=NOW)
    assert not Enrolment.objects.exists()
