"""The Thai national identity number: read, checked, hashed, and shown only by its tail.

The number itself is never stored, logged or repeated in a message.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError
from stdnum.th import pin

from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.thai_calendar import to_arabic_digits

__all__ = ["NationalIdError", "keyed_hash", "masked_tail", "parse", "synthetic"]

_NUMBER = re.compile("[1-8][0-9]{12}")
_SEPARATORS = re.compile("[\\s\u200b-\u200f\u2060\ufeff.\\-\u2010-\u2015\u2212]+")
_SHORTEST_KEY = 16
_MOST_SYNTHETIC = 10**9


class NationalIdError(InvalidInput):
    """The text is not a national identity number. The message never contains any of it."""


_REASONS: dict[type[ValidationError], tuple[str, str]] = {
    InvalidLength: ("length", "เลขประจำตัวประชาชนต้องมี 13 หลัก โปรดตรวจจำนวนหลักอีกครั้ง"),
    InvalidFormat: ("format", "เลขประจำตัวประชาชนต้องเป็นตัวเลขเท่านั้น โปรดพิมพ์ตัวเลข 13 หลัก"),
    InvalidComponent: ("first-digit", "เลขประจำตัวประชาชนต้องขึ้นต้นด้วยเลข 1 ถึง 8 โปรดตรวจหลักแรกอีกครั้ง"),
    InvalidChecksum: ("check-digit", "เลขประจำตัวประชาชนไม่ถูกต้อง โปรดตรวจตัวเลขทุกหลักอีกครั้ง"),
}


def parse(text: str) -> str:
    """Return the 13 digits of a typed number; Thai digits, spaces and dashes are folded.

    Raises NationalIdError with a Thai message that says what is wrong without repeating the number.
    """
    digits = _SEPARATORS.sub("", to_arabic_digits(text))
    if not digits:
        raise NationalIdError("national-id-empty", "โปรดกรอกเลขประจำตัวประชาชน 13 หลัก", field="national_id")
    try:
        return str(pin.validate(digits)) if digits.isascii() else _refuse_format()
    except ValidationError as error:
        code, message = _REASONS[type(error)]
    # Raised outside the handler: a chained traceback could carry the number into a log.
    raise NationalIdError(f"national-id-{code}", message, field="national_id")


def _refuse_format() -> str:
    raise InvalidFormat


def keyed_hash(number: str, key: bytes) -> str:
    """Return HMAC-SHA256 of a parsed number, 64 hexadecimal digits.

    A bare hash of 13 digits can be tried out in minutes, so the key must be secret: at least 16 bytes, kept
    away from the database. Raises ValueError for a short key or a number that did not come from `parse`.
    """
    if len(key) < _SHORTEST_KEY:
        raise ValueError("the key is too short")
    return hmac.new(key, _parsed(number).encode("ascii"), hashlib.sha256).hexdigest()


def masked_tail(number: str) -> str:
    """Return a parsed number with only its last three digits showing: «x-xxxx-xxxxx-12-3»."""
    number = _parsed(number)
    return f"x-xxxx-xxxxx-{number[10:12]}-{number[12]}"


def synthetic(n: int) -> str:
    """Return the n-th number for demonstration data: right check digit, nobody's number.

    Registrars' codes begin with a province, and provinces begin at 10; these have 00 there. Takes 0 to
    999,999,999.
    """
    if not 0 <= n < _MOST_SYNTHETIC:
        raise ValueError("synthetic numbers run from 0 to 999,999,999")
    body = f"100{n:09d}"
    return body + str(pin.calc_check_digit(body))


def _parsed(number: str) -> str:
    if not _NUMBER.fullmatch(number):
        raise ValueError("not a parsed national identity number")
    return number
