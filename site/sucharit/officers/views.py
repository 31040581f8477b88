"""Wagtail's own login doors, closed: there is one way in, and it asks for the second factor."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.access import viewer
from sucharit.officers.destinations import front_door


def _wanted(request: HttpRequest, fallback: str) -> str:
    """The safe destination that came along. Never a closed door itself: that would send people in circles."""
    wanted = request.GET.get("next", "")
    closed = (reverse("wagtailadmin_login"), reverse("account_login"))
    if not get_adapter().is_safe_url(wanted) or wanted.startswith(closed):
        return fallback
    return wanted


def _to_sign_in(wanted: str) -> HttpResponse:
    query = QueryDict(mutable=True)
    query["next"] = wanted
    return HttpResponseRedirect(f"{reverse('account_login')}?{query.urlencode(safe='/')}")


@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """Visitors go to the one sign-in page, editors onward to the admin; others learn (403) that they lack the right.

    What is posted here is never read: no password is tried at this door.
    """
    wanted = _wanted(request, reverse("wagtailadmin_home"))
    if not request.user.is_authenticated:
        return _to_sign_in(wanted)
    if request.user.has_perm("wagtailadmin.access_admin"):
        return HttpResponseRedirect(wanted)
    door = front_door(viewer(request), today=local_date(timezone.now()))
    return render(request, "officers/no_admin.html", {"front_door": door}, status=403)


@never_cache
def page_login(request: HttpRequest) -> HttpResponse:
    """The login of Wagtail's private pages: visitors go to the one sign-in page.

    Whoever arrives signed in was just refused a page for a group they are not in: 403, not another round.
    """
    if request.user.is_authenticated:
        raise PermissionDenied
    return _to_sign_in(_wanted(request, "/"))


def password_reset(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Wagtail's password reset, in all its steps: the one reset of the house takes its place."""
    return HttpResponseRedirect(reverse("account_reset_password"))
