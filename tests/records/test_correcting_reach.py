"""Whoever sees is not whoever corrects: an auditor's sight and one's own record give no reach to correct (E17)."""

import pytest

from sucharit.officers.enums import Role, Verb
from sucharit.officers.selectors import can
from sucharit.officers.services import grant_role
from tests.conftest import NOW, TODAY
from tests.records.desk import seen_as

pytestmark = pytest.mark.django_db
BOTH = (Verb.CORRECT_RECORDS, Verb.DECIDE_RECORDS)


@pytest.mark.parametrize("verb", BOTH)
def test_e17_agency_hr_corrects_its_own_subtree(world, verb):
    who = seen_as(world.daruni.user)
    assert can(who, verb, today=TODAY)
    assert can(who, verb, world.somsri, today=TODAY)
    assert can(who, verb, world.province, today=TODAY)
    assert not can(who, verb, world.thawat, today=TODAY)
    assert not can(who, verb, world.treasury, today=TODAY)


@pytest.mark.parametrize("verb", BOTH)
def test_an_auditor_who_is_also_hr_corrects_what_hr_does_and_no_more(world, verb):
    grant_role(user=world.daruni.user, role=Role.AUDITOR, now=NOW)
    who = seen_as(world.daruni.user)
    assert can(who, Verb.VIEW_OFFICER, world.thawat, today=TODAY)
    assert not can(who, verb, world.thawat, today=TODAY)
    assert not can(who, verb, world.comptroller, today=TODAY)
    assert can(who, verb, world.somsri, today=TODAY)


@pytest.mark.parametrize("verb", BOTH)
def test_ones_own_record_elsewhere_is_seen_and_not_corrected(world, verb):
    grant_role(user=world.thawat.user, role=Role.AGENCY_HR, agency=world.community, now=NOW)
    for grant in world.thawat.user.role_grants.filter(agency=world.comptroller):
        grant.ended_at = NOW
        grant.save()
    who = seen_as(world.thawat.user)
    assert can(who, Verb.VIEW_OFFICER, world.thawat, today=TODAY)
    assert not can(who, verb, world.thawat, today=TODAY)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.EDITOR, Role.APPROVER, Role.AUTHOR])
def test_other_roles_correct_nothing(world, role):
    grant_role(user=world.pakphum, role=role, now=NOW)
    who = seen_as(world.pakphum)
    for verb in BOTH:
        assert not can(who, verb, today=TODAY)
        assert not can(who, verb, world.somsri, today=TODAY)
