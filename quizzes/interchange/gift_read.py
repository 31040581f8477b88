"""Reading Moodle's GIFT: blocks of lines, one question each, its answers in braces."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Kind
from quizzes.interchange import facts
from quizzes.interchange.answers import FALSE, TRUE, accepted, in_range, some, wrong_feedback
from quizzes.interchange.base import (
    MOST_CHOICES,
    Format,
    Note,
    Reading,
    Row,
    gather,
    refusal,
    too_many_choices,
)
from quizzes.interchange.images import Names, Pictures
from quizzes.interchange.markup import looks_like_html, reduce
from quizzes.interchange.texts import (
    clean,
    code_of,
    code_of_title,
    number,
    number_text,
    parted,
    share,
    tidy,
    topics_of_category,
)
from quizzes.interchange.weights import Option, weighed

BLANK = "_____"
# Each escaped sign travels as a sign that no text holds (see `clean`), so that it is never taken for syntax.
_ESCAPED = "\\~=#{}:n"
_HIDDEN = {sign: chr(0xFDD0 + place) for place, sign in enumerate(_ESCAPED)}
_SHOWN = str.maketrans({hidden: "\n" if sign == "n" else sign for sign, hidden in _HIDDEN.items()})
_ESCAPE = re.compile(r"\\([\\~=#{}:n])")
_WEIGHT = re.compile(r"%(-*\d{1,3}(?:\.\d*)?)%")
_STYLE = re.compile(r"\[(html|moodle|plain|markdown)\]")
_IDENTITY = re.compile(r"(?<!\\)\[id:((?:\\.|[^\[\]\\])*+)\]")
_TAG = re.compile(r"(?<!\\)\[tag:((?:\\.|[^\[\]\\])*+)\]")
_OWN = "// sucharit:"
_VERDICTS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_FARTHEST_BRACE = 12
# What some write behind the answers: `} [tags: one, two]`.
_BEHIND = re.compile(r"\[(?:tags?|category)[ \t]*:([^\[\]\n]*)\]", re.IGNORECASE)
# In the attributes of a tag a sign is no syntax, escaped or not.
_HTML_TAG = re.compile(
    r"""<[a-zA-Z][a-zA-Z0-9]*(?:\s+[a-zA-Z-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[a-zA-Z0-9%.-]+(?=[\s/>])))+\s*/?>"""
)
_IN_TAG = str.maketrans({sign: hidden for sign, hidden in _HIDDEN.items() if sign in "~=#{}:"})


@dataclass(frozen=True)
class Block:
    """The lines of one question with the number of the first, its comments, and the topics of its category."""

    row: int
    text: str
    comments: tuple[str, ...]
    topics: tuple[str, ...]

    @property
    def raw(self) -> str:
        """The block as it stands in the file, comments first."""
        return "\n".join([*self.comments, self.text])


def read(text: str) -> Reading:
    """Read a decoded GIFT file. Never raises: what cannot be read is a Fault with its lines."""
    blocks = ((block.row, block) for block in _blocks(clean(text)))
    names = Names()
    return gather(
        Format.GIFT, blocks, lambda row, block: _question(row, block, names), lambda block: block.raw
    )


# --- blocks -------------------------------------------------------------------------------------------------

Lines = list[tuple[int, str]]


def _blocks(text: str) -> Iterator[Block]:
    named: tuple[str, ...] = ()
    for chunk in _joined(_chunks(text)):
        if chunk[0][1].startswith("$CATEGORY:"):
            named = topics_of_category(chunk[0][1].removeprefix("$CATEGORY:"))
            continue
        words = [(number, line) for number, line in chunk if not line.startswith("//")]
        comments = tuple(line for _, line in chunk if line.startswith("//"))
        if words:
            yield Block(words[0][0], "\n".join(line for _, line in words), comments, named)


def _chunks(text: str) -> list[Lines]:
    chunks: list[Lines] = [[]]
    is_whole = False
    for number_, line in _lines(text):
        if line.startswith("$CATEGORY:"):
            chunks += [[(number_, line)], []]
        elif line:
            # Many forget the empty line between two questions.
            if is_whole and line.startswith(("::", "//")):
                chunks.append([])
                is_whole = False
            chunks[-1].append((number_, line))
        elif chunks[-1]:
            chunks.append([])
        if not line.startswith("//"):
            plain = _hidden(line)
            opens, closes = plain.rfind("{"), plain.rfind("}")
            is_whole = bool(line) and (closes > opens or (is_whole and opens < 0))
    return [chunk for chunk in chunks if chunk]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, without those from one that begins with /* to one that ends with */."""
    lines = [line.strip() for line in text.split("\n")]
    last = max((at for at, line in enumerate(lines) if line.endswith("*/")), default=-1)
    within = False
    for at, line in enumerate(lines):
        within = within or (line.startswith("/*") and at <= last)
        if not within:
            yield at + 1, line
        within = within and not line.endswith("*/")


def _joined(chunks: Sequence[Lines]) -> Iterator[Lines]:
    """Chunks, with those put together again that an empty line within braces cut apart."""
    at = 0
    while at < len(chunks):
        end = at + 1
        if _brace_balance(chunks[at]) == "{":
            for reach in range(at + 1, min(at + _FARTHEST_BRACE, len(chunks))):
                first = _brace_balance(chunks[reach])
                if first == "}":
                    end = reach + 1
                if first or chunks[reach][0][1].startswith(("::", "$CATEGORY:")):
                    break
        yield [line for chunk in chunks[at:end] for line in chunk]
        at = end


def _brace_balance(chunk: Lines) -> str:
    """Return "{" if a chunk leaves a brace open, "}" if it closes one it never opened, else ""; "{}" if both."""
    text = _hidden("\n".join(line for _, line in chunk if not line.startswith("//")))
    opens, closes = text.find("{"), text.find("}")
    if closes >= 0 and (opens < 0 or closes < opens):
        return "}" if text.find("{", closes) < 0 else "{}"
    return "{" if opens >= 0 and text.find("}", opens) < 0 else "{}" if opens >= 0 else ""


def _hidden(text: str) -> str:
    return _ESCAPE.sub(lambda found: _HIDDEN[found[1]], text)


def _shown(text: str) -> str:
    return text.translate(_SHOWN)


# --- one question -------------------------------------------------------------------------------------------


class _Reader:
    """The words and pictures of one block: each in its own style, or in that of the question; notes on what they lose."""

    def __init__(self, names: Names) -> None:
        self.style = "moodle"
        self.pictures = Pictures(names)
        self.notes: list[Note] = []

    def take_style(self, stem: str) -> None:
        """The style of the stem is that of every piece that states none."""
        found = _STYLE.match(stem.strip())
        self.style = found[1] if found else self.style

    def words(self, raw: str) -> str:
        """The text of a piece of the block."""
        raw = raw.strip()
        found = _STYLE.match(raw)
        style = found[1] if found else self.style
        text = _shown(raw[found.end() :] if found else raw)
        if style == "html" or (style == "moodle" and looks_like_html(text)):
            return reduce(text, self._picture, keep_lines=style == "moodle")
        return tidy(self.pictures.in_markdown(text, {}) if style == "markdown" else text)

    def _picture(self, source: str, alt: str) -> str:
        # GIFT has no place for files beside a text: a picture is embedded, or it is lost.
        return self.pictures.marker(source, alt, {})


def _question(row: int, block: Block, names: Names) -> Row:
    """Read one block. Raises InvalidInput."""
    reader = _Reader(names)
    title, text = _title(_hidden(block.text))
    asked, answer, rest = _parted(_HTML_TAG.sub(lambda tag: tag[0].translate(_IN_TAG), text))
    tags = [tag for found in _BEHIND.findall(rest) for tag in _shown(found).split(",")]
    rest = _BEHIND.sub("", rest)
    reader.take_style(asked)
    body, mark, general = answer.rpartition("####")
    kind, choices = _answers((body if mark else answer).strip(), reader)
    # A stem that goes on behind the answers has a blank there, if its answer is a word.
    blank = "" if kind in {Kind.TRUE_FALSE, Kind.MATCHING} else BLANK
    stem = reader.words(f"{asked}{blank}{rest}" if rest.strip() else asked)
    if not stem:
        raise refusal("stem_empty", "ไม่มีข้อความของคำถาม", "stem")
    draft = QuestionDraft(kind, stem, choices, explanation=reader.words(general) if mark else "")
    named, provisions = parted((*block.topics, *_tags(block), *tags))
    entry = BankEntry(_code(title, stem, block), draft, topics=named, provisions=provisions)
    own = next((comment for comment in block.comments if comment.startswith(_OWN)), "")
    told = facts.parse(own.removeprefix(_OWN))
    entry = facts.apply(entry, told)
    notes = tuple(dict.fromkeys(reader.notes))
    return Row(row, entry, reader.pictures.images, notes, facts.says(told, entry))


def _title(text: str) -> tuple[str, str]:
    if text.startswith("::"):
        title, mark, rest = text[2:].partition("::")
        if mark:
            return _shown(title).strip(), rest.strip()
    return "", text


def _code(title: str, stem: str, block: Block) -> str:
    named = [found for comment in block.comments for found in _IDENTITY.findall(comment)]
    return next((code_of(name) for name in named if code_of(name)), "") or code_of_title(title, stem)


def _tags(block: Block) -> list[str]:
    found = [tag for comment in block.comments for tag in _TAG.findall(comment)]
    return [re.sub(r"\\(.)", r"\1", tag) for tag in found]


def _parted(text: str) -> tuple[str, str, str]:
    """What stands before the braces, in them, and behind them. Raises InvalidInput where they are no single pair."""
    opens, closes = text.find("{"), text.find("}")
    if opens < 0 and closes < 0:
        raise refusal("kind_unsupported", "ไม่รองรับข้อความที่ไม่มีช่องคำตอบ (description)", "kind")
    if opens < 0 or closes < opens:
        raise refusal("braces", "วงเล็บปีกกา { } ของคำตอบไม่ครบคู่", "answer")
    behind = text[closes + 1 :]
    if "{" in behind or "}" in behind:
        raise refusal("braces", "คำถามหนึ่งข้อมีช่องคำตอบ { } ได้เพียงช่องเดียว", "answer")
    return text[:opens], text[opens + 1 : closes], behind


# --- answers ------------------------------------------------------------------------------------------------


def _answers(body: str, reader: _Reader) -> tuple[Kind, tuple[Choice, ...]]:
    if not body:
        raise refusal("kind_unsupported", "ไม่รองรับคำถามแบบเขียนตอบ (essay)", "kind")
    if body.count("=") + body.count("~") > 2 * MOST_CHOICES:
        raise too_many_choices()
    verdict = _VERDICTS.get(body.partition("#")[0].strip().upper())
    if body.startswith("#"):
        return Kind.NUMERIC, _numbers(body[1:], reader)
    if "~" in body:
        return _options(body, reader)
    if verdict is not None:
        return Kind.TRUE_FALSE, _true_false(body, reader, true=verdict)
    if "=" in body and "->" in body:
        return Kind.MATCHING, _pairs(body, reader)
    return Kind.SHORT_TEXT, _short_texts(body, reader)


def _weight(piece: str) -> tuple[Fraction | None, str]:
    found = _WEIGHT.match(piece)
    return (share(found[1]), piece[found.end() :]) if found else (None, piece)


def _options(body: str, reader: _Reader) -> tuple[Kind, tuple[Choice, ...]]:
    first, *pieces = re.split("(?=[~=])", body)
    if first.strip():
        raise refusal("choices", "มีข้อความก่อนตัวเลือกแรก ตัวเลือกต้องขึ้นต้นด้วย = หรือ ~", "choices")
    options = []
    for piece in pieces:
        weight, rest = _weight(piece[1:].strip())
        weight = (Fraction(1) if piece[0] == "=" else Fraction(0)) if weight is None else weight
        text, _, feedback = rest.partition("#")
        options.append(Option(reader.words(text), weight, reader.words(feedback)))
    kind, choices, notes = weighed(options, single=any(piece[0] == "=" for piece in pieces))
    reader.notes += notes
    return kind, choices


def _true_false(body: str, reader: _Reader, *, true: bool) -> tuple[Choice, ...]:
    _, *comments = body.split("#", 2)
    wrong, right = (*(reader.words(comment) for comment in comments), "", "")[:2]
    return (Choice(TRUE, true, right if true else wrong), Choice(FALSE, not true, wrong if true else right))


def _pairs(body: str, reader: _Reader) -> tuple[Choice, ...]:
    choices = []
    for piece in body.split("="):
        if not piece.strip():
            continue
        left, mark, right = piece.partition("->")
        if not mark:
            raise refusal("matching", "คำถามจับคู่ต้องเขียนทุกคู่เป็น =ซ้าย -> ขวา", "choices")
        choices.append(Choice(reader.words(left), match=tidy(_shown(right))))
    return tuple(choices)


def _short_texts(body: str, reader: _Reader) -> tuple[Choice, ...]:
    choices: list[Choice] = []
    for piece in body.split("="):
        if not piece.strip():
            continue
        weight, rest = _weight(piece.strip())
        text, _, feedback = rest.partition("#")
        said = Choice(reader.words(text), feedback=reader.words(feedback))
        _accept(choices, said, Fraction(1) if weight is None else weight, reader.notes)
    return some(choices)


def _numbers(body: str, reader: _Reader) -> tuple[Choice, ...]:
    body, _, otherwise = body.partition("~")
    choices: list[Choice] = []
    if feedback := reader.words(otherwise.partition("#")[2]):
        reader.notes.append(wrong_feedback("*", feedback))
    for piece in body.split("="):
        if not piece.strip():
            continue
        weight, rest = _weight(piece.strip())
        value, _, comment = rest.partition("#")
        said = _number(_shown(value).strip(), reader.words(comment), earns=weight != 0)
        _accept(choices, said, Fraction(1) if weight is None else weight, reader.notes)
    return some(choices)


def _number(value: str, feedback: str, *, earns: bool) -> Choice:
    low, dots, high = value.partition("..")
    if value == "*" and not earns:
        return Choice("*", feedback=feedback)
    if dots:
        return in_range(number(low), number(high), feedback)
    middle, _, tolerance = value.partition(":")
    return Choice(number_text(middle), feedback=feedback, tolerance=abs(number(tolerance or "0")))


def _accept(choices: list[Choice], said: Choice, weight: Fraction, notes: list[Note]) -> None:
    taken, more = accepted(said, weight)
    choices += taken
    notes += more
