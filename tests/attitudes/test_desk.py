"""The desk of questionnaires in the admin, its key, and its commands."""

import io
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from quizzes.attitude_results import publish_due
from quizzes.attitudes import lines_of
from quizzes.management.commands import forget_attitude_key
from quizzes.models import AttitudeAnswer, AttitudeResult, Instrument
from quizzes.pseudonyms import pseudonym
from quizzes.starter import CONTENT, load_instrument
from tests.admin.build import edit, said
from tests.attitudes.build import crowd, instrument, say
from tests.attitudes.test_instruments import opinion
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
NEW = "/admin/attitudes/new/"


@pytest.fixture
def desk(world, signed_in):
    return signed_in(world.pakphum)


def url(name: str, held) -> str:
    return reverse(f"attitudes:{name}", args=[held.pk])


def test_one_is_made_with_its_statements_in_the_order_of_their_numbers(desk, world):
    typed = {
        "code": "att-5",
        "title": "ความสุจริต",
        "lines-0-place": "2",
        "lines-0-text": "ข้อสอง",
        "lines-1-place": "1",
        "lines-1-text": "ข้อแรก",
        "lines-1-reversed": "on",
        "declares": "on",
    }
    answer = edit(desk, NEW, **typed)
    assert answer.status_code == 302
    made = Instrument.objects.get()
    assert (made.code, made.declared_by) == ("ATT-5", world.pakphum)
    assert [(line.text, line.reversed) for line in lines_of(made)] == [("ข้อแรก", True), ("ข้อสอง", False)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"declares": None}, "ยืนยันว่าไม่ถามเรื่องชาติ"),
        ({"lines-0-text": "ฉันสนใจการเมือง"}, "มีคำว่า “การเมือง”"),
        ({"lines-0-text": ""}, "โปรดเขียนข้อความอย่างน้อย 1 ข้อ"),
        ({"title": ""}, "โปรดตั้งชื่อแบบสอบถาม"),
        ({"code": "รหัส"}, "รหัสใช้ตัวพิมพ์ใหญ่"),
        ({"scale": "น้อย\nมาก"}, "5 ระดับ"),
    ],
)
def test_refusals_stand_where_they_were_made_and_nothing_is_lost(desk, typed, words):
    start = {
        "code": "A-1",
        "title": "ชื่อที่พิมพ์",
        "introduction": "คำนำที่พิมพ์",
        "lines-0-text": "ข้อ",
        "declares": "on",
    }
    page = edit(desk, NEW, **start | typed)
    html = page.content.decode()
    assert page.status_code == 200
    assert words in html
    assert "คำนำที่พิมพ์" in html
    assert not Instrument.objects.exists()


def test_words_are_taken_from_the_bank_without_storing(desk):
    opinion(stem="ฉันพร้อมทักท้วง")
    page = edit(desk, NEW, code="A-1", title="ชื่อ", bank="op-1", take="1", **{"lines-0-text": "ของฉัน"})
    html = page.content.decode()
    assert "ฉันพร้อมทักท้วง" in html
    assert "ของฉัน" in html
    assert not Instrument.objects.exists()
    missing = edit(desk, NEW, code="A-1", title="ชื่อ", bank="NO-1", take="1", **{"lines-0-text": "ของฉัน"})
    assert "ไม่พบข้อชนิด" in missing.content.decode()


def test_an_answered_one_keeps_its_words_and_may_be_copied(desk, held):
    say(held, "p", [1, 2, 3])
    page = desk.get(url("edit", held)).content.decode()
    assert "ข้อความและระดับความเห็นจึงเปลี่ยนไม่ได้" in page
    answer = edit(desk, url("edit", held), title="ชื่อใหม่", declares="on", **{"lines-0-text": "แก้"})
    assert answer.status_code == 302
    assert Instrument.objects.get().title == "ชื่อใหม่"
    assert lines_of(held)[0].text == "ข้อความที่ 1 ของ ATT-1"
    copy = edit(desk, f"{NEW}?copy={held.code}", code="ATT-2", declares="on", **{"lines-0-text": "แก้"})
    assert copy.status_code == 302
    assert lines_of(Instrument.objects.get(code="ATT-2"))[0].text == "แก้"


def test_the_declaration_is_shown_with_who_and_when(desk, world):
    made = instrument("ATT-7", by_id=world.pakphum.pk)
    page = desk.get(url("edit", made)).content.decode()
    assert "ภาคภูมิ" in page
    assert "23 พ.ย. 2569" in page


def test_retiring_and_bringing_back(desk, held):
    desk.post(url("retire", held))
    assert Instrument.objects.get().is_retired
    desk.post(url("retire", held))
    assert not Instrument.objects.get().is_retired


def test_results_are_empty_until_a_year_is_closed_then_made_by_hand(desk, held):
    crowd(held, {2: 20, 4: 31})
    assert "ยังไม่มีผลที่แสดงได้" in desk.get(url("results", held)).content.decode()
    assert desk.get(url("results", held) + "?csv=1").status_code == 404
    answer = desk.post(url("publish", held))
    assert said(answer) == ["จัดทำผลของปีที่ปิดแล้ว"]
    page = desk.get(url("results", held)).content.decode()
    assert "ปีงบประมาณ พ.ศ. 2569" in page
    assert "51 คน" in page
    file = desk.get(url("results", held) + "?csv=1")
    assert file["Content-Disposition"] == 'attachment; filename="ATT-1-ETH-1-2569-course.csv"'
    assert desk.get(url("results", held) + "?of=nowhere").status_code == 404
    assert said(desk.post(url("publish", held)))[-1].startswith("ไม่มีปีที่ปิดแล้ว")


def test_the_desk_costs_the_same_however_many_answered(desk, held, count_queries):
    crowd(held, {2: 12, 4: 12})
    publish_due(now=NOW)
    few = count_queries(desk, url("results", held))
    crowd(held, {2: 60, 4: 60}, context="course:ETH-2")
    AttitudeResult.objects.all().delete()
    publish_due(now=NOW)
    assert count_queries(desk, url("results", held)) == few <= 12


# --- The key ----------------------------------------------------------------------------------------------------


@pytest.fixture
def key_file(tmp_path: Path, settings) -> Path:
    path = tmp_path / "attitude_key"
    path.write_text("old-key-of-forty-characters-0123456789ab")
    settings.ATTITUDE_KEY_FILE = str(path)
    settings.SUCHARIT_ATTITUDE_KEY = path.read_text()
    return path


def test_forgetting_the_key_unlinks_for_ever(key_file, held, settings):
    say(held, "p", [1, 2, 3])
    old = key_file.read_bytes()
    out = io.StringIO()
    call_command("forget_attitude_key", "--yes", stdout=out)
    assert old not in key_file.read_bytes()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert "ตลอดไป" in out.getvalue()
    settings.SUCHARIT_ATTITUDE_KEY = key_file.read_text()
    assert len(settings.SUCHARIT_ATTITUDE_KEY) >= 32
    assert (
        pseudonym(instrument=held.code, context="course:ETH-1", person="p")
        != AttitudeAnswer.objects.get().pseudonym
    )


@pytest.mark.parametrize(("typed", "forgotten"), [("ลืมกุญแจ", True), ("yes", False), ("", False)])
def test_forgetting_asks_first(key_file, monkeypatch, typed, forgotten):
    old = key_file.read_bytes()
    monkeypatch.setattr("builtins.input", lambda _: typed)
    try:
        call_command("forget_attitude_key", stdout=io.StringIO())
    except CommandError:
        assert not forgotten
    assert (key_file.read_bytes() != old) is forgotten
    assert forget_attitude_key.WORD == "ลืมกุญแจ"


def test_a_key_that_stands_elsewhere_is_told(settings):
    settings.ATTITUDE_KEY_FILE = ""
    with pytest.raises(CommandError, match="SUCHARIT_ATTITUDE_KEY"):
        call_command("forget_attitude_key", "--yes")


def test_the_timer_counts_what_is_closed(held):
    crowd(held, {3: 12})
    out = io.StringIO()
    call_command("publish_attitudes", stdout=out)
    assert "1 รายการ" in out.getvalue()
    assert AttitudeResult.objects.count() == 1


def test_the_starter_has_eight_statements_of_everyday_work():
    made = load_instrument(CONTENT / "standards-7", now=NOW)
    lines = lines_of(made)
    assert len(lines) == 8
    assert 2 <= sum(line.reversed for line in lines) <= 3
    assert made.declared_by is None
