"""Pictures at the desk: added by form, shown wherever the question is, carried in files there and back."""

import base64
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from quizzes import illustrations, imports, interchange, marked, pictures
from quizzes.models import BankImport, PictureUse, Question, QuestionImage, QuestionVersion
from quizzes.services import save_question
from tests.admin.build import edit, fields_of, said
from tests.admin.test_question_desk import NEW, url, written
from tests.conftest import NOW
from tests.quizzes.build import draft, question
from tests.quizzes.picture_build import picture
from tests.quizzes.test_pictures import illustrated

pytestmark = pytest.mark.django_db

IN = "/admin/questions/import/"


@pytest.fixture
def desk(world, signed_in):
    return signed_in(world.pakphum)


def upload(data: bytes = b"", name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or picture())


def test_a_picture_is_added_by_form_and_nothing_else_is_stored_yet(desk, world):
    answer = desk.post(NEW, written(attach="1", picture=upload(), picture_alt="แผนผัง [ขั้นตอน]"))
    image = QuestionImage.objects.get()
    mark = f"![แผนผัง ขั้นตอน](ภาพ:{image.name})"
    typed = fields_of(answer)
    assert typed["stem"] == f"คุณควรทำอย่างไร\n\n{mark}"
    assert (typed["choices-0-text"], typed["choices-1-correct"], typed["code"]) == ("ทางที่สอง", "on", "eth-1")
    assert image.uploaded_by == world.pakphum
    assert image.file.url in answer.content.decode()
    assert not Question.objects.exists()
    assert desk.post(NEW, typed).status_code == 302
    made = Question.objects.get()
    assert PictureUse.objects.get().version_id == made.current_id
    page = desk.get(f"/admin/questions/edit/{made.pk}/").content.decode()
    assert mark in page
    assert f'src="{image.file.url}"' in page
    for name in ("preview", "history"):
        page = desk.get(f"/admin/questions/{name}/{made.pk}/").content.decode()
        assert f'src="{image.file.url}" width="40" height="20" alt="แผนผัง ขั้นตอน"' in page
    listing = desk.get("/admin/questions/").content.decode()
    assert "แผนผัง ขั้นตอน" in listing
    assert image.name not in listing


def test_a_picture_chosen_without_its_button_is_not_lost_either(desk):
    answer = desk.post(NEW, written(picture=upload(), picture_alt=""))
    assert "โปรดเขียนคำบรรยายภาพในวงเล็บ" in said(answer)[0]
    typed = fields_of(answer)
    refused = desk.post(NEW, typed)
    assert "ภาพทุกภาพต้องมีคำบรรยาย" in refused.content.decode()
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [({}, "โปรดเลือกไฟล์ภาพ"), ({"picture": upload(b"<svg/>", "a.svg")}, "เปิดภาพนี้ไม่ได้")],
)
def test_a_picture_that_cannot_be_taken_is_refused_at_its_field_and_nothing_typed_is_lost(
    desk, files, sentence
):
    page = desk.post(NEW, written(attach="1", picture_alt="แผนผัง", **files)).content.decode()
    assert sentence in page
    assert "ทางที่สอง" in page
    assert "แผนผัง" in page
    assert not QuestionImage.objects.exists()


def test_a_picture_that_the_bank_does_not_hold_is_refused_at_the_question(desk):
    page = desk.post(NEW, written(stem="ดู ![ก](ภาพ:0123456789ab)")).content.decode()
    assert "ไม่มีภาพ 0123456789ab ในคลัง" in page


def test_pictures_of_others_questions_cost_nothing_here(desk, count_queries):
    few = count_queries(desk, url("edit", question("Q1")))
    for place in range(5):
        image = pictures.keep(data=picture(size=(30 + place, 9)), now=NOW, by_id=None)
        save_question(code=f"P{place}", standard=1, draft=illustrated(f"P{place}", image), now=NOW)
    assert count_queries(desk, url("edit", Question.objects.get(code="Q1").current)) == few
    assert count_queries(desk, url("edit", Question.objects.get(code="P1").current)) == few + 1


# --- files ------------------------------------------------------------------------------------------------------


def moodle(stem: str, *, option: str = "ก", files: str = "", code: str = "M-1") -> bytes:
    return f"""<?xml version="1.0"?><quiz><question type="multichoice"><name><text>x</text></name>
<questiontext format="html"><text><![CDATA[{stem}]]></text>{files}</questiontext><idnumber>{code}</idnumber>
<single>true</single><answer fraction="100" format="html"><text><![CDATA[{option}]]></text>{files}
<feedback><text>เพราะ</text></feedback></answer><answer fraction="0"><text>ข</text><feedback><text>ไม่</text>
</feedback></answer></question></quiz>""".encode()


def file(name: str, data: bytes) -> str:
    return f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'


def take(content: bytes, name: str = "m.xml") -> BankImport:
    batch = imports.receive(filename=name, content=content, now=NOW, by_id=None)
    return imports.apply_import(batch=batch, now=NOW, by_id=None)


IMG = '<img src="@@PLUGINFILE@@/my%20basket.png" alt="กระเช้า">'


def test_moodle_s_pictures_and_tables_come_in_once(desk):
    table = (
        "<table><tr><th>ปี</th><th>ราคา</th></tr><tr><td><p>2568</p></td><td>3,000<br>บาท</td></tr></table>"
    )
    content = moodle(
        f"<p>ดู {IMG}</p>{table}<p>ทำอย่างไร</p>", option=IMG, files=file("my basket.png", picture())
    )
    assert "เพิ่มใหม่ 1" in desk.post(IN, {"file": upload(content, "m.xml")}, follow=True).content.decode()
    assert not QuestionImage.objects.exists(), "looking stores nothing"
    take(content)
    image = QuestionImage.objects.get()
    mark = f"![กระเช้า](ภาพ:{image.name})"
    made = Question.objects.get()
    assert made.current.stem == f"ดู {mark}\n\n| ปี | ราคา |\n|---|---|\n| 2568 | 3,000 บาท |\n\nทำอย่างไร"
    assert made.current.choices[0]["text"] == mark
    assert not made.is_retired
    again = take(content)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert (QuestionVersion.objects.count(), QuestionImage.objects.count()) == (1, 1)


@pytest.mark.parametrize("format_", list(interchange.Format))
def test_what_goes_out_comes_back_as_it_was_where_the_format_holds_it(desk, format_):
    image = pictures.keep(data=picture(), now=NOW, by_id=None)
    drafted = illustrated("P1", image, where="choices")
    version = save_question(code="P1", standard=1, draft=drafted, now=NOW)
    written_file = imports.export(Question.objects.all(), format_=format_)
    if format_ is interchange.Format.MOODLE_XML:
        assert [code for code, _ in written_file.notes] == ["moodle_unseen"], (
            "the standard, and nothing of the picture"
        )
        with image.file.open() as stored:
            assert base64.b64encode(stored.read()) in written_file.data
    else:
        assert any("ภาพ" in words for _, words in written_file.notes)
    if format_ in {interchange.Format.MOODLE_XML, interchange.Format.XLSX, interchange.Format.CSV}:
        done = take(written_file.data, written_file.filename)
        assert (done.unchanged, done.changed, done.added) == (1, 0, 0)
        assert Question.objects.get().current_id == version.pk


def test_a_picture_without_words_waits_for_them(desk):
    take(moodle(IMG.replace("กระเช้า", ""), files=file("my basket.png", picture())))
    assert Question.objects.get().is_retired


def test_a_name_of_a_picture_alone_is_held_back(desk):
    save_question(
        code="P1",
        standard=1,
        now=NOW,
        draft=illustrated("P1", pictures.keep(data=picture(), now=NOW, by_id=None)),
    )
    sheet = imports.export(Question.objects.all(), format_=interchange.Format.CSV)
    PictureUse.objects.all().delete()
    QuestionImage.objects.all().delete()
    batch = imports.receive(filename="a.csv", content=sheet.data, now=NOW, by_id=None)
    (held,) = imports.look_at(batch).held
    assert "ไฟล์นี้มีเพียงชื่อภาพ" in held[1]


@pytest.mark.parametrize(
    ("stem", "files", "why"),
    [
        ('<img src="https://example.com/a.png" alt="ก">', "", "เว็บไซต์อื่น"),
        ('<img src="//example.com/a.png" alt="ก">', "", "เว็บไซต์อื่น"),
        (IMG, "", "ไม่มีอยู่ในไฟล์นี้"),
        (IMG, file("my basket.png", b"\x89PNG\r\n\x1a\n" + bytes(range(99))), "เปิดภาพนี้ไม่ได้"),
        (IMG, file("my basket.png", b"<svg onload='x'/>"), "ไม่ใช่ภาพ PNG"),
    ],
)
def test_a_question_whose_picture_cannot_be_taken_is_held_back_with_the_reason(desk, stem, files, why):
    batch = imports.receive(filename="m.xml", content=moodle(f"ดู {stem}", files=files), now=NOW, by_id=None)
    look = imports.look_at(batch)
    assert not look.lines
    ((_, said_why, words),) = look.held
    assert why in said_why
    assert "ดู" in words


def test_a_picture_inside_its_address_is_taken(desk):
    data = base64.b64encode(picture()).decode()
    take(moodle(f'ดู <img src="data:image/png;base64,{data}" alt="ก">'))
    assert f"ภาพ:{QuestionImage.objects.get().name}" in Question.objects.get().current.stem


def test_a_file_of_many_great_pictures_is_not_drawn_to_its_end(desk, monkeypatch):
    monkeypatch.setattr(illustrations, "MOST_PICTURES", 2)
    parts = []
    for place in range(4):
        one = moodle(IMG, files=file("my basket.png", picture(size=(30 + place, 9))), code=f"M-{place}")
        parts.append(one.decode().split("<quiz>")[1].removesuffix("</quiz>"))
    batch = imports.receive(
        filename="m.xml", content=f"<quiz>{''.join(parts)}</quiz>".encode(), now=NOW, by_id=None
    )
    look = imports.look_at(batch)
    assert len(look.lines) == 2
    assert all("โปรดแบ่งเป็นหลายไฟล์" in why for _, why, _ in look.held)
    monkeypatch.setattr(illustrations, "MOST_PICTURES", 9)
    monkeypatch.setattr(illustrations, "MOST_PIXELS", 600)
    assert len(imports.look_at(batch).lines) == 2


def test_moodle_gets_pictures_that_other_programs_can_open(desk):
    image = pictures.keep(data=picture(form="JPEG"), now=NOW, by_id=None)
    save_question(code="P1", standard=1, draft=illustrated("P1", image), now=NOW)
    (row,) = interchange.read(
        imports.export(Question.objects.all(), format_=interchange.Format.MOODLE_XML).data, filename="x"
    ).entries
    ((name, data),) = row.images.items()
    assert name == f"{image.name}.jpg"
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.size == (40, 20)


def test_the_words_of_a_plain_question_are_untouched(desk):
    version = save_question(code="A-1", standard=1, draft=draft("A-1", stem="a | b ![ก](x.png)"), now=NOW)
    assert edit(desk, url("edit", version)).status_code == 302
    assert Question.objects.get().current_id == version.pk
    assert marked.names([version.stem]) == []
