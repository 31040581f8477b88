"""Whoever holds a role works with a second factor; no door leads past it; learners are never forced."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from cryptography.fernet import InvalidToken
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import Client

from sucharit.officers import services as people
from sucharit.officers.adapters import MFAAdapter
from sucharit.officers.enums import Role
from sucharit.officers.middleware import needs_second_factor
from sucharit.officers.models import User
from sucharit.officers.startup import refuse_unsafe
from tests.officers.conftest import PASSWORD, code_of, enrol, is_signed_in

pytestmark = pytest.mark.django_db

BACKEND = "sucharit.officers.backends.AccountBackend"


def another_door(user):
    """A client whose session did not come through the sign-in page."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def desk_is_open(client):
    """Whether the HR desk answers, in however many steps it takes to its first page."""
    answer = client.get("/hr/", follow=True)
    return answer.status_code == 200 and all(step.startswith("/hr/") for step, _ in answer.redirect_chain)


# --- who must -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["hr", "editor", "secretariat"])
def test_a_role_without_a_second_factor_is_sent_to_set_one_up(world, sign_in, who):
    client, _ = sign_in(world.users[who].email)
    answer = client.get("/hr/")
    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/?next=/hr/")
    page = client.get(answer.url).content.decode()
    assert "ตั้งค่าให้เรียบร้อยก่อนเริ่มงาน" in page


def test_an_administrator_is_too(chief, sign_in):
    client, _ = sign_in(chief.email)
    assert client.get("/admin/").url.startswith("/accounts/2fa/?next=/admin/")


def test_a_permission_without_a_role_is_no_way_round(world, sign_in):
    world.somsri.user.groups.add(Group.objects.get(name=people.CONTENT_GROUPS[Role.EDITOR]))
    client, _ = sign_in(world.somsri.user.email)
    assert client.get("/admin/").url.startswith("/accounts/2fa/")


def test_a_learner_is_never_forced(world, sign_in):
    client, _ = sign_in(world.somsri.user.email)
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.get("/accounts/sessions/").status_code == 200
    assert not needs_second_factor(User.objects.get(pk=world.somsri.user.pk), "/my/")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_would_change_something_is_refused_not_redirected(world, sign_in, method):
    client, _ = sign_in(world.daruni.user.email)
    answer = getattr(client, method)("/hr/")
    assert answer.status_code == 403
    assert "ยืนยันตัวตนสองชั้นก่อนทำรายการนี้" in answer.content.decode()


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"X-Requested-With": "XMLHttpRequest"}])
def test_scripts_get_403_not_a_page_they_cannot_show(world, sign_in, header):
    client, _ = sign_in(world.daruni.user.email)
    assert client.get("/hr/", headers=header).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/my/", "/hr/", "/admin/", "/accounts/email/", "/accounts/password/change/", "/accounts/sessions/", "/"],
)
def test_nothing_else_is_open_until_then(world, sign_in, path):
    client, _ = sign_in(world.daruni.user.email)
    assert client.get(path).url.startswith("/accounts/2fa/")


def test_signing_out_stays_possible(world, sign_in):
    for path in ("/accounts/logout/", "/admin/logout/"):
        client, _ = sign_in(world.pakphum.email)
        client.post(path)
        assert not is_signed_in(client), path


# --- setting up -----------------------------------------------------------------------------------------------------


def test_setting_up_the_app_from_nothing_to_the_desk(world, sign_in, mailoutbox, monkeypatch):
    # The test's own transaction never commits; what waits for a commit happens at once.
    monkeypatch.setattr(transaction, "on_commit", lambda callback, **_: callback())
    client, _ = sign_in(world.daruni.user.email)
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked.url.startswith("/accounts/reauthenticate/")
    page = client.post(asked.url, {"password": PASSWORD}, follow=True)
    html = page.content.decode()
    assert page.status_code == 200
    assert 'src="data:image/svg+xml;base64,' in html
    assert "data:" in page.headers["Content-Security-Policy"]
    secret = client.session[SECRET_SESSION_KEY]
    assert secret in html
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    assert "เก็บรหัสสำรองไว้ในที่ปลอดภัย" in done.content.decode(), done.redirect_chain
    assert desk_is_open(client), "no second code is asked for at once"
    stored = Authenticator.objects.get(user=world.daruni.user, type="totp").data["secret"]
    assert secret not in stored
    assert [letter.subject for letter in mailoutbox] == ["[สุจริต] เปิดใช้แอปยืนยันตัวตนแล้ว"]


def test_a_wrong_code_sets_nothing_up(world, sign_in):
    client, _ = sign_in(world.daruni.user.email)
    client.post(
        "/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/", {"password": PASSWORD}, follow=True
    )
    answer = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "รหัสไม่ถูกต้อง" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_a_key_can_be_added_too_and_its_page_obeys_the_strict_policy(world, sign_in):
    client, _ = sign_in(world.daruni.user.email)
    page = client.post(
        "/accounts/reauthenticate/?next=/accounts/2fa/webauthn/add/", {"password": PASSWORD}, follow=True
    )
    html = page.content.decode()
    assert "เพิ่มกุญแจความปลอดภัย" in html
    scripts = [part.split(">", 1)[0] for part in html.split("<script")[1:]]
    assert all("src=" in script or 'type="application/json"' in script for script in scripts), scripts
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


def test_taking_the_app_away_shuts_the_desk_again(world, with_factor):
    client = with_factor(world.daruni.user)
    assert desk_is_open(client)
    asked = client.get("/accounts/2fa/totp/deactivate/")
    client.post(asked.url, {"password": PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type="totp").exists()
    assert client.get("/hr/").url.startswith("/accounts/2fa/")


# --- no way past ----------------------------------------------------------------------------------------------------


def test_the_password_alone_opens_no_session(world, sign_in):
    enrol(world.daruni.user)
    client, answer = sign_in(world.daruni.user.email)
    assert answer.url == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    # The sign-in page leads back to the pending second step, never further.
    assert client.get("/hr/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/authenticate/"


def test_password_and_code_open_the_desk(world, with_factor):
    assert desk_is_open(with_factor(world.daruni.user))


def test_a_recovery_code_works_once(world, sign_in):
    client, _ = sign_in(world.daruni.user.email)
    client.post(
        "/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/", {"password": PASSWORD}, follow=True
    )
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(client.session[SECRET_SESSION_KEY])})
    codes = Authenticator.objects.get(user=world.daruni.user, type="recovery_codes").wrap().get_unused_codes()
    for attempt, allowed in ((1, True), (2, False)):
        fresh, _ = sign_in(world.daruni.user.email)
        fresh.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert is_signed_in(fresh) is allowed, attempt


def test_a_code_is_good_for_one_use(world, sign_in):
    secret = enrol(world.daruni.user)
    code = code_of(secret)
    for allowed in (True, False):
        client, _ = sign_in(world.daruni.user.email)
        client.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_signed_in(client) is allowed


def test_guessing_codes_is_cut_off_even_for_the_right_one(world, sign_in):
    secret = enrol(world.daruni.user)
    client, _ = sign_in(world.daruni.user.email)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert "พักการเข้าสู่ระบบชั่วคราว" in answer.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "path",
    ["/admin/login/", "/_util/login/", "/accounts/2fa/webauthn/login/", "/accounts/login/code/confirm/"],
)
def test_no_other_door_takes_the_password_of_a_protected_account(world, path):
    enrol(world.pakphum)
    client = Client()
    client.post(
        path,
        {
            "username": world.pakphum.email,
            "login": world.pakphum.email,
            "password": PASSWORD,
            "credential": "{}",
        },
    )
    assert not is_signed_in(client)


def test_resetting_the_password_keeps_the_second_factor(world, client, mailoutbox, sign_in, settings):
    enrol(world.daruni.user)
    client.post("/accounts/password/reset/", {"email": world.daruni.user.email})
    link = next(
        word for word in mailoutbox[0].body.split() if word.startswith(settings.PUBLIC_URL + "/accounts/")
    )
    form = client.get(link.removeprefix(settings.PUBLIC_URL))
    fresh = "a-quite-new-password-9"
    client.post(form.url, {"password1": fresh, "password2": fresh}, follow=True)
    assert not is_signed_in(client)
    client, answer = sign_in(world.daruni.user.email, fresh)
    assert answer.url == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)


def test_a_session_from_another_door_must_show_the_factor_first(world):
    secret = enrol(world.daruni.user)
    client = another_door(world.daruni.user)
    asked = client.get("/hr/")
    assert asked.url == "/accounts/2fa/reauthenticate/?next=/hr/"
    assert client.post("/hr/").status_code == 403
    answer = client.post(asked.url, {"code": code_of(secret)})
    assert answer.url == "/hr/"
    assert desk_is_open(client)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/reauthenticate/",
        "/accounts/2fa/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/download/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/email/",
    ],
)
def test_such_a_session_cannot_swap_the_factor_with_the_password(world, path):
    enrol(world.daruni.user)
    client = another_door(world.daruni.user)
    assert client.get(path).url.startswith("/accounts/2fa/reauthenticate/")
    assert client.post(path, {"password": PASSWORD}).status_code == 403
    assert client.get("/hr/").status_code == 302
    assert Authenticator.objects.filter(user=world.daruni.user, type="totp").exists()


def test_a_holder_of_keys_only_is_asked_for_the_key(world):
    Authenticator.objects.create(user=world.daruni.user, type="webauthn", data={"name": "กุญแจหลัก"})
    answer = another_door(world.daruni.user).get("/hr/")
    assert answer.url == "/accounts/2fa/webauthn/reauthenticate/?next=/hr/"


def test_recovery_codes_alone_are_no_second_factor(world):
    Authenticator.objects.create(
        user=world.daruni.user, type="recovery_codes", data={"seed": MFAAdapter().encrypt("x")}
    )
    assert another_door(world.daruni.user).get("/hr/").url.startswith("/accounts/2fa/?next=")


def test_a_role_ended_a_minute_ago_asks_for_nothing(world, sign_in, now):
    people.end_role(grant=world.daruni.user.role_grants.get(), now=now)
    client, answer = sign_in(world.daruni.user.email)
    assert answer.url == "/my/"
    assert client.get("/accounts/sessions/").status_code == 200


def test_a_demonstration_may_do_without(world, sign_in, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client, _ = sign_in(world.daruni.user.email)
    assert desk_is_open(client)


# --- what it costs --------------------------------------------------------------------------------------------------


def test_the_second_factor_adds_no_query_for_learners(world, rf, django_assert_num_queries):
    from sucharit.officers.access import viewer_of
    from sucharit.officers.middleware import SecondFactorMiddleware

    request = rf.get("/my/")
    request.user = User.objects.get(pk=world.somsri.user.pk)
    middleware = SecondFactorMiddleware(lambda request: viewer_of(request.user))
    with django_assert_num_queries(1):
        assert middleware(request).officer_id == world.somsri.pk


def test_and_none_at_all_for_visitors(rf, django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    from sucharit.officers.middleware import SecondFactorMiddleware

    request = rf.get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert SecondFactorMiddleware(lambda request: "passed")(request) == "passed"


# --- secrets at rest, and the last look before opening --------------------------------------------------------------


def test_a_secret_survives_a_change_of_key_and_nothing_else(settings):
    sealed = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-" + "k" * 50
    with pytest.raises(InvalidToken):
        MFAAdapter().decrypt(sealed)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert MFAAdapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"


def test_a_safe_installation_opens(world):
    refuse_unsafe()


@pytest.mark.parametrize(
    ("name", "value", "words"), [("DEBUG", True, "DEBUG"), ("SECOND_FACTOR_REQUIRED", False, "SECOND_FACTOR")]
)
def test_an_unsafe_setting_stops_the_start(world, settings, name, value, words):
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=words):
        refuse_unsafe()
    settings.DEMONSTRATION = True
    refuse_unsafe()


def test_demonstration_accounts_stop_the_start_of_anything_else(world, settings):
    User.objects.filter(pk=world.daruni.user.pk).update(is_demonstration=True)
    with pytest.raises(ImproperlyConfigured, match="demonstration accounts"):
        refuse_unsafe()
