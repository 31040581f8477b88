"""One way in: Wagtail's own doors are shut, and nobody is sent in circles between the others."""

import pytest
from django.test import Client
from django.urls import resolve, reverse

from tests.officers.conftest import PASSWORD, enrol, is_signed_in

pytestmark = pytest.mark.django_db

SIDE_DOORS = ["/admin/login/", "/_util/login/"]


@pytest.mark.parametrize("door", SIDE_DOORS)
def test_a_visitor_at_a_side_door_is_shown_the_one_way_in(client, door):
    answer = client.get(door)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/")


@pytest.mark.parametrize("door", SIDE_DOORS)
def test_a_password_posted_at_a_side_door_is_never_tried(world, door):
    enrol(world.pakphum)
    for user in (world.pakphum, world.somsri.user):
        client = Client()
        client.post(
            door, {"username": user.email, "password": PASSWORD, "login": user.email, "next": "/admin/"}
        )
        assert not is_signed_in(client)


def test_the_doors_come_before_wagtail_s_own():
    for path in (*SIDE_DOORS, "/admin/password_reset/", "/admin/password_reset/confirm/MQ/set-password/"):
        assert resolve(path).func.__module__ == "sucharit.officers.views", path
    assert reverse("wagtailadmin_login") == "/admin/login/"
    assert reverse("wagtailcore_login") == "/_util/login/"


@pytest.mark.parametrize("path", ["", "done/", "complete/", "confirm/MQ/set-password/"])
def test_wagtail_s_password_reset_is_ours(client, path):
    answer = client.post(f"/admin/password_reset/{path}", {"email": "a@example.go.th"})
    assert answer.url == "/accounts/password/reset/"


def test_a_visitor_of_the_admin_ends_at_the_one_sign_in_page_and_comes_back(world, sign_in, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    page = client.get("/admin/pages/", follow=True)
    assert page.status_code == 200
    path, query = page.redirect_chain[-1][0].split("?")
    assert path == "/accounts/login/"
    assert "next=/admin/pages/" in query
    _, answer = sign_in(world.pakphum.email, client=client, data={"next": "/admin/pages/"})
    assert answer.url == "/admin/pages/"


@pytest.mark.parametrize(
    "start", ["/admin/", "/admin/login/", "/admin/pages/", "/accounts/login/?next=/admin/"]
)
@pytest.mark.parametrize("who", ["learner", "hr"])
def test_whoever_may_not_edit_is_told_so_once_and_not_sent_in_circles(world, signed_in, start, who):
    answer = signed_in(world.users[who]).get(start, follow=True)
    assert answer.status_code == 403
    assert len(answer.redirect_chain) <= 2
    assert "บัญชีนี้เข้าหน้าจัดการเนื้อหาไม่ได้" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    "start", ["/admin/login/", "/admin/login/?next=/admin/login/", "/accounts/login/?next=/admin/login/"]
)
def test_an_editor_walks_through(world, signed_in, start):
    answer = signed_in(world.pakphum).get(start, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == "/admin/"


@pytest.mark.parametrize("bad", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_side_doors_lead_nowhere_else(world, signed_in, client, bad):
    assert signed_in(world.pakphum).get("/admin/login/", {"next": bad}).url == "/admin/"
    assert client.get("/_util/login/", {"next": bad}).url == "/accounts/login/?next=/"


def test_whoever_is_refused_a_private_page_is_not_asked_to_sign_in_again(world, signed_in):
    assert signed_in(world.somsri.user).get("/_util/login/?next=/secret/").status_code == 403


def test_signing_out_of_the_admin_signs_out_everywhere(world, signed_in):
    client = signed_in(world.pakphum)
    answer = client.post("/admin/logout/", follow=True)
    assert not is_signed_in(client)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")


def test_the_admin_s_account_page_changes_no_password(world, signed_in):
    client = signed_in(world.pakphum)
    page = client.get("/admin/account/").content.decode()
    assert "new_password1" not in page
    before = world.pakphum.password
    client.post(
        "/admin/account/",
        {
            "password-old_password": PASSWORD,
            "password-new_password1": "x" * 12,
            "password-new_password2": "x" * 12,
        },
    )
    world.pakphum.refresh_from_db()
    assert world.pakphum.password == before


def test_the_admin_s_account_page_changes_no_address(world, signed_in):
    """Its own page asks for a fresh proof and a code from the new address; a second door would ask for neither."""
    client = signed_in(world.pakphum)
    page = client.get("/admin/account/").content.decode()
    assert 'name="name_email-first_name"' in page
    assert 'name="name_email-email"' not in page
    client.post(
        "/admin/account/",
        {
            "name_email-first_name": "ภาคภูมิ",
            "name_email-last_name": "ใจกว้าง",
            "name_email-email": "mine@elsewhere.example",
            "theme-theme": "system",
            "theme-density": "default",
            "theme-contrast": "system",
            "theme-keyboard_shortcuts": "on",
            "locale-preferred_language": "th",
            "locale-current_time_zone": "Asia/Bangkok",
        },
    )
    world.pakphum.refresh_from_db()
    assert world.pakphum.email == "pakphum@example.go.th"


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/signup/",
        "/accounts/inactive/",
    ],
)
def test_the_entrance_speaks_thai_and_carries_no_inline_script_or_style(client, path):
    page = client.get(path)
    html = page.content.decode()
    assert page.status_code == 200
    assert 'lang="th"' in html
    assert html.count("<h1") == 1
    assert 'style="' not in html
    assert "<style" not in html
    scripts = [part.split(">", 1)[0] for part in html.split("<script")[1:]]
    assert all("src=" in script or 'type="application/json"' in script for script in scripts), scripts
    assert " 'unsafe-inline'" not in page.headers["Content-Security-Policy"]
