"""Thai text: one spelling, one order, the same words on both sides of the search."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sucharit.kernel import thai_text as tt

THAI = "กขคงจชณดตนปพมยรลวศสหอฤฦะัาำิีึืฺุูเแโใไๅๆ็่้๊๋์ํ๎ฯ๑๒ .\n\u200b\u00a0a"
THAI_TEXT = st.text(alphabet=THAI, max_size=24)

NAM = "น้ำ"
BROKEN_NAM = [
    "น\u0e49\u0e4d\u0e32",
    "น\u0e4d\u0e49\u0e32",
    "น\u0e33\u0e49",
    "น\u0e4d\u0e32\u0e49",
    "น\u200b\u0e49\u0e33",
    "\ufeffน\u0e49\u200c\u0e33",
]

# In the order of the Royal Institute's dictionary: consonants first, a leading vowel after its consonant, and
# tone marks only between words that are otherwise the same.
ROYAL_INSTITUTE_ORDER = """
ก กก กฎ กฎหมาย กด กบ กรม กระทรวง กราบ กริยา กฤษณา กล กลไก กลม กอง กะ
กัก กัน กั้น กา ก่า ก้า กาก การ กำ กำหนด กิน กี่ กุศล กู้ เก็ง เก่ง
เก้ง เก๋ง เกณฑ์ เกม แก แก่ แก้ แก๊ส โกง ไก่ ขวัญ ข้อ ขา ข่า ข้า
ข้าราชการ ข้าว เขต ไข่ คณะ คดี คน คุณธรรม งาน จริต จริยธรรม จ่าย ใจ
ทุจริต เท็จ ธรรม น้ำ บุญ ประเทศ เพลา รัก ฤดู ฤทธิ์ ลา เลข วินัย ศีล
สุจริต แสลง หนังสือ องค์กร โอกาส ฮา
""".split()  # noqa: SIM905  (a list of eighty literals would be eighty lines)


@pytest.mark.parametrize("broken", BROKEN_NAM)
def test_every_way_of_typing_nam_is_one_text(broken: str) -> None:
    assert tt.normalise(broken) == NAM
    assert tt.match_key(broken) == tt.match_key(NAM)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("เเปลก", "แปลก"),
        ("ท\u0e48\u0e35", "ที่"),
        ("  ก\u00a0\u2003 ข\t ", "ก ข"),
        ("ก \r\n\r\n ข", "ก\nข"),
        ("ก\x00\u202eข\ud800", "กข"),
        ("", ""),
        ("\u200b \ufeff", ""),
        ("e\u0301", "é"),
        ("๒๕๖๘ ABC", "๒๕๖๘ ABC"),
    ],
)
def test_normalise_mends(typed: str, stored: str) -> None:
    assert tt.normalise(typed) == stored


@given(st.one_of(THAI_TEXT, st.text(max_size=30)))
@example("กํ้ ่า")
def test_normalise_twice_changes_nothing(text: str) -> None:
    once = tt.normalise(text)
    assert tt.normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    assert not re.search("  |[\x00\u200b-\u200f\ufeff]", once)
    once.encode("utf-8")


@given(st.one_of(THAI_TEXT, st.text(max_size=30)))
def test_match_key_is_stable_and_forgiving(text: str) -> None:
    key = tt.match_key(text)
    assert tt.match_key(key) == key
    assert tt.match_key(f" \n{text}\u200b ") == key


@pytest.mark.parametrize("unit", ["่ํ", "ํ่า", "ๅ", "ุ่", "า่", "เ", " ่", "าา ", "เเ"])
def test_endless_marks_cost_no_time(unit: str) -> None:
    start = time.process_time()
    once = tt.normalise("ก" + unit * 20_000)
    assert tt.normalise(once) == once
    assert time.process_time() - start < 2


def test_match_key_folds_digits_case_and_spaces() -> None:
    assert tt.match_key("มาตรา  ๑๒๘\nACT") == tt.match_key("มาตรา 128 act") == "มาตรา 128 act"
    assert tt.match_key("ข่าว") != tt.match_key("ข้าว")


# --- clusters -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("สมชาย", ["ส", "ม", "ชา", "ย"]),
        ("ใจดี", ["ใจ", "ดี"]),
        ("น้ำใจ", ["น้ำ", "ใจ"]),
        ("เกาะ", ["เกาะ"]),
        ("มือดี", ["มือ", "ดี"]),
        ("เสียง", ["เสีย", "ง"]),
        ("ตัวอย่าง", ["ตัว", "อ", "ย่า", "ง"]),
        ("ศักดิ์", ["ศั", "ก", "ดิ์"]),
        ("เก้า", ["เก้า"]),
        ("Zoë", ["Z", "o", "ë"]),
        ("Zoe\u0308", ["Z", "o", "e\u0308"]),
    ],
)
def test_clusters(word: str, pieces: list[str]) -> None:
    assert tt.clusters(word) == pieces


@given(st.one_of(THAI_TEXT, st.text(max_size=30)))
def test_clusters_lose_nothing(text: str) -> None:
    assert "".join(tt.clusters(text)) == text


# --- order --------------------------------------------------------------------------------------------------


def test_royal_institute_order() -> None:
    shuffled = random.Random(2568).sample(ROYAL_INSTITUTE_ORDER, len(ROYAL_INSTITUTE_ORDER))
    assert sorted(shuffled, key=tt.sort_key) == ROYAL_INSTITUTE_ORDER
    assert all(tt.sort_key(a) < tt.sort_key(b) for a, b in pairwise(ROYAL_INSTITUTE_ORDER))


def test_order_outside_the_dictionary() -> None:
    expected = ["", "10", "๙", "a", "B", "ก ฮ", "กก", "จู่", "จู่ ๆ", "จู้", "中"]
    assert sorted(random.Random(1).sample(expected, len(expected)), key=tt.sort_key) == expected
    assert tt.sort_key("a-b.") > tt.sort_key("ab")
    assert tt.sort_key("Abc") == tt.sort_key("aBC")


@given(st.one_of(THAI_TEXT, st.text(max_size=400)))
@example("ก่" * 300)
@example("中" * 300)
def test_sort_key_has_the_promised_shape(text: str) -> None:
    key = tt.sort_key(text)
    assert re.fullmatch(r"(?:[0-9]{3})+", key)
    assert len(key) <= tt.SORT_KEY_LENGTH
    assert tt.sort_key(tt.normalise(text)) == key


@given(st.text(alphabet="กขคงจดตนมรลวสอ", min_size=1, max_size=8), st.sampled_from("่้๊๋"))
def test_tone_marks_decide_last(word: str, tone: str) -> None:
    toned = word[0] + tone + word[1:]
    assert tt.sort_key(word) < tt.sort_key(toned) < tt.sort_key(word + "ก")


# --- words --------------------------------------------------------------------------------------------------


def test_segment_cuts_compounds_into_findable_words() -> None:
    assert tt.segment("ข้าราชการพลเรือน") == ["ข้าราชการ", "พลเรือน"]


def test_segment_joins_abbreviations() -> None:
    assert tt.segment("สำนักงาน ก.พ.") == ["สำนักงาน", "กพ"]
    assert tt.segment("กพ") == ["กพ"]
    for dotted in ("ก.ม.จ.", "พ.ร.บ.", "รพ.สต.", "ป.ป.ช."):
        assert tt.segment(dotted) == tt.segment(dotted.replace(".", ""))
    assert tt.segment("พ.ร.บ.ข้าราชการ")[-1] == "ข้าราชการ"


def test_segment_folds_and_disarms() -> None:
    assert tt.segment("มาตรา ๑๒๘") == ["มาตรา", "128"]
    assert tt.segment('a" OR b* NEAR(c)\x00') == ["a", "OR", "b", "NEAR", "c"]
    assert tt.segment("ฯ ฿ ๚๛") == []
    assert tt.segment("") == tt.segment(' "…" ') == []


@given(st.one_of(THAI_TEXT, st.text(max_size=40)))
def test_segments_are_bare_words(text: str) -> None:
    words = tt.segment(text)
    assert all(word and not re.search(r"[^\w\u0e00-\u0e7f]", word) for word in words)
    assert tt.segment(text) is not words


def test_words_survive_spelling_repair() -> None:
    assert tt.segment("ดื่มน\u0e4d\u0e49\u0e32") == tt.segment("ดื่มน้ำ")


def test_the_default_dictionary_is_never_loaded() -> None:
    code = (
        "from sucharit.kernel.thai_text import segment, normalise\n"
        "from pythainlp.tokenize.core import word_dict_trie\n"
        "segment('ข้าราชการพลเรือนไปๆ มาๆ'); normalise('เเปลกๆๆ')\n"
        "print(word_dict_trie.cache_info().currsize)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert ran.stdout.strip() == "0"


def test_long_hostile_text_is_cut_quickly() -> None:
    assert len(tt.segment("กา" * 7_500)) > 100


# --- PDF ----------------------------------------------------------------------------------------------------


def test_sara_am_comes_apart_below_its_tone_mark() -> None:
    assert tt.decompose_sara_am("น้ำกำ") == "น\u0e4d\u0e49\u0e32ก\u0e4d\u0e32"


@given(st.text(alphabet=THAI.replace("ํ", ""), max_size=24))
def test_sara_am_comes_together_again(text: str) -> None:
    assert tt.compose_sara_am(tt.decompose_sara_am(text)) == text
    assert "\u0e33" not in tt.decompose_sara_am(text)
