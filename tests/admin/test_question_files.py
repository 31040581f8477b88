"""Questions as files at the desk: looked at first, applied once, nothing lost, nothing doubled."""

import base64
import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from quizzes import imports, interchange
from quizzes.drafts import BankEntry
from quizzes.enums import Change, Kind
from quizzes.models import BankImport, Question, QuestionImage, QuestionVersion
from quizzes.services import Draw, save_question, save_quiz
from quizzes.versions import draft_of, says_the_same
from sucharit.kernel.errors import Refused
from tests.admin.build import edit, said
from tests.conftest import NOW
from tests.quizzes.picture_build import picture
from tests.quizzes.samples import DRAFTS, WHY

pytestmark = pytest.mark.django_db

IN, OUT = "/admin/questions/import/", "/admin/questions/export/"
GIFT = """
$CATEGORY: จริยธรรม/ของขวัญ

::GIFT-901:: มาตรา 128 ให้รับของจากผู้ที่มิใช่ญาติได้ไม่เกินเท่าใด {
  =3,000 บาท#เพดานตามมาตรา 128
  ~5,000 บาท#เกินเพดาน
}

รับของแล้วต้องบันทึกไว้เสมอ {TRUE#ถ้าไม่บันทึก ตรวจสอบไม่ได้#บันทึกไว้ให้ตรวจสอบได้}

::GIFT-903:: เล่าเหตุการณ์ที่คุณเคยพบ {}
""".encode()


@pytest.fixture
def desk(world, signed_in):
    return signed_in(world.pakphum)


def hand_in(desk, content: bytes, name: str = "bank.txt"):
    return desk.post(IN, {"file": SimpleUploadedFile(name, content)}, follow=True)


def test_a_file_is_looked_at_before_anything_is_stored(desk, world):
    page = hand_in(desk, GIFT).content.decode()
    assert not Question.objects.exists()
    assert "GIFT-901" in page
    assert "เพิ่มใหม่ 2" in page
    assert "กักไว้ 1" in page
    assert "เล่าเหตุการณ์ที่คุณเคยพบ" in page, "what is held back is shown with its words"
    batch = BankImport.objects.get()
    assert (batch.created_by, batch.applied_at, bytes(batch.content)) == (world.pakphum, None, GIFT)


def test_applied_once_and_the_same_file_again_adds_nothing(desk):
    hand_in(desk, GIFT)
    answer = desk.post(f"{IN}{BankImport.objects.get().pk}/")
    assert said(answer) == ["นำเข้าแล้ว เพิ่มใหม่ 2 ข้อ ฉบับใหม่ 0 ข้อ เปลี่ยนป้าย 0 ข้อ เหมือนเดิม 0 ข้อ กักไว้ 1 ข้อ"]
    question = Question.objects.get(code="GIFT-901")
    assert "ของขวัญ" in {topic.name for topic in question.topics.all()}
    assert Question.objects.get(code__startswith="IMP-").current.kind == Kind.TRUE_FALSE
    assert said(desk.post(f"{IN}{BankImport.objects.get().pk}/"))[-1] == "ไฟล์นี้นำเข้าแล้ว"
    page = hand_in(desk, GIFT).content.decode()
    assert "เหมือนเดิม 2" in page
    desk.post(f"{IN}{BankImport.objects.latest('pk').pk}/")
    assert (Question.objects.count(), QuestionVersion.objects.count()) == (2, 2)


def test_a_changed_question_becomes_the_next_version_of_its_code(desk):
    hand_in(desk, GIFT)
    desk.post(f"{IN}{BankImport.objects.get().pk}/")
    page = hand_in(desk, GIFT.replace("เกินเพดาน".encode(), "สูงกว่าเพดาน".encode())).content.decode()
    assert "ฉบับใหม่ของข้อเดิม 1" in page
    desk.post(f"{IN}{BankImport.objects.latest('pk').pk}/")
    assert Question.objects.get(code="GIFT-901").versions.count() == 2


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"\xff\xfe\x00", "x.txt", "ทั้งไฟล์"),
        (b"%PDF-1.7", "x.pdf", "PDF"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><quiz>&b;</quiz>", "x.xml", "ทั้งไฟล์"),
    ],
)
def test_what_is_no_bank_is_told_and_cannot_be_applied(desk, content, name, sentence):
    answer = hand_in(desk, content, name)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert said(desk.post(f"{IN}{BankImport.objects.get().pk}/")) == ["ไม่มีคำถามที่นำเข้าได้ในไฟล์นี้"]
    assert BankImport.objects.get().applied_at is None, "refused whole: it may be applied when the bank can"


def test_a_file_too_large_or_none_is_refused_at_its_field(desk):
    assert "โปรดเลือกไฟล์" in desk.post(IN, {}).content.decode()
    large = desk.post(IN, {"file": SimpleUploadedFile("a.txt", b"x" * (imports.MOST_BYTES + 1))})
    assert "ไฟล์ใหญ่เกิน 5 MB" in large.content.decode()
    assert not BankImport.objects.exists()


def test_a_code_twice_in_a_file_is_held(desk):
    twice = "::A-1:: ถาม {=ก#ก1 ~ข#ข1}\n\n::A-1:: ถามอีก {=ก#ก1 ~ข#ข1}\n\n::A-2:: ซ้ำ {=ก#1 ~ก#2}\n"
    page = hand_in(desk, twice.encode()).content.decode()
    assert "รหัส A-1 ซ้ำกับข้อก่อนหน้าในไฟล์" in page
    assert "มีตัวเลือกที่ข้อความซ้ำกัน" in page
    assert "อ่านได้ 1 ข้อ" in page


def test_a_question_that_does_not_say_why_is_kept_but_not_asked_until_it_does(desk):
    """Banks of other systems rarely carry a reason for every option."""
    bare = "::A-2:: ข้อใดเหมาะที่สุด {=ก ~ข}\n".encode()
    assert "ข้อนี้จะเก็บไว้ในคลังแต่ยังไม่ใช้" in hand_in(desk, bare).content.decode()
    desk.post(f"{IN}{BankImport.objects.get().pk}/")
    question = Question.objects.get()
    assert question.is_retired
    with pytest.raises(Refused, match="ในคลังมี 0 ข้อ"):
        save_quiz(code="T", title="ท", draws=[Draw(standard=question.standard)])
    retire = f"/admin/questions/retire/{question.pk}/"
    assert "โปรดเติมให้ครบก่อนนำมาใช้" in said(desk.post(retire))[-1]
    typed = {f"choices-{place}-feedback": f"เพราะเหตุที่ {place}" for place in range(2)}
    assert edit(desk, f"/admin/questions/edit/{question.pk}/", **typed).status_code == 302
    assert said(desk.post(retire))[-1] == "นำคำถาม A-2 กลับมาใช้แล้ว"
    save_quiz(code="T", title="ท", draws=[Draw(standard=question.standard)])
    assert "เหมือนเดิม 1" in hand_in(desk, bare).content.decode(), "the reasons stay"
    page = hand_in(desk, bare.replace(b"~", "~ไม่".encode())).content.decode()
    assert "จึงไม่นำมาแทนข้อเดิม" in page, "a file never takes the reasons away again"
    page = hand_in(desk, bare.replace(b"=", b"~").replace("~ข".encode(), "=ข".encode())).content.decode()
    assert "จึงไม่นำมาแทนข้อเดิม" in page, "the reasons of another key are none"


def test_a_day_of_review_and_provisions_come_in_and_go_out(desk):
    entry = BankEntry(
        "R-1",
        DRAFTS[Kind.SINGLE],
        topics=["ของขวัญ"],
        review_on=date(2027, 11, 1),
        provisions=["พ.ร.ป. มาตรา 128"],
    )
    for format_ in (interchange.Format.XLSX, interchange.Format.MOODLE_XML, interchange.Format.GIFT):
        Question.objects.filter(code="R-1").update(code=f"OLD-{format_}")
        file = interchange.write([entry], format=format_)
        batch = imports.receive(filename=file.filename, content=file.data, now=NOW, by_id=None)
        imports.apply_import(batch=batch, now=NOW, by_id=None)
        question = Question.objects.get(code="R-1")
        assert question.review_on == entry.review_on
        (again,) = imports.entries(Question.objects.filter(code="R-1"))
        assert (again.topics, again.provisions) == (("ของขวัญ",), ("พ.ร.ป. มาตรา 128",))


def test_a_file_that_does_not_speak_of_them_takes_neither_away(desk):
    save_question(
        code="A-1",
        standard=1,
        draft=DRAFTS[Kind.SINGLE],
        provisions=["ม. 1"],
        review_on=date(2027, 1, 1),
        now=NOW,
    )
    hand_in(desk, "::A-1:: ถามใหม่ {=ก#1 ~ข#2}".encode())
    desk.post(f"{IN}{BankImport.objects.get().pk}/")
    (held,) = imports.entries(Question.objects.all())
    assert (held.provisions, held.review_on) == (("ม. 1",), date(2027, 1, 1))


def test_a_tag_that_the_bank_knows_as_the_other_kind_stays_what_it_is_and_is_told(desk):
    save_question(
        code="A-1", standard=1, draft=DRAFTS[Kind.SINGLE], topics=["ก"], provisions=["ม. 1"], now=NOW
    )
    entry = BankEntry("A-2", DRAFTS[Kind.SINGLE], topics=["ม. 1", "ข"], provisions=["ก", "ม. 2"])
    file = interchange.write([entry], format=interchange.Format.XLSX)
    page = hand_in(desk, file.data, "a.xlsx").content.decode()
    assert "“ก” ในคลังเป็นหัวข้อ" in page
    assert "“ม. 1” ในคลังเป็นบทบัญญัติ" in page
    desk.post(f"{IN}{BankImport.objects.get().pk}/")
    (again,) = imports.entries(Question.objects.filter(code="A-2"))
    assert (set(again.topics), set(again.provisions)) == ({"ก", "ข"}, {"ม. 1", "ม. 2"})


def bank_of_all() -> None:
    for kind, draft in DRAFTS.items():
        save_question(
            code=f"K-{kind.upper().replace('_', '-')}", standard=2, draft=draft, topics=["รวม"], now=NOW
        )


@pytest.mark.parametrize("format_", [interchange.Format.XLSX, interchange.Format.CSV])
def test_what_goes_out_comes_back_as_it_was(desk, format_):
    bank_of_all()
    answer = desk.get(OUT, {"format": format_, "topics": "", "standard": "", "download": "1"})
    assert answer["Content-Disposition"].startswith("attachment")
    page = hand_in(desk, answer.content, f"bank.{format_}").content.decode()
    assert f"เหมือนเดิม {len(DRAFTS)}" in page, page[page.find("desk-facts") : page.find("desk-facts") + 3000]


def test_moodle_carries_most_kinds_there_and_back(desk):
    bank_of_all()
    file = imports.export(Question.objects.all(), format_=interchange.Format.MOODLE_XML)
    Question.objects.update(current=None)
    batch = imports.receive(filename="m.xml", content=file.data, now=NOW, by_id=None)
    seen = {line.code: line.entry.draft for line in imports.look_at(batch).lines}
    assert len(seen) >= 7
    for code, draft in seen.items():
        version = QuestionVersion.objects.get(question__code=code)
        if version.kind in {Kind.SINGLE, Kind.TRUE_FALSE, Kind.ORDERING}:
            assert says_the_same(version, draft), code


def test_what_a_format_cannot_hold_is_said_before_the_file_is_taken(desk):
    bank_of_all()
    page = desk.get(OUT, {"format": "aiken", "topics": "", "standard": ""}).content.decode()
    assert "K-MATCHING" in page
    assert "download=1" in page
    assert (
        "รูปแบบนี้เก็บคำถามที่เลือกได้ครบ"
        in desk.get(OUT, {"format": "xlsx", "topics": "", "standard": "2"}).content.decode()
    )
    assert desk.get(OUT, {"format": "doc"}).status_code == 200


def test_the_template_opens_in_a_spreadsheet_and_its_examples_can_be_asked(desk):
    answer = desk.get(f"{IN}template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert len(book.sheetnames) == 3
    from quizzes.interchange.template import examples

    file = interchange.write(list(examples()), format=interchange.Format.XLSX)
    batch = imports.receive(filename="t.xlsx", content=file.data, now=NOW, by_id=None)
    seen = imports.look_at(batch)
    assert not seen.held
    assert {line.entry.draft.kind for line in seen.lines} == set(Kind)


def test_the_bank_s_page_leads_to_both(desk):
    page = desk.get("/admin/questions/").content.decode()
    assert IN in page
    assert OUT in page


def test_too_many_at_once_are_refused_and_nothing_is_stored(desk, monkeypatch):
    monkeypatch.setattr(imports, "MOST_QUESTIONS", 1)
    batch = imports.receive(filename="bank.txt", content=GIFT, now=NOW, by_id=None)
    with pytest.raises(Refused, match="ครั้งละไม่เกิน 1 ข้อ"):
        imports.apply_import(batch=batch, now=NOW, by_id=None)
    assert not Question.objects.exists()


def test_no_page_of_files_shows_feedback(desk):
    bank_of_all()
    assert WHY not in desk.get(OUT, {"format": "gift", "topics": "", "standard": ""}).content.decode()


# --- the same words, filed otherwise ----------------------------------------------------------------------------

FORMATS = (
    interchange.Format.XLSX,
    interchange.Format.CSV,
    interchange.Format.MOODLE_XML,
    interchange.Format.GIFT,
)
HELD = BankEntry(
    "F-1",
    DRAFTS[Kind.SINGLE],
    standard=1,
    difficulty="easy",
    topics=("ของขวัญ", "สินบน"),
    provisions=("ม. 128",),
    review_on=date(2027, 11, 1),
)


def taken_in(*entries: BankEntry, format_: interchange.Format) -> BankImport:
    file = interchange.write(list(entries), format=format_)
    batch = imports.receive(filename=file.filename, content=file.data, now=NOW, by_id=None)
    return imports.apply_import(batch=batch, now=NOW, by_id=None)


def seen_in(*entries: BankEntry, format_: interchange.Format) -> imports.Line:
    file = interchange.write(list(entries), format=format_)
    batch = imports.receive(filename=file.filename, content=file.data, now=NOW, by_id=None)
    (line,) = imports.look_at(batch).lines
    return line


def counted(batch: BankImport) -> tuple[int, int, int, int, int]:
    return batch.added, batch.changed, batch.filed, batch.unchanged, batch.refused


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"standard": 0}, "เปลี่ยนมาตรฐานจาก “มาตรฐานข้อ 1” เป็น “ทั่วไป”"),
        ({"difficulty": "medium"}, "เปลี่ยนระดับความยากจาก “ง่าย” เป็น “ปานกลาง”"),
        ({"topics": ("ของขวัญ", "สินบน", "เวลา")}, "เพิ่มหัวข้อ “เวลา”"),
        ({"topics": ("ของขวัญ",)}, "นำหัวข้อ “สินบน” ออก"),
        ({"provisions": ("ม. 128", "ม. 129")}, "เพิ่มบทบัญญัติ “ม. 129”"),
        ({"review_on": date(2028, 1, 15)}, "เปลี่ยนกำหนดทบทวนเป็น 15 มกราคม 2571"),
    ],
)
def test_the_same_words_filed_otherwise_are_filed_anew_without_a_version(format_, change, said):
    taken_in(HELD, format_=format_)
    assert counted(taken_in(HELD, format_=format_)) == (0, 0, 0, 1, 0), "twice is once"
    moved = replace(HELD, **change)
    line = seen_in(moved, format_=format_)
    assert (line.change, line.notes) == (Change.FILED, (said,))
    (before,) = imports.entries(Question.objects.all())
    assert (before.standard, before.topics) == (1, ("ของขวัญ", "สินบน")), "a look writes nothing"
    assert counted(taken_in(moved, format_=format_)) == (0, 0, 1, 0, 0)
    (after,) = imports.entries(Question.objects.all())
    assert replace(after, draft=moved.draft) == replace(moved, topics=tuple(sorted(moved.topics)))
    assert QuestionVersion.objects.count() == 1
    assert counted(taken_in(moved, format_=format_)) == (0, 0, 0, 1, 0)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_fact_of_the_version_makes_a_version_and_says_which(format_):
    sourced = replace(HELD, draft=replace(HELD.draft, source="พ.ร.บ. เดิม", as_of=date(2026, 1, 1)))
    taken_in(sourced, format_=format_)
    newer = replace(sourced, draft=replace(sourced.draft, source="พ.ร.บ. ใหม่"), difficulty="hard")
    line = seen_in(newer, format_=format_)
    assert line.change is Change.CHANGED
    assert line.notes == (
        "ถ้อยคำเดิม เปลี่ยนแหล่งอ้างอิงเป็น “พ.ร.บ. ใหม่” จึงเป็นฉบับใหม่",
        "เปลี่ยนระดับความยากจาก “ง่าย” เป็น “ยาก”",
    )
    assert counted(taken_in(newer, format_=format_)) == (0, 1, 0, 0, 0)
    assert Question.objects.get().difficulty == "hard"
    assert QuestionVersion.objects.count() == 2


def test_a_file_of_another_system_adds_its_tags_and_undoes_nothing_that_staff_filed(desk):
    hand_in(desk, GIFT)
    desk.post(f"{IN}{BankImport.objects.get().pk}/")
    question = Question.objects.get(code="GIFT-901")
    save_question(
        code="GIFT-901",
        standard=3,
        difficulty="hard",
        draft=replace(draft_of(question.current), source="พ.ร.ป.", as_of=date(2026, 1, 1)),
        topics=["เพดาน"],
        review_on=date(2027, 1, 1),
        now=NOW,
    )
    page = hand_in(desk, GIFT).content.decode()
    assert "คำถามเดิม เปลี่ยนป้าย" in page
    assert "เพิ่มหัวข้อ “จริยธรรม” “ของขวัญ”" in page
    desk.post(f"{IN}{BankImport.objects.latest('pk').pk}/")
    (held,) = imports.entries(Question.objects.filter(code="GIFT-901"))
    assert (held.standard, held.difficulty, held.review_on) == (3, "hard", date(2027, 1, 1))
    assert (held.draft.source, held.draft.as_of) == ("พ.ร.ป.", date(2026, 1, 1))
    assert set(held.topics) == {"เพดาน", "ของขวัญ", "จริยธรรม"}


def test_a_file_cannot_take_a_question_out_of_a_pool_that_needs_it():
    taken_in(HELD, format_=interchange.Format.XLSX)
    save_quiz(code="T", title="ทดสอบปลายปี", draws=[Draw(topic="สินบน")])
    with pytest.raises(Refused, match="นำเข้าไม่ได้ เพราะ “ทดสอบปลายปี” จะมีคำถามไม่พอ"):
        taken_in(replace(HELD, topics=("ของขวัญ",)), format_=interchange.Format.XLSX)
    assert BankImport.objects.latest("pk").applied_at is None
    (held,) = imports.entries(Question.objects.all())
    assert held.topics == ("ของขวัญ", "สินบน")


def test_looking_at_known_questions_costs_the_same_however_many(django_assert_num_queries):
    for count in (1, 30):
        entries = [replace(HELD, code=f"F-{number}", topics=("ก", "ข")) for number in range(count)]
        taken_in(*entries, format_=interchange.Format.CSV)
        file = interchange.write([replace(entry, standard=2) for entry in entries], format="csv")
        batch = imports.receive(filename="a.csv", content=file.data, now=NOW, by_id=None)
        with django_assert_num_queries(3):
            assert imports.look_at(batch).counts == {Change.FILED: count}


def test_a_code_that_two_questions_share_by_chance_is_told(desk):
    hand_in(desk, "::ETH-1:: ใครอนุมัติการลาพักผ่อน {=หัวหน้า#1 ~เพื่อน#2}".encode())
    desk.post(f"{IN}{BankImport.objects.get().pk}/")
    near = hand_in(desk, "::ETH-1:: ใครอนุมัติการลาพักผ่อนได้ {=หัวหน้า#1 ~เพื่อน#2}".encode()).content.decode()
    far = hand_in(desk, "::ETH-1:: ของขวัญราคาเท่าใด {=3,000#1 ~5,000#2}".encode()).content.decode()
    assert "รหัสตรงกับข้อเดิม" not in near
    assert "รหัสตรงกับข้อเดิม แต่คำถามต่างกันมาก" in far


def test_the_same_words_twice_in_a_file_are_held_without_a_made_up_code(desk):
    page = hand_in(desk, "ถามว่า {T}\n\nถามว่า {T}".encode()).content.decode()
    assert "ถ้อยคำเหมือนข้อก่อนหน้าในไฟล์" in page
    assert "อ่านได้ 1 ข้อ" in page


def test_a_file_without_an_explanation_does_not_take_it_away(desk):
    hand_in(desk, "::ETH-1:: ใครอนุมัติ {=หัวหน้า#1 ~เพื่อน#2 ####ตามระเบียบการลา}".encode())
    desk.post(f"{IN}{BankImport.objects.get().pk}/")
    page = hand_in(desk, "::ETH-1:: ใครอนุมัติ {=หัวหน้า#1 ~เพื่อน#2}".encode()).content.decode()
    assert "เหมือนเดิม 1" in page


def test_a_picture_in_gift_comes_into_the_bank_and_one_elsewhere_holds_its_question(desk):
    digits = base64.b64encode(picture()).decode().replace("=", "\\=")
    good = f'::PIC-1::ป้ายนี้หมายถึง<br><img src\\="data\\:image/png;base64,{digits}" alt\\="ป้ายห้าม">{{=ห้าม#1\n~ไป#2}}'
    bad = '::PIC-2::ป้ายนี้<img src\\="https\\://example.test/a.png" alt\\="ป้าย">{=ห้าม#1\n~ไป#2}'
    page = hand_in(desk, f"{good}\n\n{bad}".encode()).content.decode()
    assert "อ่านได้ 1 ข้อ" in page
    assert "อยู่ที่เว็บไซต์อื่น ระบบไม่ไปดึงมา" in page
    desk.post(f"{IN}{BankImport.objects.get().pk}/")
    image = QuestionImage.objects.get()
    question = Question.objects.get()
    assert (question.code, question.is_retired) == ("PIC-1", False)
    assert question.current.stem == f"ป้ายนี้หมายถึง\n![ป้ายห้าม](ภาพ:{image.name})"
    page = hand_in(desk, f"{good}\n\n{bad}".encode()).content.decode()
    assert "เหมือนเดิม 1" in page
    assert QuestionImage.objects.count() == 1
