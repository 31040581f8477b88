"""People, postings, roles and accounts at the same moment (R5), on a real PostgreSQL."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from sucharit.kernel.errors import DomainError
from sucharit.officers import services as people
from sucharit.officers.enums import Role
from sucharit.officers.models import Posting, RoleGrant, User
from tests.conftest import NOW, PASSWORD, TODAY
from tests.quizzes.test_races import CROWDS, at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture(autouse=True)
def _real_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")


def told(results) -> list[Exception]:
    """Those who were told why not; anything else that was raised would be a 5xx."""
    faults = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(fault, DomainError) for fault in faults), results
    return faults


def move(world, number: int) -> int:
    return people.post_officer(
        officer=world.somsri,
        agency=(world.treasury, world.division)[number % 2],
        position_title="นักวิชาการ",
        position_type="academic",
        position_level="K3",
        starts_on=TODAY,
    ).pk


@pytest.mark.parametrize("devices", CROWDS)
def test_moved_at_once_somebody_has_one_open_posting(world, devices):
    results = at_once(lambda number: move(world, number), devices)
    assert len(told(results)) == devices - 1
    assert Posting.objects.filter(officer=world.somsri, ends_on__isnull=True).count() == 1
    assert Posting.objects.filter(officer=world.somsri).count() == 2


def test_control_it_is_the_key_that_keeps_a_second_open_posting_out(world):
    rule = next(r for r in Posting._meta.constraints if r.name == "one_open_posting_per_officer")
    facts = {"officer": world.somsri, "agency": world.treasury, "starts_on": TODAY}
    with pytest.raises(IntegrityError):
        Posting.objects.create(**facts)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Posting, rule)
    extra = Posting.objects.create(**facts)
    assert Posting.objects.filter(officer=world.somsri, ends_on__isnull=True).count() == 2
    extra.delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Posting, rule)


@pytest.mark.parametrize("devices", CROWDS)
def test_an_account_opened_at_once_is_one(world, devices):
    results = at_once(
        lambda _: people.open_account(email="new@example.go.th", password=PASSWORD, first_name="ใหม่").pk,
        devices,
    )
    assert len(told(results)) == devices - 1
    assert User.objects.filter(email__iexact="new@example.go.th").count() == 1


@pytest.mark.parametrize("devices", CROWDS)
def test_a_role_given_at_once_is_given_once(world, devices):
    user = world.somsri.user
    results = at_once(
        lambda _: people.grant_role(user=user, role=Role.AGENCY_HR, agency=world.province, now=NOW).pk,
        devices,
    )
    assert not told(results), results
    assert RoleGrant.objects.filter(user=user, ended_at__isnull=True).count() == 1


@pytest.mark.parametrize("devices", CROWDS)
def test_a_role_ended_at_once_ends_once_and_at_one_time(world, devices):
    grant = RoleGrant.objects.get(user=world.daruni.user)
    results = at_once(
        lambda number: people.end_role(grant=grant, now=NOW + timedelta(minutes=number + 1)), devices
    )
    assert not told(results), results
    grant.refresh_from_db()
    assert grant.ended_at is not None
