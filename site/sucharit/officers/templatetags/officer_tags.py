"""What the sign-in pages ask of this floor."""

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.access import viewer
from sucharit.officers.destinations import front_door
from sucharit.officers.selectors import demonstration_accounts
from sucharit.officers.services import DEMONSTRATION_PASSWORD

register = template.Library()

# Looked for in this order: browsers name each other, and a telephone names its relatives.
BROWSERS = (
    ("Line/", "LINE"),
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.inclusion_tag("officers/_demonstration.html", takes_context=True)
def demonstration_panel(context: dict[str, Any]) -> dict[str, Any]:
    """The accounts anyone may try, in a demonstration; anywhere else an empty panel without a single query."""
    shown = settings.DEMONSTRATION
    return {
        "accounts": demonstration_accounts() if shown else (),
        "password": DEMONSTRATION_PASSWORD if shown else "",
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def my_front_door(context: dict[str, Any]) -> str:
    """The path where the signed-in person's work begins; the home page for a visitor."""
    request = context["request"]
    if not request.user.is_authenticated:
        return "/"
    return front_door(viewer(request), today=local_date(timezone.now()))


@register.simple_tag
def second_factor_required() -> bool:
    """Whether this installation asks holders of roles for a second factor."""
    return bool(settings.SECOND_FACTOR_REQUIRED)


@register.filter
def device_in_words(user_agent: str) -> str:
    """Browser and device of a session as its owner would name them."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    if browser and system:
        return f"{browser} บน {system}"
    return browser or system or "ไม่ทราบอุปกรณ์"
