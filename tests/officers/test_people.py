"""Postings, transfers, audiences, and the loading of agencies."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sucharit.kernel.errors import Conflict, Refused
from sucharit.officers import services as people
from sucharit.officers.enums import PersonnelType, PositionLevel, PositionType, Role
from sucharit.officers.models import Agency, Officer, Posting, RoleGrant, User
from sucharit.officers.selectors import (
    agency_chain,
    audience_in_words,
    audience_members,
    posting_on,
    scope_roots,
    snapshot_on,
    viewer_of,
)
from tests.officers.conftest import PASSWORD

pytestmark = pytest.mark.django_db

MOVE = date(2026, 10, 1)


def transfer(officer, agency, starts_on=MOVE):
    return people.post_officer(
        officer=officer,
        agency=agency,
        position_title="นักวิชาการคลัง",
        position_type=PositionType.ACADEMIC,
        position_level=PositionLevel.K3,
        starts_on=starts_on,
    )


def test_a_transfer_ends_the_old_posting_the_day_before_and_keeps_it(world):
    transfer(world.somsri, world.treasury)
    old, new = Posting.objects.filter(officer=world.somsri).order_by("starts_on")
    assert (old.agency_id, old.ends_on) == (world.province.pk, date(2026, 9, 30))
    assert (new.agency_id, new.ends_on) == (world.treasury.pk, None)


@pytest.mark.parametrize(
    ("day", "place"), [(date(2026, 9, 30), "province"), (MOVE, "treasury"), (date(2030, 1, 1), "treasury")]
)
def test_history_answers_for_any_day(world, day, place):
    transfer(world.somsri, world.treasury)
    assert posting_on(world.somsri.pk, day).agency_id == getattr(world, place).pk


def test_before_the_first_day_there_is_no_posting_and_no_award(world):
    assert posting_on(world.somsri.pk, date(2020, 9, 30)) is None
    with pytest.raises(Refused) as refusal:
        snapshot_on(world.somsri.pk, date(2020, 9, 30))
    assert refusal.value.code == "no_posting"


def test_a_snapshot_copies_the_day_and_costs_two_queries(world, django_assert_num_queries):
    transfer(world.somsri, world.treasury)
    with django_assert_num_queries(2):
        then = snapshot_on(world.somsri.pk, date(2026, 9, 30))
    assert (then.agency_code, then.agency_chain) == ("CDD-CMI", "กระทรวงมหาดไทย › กรมการพัฒนาชุมชน")
    assert then.position_level == "K2"
    assert snapshot_on(world.somsri.pk, MOVE).agency_code == "CGD-HR"


@pytest.mark.parametrize("starts_on", [date(2020, 10, 1), date(2019, 1, 1)])
def test_a_posting_cannot_begin_before_the_present_one(world, starts_on):
    with pytest.raises(Refused) as refusal:
        transfer(world.somsri, world.treasury, starts_on)
    assert refusal.value.code == "posting_out_of_order"
    assert Posting.objects.get(officer=world.somsri).ends_on is None


def test_the_database_allows_one_open_posting(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(
            officer=world.somsri,
            agency=world.treasury,
            position_title="ก",
            position_type="other",
            starts_on=MOVE,
        )


def test_a_national_id_is_known_once_and_never_stored(world):
    def enter():
        return people.enter_officers(
            people=[
                people.NewOfficer(
                    title="นาย",
                    first_name="ทดสอบ",
                    last_name="หนึ่ง",
                    personnel_type=PersonnelType.CIVIL_SERVANT,
                    agency=world.division,
                    position_title="นิติกร",
                    national_id="1101700230708",
                )
            ]
        )

    [officer] = enter()
    assert "1101700230708" not in {str(value) for value in vars(officer).values()}
    with pytest.raises((Conflict, IntegrityError)), transaction.atomic():
        enter()


def test_two_accounts_cannot_share_an_address(world):
    with pytest.raises(Conflict):
        people.open_account(email="SOMSRI@example.go.th", password=PASSWORD)


def test_the_database_keeps_addresses_apart_in_any_case_of_their_letters(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="SomSri@example.go.th")
    somsri = world.somsri.user
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=somsri.pk).update(email="DARUNI@example.go.th")
    somsri.email = "DARUNI@example.go.th"
    with pytest.raises(ValidationError, match="มีบัญชีที่ใช้อีเมลนี้แล้ว"):
        somsri.full_clean()


def test_of_two_who_open_the_same_account_at_once_one_is_told(world, monkeypatch):
    # What the second one saw when it looked: nobody yet.
    monkeypatch.setattr(people, "is_address_taken", lambda email: False)
    with pytest.raises(Conflict, match="มีบัญชีที่ใช้อีเมลนี้แล้ว"):
        people.open_account(email="Somsri@example.go.th", password=PASSWORD)
    assert User.objects.filter(email__iexact="somsri@example.go.th").count() == 1


# --- roles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "code"), [(Role.AGENCY_HR, "role_needs_agency"), (Role.CENTRAL_HR, "role_needs_body")]
)
def test_a_role_without_its_reach_is_refused(world, now, role, code):
    with pytest.raises(Refused) as refusal:
        people.grant_role(user=world.somsri.user, role=role, now=now)
    assert refusal.value.code == code


def test_giving_a_role_twice_gives_it_once(world, now):
    again = people.grant_role(user=world.daruni.user, role=Role.AGENCY_HR, agency=world.community, now=now)
    assert RoleGrant.objects.filter(user=world.daruni.user).get() == again


def test_a_content_role_brings_its_group_and_takes_it_away_with_the_last(world, now):
    user = world.pakphum
    people.grant_role(user=user, role=Role.APPROVER, now=now)
    people.end_role(grant=user.role_grants.get(role=Role.EDITOR), now=now)
    assert user.groups.filter(name=people.CONTENT_GROUPS[Role.APPROVER]).exists()
    people.end_role(grant=user.role_grants.get(role=Role.APPROVER), now=now)
    assert not user.groups.exists()
    assert user.role_grants.count() == 2


def test_ending_a_role_twice_keeps_the_first_end(world, now):
    grant = world.daruni.user.role_grants.get()
    people.end_role(grant=grant, now=now)
    people.end_role(grant=grant, now=now + timedelta(days=1))
    grant.refresh_from_db()
    assert grant.ended_at == now


def test_vouching_for_an_address_leaves_one_and_refuses_another_s(world):
    user = world.somsri.user
    user.email = "new.name@example.go.th"
    people.vouch_for_email(user=user)
    assert list(user.emailaddress_set.values_list("email", "verified", "primary")) == [
        ("new.name@example.go.th", True, True)
    ]
    user.email = world.daruni.user.email
    with pytest.raises(Conflict):
        people.vouch_for_email(user=user)


# --- audiences ------------------------------------------------------------------------------------------------------

RULES = {
    "everybody": ({}, {"somsri", "daruni", "thawat", "anan"}),
    "one department with all below it": ({"agencies": ["community"]}, {"somsri", "daruni"}),
    "two places": ({"agencies": ["province", "comptroller"]}, {"somsri", "thawat", "anan"}),
    "a ministry": ({"agencies": ["ministry"]}, {"somsri", "daruni"}),
    "a kind of personnel": ({"personnel_types": ["government_employee"]}, {"anan"}),
    "a kind of position": ({"position_types": ["managerial"]}, {"daruni"}),
    "a level": ({"position_levels": ["K2"]}, {"somsri", "thawat", "anan"}),
    "newly appointed": ({"newly_appointed_days": 180}, {"thawat"}),
    "nobody": ({"position_levels": ["M2"]}, set()),
}


@pytest.mark.parametrize("name", RULES)
def test_an_audience_names_its_members_once(world, today, name):
    Officer.objects.filter(pk=world.anan.pk).update(personnel_type="government_employee")
    Posting.objects.filter(officer=world.daruni).update(position_type="managerial", position_level="D1")
    Officer.objects.filter(pk=world.thawat.pk).update(entered_service_on=today - timedelta(days=179))
    Officer.objects.filter(pk=world.somsri.pk).update(entered_service_on=today - timedelta(days=180))
    transfer(world.somsri, world.division, MOVE)
    transfer(world.somsri, world.province, date(2026, 11, 1))
    rule, expected = RULES[name]
    rule = dict(rule)
    places = [getattr(world, place) for place in rule.pop("agencies", [])]
    audience = people.save_audience(name=name, agencies=places, **rule)
    if name == "a level":
        expected = expected - {"somsri"}  # Somsri rose to K3 with the transfer.
    members = list(audience_members(audience, on=today).values_list("pk", flat=True))
    assert sorted(members) == sorted(getattr(world, person).pk for person in expected)
    if "somsri" in expected:
        assert posting_on(world.somsri.pk, today).agency_id == world.province.pk


def test_who_has_left_is_in_no_audience(world, today):
    Officer.objects.filter(pk=world.anan.pk).update(left_service_on=today)
    audience = people.save_audience(name="ทุกคน")
    assert world.anan not in audience_members(audience, on=today)
    assert world.anan in audience_members(audience, on=today - timedelta(days=1))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "เจ้าหน้าที่ของรัฐทุกประเภท"),
        ({"personnel_types": ["civil_servant", "government_employee"]}, "ข้าราชการ และพนักงานราชการ"),
        (
            {"personnel_types": ["civil_servant"], "position_levels": ["K1", "K2", "K3"]},
            "ข้าราชการ ระดับปฏิบัติการ ชำนาญการ และชำนาญการพิเศษ",
        ),
    ],
)
def test_an_audience_is_told_as_people_say_a_list(db, rule, words):
    assert audience_in_words(people.save_audience(name="กลุ่ม", **rule)) == words


# --- agencies -------------------------------------------------------------------------------------------------------


def test_loading_agencies_twice_changes_nothing(db):
    first = people.load_agencies()
    assert first.added > 300
    before = list(Agency.objects.order_by("path").values_list("code", "path", "depth", "numchild", "name"))
    second = people.load_agencies()
    assert (second.added, second.changed, second.unchanged) == (0, 0, first.added)
    assert (
        list(Agency.objects.order_by("path").values_list("code", "path", "depth", "numchild", "name"))
        == before
    )
    assert Agency.find_problems() == ([], [], [], [], [])


def test_loading_brings_back_what_was_changed_by_hand(db):
    people.load_agencies()
    Agency.objects.filter(code="OPM").update(name="ชื่ออื่น")
    assert people.load_agencies().changed == 1
    assert Agency.objects.get(code="OPM").name != "ชื่ออื่น"


def test_a_code_is_taken_once(world):
    with pytest.raises(Conflict):
        people.add_agency(parent=None, code="MOI", name="อื่น", level="01")


def test_the_tree_reads_from_the_top(world):
    province = Agency.objects.get(pk=world.province.pk)
    assert [node.code for node in agency_chain(province)] == ["MOI", "CDD"]


def test_the_desk_begins_at_the_roots_of_the_scope(world):
    who = viewer_of(User.objects.get(pk=world.daruni.user.pk))
    assert [node.code for node in scope_roots(who)] == ["CDD"]
    everyone = viewer_of(User.objects.get(pk=world.secretariat.pk))
    assert {node.code for node in scope_roots(everyone)} == {"MOI", "MOF"}
