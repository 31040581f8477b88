"""Whoever holds more than a learner's rights works with a second factor, whichever door the session came through."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from sucharit.officers.access import viewer_of
from sucharit.officers.models import User

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
METHOD = "mfa"
# Open to everyone: signing in, signing out, confirming an e-mail address.
ALWAYS_OPEN = (
    "account_login",
    "account_logout",
    "account_email_verification_sent",
    "mfa_authenticate",
    "wagtailadmin_login",
    "wagtailadmin_logout",
)
# Open while there is no second factor yet: everything under `mfa_index`, and the password that allauth asks for first.
ENROLMENT = "account_reauthenticate"
# Open while this session still owes the second factor. The password is no way past it, so nothing else is.
PROOF = ("mfa_reauthenticate", "mfa_reauthenticate_webauthn")
REFUSAL = "officers/second_factor_needed.html"


@cache
def _paths(*names: str) -> frozenset[str]:
    return frozenset(reverse(name) for name in names)


def needs_second_factor(user: User, path: str) -> bool:
    """Whether this account works only with a second factor. For learners no dearer than `viewer_of`.

    A role is the usual reason. An account can also hold Wagtail's admin permission without one of our roles, which is
    worth a query only where it could be used: under the admin's own prefix.
    """
    if user.is_superuser or user.is_staff or viewer_of(user).roles:
        return True
    return path.startswith(settings.ADMIN_PREFIX) and user.has_perm("wagtailadmin.access_admin")


@receiver(authenticator_added)
def remember_enrolment(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Setting up a factor proves that one holds it: the same session is not asked for another code at once."""
    if authenticator.type in SECOND_FACTORS and user.is_authenticated:
        record_authentication(request, user, METHOD, id=authenticator.pk, type=authenticator.type)


class SecondFactorMiddleware:
    """Send holders of roles to set up a second factor, or to use it where this session has not yet shown it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer for the protected page where the second factor is missing, otherwise pass on."""
        return self._stop(request) or self.get_response(request)

    def _stop(self, request: HttpRequest) -> HttpResponse | None:
        path = request.path
        if (
            not settings.SECOND_FACTOR_REQUIRED
            or path.startswith(settings.STATIC_URL)
            or path in _paths(*ALWAYS_OPEN)
        ):
            return None
        user = request.user
        if not isinstance(user, User) or not needs_second_factor(user, path):
            return None
        types = set(
            Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).values_list(
                "type", flat=True
            )
        )
        if not types:
            return self._towards_enrolment(request)
        return None if _shown(request, user) else self._towards_proof(request, types)

    def _towards_enrolment(self, request: HttpRequest) -> HttpResponse | None:
        start = reverse("mfa_index")
        if request.path.startswith(start) or request.path in _paths(ENROLMENT):
            return None
        return _refuse(request, start)

    def _towards_proof(self, request: HttpRequest, types: Collection[str]) -> HttpResponse | None:
        if request.path in _paths(*PROOF):
            return None
        return _refuse(request, reverse(PROOF[0] if Authenticator.Type.TOTP in types else PROOF[1]))


def _shown(request: HttpRequest, user: User) -> bool:
    # A session that never met the second factor came through another door, or is older than the factor.
    return any(record.get("method") == METHOD for record in get_authentication_records(request, user))


def _refuse(request: HttpRequest, remedy: str) -> HttpResponse:
    by_script = "HX-Request" in request.headers or request.headers.get("X-Requested-With") == "XMLHttpRequest"
    if request.method not in ("GET", "HEAD") or by_script:
        return render(request, REFUSAL, {"remedy_url": remedy}, status=403)
    query = QueryDict(mutable=True)
    query["next"] = request.get_full_path()
    return HttpResponseRedirect(f"{remedy}?{query.urlencode(safe='/')}")
