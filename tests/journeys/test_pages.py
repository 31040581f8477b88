"""Every page of the three front doors at 360 and 1280 px, light and dark: no fault of WCAG 2.2 AA, nothing over the edge."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.journeys.conftest import PICTURES, Product, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

PUBLIC = {
    "home": "/",
    "courses": "/courses/",
    "course": "/courses/standards-7/",
    "campaigns": "/campaigns/",
    "campaign": "/campaigns/no-gift/",
    "privacy": "/privacy/",
    "verify-form": "/verify/",
    "sign-in": "/accounts/login/",
    "missing": "/no-such-page/",
    "gallery": "/design/",
}
PERSONAL = {
    "learner": {
        "my": "/my/",
        "course": "/courses/standards-7/",
        "lesson": "/courses/standards-7/pillars-of-the-nation/",
        "pre-test": "/learn/ETH-7/test/pre/",
        "account": "/my/account/",
    },
    "hr": {"hr": "/hr/"},
    "secretariat": {"hr-roots": "/hr/"},
}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def look(
    product: Product, browser: Browser, who: str, pages: dict[str, str], width: int, scheme: str
) -> list[str]:
    """Open each page, keep its picture, and list what is wrong."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="th-TH", bypass_csp=True
    )
    person = Visitor(product, context, f"page-{who}-{width}-{scheme}")
    faults: list[str] = []
    if who != "visitor":
        person.open("/my/")
        person.sign_in(who)
    for name, path in pages.items():
        person.open(path)
        person.page.wait_for_load_state("load")
        person.page.screenshot(path=PICTURES / f"page-{name}-{who}-{width}-{scheme}.png", full_page=True)
        wide = person.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if wide[0] > wide[1]:
            faults.append(f"{name}: {wide[0]} px in a window of {wide[1]}")
        for fault in Axe().run(person.page, options=RULES).response["violations"]:
            where = [node["target"] for node in fault["nodes"]][:3]
            faults.append(f"{name}: {fault['id']} {where}")
    context.close()
    return faults + person.faults


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_stand(product: Product, browser: Browser, width: int, scheme: str) -> None:
    faults = look(product, browser, "visitor", PUBLIC, width, scheme)
    for who, pages in PERSONAL.items():
        faults += look(product, browser, who, pages, width, scheme)
    assert faults == []


def test_the_site_asks_for_nothing_outside(visitor: Callable[..., Visitor]) -> None:
    stranger = visitor("outside")
    for path in PUBLIC.values():
        stranger.open(path)
    # The visitor's own watch fails the test at closing if any request left the site.
    assert stranger.faults == []
