"""The quiz engine's words turned into those of the design system."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from quizzes import marked
from quizzes.pictures import Shown
from quizzes.selectors import PaperItem, ReviewItem

register = template.Library()

Pictures = Mapping[str, Shown] | None


# --- markup to HTML: every word is escaped, every tag stands here -------------------------------------------


def _line(line: marked.Line, pictures: Pictures) -> SafeString:
    return format_html_join("", "{}", ((_piece(piece, pictures or {}),) for piece in line))


def _piece(piece: str | marked.Picture, pictures: Mapping[str, Shown]) -> str:
    if isinstance(piece, str):
        return piece
    shown = pictures.get(piece.name)
    if shown is None:
        return piece.alt
    return format_html(
        '<img class="question__picture" src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
        shown.url,
        shown.width,
        shown.height,
        piece.alt,
    )


def _lines(paragraph: marked.Paragraph, pictures: Pictures) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((_line(line, pictures),) for line in paragraph.lines))


def _table(table: marked.Table, pictures: Pictures) -> SafeString:
    def cells(row: tuple[marked.Line, ...], shape: str) -> SafeString:
        return format_html_join("", shape, ((_line(cell, pictures),) for cell in row))

    head, body = (table.rows[:1], table.rows[1:]) if table.head else ((), table.rows)
    # In a box of its own that scrolls, so that a wide table never widens a telephone's page; keys reach it too.
    return format_html(
        '<span class="question__table" role="group" tabindex="0" aria-label="ตาราง"><table>{}{}</table></span>',
        format_html_join(
            "", "<thead><tr>{}</tr></thead>", ((cells(row, '<th scope="col">{}</th>'),) for row in head)
        ),
        format_html(
            "<tbody>{}</tbody>",
            format_html_join("", "<tr>{}</tr>", ((cells(row, "<td>{}</td>"),) for row in body)),
        ),
    )


@register.filter
def stem(text: str, pictures: Pictures = None) -> SafeString:
    """A question's words: the story in ordinary weight, its last paragraph with words as what is asked."""
    found = marked.blocks(text) or (marked.Paragraph((("",),)),)
    speaking = [at for at, block in enumerate(found) if isinstance(block, marked.Paragraph) and block.speaks]
    asked = speaking[-1] if speaking else len(found) - 1
    return format_html_join(
        "",
        "{}",
        (
            (
                _table(block, pictures)
                if isinstance(block, marked.Table)
                else format_html(
                    '<span class="question__{}">{}</span>',
                    "ask" if at == asked else "story",
                    _lines(block, pictures),
                ),
            )
            for at, block in enumerate(found)
        ),
    )


@register.filter(name="marked")
def in_html(text: str, pictures: Pictures = None) -> SafeString:
    """An option, feedback or explanation: lines as lines, pictures and tables as what they are."""
    parts: list[SafeString] = []
    found = marked.blocks(text)
    for before, block in zip((None, *found), found, strict=False):
        if isinstance(block, marked.Table):
            parts.append(_table(block, pictures))
        else:
            gap = mark_safe("<br><br>") if isinstance(before, marked.Paragraph) else SafeString()
            parts.append(format_html("{}{}", gap, _lines(block, pictures)))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def words(text: str) -> str:
    """The words alone, for lists: pictures by what they are called."""
    return marked.plain(text)


# --- what the design system's components take ----------------------------------------------------------------


@register.filter
def options(item: PaperItem) -> list[dict[str, Any]]:
    """The options of a question as `choices` takes them."""
    return [
        {"value": choice.id, "label": in_html(choice.text, item.pictures), "checked": choice.chosen}
        for choice in item.choices
    ]


@register.filter
def rows(item: PaperItem) -> list[dict[str, Any]]:
    """The rows of a question as `pairs` takes them; what a row may be given stands in a list, which holds words only."""
    return [
        {
            "id": row.id,
            "text": in_html(row.text, item.pictures),
            "options": [(value, marked.plain(said)) for value, said in row.options],
            "given": row.given,
        }
        for row in item.rows
    ]


@register.filter
def reviewed_rows(item: ReviewItem) -> list[dict[str, Any]]:
    """The rows of a reviewed question as `pairs_review` takes them."""
    return [
        {
            "text": in_html(row.text, item.pictures),
            "given": row.given,
            "key": row.key,
            "is_right": row.is_right,
            "feedback": in_html(row.feedback, item.pictures),
        }
        for row in item.rows
    ]


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
    shown: list[dict[str, Any]] = [
        {
            "label": in_html(choice.text, item.pictures),
            "chosen": choice.chosen,
            "correct": choice.right,
            "feedback": in_html(choice.feedback, item.pictures),
        }
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
