"""The starter site: pages from the content folders. Loaded once, into an empty database; editors own it from then on."""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.models import Page, Site

from campaigns import starter as campaigns
from courses import starter as courses
from quizzes import starter as quizzes
from sucharit.home.models import HomePage, InformationPage
from sucharit.kernel.thai_calendar import local_date
from sucharit.theme.starter import Gallery

CONTENT = Path(__file__).parent / "content"
COURSE = "standards-7"


def is_planted() -> bool:
    """Whether the site already has its front page."""
    found: bool = HomePage.objects.exists()
    return found


@transaction.atomic
def plant_site(*, now: datetime) -> courses.CoursePage:
    """Plant the whole starter site and return its course. The site that a fresh Wagtail shows makes way."""
    raw = tomllib.loads((CONTENT / "home.toml").read_text(encoding="utf-8"))
    for folder in sorted(quizzes.CONTENT.iterdir()):
        quizzes.load_bank(folder, now=now)
    tests = quizzes.load_quizzes(quizzes.CONTENT / COURSE)
    home = _plant_home(raw)
    catalogue = courses.plant_index(home, title="รายวิชา", introduction=raw["entries"][0]["text"])
    course = courses.load_course(
        courses.CONTENT / COURSE,
        catalogue,
        pre_quiz=tests.get("ETH7-PRE"),
        post_quiz=tests.get("ETH7-POST"),
        attitude=quizzes.load_instrument(quizzes.CONTENT / COURSE, now=now),
    )
    index = campaigns.plant_index(home, title="กิจกรรมรณรงค์", introduction=raw["entries"][1]["text"])
    for path in sorted(campaigns.CONTENT.glob("*.toml")):
        if path.name != "pictures.toml":
            campaigns.load_campaign(path, index, call_page=course, today=local_date(now))
    for page in raw["pages"].values():
        _plant_information(home, page)
    return course


def _plant_home(raw: dict[str, Any]) -> HomePage:
    root = Page.get_first_root_node()
    site = Site.objects.get(is_default_site=True)
    stale = site.root_page
    hero, entries = raw["hero"], {entry["key"]: entry["text"] for entry in raw["entries"]}
    home = HomePage(
        title="สุจริต",
        slug="sucharit",
        headline=hero["headline"],
        lead=hero["lead"],
        hero=Gallery(CONTENT).image("home.svg"),
        learner_text=entries["learner"],
        staff_text=entries["communications"],
        hr_text=entries["hr"],
        standards_text=raw["standards"]["line"],
    )
    root.add_child(instance=home)
    site.root_page, site.site_name = home, "สุจริต"
    site.save()
    if stale.pk != root.pk:
        Page.objects.get(pk=stale.pk).delete()
    home.refresh_from_db()
    return home


def _plant_information(home: HomePage, raw: dict[str, Any]) -> None:
    home.add_child(
        instance=InformationPage(
            title=raw["title"],
            slug=raw["slug"],
            lead=raw["lead"],
            body=json.dumps([{"type": "text", "value": raw["body"].strip()}], ensure_ascii=False),
            show_in_menus=True,
        )
    )
