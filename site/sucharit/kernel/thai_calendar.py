"""The Thai civil calendar: printing and reading dates, the fiscal year and its two appraisal rounds.

Values are always ordinary dates (ค.ศ.) and aware instants; the Buddhist year exists only in text. A year is
turned before a `date` is built, never by moving a finished date 543 years: the two calendars put 29 February
in the same years of the world but in different year numbers, so a moved date may not exist.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from sucharit.kernel.errors import InvalidInput

__all__ = [
    "BANGKOK",
    "MONTHS",
    "MONTHS_SHORT",
    "WEEKDAYS",
    "AppraisalRound",
    "DateStyle",
    "FiscalYear",
    "ThaiDateError",
    "buddhist_year",
    "format_date",
    "format_datetime",
    "format_minutes",
    "format_range",
    "format_time",
    "local_date",
    "midnight",
    "parse_date",
    "relative_days",
    "to_arabic_digits",
    "to_thai_digits",
]

BANGKOK = ZoneInfo("Asia/Bangkok")
MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
MONTHS_SHORT = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
# Monday first, as date.weekday() counts.
WEEKDAYS = ("วันจันทร์", "วันอังคาร", "วันพุธ", "วันพฤหัสบดี", "วันศุกร์", "วันเสาร์", "วันอาทิตย์")

DateStyle = Literal["long", "full", "short", "numeric"]

_ERA_GAP = 543
_FIRST_BUDDHIST, _LAST_BUDDHIST = 2400, 2799
_FIRST_CHRISTIAN, _LAST_CHRISTIAN = 1900, 2399
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_ARABIC_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_EXAMPLE = "โปรดพิมพ์ วัน/เดือน/ปี พ.ศ. เช่น 15/03/2568 หรือ 15 มีนาคม 2568"


class ThaiDateError(InvalidInput):
    """The text is not a date; the message says, in Thai, why and what to type instead."""


# --- digits and eras ----------------------------------------------------------------------------------------


def to_thai_digits(s: str) -> str:
    """Return the text with 0-9 written ๐-๙."""
    return s.translate(_THAI_DIGITS)


def to_arabic_digits(s: str) -> str:
    """Return the text with ๐-๙ written 0-9; other scripts' digits are left alone."""
    return s.translate(_ARABIC_DIGITS)


def buddhist_year(d: date) -> int:
    """Return the year number in พ.ศ. of a date, or of the Bangkok day of an aware instant."""
    return _plain(d).year + _ERA_GAP


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Bangkok."""
    return datetime.combine(day, time.min, BANGKOK)


def local_date(instant: datetime) -> date:
    """Return the day in Bangkok at this instant. Raises ValueError if it carries no time zone."""
    return _local(instant).date()


def _local(instant: datetime) -> datetime:
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(BANGKOK)


def _plain(d: date) -> date:
    # A datetime is also a date; taken as it is, one in UTC would print yesterday until seven in the morning.
    return local_date(d) if isinstance(d, datetime) else d


# --- printing -----------------------------------------------------------------------------------------------


def format_date(d: date, style: DateStyle = "long", *, thai_digits: bool = False) -> str:
    """Print a date in พ.ศ.

    Styles: long «15 มีนาคม 2568», full «15 มีนาคม พ.ศ. 2568», short «15 มี.ค. 2568», numeric «15/03/2568».
    An aware datetime is printed as its Bangkok day; a naive one raises ValueError, as does an unknown style.
    """
    d = _plain(d)
    year = d.year + _ERA_GAP
    if style == "long":
        text = f"{d.day} {MONTHS[d.month - 1]} {year}"
    elif style == "short":
        text = f"{d.day} {MONTHS_SHORT[d.month - 1]} {year}"
    elif style == "full":
        text = f"{d.day} {MONTHS[d.month - 1]} พ.ศ. {year}"
    elif style == "numeric":
        text = f"{d.day:02d}/{d.month:02d}/{year}"
    else:
        raise ValueError(f"unknown date style: {style}")
    return to_thai_digits(text) if thai_digits else text


def format_datetime(instant: datetime, *, style: DateStyle = "short", thai_digits: bool = False) -> str:
    """Print an aware instant in Bangkok time: «15 มี.ค. 2568 เวลา 14.30 น.». A naive one raises ValueError."""
    local = _local(instant)
    text = f"{format_date(local.date(), style)} เวลา {format_time(instant)}"
    return to_thai_digits(text) if thai_digits else text


def format_time(instant: datetime) -> str:
    """Print the time of day of an aware instant in Bangkok: «14.30 น.»."""
    local = _local(instant)
    return f"{local.hour:02d}.{local.minute:02d} น."


def format_range(start: date, end: date) -> str:
    """Print a span of days in the short style, saying month and year once where both ends share them.

    «1 ต.ค. 2568 – 31 มี.ค. 2569», «1 ต.ค. – 30 พ.ย. 2568», «1–15 ต.ค. 2568», «1 ต.ค. 2568». Raises ValueError
    if the end lies before the start.
    """
    start, end = _plain(start), _plain(end)
    if end < start:
        raise ValueError("a range ends before it starts")
    if start == end:
        return format_date(end, "short")
    if start.year != end.year:
        return f"{format_date(start, 'short')} – {format_date(end, 'short')}"
    if start.month != end.month:
        return f"{start.day} {MONTHS_SHORT[start.month - 1]} – {format_date(end, 'short')}"
    return f"{start.day}–{format_date(end, 'short')}"


def format_minutes(n: int) -> str:
    """Print a length of time given in whole minutes: «1 ชั่วโมง 20 นาที». Raises ValueError below nought."""
    if n < 0:
        raise ValueError("a length of time cannot be negative")
    hours, minutes = divmod(n, 60)
    parts = [f"{hours:,} ชั่วโมง"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes} นาที")
    return " ".join(parts)


def relative_days(d: date, today: date) -> str:
    """Say how far a due date is: «วันนี้», «พรุ่งนี้», «อีก 12 วัน», «เลยกำหนด 3 วัน»."""
    days = (_plain(d) - _plain(today)).days
    if days == 0:
        return "วันนี้"
    if days == 1:
        return "พรุ่งนี้"
    return f"อีก {days:,} วัน" if days > 0 else f"เลยกำหนด {-days:,} วัน"


# --- reading ------------------------------------------------------------------------------------------------

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_LEAD_IN = re.compile(r"^(?:วัน(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัสฯ?|ศุกร์|เสาร์|อาทิตย์)?\s*(?:ที่)?)\s*(?=\d)")
_NUMERIC = re.compile(r"(\d{1,2})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d+)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WORDED = re.compile(r"(\d{1,2})\s*([^\d\s/\-][^\d/\-]*?)\s*(\d+)")
_ERA = re.compile(r"(พศ|คศ)$")
_MONTH_NUMBERS = {
    name.replace(".", ""): number
    for names in (MONTHS, MONTHS_SHORT)
    for number, name in enumerate(names, start=1)
}


def parse_date(text: str) -> date:
    """Read a date as Thai officials write it, and return it as an ordinary date.

    Takes d/m/y, d-m-y, d.m.y; a day, a month name (full or short, dots optional) and a year, with or without
    พ.ศ. or ค.ศ.; and yyyy-mm-dd. Thai digits are welcome. Years from 2400 are พ.ศ., 1900-2399 ค.ศ., two
    digits พ.ศ. 25xx. Raises ThaiDateError, whose message tells the person what to type.
    """
    cleaned = " ".join(to_arabic_digits(_INVISIBLE.sub("", text)).split())
    if not cleaned:
        raise _refusal("empty", f"ยังไม่ได้ระบุวันที่ {_EXAMPLE}")
    cleaned = _LEAD_IN.sub("", cleaned)
    if iso := _ISO.fullmatch(cleaned):
        year, month, day = (int(part) for part in iso.groups())
        return _compose(day, month, _christian_year(year, 4, ""))
    if numeric := _NUMERIC.fullmatch(cleaned):
        year_text = numeric[4]
        return _compose(int(numeric[1]), int(numeric[3]), _christian_year(int(year_text), len(year_text), ""))
    if worded := _WORDED.fullmatch(cleaned):
        return _from_words(int(worded[1]), worded[2], worded[3])
    raise _refusal("shape", f"อ่านวันที่นี้ไม่ได้ {_EXAMPLE}")


def _from_words(day: int, words: str, year_text: str) -> date:
    name = re.sub(r"[.\s]", "", words)
    era = _ERA.search(name)
    month = _MONTH_NUMBERS.get(_ERA.sub("", name))
    if month is None:
        raise _refusal("month-name", f"ไม่พบชื่อเดือนที่พิมพ์ไว้ {_EXAMPLE}")
    return _compose(day, month, _christian_year(int(year_text), len(year_text), era[1] if era else ""))


def _christian_year(year: int, digits: int, era: str) -> int:
    """Return the year in ค.ศ.; `digits` is how many were typed, `era` «พศ», «คศ» or ""."""
    if digits == 2 and era != "คศ":
        return 2500 + year - _ERA_GAP
    if digits != 4:
        raise _refusal("year", f"โปรดพิมพ์ปีให้ครบสี่หลัก เช่น 2568 {_EXAMPLE}")
    if era != "คศ" and _FIRST_BUDDHIST <= year <= _LAST_BUDDHIST:
        return year - _ERA_GAP
    if era != "พศ" and _FIRST_CHRISTIAN <= year <= _LAST_CHRISTIAN:
        return year
    raise _refusal("year", f"ปี {year} อยู่นอกช่วงที่ใช้ได้ โปรดพิมพ์ปี พ.ศ. สี่หลัก เช่น 2568")


def _compose(day: int, month: int, year: int) -> date:
    if not 1 <= month <= 12:
        raise _refusal("month", f"เดือนต้องเป็นเลข 1 ถึง 12 {_EXAMPLE}")
    last = calendar.monthrange(year, month)[1]
    if 1 <= day <= last:
        return date(year, month, day)
    if month == 2 and day == 29:
        raise _refusal(
            "not-leap",
            f"ปี พ.ศ. {year + _ERA_GAP} ไม่มีวันที่ 29 กุมภาพันธ์ เพราะเดือนกุมภาพันธ์ของปีนี้มี 28 วัน โปรดตรวจวันที่หรือปีอีกครั้ง",
        )
    raise _refusal("day", f"เดือน{MONTHS[month - 1]}มีวันที่ 1 ถึง {last} โปรดตรวจวันที่อีกครั้ง")


def _refusal(code: str, message: str) -> ThaiDateError:
    return ThaiDateError(f"date-{code}", message)


# --- the fiscal year ----------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True, slots=True)
class FiscalYear:
    """A fiscal year, named by the พ.ศ. in which it ends: 2569 is 1 October 2568 to 30 September 2569."""

    year: int

    def __post_init__(self) -> None:
        # A year in ค.ศ. handed in by mistake would give a span five centuries ago, silently.
        if not _FIRST_BUDDHIST <= self.year <= _LAST_BUDDHIST:
            raise ValueError(f"a fiscal year is numbered in พ.ศ. ({_FIRST_BUDDHIST}-{_LAST_BUDDHIST})")

    @classmethod
    def of(cls, d: date) -> FiscalYear:
        """Return the fiscal year of a date, or of the Bangkok day of an aware instant."""
        d = _plain(d)
        return cls(d.year + _ERA_GAP + (d.month >= 10))

    @property
    def start(self) -> date:
        """The first day, 1 October."""
        return date(self.year - _ERA_GAP - 1, 10, 1)

    @property
    def end(self) -> date:
        """The last day, 30 September, itself included."""
        return date(self.year - _ERA_GAP, 9, 30)

    @property
    def label(self) -> str:
        """«ปีงบประมาณ พ.ศ. 2569»."""
        return f"ปีงบประมาณ พ.ศ. {self.year}"

    @property
    def previous(self) -> FiscalYear:
        """The fiscal year before."""
        return FiscalYear(self.year - 1)

    @property
    def next(self) -> FiscalYear:
        """The fiscal year after."""
        return FiscalYear(self.year + 1)

    @property
    def rounds(self) -> tuple[AppraisalRound, AppraisalRound]:
        """The two appraisal rounds, in order; together they are exactly the year."""
        return AppraisalRound(self, 1), AppraisalRound(self, 2)

    def __contains__(self, d: date) -> bool:
        return self.start <= _plain(d) <= self.end

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, order=True, slots=True)
class AppraisalRound:
    """Half a fiscal year: round 1 from October to March, round 2 from April to September."""

    fiscal_year: FiscalYear
    number: Literal[1, 2]

    def __post_init__(self) -> None:
        if self.number not in (1, 2):
            raise ValueError("a fiscal year has rounds 1 and 2")

    @classmethod
    def of(cls, d: date) -> AppraisalRound:
        """Return the appraisal round of a date, or of the Bangkok day of an aware instant."""
        d = _plain(d)
        return cls(FiscalYear.of(d), 2 if 4 <= d.month <= 9 else 1)

    @property
    def start(self) -> date:
        """The first day: 1 October or 1 April."""
        return self.fiscal_year.start if self.number == 1 else date(self.fiscal_year.end.year, 4, 1)

    @property
    def end(self) -> date:
        """The last day, itself included: 31 March or 30 September."""
        return date(self.fiscal_year.end.year, 3, 31) if self.number == 1 else self.fiscal_year.end

    @property
    def label(self) -> str:
        """«รอบที่ 1 (1 ต.ค. 2568 – 31 มี.ค. 2569)»; both ends carry their year, so that lists line up."""
        return f"รอบที่ {self.number} ({format_date(self.start, 'short')} – {format_date(self.end, 'short')})"

    def __contains__(self, d: date) -> bool:
        return self.start <= _plain(d) <= self.end

    def __str__(self) -> str:
        return self.label
