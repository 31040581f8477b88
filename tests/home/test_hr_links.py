"""Figures of the HR desk and the lists behind them name the same people (E21)."""

import re
from datetime import timedelta
from html import unescape

import pytest

from sucharit.officers.models import Agency
from sucharit.officers.selectors import viewer_of
from sucharit.records import selectors
from sucharit.records.enums import Cycle
from sucharit.records.people import PeopleFilter
from tests.conftest import NOW, TODAY
from tests.records.build import applied, complete, settle

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=400)


def test_the_figures_above_a_list_lead_to_the_people_they_count(world, signed_in):
    applied([world.ministry])
    page = signed_in(world.daruni.user).get(f"/hr/agencies/{world.community.public_id}/people/")
    headline = re.search(r'<p class="headline">.*?</p>', page.content.decode(), re.DOTALL).group()
    links = [unescape(link) for link in re.findall(r'href="([^"]*)"', headline)]
    assert [link.rpartition("&")[2] for link in links] == ["show=done", "show=left"], links


def test_whose_completion_has_expired_is_on_the_list_of_those_who_are_left(world):
    period = applied([world.ministry], year=None, cycle=Cycle.ANNIVERSARY, due_days=30, valid_months=12)
    complete(world.somsri, at=NOW)
    later = NOW + YEAR
    settle(later)
    who, node = viewer_of(world.secretariat), Agency.objects.get(pk=world.ministry.pk)
    day = TODAY + YEAR
    count = selectors.count_of(who, period, node, today=day)
    assert count.expired == 1
    for show, number in (("left", count.left), ("done", count.done)):
        rows = selectors.people(who, period, node, PeopleFilter(show=show), today=day).rows
        assert len(rows) == number, show
    past = selectors.people(who, period, node, PeopleFilter(show="done"), today=day, as_of=NOW + YEAR / 4)
    assert len(past.rows) == 1


def test_a_learner_whose_completion_has_expired_is_asked_again(world):
    applied([world.ministry], year=None, cycle=Cycle.ANNIVERSARY, due_days=30, valid_months=12)
    complete(world.somsri, at=NOW)
    (duty,) = selectors.duties(world.somsri.pk, today=TODAY, now=NOW)
    assert duty.is_done
    later = NOW + YEAR
    (duty,) = selectors.duties(world.somsri.pk, today=TODAY + YEAR, now=later)
    assert not duty.is_done
    assert duty.due_on == duty.turns_on, "what was valid until then is due again from then on"
    complete(world.somsri, at=later, settled=False)
    (duty,) = selectors.duties(world.somsri.pk, today=TODAY + YEAR, now=later + timedelta(minutes=2))
    assert duty.is_done, "at once, before it is sealed"
