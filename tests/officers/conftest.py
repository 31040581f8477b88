"""Fixtures of the sign-in floor: the real sign-in page, real codes, no shortcuts past the doors."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from sucharit.officers.models import User

PASSWORD = "tests-only-password-2569"


def code_of(secret: str) -> str:
    """The code that the authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enrol(user: User) -> str:
    """Give the account an authenticator app; the secret that is in the app."""
    secret = generate_totp_secret()
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(secret)}
    )
    return secret


@pytest.fixture
def sign_in() -> Callable[..., Any]:
    """Post the sign-in form; the client and its answer."""

    def post(
        email: str, password: str = PASSWORD, *, client: Client | None = None, **extra: Any
    ) -> tuple[Client, Any]:
        client = client or Client()
        data = {"login": email, "password": password, **extra.pop("data", {})}
        return client, client.post("/accounts/login/", data, **extra)

    return post


@pytest.fixture
def with_factor(sign_in: Callable[..., Any]) -> Callable[[User], Client]:
    """A client of somebody who signed in with password and code."""

    def enter(user: User) -> Client:
        secret = enrol(user)
        client, _ = sign_in(user.email)
        answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return enter


def is_signed_in(client: Client) -> bool:
    """Whether the client's session belongs to anybody."""
    return "_auth_user_id" in client.session


@pytest.fixture
def chief(db: None) -> User:
    """The administrator of the platform."""
    user = User.objects.create_superuser("chief@example.go.th", PASSWORD, first_name="ผู้ดูแล")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


class Clock:
    """A clock that tests move by hand; real threads of the database are not frozen."""

    def __init__(self, traveller: Any) -> None:
        self.traveller = traveller

    def shift(self, seconds: float) -> None:
        """Let that many seconds pass."""
        self.traveller.shift(seconds)


@pytest.fixture
def time_machine_at(now: Any) -> Any:
    """Time stands at `now` until it is shifted."""
    with time_machine.travel(now, tick=False) as traveller:
        yield Clock(traveller)
