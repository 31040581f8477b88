"""R8: before handing in, nothing a learner can fetch tells right from wrong; afterwards everything is explained."""

import re
from html.parser import HTMLParser

import pytest

from quizzes.models import Attempt, Question
from tests.courses.build import fields, read_all, start
from tests.quizzes.build import RIGHT_CANARY, WRONG_CANARY, right_answers

pytestmark = pytest.mark.django_db


class Links(HTMLParser):
    """The addresses of our own site in a page."""

    def __init__(self):
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in {"href", "src", "action", "data-url"} and value and value.startswith("/"):
                self.found.add(value.split("#")[0])


def crawl(client, starts: list[str]) -> dict[str, str]:
    """Every page reachable by GET, by address, without signing out."""
    pages: dict[str, str] = {}
    todo = list(starts)
    while todo and len(pages) < 200:
        url = todo.pop()
        if url in pages or url.startswith(("/static/", "/accounts/logout")):
            continue
        answer = client.get(url, follow=True)
        body = b"".join(answer) if answer.streaming else answer.content
        pages[url] = body.decode("utf-8", "replace")
        assert answer.status_code < 500, url
        links = Links()
        links.feed(pages[url])
        todo += sorted(links.found - pages.keys())
    return pages


STARTS = [
    "/",
    "/my/",
    "/my/account/",
    "/courses/",
    "/learn/ETH-1/test/pre/",
    "/learn/ETH-1/test/post/",
    "/learn/ETH-1/passed/",
    "/admin/",
    "/admin/pages/",
    "/admin/api/main/pages/",
    "/api/v2/pages/",
    "/search/?q=canary",
    "/sitemap.xml",
    "/media/questions.toml",
    "/design/",
    "/campaigns/",
    "/hr/",
    "/accounts/sessions/",
]


def test_r8_nothing_before_handing_in_and_everything_after(place, somsri):
    read_all(somsri, place)
    paths = [start(somsri, place, "pre"), start(somsri, place, "post")]
    for path in paths:
        somsri.post(path, {**fields(right_answers(_of(path))), "save": "1"})
    pages = crawl(
        somsri, [place.url, f"{place.url}lesson-1/", *STARTS] + paths + [f"{path}result/" for path in paths]
    )
    assert "ทางเลือกที่" in pages[paths[1]], "the crawl reached the questions"
    for url, text in pages.items():
        for secret in (RIGHT_CANARY, WRONG_CANARY, '"correct"', "data-correct"):
            assert secret not in text, (url, secret)
    somsri.post(paths[1], {"submit": "1"})
    result = somsri.get(f"{paths[1]}result/").content.decode()
    asked = _of(paths[1])
    for item in asked.items:
        code = Question.objects.get(versions__pk=item["v"]).code
        said = [f"canary-{word}-{code}-" for word in ("right", "wrong")]
        assert sum(result.count(text) for text in said) >= 4, code
    other = somsri.get(paths[0]).content.decode()
    assert RIGHT_CANARY not in other, "one test handed in opens no other"


def _of(path: str) -> Attempt:
    return Attempt.objects.get(public_id=path.strip("/").split("/")[-1])


def test_r8_right_and_wrong_options_look_the_same(place, somsri):
    read_all(somsri, place)
    path = start(somsri, place)
    held = _of(path)
    page = somsri.get(path).content.decode()
    shapes = set()
    for version, right in right_answers(held).items():
        for option in "abcd":
            found = re.search(rf'<[^>]*name="q{version}"[^>]*value="{option}"[^>]*>', page)
            assert found, (version, option)
            around = page[found.start() - 120 : found.end() + 20]
            tag = re.sub(r'id="[^"]*"|value="[^"]*"|name="[^"]*"', "", found[0])
            shapes.add(tag)
            assert not re.search(r"correct|right|wrong|canary", around)
        assert right
    assert len(shapes) == 1, shapes


def test_r8_orders_do_not_give_the_key_away(place, somsri):
    """Over many papers the right option stands in every place."""
    read_all(somsri, place)
    places = set()
    for _ in range(12):
        path = start(somsri, place)
        held = _of(path)
        key = right_answers(held)
        places |= {item["order"].index(key[item["v"]][0]) for item in held.items}
        somsri.post(path, {"submit": "1"})
    assert places == {0, 1, 2, 3}


def test_r8_learners_have_no_way_into_the_bank(place, somsri):
    for path in ("/admin/snippets/", "/admin/reports/", "/admin/api/main/pages/", "/admin/pages/1/"):
        assert somsri.get(path).status_code in {302, 403, 404}
