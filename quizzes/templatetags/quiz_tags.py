"""The quiz engine's words turned into those of the design system."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quizzes.selectors import PaperItem, ReviewItem

register = template.Library()


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
        {
            "number": item.number,
            "url": f"#q-{item.number}",
            "state": "right" if item.is_right else "wrong" if item.is_scored else "answered",
        }
        for item in items
    ]


@register.filter
def feedback(item: ReviewItem) -> list[dict[str, Any]]:
    """The options of a reviewed question as `feedback` takes them; a typed answer beside what is accepted."""
    shown = [
        {"label": choice.text, "chosen": choice.chosen, "correct": choice.right, "feedback": choice.feedback}
        for choice in item.choices
    ]
    if item.said:
        shown.append({"label": item.said, "chosen": True, "correct": item.is_right, "feedback": ""})
    shown += [
        {"label": text, "chosen": False, "correct": True, "feedback": ""}
        for text in item.accepted
        if text != item.said
    ]
    return shown


@register.filter
def verdict(item: ReviewItem) -> str:
    """`right`, `partly` (some of the point), `wrong`, or `none` where nothing was answered or nothing is scored."""
    if not item.is_answered or item.points is None:
        return "none"
    if item.is_right:
        return "right"
    return "partly" if item.points else "wrong"


@register.filter
def verdict_text(item: ReviewItem) -> str:
    """The verdict in words."""
    if item.points is None:
        return "ข้อนี้ไม่มีคะแนน"
    if not item.is_answered:
        return "ข้อนี้คุณไม่ได้ตอบ"
    if item.is_right:
        return "ตอบถูก"
    return f"ตอบถูกบางส่วน ได้ {in_numbers(item.points)} จาก 1 คะแนน" if item.points else "ยังไม่ถูก"


@register.filter(name="points")
def in_numbers(score: Decimal | int | None) -> str:
    """A score without needless noughts: «12», «12.5», «0.67»."""
    return "" if score is None else f"{Decimal(score).normalize():f}"
