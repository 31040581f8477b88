"""Which site a request is for, kept for a few seconds: the same answer, two queries, on every page of the platform."""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject
from wagtail.models import Site


class KeptSiteMiddleware:
    """Hand Wagtail the site and its root page from the cache, where it looks before it asks the database.

    Stands after CommonMiddleware, which has refused hosts that are not ours, so the keys are few. A changed site is seen
    within `KEPT_SITE_SECONDS`; the words of the front page are read afresh by its view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let Wagtail find the site of this host and port, if it asks at all."""
        request._wagtail_site = SimpleLazyObject(lambda: kept_site(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def kept_site(request: HttpRequest) -> Site | None:
    """The site of a request with its root page as what it is, from the cache where it stands there."""
    key = f"sucharit.home.site:{request.get_host()}:{request.get_port()}"
    site: Site | None = cache.get(key)
    if site is None:
        site = Site._find_for_request(request)
        if site is not None:
            site.root_page.specific  # noqa: B018 - read once here, and kept with its page
            cache.set(key, site, settings.KEPT_SITE_SECONDS)
    return site
