"""Where learners meet the questionnaire: when it is open, by choice, once, and never in the way."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from courses.attitudes import open_wave
from courses.models import CoursePage, Enrolment, LessonProgress
from quizzes.attitudes import questionnaire, retire_instrument
from quizzes.enums import Wave
from quizzes.models import AttitudeAnswer
from tests.conftest import TODAY
from tests.courses.build import read_all, school
from tests.courses.test_queries import cost

pytestmark = pytest.mark.django_db

BEFORE, AFTER, LATER = (f"/learn/ETH-1/attitude/{wave}/" for wave in ("before", "after", "later"))
CARD = "ตอบแบบสอบถาม (ไม่บังคับ)"


def sent(held, point: int = 4) -> dict[str, str]:
    return {f"s{pk}": str(point) for pk, _ in questionnaire(held.pk).statements}


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(
    ("awarded", "today", "expected"),
    [
        (None, TODAY, (Wave.BEFORE, 2570)),
        (TODAY, TODAY, (Wave.AFTER, 2570)),
        (TODAY - timedelta(days=40), TODAY, (Wave.AFTER, 2570)),
        (date(2026, 9, 30), date(2026, 9, 30), (Wave.AFTER, 2569)),
        (date(2026, 9, 30), date(2026, 10, 1), None),
        (TODAY - timedelta(days=89), TODAY, None),
        (TODAY - timedelta(days=90), TODAY, (Wave.LATER, 2569)),
        (TODAY - timedelta(days=180), TODAY, (Wave.LATER, 2569)),
        (TODAY - timedelta(days=181), TODAY, None),
        (date(2025, 10, 1), date(2026, 3, 1), (Wave.LATER, 2569)),
    ],
)
def test_one_wave_is_open_at_a_time_and_counts_for_the_year_of_the_award(awarded, today, expected):
    assert open_wave(awarded, today=today) == expected


def test_the_form_says_what_happens_and_works_without_a_script(place, held, somsri):
    page = BeautifulSoup(text_of(somsri.get(BEFORE)), "html.parser")
    words = page.get_text(" ", strip=True)
    for said in ("ไม่บังคับ", "ไม่มีผลต่อการผ่านรายวิชา", "10 คน", "2 ปีงบประมาณ", "กุญแจ"):
        assert said in words
    scales = page.select("fieldset.scale")
    assert len(scales) == 3
    for scale in scales:
        labels = [label.get_text(" ", strip=True) for label in scale.select("label")]
        assert labels[-1] == "ไม่ขอตอบข้อนี้"
        assert [words in label for words, label in zip(held.scale, labels, strict=False)] == [True] * 5
        assert not scale.select("[checked]")
    assert not page.select("form[method=post] script, [style], [onclick]")


def test_answering_before_after_and_later(place, held, somsri, clock, award_days_ago, signed_in, world):
    assert somsri.post(BEFORE, sent(held)).url == BEFORE
    assert "ขอบคุณ" in text_of(somsri.get(BEFORE))
    award_days_ago(0)
    assert somsri.get(BEFORE).url == place.url, "before is over once passed"
    somsri.post(AFTER, sent(held, 5))
    assert somsri.get(LATER).url == place.url
    clock.shift(timedelta(days=91))
    somsri = signed_in(world.somsri.user)
    assert somsri.get(AFTER).url == place.url
    somsri.post(LATER, sent(held, 5))
    kept = AttitudeAnswer.objects.all()
    assert sorted(row.wave for row in kept) == ["after", "before", "later"]
    assert len({row.pseudonym for row in kept}) == 1
    assert {(row.fiscal_year, row.group, row.context) for row in kept} == {(2570, "MOI", "course:ETH-1")}


@pytest.mark.parametrize("path", [AFTER, LATER])
def test_a_wave_that_is_not_open_takes_nothing(place, held, somsri, path):
    assert somsri.get(path).url == place.url
    assert somsri.post(path, sent(held)).url == place.url
    assert not AttitudeAnswer.objects.exists()


def test_a_second_sending_is_refused_kindly(place, held, somsri):
    somsri.post(BEFORE, sent(held, 1))
    again = somsri.post(BEFORE, sent(held, 5))
    assert again.status_code == 409
    assert "คุณตอบแบบสอบถามครั้งนี้แล้ว" in text_of(again)
    assert set(AttitudeAnswer.objects.get().answers.values()) == {1}


def test_an_empty_sending_is_told_and_what_was_chosen_stays(place, held, somsri):
    page = somsri.post(BEFORE, {})
    assert page.status_code == 200
    assert "คุณยังไม่ได้เลือกคำตอบ" in text_of(page)
    assert not AttitudeAnswer.objects.exists()
    one = next(iter(sent(held)))
    somsri.post(BEFORE, {one: "2", "s99999": "3", "s": "1", "sx": "1", "s²": "1"})
    assert AttitudeAnswer.objects.get().answers == {one[1:]: 2}, (
        "one statement is enough; the rest is left out"
    )


def test_the_card_stands_before_the_first_lesson_and_after_passing(place, somsri, award_days_ago):
    for url in (place.url, "/learn/ETH-1/test/pre/"):
        assert CARD in text_of(somsri.get(url)), url
    assert CARD not in text_of(somsri.get("/learn/ETH-1/test/post/"))
    somsri.post(f"/learn/ETH-1/lessons/{place.lessons[0].translation_key}/read/")
    assert CARD not in text_of(somsri.get(place.url)), "it would measure something else now"
    read_all(somsri, place)
    award_days_ago(0)
    assert CARD in text_of(somsri.get("/learn/ETH-1/passed/"))
    assert CARD not in text_of(somsri.get(place.url))


def test_nothing_is_offered_to_visitors_or_where_there_is_no_questionnaire(place, held, somsri, signed_in):
    assert CARD not in text_of(signed_in(None).get(place.url))
    retire_instrument(instrument=held)
    assert CARD not in text_of(somsri.get(place.url))
    assert somsri.get(BEFORE).url == place.url
    CoursePage.objects.filter(pk=place.course.pk).update(attitude=None)
    assert somsri.get(BEFORE).url == place.url
    assert somsri.post(BEFORE, {"s1": "3"}).url == place.url


def test_skipping_is_remembered_by_the_browser_alone(place, somsri, signed_in, world):
    answer = somsri.post(BEFORE, {"skip": "1"})
    assert answer.url == place.url
    cookie = answer.cookies["sucharit_skipped"]
    assert cookie.value == "ETH-1.before"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert CARD not in text_of(somsri.get(place.url))
    assert CARD in text_of(signed_in(world.somsri.user).get(place.url)), "another browser does not know"
    assert somsri.get(BEFORE).status_code == 200, "one may still change one's mind"


@pytest.mark.parametrize("forged", ["", "x", "....___", "ETH-1.before" * 500, "a.b_<script>"])
def test_a_forged_cookie_breaks_nothing(place, somsri, forged):
    somsri.cookies["sucharit_skipped"] = forged
    assert somsri.get(place.url).status_code == 200
    assert somsri.post(BEFORE, {"skip": "1"}).status_code == 302


def test_three_months_later_the_own_page_invites_once(place, held, somsri, award_days_ago):
    assert CARD not in text_of(somsri.get("/my/"))
    award_days_ago(100)
    page = text_of(somsri.get("/my/"))
    assert CARD in page
    assert LATER in page
    somsri.post(LATER, sent(held))
    assert CARD not in text_of(somsri.get("/my/"))


def test_an_invitation_that_was_skipped_is_gone(place, somsri, award_days_ago):
    award_days_ago(100)
    assert somsri.post(LATER, {"skip": "1"}).url == "/my/"
    assert CARD not in text_of(somsri.get("/my/"))


def test_answering_changes_nothing_of_learning(place, held, somsri):
    somsri.post("/learn/ETH-1/begin/")
    seen = Enrolment.objects.values().get()
    somsri.post(BEFORE, sent(held))
    assert Enrolment.objects.values().get() == seen
    assert not LessonProgress.objects.exists()


def test_without_a_posting_the_answer_has_no_group(place, held, somsri, world):
    world.somsri.postings.update(ends_on=TODAY - timedelta(days=1))
    somsri.post(BEFORE, sent(held))
    assert AttitudeAnswer.objects.get().group == ""


def test_what_it_costs(place, held, somsri, award_days_ago):
    somsri.get(place.url)
    found = {"course": cost(lambda: somsri.get(place.url)), "form": cost(lambda: somsri.get(BEFORE))}
    found["send"] = cost(lambda: somsri.post(BEFORE, sent(held)))
    found["thanks"] = cost(lambda: somsri.get(BEFORE))
    CoursePage.objects.filter(pk=place.course.pk).update(attitude=None)
    plain = cost(lambda: somsri.get(place.url))
    mine = cost(lambda: somsri.get("/my/"))
    CoursePage.objects.filter(pk=place.course.pk).update(attitude=held)
    award_days_ago(100)
    found["my"] = cost(lambda: somsri.get("/my/"))
    print(found, plain, mine)
    assert found["course"] <= plain + 4
    assert found["my"] <= mine + 5
    assert max(found["form"], found["thanks"]) <= 12
    assert found["send"] <= 24


def test_a_course_without_a_questionnaire_costs_nothing_more(world, somsri):
    plain = school(code="ETH-9")
    somsri.get(plain.url)
    assert cost(lambda: somsri.get(plain.url)) <= 10
