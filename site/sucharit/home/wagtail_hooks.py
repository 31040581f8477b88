"""The front page gets what runs today here, at Wagtail's seam."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.models import Page

from sucharit.home import admin as admin
from sucharit.home import views
from sucharit.home.models import HomePage
from sucharit.theme.previews import PAGE_VIEW


@hooks.register(PAGE_VIEW)
def serve_home_page(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Serve the front page. Other pages serve themselves."""
    return views.home(request, page) if isinstance(page, HomePage) else None
