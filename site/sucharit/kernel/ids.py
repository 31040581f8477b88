"""Names that people outside may hold: opaque ids in addresses, and serials printed on certificates."""

from __future__ import annotations

import re
import secrets
from typing import NoReturn

from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.thai_calendar import to_arabic_digits

__all__ = ["is_public_id", "new_public_id", "new_serial", "parse_serial"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PUBLIC_ID_LENGTH = 16
_PUBLIC_ID = re.compile(f"[{_ALPHABET.lower()}]{{{_PUBLIC_ID_LENGTH}}}")
_FIRST_YEAR, _LAST_YEAR = 2500, 2599


def new_public_id() -> str:
    """Return a fresh id for use in addresses: 16 lower-case Crockford letters, 80 random bits."""
    return _draw(_PUBLIC_ID_LENGTH).lower()


def is_public_id(text: str) -> bool:
    """Say whether the text has the exact form of a public id."""
    return _PUBLIC_ID.fullmatch(text) is not None


def _draw(length: int) -> str:
    return "".join(_ALPHABET[byte & 31] for byte in secrets.token_bytes(length))


# --- certificate serials ------------------------------------------------------------------------------------

_PREFIX = "SC"
_RANDOM = 12
_SERIAL = re.compile(f"{_PREFIX}([0-9]{{2}})([{_ALPHABET}]{{{_RANDOM}}})([{_ALPHABET}])")
_DROPPED = re.compile("[\\s\u200b-\u200f\u2060\ufeff\\-\u2010-\u2015\u2212_.]+")
_LOOK_ALIKE = str.maketrans("OIL", "011")


def new_serial(fiscal_year: int) -> str:
    """Return a fresh certificate serial for a fiscal year in พ.ศ., such as «SC69-7K3M-9QXD-4TBV-W».

    60 random bits, so that serials can be neither guessed nor counted, and a check character that catches
    every single wrong character and every swap of neighbours. Raises ValueError outside 2500-2599.
    """
    if not _FIRST_YEAR <= fiscal_year <= _LAST_YEAR:
        raise ValueError(f"the fiscal year is numbered in พ.ศ. ({_FIRST_YEAR}-{_LAST_YEAR})")
    year, random = f"{fiscal_year % 100:02d}", _draw(_RANDOM)
    return _print(year, random, _check_character(year + random))


def parse_serial(text: str) -> str:
    """Return the serial as printed, from what a person typed.

    Small letters, missing dashes, spaces, Thai digits, O for 0 and I or L for 1 are all understood. Raises
    InvalidInput (codes serial-shape, serial-check; field "serial") with a Thai message.
    """
    typed = _DROPPED.sub("", to_arabic_digits(text)).upper()
    found = _SERIAL.fullmatch(typed.translate(_LOOK_ALIKE))
    if found is None:
        _refuse("shape", "รูปแบบเลขที่ประกาศนียบัตรไม่ถูกต้อง โปรดพิมพ์ให้ครบตามที่ปรากฏ เช่น SC69-7K3M-9QXD-4TBV-W")
    year, random, check = found.groups()
    if check != _check_character(year + random):
        _refuse("check", "เลขที่ประกาศนียบัตรไม่ถูกต้อง อาจพิมพ์ผิดบางตัว โปรดตรวจทุกตัวอักษรอีกครั้ง")
    return _print(year, random, check)


def _print(year: str, random: str, check: str) -> str:
    groups = [random[start : start + 4] for start in range(0, _RANDOM, 4)]
    return "-".join([_PREFIX + year, *groups, check])


def _refuse(code: str, message: str) -> NoReturn:
    raise InvalidInput(f"serial-{code}", message, field="serial")


def _powers() -> tuple[int, ...]:
    # The powers of x in GF(32) over x^5 + x^2 + 1: thirty-one different weights, none of them nought.
    powers, value = [], 1
    for _ in range(31):
        powers.append(value)
        value <<= 1
        if value & 32:
            value ^= 0b100101
    return tuple(powers)


_POWERS = _powers()
_LOGARITHM = {value: exponent for exponent, value in enumerate(_POWERS)}


def _check_character(body: str) -> str:
    """Return the weighted sum of the characters in GF(32).

    Weights differ from place to place and none is nought, so one changed character, or two neighbours
    swapped, always changes the sum; the check character itself has the weight 1 at the end.
    """
    total = 0
    for place, char in enumerate(body, start=1):
        value = _ALPHABET.index(char)
        if value:
            total ^= _POWERS[(_LOGARITHM[value] + place) % 31]
    return _ALPHABET[total]
