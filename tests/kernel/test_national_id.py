"""The national identity number: strict in, silent out."""

from __future__ import annotations

import hashlib
import hmac
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sucharit.kernel import national_id as nid
from sucharit.kernel.thai_calendar import to_thai_digits

KEY = b"a key for these tests only, 32 b"
NUMBERS = st.integers(min_value=0, max_value=999_999_999).map(nid.synthetic)


def _check(body: str) -> str:
    return str((11 - sum(int(d) * (13 - i) for i, d in enumerate(body)) % 11) % 10)


@given(NUMBERS)
def test_synthetic_numbers_are_valid_and_belong_to_no_province(number: str) -> None:
    assert nid.parse(number) == number
    assert number[-1] == _check(number[:12])
    assert number[1:3] == "00"


def test_synthetic_numbers_differ_and_have_limits() -> None:
    assert len({nid.synthetic(n) for n in range(2_000)}) == 2_000
    for n in (-1, 10**9):
        with pytest.raises(ValueError, match="synthetic"):
            nid.synthetic(n)


@given(NUMBERS)
def test_typed_forms_are_folded(number: str) -> None:
    dashed = f"{number[0]}-{number[1:5]}-{number[5:10]}-{number[10:12]}-{number[12]}"
    for typed in (
        dashed,
        dashed.replace("-", " "),
        to_thai_digits(dashed),
        f"\u200b {number}\n",
        dashed.replace("-", "–"),
    ):
        assert nid.parse(typed) == number


@given(NUMBERS, st.integers(min_value=0, max_value=12), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_caught_at_least_nine_times_in_ten(number: str, place: int, shift: int) -> None:
    # The check digit is taken modulo 11 and then modulo 10, so the law itself lets one remainder pair
    # through.
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    if wrong[12] == _check(wrong[:12]) and wrong[0] not in "09":
        assert nid.parse(wrong) == wrong
        return
    with pytest.raises(nid.NationalIdError):
        nid.parse(wrong)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "national-id-empty"),
        (" - ", "national-id-empty"),
        ("123456789012", "national-id-length"),
        ("12345678901234", "national-id-length"),
        ("12345678901ก3", "national-id-format"),
        ("123456789012²", "national-id-format"),
        ("0000000000001", "national-id-first-digit"),
        ("9000000000000", "national-id-first-digit"),
        ("1234545678780", "national-id-check-digit"),
    ],
)
def test_refusals(typed: str, code: str) -> None:
    with pytest.raises(nid.NationalIdError) as caught:
        nid.parse(typed)
    assert caught.value.code == code
    assert caught.value.field == "national_id"


def _refusal(typed: str) -> nid.NationalIdError | None:
    try:
        nid.parse(typed)
    except nid.NationalIdError as error:
        return error
    return None


@given(st.one_of(st.text(min_size=4, max_size=20), st.integers(min_value=10**11, max_value=10**14).map(str)))
def test_no_error_repeats_what_was_typed(typed: str) -> None:
    error = _refusal(typed)
    if error is None:
        assert len(nid.parse(typed)) == 13
        return
    assert error.__cause__ is None
    assert error.__context__ is None
    if typed.isdigit() and len(typed) > 4:
        assert typed not in "".join(traceback.format_exception(error)) + repr(error) + str(error.data)


def test_keyed_hash_is_hmac_sha256() -> None:
    number = nid.synthetic(7)
    assert nid.keyed_hash(number, KEY) == hmac.new(KEY, number.encode(), hashlib.sha256).hexdigest()
    assert nid.keyed_hash(number, KEY) != nid.keyed_hash(number, KEY[::-1])
    with pytest.raises(ValueError, match="key"):
        nid.keyed_hash(number, b"short")
    with pytest.raises(ValueError, match="parsed"):
        nid.keyed_hash("1-2345", KEY)


@given(NUMBERS)
def test_the_tail_shows_three_digits_and_the_shape(number: str) -> None:
    masked = nid.masked_tail(number)
    assert masked == f"x-xxxx-xxxxx-{number[10:12]}-{number[12]}"
    assert sum(char.isdigit() for char in masked) == 3
