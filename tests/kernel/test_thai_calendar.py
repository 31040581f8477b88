"""The Thai calendar: what is printed can be read back, and no day is ever lost between the two eras."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sucharit.kernel import thai_calendar as cal
from sucharit.kernel.errors import InvalidInput

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
LEAP_DAYS = [date(year, 2, 29) for year in range(1904, 2200, 4) if year != 2100]
MARCH = date(2025, 3, 15)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("long", "15 มีนาคม 2568"),
        ("full", "15 มีนาคม พ.ศ. 2568"),
        ("short", "15 มี.ค. 2568"),
        ("numeric", "15/03/2568"),
    ],
)
def test_each_style_prints_as_officials_write_it(style: cal.DateStyle, expected: str) -> None:
    assert cal.format_date(MARCH, style) == expected


def test_thai_digits_and_unknown_style() -> None:
    assert cal.format_date(MARCH, "full", thai_digits=True) == "๑๕ มีนาคม พ.ศ. ๒๕๖๘"
    with pytest.raises(ValueError, match="style"):
        cal.format_date(MARCH, "iso")  # type: ignore[arg-type]


@given(DAYS, st.sampled_from(["long", "full", "short", "numeric"]), st.booleans())
def test_every_printed_date_reads_back(day: date, style: cal.DateStyle, thai_digits: bool) -> None:
    assert cal.parse_date(cal.format_date(day, style, thai_digits=thai_digits)) == day


@pytest.mark.parametrize("style", ["long", "full", "short", "numeric"])
def test_every_leap_day_reads_back(style: cal.DateStyle) -> None:
    assert [cal.parse_date(cal.format_date(day, style)) for day in LEAP_DAYS] == LEAP_DAYS


@given(DAYS)
def test_iso_reads_in_both_eras(day: date) -> None:
    assert cal.parse_date(day.isoformat()) == day
    assert cal.parse_date(f"{day.year + 543}-{day.month:02d}-{day.day:02d}") == day


@pytest.mark.parametrize(
    "text",
    [
        "15/3/2568", "15/03/68", "15-3-2568", "15.3.2568", " 15 / 3 / 2568 ", "๑๕/๓/๒๕๖๘", "๑๕ มี.ค. ๖๘",
        "15 มีนาคม 2568", "15 มีนาคม พ.ศ. 2568", "15 มีนาคม พ.ศ.2568", "15มีนาคม2568", "15 มี.ค. 2568", "15 มีค 68",
        "15 มี. ค. 2568", "15 มี.ค.2568", "15 มีนาคม ค.ศ. 2025", "15 มีนาคม 2025", "15/3/2025", "2025-03-15",
        "2568-03-15", "2568-3-15", "วันเสาร์ที่ 15 มีนาคม พ.ศ. 2568", "วันที่ 15 มีนาคม 2568", "\u200b15/3/2568\ufeff",
    ],
)  # fmt: skip
def test_the_many_ways_of_writing_one_day(text: str) -> None:
    assert cal.parse_date(text) == MARCH


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", "date-empty", "15/03/2568"),
        ("พรุ่งนี้", "date-shape", "15/03/2568"),
        ("15/3-2568", "date-shape", "15/03/2568"),
        ("15 มีนา 2568", "date-month-name", "ชื่อเดือน"),
        ("3/15/2568", "date-month", "1 ถึง 12"),
        ("31/4/2568", "date-day", "เดือนเมษายนมีวันที่ 1 ถึง 30"),
        ("0/4/2568", "date-day", "1 ถึง 30"),
        ("30/2/2567", "date-day", "1 ถึง 29"),
        ("29 ก.พ. 2568", "date-not-leap", "พ.ศ. 2568 ไม่มีวันที่ 29 กุมภาพันธ์"),
        ("29/2/2643", "date-not-leap", "28 วัน"),
        ("15/3/568", "date-year", "สี่หลัก"),
        ("15/3/25680", "date-year", "สี่หลัก"),
        ("15/3/1899", "date-year", "1899"),
        ("15/3/2800", "date-year", "2800"),
        ("15 มีนาคม พ.ศ. 2025", "date-year", "2025"),
        ("15 มีนาคม ค.ศ. 2568", "date-year", "2568"),
        ("15 มีนาคม ค.ศ. 25", "date-year", "สี่หลัก"),
    ],
)
def test_refusals_say_what_to_type(text: str, code: str, says: str) -> None:
    with pytest.raises(cal.ThaiDateError) as caught:
        cal.parse_date(text)
    assert caught.value.code == code
    assert says in caught.value.message
    assert isinstance(caught.value, InvalidInput)


def test_leap_day_of_2567_is_a_day() -> None:
    assert cal.parse_date("29 ก.พ. 2567") == date(2024, 2, 29)


def _read(text: str) -> date | cal.ThaiDateError:
    try:
        return cal.parse_date(text)
    except cal.ThaiDateError as error:
        return error


@given(st.text(max_size=30))
def test_any_text_gives_a_date_or_a_thai_sentence(text: str) -> None:
    outcome = _read(text)
    assert isinstance(outcome, date) or any("ก" <= char <= "๛" for char in outcome.message)


@given(st.text(alphabet="0123456789๐๑๒๓/-. มค.พศ²③", max_size=20))
def test_date_like_text_never_breaks_the_reader(text: str) -> None:
    outcome = _read(text)
    assert isinstance(outcome, date) or outcome.code.startswith("date-")


def test_year_boundary_is_bangkoks() -> None:
    instant = datetime(2025, 12, 31, 18, 0, tzinfo=UTC)
    assert cal.local_date(instant) == date(2026, 1, 1)
    assert cal.format_date(instant) == "1 มกราคม 2569"
    assert cal.buddhist_year(instant) == 2569
    assert cal.format_datetime(instant) == "1 ม.ค. 2569 เวลา 01.00 น."
    assert cal.format_datetime(instant, style="full", thai_digits=True) == "๑ มกราคม พ.ศ. ๒๕๖๙ เวลา ๐๑.๐๐ น."


def test_naive_instants_are_refused() -> None:
    naive = datetime(2025, 3, 15, 7, 30)
    for use in (cal.local_date, cal.format_datetime, cal.format_date, cal.buddhist_year):
        with pytest.raises(ValueError, match="time zone"):
            use(naive)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2025, 10, 1), date(2026, 3, 31), "1 ต.ค. 2568 – 31 มี.ค. 2569"),
        (date(2025, 10, 1), date(2025, 11, 30), "1 ต.ค. – 30 พ.ย. 2568"),
        (date(2025, 10, 1), date(2025, 10, 15), "1–15 ต.ค. 2568"),
        (date(2025, 10, 1), date(2025, 10, 1), "1 ต.ค. 2568"),
    ],
)
def test_ranges_say_shared_parts_once(start: date, end: date, expected: str) -> None:
    assert cal.format_range(start, end) == expected


def test_a_range_runs_forwards() -> None:
    with pytest.raises(ValueError, match="before"):
        cal.format_range(date(2025, 10, 2), date(2025, 10, 1))


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "0 นาที"), (45, "45 นาที"), (60, "1 ชั่วโมง"), (80, "1 ชั่วโมง 20 นาที"), (60_000, "1,000 ชั่วโมง")],
)
def test_minutes(minutes: int, expected: str) -> None:
    assert cal.format_minutes(minutes) == expected


def test_negative_minutes_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        cal.format_minutes(-1)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "วันนี้"), (1, "พรุ่งนี้"), (2, "อีก 2 วัน"), (12, "อีก 12 วัน"), (-1, "เลยกำหนด 1 วัน"), (-3, "เลยกำหนด 3 วัน")],
)
def test_relative_days(days: int, expected: str) -> None:
    assert cal.relative_days(MARCH + timedelta(days=days), MARCH) == expected


def test_digits_go_there_and_back() -> None:
    assert cal.to_thai_digits("ก 0123456789 A") == "ก ๐๑๒๓๔๕๖๗๘๙ A"
    assert cal.to_arabic_digits("ก ๐๑๒๓๔๕๖๗๘๙ A") == "ก 0123456789 A"


def test_weekdays_follow_python() -> None:
    assert cal.WEEKDAYS[MARCH.weekday()] == "วันเสาร์"


# --- the fiscal year ---------------------------------------------------------------------------------------


def test_fiscal_year_2569() -> None:
    year = cal.FiscalYear(2569)
    assert (year.start, year.end) == (date(2025, 10, 1), date(2026, 9, 30))
    assert year.label == str(year) == "ปีงบประมาณ พ.ศ. 2569"
    assert [half.label for half in year.rounds] == [
        "รอบที่ 1 (1 ต.ค. 2568 – 31 มี.ค. 2569)",
        "รอบที่ 2 (1 เม.ย. 2569 – 30 ก.ย. 2569)",
    ]
    assert year.previous.next == year
    assert year.previous < year < year.next


@given(DAYS)
def test_each_day_lies_in_its_year_and_in_one_round(day: date) -> None:
    year, half = cal.FiscalYear.of(day), cal.AppraisalRound.of(day)
    assert year.start <= day <= year.end
    assert half.start <= day <= half.end
    assert half.fiscal_year == year
    assert [day in other for other in year.rounds] == [half.number == 1, half.number == 2]
    assert day in year
    assert day not in year.next


@given(st.integers(min_value=2443, max_value=2743))
def test_years_and_rounds_meet_without_a_gap(number: int) -> None:
    year = cal.FiscalYear(number)
    first, second = year.rounds
    assert (first.start, second.end) == (year.start, year.end)
    assert first.end + timedelta(days=1) == second.start
    assert year.end + timedelta(days=1) == year.next.start


def test_boundary_days_and_instants() -> None:
    assert cal.FiscalYear.of(date(2025, 9, 30)).year == 2568
    assert cal.FiscalYear.of(date(2025, 10, 1)).year == 2569
    assert cal.FiscalYear.of(datetime(2025, 9, 30, 17, 0, tzinfo=UTC)).year == 2569
    assert cal.AppraisalRound.of(datetime(2026, 3, 31, 17, 0, tzinfo=UTC)).number == 2
    assert cal.AppraisalRound.of(date(2026, 3, 31)).number == 1


def test_a_year_in_the_other_era_is_refused() -> None:
    with pytest.raises(ValueError, match=r"พ\.ศ\."):
        cal.FiscalYear(2026)
    with pytest.raises(ValueError, match="rounds"):
        cal.AppraisalRound(cal.FiscalYear(2569), 3)  # type: ignore[arg-type]
