"""The stock of names and positions for the people of the demonstration."""

import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

DATA: Final = Path(__file__).resolve().parents[2] / "site" / "sucharit" / "officers" / "data"
LEVELS: Final = {
    "general": {"O1", "O2", "O3", "O4"},
    "academic": {"K1", "K2", "K3", "K4", "K5"},
    "managerial": {"D1", "D2"},
    "executive": {"M1", "M2"},
    "other": {"-"},
}
POSITION_KEYS: Final = {
    "title", "personnel_type", "type", "group", "levels", "weight", "agencies", "agency_prefixes", "one_per_agency",
}  # fmt: skip
# Surnames by which the public would know somebody, or that were bestowed; also everything of the form "ณ …".
KNOWN_SURNAMES: Final = {
    "ชินวัตร", "จันทร์โอชา", "เวชชาชีวะ", "หลีกภัย", "ศิลปอาชา", "ยงใจยุทธ", "ชุณหะวัณ", "ปันยารชุน", "ติณสูลานนท์",
    "ลิ้มเจริญรัตน์", "จึงรุ่งเรืองกิจ", "วงศ์สวัสดิ์", "ทวีสิน", "ชาญวีรกูล", "ชิดชอบ", "เทือกสุบรรณ", "วงษ์สุวรรณ",
    "เจียรวนนท์", "สิริวัฒนภักดี", "จิราธิวัฒน์", "ล่ำซำ", "โสภณพนิช", "บุนนาค", "อยู่วิทยา", "ศรีวัฒนประภา",
}  # fmt: skip


@pytest.fixture(scope="module")
def people() -> dict[str, Any]:
    """The whole file."""
    with (DATA / "people.toml").open("rb") as handle:
        return tomllib.load(handle)


@pytest.fixture(scope="module")
def agencies() -> list[dict[str, str]]:
    """The agencies that positions refer to."""
    with (DATA / "agencies.toml").open("rb") as handle:
        loaded: list[dict[str, str]] = tomllib.load(handle)["agency"]
    return loaded


def fits(position: dict[str, Any], agency: dict[str, str], by_code: dict[str, dict[str, str]]) -> bool:
    """Whether an agency may have the position: inside a named subtree and named with a prefix."""
    prefixes = position["agency_prefixes"]
    if prefixes and not agency["name"].startswith(tuple(prefixes)):
        return False
    code = agency["code"]
    while code:
        if not position["agencies"] or code in position["agencies"]:
            return True
        code = by_code[code]["parent"]
    return False


@pytest.mark.parametrize(("kind", "least"), [("male", 115), ("female", 115), ("surnames", 250)])
def test_there_are_enough_names_and_none_twice(people: dict[str, Any], kind: str, least: int) -> None:
    names = people["names"][kind]
    assert len(names) >= least
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_names_are_clean_single_thai_words(people: dict[str, Any]) -> None:
    for names in people["names"].values():
        for name in names:
            assert name == unicodedata.normalize("NFC", name)
            assert re.fullmatch("[เ-ไ]?[ก-ฮ][ก-ฺเ-์]+", name), name
            assert not re.search("เเ|\u0e4d|[\u0e48-\u0e4c][\u0e31\u0e34-\u0e3a]", name), name


def test_no_first_name_is_of_both_genders(people: dict[str, Any]) -> None:
    assert set(people["names"]["male"]) & set(people["names"]["female"]) == set()


def test_no_surname_points_to_a_known_family(people: dict[str, Any]) -> None:
    surnames = set(people["names"]["surnames"])
    assert surnames & KNOWN_SURNAMES == set()
    assert [name for name in surnames if name.startswith("ณ")] == []


def test_both_genders_have_weighted_titles(people: dict[str, Any]) -> None:
    titles = people["title"]
    assert {row["gender"] for row in titles} == {"male", "female"}
    assert len({row["text"] for row in titles}) == len(titles)
    assert all(isinstance(row["weight"], int) and row["weight"] > 0 for row in titles)


def test_positions_keep_to_their_type_and_levels(people: dict[str, Any]) -> None:
    for row in people["position"]:
        assert set(row) == POSITION_KEYS, row
        assert row["title"] == unicodedata.normalize("NFC", " ".join(row["title"].split())), row
        assert row["levels"], row
        assert set(row["levels"]) <= LEVELS[row["type"]], row
        assert row["levels"] == sorted(set(row["levels"])), row
        assert isinstance(row["weight"], int), row
        assert row["weight"] > 0, row
        assert (row["type"] == "other") == (row["personnel_type"] != "civil_servant"), row
        assert bool(row["group"]) == (row["type"] == "other"), row


def test_no_position_stands_twice_in_its_kind_of_personnel(people: dict[str, Any]) -> None:
    titles = Counter((row["personnel_type"], row["title"]) for row in people["position"])
    assert [title for title, count in titles.items() if count > 1] == []


def test_every_kind_of_personnel_and_level_can_be_filled(people: dict[str, Any]) -> None:
    positions = people["position"]
    kinds = {row["personnel_type"] for row in positions}
    assert kinds == {"civil_servant", "government_employee", "permanent_employee"}
    assert {level for row in positions for level in row["levels"]} == set().union(*LEVELS.values())


def test_every_position_fits_some_agency_of_ordinary_civil_servants(
    people: dict[str, Any], agencies: list[dict[str, str]]
) -> None:
    by_code = {agency["code"]: agency for agency in agencies}
    ordinary = [agency for agency in agencies if agency["hr_body"] == "ocsc"]
    for row in people["position"]:
        assert set(row["agencies"]) <= set(by_code), row
        assert any(fits(row, agency, by_code) for agency in ordinary), row


def test_heads_of_divisions_do_not_land_on_whole_departments(
    people: dict[str, Any], agencies: list[dict[str, str]]
) -> None:
    by_code = {agency["code"]: agency for agency in agencies}
    ordinary = [agency for agency in agencies if agency["hr_body"] == "ocsc"]
    expected = {"ผู้อำนวยการ": {"03"}, "เลขานุการกรม": {"03"}, "คลัง": {"03"}, "นายอำเภอ": {"04"}, "อธิบดี": {"02"}}
    for row in people["position"]:
        for prefix, levels in expected.items():
            if row["type"] in {"managerial", "executive"} and row["title"].startswith(prefix):
                assert {agency["level"] for agency in ordinary if fits(row, agency, by_code)} == levels, row
                assert row["one_per_agency"] is True, row


def test_governors_stand_in_the_seventy_six_provinces_only(
    people: dict[str, Any], agencies: list[dict[str, str]]
) -> None:
    by_code = {agency["code"]: agency for agency in agencies}
    governor = next(row for row in people["position"] if row["title"] == "ผู้ว่าราชการจังหวัด")
    assert sum(fits(governor, agency, by_code) for agency in agencies) == 76
