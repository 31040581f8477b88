"""Reads of the campaigns."""

from collections.abc import Sequence
from datetime import date

from campaigns.models import CampaignIndexPage
from campaigns.models import CampaignPage as CampaignPage
from sucharit.theme.pages import for_everyone


def running(*, today: date) -> Sequence[CampaignPage]:
    """The published campaigns whose days include today, the one that ends first before the others. One query."""
    return list(
        for_everyone(CampaignPage.objects.all())
        .filter(starts_on__lte=today, ends_on__gte=today)
        .select_related("hero")
        .order_by("ends_on", "path")
    )


def all_by_date(index: CampaignIndexPage) -> Sequence[CampaignPage]:
    """Every published campaign under the index, newest first."""
    return list(
        for_everyone(CampaignPage.objects.child_of(index))
        .select_related("hero")
        .order_by("-starts_on", "path")
    )
