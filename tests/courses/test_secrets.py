"""R8: before handing in, nothing a learner can fetch tells right from wrong; afterwards everything is explained."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from quizzes.drafts import Choice
from quizzes.enums import Feedback, Kind
from quizzes.models import Attempt, Question, QuestionVersion
from quizzes.services import Draw, save_question, save_quiz
from tests.conftest import NOW
from tests.courses.build import fields, read_all, school, start
from tests.quizzes.build import RIGHT_CANARY, WRONG_CANARY, right_answers
from tests.quizzes.samples import DRAFTS, WHY

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


# --- every kind, every policy -----------------------------------------------------------------------------------

SECRETS = (WHY, "canary-accepted", "987654", "canary-explained", '"correct"', '"expert"', '"match_id"')


def _every_kind(policy: str, **facts):
    """A course whose post-test asks one question of each kind that is scored; every key is a canary."""
    drafts = {
        **DRAFTS,
        Kind.SHORT_TEXT: replace(DRAFTS[Kind.SHORT_TEXT], choices=[Choice("canary-accepted", feedback=WHY)]),
        Kind.NUMERIC: replace(DRAFTS[Kind.NUMERIC], choices=[Choice("987654", feedback=WHY)]),
    }
    place = school()
    for kind, said in drafts.items():
        if kind is not Kind.LIKERT:
            save_question(
                code=f"K-{kind}".upper().replace("_", "-"),
                standard=7,
                draft=replace(said, explanation="canary-explained"),
                now=NOW,
            )
    draws = [Draw(standard=7, count=len(Kind) - 1)]
    save_quiz(code="POST", title="แบบทดสอบ", draws=draws, feedback=policy, **facts)
    return place


def _learner_sees(client, place, paths: list[str]) -> str:
    """Everything a learner can fetch, with its headers."""
    pages = crawl(client, [place.url, *STARTS, *paths, *(f"{path}result/" for path in paths)])
    heads = " ".join(str(dict(client.get(path).headers)) for path in paths)
    return " ".join(pages.values()) + heads


def _told(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


CLOSES = NOW + timedelta(days=3)


@pytest.mark.parametrize(
    ("policy", "facts", "handed_in"),
    [
        (Feedback.SUBMISSION, {}, False),
        (Feedback.EACH, {}, False),
        (Feedback.PASSING, {}, False),
        (Feedback.PASSING, {}, True),
        (Feedback.CLOSING, {"closes_at": CLOSES}, False),
        (Feedback.CLOSING, {"closes_at": CLOSES}, True),
    ],
)
def test_r8_no_kind_tells_its_key_before_the_policy_allows_it(somsri, policy, facts, handed_in):
    place = _every_kind(policy, **facts)
    read_all(somsri, place)
    path = start(somsri, place)
    asked = {version.kind for version in QuestionVersion.objects.filter(pk__in=_asked(path))}
    assert asked == set(Kind) - {Kind.LIKERT}
    kept = somsri.post(path, {"save": "1"}, headers={"accept": "application/json"})
    assert not _told(kept.content.decode() + str(dict(kept.headers)))
    if handed_in:
        somsri.post(path, {"submit": "1"})
    seen = _learner_sees(somsri, place, [path])
    assert "จับคู่เรื่องกับหน่วยงาน" in seen or handed_in, "the crawl reached the questions"
    assert not _told(seen)


def test_r8_each_answer_opens_its_own_key_and_no_other(somsri):
    place = _every_kind(Feedback.EACH)
    read_all(somsri, place)
    path = start(somsri, place)
    text = next(v for v in QuestionVersion.objects.filter(pk__in=_asked(path)) if v.kind == Kind.SHORT_TEXT)
    somsri.post(path, {f"q{text.pk}": "ไม่ทราบ", "check": str(text.pk)})
    page = somsri.get(path).content.decode()
    assert "canary-accepted" in page
    assert page.count("canary-explained") == 1
    assert "987654" not in page
    assert WHY not in page, "a typed question has no feedback of its own; every other does"
    assert somsri.post(path, {"check": "999999"}).status_code == 404
    answer = somsri.post(path, {"check": str(next(pk for pk in _asked(path) if pk != text.pk))}, follow=True)
    assert "โปรดตอบข้อนี้ก่อนดูเฉลย" in answer.content.decode()


def test_r8_the_key_opens_when_the_quiz_has_closed(somsri, clock):
    place = _every_kind(Feedback.CLOSING, closes_at=CLOSES)
    read_all(somsri, place)
    path = start(somsri, place)
    somsri.post(path, {"submit": "1"})
    shut = somsri.get(f"{path}result/").content.decode()
    assert "ยังไม่เปิดเฉลย" in shut
    assert "อ่านทวนก่อนลองใหม่" not in shut, "which lessons to read again tells which answers were wrong"
    clock.move_to(CLOSES + timedelta(minutes=1))
    opened = somsri.get(f"{path}result/").content.decode()
    assert set(_told(opened)) >= {WHY, "canary-accepted", "canary-explained"}


def _asked(path: str) -> list[int]:
    return [item["v"] for item in _of(path).items]


@pytest.mark.parametrize("name", ["%00", "x", "a" * 400])
def test_an_attempt_by_a_name_that_is_none_does_not_exist(place, somsri, name):
    read_all(somsri, place)
    address = f"/learn/ETH-1/test/post/{name}/"
    assert somsri.get(address).status_code == 404
    assert somsri.post(address, {"submit": "1"}).status_code == 404
