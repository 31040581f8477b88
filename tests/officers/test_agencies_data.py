"""The starter tree of the state: whatever else changes in it, a loader can trust these."""

import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

FILE: Final = (
    Path(__file__).resolve().parents[2] / "site" / "sucharit" / "officers" / "data" / "agencies.toml"
)
KEYS: Final = {"code", "parent", "name", "short_name", "level", "area", "hr_body"}
AREAS: Final = {"central", "central_regional", "regional", "local", "abroad"}
HR_BODIES: Final = {"ocsc", "university", "teachers", "police", "local", "defence", "other"}
# Roots that gather what stands outside the twenty ministries, and branches that only gather their children.
GATHERING_ROOTS: Final = {"NONMIN", "LAO"}
GATHERING_BRANCHES: Final = {"MOI-PROV", "MHESI-RU", "MHESI-RMUT", "LAO-PAO"}
# Two SARA E for SARA AE, SARA AM in two parts, zero-width or directional marks, a mark with nothing under it,
# a tone before its vowel, one mark twice: all look right on a screen and break search and sorting.
BROKEN_THAI: Final = re.compile(
    "เเ|\u0e4d\u0e32|[\u200b-\u200f\u2060\ufeff\u00a0]|(?:^|[\\s(])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
    "|[\u0e48-\u0e4c][\u0e31\u0e34-\u0e3a]|([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])\\1"
)

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every agency of the file, in its order."""
    with FILE.open("rb") as handle:
        loaded: list[Row] = tomllib.load(handle)["agency"]
    return loaded


@pytest.fixture(scope="module")
def by_code(rows: list[Row]) -> dict[str, Row]:
    """Agencies by code."""
    return {row["code"]: row for row in rows}


def ancestors(row: Row, by_code: dict[str, Row]) -> list[Row]:
    """The agencies above one, nearest first; fails on a cycle."""
    above: list[Row] = []
    while row["parent"]:
        row = by_code[row["parent"]]
        assert row not in above, f"cycle at {row['code']}"
        above.append(row)
    return above


def test_every_row_has_exactly_the_agreed_text_fields(rows: list[Row]) -> None:
    for row in rows:
        assert set(row) == KEYS, row
        assert all(isinstance(value, str) for value in row.values()), row


def test_codes_are_stable_ascii_and_unique(rows: list[Row]) -> None:
    codes = Counter(row["code"] for row in rows)
    assert [code for code, count in codes.items() if count > 1] == []
    assert [
        code for code in codes if not re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", code) or len(code) > 40
    ] == []


def test_a_parent_stands_before_its_children(rows: list[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        assert not row["parent"] or row["parent"] in seen, row
        seen.add(row["code"])


def test_the_tree_is_at_most_eight_deep_without_cycles(rows: list[Row], by_code: dict[str, Row]) -> None:
    assert max(len(ancestors(row, by_code)) + 1 for row in rows) <= 8


def test_a_child_is_never_of_a_shallower_level_than_its_parent(
    rows: list[Row], by_code: dict[str, Row]
) -> None:
    for row in rows:
        assert re.fullmatch(r"0[1-8]", row["level"]), row
        assert (row["level"] == "01") == (row["parent"] == ""), row
        assert not row["parent"] or by_code[row["parent"]]["level"] <= row["level"], row


def test_names_are_clean_thai(rows: list[Row]) -> None:
    for row in rows:
        for text in (row["name"], row["short_name"]):
            assert text == unicodedata.normalize("NFC", text), row
            assert text == " ".join(text.split()), row
            assert not BROKEN_THAI.search(text), row
        assert re.search("[ก-ฮ]", row["name"]), row
        assert len(row["name"]) <= 200, row
        assert len(row["short_name"]) <= 40, row


@pytest.mark.parametrize(
    "text", ["เเพร่", "อ\u0e4d\u0e32เภอ", "กรม\u200bที่ดิน", "กรมที\u0e48\u0e48ดิน", "กรมท\u0e48\u0e35ดิน"]
)
def test_the_check_of_thai_sees_broken_text(text: str) -> None:
    assert BROKEN_THAI.search(text)


def test_siblings_share_neither_name_nor_short_name(rows: list[Row]) -> None:
    names = Counter((row["parent"], row["name"]) for row in rows)
    shorts = Counter((row["parent"], row["short_name"]) for row in rows if row["short_name"])
    assert [key for key, count in (names + shorts).items() if count > 1] == []


def test_areas_and_central_hr_bodies_are_of_the_closed_lists(rows: list[Row]) -> None:
    assert {row["area"] for row in rows} <= AREAS
    assert {row["hr_body"] for row in rows} <= HR_BODIES


def test_there_are_twenty_ministries_with_the_prime_ministers_office_first(rows: list[Row]) -> None:
    ministries = [row for row in rows if not row["parent"] and row["code"] not in GATHERING_ROOTS]
    assert len(ministries) == 20
    assert ministries[0]["name"] == "สำนักนายกรัฐมนตรี"
    assert all(row["name"].startswith("กระทรวง") for row in ministries[1:])


def test_departments_are_all_there(rows: list[Row]) -> None:
    departments = [
        row
        for row in rows
        if row["level"] == "02"
        and row["area"] == "central"
        and row["hr_body"] != "university"
        and row["code"] not in GATHERING_BRANCHES
    ]
    assert 145 <= len(departments) <= 175
    for row in rows:
        if row["level"] == "01":
            assert any(child["parent"] == row["code"] and child["level"] == "02" for child in rows), row


def test_the_same_seventy_six_provinces_stand_in_the_region_and_in_local_government(rows: list[Row]) -> None:
    def stems(parent: str, prefix: str) -> dict[str, str]:
        return {
            row["code"].rsplit("-", 1)[1]: row["name"].removeprefix(prefix)
            for row in rows
            if row["parent"] == parent
        }

    provinces = stems("MOI-PROV", "จังหวัด")
    assert len(provinces) == len(set(provinces.values())) == 76
    assert provinces == stems("LAO-PAO", "องค์การบริหารส่วนจังหวัด")


def test_the_agencies_of_the_demonstration_have_inner_units(rows: list[Row]) -> None:
    inner = Counter(row["parent"] for row in rows if row["level"] == "03" and row["area"] == "central")
    for code in ("OPM-OCSC", "MOI-DOPA", "MOI-CDD", "MOF-CGD"):
        assert inner[code] >= 6, code


def test_local_government_answers_to_its_own_body(rows: list[Row]) -> None:
    for row in rows:
        assert (row["area"] == "local") == (row["hr_body"] == "local") == row["code"].startswith("LAO"), row
