"""Signing in: where it leads, what it refuses, and what it never gives away."""

import re

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.test import Client

from sucharit.officers import services as people
from sucharit.officers.hashers import TunedArgon2PasswordHasher
from sucharit.officers.models import User
from sucharit.officers.templatetags.officer_tags import device_in_words
from tests.officers.conftest import PASSWORD, is_signed_in

pytestmark = pytest.mark.django_db


def test_the_password_costs_what_owasp_asks():
    hasher = TunedArgon2PasswordHasher()
    encoded = hasher.encode("some password", hasher.salt())
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert hasher.verify("some password", encoded)
    assert not hasher.must_update(encoded)
    assert hasher.must_update(Argon2PasswordHasher().encode("some password", hasher.salt()))


def test_a_real_installation_hashes_with_it():
    from sucharit.settings import base

    assert base.PASSWORD_HASHERS[0] == "sucharit.officers.hashers.TunedArgon2PasswordHasher"
    assert base.AUTHENTICATION_BACKENDS == ["sucharit.officers.backends.AccountBackend"]


@pytest.mark.parametrize(
    ("who", "door"), [("learner", "/my/"), ("hr", "/hr/"), ("editor", "/admin/"), ("secretariat", "/hr/")]
)
def test_everybody_begins_at_the_front_door_of_their_role(world, sign_in, settings, who, door):
    settings.SECOND_FACTOR_REQUIRED = False
    client, answer = sign_in(world.users[who].email)
    assert is_signed_in(client)
    assert (answer.status_code, answer.url) == (302, door)


def test_an_administrator_begins_in_the_admin(chief, sign_in, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    _, answer = sign_in(chief.email)
    assert answer.url == "/admin/"


def test_a_safe_next_is_honoured(world, sign_in):
    _, answer = sign_in(world.somsri.user.email, data={"next": "/learn/something/?page=2"})
    assert answer.url == "/learn/something/?page=2"


@pytest.mark.parametrize(
    "bad",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://testserver/my/",
        "/\t/evil.example",
    ],
)
def test_an_unsafe_next_is_not(world, sign_in, bad):
    _, answer = sign_in(world.somsri.user.email, data={"next": bad})
    assert answer.url == "/my/"


def test_signing_in_ignores_the_case_of_the_address(world, sign_in):
    client, _ = sign_in("SomSri@Example.GO.TH")
    assert is_signed_in(client)


def test_a_wrong_password_says_so_in_thai_and_not_which_half_is_wrong(world, sign_in):
    _, known = sign_in(world.somsri.user.email, "wrong-password-1")
    _, unknown = sign_in("nobody@example.go.th", "wrong-password-1")
    for answer in (known, unknown):
        assert answer.status_code == 200
        assert "อีเมลหรือรหัสผ่านไม่ถูกต้อง" in answer.content.decode()


def test_an_inactive_account_stays_out(world, sign_in):
    User.objects.filter(pk=world.somsri.user.pk).update(is_active=False)
    client, answer = sign_in(world.somsri.user.email)
    assert not is_signed_in(client)
    assert answer.status_code in (200, 302)


def test_nobody_can_sign_up(client):
    page = client.get("/accounts/signup/")
    assert "หน่วยงานเป็นผู้เปิดบัญชีให้คุณ" in page.content.decode()
    client.post(
        "/accounts/signup/",
        {"email": "new@example.go.th", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not User.objects.filter(email="new@example.go.th").exists()


def test_signing_out_needs_a_post(world, sign_in):
    client, _ = sign_in(world.somsri.user.email)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").url == "/"
    assert not is_signed_in(client)


def test_a_password_reset_goes_through_the_public_address_and_signs_nobody_in(world, client, settings):
    settings.PUBLIC_URL = "https://sucharit.example.go.th"
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    email = world.somsri.user.email
    client.post("/accounts/password/reset/", {"email": email}, headers={"host": "evil.example"})
    [letter] = mail.outbox
    link = re.search(r"https://\S+", letter.body).group()
    assert link.startswith("https://sucharit.example.go.th/accounts/password/reset/key/")
    assert "evil.example" not in letter.body
    form = client.get(link.removeprefix("https://sucharit.example.go.th"))
    fresh = "a-quite-new-password-9"
    done = client.post(form.url, {"password1": fresh, "password2": fresh}, follow=True)
    assert "ตั้งรหัสผ่านใหม่แล้ว" in done.content.decode()
    assert not is_signed_in(client)
    assert User.objects.get(email=email).check_password(fresh)


def test_a_stranger_s_address_gets_no_letter_and_the_same_answer(world, client):
    known = client.post("/accounts/password/reset/", {"email": world.somsri.user.email}, follow=True)
    assert len(mail.outbox) == 1
    unknown = client.post("/accounts/password/reset/", {"email": "stranger@example.com"}, follow=True)
    assert len(mail.outbox) == 1
    assert known.redirect_chain == unknown.redirect_chain


def test_letters_and_notices_are_in_thai(world, sign_in):
    client, _ = sign_in(world.somsri.user.email)
    fresh = "a-quite-new-password-9"
    client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    )
    [letter] = mail.outbox
    assert letter.subject == "[สุจริต] เปลี่ยนรหัสผ่านแล้ว"
    assert "พฤศจิกายน 25" in letter.body or " น." in letter.body
    assert not re.search(r"Hello|Thank you|Your password", letter.body)


def test_changing_the_password_ends_the_other_sessions(world, sign_in):
    here, _ = sign_in(world.somsri.user.email)
    there, _ = sign_in(world.somsri.user.email)
    fresh = "a-quite-new-password-9"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert here.get("/accounts/password/change/").status_code == 200
    assert there.get("/accounts/password/change/").status_code == 302


def test_changing_the_address_asks_who_one_is_and_waits_for_the_code(world, sign_in):
    client, _ = sign_in(world.somsri.user.email)
    asked = client.post("/accounts/email/", {"email": "new@example.go.th", "action_add": ""})
    assert asked.url.startswith("/accounts/reauthenticate/")
    client.post(asked.url, {"password": PASSWORD})
    world.somsri.user.refresh_from_db()
    assert world.somsri.user.email == "somsri@example.go.th"


# --- rate limits ----------------------------------------------------------------------------------------------------


def test_two_hundred_people_behind_one_address_sign_in_within_a_minute(db, sign_in):
    for number in range(200):
        people.open_account(email=f"person{number}@example.go.th", password=PASSWORD)
    refused = []
    for number in range(200):
        client, _ = sign_in(f"person{number}@example.go.th", REMOTE_ADDR="203.0.113.7")
        if not is_signed_in(client):
            refused.append(number)
    assert refused == []


def test_six_wrong_passwords_lock_that_account_and_no_other(world, sign_in, time_machine_at):
    target, other = world.somsri.user.email, world.anan
    people.open_account(email="anan@example.go.th", password=PASSWORD, officer=other)
    for _ in range(5):
        _, answer = sign_in(target, "wrong-password-1")
        assert "อีเมลหรือรหัสผ่านไม่ถูกต้อง" in answer.content.decode()
    client, answer = sign_in(target, "wrong-password-1")
    assert "พักการเข้าสู่ระบบชั่วคราว" in answer.content.decode()
    client, answer = sign_in(target, PASSWORD)
    assert not is_signed_in(client), "the right password must not open a locked account either"
    client, _ = sign_in("anan@example.go.th", PASSWORD)
    assert is_signed_in(client)
    time_machine_at.shift(299)
    client, _ = sign_in(target, PASSWORD)
    assert not is_signed_in(client)
    time_machine_at.shift(2)
    client, _ = sign_in(target, PASSWORD)
    assert is_signed_in(client)


def test_right_passwords_use_up_nobody_s_allowance(world, sign_in):
    for _ in range(8):
        client, _ = sign_in(world.somsri.user.email)
        assert is_signed_in(client)


def test_a_flood_of_guesses_from_one_address_is_cut_off(world, sign_in, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "5/5m/key,20/m/ip"}
    answers = [
        sign_in(f"guess{n}@example.go.th", "wrong-password-1", REMOTE_ADDR="198.51.100.9")[1]
        for n in range(21)
    ]
    assert "พักการเข้าสู่ระบบชั่วคราว" not in answers[19].content.decode()
    assert "พักการเข้าสู่ระบบชั่วคราว" in answers[20].content.decode()
    client, _ = sign_in(world.somsri.user.email, REMOTE_ADDR="198.51.100.10")
    assert is_signed_in(client)


def test_every_named_limit_is_one_that_allauth_reads(settings):
    from allauth.account import app_settings
    from allauth.core.internal.ratelimit import parse_rates

    ours = settings.ACCOUNT_RATE_LIMITS
    settings.ACCOUNT_RATE_LIMITS = {}
    assert set(ours) <= set(app_settings.RATE_LIMITS)
    for rates in ours.values():
        parse_rates(rates)
    assert {rate.per for rate in parse_rates(ours["login_failed"])} == {"key", "ip"}
    assert parse_rates(ours["login"]) == [], "a whole ministry signs in from one address"


# --- the demonstration ----------------------------------------------------------------------------------------------


def _demonstrators(world):
    learner = people.open_account(
        email="demo-learner@example.go.th",
        password=people.DEMONSTRATION_PASSWORD,
        officer=world.anan,
        is_demonstration=True,
    )
    User.objects.filter(pk=world.daruni.user.pk).update(is_demonstration=True)
    return learner


def test_the_demonstration_panel_is_shown_only_in_a_demonstration(world, settings):
    _demonstrators(world)
    settings.DEMONSTRATION = False
    page = Client().get("/accounts/login/").content.decode()
    assert "บัญชีสาธิต" not in page
    assert people.DEMONSTRATION_PASSWORD not in page
    assert "demo-learner@example.go.th" not in page
    settings.DEMONSTRATION = True
    page = Client().get("/accounts/login/").content.decode()
    assert "บัญชีสาธิต" in page
    assert people.DEMONSTRATION_PASSWORD in page
    assert "demo-learner@example.go.th" in page
    assert "เจ้าหน้าที่บุคคลของหน่วยงาน กรมการพัฒนาชุมชน" in page
    assert world.somsri.user.email not in page


def test_demonstration_accounts_carry_their_destination_in_two_queries(world, django_assert_num_queries):
    from sucharit.officers.selectors import demonstration_accounts

    _demonstrators(world)
    with django_assert_num_queries(2):
        accounts = demonstration_accounts()
    assert [(account.email, account.destination) for account in accounts] == [
        ("daruni@example.go.th", "/hr/"),
        ("demo-learner@example.go.th", "/my/"),
    ]


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome บน Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari บน iPhone",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari Line/14.1", "LINE บน iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge บน Windows"),
        ("curl/8", "ไม่ทราบอุปกรณ์"),
    ],
)
def test_a_device_is_named_as_its_owner_would(user_agent, words):
    assert device_in_words(user_agent) == words
