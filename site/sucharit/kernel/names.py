"""Names of Thai officials: titles taken off and put back, and the masked form for pages anyone may open.

A title is stored in its own column. It is only ever split off a name that arrives in one piece (a roster's
single column): some given names begin with letters that are also a title.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from sucharit.kernel.thai_text import clusters, normalise

__all__ = ["TITLES", "Title", "TitleKind", "full_name", "mask_name", "split_title"]

TitleKind = Literal["military", "police", "academic", "professional", "royal", "plain"]


class Title(NamedTuple):
    """One title as written, what sort it is, and whether a space stands between it and the name."""

    text: str
    kind: TitleKind
    spaced: bool


# Full form and abbreviation; a rank may be held by a woman (หญิง) and in an acting capacity (ว่าที่).
_MILITARY = """
จอมพล - | จอมพลเรือ - | จอมพลอากาศ -
พลเอก พล.อ. | พลโท พล.ท. | พลตรี พล.ต. | พลจัตวา พล.จ. | พันเอกพิเศษ พ.อ.พิเศษ | พันเอก พ.อ. | พันโท พ.ท. |
พันตรี พ.ต. ร้อยเอก ร.อ. | ร้อยโท ร.ท. | ร้อยตรี ร.ต.
จ่าสิบเอก จ.ส.อ. | จ่าสิบโท จ.ส.ท. | จ่าสิบตรี จ.ส.ต. | สิบเอก ส.อ. | สิบโท ส.ท. | สิบตรี ส.ต. | พลทหาร พลฯ
พลเรือเอก พล.ร.อ. | พลเรือโท พล.ร.ท. | พลเรือตรี พล.ร.ต. | นาวาเอก น.อ. | นาวาโท น.ท. | นาวาตรี น.ต.
เรือเอก - | เรือโท - | เรือตรี - | พันจ่าเอก พ.จ.อ. | พันจ่าโท พ.จ.ท. | พันจ่าตรี พ.จ.ต. | จ่าเอก จ.อ. | จ่าโท
จ.ท. | จ่าตรี จ.ต. พลอากาศเอก พล.อ.อ. | พลอากาศโท พล.อ.ท. | พลอากาศตรี พล.อ.ต. | นาวาอากาศเอก น.อ. |
นาวาอากาศโท น.ท. | นาวาอากาศตรี น.ต. เรืออากาศเอก - | เรืออากาศโท - | เรืออากาศตรี - | พันจ่าอากาศเอก พ.อ.อ. |
พันจ่าอากาศโท พ.อ.ท. | พันจ่าอากาศตรี พ.อ.ต. จ่าอากาศเอก จ.อ. | จ่าอากาศโท จ.ท. | จ่าอากาศตรี จ.ต.
"""
_POLICE = """
พลตำรวจเอก พล.ต.อ. | พลตำรวจโท พล.ต.ท. | พลตำรวจตรี พล.ต.ต. | พันตำรวจเอกพิเศษ พ.ต.อ.พิเศษ
พันตำรวจเอก พ.ต.อ. | พันตำรวจโท พ.ต.ท. | พันตำรวจตรี พ.ต.ต. | ร้อยตำรวจเอก ร.ต.อ. | ร้อยตำรวจโท ร.ต.ท.
ร้อยตำรวจตรี ร.ต.ต. | ดาบตำรวจ ด.ต. | จ่าสิบตำรวจ จ.ส.ต. | สิบตำรวจเอก ส.ต.อ. | สิบตำรวจโท ส.ต.ท.
สิบตำรวจตรี ส.ต.ต. | พลตำรวจ -
"""
_ACADEMIC = """
ศาสตราจารย์เกียรติคุณ ศ.เกียรติคุณ | ศาสตราจารย์พิเศษ ศ.พิเศษ | ศาสตราจารย์คลินิก - | ศาสตราจารย์ ศ.
รองศาสตราจารย์พิเศษ รศ.พิเศษ | รองศาสตราจารย์ รศ. | ผู้ช่วยศาสตราจารย์พิเศษ ผศ.พิเศษ | ผู้ช่วยศาสตราจารย์ ผศ.
อาจารย์ อ. | ดอกเตอร์ ดร.
"""
_PROFESSIONAL = """
นายแพทย์ นพ. | แพทย์หญิง พญ. | ทันตแพทย์หญิง ทพญ. | ทันตแพทย์ ทพ. | นายสัตวแพทย์ น.สพ. | สัตวแพทย์หญิง สพ.ญ.
เภสัชกรหญิง ภญ. | เภสัชกร ภก. | - ทพ.ญ.
"""
_ROYAL = """
หม่อมเจ้า ม.จ. | หม่อมราชวงศ์ ม.ร.ว. | หม่อมหลวง ม.ล. | ท่านผู้หญิง - | คุณหญิง -
"""
_PLAIN = """
นางสาว น.ส. | นางสาว นส. | นาย - | นาง - | เด็กชาย ด.ช. | เด็กหญิง ด.ญ.
"""
_ACTING = ("ว่าที่", "ว่าที่ ")


def _entries(table: str) -> list[str]:
    return [form for entry in re.split(r"[|\n]", table) for form in entry.split() if form != "-"]


def _ranks(table: str, kind: TitleKind) -> list[Title]:
    forms = _entries(table)
    women = [form + "หญิง" for form in forms]
    acting = [prefix + form for prefix in _ACTING for form in forms + women]
    return [Title(form, kind, True) for form in forms + women + acting]


def _build() -> tuple[Title, ...]:
    found = _ranks(_MILITARY, "military") + _ranks(_POLICE, "police")
    tables: tuple[tuple[str, TitleKind], ...] = (
        (_ACADEMIC, "academic"),
        (_PROFESSIONAL, "professional"),
        (_ROYAL, "royal"),
        (_PLAIN, "plain"),
    )
    for table, kind in tables:
        found += [Title(form, kind, False) for form in _entries(table)]
    first = {title.text: title for title in reversed(found)}
    return tuple(sorted(first.values(), key=lambda title: (-len(title.text), title.text)))


TITLES: tuple[Title, ...] = _build()
"""Every title known, longest first, so that the first that fits is the right one (นางสาว before นาง)."""


def _pattern(title: str) -> str:
    # People put spaces after the dots of an abbreviation, or leave out the space after ว่าที่.
    return r"\s*".join(re.escape(part) for part in re.findall(r"[^.\s]+\.?", title))


_CANDIDATES: dict[str, list[tuple[Title, re.Pattern[str]]]] = {}
for _title in TITLES:
    _CANDIDATES.setdefault(_title.text[0], []).append((_title, re.compile(_pattern(_title.text))))

# A given name can begin neither with a mark nor with a vowel that follows its consonant: นาง + สาวิตรี, not
# นางสาว.
_BEGINS_NAME = re.compile("[ก-ฮเ-ไA-Za-z]")
_MOST_TITLES = 4


def _first_title(text: str) -> tuple[Title, int] | None:
    """Return the longest title the text begins with and where the name behind it starts."""
    for title, pattern in _CANDIDATES.get(text[:1], ()):
        found = pattern.match(text)
        if found is None:
            continue
        end = found.end() + (text[found.end() : found.end() + 1] == " ")
        if _BEGINS_NAME.match(text, end):
            return title, end
    return None


def split_title(full: str) -> tuple[str, str]:
    """Split a name that came in one piece into its titles, as typed, and the rest; the title may be "".

    Several titles stay together («ผศ. ดร.»). Nothing is taken after นาย, นาง and their like: what follows is
    the name, even one that looks like a title. Never use it where the title has a column of its own.
    """
    full = normalise(full)
    at = 0
    for _ in range(_MOST_TITLES):
        found = _first_title(full[at:])
        if found is None:
            break
        title, length = found
        at += length
        if title.kind == "plain":
            break
    return full[:at].strip(), full[at:]


# Lists print the same names and titles again and again; cleaning them costs more than all the rest of a row.
_clean = lru_cache(maxsize=16_384)(normalise)


def full_name(title: str, first: str, last: str) -> str:
    """Put a name together: «นายสมชาย ใจดี», but «พันตำรวจเอก สมชาย ใจดี», for ranks stand apart."""
    title, first, last = _clean(title), _clean(first), _clean(last)
    gap = " " if title and _is_spaced(title) else ""
    return f"{title}{gap}{first} {last}".strip()


@lru_cache(maxsize=1_024)
def _is_spaced(title: str) -> bool:
    # Of several titles the last one touches the name. An unknown title in letters only is kept apart, to stay
    # legible.
    at = 0
    last: Title | None = None
    while at < len(title):
        fits = [
            (known, found.end())
            for known, pattern in _CANDIDATES.get(title[at], ())
            if (found := pattern.match(title, at))
        ]
        if not fits:
            return not title.endswith(".")
        last, at = fits[0]
        at += title[at : at + 1] == " "
    return last is not None and last.spaced


_HIDDEN = "•••"
_MOST_SHOWN = 2


def mask_name(title: str, first: str, last: str) -> str:
    """Return the name for a page anyone may open: «นายสม••• ใจ•••».

    Of each part at most two clusters are shown and never more than half of it, a one-cluster name not at all;
    no vowel or tone mark is cut from its consonant. The dots are always three, whatever they hide.
    """
    parts = [_mask(part) for part in (normalise(first), normalise(last)) if part]
    title = normalise(title)
    gap = " " if title and _is_spaced(title) else ""
    return f"{title}{gap}{' '.join(parts)}".strip()


def _mask(part: str) -> str:
    pieces = clusters(part)
    letters = sum(not piece.isspace() for piece in pieces)
    allowed = min(_MOST_SHOWN, letters // 2)
    shown = ""
    for piece in pieces:
        if not piece.isspace():
            if not allowed:
                break
            allowed -= 1
        shown += piece
    return shown.rstrip() + _HIDDEN
