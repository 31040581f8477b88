"""Accounts and roles in the admin: for administrators only, without lists of everybody, without deleting anybody."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.urls import reverse

from sucharit.officers import services as people
from sucharit.officers.enums import Role
from sucharit.officers.models import RoleGrant, User

pytestmark = pytest.mark.django_db

PAGES = [
    "wagtailusers_users:index",
    "wagtailusers_users:add",
    "role_grants:index",
    "role_grants:add",
    "wagtailusers_groups:index",
]


@pytest.fixture
def desk(chief, signed_in):
    return signed_in(chief)


def account(**changed):
    facts = {"email": "new@example.go.th", "first_name": "ใหม่", "last_name": "มาก", "is_superuser": ""}
    return {**facts, **changed}


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_opens_every_page(world, desk, page):
    assert desk.get(reverse(page)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_an_editor_opens_none_even_with_the_permissions(world, signed_in, page):
    world.pakphum.user_permissions.set(
        Permission.objects.filter(content_type__app_label__in=["officers", "auth"])
    )
    answer = signed_in(world.pakphum).get(reverse(page), follow=True)
    assert answer.redirect_chain[0][0] == "/admin/"


def test_the_list_finds_people_by_address_and_does_not_grow_in_queries(
    world, desk, django_assert_max_num_queries
):
    for number in range(15):
        people.open_account(email=f"p{number}@example.go.th", password="x" * 12)
    with django_assert_max_num_queries(30):
        page = desk.get(reverse("wagtailusers_users:index"), {"q": "example.go.th"}).content.decode()
    assert "p14@example.go.th" in page
    assert "somsri" not in desk.get(reverse("wagtailusers_users:index"), {"q": "p14"}).content.decode()


def test_a_new_account_has_no_password_until_its_owner_sets_one(world, desk, sign_in, mailoutbox):
    form = desk.get(reverse("wagtailusers_users:add")).content.decode()
    assert 'type="password"' not in form
    answer = desk.post(reverse("wagtailusers_users:add"), account(email="New@Example.go.th"))
    assert answer.status_code == 302, answer.content.decode()
    user = User.objects.get(email="new@example.go.th")
    assert not user.has_usable_password()
    assert not user.is_superuser
    assert user.emailaddress_set.get().verified
    client, _ = sign_in("stranger@example.go.th", "x")
    client.post("/accounts/password/reset/", {"email": "new@example.go.th"})
    assert [letter.to for letter in mailoutbox] == [["new@example.go.th"]]


def test_an_address_in_use_is_refused_in_any_case(world, desk):
    answer = desk.post(reverse("wagtailusers_users:add"), account(email="SOMSRI@example.go.th"))
    assert "มีบัญชีที่ใช้อีเมลนี้แล้ว" in answer.content.decode()


def test_an_address_that_somebody_is_moving_to_is_refused_in_words_too(world, desk):
    EmailAddress.objects.create(user=world.somsri.user, email="next@example.go.th", verified=False)
    answer = desk.post(reverse("wagtailusers_users:add"), account(email="Next@example.go.th"))
    assert "มีบัญชีที่ใช้อีเมลนี้แล้ว" in answer.content.decode()
    assert not User.objects.filter(email="next@example.go.th").exists()


def test_an_edited_address_is_the_one_to_sign_in_with(world, desk, sign_in):
    user = world.somsri.user
    url = reverse("wagtailusers_users:edit", args=[user.pk])
    assert desk.get(url).status_code == 200
    answer = desk.post(url, account(email="somsri.new@example.go.th", is_active="on"))
    assert answer.status_code == 302, answer.content.decode()
    _, old = sign_in("somsri@example.go.th")
    assert old.status_code == 200
    _, new = sign_in("somsri.new@example.go.th")
    assert new.url == "/my/"


def test_an_account_can_be_closed_and_its_sessions_end(world, desk, signed_in):
    learner = signed_in(world.somsri.user)
    assert learner.get("/accounts/sessions/").status_code == 200
    url = reverse("wagtailusers_users:edit", args=[world.somsri.user.pk])
    desk.post(url, account(email=world.somsri.user.email))
    assert not User.objects.get(pk=world.somsri.user.pk).is_active
    assert learner.get("/accounts/sessions/").status_code == 302


def test_nobody_is_deleted(world, desk):
    user = world.pakphum
    desk.post(reverse("wagtailusers_users:delete", args=[user.pk]))
    bulk = reverse("wagtail_bulk_action", args=["officers", "user", "delete"])
    desk.post(f"{bulk}?id={user.pk}")
    assert User.objects.filter(pk=user.pk).exists()


def test_groups_are_given_by_roles_only(world, desk):
    form = desk.get(reverse("wagtailusers_users:edit", args=[world.somsri.user.pk])).content.decode()
    assert 'name="groups"' not in form
    bulk = reverse("wagtail_bulk_action", args=["officers", "user", "assign_role"])
    group = world.pakphum.groups.get()
    desk.post(f"{bulk}?id={world.somsri.user.pk}", {"role": group.pk})
    assert not world.somsri.user.groups.exists()


@pytest.mark.parametrize("who", ["editor", "hr", "learner"])
def test_nobody_else_can_make_an_administrator(world, signed_in, who):
    actor = world.users[who]
    actor.user_permissions.set(Permission.objects.filter(content_type__app_label="officers"))
    client = signed_in(actor)
    for user in (actor, world.somsri.user):
        client.post(
            reverse("wagtailusers_users:edit", args=[user.pk]),
            account(email=user.email, is_active="on", is_superuser="on"),
        )
    client.post(reverse("wagtailusers_users:add"), account(is_superuser="on"))
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(email="new@example.go.th").exists()


# --- roles ----------------------------------------------------------------------------------------------------------


def role(**changed):
    return {
        "email": "somsri@example.go.th",
        "role": Role.AGENCY_HR,
        "agency_code": "CDD",
        "hr_body": "",
        **changed,
    }


def test_a_role_is_given_by_address_and_code(world, desk, chief):
    answer = desk.post(reverse("role_grants:add"), role())
    assert answer.status_code == 302, answer.content.decode()
    grant = RoleGrant.objects.get(user=world.somsri.user)
    assert (grant.role, grant.agency.code, grant.granted_by, grant.ended_at) == (
        Role.AGENCY_HR,
        "CDD",
        chief,
        None,
    )


def test_the_form_lists_neither_people_nor_agencies(world, desk):
    html = desk.get(reverse("role_grants:add")).content.decode()
    assert "somsri@example.go.th" not in html
    assert "กรมการพัฒนาชุมชน" not in html


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"email": "nobody@example.go.th"}, "ไม่พบบัญชีที่ใช้งานอยู่ของอีเมลนี้"),
        ({"agency_code": "NOWHERE"}, "ไม่พบหน่วยงานรหัสนี้"),
        ({"agency_code": ""}, "โปรดระบุรหัสหน่วยงานที่จะดูแล"),
        ({"role": Role.CENTRAL_HR, "agency_code": ""}, "โปรดเลือกองค์กรกลาง"),
        ({"role": Role.SECRETARIAT}, "บทบาทนี้ไม่ได้ผูกกับหน่วยงาน"),
        ({"role": Role.SECRETARIAT, "agency_code": "", "hr_body": "police"}, "บทบาทนี้ไม่ได้ผูกกับองค์กรกลาง"),
    ],
)
def test_a_grant_that_makes_no_sense_is_explained(world, desk, changed, words):
    before = RoleGrant.objects.count()
    assert words in desk.post(reverse("role_grants:add"), role(**changed)).content.decode()
    assert RoleGrant.objects.count() == before


def test_a_role_is_ended_once_and_stays_on_record(world, desk):
    grant = world.daruni.user.role_grants.get()
    url = reverse("role_grants:edit", args=[grant.pk])
    page = desk.get(url).content.decode()
    assert "ยุติบทบาท" in page
    assert "กรมการพัฒนาชุมชน (CDD)" in page
    assert desk.post(url).status_code == 302
    grant.refresh_from_db()
    ended = grant.ended_at
    assert ended is not None
    desk.post(url)
    grant.refresh_from_db()
    assert grant.ended_at == ended
    desk.post(reverse("role_grants:delete", args=[grant.pk]))
    assert RoleGrant.objects.filter(pk=grant.pk).exists()


def test_the_list_of_roles_is_flat_in_queries_and_open_grants_come_first(
    world, desk, django_assert_max_num_queries, now
):
    people.end_role(grant=world.daruni.user.role_grants.get(), now=now)
    with django_assert_max_num_queries(20):
        html = desk.get(reverse("role_grants:index")).content.decode()
    assert html.index("กรมบัญชีกลาง (CGD)") < html.index("กรมการพัฒนาชุมชน (CDD)")
