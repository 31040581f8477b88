"""ผลการเรียนรู้ in the admin: plain sentences, hidden groups hidden in page and file alike, and a cost that does not grow."""

import csv
import io

import openpyxl
import pytest
import time_machine

from courses import gain_words as words
from courses.models import CoursePage
from quizzes.psychometrics import GainSums, Interval, learning_gain
from sucharit.officers import services as people
from sucharit.officers.models import Agency
from tests.conftest import NOW
from tests.courses.build import school
from tests.courses.test_gain import CODE, learned

pytestmark = pytest.mark.django_db

INDEX, PAGE = "/admin/gain/", f"/admin/gain/{CODE}/"


@pytest.fixture
def desk(world, signed_in):
    with time_machine.travel(NOW, tick=True):
        school(lessons=1)
        yield signed_in(world.pakphum)


def text(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_nobody_yet(desk):
    assert words.TOO_FEW in text(desk.get(INDEX))
    page = text(desk.get(PAGE))
    assert words.TOO_FEW in page
    assert '<svg class="chart-svg"' not in page
    assert "ดาวน์โหลด" not in page


def test_nine_look_like_nobody(desk, world):
    empty = [text(desk.get(url)) for url in (INDEX, PAGE)]
    learned(world.division, 9)
    times = [" ".join(part.split(" น.")[-1] for part in page.split("ข้อมูล ณ")) for page in empty]
    now = [text(desk.get(url)) for url in (INDEX, PAGE)]
    after = [" ".join(part.split(" น.")[-1] for part in page.split("ข้อมูล ณ")) for page in now]
    assert [_said(page) for page in after] == [_said(page) for page in times]


def _said(page: str) -> str:
    """The words of a page without what changes with every answer."""
    return page.rsplit("main-content", maxsplit=1)[-1].split("<script", maxsplit=1)[0]


def test_the_page_says_it_in_one_sentence_with_pictures_and_tables(desk, world):
    learned(world.division, 12, only_before=10)
    learned(world.treasury, 15)
    page = text(desk.get(PAGE))
    assert "ผู้เรียน 27 คนที่ทำทั้งก่อนและหลังเรียน ได้คะแนนเฉลี่ยเพิ่มขึ้นจากร้อยละ 40 เป็นร้อยละ 80 ของคะแนนเต็ม" in page
    assert "อีก 10 คน (ร้อยละ 27 ของผู้ที่ทำก่อนเรียน) ยังไม่ได้ทำหลังเรียน" in page
    assert "ข้อตกลงที่ Cohen (1988) เสนอไว้" in page
    assert "ไม่พิสูจน์ว่าเปลี่ยนเพราะรายวิชา" in page
    # Everybody, agencies and editions as before and after; one month is no line yet.
    assert page.count('class="chart-svg"') == page.count('<table class="desk-table">') == 4
    assert (
        "style=" not in page.split("main-content")[-1].split('<svg class="chart-svg"')[1].split("</svg>")[0]
    )
    assert "ผู้เรียน 27 คน" in text(desk.get(INDEX))


def test_no_name_and_no_one_person_is_on_any_page(desk, world):
    crew = learned(world.division, 12)
    learned(world.treasury, 15)
    agency = Agency.objects.get(code="MOI").public_id
    for url in (INDEX, PAGE, f"{PAGE}?agency={agency}"):
        page = text(desk.get(url))
        assert crew[0].first_name + " " + crew[0].last_name not in page
        assert not any(officer.public_id in page for officer in crew)


def test_one_opens_agencies_downwards_and_comes_back(desk, world):
    learned(world.division, 15)
    learned(world.province, 30)
    learned(world.treasury, 18)
    ministry = Agency.objects.get(code="MOI")
    assert f"agency={ministry.public_id}" in text(desk.get(PAGE))
    page = text(desk.get(f"{PAGE}?year=2570&agency={world.community.public_id}"))
    assert "ผู้เรียนในกรมการพัฒนาชุมชน 45 คน" in page
    assert f"agency={ministry.public_id}" in page
    assert "แยกตามเดือน" not in page
    assert words.AGENCY_HIDDEN not in page


def test_a_hidden_agency_says_why_and_what_is_not_there_is_not_found(desk, world):
    learned(world.division, 30)
    learned(world.treasury, 4)
    page = text(desk.get(f"{PAGE}?agency={world.treasury.public_id}"))
    assert words.AGENCY_HIDDEN in page
    for query in ("agency=nothing", "year=1", f"year=2569&agency={world.treasury.public_id}"):
        assert desk.get(f"{PAGE}?{query}").status_code == 404
    assert desk.get("/admin/gain/NONE/").status_code == 404


@pytest.mark.parametrize(
    ("pre", "post", "sentence"),
    [
        (False, True, "ยังไม่มีแบบทดสอบก่อนเรียน จึง"),
        (True, False, "ยังไม่มีแบบทดสอบหลังเรียน จึง"),
        (False, False, "ยังไม่มีแบบทดสอบก่อนเรียนและหลังเรียน"),
    ],
)
def test_a_missing_test_is_said(desk, pre, post, sentence):
    gone = {**({} if pre else {"pre_quiz": None}), **({} if post else {"post_quiz": None})}
    CoursePage.objects.filter(code=CODE).update(**gone)
    assert sentence in text(desk.get(PAGE))
    assert sentence in text(desk.get(INDEX))


def test_the_files_say_what_the_page_says(desk, world):
    other = people.add_agency(parent=None, code="MOE", name="กระทรวงศึกษาธิการ", level="01")
    learned(world.division, 30)
    learned(world.treasury, 20)
    learned(other, 3)
    page = text(desk.get(PAGE))
    answer = desk.get(f"{PAGE}gain.csv?year=2570")
    assert "sucharit-gain-eth-1-2570.csv" in answer["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    by_name = {line[1]: line[2:] for line in lines[1:] if len(line) > 2}
    assert by_name["ผู้เรียนทั้งหมด"][:3] == ["53", "40", "80"]
    assert by_name["กระทรวงมหาดไทย"][:3] == ["30", "40", "80"]
    assert set(by_name["กระทรวงการคลัง"]) == set(by_name["กระทรวงศึกษาธิการ"]) == {"ไม่แสดง"}
    shown = page.split("แยกตามหน่วยงาน", 1)[1].split("แยกตามฉบับ", 1)[0]
    # The row of nowhere is hidden with the small one, or its nought would tell how many that has.
    assert "ไม่แสดง 3 รายการ" in shown
    book = desk.get(f"{PAGE}gain.xlsx?year=2570")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert [row for row in rows if row[:1] == ["หน่วยงาน"]] == [
        [cell for cell in line if cell] for line in lines if line[:1] == ["หน่วยงาน"]
    ]


def test_the_secretariat_sees_the_same_and_has_it_in_the_menu(desk, world, signed_in):
    learned(world.division, 12)
    secretariat = signed_in(world.secretariat)
    assert "ผู้เรียน 12 คน" in text(secretariat.get(PAGE))
    assert '"/admin/gain/"' in secretariat.get("/admin/").content.decode()


def test_an_author_has_no_such_entry(world, signed_in):
    author = people.open_account(email="author@example.go.th", password="x" * 12, first_name="ผู้เขียน")
    people.grant_role(user=author, role="author", now=NOW)
    client = signed_in(author)
    assert "/admin/gain/" not in client.get("/admin/").content.decode()
    assert client.get(INDEX).status_code == 302


def test_costs_the_same_for_twenty_and_four_hundred_and_for_three_and_thirty_agencies(
    desk, world, count_queries
):
    urls = (
        INDEX,
        PAGE,
        f"{PAGE}?agency={world.community.public_id}",
        f"{PAGE}?agency={world.ministry.public_id}",
    )
    learned(world.division, 20)
    small = [count_queries(desk, url) for url in urls]
    for n in range(30):
        unit = people.add_agency(parent=world.community, code=f"U{n}", name=f"กองที่ {n}", level="03")
        world.community.refresh_from_db()
        learned(unit, 13)
    assert [count_queries(desk, url) for url in urls] == small
    assert max(small) <= 14


# --- words -------------------------------------------------------------------------------------------------------------


def gain(pre, post, **facts):
    return learning_gain(GainSums.of(pre, post, **facts))


@pytest.mark.parametrize(
    ("size", "word"),
    [
        (0.0, "น้อยมาก"), (0.19, "น้อยมาก"), (0.2, "น้อย"), (0.49, "น้อย"), (0.5, "ปานกลาง"), (0.8, "มาก"), (3, "มาก"),
        (-0.1, "น้อยมาก"), (-0.2, "คะแนนลดลงน้อย"), (-0.9, "คะแนนลดลงมาก"),
    ],
)  # fmt: skip
def test_the_word_of_an_effect(size, word):
    assert words.size_of(size) == word


def test_sentences_of_less_and_of_the_same():
    less = gain([0.6] * 12, [0.5, 0.4] * 6)
    assert "ลดลงจากร้อยละ 60 เป็นร้อยละ 45" in words.headline("ผู้เรียน", less)
    assert "ติดลบ" in words.room(less)
    assert "คะแนนลดลงมาก" in words.effect(less)
    same = gain([0.5] * 10, [0.4, 0.6] * 5)
    assert "เท่าเดิม คือร้อยละ 50" in words.headline("ผู้เรียน", same)
    assert "ยังบอกไม่ได้ว่าคะแนนเปลี่ยนจริง" in words.effect(same)
    assert "0.00" in words.effect(same)
    assert "คำนวณขนาดผลไม่ได้" in words.effect(gain([0.5] * 10, [0.75] * 10))
    assert "ไม่มีส่วนที่จะเพิ่มได้" in words.room(gain([1.0] * 10, [0.9] * 10))
    assert words.full_before(gain([1.0] * 10, [0.9] * 10)).startswith("10 คน")


def test_a_hundred_is_said_of_full_scores_only():
    nearly = gain([0.2] * 400, [1.0] * 399 + [0.5])
    assert "เป็นร้อยละ 99" in words.headline("ผู้เรียน", nearly)
    assert "ทำเพิ่มได้ร้อยละ 99 (normalised gain ของ Hake 0.99)" in words.room(nearly)


def test_drop_outs_in_words():
    assert "อีก 10 คน (ร้อยละ 50" in words.drop_out(gain([0.5] * 10, [0.6] * 10, pre_only=10))
    assert "ไม่ถึงร้อยละ 1" in words.drop_out(gain([0.5] * 2_000, [0.6] * 2_000, pre_only=10))
    assert "ไม่แสดง" in words.drop_out(gain([0.5] * 10, [0.6] * 10, pre_only=9))
    assert "ทุกคน" in words.drop_out(gain([0.5] * 10, [0.6] * 10))


def test_the_interval_is_printed_with_a_true_minus():
    assert words.cells(gain([0.5] * 10, [0.4, 0.6] * 5))[5] == "−0.62–0.62"
    assert isinstance(gain([0.5] * 10, [0.4, 0.6] * 5).interval, Interval)
