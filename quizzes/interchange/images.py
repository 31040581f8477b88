"""Pictures that travel in files of questions: embedded in a text, or beside it as a file of the same question."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import unquote

from quizzes.interchange.base import refusal, without_embedded
from sucharit.kernel.errors import InvalidInput

MOST_PICTURE_BYTES = 5 * 1024 * 1024
_PLUGIN = "@@PLUGINFILE@@/"
_UNSAFE = re.compile(r"[^\w.\-\u0e00-\u0e7f]+")
_DATA = re.compile(r"\s*data:image/[a-z+.-]+(?:;[a-z0-9=-]+)*;base64,(.*)", re.DOTALL | re.IGNORECASE)
_IN_MARKDOWN = re.compile(
    r"!\[([^\[\]\n]*)\]\(\s*((?:data:image/|@@PLUGINFILE@@/|https?://|//)[^\s()]+)[^()\n]*\)"
)
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


class Pictures:
    """The pictures of one question, as markers in its texts."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.images: dict[str, bytes] = {}

    def marker(self, source: str, alt: str, files: Mapping[str, str]) -> str:
        """The marker of an image; `files` holds, in base64, what stands beside the text.

        Raises InvalidInput for a picture that is not in the file: a question without it cannot be answered fairly.
        """
        alt = " ".join(re.sub(r"[\[\]]", "", alt).split())
        if embedded := _DATA.fullmatch(source):
            return self.keep("picture", unquote(embedded[1]), alt)
        if source.startswith(_PLUGIN):
            path = unquote(source.removeprefix(_PLUGIN).partition("?")[0])
            if path in files:
                return self.keep(path, files[path], alt)
        if source.lower().startswith(("http:", "https:", "//")):
            raise _lost(source, "อยู่ที่เว็บไซต์อื่น ระบบไม่ไปดึงมา")
        raise _lost(source or alt, "ไม่มีอยู่ในไฟล์นี้")

    def in_markdown(self, text: str, files: Mapping[str, str]) -> str:
        """A Markdown text with its images as markers. Raises InvalidInput as `marker` does."""
        return _IN_MARKDOWN.sub(lambda found: self.marker(found[2], found[1], files), text)

    def keep(self, path: str, encoded: str, alt: str) -> str:
        """Keep a picture given in base64; return its marker. Raises InvalidInput for what is no picture that is taken."""
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
    said = without_embedded(source)[:80]
    return refusal("picture_missing", f"ภาพ “{said}” {why} โปรดแนบภาพไว้ในไฟล์แล้วนำเข้าใหม่", "stem")
