"""Wagtail's own seam: whatever decides which short pages everybody may read makes the footer read them afresh."""

from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from sucharit.home.context import FOOTER_KEY
from sucharit.home.models import InformationPage


@receiver(page_published, sender=InformationPage)
@receiver(page_unpublished, sender=InformationPage)
@receiver(post_page_move, sender=InformationPage)
@receiver(post_delete, sender=InformationPage)
@receiver(post_save, sender=PageViewRestriction)
@receiver(post_delete, sender=PageViewRestriction)
def forget_footer(**kwargs: Any) -> None:
    """A short page came, went, took another place, or became private or public."""
    # Only once it is so for everybody: a page served in between would keep what is about to go.
    transaction.on_commit(lambda: cache.delete(FOOTER_KEY))
