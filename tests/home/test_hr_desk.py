"""The HR desk: own subtree and nothing else, completion facts and nothing else (E17, E21, E23)."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
import pytest

from sucharit.records.models import Standing
from tests.conftest import NOW, enter
from tests.courses.build import fields, read_all, school, start
from tests.home.build import crowd, mixed, people_rows, tables
from tests.quizzes.build import wrong_answers
from tests.records.build import applied, complete

pytestmark = pytest.mark.django_db


@pytest.fixture
def daruni(world, signed_in):
    return signed_in(world.daruni.user)


@pytest.fixture
def desk(world):
    """The desk's addresses for an agency."""

    def addresses(agency) -> dict[str, str]:
        base = f"/hr/agencies/{agency.public_id}/"
        return {
            "overview": base,
            "people": f"{base}people/",
            "csv": f"{base}people.csv",
            "xlsx": f"{base}people.xlsx",
        }

    return addresses


def body(answer) -> bytes:
    """All bytes of an answer; reading a file to its end closes it."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# --- who may look -------------------------------------------------------------------------------------------


def test_hr_sees_its_own_subtree_and_nothing_beside_or_above(world, daruni, desk):
    applied([world.ministry, world.comptroller])
    for agency in (world.community, world.division, world.province):
        for url in desk(agency).values():
            answer = daruni.get(url)
            assert answer.status_code == 200, url
            assert body(answer)
    for agency in (world.ministry, world.comptroller, world.treasury):
        for url in desk(agency).values():
            assert daruni.get(url).status_code == 404, url
    for url in ("/hr/agencies/nothing/", "/hr/agencies/nothing/people.csv", "/hr/people/nothing/"):
        assert daruni.get(url).status_code == 404


def test_the_desk_opens_on_the_one_agency(world, daruni, signed_in):
    assert daruni.get("/hr/").url == f"/hr/agencies/{world.community.public_id}/"
    assert signed_in(world.secretariat).get("/hr/").status_code == 200


def hrefs(answer) -> set[str]:
    """The paths that the page's main part links to."""
    main = answer.content.decode().split("<main", 1)[1]
    return {href.split("?")[0] for href in re.findall(r'href="([^"]+)"', main)}


def test_a_unit_with_units_below_leads_to_them_and_a_leaf_to_its_people(world, daruni, signed_in):
    applied([world.ministry, world.comptroller])
    below = hrefs(signed_in(world.secretariat).get(f"/hr/agencies/{world.ministry.public_id}/"))
    assert f"/hr/agencies/{world.community.public_id}/" in below
    leaves = hrefs(daruni.get(f"/hr/agencies/{world.community.public_id}/"))
    assert f"/hr/agencies/{world.province.public_id}/people/" in leaves
    assert f"/hr/agencies/{world.province.public_id}/" not in leaves


def test_the_secretariat_sees_every_ministry_worst_first(world, signed_in):
    mixed(world)
    complete(world.thawat)
    complete(world.anan)
    answer = signed_in(world.secretariat).get("/hr/")
    assert "ผ่านแล้ว <strong>5</strong> จาก 13 คน" in " ".join(answer.content.decode().split())
    rows = next(table for table in tables(answer) if table[0][-1] == "ต้องเรียน")
    assert [row[0] for row in rows[1:]] == ["กระทรวงมหาดไทย", "กระทรวงการคลัง", "รวม"]
    assert [row[2:] for row in rows[1:]] == [
        ["3", "2", "6", "11"],
        ["2", "0", "0", "2"],
        ["5", "2", "6", "13"],
    ]
    assert f"/hr/agencies/{world.ministry.public_id}/" in hrefs(answer)


def test_an_hr_of_two_agencies_sees_those_two_and_no_ministry(world, signed_in):
    from sucharit.officers.enums import Role
    from sucharit.officers.services import grant_role

    mixed(world)
    grant_role(user=world.daruni.user, role=Role.AGENCY_HR, agency=world.comptroller, now=NOW)
    answer = signed_in(world.daruni.user).get("/hr/")
    rows = next(table for table in tables(answer) if table[0][-1] == "ต้องเรียน")
    assert {row[0] for row in rows[1:]} == {"กรมการพัฒนาชุมชน", "กรมบัญชีกลาง", "รวม"}
    assert rows[-1][-1] == "13"
    assert f"/hr/agencies/{world.ministry.public_id}/" not in hrefs(answer)


def test_a_central_body_counts_its_own_agencies_only(world, signed_in):
    from sucharit.officers.enums import HrBody, Role
    from sucharit.officers.models import Agency
    from sucharit.officers.services import grant_role

    mixed(world)
    Agency.objects.filter(pk__in=[world.province.pk, world.treasury.pk]).update(hr_body=HrBody.TEACHERS)
    grant_role(user=world.pakphum, role=Role.CENTRAL_HR, hr_body=HrBody.TEACHERS, now=NOW)
    answer = signed_in(world.pakphum).get("/hr/")
    rows = next(table for table in tables(answer) if table[0][-1] == "ต้องเรียน")
    assert {row[0]: row[-1] for row in rows[1:]} == {
        "สำนักงานพัฒนาชุมชนจังหวัดเชียงใหม่": "10",
        "กองบริหารทรัพยากรบุคคล": "2",
        "รวม": "12",
    }


def test_the_desk_lists_agencies_where_nothing_is_required(world, signed_in):
    assert f"/hr/agencies/{world.ministry.public_id}/" in hrefs(signed_in(world.secretariat).get("/hr/"))
    applied([world.ministry])
    answer = signed_in(world.secretariat).get("/hr/")
    assert "อีก 1 หน่วยงานที่ข้อกำหนดนี้ไม่ครอบคลุม" in answer.content.decode()


@pytest.mark.parametrize("who", ["learner", "editor"])
def test_for_whoever_has_no_such_role_there_is_no_desk(world, signed_in, desk, who):
    applied([world.ministry])
    client = signed_in(world.users[who])
    for url in ["/hr/", *desk(world.province).values(), f"/hr/people/{world.somsri.public_id}/"]:
        assert client.get(url).status_code == 404, url


def test_a_visitor_signs_in_first(world, client, desk):
    for url in ["/hr/", *desk(world.province).values(), f"/hr/people/{world.somsri.public_id}/"]:
        assert client.get(url).url == f"/accounts/login/?next={url}"


def test_e17_the_old_agency_loses_sight_of_a_person_the_day_the_posting_ends(world, daruni, signed_in):
    from tests.records.build import again, transfer

    period = applied([world.ministry, world.comptroller])
    url = f"/hr/people/{world.somsri.public_id}/"
    assert daruni.get(url).status_code == 200
    transfer(world.somsri, world.treasury, on=NOW.date())
    again(period)
    assert daruni.get(url).status_code == 404
    assert signed_in(world.thawat.user).get(url).status_code == 200


def test_e17_the_new_agency_sees_awards_of_required_courses_only(world, daruni, signed_in):
    from tests.records.build import again, edition, transfer

    edition("FREE-1", title="วิชาที่เลือกเรียนเอง", digest="f" * 64)
    period = applied([world.ministry, world.comptroller])
    complete(world.somsri)
    complete(world.somsri, code="FREE-1", key="free")
    url = f"/hr/people/{world.somsri.public_id}/"
    assert "วิชาที่เลือกเรียนเอง" in daruni.get(url).content.decode(), "earned while she worked here"
    transfer(world.somsri, world.treasury, on=NOW.date())
    again(period)
    seen = signed_in(world.thawat.user).get(url).content.decode()
    assert "มาตรฐานทางจริยธรรม" in seen
    assert "วิชาที่เลือกเรียนเอง" not in seen
    assert "วิชาที่เลือกเรียนเอง" in signed_in(world.secretariat).get(url).content.decode()
    assert "วิชาที่เลือกเรียนเอง" in signed_in(world.somsri.user).get("/my/").content.decode()


def test_a_closed_round_says_whom_its_list_leaves_out(world, daruni, desk):
    closed = applied([world.ministry], year=2569)
    running = applied([world.ministry], code="R2")
    url = desk(world.community)["people"]
    said = "รายชื่อแสดงเฉพาะผู้ที่วันนี้ยังอยู่ในหน่วยงานที่คุณดูแล"
    assert said in daruni.get(url, {"period": closed.pk}).content.decode()
    assert said not in daruni.get(url, {"period": running.pk}).content.decode()


def test_an_ended_role_opens_nothing(world, signed_in):
    from sucharit.officers.models import RoleGrant
    from sucharit.officers.services import end_role

    end_role(grant=RoleGrant.objects.get(user=world.daruni.user), now=NOW)
    world.daruni.user.refresh_from_db()
    assert signed_in(world.daruni.user).get("/hr/").status_code == 404


# --- the list -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show", "count"),
    [
        ("all", 11),
        ("left", 8),
        ("done", 3),
        ("not_started", 6),
        ("in_progress", 2),
        ("rubbish", 11),
        ("", 11),
    ],
)
def test_the_words_of_the_filter(world, daruni, desk, show, count):
    mixed(world)
    rows = people_rows(daruni.get(desk(world.community)["people"], {"show": show}))
    assert len(rows) == count


def test_the_list_has_headings_and_seven_columns(world, daruni, desk):
    mixed(world)
    first, *rows = tables(daruni.get(desk(world.community)["people"]))[0]
    assert first == ["ชื่อ-สกุล", "หน่วยงาน", "ตำแหน่ง", "ระดับ", "สถานะ", "ครบกำหนด", "วันที่ผ่าน"]
    assert {len(row) for row in rows} == {7}


def test_a_search_finds_by_the_beginning_of_names(world, daruni, desk):
    mixed(world)
    url = desk(world.community)["people"]
    assert [row[0] for row in people_rows(daruni.get(url, {"q": "สมศรี"}))] == ["นางสมศรี ใจดี"]
    assert [row[0] for row in people_rows(daruni.get(url, {"q": "สมศ ใจ"}))] == ["นางสมศรี ใจดี"]
    assert people_rows(daruni.get(url, {"q": "ธวัชชัย"})) == [], "another agency's people are never found"
    assert people_rows(daruni.get(url, {"q": "%"})) == []


def test_every_person_comes_exactly_once_in_thai_order(world, daruni, desk):
    crowd(world, 130)
    applied([world.ministry])
    seen: list[str] = []
    url, pages = desk(world.province)["people"], 0
    path = url
    while True:
        answer = daruni.get(path)
        seen += [row[0] for row in people_rows(answer)]
        pages += 1
        if not answer.context["next_url"]:
            break
        path = url + answer.context["next_url"]
    assert pages == 3
    assert len(seen) == len(set(seen)) == 131
    keys = list(
        Standing.objects.filter(agency=world.province).order_by("sort_key", "id").values_list("sort_key")
    )
    assert keys == sorted(keys)
    firsts = list(dict.fromkeys(name.removeprefix("นาง").split()[0] for name in seen))
    assert firsts == [
        "กมล",
        "เกษม",
        "แก้ว",
        "ขวัญ",
        "ไข่มุก",
        "จันทร์",
        "เจริญ",
        "ใจดี",
        "ชัย",
        "โชค",
        "ดาว",
        "เดือน",
        "ทอง",
        "ไพลิน",
        "สมศรี",
    ]


def test_pages_hold_for_people_with_the_same_name(world, daruni, desk):
    for _ in range(60):
        enter("สมชาย", "ใจดี", world.province)
    applied([world.ministry])
    url = desk(world.province)["people"]
    first = daruni.get(url)
    second = daruni.get(url + first.context["next_url"])
    ids = [row.public_id for answer in (first, second) for row, _ in answer.context["rows"]]
    assert len(ids) == len(set(ids)) == 61


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=" + "ก" * 3000,
        "q=%ff%fe",
        "q=%25_%25",
        "q='%20OR%201=1--",
        "after=%00",
        "after=x",
        "after=~~",
        "after=zzzz~999~99999999999999999999",
        "after=0001~~-1",
        "after=%ed%a0%80~x~1",
        "after=" + "9" * 5000,
        "after=0001~1~%E0%B9%91",
        "after=0001~1~%C2%B2",
        "show=%00&show=done",
        "show[]=1",
        "period=%00",
        "period=9999999999999999999999",
        "period=-1",
        "period=abc",
        "period=%EF%BC%91",
        "page=1e400",
    ],
)
def test_hostile_queries_are_answered_and_never_break(world, daruni, desk, query):
    mixed(world)
    for name, url in desk(world.community).items():
        answer = daruni.get(f"{url}?{query}")
        assert answer.status_code in {200, 404}, (name, query)
        body(answer)


@pytest.mark.parametrize("bad", ["%00", "a%00b", "%ff", "%ed%a0%80", "x" * 3000, "..%2f", "%2e%2e", "'", "ก"])
def test_hostile_addresses_are_not_found(world, daruni, bad):
    mixed(world)
    for url in (
        f"/hr/agencies/{bad}/",
        f"/hr/agencies/{bad}/people/",
        f"/hr/agencies/{bad}/people.csv",
        f"/hr/agencies/{bad}/people.xlsx",
        f"/hr/people/{bad}/",
        f"/certificates/{bad}.pdf",
        f"/learn/{bad}/test/pre/",
        f"/learn/ETH-1/test/post/{bad}/",
        f"/learn/ETH-1/test/post/{bad}/result/",
        f"/courses/{bad}/",
        f"/{bad}/",
    ):
        assert daruni.get(url).status_code == 404, url


def test_e6_headline_table_and_rows_say_the_same(world, daruni, desk):
    mixed(world)
    seen = daruni.get(desk(world.community)["overview"]).context["overview"]
    rows = people_rows(daruni.get(desk(world.community)["people"]))
    assert seen.total.required == len(rows) == 11
    assert (seen.total.done, seen.total.in_progress, seen.total.not_started) == (3, 2, 6)
    assert sum(unit.count.required for unit in seen.units) == 11
    percents = [unit.count.percent for unit in seen.units]
    assert percents == sorted(percents), "worst first"


# --- files --------------------------------------------------------------------------------------------------


def screen_rows(client, url, query) -> list[list[str]]:
    rows: list[list[str]] = []
    path = f"{url}?{query}"
    while True:
        answer = client.get(path)
        rows += people_rows(answer)
        if not answer.context["next_url"]:
            return [["" if cell == "–" else cell for cell in row] for row in rows]
        path = url + answer.context["next_url"]


@pytest.mark.parametrize("query", ["", "show=left", "show=done", "q=ก", "show=not_started&q=เ"])
def test_e21_screen_csv_and_xlsx_hold_the_same_rows(world, daruni, desk, query):
    mixed(world)
    crowd(world, 60, agency=world.division)
    from sucharit.records.models import RequirementPeriod
    from tests.records.build import again

    again(RequirementPeriod.objects.get())
    at = desk(world.community)
    shown = screen_rows(daruni, at["people"], query)
    raw = body(daruni.get(f"{at['csv']}?{query}"))
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    heading, rows = lines[0], [line for line in lines[1:] if len(line) == 7]
    trailer = [line[0] for line in lines if len(line) == 1]
    assert rows == shown
    sheet = openpyxl.load_workbook(
        io.BytesIO(body(daruni.get(f"{at['xlsx']}?{query}"))), read_only=False
    ).active
    cells = [
        [cell if cell is not None else "" for cell in line] for line in sheet.iter_rows(values_only=True)
    ]
    top = next(place for place, line in enumerate(cells) if line == heading)
    assert cells[top + 1 :] == shown
    assert [line[0] for line in cells[:top]] == trailer[:top]
    assert f"{len(shown)} แถว" in trailer[-1], "a file that was cut off lacks its end"


def test_e21_an_export_says_when_what_how_many_and_by_which_rule(world, daruni, desk):
    mixed(world)
    raw = body(daruni.get(f"{desk(world.community)['csv']}?show=left&q=")).decode("utf-8-sig")
    trailer = "\n".join(line[0] for line in csv.reader(io.StringIO(raw, newline="")) if len(line) == 1)
    assert "ข้อมูล ณ 23 พ" in trailer
    assert "2569" in trailer
    assert "กรมการพัฒนาชุมชน" in trailer
    assert "ยังไม่ผ่าน" in trailer
    assert "ข้อกำหนดฉบับที่ 1" in trailer
    assert "8 " in trailer, "the number of rows, so that a cut-off file shows"


@pytest.mark.parametrize(("room", "fits"), [(10, True), (9, False)])
def test_a_list_longer_than_a_sheet_is_offered_as_csv_and_not_written_down(
    world, daruni, desk, monkeypatch, room, fits
):
    from sucharit.kernel import sheets
    from sucharit.records.models import AccessEntry

    mixed(world)
    at = desk(world.province)
    # Six lines stand above the rows and say what they are.
    monkeypatch.setattr(sheets, "XLSX_MOST_ROWS", room + 6)
    answer = daruni.get(at["xlsx"], {"show": "all"})
    if fits:
        assert answer.status_code == 200
        assert body(answer)
        assert AccessEntry.objects.count() == 1
        return
    assert answer.status_code == 302
    assert answer.url.startswith(at["people"])
    assert not AccessEntry.objects.exists()
    page = daruni.get(answer.url).content.decode()
    assert "รายชื่อนี้มี 10 คน แต่ไฟล์ Excel มีได้ไม่เกิน 9 แถว" in page
    assert "ดาวน์โหลด CSV" in page
    assert body(daruni.get(at["csv"])).count(b"\r\n") > 10


def test_the_way_to_excel_can_lead_back_to_the_page(world, daruni, desk):
    mixed(world)
    page = daruni.get(desk(world.province)["people"]).content.decode()
    (link,) = re.findall(r"<a [^>]*people\.xlsx[^>]*>", page)
    assert " download" not in link


def test_no_cell_of_an_export_starts_a_formula(world, daruni, desk):
    enter("=HYPERLINK(1)", "+สกุล", world.province, title="", position_title="@SUM(A1)")
    applied([world.ministry])
    raw = body(daruni.get(desk(world.province)["csv"])).decode("utf-8-sig")
    for line in csv.reader(io.StringIO(raw, newline="")):
        assert not [cell for cell in line if cell[:1] in "=+-@" and cell]
    sheet = openpyxl.load_workbook(io.BytesIO(body(daruni.get(desk(world.province)["xlsx"])))).active
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


# --- one person ---------------------------------------------------------------------------------------------


def test_e23_hr_sees_facts_and_never_answers_scores_or_attempts(world, daruni, signed_in, desk):
    from quizzes.models import Attempt
    from tests.quizzes.build import right_answers

    place = school(questions=12, asked=7, quiz_facts={"pass_percent": 50})
    applied([world.ministry])
    somsri = signed_in(world.somsri.user)
    read_all(somsri, place)
    somsri.post(start(somsri, place), {"submit": "1"})
    address = start(somsri, place)
    held = Attempt.objects.order_by("-id").first()
    key = right_answers(held)
    mixture = {**wrong_answers(held), **dict(list(key.items())[:4])}
    somsri.post(address, {**fields(mixture), "submit": "1"})
    held.refresh_from_db()
    assert (held.score, held.passed) == (4, True)
    urls = [f"/hr/people/{world.somsri.public_id}/", *desk(world.community).values()]
    for url in urls:
        page = re.sub("<svg.*?</svg>", "", body(daruni.get(url)).decode("utf-8", "replace"), flags=re.DOTALL)
        for attempt in Attempt.objects.all():
            assert attempt.public_id not in page
        for secret in ("canary", "ทางเลือกที่", "4.00", "4 จาก 7", "7.00", "course:ETH-1"):
            assert secret not in page, (url, secret)
        assert "ผิดวินัย" not in page
    person = daruni.get(urls[0]).content.decode()
    assert place.course.title in person
    assert "ผ่านแล้ว" in person
    assert daruni.get(f"{address}result/").status_code == 404
    assert daruni.get(address).status_code == 404


def test_e5_a_person_page_shows_every_year_and_award(world, daruni):
    applied([world.ministry])
    complete(world.somsri, key="a")
    complete(world.somsri, key="b", at=NOW - timedelta(days=90))
    page = daruni.get(f"/hr/people/{world.somsri.public_id}/")
    assert len(page.context["awards"]) == 2
    assert len(page.context["standings"]) == 1


def test_e25_whoever_looks_is_written_down_and_shown_to_the_person(world, daruni, signed_in, desk):
    from sucharit.records.models import AccessEntry

    applied([world.ministry])
    daruni.get(f"/hr/people/{world.somsri.public_id}/")
    body(daruni.get(desk(world.province)["csv"]))
    body(daruni.get(desk(world.province)["xlsx"]))
    assert list(AccessEntry.objects.order_by("id").values_list("what", "officer_id", "agency_id")) == [
        ("person", world.somsri.pk, None),
        ("export", None, world.province.pk),
        ("export", None, world.province.pk),
    ]
    assert "ดารุณี" in signed_in(world.somsri.user).get("/my/account/").content.decode()


def test_e25_a_refused_look_is_not_written_as_seen(world, daruni):
    from sucharit.records.models import AccessEntry

    assert daruni.get(f"/hr/people/{world.anan.public_id}/").status_code == 404
    assert not AccessEntry.objects.exists()
