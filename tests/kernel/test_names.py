"""Names: titles come off and go back, and a masked name says no more than it promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sucharit.kernel.names import TITLES, full_name, mask_name, split_title
from sucharit.kernel.thai_text import clusters, normalise

PARTS = st.text(alphabet="กขคงจชดตนปพมยรลวศสหอะัาำิีืุูเแโใไ่้์ ", max_size=14)
GIVEN_NAMES = ["สมชาย", "สาวิตรี", "ใจ", "เกศินี", "ณัฐ", "อุ่นเรือน", "นายิกา", "ฤทธิ์", "John"]


@pytest.mark.parametrize(
    ("whole", "title", "rest"),
    [
        ("นายสมชาย ใจดี", "นาย", "สมชาย ใจดี"),
        ("นาย สมชาย ใจดี", "นาย", "สมชาย ใจดี"),
        ("นางสาวสาวิตรี ใจดี", "นางสาว", "สาวิตรี ใจดี"),
        ("นางสาวิตรี ใจดี", "นาง", "สาวิตรี ใจดี"),
        ("น.ส.มาลี ใจดี", "น.ส.", "มาลี ใจดี"),
        ("นายนายณัฐ ใจดี", "นาย", "นายณัฐ ใจดี"),
        ("นายิกา ใจดี", "", "นายิกา ใจดี"),
        ("ผศ.ดร.สมชาย ใจดี", "ผศ.ดร.", "สมชาย ใจดี"),
        ("ผู้ช่วยศาสตราจารย์ ดร.สมชาย ใจดี", "ผู้ช่วยศาสตราจารย์ ดร.", "สมชาย ใจดี"),
        ("พ.ต.อ. นายแพทย์สมชาย ใจดี", "พ.ต.อ. นายแพทย์", "สมชาย ใจดี"),
        ("พล.ต. อ.สมชาย ใจดี", "พล.ต. อ.", "สมชาย ใจดี"),
        ("ว่าที่ ร.ต.สมชาย ใจดี", "ว่าที่ ร.ต.", "สมชาย ใจดี"),
        ("ว่าที่ร้อยตรีหญิง สมใจ ใจดี", "ว่าที่ร้อยตรีหญิง", "สมใจ ใจดี"),
        ("พันตำรวจโทหญิง สมใจ ใจดี", "พันตำรวจโทหญิง", "สมใจ ใจดี"),
        ("ม.ร.ว.สมใจ ใจดี", "ม.ร.ว.", "สมใจ ใจดี"),
        ("สมชาย ใจดี", "", "สมชาย ใจดี"),
        ("นาย", "", "นาย"),
        ("", "", ""),
    ],
)
def test_split_title(whole: str, title: str, rest: str) -> None:
    assert split_title(whole) == (title, rest)


def test_titles_are_longest_first_and_unique() -> None:
    texts = [title.text for title in TITLES]
    assert [len(text) for text in texts] == sorted(map(len, texts), reverse=True)
    assert len(set(texts)) == len(texts)
    assert {title.kind for title in TITLES} == {
        "military",
        "police",
        "academic",
        "professional",
        "royal",
        "plain",
    }


@pytest.mark.parametrize("first", GIVEN_NAMES)
def test_every_title_splits_off_what_full_name_joined(first: str) -> None:
    for title in TITLES:
        if title.text == "นาง" and first.startswith("สาว"):
            assert split_title(full_name("นาง", first, "ใจดี")) == ("นาง", f"{first} ใจดี")
        assert split_title(full_name(title.text, first, "ใจดี")) == (title.text, f"{first} ใจดี")


@pytest.mark.parametrize(
    ("title", "joined"),
    [
        ("นาย", "นายสมชาย ใจดี"),
        ("ดร.", "ดร.สมชาย ใจดี"),
        ("ร้อยตำรวจเอก", "ร้อยตำรวจเอก สมชาย ใจดี"),
        ("พ.ต.อ. ดร.", "พ.ต.อ. ดร.สมชาย ใจดี"),
        ("Mr", "Mr สมชาย ใจดี"),
        ("", "สมชาย ใจดี"),
    ],
)
def test_ranks_stand_apart_from_the_name(title: str, joined: str) -> None:
    assert full_name(title, "สมชาย", "ใจดี") == joined


def test_full_name_without_a_last_name() -> None:
    assert full_name("นาย", " สมชาย ", "") == "นายสมชาย"


# --- masking ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        (("นาย", "สมชาย", "ใจดี"), "นายสม••• ใจ•••"),
        (("พ.ต.อ.", "ประยุทธ์", "ณ อยุธยา"), "พ.ต.อ. ประ••• ณ อ•••"),
        (("ดร.", "ณ", "มือดี"), "ดร.••• มือ•••"),
        (("นางสาว", "เกศินี", "น้ำใจงาม"), "นางสาวเก••• น้ำใจ•••"),
        (("", "John", "Smith"), "Jo••• Sm•••"),
        (("นาย", "สมชาย", ""), "นายสม•••"),
    ],
)
def test_mask_name(name: tuple[str, str, str], masked: str) -> None:
    assert mask_name(*name) == masked


@given(PARTS)
def test_a_mask_never_shows_more_than_promised(part: str) -> None:
    part = normalise(part)
    masked = mask_name("", part, "")
    if not part:
        assert masked == ""
        return
    shown = masked.removesuffix("•••")
    assert masked.count("•") == 3
    assert part.startswith(shown)
    letters = [piece for piece in clusters(part) if not piece.isspace()]
    visible = [piece for piece in clusters(shown) if not piece.isspace()]
    assert len(visible) <= 2
    assert len(visible) * 2 <= len(letters)
    # What is shown ends where a cluster ends: no vowel or mark of the next character was left behind.
    assert visible == letters[: len(visible)]


@given(PARTS, st.integers(min_value=0, max_value=40))
def test_the_hidden_length_does_not_show(tail: str, more: int) -> None:
    name = "สมชาย" + tail
    assert len(mask_name("", name + "น" * more, "")) == len(mask_name("", name, ""))
