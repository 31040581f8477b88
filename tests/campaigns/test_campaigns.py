"""Campaigns run from their first day to their last, both included, and show on the front page while they do."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaigns import selectors
from campaigns.models import CampaignPage
from campaigns.starter import next_season
from tests.conftest import NOW, TODAY
from tests.courses.build import school

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def campaign(index, slug: str, starts: date, ends: date, **facts) -> CampaignPage:
    facts.setdefault("title", f"รณรงค์ {slug}")
    facts.setdefault("message", f"ข้อความ {slug}")
    page = CampaignPage(slug=f"c-{slug}", starts_on=starts, ends_on=ends, **facts)
    index.add_child(instance=page)
    return page


@pytest.fixture
def place():
    with time_machine.travel(NOW, tick=True):
        yield school()


def test_a_campaign_runs_on_its_first_and_last_day_and_not_beside_them(place):
    campaign(place.campaigns, "one", TODAY, TODAY + 2 * DAY)
    found = [
        [page.slug.removeprefix("c-") for page in selectors.running(today=TODAY + n * DAY)]
        for n in range(-1, 4)
    ]
    assert found == [[], ["one"], ["one"], ["one"], []]


def test_the_one_that_ends_first_comes_first(place):
    campaign(place.campaigns, "long", TODAY, TODAY + 30 * DAY)
    campaign(place.campaigns, "short", TODAY - 9 * DAY, TODAY)
    assert [page.slug for page in selectors.running(today=TODAY)] == ["c-short", "c-long"]


def test_a_draft_never_runs(place, client):
    campaign(place.campaigns, "draft", TODAY, TODAY, live=False)
    assert selectors.running(today=TODAY) == []
    assert client.get("/campaigns/c-draft/").status_code == 404
    assert "ข้อความ draft" not in client.get("/").content.decode()


def test_the_front_page_shows_what_runs_by_the_bangkok_day(place, client):
    campaign(place.campaigns, "tomorrow", TODAY + DAY, TODAY + DAY)
    with time_machine.travel(NOW.replace(hour=16, minute=59), tick=False):
        assert "ข้อความ tomorrow" not in client.get("/").content.decode()
    with time_machine.travel(NOW.replace(hour=17, minute=0), tick=False):
        assert "ข้อความ tomorrow" in client.get("/").content.decode()


def test_a_campaign_leads_to_its_course_and_stands_without_one(place, client):
    page = campaign(
        place.campaigns, "call", TODAY, TODAY, call_label="เริ่มเรียนเลย", call_page=place.course.page_ptr
    )
    shown = client.get("/campaigns/c-call/").content.decode()
    assert "เริ่มเรียนเลย" in shown
    assert f'href="{place.url}"' in shown
    CampaignPage.objects.filter(pk=page.pk).update(call_page=None)
    assert client.get("/campaigns/c-call/").status_code == 200


def test_a_campaign_whose_course_is_taken_down_calls_nobody_into_the_void(place, client):
    campaign(place.campaigns, "call", TODAY, TODAY, call_label="เริ่มเรียนเลย", call_page=place.course.page_ptr)
    place.course.unpublish()
    answer = client.get("/campaigns/c-call/")
    assert answer.status_code == 200
    assert f'href="{place.url}"' not in answer.content.decode()


def test_the_index_lists_what_was_and_what_is(place, client):
    campaign(place.campaigns, "old", TODAY - 90 * DAY, TODAY - 80 * DAY)
    campaign(place.campaigns, "now", TODAY, TODAY)
    page = client.get("/campaigns/").content.decode()
    assert page.index("รณรงค์ now") < page.index("รณรงค์ old")


def test_an_end_before_the_beginning_is_said_at_the_field_and_refused_by_the_database(place):
    page = CampaignPage(title="ก", slug="k", message="ม", starts_on=TODAY, ends_on=TODAY - DAY)
    with pytest.raises(ValidationError) as refusal:
        page.clean()
    assert "ends_on" in refusal.value.message_dict
    kept = campaign(place.campaigns, "k", TODAY, TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignPage.objects.filter(pk=kept.pk).update(ends_on=TODAY - DAY)


@pytest.mark.parametrize(
    ("starts", "ends", "today", "expected"),
    [
        (date(2026, 12, 1), date(2026, 12, 9), date(2026, 12, 9), (date(2026, 12, 1), date(2026, 12, 9))),
        (date(2026, 12, 1), date(2026, 12, 9), date(2026, 12, 10), (date(2027, 12, 1), date(2027, 12, 9))),
        (date(2024, 2, 20), date(2024, 2, 29), date(2024, 3, 1), (date(2025, 2, 20), date(2025, 2, 28))),
    ],
)
def test_a_yearly_campaign_planted_late_waits_for_its_next_season(starts, ends, today, expected):
    assert next_season(starts, ends, today) == expected


def test_costs_do_not_grow_with_campaigns(place, client, django_assert_max_num_queries):
    for number in range(12):
        campaign(place.campaigns, f"c-{number}", TODAY, TODAY)
    client.get("/campaigns/")
    with django_assert_max_num_queries(7):
        client.get("/campaigns/")
