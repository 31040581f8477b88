"""Ids and serials: opaque, unguessable, and forgiving to the person who types them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.ids import is_public_id, new_public_id, new_serial, parse_serial
from sucharit.kernel.thai_calendar import to_thai_digits

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
YEARS = st.integers(min_value=2500, max_value=2599)
PLACES = [place for place, char in enumerate("SC69-7K3M-9QXD-4TBV-W") if char != "-"]


def test_public_ids_are_distinct_and_recognised() -> None:
    drawn = {new_public_id() for _ in range(5_000)}
    assert len(drawn) == 5_000
    assert all(len(one) == 16 and is_public_id(one) for one in drawn)
    assert {char for one in drawn for char in one} == set(ALPHABET.lower())


@pytest.mark.parametrize(
    "text",
    ["", "0123456789abcde", "0123456789abcdefg", "0123456789abcdei", "0123456789ABCDEF", "0123456789abcde\n"],
)
def test_other_text_is_no_public_id(text: str) -> None:
    assert not is_public_id(text)


@given(YEARS)
def test_a_serial_reads_back(year: int) -> None:
    serial = new_serial(year)
    assert serial.startswith(f"SC{year % 100:02d}-")
    assert len(serial) == 21
    assert parse_serial(serial) == serial


@given(YEARS)
def test_a_serial_is_understood_as_people_type_it(year: int) -> None:
    serial = new_serial(year)
    for typed in (
        serial.lower(),
        serial.replace("-", ""),
        serial.replace("-", " "),
        f" {serial.replace('-', '–')}\u200b",
        to_thai_digits(serial),
        serial.replace("0", "O").replace("1", "I"),
        serial.replace("0", "o").replace("1", "l"),
    ):
        assert parse_serial(typed) == serial


@given(YEARS, st.sampled_from(PLACES), st.sampled_from(ALPHABET + "U*"))
def test_any_single_wrong_character_is_caught(year: int, place: int, wrong: str) -> None:
    serial = new_serial(year)
    if serial[place] == wrong:
        return
    with pytest.raises(InvalidInput) as caught:
        parse_serial(serial[:place] + wrong + serial[place + 1 :])
    assert caught.value.code in {"serial-shape", "serial-check"}
    assert caught.value.field == "serial"


@given(YEARS, st.integers(min_value=2, max_value=15))
def test_any_swap_of_neighbours_is_caught(year: int, place: int) -> None:
    plain = new_serial(year).replace("-", "")
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    if swapped == plain:
        return
    with pytest.raises(InvalidInput):
        parse_serial(swapped)


@pytest.mark.parametrize(
    "text", ["", "SC69", "SC69-7K3M-9QXD-4TBV", "XX69-7K3M-9QXD-4TBV-W", "SC69-7K3M-9QXD-4TBV-WW"]
)
def test_other_text_is_no_serial(text: str) -> None:
    with pytest.raises(InvalidInput, match="ประกาศนียบัตร"):
        parse_serial(text)


def test_serials_cannot_be_guessed_from_one_another() -> None:
    drawn = {new_serial(2569) for _ in range(5_000)}
    assert len(drawn) == 5_000
    for place in (5, 8, 10, 18):
        assert {serial[place] for serial in drawn} == set(ALPHABET)


def test_a_year_in_the_other_era_is_refused() -> None:
    with pytest.raises(ValueError, match="fiscal year"):
        new_serial(2026)
