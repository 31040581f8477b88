"""Page querysets of every floor above."""

from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet
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
    found: PageQuerySet = (
        pages.live().filter(_Shown("path", depth=depth)).annotate(is_private=_Private("path"))
    )
    return found


class _Shown(Func):
    """Whether every page above a path is published, for a page at a depth.

    This and the next are written out: as subqueries of the ORM their text was made anew for every page of every learner, and
    took longer to make than to run.
    """

    output_field = BooleanField()

    def __init__(self, path: str, *, depth: int) -> None:
        step: int = Page.steplen
        above = ", ".join(f"SUBSTR(%(expressions)s, 1, {step * level})" for level in range(2, depth))
        table = Page._meta.db_table
        hidden = f"SELECT 1 FROM {table} above WHERE NOT above.live AND above.path IN ({above})"  # noqa: S608
        super().__init__(path, template=f"NOT EXISTS ({hidden})")


class _Private(Func):
    """Whether a page at a path, or a page above it, is kept private."""

    output_field = BooleanField()
    template = (
        "EXISTS (SELECT 1 FROM %(rules)s rules INNER JOIN %(pages)s kept ON kept.id = rules.page_id "
        "WHERE SUBSTR(%(expressions)s, 1, LENGTH(kept.path)) = kept.path)"
    )

    def __init__(self, path: str) -> None:
        super().__init__(path, pages=Page._meta.db_table, rules=PageViewRestriction._meta.db_table)


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
