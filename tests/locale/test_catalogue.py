"""The Thai catalogue: complete against the installed packages, true to every placeholder, clean as text.

Django is never set up here: packages are found by ``importlib.util.find_spec`` and read with polib, so an
upgrade that brings new English strings shows up as a failing count with the strings named.
"""

from __future__ import annotations

import gettext
import io
import re
import unicodedata
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import polib
import pytest

OURS = Path(__file__).parents[2] / "locale" / "th" / "LC_MESSAGES"

# (package, domain): every installed package that ships an English catalogue. contrib.forms,
# search_promotions, simple_translation, styleguide and django.contrib.admin are not installed.
# django.conf holds the strings of forms, validators, messages and staticfiles.
CATALOGUES = (
    ("wagtail.admin", "django"),
    ("wagtail.admin", "djangojs"),
    ("wagtail", "django"),
    ("wagtail.images", "django"),
    ("wagtail.documents", "django"),
    ("wagtail.users", "django"),
    ("wagtail.snippets", "django"),
    ("wagtail.search", "django"),
    ("wagtail.sites", "django"),
    ("wagtail.embeds", "django"),
    ("wagtail.contrib.redirects", "django"),
    ("wagtail.contrib.settings", "django"),
    ("wagtailmedia", "django"),
    ("taggit", "django"),
    ("allauth", "django"),
    ("django.conf", "django"),
    ("django.contrib.auth", "django"),
    ("django.contrib.contenttypes", "django"),
    ("django.contrib.sessions", "django"),
    ("django.contrib.humanize", "django"),
)
MISSING_ALLOWED = 0.02  # share of the English strings of all catalogues together

PYTHON_FORMAT = re.compile(r"%(?:\(\w+\))?[#0+-]?\d*(?:\.\d+)?[diouxXeEfFgGcrs]")
BRACE_FORMAT = re.compile(r"\{\w*\}")
HTML_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")
# Misspellings and words that the glossary replaces; กรุณา and the polite particles are not our voice.
SHUNNED = (
    *("เซฟ", "ก๊อปปี้", "อัพโหลด", "อัพเดท", "เว็บไซด์", "ล็อค", "เวอร์ชั่น", "ลิงค์", "บล็อค", "เซสชั่น", "โทเค็น", "รีเซ็ต"),
    *("กรุณา", "ค่ะ", "ครับ", "ลงชื่อเข้าใช้", "ตีพิมพ์", "หลายหน้า", "เกร็ดเล็ก", "กุญแจผี", "ของสะสม", "เเ", "ํา"),
)
TERMS = (
    ("workflow", "ขั้นตอนการตรวจ"),
    ("snippets", "ชิ้นเนื้อหา"),
    ("collection", "คลังหมวด"),
    ("draft", "ฉบับร่าง"),
    ("revision", "ฉบับแก้ไข"),
    ("passkey", "พาสคีย์"),
    ("published", "เผยแพร่"),
)

# A workflow's task is งานตรวจ alone, and a snippet that gives its own name needs no ชิ้นเนื้อหา.
SAID_OTHERWISE = (
    *("New workflow task", "Workflow task", "Pages/snippets at this step in a workflow"),
    "You haven't created any %(snippet_type_name)s snippets",
)

Key = tuple[str | None, str, str]


def key(entry: polib.POEntry) -> Key:
    """(context, msgid, plural msgid or "")."""
    return (entry.msgctxt, entry.msgid, entry.msgid_plural or "")


def thai(entry: polib.POEntry) -> str:
    """The one Thai form of an entry; Thai has no plural."""
    return str(entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr)


def english(entry: polib.POEntry) -> str:
    """The English that names every placeholder: the plural where there is one ("1 page" / "%(n)s pages")."""
    return str(entry.msgid_plural or entry.msgid)


def package_entries(package: str, language: str, domain: str) -> list[polib.POEntry]:
    """Live entries of a package's catalogue; [] when the package does not ship that language."""
    spec = find_spec(package)
    assert spec is not None, f"{package} is not installed"
    assert spec.submodule_search_locations, f"{package} is not a package"
    path = Path(spec.submodule_search_locations[0]) / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []


def our_file(domain: str) -> polib.POFile:
    """Our supplementary catalogue of a domain."""
    return polib.pofile(str(OURS / f"{domain}.po"), check_for_duplicates=False)


OUR_ENTRIES = [entry for domain in ("django", "djangojs") for entry in our_file(domain)]


def lacking(package: str, domain: str) -> tuple[list[Key], int]:
    """Keys of a package that neither the package nor we put into Thai, and how many keys it has."""
    wanted = {key(entry) for entry in package_entries(package, "en", domain)}
    done = {key(entry) for entry in package_entries(package, "th", domain) if entry.translated()}
    done |= {key(entry) for entry in our_file(domain) if entry.translated()}
    return sorted(wanted - done, key=str), len(wanted)


def test_at_most_two_percent_of_english_strings_lack_thai() -> None:
    counts = {(package, domain): lacking(package, domain) for package, domain in CATALOGUES}
    assert all(total for _, total in counts.values()), "a package lost its English catalogue"
    missing = [(package, *item) for (package, _), (keys, _) in counts.items() for item in keys]
    total = sum(size for _, size in counts.values())
    assert len(missing) <= MISSING_ALLOWED * total, f"{len(missing)} of {total} lack Thai: {missing[:20]}"


SEEN_MOST = ("wagtail.admin", "wagtail.images", "wagtail.documents", "wagtail.users", "wagtail", "allauth")


@pytest.mark.parametrize("package", SEEN_MOST)
def test_what_editors_and_officers_see_most_is_ours_throughout(package: str) -> None:
    """The packages' own Thai here is poor or machine-made: every string must come from us."""
    seen = {key(entry) for entry in package_entries(package, "en", "django") if in_use(entry)}
    left = seen - {key(entry) for entry in our_file("django")}
    assert len(left) <= MISSING_ALLOWED * len(seen), sorted(left, key=str)[:20]


def in_use(entry: polib.POEntry) -> bool:
    """False for the strings of allauth parts that are not installed."""
    paths = [path for path, _ in entry.occurrences]
    return any(not re.search("idp|headless|openid", path) for path in paths) or not paths


@pytest.mark.parametrize("pattern", [PYTHON_FORMAT, BRACE_FORMAT, HTML_TAG], ids=["python", "brace", "html"])
def test_every_placeholder_and_tag_is_kept(pattern: re.Pattern[str]) -> None:
    wrong = [
        (english(entry), thai(entry))
        for entry in OUR_ENTRIES
        if Counter(pattern.findall(english(entry))) != Counter(pattern.findall(thai(entry)))
    ]
    assert not wrong
    assert any(pattern.search(english(entry)) for entry in OUR_ENTRIES), "the pattern finds nothing"


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_header_says_thai_utf8_one_plural_form(domain: str) -> None:
    metadata = our_file(domain).metadata
    assert metadata["Language"] == "th"
    assert metadata["Content-Type"] == "text/plain; charset=UTF-8"
    assert metadata["Plural-Forms"] == "nplurals=1; plural=0;"


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_no_fuzzy_obsolete_empty_or_duplicate_entry(domain: str) -> None:
    entries = list(our_file(domain))
    assert len(entries) > 50
    assert not [entry.msgid for entry in entries if entry.fuzzy or entry.obsolete or not thai(entry).strip()]
    assert not [entry.msgid for entry in entries if entry.msgid_plural and set(entry.msgstr_plural) != {0}]
    # gettext forbids one msgid both with and without a plural, so the plural is no part of this key.
    seen = Counter((entry.msgctxt, entry.msgid) for entry in entries)
    assert not [item for item, times in seen.items() if times > 1]


def test_text_is_nfc_without_invisible_characters() -> None:
    texts = [thai(entry) for entry in OUR_ENTRIES]
    assert not [text for text in texts if unicodedata.normalize("NFC", text) != text]
    assert not [text for text in texts if INVISIBLE.search(text)]


def test_outer_white_space_is_that_of_the_english() -> None:
    """Templates join these strings, and msgfmt rejects a lost line break at either end."""
    wrong = []
    for entry in OUR_ENTRIES:
        source, target = english(entry), thai(entry)
        if (source[:1].isspace(), source[-1:].isspace()) != (target[:1].isspace(), target[-1:].isspace()):
            wrong.append((source, target))
    assert not wrong


def test_shunned_spellings_do_not_come_back() -> None:
    found = [(word, thai(entry)) for entry in OUR_ENTRIES for word in SHUNNED if word in thai(entry)]
    assert not found


def prose(text: str) -> str:
    """Text without placeholders and tags."""
    return HTML_TAG.sub(" ", BRACE_FORMAT.sub(" ", PYTHON_FORMAT.sub(" ", text)))


@pytest.mark.parametrize(("source", "term"), TERMS)
def test_a_term_has_one_thai_word(source: str, term: str) -> None:
    """Where the English prose (not a placeholder) uses the term, so does the Thai."""
    pattern = re.compile(rf"\b{source}\b", re.IGNORECASE)
    uses = [entry for entry in OUR_ENTRIES if pattern.search(prose(english(entry)))]
    assert uses
    strays = [(english(entry), thai(entry)) for entry in uses if term not in thai(entry)]
    assert not [pair for pair in strays if not pair[0].startswith(SAID_OTHERWISE)]


def test_catalogue_compiles_and_answers() -> None:
    python = gettext.GNUTranslations(io.BytesIO(our_file("django").to_binary()))
    script = gettext.GNUTranslations(io.BytesIO(our_file("djangojs").to_binary()))
    assert python.gettext("Pages") == script.gettext("Pages") == "หน้า"
    assert python.gettext("Submit for moderation") == "ส่งตรวจอนุมัติ"
    assert python.gettext("Passkey") == "พาสคีย์"
    for number in (1, 2):
        assert python.ngettext("%(num)d day", "%(num)d days", number) % {"num": number} == f"{number} วัน"
        assert script.ngettext("%(num)s error", "%(num)s errors", number) == "ข้อผิดพลาด %(num)s รายการ"
