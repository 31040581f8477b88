"""The seam at which our pages get their views, served and previewed alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks

__all__ = ["PAGE_VIEW", "PreviewAsServedMixin", "answer_of", "serve_through_views"]

# The name of our own hook: fn(page, request, args, kwargs) -> HttpResponse, or None for a page of somebody else.
PAGE_VIEW = "sucharit_page_view"

Serve = Callable[[Any, HttpRequest, Any, Any], Any]


def answer_of(page: Any, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """What the view of a page answers; None where no app of ours has a view for it."""
    for view in hooks.get_hooks(PAGE_VIEW):
        response = view(page, request, args, kwargs)
        if isinstance(response, HttpResponse):
            return response
    return None


def serve_through_views(serve: Serve) -> Serve:
    """Wrap Wagtail's serving of a page, inside its check of page privacy: nothing private is answered before that."""

    def inner(page: Any, request: HttpRequest, args: Any, kwargs: Any) -> Any:
        return answer_of(page, request, args, kwargs) or serve(page, request, args, kwargs)

    return inner


class PreviewAsServedMixin:
    """For page classes, left of `Page`, that have a view: the editor's preview shows what the view would show.

    A page that has never been stored has no place in the tree to ask about; it is shown with its own words alone.
    """

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Serve the draft through the same view as the page."""
        page: Any = self
        response = answer_of(page, request, [], {}) if page.pk and page.path else None
        if response is not None:
            return response
        shown: HttpResponse = super().serve_preview(request, mode_name)  # type: ignore[misc]
        return shown
