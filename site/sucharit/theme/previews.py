"""Previews in the editor that show what will be served."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks

__all__ = ["PreviewAsServedMixin"]


class PreviewAsServedMixin:
    """For page classes, left of `Page`, whose view stands behind `before_serve_page`.

    Wagtail's preview passes that seam by, so the lists and dates that a view adds would be missing. A page that has never
    been stored has no place in the tree to ask about; it is shown with its own words alone.
    """

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Serve the draft through the same seam as the page."""
        page: Any = self
        if page.pk and page.path:
            for answer in hooks.get_hooks("before_serve_page"):
                response = answer(page, request, [], {})
                if isinstance(response, HttpResponse):
                    return response
        shown: HttpResponse = super().serve_preview(request, mode_name)  # type: ignore[misc]
        return shown
