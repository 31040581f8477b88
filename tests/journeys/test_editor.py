"""Journey 2: an editor changes a lesson in the Thai admin, previews and publishes it; old awards keep the old edition."""

import re
from collections.abc import Callable

import pytest

from tests.journeys.conftest import Product, Visitor
from tests.journeys.test_learner import LESSONS

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]
NEW_LEAD = "เรื่องเล็กที่ทำถูกทุกวัน คือความไว้วางใจที่ประชาชนมีต่อเรา"


def test_an_editor_changes_previews_and_publishes_a_lesson(
    product: Product, visitor: Callable[..., Visitor]
) -> None:
    before = product.query(
        "select a.id, e.number, e.digest from records_awardevent a join records_edition e on e.id = a.edition_id"
    )
    assert before
    assert {number for _, number, _ in before} == {1}
    lesson = product.query("select id from wagtailcore_page where slug = ?", LESSONS[0])[0][0]

    editor = visitor("editor", width=1280)
    page = editor.page
    editor.open("/admin/")
    assert "/accounts/login/" in page.url, "Wagtail's own login stays shut"
    editor.sign_in("editor")
    page.wait_for_url(re.compile(r"/admin/"))
    editor.picture("admin-home")
    assert page.get_attribute("html", "lang") == "th"
    editor.open(f"/admin/pages/{lesson}/edit/")
    editor.picture("edit-lesson")
    page.fill("textarea[name=lead]", NEW_LEAD)

    # The preview shows the change before anyone else can see it.
    page.get_by_role("button", name="เปิด/ปิดตัวอย่าง").click()
    page.wait_for_timeout(2000)
    editor.picture("preview-panel")
    with editor.context.expect_page() as opening:
        page.get_by_role("link", name="ดูตัวอย่างในแท็บใหม่").click()
    shown = opening.value
    shown.wait_for_load_state()
    assert NEW_LEAD in shown.inner_text("main")
    shown.screenshot(path="test-results/journeys/editor-preview.png", full_page=True)
    shown.close()
    stranger = visitor("reader-before", width=360)
    stranger.open("/my/")
    stranger.sign_in("learner")
    stranger.open(f"/courses/standards-7/{LESSONS[0]}/")
    assert NEW_LEAD not in stranger.page.inner_text("body")

    # Published: learners see it, a new edition is announced, and nothing about old awards has changed.
    with page.expect_navigation():
        page.locator("button[name=action-publish]").evaluate("button => button.click()")
    editor.picture("published")
    stranger.open(f"/courses/standards-7/{LESSONS[0]}/")
    assert NEW_LEAD in stranger.page.inner_text("main")
    stranger.picture("changed-lesson")
    editions = product.query("select number, digest from records_edition order by number")
    assert [number for number, _ in editions] == [1, 2]
    assert editions[0][1] != editions[1][1]
    after = product.query(
        "select a.id, e.number, e.digest from records_awardevent a join records_edition e on e.id = a.edition_id"
    )
    assert after == before
