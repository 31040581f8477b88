"""Pictures in questions: drawn anew, kept once, never lost while a version names them, and no bombs."""

import io
import struct
import zlib
from dataclasses import replace

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from PIL import Image, PngImagePlugin

from quizzes import bank, marked, pictures, selectors, services
from quizzes.enums import Kind
from quizzes.models import PictureUse, Question, QuestionImage
from quizzes.services import Choice, QuestionDraft, save_question
from sucharit.kernel.errors import InvalidInput, Refused
from tests.conftest import NOW
from tests.quizzes.build import draft, quiz
from tests.quizzes.picture_build import picture

pytestmark = pytest.mark.django_db


def kept(data: bytes) -> QuestionImage:
    return pictures.keep(data=data, now=NOW, by_id=None)


def stored(image: QuestionImage) -> bytes:
    with default_storage.open(image.file.name) as file:
        return file.read()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_common_format_is_kept_once_under_its_hash(form):
    data = picture(form=form)
    image = kept(data)
    assert (image.width, image.height) == (40, 20)
    assert image.file.name.startswith(f"question_pictures/{image.sha256}.")
    assert image.sha256.startswith(image.name)
    assert kept(data).pk == kept(stored(image)).pk == image.pk, (
        "as it came, and as it is kept, it is one picture"
    )
    assert QuestionImage.objects.count() == 1


def test_nothing_but_what_is_seen_is_kept():
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Author", "canary-in-text")
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    exif[0x010E] = "canary-in-exif"
    for data in (picture(pnginfo=facts), picture(form="JPEG", exif=exif.tobytes())):
        assert b"canary" in data
        image = kept(data)
        assert b"canary" not in stored(image)
    assert (image.width, image.height) == (20, 40), "and it stands the right way up"


def test_a_large_picture_is_made_smaller_and_a_clear_one_stays_clear():
    assert (kept(picture(size=(3000, 1500))).width, QuestionImage.objects.get().height) == (2000, 1000)
    clear = kept(picture("#ff000000", mode="RGBA"))
    with Image.open(io.BytesIO(stored(clear))) as image:
        assert image.mode == "RGBA"


def _noise() -> bytes:
    kept = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(kept, "PNG")
    return kept.getvalue()


def _bomb() -> bytes:
    """A few hundred bytes that say they are 40,000 × 40,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "เปิดภาพนี้ไม่ได้"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "เปิดภาพนี้ไม่ได้"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "เปิดภาพนี้ไม่ได้"),
        (picture(form="BMP"), "เปิดภาพนี้ไม่ได้"),
        (picture(form="TIFF"), "เปิดภาพนี้ไม่ได้"),
        (_noise()[:-4_000], "เปิดภาพนี้ไม่ได้"),
        (b"x" * (pictures.MOST_BYTES + 1), "ใหญ่เกิน 5 MB"),
        (_bomb(), "พิกเซล"),
        (picture(size=(6_000, 5_000)), "30,000,000 พิกเซล"),
    ],
)
def test_what_is_no_picture_or_too_much_of_one_is_refused_in_a_sentence(data, sentence):
    with pytest.raises(InvalidInput, match=sentence) as refusal:
        kept(data)
    assert refusal.value.field == "picture"
    assert not QuestionImage.objects.exists()


# --- in questions -----------------------------------------------------------------------------------------------


def illustrated(code: str, image: QuestionImage, *, alt: str = "แผนผัง", where: str = "stem") -> QuestionDraft:
    plain, mark = draft(code), marked.picture(alt, image.name)
    if where == "choices":
        first, *rest = plain.choices
        return replace(plain, choices=[replace(first, text=mark), *rest])
    return replace(plain, **{where: f"{getattr(plain, where)}\n\n{mark}"})


def test_a_version_holds_on_to_its_pictures():
    image = kept(picture())
    version = save_question(code="Q1", standard=1, draft=illustrated("Q1", image), now=NOW)
    assert PictureUse.objects.get().version == version
    with pytest.raises(ProtectedError), transaction.atomic():
        image.delete()
    save_question(code="Q1", standard=1, draft=draft("Q1"), now=NOW)
    with pytest.raises(ProtectedError), transaction.atomic():
        image.delete()
    loose = kept(picture("red"))
    loose.delete()
    assert QuestionImage.objects.get() == image


@pytest.mark.parametrize("where", ["stem", "choices", "explanation"])
def test_a_picture_needs_words_and_must_be_in_the_bank(where):
    image = kept(picture())
    with pytest.raises(InvalidInput) as refusal:
        save_question(code="Q1", standard=1, draft=illustrated("Q1", image, alt=" ", where=where), now=NOW)
    assert (refusal.value.code, refusal.value.field) == ("picture_wordless", where)
    image.name = "f" * 12
    with pytest.raises(InvalidInput) as refusal:
        save_question(code="Q1", standard=1, draft=illustrated("Q1", image, where=where), now=NOW)
    assert (refusal.value.code, refusal.value.field) == ("picture_missing", where)
    assert not Question.objects.exists()


def test_a_longer_name_must_be_that_picture_s():
    image = kept(picture())
    good, bad = image.sha256[:20], image.sha256[:19] + ("0" if image.sha256[19] != "0" else "1")
    assert set(pictures.held([good, bad])) == {good}


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        (Kind.SHORT_TEXT, Choice("{}")),
        (Kind.MATCHING, Choice("ก", match="{}")),
        (Kind.GAPS, Choice("{}", gap=1)),
    ],
)
def test_where_only_words_can_stand_a_picture_is_refused(kind, choice):
    mark = marked.picture("แผนผัง", kept(picture()).name)
    row = replace(choice, text=choice.text.format(mark), match=choice.match.format(mark))
    bad = QuestionDraft(kind, "เติม [[1]]", [row, Choice("ข", match="ค")])
    with pytest.raises(InvalidInput, match="ใส่ภาพไม่ได้"):
        services.check_draft(bad)


def test_a_question_whose_picture_has_no_words_waits_and_is_not_brought_back():
    image = kept(picture())
    version = save_question(
        code="Q1", standard=1, draft=illustrated("Q1", image, alt=""), now=NOW, may_lack_feedback=True
    )
    version.question.refresh_from_db()
    assert version.question.is_retired
    with pytest.raises(Refused):
        bank.bring_back(question=version.question)


def test_a_paper_and_its_review_show_pictures_for_one_query_whatever_their_number(
    world, django_assert_num_queries
):
    for place in range(6):
        image = kept(picture(size=(40 + place, 20)))
        save_question(code=f"Q{place}", standard=1, draft=illustrated(f"Q{place}", image), now=NOW)
    attempt = services.start_attempt(
        quiz=quiz(count=6), officer_id=world.somsri.pk, context="c", context_version="1", now=NOW
    )
    with django_assert_num_queries(2):
        paper = selectors.paper(attempt)
    assert {len(item.pictures) for item in paper} == {6}
    services.submit_attempt(attempt=attempt, answers={}, now=NOW)
    done = selectors.attempt_of(world.somsri.pk, attempt.public_id)
    with django_assert_num_queries(2):
        assert selectors.review(done, now=NOW)[0].pictures


def test_a_paper_without_pictures_asks_for_none(world):
    for place in range(3):
        save_question(code=f"Q{place}", standard=1, draft=draft(f"Q{place}"), now=NOW)
    attempt = services.start_attempt(
        quiz=quiz(), officer_id=world.somsri.pk, context="c", context_version="1", now=NOW
    )
    from django.db import connection

    with CaptureQueriesContext(connection) as caught:
        selectors.paper(attempt)
    assert len(caught) == 1
