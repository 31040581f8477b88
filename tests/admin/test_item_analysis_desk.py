"""Item analysis as an editor meets it: choose, look, open a question, end a task. Numbers carry their words; people are never named."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from openpyxl import load_workbook

from quizzes.enums import TaskEnd
from quizzes.item_tasks import refresh
from quizzes.models import ItemTask
from quizzes.psychometrics import Code
from quizzes.responses import collect
from quizzes.services import save_question
from sucharit.theme.desk import REPAIR
from tests.admin.build import said
from tests.conftest import NOW
from tests.quizzes.build import bank, quiz
from tests.quizzes.samples import DRAFTS
from tests.quizzes.sittings import right, sit, wrong
from tests.quizzes.test_item_tasks import upside_down

pytestmark = pytest.mark.django_db
INDEX = "/admin/analysis/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def desk(world, signed_in):
    return signed_in(world.pakphum)


@pytest.fixture
def versions(world):
    return bank(5)


@pytest.fixture
def made(versions):
    return quiz(count=5)


def answered(made, world, papers, place="p", **facts):
    sit(made, world.somsri, papers, place=place, **facts)
    while collect(now=NOW):
        pass


def page_of(response):
    assert response.status_code == 200
    return BeautifulSoup(response.content.decode(), "html.parser")


def item_url(version, **query):
    return reverse("analysis:item", args=[version.pk], query=query)


def codes(page):
    return [
        row.th.get_text(strip=True)
        for row in page.find("table", attrs={"aria-labelledby": "all-items-caption"}).tbody.find_all("tr")
    ]


def test_the_first_page_asks_which_quiz(desk, made):
    page = page_of(desk.get(INDEX))
    assert [option.text for option in page.find("select", attrs={"name": "quiz"}).find_all("option")] == [
        "เลือกแบบทดสอบ",
        made.title,
    ]
    assert "errorlist" not in str(page)


def test_a_quiz_is_shown_with_figures_words_pictures_and_a_table(desk, world, made, versions):
    answered(made, world, upside_down(versions))
    page = page_of(desk.get(INDEX, {"quiz": made.pk}))
    figures = {box.dt.text: box.dd.text for box in page.select(".desk-figures > div")}
    assert figures["ผู้ทำแบบทดสอบ"] == "40 คน"
    assert figures["คะแนนเฉลี่ย"] == "ร้อยละ 50"
    assert all(box.find_all("dd")[1].text.strip() for box in page.select(".desk-figures > div"))
    assert len(page.select("svg.chart-svg")) == 2
    assert codes(page)[0] == versions[0].question.code, "what is gravest stands first"
    assert "เฉลยอาจไม่ถูกต้อง" in page.text
    assert "style=" not in str(page.find(id="items"))
    assert world.somsri.first_name not in page.text


@pytest.mark.parametrize(
    "sort", ["code", "-code", "n", "-facility", "discrimination", "difference", "time", "look", "nonsense"]
)
def test_the_table_is_sorted_by_its_headings(desk, world, made, versions, sort):
    answered(made, world, upside_down(versions), seconds={str(versions[2].pk): 9})
    page = page_of(desk.get(INDEX, {"quiz": made.pk, "sort": sort}))
    sorted_by = page.find("th", attrs={"aria-sort": True})
    assert sorted_by["aria-sort"] == ("descending" if sort.startswith("-") else "ascending")
    by_code = [version.question.code for version in versions]
    expected = {"code": by_code, "-code": by_code[::-1], "time": [by_code[2], *by_code[:2], *by_code[3:]]}
    if sort in expected:
        assert codes(page) == expected[sort]
    turned = page_of(desk.get(INDEX + sorted_by.a["href"].partition("#")[0]))
    assert turned.find("th", attrs={"aria-sort": True})["aria-sort"] != sorted_by["aria-sort"]


def test_a_period_can_be_chosen_in_thai_years(desk, world, made, versions):
    answered(made, world, upside_down(versions))
    then = {"quiz": made.pk, "since": "1/10/2568", "until": "30/9/2569"}
    assert "ไม่มีผู้ส่งแบบทดสอบนี้ในช่วงเวลาที่เลือก" in page_of(desk.get(INDEX, then)).text
    assert "40 คน" in page_of(desk.get(INDEX, {**then, "until": "23/11/2569"})).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"quiz": ""}, "โปรดเลือกแบบทดสอบ"),
        ({"quiz": "999"}, "ไม่พบแบบทดสอบนี้"),
        ({"since": "5/11/2569", "until": "4/11/2569"}, "วันสุดท้ายต้องไม่มาก่อนวันแรก"),
        ({"since": "32/1/2569"}, "32/1/2569"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_at_its_place(desk, made, typed, sentence):
    page = desk.get(INDEX, {"quiz": made.pk, **typed})
    assert sentence in page.content.decode()
    assert "desk-figures" not in page.content.decode()


@pytest.mark.parametrize(
    ("people", "shown", "judged"), [(9, False, False), (10, True, False), (29, True, False), (30, True, True)]
)
def test_small_numbers_are_not_judged_and_very_small_ones_not_shown(
    desk, world, made, versions, people, shown, judged
):
    answered(made, world, upside_down(versions, people)[:people])
    for page in (page_of(desk.get(INDEX, {"quiz": made.pk})), page_of(desk.get(item_url(versions[0])))):
        assert bool(page.select(".desk-figures")) == shown
        assert ("ยังไม่ถึง 30 คน" in page.text) == (shown and not judged)
    file = desk.get(f"/admin/analysis/table.xlsx?quiz={made.pk}")
    sheet = load_workbook(BytesIO(file.content)).active
    assert sheet.max_row == (8 if shown else 3)


def test_a_question_is_shown_with_its_options_and_every_number_explained(desk, world, made, versions):
    answered(made, world, upside_down(versions))
    page = page_of(desk.get(item_url(versions[0], quiz=made.pk)))
    options = page.select(".desk-choices > li")
    assert [("เฉลย" in option.text) for option in options if "is-right" in option.get("class", [])] == [True]
    assert len(page.select(".multiples svg.chart-svg")) == 4
    assert "ไม่พบสิ่งที่ต้องแก้" not in page.text
    assert "อาจไม่ถูกต้อง" in page.text
    for box in page.select("#panel-figures-section .desk-figures > div, .desk-figures > div"):
        what, figure, meaning = box.dt.text, *[dd.text for dd in box.find_all("dd")]
        assert what
        assert figure
        assert len(meaning) > 15
    links = {link.get_text(strip=True): link.get("href") for link in page.find_all("a")}
    assert links["แก้คำถาม"] == reverse("questions:edit", args=[versions[0].question_id])
    assert links["ประวัติทุกฉบับ"] == reverse("questions:history", args=[versions[0].question_id])
    assert links["ดูรวมทุกแบบทดสอบ"] == item_url(versions[0])
    assert world.somsri.first_name not in page.text


def test_a_question_without_answers_and_one_without_options_say_so(desk, world):
    version = save_question(code="N", standard=1, draft=DRAFTS["numeric"], now=NOW)
    assert "ไม่มีผู้ตอบข้อนี้" in page_of(desk.get(item_url(version))).text
    answered(quiz("N", count=1), world, [{version: ["3000"]}] * 20 + [{version: ["12345"]}] * 20)
    page = page_of(desk.get(item_url(version)))
    assert "ไม่มีตัวเลือกให้เทียบ" in page.text
    assert "12345" not in page.text, "typed answers are not shown"


@pytest.mark.parametrize(
    "query", [{"quiz": "999"}, {"since": "x"}, {"since": "2/1/2569", "until": "1/1/2569"}]
)
def test_an_address_that_names_nothing_is_not_found(desk, versions, query):
    assert desk.get(item_url(versions[0], **query)).status_code == 404
    assert desk.get("/admin/analysis/table.xlsx", query).status_code == 404


def test_the_file_says_what_the_table_says_and_starts_no_formula(desk, world):
    made_bank = [
        save_question(
            code=f"F-{n}",
            standard=1,
            draft=DRAFTS["single"].__class__(**{**vars(DRAFTS["single"]), "stem": "=1+1"}),
            now=NOW,
        )
        for n in range(2)
    ]
    made = quiz("F", count=2)
    answered(made, world, [{v: right(v) for v in made_bank}] * 30 + [{v: wrong(v) for v in made_bank}] * 10)
    file = desk.get(f"/admin/analysis/table.xlsx?quiz={made.pk}")
    assert file["Content-Disposition"].startswith("attachment")
    rows = list(load_workbook(BytesIO(file.content)).active.values)
    assert rows[0][0] == made.title
    assert rows[2][:5] == ("รหัสข้อ", "ฉบับที่", "คำถาม", "ผู้ตอบ", "ตอบถูก (ร้อยละ)")
    assert rows[3][:5] == ("F-0", 1, "'=1+1", 40, 75)
    assert len(rows) == 5


# --- the list -----------------------------------------------------------------------------------------------


@pytest.fixture
def task(world, made, versions):
    answered(made, world, upside_down(versions))
    refresh(now=NOW)
    return ItemTask.objects.get(version=versions[0], code=Code.KEY_WRONG)


def test_the_list_shows_what_is_open_with_evidence_and_advice(desk, task, versions):
    page = page_of(desk.get(reverse("item_tasks:index")))
    first = page.select_one(".desk-task")
    assert first.h2.text.startswith("เฉลยอาจไม่ถูกต้อง")
    assert "ร้อยละ 100 แต่เลือกคำตอบตามเฉลย" in first.text
    assert "โปรดตรวจเฉลย" in first.text
    links = [link["href"] for link in first.find_all("a")]
    assert item_url(versions[0]) in links
    correct = reverse("questions:correct", args=[versions[0].pk])
    assert correct in links, "who was marked by a wrong key is helped by its correction, not by a new version"
    other = ItemTask.objects.exclude(code=Code.KEY_WRONG)
    assert str(page).count("/questions/correct/") < 1 + other.count()
    assert reverse("questions:edit", args=[versions[0].question_id]) in links
    assert reverse("item_tasks:edit", args=[task.pk]) in links


def test_the_bank_says_how_many_wait(desk, task):
    waiting = ItemTask.objects.count()
    page = page_of(desk.get("/admin/questions/"))
    assert f"ควรทบทวน {waiting} เรื่อง" in page.text
    ItemTask.objects.all().delete()
    assert "ไม่มีเรื่องให้ทบทวน" in page_of(desk.get("/admin/questions/")).text


def test_a_long_list_has_pages(desk, task, versions):
    ItemTask.objects.exclude(pk=task.pk).delete()
    for n in range(20):
        ItemTask.objects.create(
            version=versions[1], code=f"too_easy{n}", severity="low", opened_at=NOW, measured_at=NOW
        )
    url = reverse("item_tasks:index")
    assert len(page_of(desk.get(url)).select(".desk-task")) == 20
    assert len(page_of(desk.get(url, {"p": "2"})).select(".desk-task")) == 1
    for odd in ("0", "-1", "x", "²", "99999999"):
        assert desk.get(url, {"p": odd}).status_code == 200


def test_an_editor_ends_a_task_with_a_note(desk, world, task, versions):
    url = reverse("item_tasks:edit", args=[task.pk])
    assert "อาจไม่ถูกต้อง" in page_of(desk.get(url)).text
    answer = desk.post(url, {"note": "ตรวจแล้ว เฉลยถูก"})
    assert answer.url == reverse("item_tasks:index")
    task.refresh_from_db()
    assert (task.ended_how, task.note, task.ended_by) == (TaskEnd.DISMISSED, "ตรวจแล้ว เฉลยถูก", world.pakphum)
    assert "ตรวจแล้ว เฉลยถูก" in page_of(desk.get(url)).text
    assert "ตรวจแล้ว เฉลยถูก" in page_of(desk.get(item_url(versions[0]))).text


def test_without_a_note_nothing_ends_and_nothing_typed_is_lost(desk, task):
    url = reverse("item_tasks:edit", args=[task.pk])
    refused = desk.post(url, {"note": "  "})
    assert REPAIR in said(refused)
    assert "โปรดเขียนเหตุผล" in refused.content.decode()
    long = "ยาว" * 120
    assert long in desk.post(url, {"note": long}).content.decode()
    task.refresh_from_db()
    assert task.ended_at is None


def test_a_task_that_somebody_else_ended_says_so(desk, task):
    ItemTask.objects.filter(pk=task.pk).update(ended_at=NOW, ended_how=TaskEnd.RETIRED)
    answer = desk.post(reverse("item_tasks:edit", args=[task.pk]), {"note": "ดี"})
    page = answer.content.decode()
    assert "เลิกใช้ข้อนี้" in page
    assert "เรื่องนี้ปิดไปแล้ว" in page
    task.refresh_from_db()
    assert task.ended_how == TaskEnd.RETIRED


# --- cost ---------------------------------------------------------------------------------------------------


def test_the_pages_cost_the_same_whatever_stands_in_them(desk, world, count_queries):
    costs = set()
    for questions, people in ((10, 50), (60, 50), (10, 500)):
        prefix = f"P{questions}-{people}-"
        asked = bank(questions, prefix=prefix)
        made = quiz(prefix, count=1)
        papers = [
            {v: right(v) if (n + place) % 3 else wrong(v) for place, v in enumerate(asked)}
            for n in range(people)
        ]
        answered(made, world, papers, place=prefix)
        while refresh(now=NOW + timedelta(days=1)):
            pass
        costs.add(
            (
                count_queries(desk, f"{INDEX}?quiz={made.pk}"),
                count_queries(desk, item_url(asked[0], quiz=made.pk)),
                count_queries(desk, reverse("item_tasks:index")),
            )
        )
    assert len(costs) == 1, costs
    assert max(costs.pop()) <= 22
