"""HTTP in, one domain call, HTTP out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from campaigns import selectors
from campaigns.models import CampaignIndexPage, CampaignPage
from sucharit.kernel.thai_calendar import local_date


def index(request: HttpRequest, page: CampaignIndexPage) -> HttpResponse:
    """All campaigns, running ones told apart."""
    context = {"page": page, "campaigns": selectors.all_by_date(page), "today": local_date(timezone.now())}
    return render(request, "campaigns/campaign_index_page.html", context)


def campaign(request: HttpRequest, page: CampaignPage) -> HttpResponse:
    """One campaign."""
    return render(
        request, "campaigns/campaign_page.html", {"page": page, "today": local_date(timezone.now())}
    )
