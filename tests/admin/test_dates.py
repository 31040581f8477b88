"""Wherever the admin prints a date, its year is that of พ.ศ.: two calendars on one desk cost somebody a deadline."""

import re

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.template import Context, Template
from django.urls import reverse
from wagtailmedia.models import get_media_model

from sucharit.officers import services as people
from tests.conftest import NOW
from tests.courses.build import school
from tests.quizzes.build import question
from tests.records.build import applied

pytestmark = pytest.mark.django_db

LISTS = [
    "wagtailadmin_home",
    "role_grants:index",
    "wagtailusers_users:index",
    "audiences:index",
    "requirements:index",
    "questions:index",
    "questions:history",
    "quizzes:index",
    "wagtailadmin_explore",
    "wagtailadmin_pages:history",
    "wagtailadmin_pages:edit",
    "wagtailadmin_reports:site_history",
    "wagtailadmin_reports:aging_pages",
    "wagtailmedia:index",
    "wagtaildocs:index",
    "wagtailimages:index",
]
GREGORIAN = re.compile(r"(?<![\d.])20[23]\d(?![\d.])")


def shown(html: str) -> list[str]:
    """The texts that a person reads on a page, with those that appear under the pointer."""
    page = BeautifulSoup(html, "html.parser")
    for hidden in page.find_all(["script", "style", "template"]):
        hidden.decompose()
    tips = [tag["data-w-tooltip-content-value"] for tag in page.select("[data-w-tooltip-content-value]")]
    return [*tips, *(text.strip() for text in page.find_all(string=True) if text.strip())]


@pytest.fixture
def desk(world, signed_in):
    """An administrator, after a day on which a bit of everything happened."""
    user = world.pakphum
    user.is_superuser = True
    user.last_login = NOW
    user.save()
    people.end_role(grant=world.daruni.user.role_grants.get(), now=NOW)
    get_media_model().objects.create(
        title="ภาพยนตร์", file=ContentFile(b"x", name="a.mp4"), type="video", duration=1
    )
    applied([world.ministry])
    return signed_in(user)


@pytest.mark.parametrize("name", LISTS)
def test_no_list_of_the_admin_prints_another_calendar(world, desk, name):
    place = school()
    keys = {
        "questions:history": lambda: question("Q9").question_id,
        "wagtailadmin_explore": lambda: place.index.pk,
        "wagtailadmin_pages:history": lambda: place.course.pk,
        "wagtailadmin_pages:edit": lambda: place.course.pk,
    }
    args = [keys[name]()] if name in keys else []
    answer = desk.get(reverse(name, args=args))
    assert answer.status_code == 200
    assert [text for text in shown(answer.content.decode()) if GREGORIAN.search(text)] == []


def test_the_list_of_roles_says_the_day(world, desk):
    texts = shown(desk.get(reverse("role_grants:index")).content.decode())
    assert texts.count("23 พ.ย. 2569") == 5, "four grants, one of them ended"


def test_under_the_pointer_stands_the_instant_in_bangkok():
    tag = Template("{% load wagtailadmin_tags %}{% human_readable_date when %}")
    assert "23 พฤศจิกายน 2569 เวลา 09.30 น." in tag.render(Context({"when": NOW}))
    assert "23 พฤศจิกายน 2569" in tag.render(Context({"when": NOW.date()}))
