"""Every component renders with its samples, and the page they make keeps the rules of the house."""

import re
from datetime import timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.test import RequestFactory

from sucharit.theme import views
from sucharit.theme.icons import ICONS, MARK_STROKES
from sucharit.theme.samples import samples

THEME = Path(views.__file__).parent
COMPONENTS = {path.stem for path in (THEME / "templates" / "theme" / "components").glob("*.html")}
TEMPLATES = sorted((THEME / "templates").rglob("*.html"))


@pytest.fixture(scope="module")
def page():
    response = views.gallery(RequestFactory().get("/"))
    assert response.status_code == 200
    return BeautifulSoup(response.content.decode(), "html.parser")


def test_every_component_has_a_sample_and_every_sample_a_component():
    assert set(samples()) == COMPONENTS


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_component_renders_what_it_was_given(name):
    for context in samples()[name]:
        html = render_to_string(f"theme/components/{name}.html", context)
        assert html.strip()
        for key in ("title", "label", "text", "person", "what"):
            if isinstance(context.get(key), str):
                assert context[key] in unescape(html)


def test_components_escape_what_people_type():
    nasty = "<script>alert(1)</script>"
    for name, key in (("alert", "body"), ("task", "title"), ("choices", "legend"), ("certificate", "person")):
        html = render_to_string(f"theme/components/{name}.html", {**samples()[name][0], key: nasty})
        assert nasty not in html
        assert "&lt;script&gt;" in html


def test_pictures_and_icons_have_words_or_are_hidden(page):
    assert page.find_all("svg")
    for svg in page.find_all("svg"):
        named = svg.get("aria-label") or svg.get("aria-labelledby")
        hidden = svg.get("aria-hidden") == "true" or svg.find_parent(attrs={"aria-hidden": "true"})
        assert (svg.get("role") in ("img", "group") and named) or hidden or svg.find_parent("svg")
    for image in page.find_all("img"):
        assert image.has_attr("alt")


def test_ids_are_unique_and_references_lead_somewhere(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert sorted({one for one in ids if ids.count(one) > 1}) == []
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        for tag in page.find_all(attrs={attribute: True}):
            assert set(str(tag[attribute]).split()) <= set(ids)


def test_headings_do_not_skip_a_level_inside_components(page):
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile(r"^h[1-6]$"))]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_control_has_a_label(page):
    for control in page.find_all(["input", "select", "textarea"]):
        if control.get("type") == "hidden":
            continue
        assert control.find_parent("label") or page.find("label", attrs={"for": control.get("id")})


def test_the_page_obeys_a_strict_policy(page):
    assert page.find_all(style=True) == []
    assert page.find_all("style") == []
    assert all(script.get("src") for script in page.find_all("script"))
    handlers = [a for tag in page.find_all(True) for a in tag.attrs if a.startswith("on")]
    assert handlers == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_name_no_address_outside(path):
    assert re.findall(r"https?://", path.read_text(encoding="utf-8")) == []


def test_static_drawings_and_scripts_name_no_address_outside():
    for path in (THEME / "static").rglob("*"):
        if path.suffix in {".css", ".js", ".svg"}:
            text = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
            text = text.replace('[href^="http"]', "")
            assert "http" not in text, path


def test_base_page_speaks_thai_and_works_without_scripts(page):
    assert page.html["lang"] == "th"
    assert page.find("a", class_="skip")["href"] == "#main"
    assert page.find(id="main").name == "main"
    assert page.find("details", class_="menu").find("nav")
    assert page.find(attrs={"data-theme-switch": True}).has_attr("hidden")
    assert page.find("a", attrs={"aria-current": "page"})


@pytest.mark.django_db
def test_sign_out_is_a_post_with_a_token():
    request = RequestFactory().get("/")
    html = render_to_string(
        "theme/base.html", {"account": {"name": "คุณวรรณา"}, "sign_out_url": "/out/"}, request=request
    )
    forms = BeautifulSoup(html, "html.parser").find_all("form", attrs={"method": "post", "action": "/out/"})
    assert forms
    assert all(form.find("input", attrs={"name": "csrfmiddlewaretoken"}) for form in forms)


def test_error_page_needs_no_context():
    html = render_to_string("theme/error.html")
    assert "500" in html
    assert "กลับหน้าแรก" in html


def test_one_marigold_act_among_several_tasks():
    html = "".join(render_to_string("theme/components/task.html", context) for context in samples()["task"])
    assert html.count("btn--act") == 1


def test_overdue_task_says_so_in_words():
    late = render_to_string("theme/components/task.html", samples()["task"][2])
    assert "เลยกำหนด 7 วัน" in late
    assert "12 มีนาคม 2569" in late


def test_headline_is_one_thai_sentence_with_linked_numbers():
    html = render_to_string("theme/components/headline.html", samples()["headline"][0])
    soup = BeautifulSoup(html, "html.parser")
    assert (
        soup.get_text()
        == "ณ 19 มี.ค. 2569 ผ่านแล้ว 1,204 จาก 1,461 คน (82.4 %) เหลือ 257 คน ครบกำหนดในอีก 12 วัน\n"
    )
    assert len(soup.find_all("a")) == 2


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "ครบกำหนดวันนี้"), (1, "ครบกำหนดพรุ่งนี้"), (2, "ครบกำหนดในอีก 2 วัน"), (-3, "เหลือ 257 คน เลยกำหนด 3 วัน")],
)
def test_the_headline_says_the_due_day_as_people_say_it(days, words):
    context = samples()["headline"][0]
    html = render_to_string(
        "theme/components/headline.html", {**context, "due": context["today"] + timedelta(days=days)}
    )
    assert BeautifulSoup(html, "html.parser").get_text().endswith(f"{words}\n")


def test_marks_and_icons_are_complete():
    assert len(MARK_STROKES) == 7
    assert len(set(MARK_STROKES)) == 7
    assert {f"std-{n}" for n in range(1, 8)} <= set(ICONS)
    assert len(ICONS) >= 42
