"""How allauth behaves in this house: no self sign-up, one way in, and Thai sentences that say what to do next."""

import base64
import hashlib
from typing import Any, ClassVar
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes

from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.access import viewer
from sucharit.officers.destinations import front_door

# Named in the stored secret, so that a secret sealed before sealing existed, or by another scheme, is never misread.
SEAL = "fernet:"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from the roster; whoever signs in lands at the front door of their work."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "บัญชีนี้ปิดใช้งานอยู่ โปรดติดต่อเจ้าหน้าที่บุคคลของหน่วยงาน",
        "email_password_mismatch": "อีเมลหรือรหัสผ่านไม่ถูกต้อง โปรดตรวจแล้วลองอีกครั้ง",
        "incorrect_code": "รหัสไม่ถูกต้อง โปรดดูรหัสล่าสุดแล้วลองอีกครั้ง",
        "incorrect_password": "รหัสผ่านไม่ถูกต้อง โปรดลองอีกครั้ง",
        "rate_limited": "มีคำขอเข้ามาถี่เกินไป โปรดรอสักครู่แล้วลองอีกครั้ง",
        "too_many_login_attempts": (
            "บัญชีนี้พักการเข้าสู่ระบบชั่วคราว เพราะป้อนข้อมูลไม่ถูกต้องหลายครั้ง โปรดรอ 5 นาทีแล้วลองอีกครั้ง หรือตั้งรหัสผ่านใหม่"
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a person enters through the roster of their agency."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The front door of the person's role; allauth asks only when no safe `next` came along."""
        return front_door(viewer(request), today=local_date(timezone.now()))

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this site: no other host is ever a destination, not even one of our own names."""
        return (
            bool(url) and str(url).startswith("/") and bool(super().is_safe_url(url)) and "\\" not in str(url)
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address printed in the letter: from PUBLIC_URL, never from a Host header that a stranger may have sent."""
        blank = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.PUBLIC_URL + blank.replace("UID-KEY", quote(key)))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter that knows the site's name and address, not the host of the request."""
        super().send_mail(
            template_prefix,
            email,
            {**context, "site_name": settings.SITE_NAME, "public_url": settings.PUBLIC_URL},
        )


def _keys() -> MultiFernet:
    # SECRET_KEY first; older keys still open what they sealed, so the key can be changed without re-enrolling anyone.
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [
        hashlib.sha256(b"sucharit.second-factor:" + force_bytes(secret)).digest() for secret in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: secrets are sealed at rest, and the authenticator app shows whose code it is."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "รหัสไม่ถูกต้อง โปรดดูรหัสล่าสุดในแอปแล้วลองอีกครั้ง",
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored, so that a copy of the database alone makes no codes."""
        return SEAL + _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret. Raises InvalidToken where no known key opens it; it never answers with a guess."""
        return _keys().decrypt(encrypted_text.removeprefix(SEAL).encode()).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002 - allauth's own name
        """The name proposed for a new key."""
        number = user.authenticator_set.filter(type=type).count() + 1  # type: ignore[attr-defined]
        return "กุญแจหลัก" if number == 1 else f"กุญแจสำรอง {number - 1}"
