"""Content blocks: what the editor is asked for, and what the reader gets."""

import gc
import io
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.template import Context, Template
from PIL import Image as Bitmap
from wagtail.admin.telepath import JSContext
from wagtail.blocks import ChooserBlock, StreamBlock
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtailmedia.models import get_media_model

from sucharit.theme.blocks import PictureBlock, RuleQuoteBlock, ThaiDateBlock, content_blocks

# Wagtail leaves the temporary file of a new rendition to the garbage collector, which then warns.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning"
)

FROM_A_LIBRARY = {"image", "video", "poster", "captions", "document"}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60" viewBox="0 0 80 60"><circle r="9"/></svg>'
)


@pytest.fixture(autouse=True)
def _collect_here():
    yield
    gc.collect()


@pytest.fixture
def photo(db):
    data = io.BytesIO()
    Bitmap.new("RGB", (1000, 500), "teal").save(data, "PNG")
    return get_image_model().objects.create(title="เคาน์เตอร์", file=ImageFile(data, name="counter.png"))


@pytest.fixture
def drawing(db):
    file = ImageFile(io.BytesIO(SVG.encode()), name="scene.svg")
    return get_image_model().objects.create(title="ฉาก", file=file, width=80, height=60)


@pytest.fixture
def document(db):
    return get_document_model().objects.create(
        title="แบบฟอร์ม", file=ContentFile(b"x" * 2048, name="form.pdf")
    )


@pytest.fixture
def film(db):
    return get_media_model().objects.create(
        title="ภาพยนตร์", file=ContentFile(b"x" * 4096, name="gift.mp4"), type="video", duration=125
    )


def block(name):
    return dict(content_blocks())[name]


def show(name, raw):
    one = block(name)
    return BeautifulSoup(str(one.render(one.to_python(raw))), "html.parser")


def test_text_is_a_readable_column():
    page = show("text", "<h3>เรื่อง</h3><p>เนื้อหา</p>")
    assert page.div["class"] == ["prose"]
    assert page.h3.text == "เรื่อง"


def test_picture_comes_in_sizes_and_never_enlarged(photo):
    image = show("picture", {"image": photo.pk, "alt": "เคาน์เตอร์บริการ", "caption": "หน้างาน"}).img
    assert image["alt"] == "เคาน์เตอร์บริการ"
    assert image["loading"] == "lazy"
    assert [part.split()[1] for part in image["srcset"].split(", ")] == ["400w", "800w", "1000w"]
    assert image["width"] == "800"
    assert image["height"] == "400"


def test_a_drawing_passes_through(drawing):
    image = show("picture", {"image": drawing.pk, "alt": "ฉากหน้าเคาน์เตอร์"}).img
    assert image["src"].endswith(".svg")
    assert not image.has_attr("srcset")


def test_a_lost_file_does_not_break_the_page(photo):
    photo.file.storage.delete(photo.file.name)
    assert show("picture", {"image": photo.pk, "alt": "เคาน์เตอร์"}).img["alt"] == "เคาน์เตอร์"


def test_picture_needs_words(photo):
    one = PictureBlock()
    with pytest.raises(StructBlockValidationError) as caught:
        one.clean(one.to_python({"image": photo.pk, "alt": ""}))
    assert set(caught.value.block_errors) == {"alt"}


def test_video_offers_its_transcript_size_and_length(film):
    page = show("video", {"title": "ของขวัญ", "video": film.pk, "transcript": "<p>เช้าวันทำงาน</p>"})
    assert page.video["preload"] == "none"
    assert page.video.source["src"] == film.url
    assert page.details.find("p").text == "เช้าวันทำงาน"
    assert "ยาว 2 นาที" in page.text
    assert "4 KB" in page.text


def test_situation_hides_the_thought_until_asked():
    raw = {
        "title": "ญาติ",
        "story": "<p>เรื่อง</p>",
        "question": "ทำอย่างไร",
        "reveal": "<p>ข้อคิด</p>",
        "standards": ["2"],
    }
    page = show("situation", raw)
    assert page.details.find(class_="reveal__body").text.strip() == "ข้อคิด"
    assert not page.details.has_attr("open")
    assert "มาตรฐานข้อ 2" in page.text


def test_situation_without_a_thought_has_nothing_to_open():
    page = show(
        "situation", {"title": "ญาติ", "story": "<p>เรื่อง</p>", "question": "ทำอย่างไร", "reveal": "<p></p>"}
    )
    assert page.details is None


def test_dos_and_donts_say_so_in_words():
    page = show("dos_donts", {"title": "", "dos": ["แจ้งหัวหน้า"], "donts": ["รับไว้ก่อน"]})
    columns = page.find_all(class_="dos__col")
    assert ["พึงทำ" in columns[0].text, "แจ้งหัวหน้า" in columns[0].text] == [True, True]
    assert ["ไม่พึงทำ" in columns[1].text, "รับไว้ก่อน" in columns[1].text] == [True, True]


def test_rule_quote_names_its_source_and_day():
    page = show(
        "rule_quote", {"text": "ซื่อสัตย์สุจริต", "source": "พ.ร.บ. มาตรา 5", "as_of": "2026-01-15", "url": ""}
    )
    assert page.cite.text == "พ.ร.บ. มาตรา 5"
    assert "ข้อมูล ณ วันที่ 15 มกราคม 2569" in page.text


def test_rule_quote_reads_the_buddhist_year_from_the_editor():
    one = RuleQuoteBlock()
    value = one.value_from_datadict(
        {"q-text": "ก", "q-source": "ข", "q-url": "", "q-as_of": "15/01/2569"}, {}, "q"
    )
    assert one.clean(value)["as_of"] == date(2026, 1, 15)


def test_a_date_block_answers_in_thai():
    one = ThaiDateBlock()
    with pytest.raises(ValidationError, match="29 กุมภาพันธ์"):
        one.clean(one.value_from_datadict({"d": "29/02/2568"}, {}, "d"))


def test_summary_and_file(document):
    assert "เปิดเผยก่อนถูกถาม" in show("summary", "เปิดเผยก่อนถูกถาม").text
    link = show("file", {"title": "", "document": document.pk}).a
    assert "แบบฟอร์ม" in link.text
    assert "PDF ขนาด 2 KB" in link.text


def choosers():
    """Every field of every block that names something of a library, by its block's name."""
    return [
        (name, field)
        for name, one in content_blocks()
        for field, child in getattr(one, "child_blocks", {}).items()
        if isinstance(child, ChooserBlock)
    ]


def chosen(photo, film, document):
    """Each block that chooses something, with all of it chosen."""
    words = {"title": "ชื่อ", "alt": "คำบรรยายแทนภาพ", "transcript": "<p>บทถอดความ</p>", "story": "<p>เรื่อง</p>"}
    return {
        "picture": {"image": photo.pk, **words},
        "video": {"video": film.pk, "poster": photo.pk, "captions": document.pk, **words},
        "situation": {"image": photo.pk, "question": "ทำอย่างไร", **words},
        "file": {"document": document.pk, "title": ""},
    }


def test_every_block_that_chooses_is_known_here(photo, film, document):
    known = chosen(photo, film, document)
    assert {(name, field) for name, field in choosers()} == {
        (name, field) for name, raw in known.items() for field in raw if field in FROM_A_LIBRARY
    }


@pytest.mark.parametrize(("name", "field"), choosers())
def test_what_was_deleted_from_a_library_leaves_no_broken_page(photo, film, document, name, field):
    raw = chosen(photo, film, document)[name]
    body = StreamBlock(content_blocks())
    stored = [{"type": "summary", "value": "ก่อน"}, {"type": name, "value": raw | {field: 999_999}}]
    page = BeautifulSoup(str(body.render(body.to_python(stored))), "html.parser")
    assert "ก่อน" in page.text
    for tag in page.find_all(["img", "source", "track", "a"]):
        assert tag.get("src") or tag.get("href"), f"{tag} leads nowhere"


def test_a_film_that_is_gone_leaves_its_transcript():
    page = show("video", {"title": "ของขวัญ", "video": None, "transcript": "<p>เช้าวันทำงาน</p>"})
    assert page.video is None
    assert "เช้าวันทำงาน" in page.text


@pytest.mark.django_db
def test_the_editor_can_be_given_every_block():
    packed = JSContext().pack(StreamBlock(content_blocks()))
    assert packed["_type"].startswith("wagtail")


def test_names_are_those_already_stored():
    expected = ["text", "picture", "video", "situation", "dos_donts", "rule_quote", "summary", "file"]
    assert [name for name, _ in content_blocks()] == expected


def test_decorative_picture_keeps_an_empty_alternative(photo):
    html = Template("{% load theme_tags %}{% responsive_image image lazy=False %}").render(
        Context({"image": photo})
    )
    image = BeautifulSoup(html, "html.parser").img
    assert image["alt"] == ""
    assert not image.has_attr("loading")
