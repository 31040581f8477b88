"""Journey 3: HR of a department sees its own people, nobody else's, and takes files that equal the screen."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.journeys.conftest import Product, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def rows_on_screen(person: Visitor) -> list[list[str]]:
    """Every row of the list, page after page, as text."""
    found: list[list[str]] = []
    while True:
        found += person.page.eval_on_selector_all(
            "main table tbody tr",
            "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim().replace(/\\s+/g, ' ')))",
        )
        following = person.page.get_by_role("link", name=re.compile("ถัดไป"))
        if not following.count():
            return found
        following.first.click()
        person.page.wait_for_load_state()


def test_hr_sees_filters_opens_and_exports_its_own_people(
    product: Product, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    hr = visitor("hr", width=1280)
    page = hr.page
    hr.open("/hr/")
    hr.sign_in("hr")
    page.wait_for_url(re.compile(r"/hr/agencies/"))
    hr.picture("coverage")
    sentence = " ".join(page.inner_text("main").split())
    counted = re.search(r"ผ่านแล้ว ([\d,]+) จาก ([\d,]+) คน", sentence)
    assert counted is not None
    done, required = (int(text.replace(",", "")) for text in counted.groups())
    assert 0 < done < required

    # Another department is not refused: for this viewer it does not exist.
    other = product.query("select public_id from officers_agency where code = 'MOF-CGD'")[0][0]
    assert hr.open(f"/hr/agencies/{other}/") == 404
    hr.picture("another-department")
    hr.open("/hr/")

    # Who is not done.
    agency = page.url.split("/hr/agencies/")[1].split("/")[0]
    hr.open(f"/hr/agencies/{agency}/people/?show=left")
    hr.picture("not-done")
    screen = rows_on_screen(hr)
    assert len(screen) == required - done

    # Files that equal the screen.
    files = {}
    for kind in ("csv", "xlsx"):
        hr.open(f"/hr/agencies/{agency}/people/?show=left")
        with page.expect_download() as waiting:
            page.get_by_role("link", name=re.compile(kind, re.IGNORECASE)).first.click()
        files[kind] = tmp_path / f"people.{kind}"
        waiting.value.save_as(files[kind])
    raw = files["csv"].read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "a spreadsheet must see at once that this is UTF-8"
    table = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    body = table[1 : 1 + len(screen)]
    assert [row[0] for row in body] == [row[0] for row in screen]
    assert [row[1] for row in body] == [row[1] for row in screen]
    book = openpyxl.load_workbook(files["xlsx"], read_only=True)
    cells = [[str(cell or "") for cell in row] for row in book.active.iter_rows(values_only=True)]
    start = next(place for place, row in enumerate(cells) if row[0] == table[0][0])
    assert [row[: len(body[0])] for row in cells[start + 1 : start + 1 + len(body)]] == body

    # One person: completion facts, and nothing of what was answered.
    hr.open(f"/hr/agencies/{agency}/people/?show=done")
    page.locator("main table tbody tr a").first.click()
    page.wait_for_url(re.compile(r"/hr/people/"))
    hr.picture("person")
    assert "มาตรฐานทางจริยธรรม" in page.inner_text("main")


def test_hr_on_a_phone_in_the_dark(visitor: Callable[..., Visitor]) -> None:
    hr = visitor("hr-phone", width=360, scheme="dark")
    hr.open("/hr/")
    hr.sign_in("hr")
    hr.page.wait_for_url(re.compile(r"/hr/agencies/"))
    hr.picture("coverage")
    agency = hr.page.url.split("/hr/agencies/")[1].split("/")[0]
    hr.open(f"/hr/agencies/{agency}/people/?show=left")
    hr.picture("people")
