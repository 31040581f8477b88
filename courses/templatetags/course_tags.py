"""What the templates of a course need said differently."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.template.defaultfilters import linebreaks_filter
from django.utils.safestring import SafeString
from wagtail.whitelist import Whitelister

from courses.player import Step
from sucharit.kernel.thai_calendar import format_time

register = template.Library()


@register.filter
def only_kind(steps: Iterable[Step] | None, kind: str) -> list[Step]:
    """The steps of one kind: `pre`, `lesson` or `post`."""
    return [step for step in steps or () if step.kind == kind]


@register.filter
def instructions(text: str) -> SafeString:
    """What a test tells its taker: plain lines, or the few tags of running text; anything else is dropped."""
    if "<" not in text:
        return linebreaks_filter(text, autoescape=True)
    return SafeString(Whitelister().clean(text))


@register.filter
def minutes_left(deadline: datetime, now: datetime) -> int:
    """Whole minutes from `now` to the deadline, rounded up, never below nought."""
    return max(0, -int((now - deadline).total_seconds() // 60))


@register.filter
def clock(instant: datetime) -> str:
    """The time of day in Bangkok: «14.30 น.»."""
    return format_time(instant)
