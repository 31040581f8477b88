"""Campaign pages get today's date and their call here, at Wagtail's seam."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.models import Page

from campaigns import views
from campaigns.models import CampaignIndexPage, CampaignPage
from sucharit.theme.previews import PAGE_VIEW


@hooks.register(PAGE_VIEW)
def serve_campaign_pages(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Serve the index and the campaigns. Other pages serve themselves."""
    match page:
        case CampaignIndexPage():
            return views.index(request, page)
        case CampaignPage():
            return views.campaign(request, page)
    return None
