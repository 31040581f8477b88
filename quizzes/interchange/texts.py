"""Words and numbers as files write them: decoding, cleaning, codes, topics, escapes, shares of a point."""

import codecs
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from quizzes.interchange.base import refusal
from sucharit.kernel.thai_calendar import to_arabic_digits

CODE_SHAPE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
LONGEST_CODE = 30
LONGEST_TOPIC = 80
# What parts a provision from a topic where a file has one place for both.
PROVISION = "บทบัญญัติ:"

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_THAI_PAGES = dict.fromkeys(("tis-620", "tis620", "windows-874", "cp874", "iso-8859-11"), "cp874")
_OTHER_PAGES = (
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "koi8-r",
)
_PAGES = {**_THAI_PAGES, **dict(zip(_OTHER_PAGES, _OTHER_PAGES, strict=True))}
_THAI_SIGN = "[\u0e01-\u0e5b]"
_COUNTS = re.compile(r"(?:[A-Z]{1,2}|QUESTION|QUIZ|ITEM|NO)?\d*")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_MOST_DIGITS = 30


# --- decoding -----------------------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8 or UTF-16 with a mark, the page an XML file declares, UTF-8, Thai Windows.

    Raises InvalidInput (field "file") where none of them fits, where what they give holds NUL and so is no text, or where
    signs read as Thai stand alone between Latin letters, as the accents of other languages do.
    """
    declared = _DECLARED.match(data[:200])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif declared and (page := _PAGES.get(declared[1].decode("ascii").lower())):
        encodings = ["utf-8-sig", page] if data.startswith(codecs.BOM_UTF8) else [page, "utf-8-sig"]
    else:
        encodings = ["utf-8-sig", "cp874"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or (encoding == "cp874" and _is_hardly_thai(text)):
            break
        return text
    raise refusal("encoding", "อ่านอักษรในไฟล์นี้ไม่ได้ โปรดบันทึกไฟล์เป็นข้อความแบบ UTF-8 แล้วนำเข้าอีกครั้ง", "file")


def _is_hardly_thai(text: str) -> bool:
    signs = re.findall(f"{_THAI_SIGN}+", text)
    alone = re.findall(
        f"(?:(?<=[A-Za-z]){_THAI_SIGN}(?!{_THAI_SIGN}))|(?:(?<!{_THAI_SIGN}){_THAI_SIGN}(?=[A-Za-z]))", text
    )
    return len(alone) * 2 > len(signs)


def clean(text: str) -> str:
    """Return the text with line feeds only and without signs that files or databases refuse; nothing else changes."""
    return _FORBIDDEN.sub("", _LINE_END.sub("\n", text))


def tidy(text: str) -> str:
    """`clean`, without blanks at the ends: how every text of a BankEntry is read."""
    return clean(text).strip()


# --- codes and topics ---------------------------------------------------------------------------------------


def code_of(name: str) -> str:
    """The name as a code of ours, or "" where it has not that shape."""
    name = name.strip()
    return name if len(name) <= LONGEST_CODE and CODE_SHAPE.fullmatch(name) else ""


def code_of_title(title: str, stem: str) -> str:
    """`code_of` for a title that was never meant as a code.

    A title such as 7, Q7 or QUESTION7 only counts the questions of its file, as the next file does with others; and the
    beginning of the stem is a title for want of one.
    """
    title = title.strip()
    return "" if _COUNTS.fullmatch(title) or stem.startswith(title) else code_of(title)


def topics_of_category(path: str) -> tuple[str, ...]:
    """The last two named parts of a Moodle category path; its roots (`$course$`, `top`, `Default for ...`) say nothing."""
    parts = [part.replace("\0", "/").strip() for part in clean(path).replace("//", "\0").split("/")]
    named = [
        part
        for part in parts
        if part
        and not re.fullmatch(r"\$\w+\$", part)
        and part != "top"
        and not part.startswith("Default for ")
    ]
    return topics(named[-2:])


def topics(names: Iterable[str]) -> tuple[str, ...]:
    """The names tidied, cut to LONGEST_TOPIC, each once, in order."""
    tidied = (" ".join(tidy(name).split())[:LONGEST_TOPIC].strip() for name in names)
    return tuple(dict.fromkeys(name for name in tidied if name))


def parted(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Topics and provisions among tags: a provision says so in front. What is named as both is a provision."""
    tidied = [" ".join(tidy(name).split()) for name in names]
    named = topics(name.removeprefix(PROVISION) for name in tidied if name.startswith(PROVISION))
    return tuple(name for name in topics(_unmarked(tidied)) if name not in named), named


def _unmarked(names: Iterable[str]) -> Iterable[str]:
    return (name for name in names if not name.startswith(PROVISION))


def tags(topics_: Iterable[str], provisions: Iterable[str]) -> list[str]:
    """The other way round from `parted`."""
    return [*topics_, *(f"{PROVISION}{name}" for name in provisions)]


# --- cells that hold several things -------------------------------------------------------------------------


def split_escaped(text: str, separators: str) -> list[str]:
    r"""Cut at each separator that no backslash precedes; the pieces keep their escapes (see `unescape`)."""
    pieces = []
    start = 0
    for found in re.finditer(rf"\\.|[{re.escape(separators)}]", text, re.DOTALL):
        if not found[0].startswith("\\"):
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


def unescape(text: str, special: str) -> str:
    r"""Take away the backslash before each special sign and before a backslash; any other backslash stays."""
    return re.sub(rf"\\([\\{re.escape(special)}])", r"\1", text)


def escape(text: str, special: str) -> str:
    """The other way round from `unescape`."""
    return re.sub(rf"([\\{re.escape(special)}])", r"\\\1", text)


# --- numbers ------------------------------------------------------------------------------------------------


def number(text: str, field: str = "answer") -> Decimal:
    """Read a number in Arabic or Thai digits, with or without thousands commas. Raises InvalidInput (that field)."""
    cleaned = to_arabic_digits(clean(text)).replace("\u2212", "-").strip()
    if _THOUSANDS.fullmatch(cleaned):
        cleaned = cleaned.replace(",", "")
    try:
        value = Decimal(cleaned)
    except InvalidOperation:
        value = Decimal("NaN")
    if (
        not value.is_finite()
        or len(value.as_tuple().digits) > _MOST_DIGITS
        or abs(value.adjusted()) > _MOST_DIGITS
    ):
        raise refusal("number", f"“{cleaned[:40]}” ไม่ใช่ตัวเลขที่อ่านได้", field)
    return value


def number_text(text: str) -> str:
    """A number as it is stored: as typed where it is plain digits, else written out. Raises InvalidInput."""
    value = number(text)
    cleaned = to_arabic_digits(clean(text)).strip()
    return cleaned if _PLAIN_NUMBER.fullmatch(cleaned) else plain(value)


def plain(value: Decimal) -> str:
    """A number without an exponent or idle noughts."""
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def share(percent: str) -> Fraction:
    """The part of a point that a percentage of Moodle's means: 33.33333 is a third. Raises InvalidInput (answer)."""
    exact = Fraction(number(percent.replace("%", ""))) / 100
    simple = exact.limit_denominator(12)
    return simple if abs(simple - exact) < Fraction(1, 2000) else exact


def credit_of(part: Fraction) -> Decimal:
    """A part of a point as a Choice keeps it, to seven places."""
    exact = Decimal(part.numerator) / Decimal(part.denominator)
    return Decimal(plain(exact.quantize(Decimal("0.0000001"))))


def percent(part: Fraction | Decimal) -> str:
    """A part of a point as Moodle writes it, to five places: a third is 33.33333."""
    exact = Fraction(part) * 100
    return plain((Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.00001")))
