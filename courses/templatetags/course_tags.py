"""What the templates of a course need said differently: the quiz engine's words turned into those of the design system."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.template.defaultfilters import linebreaks_filter, linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.whitelist import Whitelister

from courses.player import Step
from quizzes.selectors import PaperItem, ReviewItem
from sucharit.kernel.thai_calendar import BANGKOK

register = template.Library()


@register.filter
def only_kind(steps: Iterable[Step] | None, kind: str) -> list[Step]:
    """The steps of one kind: `pre`, `lesson` or `post`."""
    return [step for step in steps or () if step.kind == kind]


@register.filter
def stem(text: str) -> SafeString:
    """A question's words: the story in ordinary weight, its last paragraph as what is asked."""
    *story, asked = [part.strip() for part in text.strip().split("\n\n") if part.strip()] or [""]
    asked_html = format_html('<span class="question__ask">{}</span>', linebreaksbr(asked, autoescape=True))
    told = [
        format_html('<span class="question__story">{}</span>', linebreaksbr(part, autoescape=True))
        for part in story
    ]
    return SafeString("".join([*told, asked_html]))


@register.filter
def instructions(text: str) -> SafeString:
    """What a test tells its taker: plain lines, or the few tags of running text; anything else is dropped."""
    if "<" not in text:
        return linebreaks_filter(text, autoescape=True)
    return SafeString(Whitelister().clean(text))


@register.filter
def options(item: PaperItem) -> list[dict[str, Any]]:
    """The options of a question as `choices` takes them."""
    return [{"value": choice.id, "label": choice.text, "checked": choice.chosen} for choice in item.choices]


@register.filter
def answered(items: Sequence[PaperItem]) -> int:
    """How many questions have a kept answer."""
    return sum(item.is_answered for item in items)


@register.filter
def paper_nav(items: Sequence[PaperItem]) -> list[dict[str, Any]]:
    """Every question and whether it is answered, as `question_nav` takes it."""
    return [
        {
            "number": item.number,
            "url": f"#q-{item.number}",
            "state": "answered" if item.is_answered else "open",
        }
        for item in items
    ]


@register.filter
def review_nav(items: Sequence[ReviewItem]) -> list[dict[str, Any]]:
    """Every question and whether it was right, as `question_nav` takes it."""
    return [
        {"number": item.number, "url": f"#q-{item.number}", "state": "right" if item.is_right else "wrong"}
        for item in items
    ]


@register.filter
def feedback(item: ReviewItem) -> list[dict[str, Any]]:
    """The options of a reviewed question as `feedback` takes them."""
    return [
        {"label": choice.text, "chosen": choice.chosen, "correct": choice.right, "feedback": choice.feedback}
        for choice in item.choices
    ]


@register.filter
def verdict(item: ReviewItem) -> str:
    """`right`, `partly` (several options, some of them right), `wrong`, or `none` where nothing was chosen."""
    if not item.is_answered:
        return "none"
    if item.is_right:
        return "right"
    some_right = any(choice.chosen and choice.right for choice in item.choices)
    return "partly" if item.is_multiple and some_right else "wrong"


@register.filter
def minutes_left(deadline: datetime, now: datetime) -> int:
    """Whole minutes from `now` to the deadline, rounded up, never below nought."""
    return max(0, -int((now - deadline).total_seconds() // 60))


@register.filter
def clock(instant: datetime) -> str:
    """The time of day in Bangkok: «14.30 น.»."""
    return f"{instant.astimezone(BANGKOK):%H.%M} น."
