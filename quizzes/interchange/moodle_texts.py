"""The texts of a Moodle XML file and the pictures that travel inside them."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from quizzes.interchange.base import LONGEST_TEXT, Note, refusal
from quizzes.interchange.markup import looks_like_html, reduce
from quizzes.interchange.texts import tidy
from sucharit.kernel.errors import InvalidInput

MOST_PICTURE_BYTES = 5 * 1024 * 1024
_PLUGIN = "@@PLUGINFILE@@/"
_UNSAFE = re.compile(r"[^\w.\-\u0e00-\u0e7f]+")
_DATA = re.compile(r"data:image/[a-z+]+;base64,(.*)", re.DOTALL)
_LONGEST_NAME = 80
_MAGIC = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
}
_SUFFIXES = {"png": {".png"}, "jpg": {".jpg", ".jpeg", ".jpe"}, "gif": {".gif"}, "webp": {".webp"}}


@dataclass
class Names:
    """The names given to pictures in one file: one name is one picture, however many questions attach a `logo.png`."""

    given: dict[tuple[str, str], str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def name(self, wanted: str, data: bytes) -> str:
        """A name without blanks, folders or brackets, ending as the bytes say."""
        kind = picture_kind(data)
        path = PurePosixPath(wanted)
        stem = _UNSAFE.sub("-", path.stem).strip("-.")[:_LONGEST_NAME] or "picture"
        suffix = path.suffix if path.suffix.lower() in _SUFFIXES[kind] else f".{kind}"
        name, digest = f"{stem}{suffix}", sha256(data).hexdigest()
        if (name, digest) not in self.given:
            self.given[name, digest] = self._free(stem, suffix)
        return self.given[name, digest]

    def _free(self, stem: str, suffix: str) -> str:
        name = f"{stem}{suffix}"
        while name in self.counts:
            self.counts[f"{stem}{suffix}"] += 1
            name = f"{stem}-{self.counts[f'{stem}{suffix}']}{suffix}"
        self.counts[name] = 1
        return name


def picture_kind(data: bytes) -> str:
    """png, jpg, gif or webp by the first bytes, or "" for anything else (an SVG, which can run scripts, included)."""
    for kind, starts in _MAGIC.items():
        if data.startswith(starts) and (kind != "webp" or data[8:12] == b"WEBP"):
            return kind
    return ""


class Texts:
    """The texts of one question as plain text; collects its pictures and what was lost on the way."""

    def __init__(self, question: Element, names: Names) -> None:
        self.names = names
        self.images: dict[str, bytes] = {}
        self.notes: list[Note] = []
        # Off where words are read only to be told in a note.
        self.keeps = True
        body = question.find("questiontext")
        self.style = "html" if body is None else body.get("format") or "html"
        self._shared = {path: data for file in question.iter("file") for path, data in [_file(file)]}
        self._own: dict[str, str] = {}

    def of(self, element: Element | None, *, plain: bool = False) -> str:
        """The text of an element that holds `<text>` and `<file>`, or of its own words; "" for none.

        `plain` is for words that are compared rather than shown, in which a `<` is a `<`. Raises InvalidInput if too long.
        """
        if element is None:
            return ""
        inner = element.find("text")
        text = element.text or "" if inner is None else "".join(inner.itertext())
        if len(text) > LONGEST_TEXT * 4:
            raise refusal("text_long", f"มีข้อความยาวเกิน {LONGEST_TEXT:,} อักขระ", "stem")
        style = element.get("format") or self.style
        if plain or style in {"plain_text", "plain", "markdown"}:
            return tidy(text)
        self._own = {path: data for file in element.findall("file") for path, data in [_file(file)]}
        if style == "html":
            return reduce(text, self._picture)
        return reduce(text, self._picture, keep_lines=True) if looks_like_html(text) else tidy(text)

    def old_picture(self, question: Element) -> str:
        """The marker of a picture that Moodle 1 kept beside the text, or ""."""
        source, encoded = question.findtext("image") or "", question.findtext("image_base64") or ""
        return self._keep(source, encoded, "") if encoded.strip() else ""

    def _picture(self, source: str, alt: str) -> str:
        alt = re.sub(r"[\[\]]", "", alt)
        if not self.keeps:
            return alt
        if embedded := _DATA.fullmatch(source):
            return self._keep("picture", embedded[1], alt)
        if source.startswith(_PLUGIN):
            path = unquote(source.removeprefix(_PLUGIN).partition("?")[0])
            encoded = self._own.get(path, self._shared.get(path))
            if encoded is not None:
                return self._keep(path, encoded, alt)
        if source.startswith(("http:", "https:", "//")):
            raise _lost(source, "อยู่ที่เว็บไซต์อื่น ระบบไม่ไปดึงมา")
        raise _lost(source or alt, "ไม่มีอยู่ในไฟล์นี้")

    def _keep(self, path: str, encoded: str, alt: str) -> str:
        try:
            data = base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError):
            raise _lost(path, "อ่านไม่ได้") from None
        if not picture_kind(data):
            raise _lost(path, "ไม่ใช่ภาพ PNG JPEG GIF หรือ WebP")
        if len(data) > MOST_PICTURE_BYTES:
            raise _lost(path, "ใหญ่เกิน 5 MB")
        name = self.names.name(path, data)
        self.images[name] = data
        return f"![{alt}]({name})"


def _lost(source: str, why: str) -> InvalidInput:
    """A question whose picture is lost cannot be answered fairly: it is held back."""
    return refusal("picture_missing", f"ภาพ “{source[:80]}” {why} โปรดแนบภาพไว้ในไฟล์แล้วนำเข้าใหม่", "stem")


def _file(file: Element) -> tuple[str, str]:
    folder = (file.get("path") or "/").strip("/")
    name = file.get("name") or ""
    return f"{folder}/{name}" if folder else name, file.text or ""
