"""The texts of a Moodle XML file and the pictures that travel inside them."""

from xml.etree.ElementTree import Element

from quizzes.interchange.base import LONGEST_TEXT, Note, refusal, without_embedded
from quizzes.interchange.images import Names, Pictures
from quizzes.interchange.markup import looks_like_html, reduce
from quizzes.interchange.texts import tidy


class Texts:
    """The texts of one question as plain text; collects its pictures and what was lost on the way."""

    def __init__(self, question: Element, names: Names) -> None:
        self.pictures = Pictures(names)
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
        if len(without_embedded(text)) > LONGEST_TEXT * 4:
            raise refusal("text_long", f"มีข้อความยาวเกิน {LONGEST_TEXT:,} อักขระ", "stem")
        style = element.get("format") or self.style
        if plain or style in {"plain_text", "plain"}:
            return tidy(text)
        self._own = {path: data for file in element.findall("file") for path, data in [_file(file)]}
        if style == "markdown":
            return tidy(self.pictures.in_markdown(text, self._files()) if self.keeps else text)
        if style == "html":
            return reduce(text, self._picture)
        return reduce(text, self._picture, keep_lines=True) if looks_like_html(text) else tidy(text)

    def old_picture(self, question: Element) -> str:
        """The marker of a picture that Moodle 1 kept beside the text, or ""."""
        source, encoded = question.findtext("image") or "", question.findtext("image_base64") or ""
        return self.pictures.keep(source, encoded, "") if encoded.strip() else ""

    def _files(self) -> dict[str, str]:
        return self._shared | self._own

    def _picture(self, source: str, alt: str) -> str:
        return self.pictures.marker(source, alt, self._files()) if self.keeps else alt


def _file(file: Element) -> tuple[str, str]:
    folder = (file.get("path") or "/").strip("/")
    name = file.get("name") or ""
    return f"{folder}/{name}" if folder else name, file.text or ""
