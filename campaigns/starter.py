"""A starter campaign from a readable file."""

import json
import tomllib
from calendar import monthrange
from datetime import date
from pathlib import Path

from wagtail.models import Page

from campaigns.models import CampaignIndexPage, CampaignPage
from sucharit.theme.starter import Gallery, stream

CONTENT = Path(__file__).parent / "content"


def next_season(starts: date, ends: date, today: date) -> tuple[date, date]:
    """The same days of the year that are not yet over: a yearly campaign planted late waits for its next season."""
    while ends < today:
        starts, ends = _next_year(starts), _next_year(ends)
    return starts, ends


def _next_year(day: date) -> date:
    """The same day a year later; 29 February becomes the last of the month."""
    last = monthrange(day.year + 1, day.month)[1]
    return date(day.year + 1, day.month, min(day.day, last))


def plant_index(home: Page, *, title: str, introduction: str) -> CampaignIndexPage:
    """Plant the empty list of campaigns below the front page."""
    index = CampaignIndexPage(title=title, slug="campaigns", introduction=introduction, show_in_menus=True)
    home.add_child(instance=index)
    return index


def load_campaign(
    path: Path, index: CampaignIndexPage, *, call_page: Page | None, today: date
) -> CampaignPage:
    """Plant one campaign and publish it."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    gallery = Gallery(path.parent)
    hero = raw["hero"]
    starts_on, ends_on = next_season(raw["starts"], raw["ends"], today)
    page = CampaignPage(
        title=raw["title"],
        slug=raw["slug"],
        message=raw["message"],
        lead=raw["lead"].strip(),
        standard=raw["theme_standard"],
        starts_on=starts_on,
        ends_on=ends_on,
        hero=gallery.image(hero["image"]),
        hero_alt=gallery.alt(hero["image"])[:300],
        body=json.dumps(stream(raw["blocks"], gallery), ensure_ascii=False),
        call_label=raw["call_label"],
        call_page=call_page,
        live=False,
    )
    index.add_child(instance=page)
    page.save_revision().publish()
    return page
