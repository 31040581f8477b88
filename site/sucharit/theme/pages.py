"""Page querysets of every floor above."""

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import StartsWith
from django.http import HttpRequest
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet


def for_everyone(pages: PageQuerySet) -> PageQuerySet:
    """Published pages that neither they nor a page above them keeps private.

    Wagtail's own `public()` says the same with one more query each time it is asked.
    """
    private = PageViewRestriction.objects.filter(StartsWith(OuterRef("path"), F("page__path")))
    found: PageQuerySet = pages.live().filter(~Exists(private))
    return found


def reachable(pages: PageQuerySet, *, depth: int) -> PageQuerySet:
    """Published pages at a depth of the tree below published pages only, each with `is_private`: whether it or a page above
    it is kept private.

    For addresses of ours that name a page by a code of its own and so never pass Wagtail's way down to it. The root, at
    depth 1, is neither taken down nor kept private.
    """
    step: int = Page.steplen
    above = [Substr(OuterRef("path"), 1, step * level) for level in range(2, depth)]
    hidden = Page.objects.filter(path__in=above, live=False)
    private = PageViewRestriction.objects.filter(StartsWith(OuterRef("path"), F("page__path")))
    found: PageQuerySet = pages.live().filter(~Exists(hidden)).annotate(is_private=Exists(private))
    return found


def lets_in(page: Page, request: HttpRequest) -> bool:
    """Whether every restriction on the page, and on the pages above it, accepts this request. Free for a page that
    `reachable` found to be public.
    """
    if getattr(page, "is_private", True) is False:
        return True
    return all(rule.accept_request(request) for rule in page.get_view_restrictions())


class RoutedPageMixin:
    """For page classes, left of `Page`: page privacy in one query where the way to the page is known to hold no alias.

    Wagtail looks for aliases above the page first (an alias is as private as its source). Whoever routes to the page may
    already know that there is none, and says so by setting `no_alias_above`.
    """

    no_alias_above = False

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """The restrictions of the page and of every page above it."""
        page: Any = self
        if not self.no_alias_above or page.alias_of_id is not None:
            found: QuerySet[PageViewRestriction] = super().get_view_restrictions()  # type: ignore[misc]
            return found
        step: int = page.steplen
        above = [page.path[:end] for end in range(step, len(page.path) + 1, step)]
        own: QuerySet[PageViewRestriction] = PageViewRestriction.objects.filter(page__path__in=above)
        return own
