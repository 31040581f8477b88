"""HTML of Moodle's texts to plain text and back: paragraphs, line breaks, lists, simple tables, pictures."""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import quote

from quizzes.interchange.texts import tidy

MARKER = re.compile(r"!\[([^\[\]\n]*)\]\(([^()\s]+)\)")

_COMMENT = "<!--"
_TAG = re.compile(
    r"""<!--|<(/?)([a-zA-Z][a-zA-Z0-9:]*)((?:[^<>"']|"[^"]*"|'[^']*')*+)>|<[!?][^<>]*>""", re.DOTALL
)
_ATTRIBUTE = re.compile(r"""(?<![a-zA-Z_:-])([a-zA-Z_:-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_LOOKS_LIKE_HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|&(?:[a-zA-Z]{2,8}|#\d{2,6});")
_PARAGRAPHS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "dl",
        "table",
        "blockquote",
        "pre",
        "section",
        "article",
        "figure",
        "hr",
        "center",
    ]
)
_ROWS = frozenset(["tr", "li", "dt", "dd", "caption", "figcaption"])
_CELLS = frozenset(["td", "th"])
_UNREAD = frozenset(["script", "style", "head", "title"])
_BLANKS = re.compile("[ \t\n\f\r\u00a0]+")

Picture = Callable[[str, str], str]


def looks_like_html(text: str) -> bool:
    """Whether a text of no stated format holds tags or entities."""
    return _LOOKS_LIKE_HTML.search(text) is not None


def reduce(html: str, picture: Picture, *, keep_lines: bool = False) -> str:
    """Return the words of an HTML text: an empty line between paragraphs, a line for each break, item and table row.

    `picture(src, alt)` says what stands for an image; the address of a link stands behind its words. `keep_lines` takes
    line feeds of the source as breaks. Never raises.
    """
    return _Reduction(picture).read(html.replace("\n", "<br>") if keep_lines else html)


class _Reduction:
    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.parts: list[str] = []
        self.unread = ""
        self.link = ""
        self.link_at = 0

    def read(self, html: str) -> str:
        position = 0
        for found in _TAG.finditer(html):
            if found.start() < position:
                continue  # inside a comment
            self._add(_words(html[position : found.start()]))
            position = found.end()
            if found[0] == _COMMENT:
                closing = html.find("-->", position)
                position = len(html) if closing < 0 else closing + 3
            elif found[2]:
                self._tag(found[2].lower(), found[3], closing=bool(found[1]))
        self._add(_words(html[position:]))
        return _lay_out("".join(self.parts))

    def _add(self, text: str) -> None:
        if not self.unread:
            self.parts.append(text)

    def _tag(self, name: str, attributes: str, *, closing: bool) -> None:
        if self.unread:
            self.unread = "" if closing and name == self.unread else self.unread
        elif name in _UNREAD:
            self.unread = "" if closing else name
        elif name == "a":
            self._close_link()
            if not closing:
                self.link, self.link_at = _facts(attributes).get("href", "").strip(), len(self.parts)
        else:
            self._add(_sign(name, attributes, self.picture, closing=closing))

    def _close_link(self) -> None:
        words = "".join(self.parts[self.link_at :])
        if self.link.startswith(("https://", "http://")) and self.link not in words:
            self._add(_words(f" ({self.link})"))
        self.link = ""


def _words(text: str) -> str:
    return _BLANKS.sub(" ", unescape(text).translate(_NO_SIGNS))


# Signs that `_lay_out` reads as layout: given only by tags.
_PARAGRAPH, _LINE, _ROW, _CELL, _ITEM = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
_NO_SIGNS = {ord(sign): None for sign in (_PARAGRAPH, _LINE, _ROW, _CELL, _ITEM)}
_ENDS = re.compile(f"[{_LINE}{_ROW} ]+")


def _facts(attributes: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(attributes)
    return {key.lower(): unescape(double or single or bare) for key, double, single, bare in found}


def _sign(name: str, attributes: str, picture: Picture, *, closing: bool) -> str:
    if name in _PARAGRAPHS:
        return _PARAGRAPH
    if name in _CELLS:
        return _CELL if closing else ""
    if name == "br":
        return _LINE
    if name in _ROWS:
        return _ROW + (_ITEM if name == "li" and not closing else "")
    if closing or name not in {"img", "image"}:
        return ""
    facts = _facts(attributes)
    return picture(facts.get("src", ""), " ".join(facts.get("alt", "").split())).translate(_NO_SIGNS)


def _lay_out(text: str) -> str:
    paragraphs = []
    for paragraph in text.split(_PARAGRAPH):
        # Items and rows end their line once, however many tags say so; two breaks in a row are an empty line.
        even = _ENDS.sub(lambda run: _LINE if _ROW in run[0] else run[0], paragraph)
        lines = [_line(line) for line in even.split(_LINE)]
        paragraphs.append(re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip())
    return tidy("\n\n".join(paragraph for paragraph in paragraphs if paragraph))


def _line(line: str) -> str:
    cells = [re.sub(" {2,}", " ", cell).strip() for cell in line.split(_CELL)]
    words = " | ".join(cells[:-1] if len(cells) > 1 and not cells[-1] else cells)
    return re.sub(f"{_ITEM} *", "- ", words).strip() if words.replace(_ITEM, "").strip() else ""


def render(text: str, names: frozenset[str] = frozenset()) -> str:
    """Plain text as HTML: `<p>` for paragraphs, `<br>` for lines, `<img>` for each marker of a known name."""
    paragraphs = (
        "<br>".join(_rendered(line, names) for line in paragraph.split("\n"))
        for paragraph in text.split("\n\n")
    )
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _rendered(line: str, names: frozenset[str]) -> str:
    parts: list[str] = []
    position = 0
    for found in MARKER.finditer(line):
        if found[2] in names:
            parts.append(escape(line[position : found.start()], quote=False))
            parts.append(f'<img src="@@PLUGINFILE@@/{quote(found[2])}" alt="{escape(found[1])}">')
            position = found.end()
    return "".join(parts) + escape(line[position:], quote=False)
