"""Journey 1: from a required course to a certificate that a stranger can check. Twice: on a phone, and without scripts."""

import json
import re
from collections.abc import Callable

import pypdfium2
import pytest
import zxingcpp

from sucharit.kernel.thai_text import compose_sara_am
from tests.journeys.conftest import Product, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

LESSONS = [
    "pillars-of-the-nation",
    "honest-and-responsible",
    "courage-to-do-right",
    "public-interest-first",
    "results-that-matter",
    "fair-to-everyone",
    "a-good-example",
]


def key_of(product: Product) -> dict[int, set[str]]:
    """The right options by version, read behind the scenes: no page tells them."""
    rows = product.query("select id, choices from quizzes_questionversion")
    return {version: {c["id"] for c in json.loads(choices) if c["correct"]} for version, choices in rows}


def answer(person: Visitor, key: dict[int, set[str]], *, rightly: bool) -> None:
    """Answer every question, all right or all wrong, by touching the options and going on as the page asks."""
    page = person.page
    questions = page.locator("[data-question]").all()
    assert questions
    for question in questions:
        if not question.is_visible():
            page.get_by_role("button", name="ข้อถัดไป").click()
        name = question.locator("input:not([type=hidden])").first.get_attribute("name")
        assert name is not None
        right = key[int(name.removeprefix("q"))]
        values = [box.get_attribute("value") for box in question.locator("input:not([type=hidden])").all()]
        assert right <= set(values)
        chosen = right if rightly else {next(value for value in values if value not in right)}
        for value in sorted(chosen):
            question.locator(f"label:has(input[value='{value}'])").click()


def hand_in(person: Visitor) -> None:
    """Hand in with the button that the last question shows."""
    person.page.get_by_role("button", name="ส่งคำตอบ").click()
    person.page.wait_for_url(re.compile(r"/result/"))


def code_in(document: pypdfium2.PdfDocument) -> str:
    """What a telephone reads from the picture on the printed page."""
    found = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil().convert("L"))
    assert len(found) == 1
    return found[0].text


def test_an_officer_learns_on_a_phone_and_a_stranger_checks(
    product: Product, visitor: Callable[..., Visitor], tmp_path_factory: pytest.TempPathFactory
) -> None:
    officer = visitor("learner", width=360)
    page = officer.page
    assert officer.open("/my/") == 200
    officer.picture("sign-in")
    officer.sign_in("learner")
    # A required course with its due date, and why.
    assert page.url.endswith("/my/")
    assert "ครบกำหนด" in page.inner_text("main")
    page.get_by_text("ทำไมต้องเรียน").first.click()
    assert "มาตรฐานทางจริยธรรม 7 ข้อ" in page.inner_text("main")
    officer.picture("my-required-course")

    # The pre-test measures where one starts.
    officer.open("/courses/standards-7/")
    officer.picture("course")
    page.get_by_role("button", name="เริ่มเรียน").first.click()
    page.wait_for_url(re.compile(r"/test/pre/"))
    officer.picture("pre-test")
    page.get_by_role("button", name="เริ่มทำแบบทดสอบ").click()
    page.wait_for_selector("form[data-attempt]")
    officer.picture("pre-test-questions")
    assert "feedback" not in page.inner_html("main")
    key = key_of(product)
    answer(officer, key, rightly=False)
    hand_in(officer)
    officer.picture("pre-test-result")

    # Four lessons, then the browser closes.
    officer.open("/courses/standards-7/")
    page.get_by_role("link", name=re.compile("เรียนต่อ")).first.click()
    for slug in LESSONS[:4]:
        page.wait_for_url(re.compile(slug))
        if slug == LESSONS[0]:
            officer.picture("lesson")
        page.get_by_role("button", name=re.compile("อ่านจบแล้ว")).click()
    page.wait_for_url(re.compile(LESSONS[4]))
    officer.done()

    # Another day, another device: on from the fifth.
    officer = visitor("learner-again", width=1280, scheme="dark")
    page = officer.page
    officer.open("/my/")
    officer.sign_in("learner")
    officer.picture("resume")
    page.get_by_role("link", name=re.compile("เรียนต่อ")).first.click()
    page.wait_for_load_state()
    if "/courses/standards-7/results-that-matter/" not in page.url:
        page.get_by_role("link", name=re.compile("เรียนต่อ")).first.click()
    for slug in LESSONS[4:]:
        page.wait_for_url(re.compile(slug))
        page.get_by_role("button", name=re.compile("อ่านจบแล้ว")).click()
    page.wait_for_load_state()

    # The post-test: once not passed, with the reasons; then passed.
    officer.open("/learn/ETH-7/test/post/")
    officer.picture("post-test")
    page.get_by_role("button", name="เริ่มทำแบบทดสอบ").click()
    page.wait_for_selector("form[data-attempt]")
    answer(officer, key, rightly=False)
    officer.picture("post-test-questions")
    hand_in(officer)
    officer.picture("not-passed")
    assert "ยังไม่ถึงเกณฑ์" in page.inner_text("main")
    told = [
        c["feedback"]
        for (choices,) in product.query("select choices from quizzes_questionversion")
        for c in json.loads(choices)
    ]
    shown = " ".join(page.inner_text("main").split())
    assert sum(" ".join(text.split()) in shown for text in told) >= 14 * 2
    officer.open("/learn/ETH-7/test/post/")
    page.get_by_role("button", name=re.compile("ทำ.*อีกครั้ง|เริ่มทำแบบทดสอบ")).first.click()
    page.wait_for_selector("form[data-attempt]")
    answer(officer, key, rightly=True)
    hand_in(officer)
    officer.picture("passed-result")

    # The certificate.
    officer.open("/learn/ETH-7/passed/")
    officer.picture("passed")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("ดาวน์โหลด")).first.click()
    pdf = tmp_path_factory.mktemp("certificate") / "certificate.pdf"
    waiting.value.save_as(pdf)
    document = pypdfium2.PdfDocument(pdf)
    printed = compose_sara_am(document[0].get_textpage().get_text_range())
    scanned = code_in(document)
    document.close()
    assert "นางสาวปาริชาต สายคำ" in printed
    assert "ประกาศนียบัตร" in printed
    serial = product.query("select serial from records_certificate")[0][0]
    assert serial in printed
    # The code carries the address that is printed under it.
    assert scanned == f"{product.url}/verify/{serial}/"
    assert scanned in printed.replace("\r", "").replace("\n", "")

    # A stranger points a telephone at the code.
    stranger = visitor("stranger", width=360)
    assert stranger.open(scanned.removeprefix(product.url)) == 200
    stranger.picture("verify")
    seen = stranger.page.inner_text("main")
    assert "ปาริชาต" not in seen
    assert "สายคำ" not in seen
    assert "มาตรฐานทางจริยธรรม 7 ข้อ" in seen
    assert stranger.open("/verify/SC70-0000-0000-0000-0/") == 404
    stranger.picture("verify-unknown")


def test_the_course_works_without_scripts(product: Product, visitor: Callable[..., Visitor]) -> None:
    officer = visitor("no-script", width=360, scripts=False)
    page = officer.page
    officer.open("/my/")
    officer.sign_in("hr2")
    officer.open("/courses/standards-7/")
    page.get_by_role("button", name="เริ่มเรียน").first.click()
    page.get_by_role("button", name="เริ่มทำแบบทดสอบ").click()
    for group in page.locator("form[data-attempt] fieldset").all():
        group.locator("label").first.click()
    page.get_by_role("button", name="บันทึกไว้ก่อน").click()
    assert "บันทึกคำตอบแล้ว" in page.inner_text("body")
    assert page.locator("form[data-attempt] input:checked").count() == 7
    officer.picture("saved")
    page.get_by_role("button", name="ส่งคำตอบ").click()
    assert "/result/" in page.url
    officer.picture("result")
    officer.open(f"/courses/standards-7/{LESSONS[0]}/")
    page.get_by_role("button", name=re.compile("อ่านจบแล้ว")).click()
    assert LESSONS[1] in page.url
    assert officer.open(f"/courses/standards-7/{LESSONS[6]}/") == 403
    officer.picture("locked-lesson")


def test_answers_are_kept_as_they_are_given_and_a_lost_line_is_waited_out(
    product: Product, visitor: Callable[..., Visitor]
) -> None:
    officer = visitor("bad-line", width=360)
    page = officer.page
    officer.open("/my/")
    officer.sign_in("editor")
    officer.open("/courses/standards-7/")
    page.get_by_role("button", name="เริ่มเรียน").first.click()
    page.get_by_role("button", name="เริ่มทำแบบทดสอบ").click()
    page.wait_for_selector("form[data-attempt]")
    first, second = page.locator("[data-question]").all()[:2]
    first.locator("label").first.click()
    page.get_by_text(re.compile("บันทึกคำตอบแล้ว [0-9.]+ น.")).wait_for()
    address = page.url
    officer.context.set_offline(True)
    page.get_by_role("button", name="ข้อถัดไป").click()
    second.locator("label").first.click()
    page.locator("[data-kept]").get_by_text(re.compile("ยังบันทึกไม่ได้")).wait_for()
    officer.picture("line-lost")
    officer.context.set_offline(False)
    page.locator("[data-kept]").get_by_text(re.compile("บันทึกคำตอบแล้ว")).wait_for()
    # The request that the lost line refused is no fault of the page.
    officer.faults[:] = [fault for fault in officer.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    again = visitor("another-device", width=1280)
    again.open("/my/")
    again.sign_in("editor")
    again.page.goto(address)
    assert again.page.locator("form[data-attempt] input:checked").count() == 2
