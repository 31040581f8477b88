"""HTML of Moodle's texts to plain text and back: paragraphs, line breaks, lists, simple tables, pictures."""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import quote

from quizzes import marked
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
_BREAKS = frozenset([*_PARAGRAPHS, *_ROWS, *_CELLS, "br"])
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
    return _Reduction(picture, keep_lines=keep_lines).read(html)


class _Reduction:
    def __init__(self, picture: Picture, *, keep_lines: bool) -> None:
        self.picture = picture
        self.keep_lines = keep_lines
        # How deep in text whose lines are as they stand.
        self.as_it_stands = 0
        self.parts: list[str] = []
        self.unread = ""
        self.link = ""
        self.link_at = 0
        # How deep in tables, and whether in a cell of the outermost: there every break is a blank.
        self.tables = 0
        self.in_cell = False

    def read(self, html: str) -> str:
        position = 0
        for found in _TAG.finditer(html):
            if found.start() < position:
                continue  # inside a comment
            self._say(html[position : found.start()])
            position = found.end()
            if found[0] == _COMMENT:
                closing = html.find("-->", position)
                position = len(html) if closing < 0 else closing + 3
            elif found[2]:
                self._tag(found[2].lower(), found[3], closing=bool(found[1]))
        self._say(html[position:])
        return _lay_out("".join(self.parts))

    def _say(self, html: str) -> None:
        first, *more = html.split("\n") if self.keep_lines or self.as_it_stands else [html]
        self._add(_words(first))
        for line in more:
            self._tag("br", "", closing=False)
            self._add(_words(line))

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
        elif name == "pre":
            self.as_it_stands = max(0, self.as_it_stands + (-1 if closing else 1))
            self._add(" " if self.in_cell else _PARAGRAPH)
        elif name == "table":
            self._table(closing=closing)
        elif self.tables == 1 and name in {*_CELLS, "tr"}:
            self.in_cell = name in _CELLS and not closing
            self._add(_ROW if name == "tr" else "" if closing else _HEAD if name == "th" else _CELL)
        elif self.in_cell and name in _BREAKS:
            self._add(" ")
        else:
            self._add(_sign(name, attributes, self.picture, closing=closing))

    def _table(self, *, closing: bool) -> None:
        nested = self.tables > (1 if closing else 0)
        self.tables = max(0, self.tables + (-1 if closing else 1))
        if not nested:
            self.in_cell = False
        self._add(" " if nested else _PARAGRAPH)

    def _close_link(self) -> None:
        words = "".join(self.parts[self.link_at :])
        if self.link.startswith(("https://", "http://")) and self.link not in words:
            self._add(_words(f" ({self.link})"))
        self.link = ""


def _words(text: str) -> str:
    return _BLANKS.sub(" ", unescape(text).translate(_NO_SIGNS))


# Signs that `_lay_out` reads as layout: given only by tags.
_PARAGRAPH, _LINE, _ROW, _CELL, _ITEM, _HEAD = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4", "\ufdd5"
_NO_SIGNS = {ord(sign): None for sign in (_PARAGRAPH, _LINE, _ROW, _CELL, _ITEM, _HEAD)}
_CELL_STARTS = re.compile(f"[{_CELL}{_HEAD}]")
_ENDS = re.compile(f"[{_LINE}{_ROW} ]+")


def _facts(attributes: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(attributes)
    return {key.lower(): unescape(double or single or bare) for key, double, single, bare in found}


def _sign(name: str, attributes: str, picture: Picture, *, closing: bool) -> str:
    if name in _PARAGRAPHS:
        return _PARAGRAPH
    if name in _CELLS:
        return " "
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
        lines = (
            _rows(even.split(_LINE))
            if _CELL_STARTS.search(even)
            else [_line(one) for one in even.split(_LINE)]
        )
        paragraphs.append(re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip())
    return tidy("\n\n".join(paragraph for paragraph in paragraphs if paragraph))


def _line(line: str) -> str:
    words = re.sub(" {2,}", " ", line).strip()
    return re.sub(f"{_ITEM} *", "- ", words).strip() if words.replace(_ITEM, "").strip() else ""


def _rows(lines: list[str]) -> list[str]:
    """The lines of a table with what stands around its rows; rows of one cell, or one row alone, are lines of words."""
    around = [_line(line) for line in lines if not _CELL_STARTS.search(line)]
    rows = [line for line in lines if _CELL_STARTS.search(line)]
    cells = [[_line(cell) for cell in _CELL_STARTS.split(row)[1:]] for row in rows]
    head = _CELL not in rows[0]
    cells = [row for row in cells if any(row)]
    words = [line for line in around if line]
    if not cells or max(map(len, cells)) < 2 or (len(cells) < 2 and not head):
        return [*words, *(" | ".join(cell for cell in row if cell) for row in cells)]
    return [*words, *([""] if words else []), *marked.table_lines(cells, head=head and any(cells[0]))]


def render(text: str, names: frozenset[str] = frozenset()) -> str:
    """Text as HTML: `<p>` for paragraphs, `<br>` for lines, `<table>` for tables, `<img>` for each marker of a known name."""
    found = [part for paragraph in text.split("\n\n") for part in marked.parts(paragraph.split("\n"))]
    return "".join(
        _table(part, names)
        if isinstance(part, marked.Table)
        else f"<p>{'<br>'.join(_rendered(line, names) for line in part)}</p>"
        for part in found
    )


def _table(table: marked.Table, names: frozenset[str]) -> str:
    rows = []
    for at, cells in enumerate(marked.cells_of(table)):
        tag = "th" if table.head and at == 0 else "td"
        rows.append("".join(f"<{tag}>{_rendered(cell, names)}</{tag}>" for cell in cells))
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _rendered(line: str, names: frozenset[str]) -> str:
    parts: list[str] = []
    position = 0
    for found in MARKER.finditer(line):
        if found[2] in names:
            parts.append(escape(line[position : found.start()], quote=False))
            parts.append(f'<img src="@@PLUGINFILE@@/{quote(found[2])}" alt="{escape(found[1])}">')
            position = found.end()
    return "".join(parts) + escape(line[position:], quote=False)
