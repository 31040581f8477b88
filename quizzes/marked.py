r"""The little markup of questions: pictures and tables in what is otherwise plain text. Pure; nothing here makes HTML.

A picture is `![its words](ภาพ:<hash>)`. A table is two lines or more, each `| cell | cell |`; a line of `|---|---|` below the
first makes that one its head. `\|` is a bar in a cell. Whatever is neither stays the text it is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizzes.drafts import QuestionDraft

# A picture's scheme; names are hexadecimal digits of its hash.
SCHEME = "ภาพ:"
NAME_LENGTH = 12
PICTURE = re.compile(rf"!\[([^\[\]\n]*)\]\({SCHEME}([0-9a-f]{{{NAME_LENGTH},64}})\)")
_TABLE_LINE = re.compile(r"[ \t]*\|.*\|[ \t]*")
_CELL_END = re.compile(r"(?<!\\)\|")
_RULE_CELL = re.compile(r":?-{3,}:?")
_MOST_COLUMNS = 20


@dataclass(frozen=True)
class Picture:
    """A picture in a line: its words, and its name of twelve digits or more."""

    alt: str
    name: str


Line = tuple[str | Picture, ...]


@dataclass(frozen=True)
class Paragraph:
    """Lines that belong together."""

    lines: tuple[Line, ...]

    @property
    def speaks(self) -> bool:
        """Whether it has words beside its pictures."""
        return any(isinstance(piece, str) and piece.strip() for line in self.lines for piece in line)


@dataclass(frozen=True)
class Table:
    """Rows of cells, all rows of one length; `head` says whether the first row heads the columns."""

    rows: tuple[tuple[Line, ...], ...]
    head: bool


Block = Paragraph | Table


def pieces(line: str) -> Line:
    """A line as words and pictures."""
    found: list[str | Picture] = []
    position = 0
    for mark in PICTURE.finditer(line):
        if mark.start() > position:
            found.append(line[position : mark.start()])
        found.append(Picture(mark[1].strip(), mark[2]))
        position = mark.end()
    if position < len(line) or not found:
        found.append(line[position:])
    return tuple(found)


def blocks(text: str) -> tuple[Block, ...]:
    """A text as paragraphs and tables, in order; nothing for a blank text."""
    found: list[Block] = []
    for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip()):
        found += _of_paragraph(list(part.strip("\n").split("\n")))
    return tuple(block for block in found if not (isinstance(block, Paragraph) and block.lines == (("",),)))


def _of_paragraph(lines: Sequence[str]) -> Iterable[Block]:
    for part in parts(lines):
        yield part if isinstance(part, Table) else _paragraph(part)


def parts(lines: Sequence[str]) -> Iterable[Sequence[str] | Table]:
    """Lines of words and tables, in order."""
    words: list[str] = []
    position = 0
    while position < len(lines):
        end = position
        while end < len(lines) and _is_row(lines[end]):
            end += 1
        table = _table(lines[position:end]) if end - position >= 2 else None
        if table is None:
            end = max(end, position + 1)
            words += lines[position:end]
        else:
            if words:
                yield words
            words = []
            yield table
        position = end
    if words:
        yield words


def _paragraph(lines: Sequence[str]) -> Paragraph:
    return Paragraph(tuple(pieces(line.strip()) for line in lines))


def _is_row(line: str) -> bool:
    return _TABLE_LINE.fullmatch(line) is not None and 2 <= len(_cells(line)) <= _MOST_COLUMNS


def _cells(line: str) -> list[str]:
    cut = _CELL_END.split(line.strip())[1:-1]
    return [cell.strip() for cell in cut]


def _is_rule(cells: Sequence[str]) -> bool:
    return all(_RULE_CELL.fullmatch(cell) for cell in cells)


def _table(lines: Sequence[str]) -> Table | None:
    rows = [_cells(line) for line in lines]
    head = _is_rule(rows[1])
    rows = [rows[0], *rows[2:]] if head else rows
    if _is_rule(rows[0]):
        return None
    width = max(len(row) for row in rows)
    return Table(tuple(_row(row, width) for row in rows), head)


def _row(cells: Sequence[str], width: int) -> tuple[Line, ...]:
    filled = [*cells, *[""] * (width - len(cells))]
    return tuple(pieces(cell.replace("\\|", "|")) for cell in filled)


def table_lines(rows: Sequence[Sequence[str]], *, head: bool) -> list[str]:
    """The lines that a table is written as, evenly; `blocks` reads them back. Cells are plain or hold pictures."""
    width = max(len(row) for row in rows)
    lines = [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in [*row, *[""] * (width - len(row))]) + " |"
        for row in rows
    ]
    return [lines[0], "|" + "---|" * width, *lines[1:]] if head else lines


def tidy(text: str) -> str:
    """The text with its tables written evenly and apart from its words, as other systems hand them back."""
    if "|" not in text:
        return text
    found: list[str] = []
    for part in parts(text.split("\n")):
        if isinstance(part, Table):
            found.append("\n".join(table_lines(cells_of(part), head=part.head)))
        else:
            found.append("\n".join(part))
    return "\n\n".join([part.strip("\n") for part in found] if len(found) > 1 else found)


def cells_of(table: Table) -> list[list[str]]:
    """The cells of a table as they are written, pictures as their markup."""
    return [[_written(cell) for cell in row] for row in table.rows]


def _written(line: Line) -> str:
    return "".join(picture(one.alt, one.name) if isinstance(one, Picture) else one for one in line)


def picture(alt: str, name: str) -> str:
    """The markup of a picture. Signs that would end its words are taken out of them."""
    return f"![{' '.join(re.sub(r'[][]', ' ', alt).split())}]({SCHEME}{name})"


def names(texts: Iterable[str]) -> list[str]:
    """The names of the pictures that texts show, as they are written, each once, in order."""
    return list(dict.fromkeys(mark[2] for text in texts for mark in PICTURE.finditer(text)))


def plain(text: str) -> str:
    """The words of a text, for places that hold nothing else: pictures by their words, tables without their lines."""
    if "|" not in text and SCHEME not in text:
        return text
    return "\n\n".join(_plain(block) for block in blocks(text))


def _plain(block: Block) -> str:
    if isinstance(block, Table):
        return "\n".join("  ".join(_said(cell) for cell in row).strip() for row in block.rows)
    return "\n".join(_said(line) for line in block.lines)


def _said(line: Line) -> str:
    return "".join(piece.alt if isinstance(piece, Picture) else piece for piece in line)


def texts_of(draft: QuestionDraft) -> list[str]:
    """Every text of a question in which pictures and tables may stand."""
    rows = [text for choice in draft.choices for text in (choice.text, choice.feedback)]
    return [draft.stem, *rows, draft.explanation]
