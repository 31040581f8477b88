"""What every page needs around it: the front doors, the account and the footer. Costs nothing for a visitor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from sucharit.home.models import HomePage, InformationPage
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.selectors import Verb, Viewer, can, viewer
from sucharit.theme.pages import for_everyone

FOOTER_KEY = "sucharit.home.footer"
FOOTER_SECONDS = 300


@dataclass(frozen=True)
class Door:
    """A link of the header."""

    label: str
    url: str
    icon: str
    current: bool


def _doors(who: Viewer, path: str, today: date) -> Sequence[Door]:
    places = [("รายวิชา", "/courses/", "book"), ("กิจกรรมรณรงค์", "/campaigns/", "megaphone")]
    if can(who, Verb.LEARN, today=today):
        places.insert(0, ("การเรียนของฉัน", reverse("home:my"), "person"))
    if can(who, Verb.OPEN_HR_DESK, today=today):
        places.append(("งานบุคคล", reverse("home:hr"), "people"))
    if can(who, Verb.EDIT_CONTENT, today=today):
        places.append(("งานเนื้อหา", reverse("wagtailadmin_home"), "file"))
    elif can(who, Verb.MANAGE_REQUIREMENTS, today=today):
        places.append(("ข้อกำหนดการเรียน", reverse("requirements:index"), "calendar"))
    elif can(who, Verb.VIEW_RULES, today=today):
        places.append(("ประวัติข้อกำหนด", reverse("records:rules"), "list"))
    return [Door(label, url, icon, path.startswith(url)) for label, url, icon in places]


def footer_links() -> Sequence[dict[str, str]]:
    """The short pages shown in menus that everybody may read, kept for five minutes or until one changes."""
    kept: Sequence[dict[str, str]] | None = cache.get(FOOTER_KEY)
    if kept is None:
        # A link may not tell the title of a page that its reader could not open.
        pages = for_everyone(InformationPage.objects.filter(show_in_menus=True).order_by("path"))
        home = HomePage.objects.first()
        kept = [{"label": page.title, "url": f"/{page.slug}/"} for page in pages] if home else []
        cache.set(FOOTER_KEY, kept, FOOTER_SECONDS)
    return kept


def doors(request: HttpRequest) -> dict[str, Any]:
    """Template context of the frame. Lazy, so that a page that prints no frame pays nothing."""
    who = viewer(request) if hasattr(request, "user") else None
    today = local_date(timezone.now())
    user = getattr(request, "user", None)
    return {
        "front_doors": SimpleLazyObject(lambda: _doors(who, request.path, today) if who else []),
        "account": {"name": str(user), "url": reverse("home:account")} if who and who.is_signed_in else None,
        "sign_in_url": reverse("account_login"),
        "sign_out_url": reverse("account_logout"),
        "home_url": "/",
        "footer_links": SimpleLazyObject(footer_links),
    }
