"""Pictures in questions: taken in safely, kept once, and found again for the pages that show them."""

import hashlib
import io
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from quizzes import marked
from quizzes.drafts import QuestionDraft
from quizzes.models import PictureUse, QuestionImage, QuestionVersion
from quizzes.models.images import FOLDER
from sucharit.kernel.errors import InvalidInput

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 2_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


@dataclass(frozen=True)
class Shown:
    """A picture for a page: its address and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Drawn:
    """A picture drawn anew, ready to be kept."""

    data: bytes
    suffix: str
    width: int
    height: int
    came_as: str

    @property
    def sha256(self) -> str:
        """The hash it is named by."""
        return hashlib.sha256(self.data).hexdigest()


def _unusable(code: str, message: str) -> InvalidInput:
    return InvalidInput(code, message, field="picture")


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, without drawing. Raises InvalidInput (picture) for what is no picture that is taken."""
    if len(data) > MOST_BYTES:
        raise _unusable("picture_large", f"ภาพใหญ่เกิน {MOST_BYTES // 1024**2} MB โปรดย่อภาพก่อน")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                width, height = image.size
                if width * height <= MOST_PIXELS:
                    # A PNG that breaks off is found here: drawing may be lenient, as PDF makers ask Pillow to be.
                    image.verify()
    except Image.DecompressionBombError as error:
        raise _unusable("picture_wide", f"ภาพนี้มีเกิน {MOST_PIXELS:,} พิกเซล โปรดย่อภาพก่อน") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise _unusable("picture_unknown", "เปิดภาพนี้ไม่ได้ ใช้ภาพ PNG JPEG WebP หรือ GIF ที่สมบูรณ์") from error
    if width * height > MOST_PIXELS:
        raise _unusable(
            "picture_wide", f"ภาพนี้มี {width * height:,} พิกเซล รับได้ไม่เกิน {MOST_PIXELS:,} พิกเซล โปรดย่อภาพก่อน"
        )
    return width, height


def draw(data: bytes) -> Drawn:
    """The picture drawn anew: no metadata, the right way up, first frame only, no side above 2,000 pixels.

    Photographs stay JPEG; whatever else becomes PNG. Raises InvalidInput (picture).
    """
    size_of(data)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            is_photograph = image.format == "JPEG" or (image.format == "WEBP" and image.mode == "RGB")
            image.load()
            turned = ImageOps.exif_transpose(image)
            turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clear = "A" in turned.getbands() or "transparency" in turned.info
            drawn = turned.convert("RGBA" if clear and not is_photograph else "RGB")
            drawn.info = {}
            kept = io.BytesIO()
            if is_photograph:
                drawn.save(kept, "JPEG", quality=88, optimize=True)
            else:
                drawn.save(kept, "PNG", optimize=True)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise _unusable("picture_broken", "ภาพนี้เสียหาย โปรดบันทึกภาพใหม่แล้วลองอีกครั้ง") from error
    return Drawn(
        kept.getvalue(),
        "jpg" if is_photograph else "png",
        drawn.width,
        drawn.height,
        hashlib.sha256(data).hexdigest(),
    )


def known(datas: Collection[bytes]) -> Mapping[bytes, str]:
    """The names of those of these bytes that the bank holds, as it keeps them or as they first came. Two queries."""
    if not datas:
        return {}
    by_hash = {hashlib.sha256(data).hexdigest(): data for data in datas}
    rows = QuestionImage.objects.filter(came_as__in=by_hash).values_list("came_as", "name")
    found = {by_hash[digest]: name for digest, name in rows.order_by("-pk")}
    kept = QuestionImage.objects.filter(sha256__in=by_hash).values_list("sha256", "name")
    return found | {by_hash[digest]: name for digest, name in kept}


@transaction.atomic
def keep(*, data: bytes, now: datetime, by_id: int | None) -> QuestionImage:
    """Keep a picture; one that the bank holds already is that one. Raises InvalidInput (picture)."""
    held = known([data])
    if held:
        return QuestionImage.objects.get(name=held[data])
    return keep_drawn(drawn=draw(data), now=now, by_id=by_id)


def attach(*, data: bytes, alt: str, now: datetime, by_id: int | None) -> str:
    """Keep a picture and return the markup that shows it. Raises InvalidInput (picture)."""
    return marked.picture(alt, keep(data=data, now=now, by_id=by_id).name)


def keep_drawn(*, drawn: Drawn, now: datetime, by_id: int | None) -> QuestionImage:
    """Keep a picture that was drawn anew."""
    digest = drawn.sha256
    wanted = f"{FOLDER}/{digest}.{drawn.suffix}"
    if not default_storage.exists(wanted):
        kept = default_storage.save(wanted, ContentFile(drawn.data))
        if kept != wanted:
            # Somebody kept the same picture between our look and our write; theirs is the same file.
            default_storage.delete(kept)
    image, _ = QuestionImage.objects.get_or_create(
        sha256=digest,
        defaults={
            "name": digest[: marked.NAME_LENGTH],
            "came_as": drawn.came_as,
            "file": wanted,
            "width": drawn.width,
            "height": drawn.height,
            "uploaded_at": now,
            "uploaded_by_id": by_id,
        },
    )
    return image


def held(names: Iterable[str]) -> Mapping[str, QuestionImage]:
    """The pictures of these names, as they are written, that the bank holds. One query; none where there are no names."""
    wanted = list(names)
    if not wanted:
        return {}
    rows = {
        image.name: image
        for image in QuestionImage.objects.filter(name__in={name[: marked.NAME_LENGTH] for name in wanted})
    }
    found = {name: rows.get(name[: marked.NAME_LENGTH]) for name in wanted}
    return {name: image for name, image in found.items() if image and image.sha256.startswith(name)}


def shown_in(texts: Iterable[str]) -> Mapping[str, Shown]:
    """What pages need to show the pictures of these texts, by name. One query; none where no text shows a picture."""
    return {
        name: Shown(image.file.url, image.width, image.height)
        for name, image in held(marked.names(texts)).items()
    }


def marks_in(texts: Iterable[str]) -> Sequence[tuple[str, Shown]]:
    """The pictures of these texts, each with markup that shows it once more. One query; none where there are none."""
    found = list(texts)
    alts = {mark[2]: mark[1] for text in reversed(found) for mark in marked.PICTURE.finditer(text)}
    return [(marked.picture(alts[name], name), shown) for name, shown in shown_in(found).items()]


def check_held(draft: QuestionDraft) -> Sequence[QuestionImage]:
    """The pictures that a draft shows. Raises InvalidInput at the field that names one the bank does not hold."""
    named = marked.names(marked.texts_of(draft))
    found = held(named)
    missing = next((name for name in named if name not in found), "")
    if missing:
        in_stem, in_why = (missing in marked.names([text]) for text in (draft.stem, draft.explanation))
        field = "stem" if in_stem else "explanation" if in_why else "choices"
        raise InvalidInput(
            "picture_missing", f"ไม่มีภาพ {missing} ในคลัง โปรดเพิ่มภาพก่อน แล้วใช้ข้อความที่ระบบให้", field=field
        )
    return list(dict.fromkeys(found.values()))


def note_uses(version: QuestionVersion, images: Iterable[QuestionImage]) -> None:
    """Bind a new version to its pictures, so that they stay as long as it does."""
    PictureUse.objects.bulk_create([PictureUse(version=version, image=image) for image in images])
