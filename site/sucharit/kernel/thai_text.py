"""Thai text: one spelling in storage, one order in lists, one way to cut words, and clean text in PDF files.

Nothing here knows a database. The same `segment` serves the index and the query, or nothing would be found.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from pythainlp.corpus.icu import thai_icu_words
from pythainlp.tokenize.newmm import segment as _newmm
from pythainlp.util import Trie, dict_trie
from pythainlp.util import normalize as _thai_normalize

from sucharit.kernel.thai_calendar import to_arabic_digits

__all__ = [
    "SORT_KEY_LENGTH",
    "clusters",
    "compose_sara_am",
    "decompose_sara_am",
    "match_key",
    "normalise",
    "segment",
    "sort_key",
]

# --- one spelling -------------------------------------------------------------------------------------------

# Zero-width signs and direction marks change nothing a reader sees and break every comparison; control
# characters and lone surrogates are refused by databases, XML or UTF-8. Line feed, tab and return are left
# for the next step.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_AROUND_LINE = re.compile(" ?\n[ \n]*")
# No syllable carries more than a handful of vowels and marks; endless runs of them exist only to waste time.
_ENDLESS_MARKS = re.compile("([\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]{8})[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]+")
_MOST_PASSES = 64


def normalise(s: str) -> str:
    """Return the text in the one spelling that is stored and compared.

    Takes out signs that cannot be seen, mends Thai marks typed in the wrong order (every way of typing น้ำ
    gives one text), applies NFC, and leaves single spaces and single line feeds, none at the ends. Applying
    it twice changes nothing more. Digits, case and wording stay as they are.
    """
    s = _LINE_END.sub("\n", _UNSEEN.sub("", s))
    for _ in range(_MOST_PASSES):
        # One repair may uncover another (a doubled mark behind a misplaced one), hence until nothing moves.
        before = s
        s = unicodedata.normalize("NFC", _BLANKS.sub(" ", _ENDLESS_MARKS.sub(r"\1", s)))
        s = _AROUND_LINE.sub("\n", s).strip()
        s = _thai_normalize(s) if s else s
        if s == before:
            break
    return s


def match_key(s: str) -> str:
    """Return the form in which two typed answers or names count as the same, in any digits or case."""
    key = s
    for _ in range(_MOST_PASSES):
        # Folding case may part a letter from its accent, and joining lines may bring a stray mark to light.
        before = key
        key = normalise(" ".join(to_arabic_digits(normalise(key)).casefold().split()))
        if key == before:
            break
    return key


# --- clusters -----------------------------------------------------------------------------------------------

_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_CLUSTER = re.compile(
    rf"""
    [เ-ไ]?[ก-ฮ][{_MARKS}]*               # a consonant with the vowel before it and the marks above and below
    (?:(?<=ื)อ|(?<=ื[่-๋])อ              # -ือ is one vowel written with a consonant sign
      |(?<=ี)ย(?![{_MARKS}ะาำ])|(?<=ี[่-๋])ย(?![{_MARKS}ะาำ])
      |(?<=ั)ว(?![{_MARKS}ะาำ])|(?<=ั[่-๋])ว(?![{_MARKS}ะาำ]))?
    [ะาำๅ]*                              # vowels after it
    | .[{_MARKS}\u0300-\u036f\ufe0f]*    # anything else, with its accents
    """,
    re.VERBOSE | re.DOTALL,
)


def clusters(text: str) -> list[str]:
    """Cut text into the smallest pieces that may stand alone; joined again they give the text.

    Larger than Unicode's graphemes: a Thai vowel before or after a consonant stays with it (เก้า, ใจ, มือ).
    """
    return _CLUSTER.findall(text)


# --- one order ----------------------------------------------------------------------------------------------

_PRIMARY_UNITS, _MARK_PAIRS = 100, 34
SORT_KEY_LENGTH = 3 * (_PRIMARY_UNITS + 1 + 2 * _MARK_PAIRS)
"""The longest key `sort_key` returns (507): the width a stored column needs."""

_LEADING_VOWEL = re.compile("([เ-ไ])([ก-ฮ])")
# From lightest to heaviest: ๆ ๎ ์ ็, the four tones, ํ ฺ. A repeated word (จู่ ๆ) follows straight after the
# word.
_MARK_ORDER = {
    char: weight
    for weight, char in enumerate("ๆ\u0e4e\u0e4c\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4d\u0e3a", start=1)
}
_OTHER_ACCENT, _PUNCTUATION = 50, 60
_ALPHABETS = (("0", "9", 100), ("a", "z", 200), ("ก", "ไ", 300))


@lru_cache(maxsize=4096)
def _weight(char: str) -> tuple[str, int]:
    """Return a character's place among letters ("" if it has none) and, without one, among marks."""
    if char in _MARK_ORDER:
        return "", _MARK_ORDER[char]
    if char.isspace():
        return "010", 0
    category = unicodedata.category(char)[0]
    if char == "ฯ" or category in "PSC":
        return "", _PUNCTUATION
    for first, last, weight in _ALPHABETS:
        if first <= char <= last:
            return f"{weight + ord(char) - ord(first)}", 0
    return ("", _OTHER_ACCENT) if category == "M" else (f"9{ord(char):08d}", 0)


def sort_key(s: str) -> str:
    """Return a key that puts text in the order of the Royal Institute's dictionary, whatever compares the
    keys.

    The key is made of decimal digits only, in groups of three: the letters (a vowel written before its
    consonant counts after it), the group 000, then tone marks and other signs, which decide only between
    equal letters. Digits, because some collations join letters (aa, dd, ff) and would spoil an ordinary
    hexadecimal key. Spaces come first, so that a full name sorts by first name. At most SORT_KEY_LENGTH
    characters long.
    """
    text = to_arabic_digits(normalise(s).casefold()).replace(" ๆ", "ๆ").replace("ๅ", "า")
    text = _LEADING_VOWEL.sub(r"\2\1", unicodedata.normalize("NFD", text))
    letters: list[str] = []
    marks: list[str] = []
    for char in text:
        letter, mark = _weight(char)
        if letter:
            letters.append(letter)
        elif len(marks) < _MARK_PAIRS and len(letters) < _PRIMARY_UNITS:
            # An earlier mark weighs more: at the first place where two words differ, the bare one comes
            # first.
            marks.append(f"{999 - len(letters)}{mark:03d}")
    return "".join(letters)[: 3 * _PRIMARY_UNITS] + "000" + "".join(marks)


# --- words --------------------------------------------------------------------------------------------------

_THAI_RUN = re.compile("[\u0e01-\u0e5b]+")
_ABBREVIATION = re.compile(r"(?<![\u0E00-\u0E7F.])(?:[ก-ฮ]{1,3}\.){2,}")
# \w leaves out Thai vowels and tone marks, so they are named; everything else, query syntax included, parts
# words.
_NO_WORD = re.compile(r"[^\w\u0e00-\u0e7f]+|[ฯ๏๚๛฿]+")


@cache
def _trie() -> Trie:
    # The default dictionary keeps long compounds whole, and their parts could not be found; it also costs 73
    # MiB.
    return dict_trie(thai_icu_words())


def segment(text: str) -> list[str]:
    """Cut text into words for search; the index and the query must both come through here.

    Digits are folded, abbreviations lose their dots («ก.พ.» becomes «กพ»), punctuation only parts words. The
    first call in a process reads the word list (about 0.1 s).
    """
    return list(_segment(text))


@lru_cache(maxsize=64)
def _segment(text: str) -> tuple[str, ...]:
    # Indexing asks for the same field several times in a row.
    text = to_arabic_digits(normalise(text))
    text = _ABBREVIATION.sub(lambda found: f" {found[0].replace('.', '')} ", text)
    text = _NO_WORD.sub(" ", text)
    return tuple(_THAI_RUN.sub(_cut_run, text).split())


def _cut_run(run: re.Match[str]) -> str:
    return f" {' '.join(_newmm(run[0], _trie()))} "


# --- PDF ----------------------------------------------------------------------------------------------------

_SARA_AM = re.compile("([\u0e48-\u0e4b]?)\u0e33")
_NIKHAHIT_AA = re.compile("([\u0e48-\u0e4b]?)\u0e4d([\u0e48-\u0e4b]?)\u0e32")


def decompose_sara_am(s: str) -> str:
    """Write ำ as its two glyphs, for a PDF engine only: it looks the same, and text copied out comes back
    right.

    Fonts draw ำ with the glyph of า, and a PDF maps a glyph to one character, so a document holding both
    gives one of them back wrongly.
    """
    return _SARA_AM.sub("\u0e4d\\1\u0e32", s)


def compose_sara_am(s: str) -> str:
    """Undo `decompose_sara_am` in text that was read out of a PDF."""
    return _NIKHAHIT_AA.sub("\\1\\2\u0e33", s)
