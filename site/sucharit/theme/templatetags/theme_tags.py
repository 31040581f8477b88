"""Template tags and filters: marks, icons, pictures, and Thai dates, numbers and lengths of time.

Icons, marks and covers return SVG that is drawn by this code alone; every text that enters it is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from django import template
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from wagtail.templatetags.wagtailcore_tags import richtext

from sucharit.kernel import thai_calendar
from sucharit.kernel.shares import percent_of
from sucharit.theme.covers import cover_svg
from sucharit.theme.icons import ICONS, mark_svg
from sucharit.theme.pictures import responsive_attributes
from sucharit.theme.standards import STANDARDS, Standard, standard

register = template.Library()

DEFAULT_WIDTHS = "400,800,1200"


def _svg(css: str, side: int, inside: str, label: str) -> SafeString:
    # Width and height hold where our style sheet is absent, as in Wagtail's admin.
    size = format_html('class="{}" viewBox="0 0 {} {}" width="{}" height="{}"', css, *[side] * 4)
    if label:
        head = format_html('<svg {} role="img" aria-label="{}">', size, label)
    else:
        head = format_html('<svg {} aria-hidden="true" focusable="false">', size)
    return mark_safe(f"{head}{inside}</svg>")  # noqa: S308 - the inside comes from our own drawings


@register.simple_tag
@lru_cache(maxsize=1_024)
def icon(name: str, label: str = "", size: str = "", css: str = "") -> SafeString:
    """Draw an icon by name; without `label` it is hidden from assistive technology. KeyError if unknown."""
    classes = " ".join(part for part in ("icon", f"icon--{size}" if size else "", css) if part)
    return _svg(classes, 24, ICONS[name], label)


@register.simple_tag
@lru_cache(maxsize=64)
def mark(label: str = "", size: str = "", *, hues: bool = False, mono: bool = False) -> SafeString:
    """Draw the mark; `hues` gives each stroke the hue of its standard, `mono` is for stamps and print."""
    classes = [
        "mark",
        f"mark--{size}" if size else "",
        "mark--hues" if hues else "",
        "mark--mono" if mono else "",
    ]
    return _svg(" ".join(c for c in classes if c), 48, mark_svg(), label)


@register.simple_tag
def logo(line: str = "") -> SafeString:
    """Draw the lock-up: the mark, the word สุจริต and, when given, a smaller line beneath it."""
    small = format_html('<span class="logo__line">{}</span>', line) if line else ""
    return format_html(
        '<span class="logo">{}<span class="logo__words"><span class="logo__name">สุจริต</span>{}</span></span>',
        mark(),
        small,
    )


@register.simple_tag
@lru_cache(maxsize=256)
def standard_mark(number: int | str, size: str = "m", *, label: bool = False) -> SafeString:
    """Draw number, icon and hue of a standard; `label` prints its text, else the text is the alternative."""
    item = standard(number)
    badge = format_html(
        '<span class="standard__badge"{}>{}{}</span>',
        mark_safe(' aria-hidden="true"'),
        icon(item.icon, size={"s": "s", "l": "l"}.get(size, "")),
        item.number,
    )
    text = f"มาตรฐานข้อ {item.number} {item.title}"
    words = (
        format_html(
            '<span class="visually-hidden">มาตรฐานข้อ {} </span><span class="standard__text">{}</span>',
            item.number,
            item.title,
        )
        if label
        else format_html('<span class="visually-hidden">{}</span>', text)
    )
    return format_html(
        '<span class="standard standard--{} std std-{}">{}{}</span>', size, item.number, badge, words
    )


@register.simple_tag
def all_standards() -> tuple[Standard, ...]:
    """Return the seven standards, for templates that list them."""
    return STANDARDS


@register.simple_tag
def cover(standards: Iterable[int] | int | None = None) -> SafeString:
    """Draw a cover in the hues of the given standards, for a course without a picture; decorative."""
    numbers = [standards] if isinstance(standards, int) else list(standards or [])
    return mark_safe(cover_svg([standard(n).number for n in numbers]))  # noqa: S308 - numbers only


@register.simple_tag
def responsive_image(
    image: Any,
    *,
    alt: str = "",
    sizes: str = "100vw",
    widths: str = DEFAULT_WIDTHS,
    lazy: bool = True,
    css: str = "",
) -> SafeString:
    """Return an `<img>` of a Wagtail image with srcset; SVG passes through; an empty `alt` is decorative."""
    attributes = responsive_attributes(image, widths=[int(w) for w in widths.split(",")], sizes=sizes)
    attributes["alt"] = alt
    if lazy:
        attributes |= {"loading": "lazy", "decoding": "async"}
    if css:
        attributes["class"] = css
    return format_html("<img{}>", format_html_join("", ' {}="{}"', attributes.items()))


# --- Thai dates, numbers, lengths of time -------------------------------------------------------------


@register.filter
def thai_date(value: date | None, style: str = "long") -> str:
    """Print a date in พ.ศ. (long, full, short, numeric), an instant as its Bangkok day; nothing for None."""
    return thai_calendar.format_date(value, cast("thai_calendar.DateStyle", style)) if value else ""


@register.filter
def thai_datetime(value: datetime | None, style: str = "long") -> str:
    """Print an aware instant in Bangkok time: «15 มีนาคม 2568 เวลา 09.30 น.»; nothing for None."""
    return thai_calendar.format_datetime(value, style=cast("thai_calendar.DateStyle", style)) if value else ""


@register.filter
def iso(value: date | None) -> str:
    """Print a date or instant for the machine, for `<time datetime>`."""
    return value.isoformat() if value else ""


@register.filter
def thai_digits(value: object) -> str:
    """Write 0-9 as ๐-๙."""
    return thai_calendar.to_thai_digits(str(value))


@register.filter
def thai_number(value: float | Decimal | None, places: int = 0) -> str:
    """Print a number with thousands separated: 1,204. Nothing for None."""
    return "" if value is None else f"{value:,.{places}f}"


@register.filter
def percent(value: float | Decimal | None, kind: str = "") -> str:
    """Print per cent: «82.4 %», «100 %». Kind `ratio` reads a value 0-1, `column` keeps one decimal; nothing for None."""
    if value is None:
        return ""
    text = str(percent_of(value, 1 if kind == "ratio" else 100))
    return (text if kind == "column" else text.removesuffix(".0")) + " %"


@register.filter
def thai_minutes(value: int | None) -> str:
    """Print whole minutes as hours and minutes; nothing for None or 0."""
    return thai_calendar.format_minutes(int(value)) if value else ""


@register.filter
def relative_days(value: date | None, today: date) -> str:
    """Say how far a due date lies from `today`; nothing for None."""
    return thai_calendar.relative_days(value, today) if value else ""


@register.filter
def days_left(value: date | None, today: date) -> int | None:
    """Return whole days from `today` to the date, negative once past."""
    return (value - today).days if value else None


@register.filter
def file_size(value: int | None) -> str:
    """Print bytes as KB or MB, so that a reader on a slow line can decide."""
    if not value:
        return ""
    if value < 1024 * 1024:
        return f"{max(1, round(value / 1024)):,} KB"
    return f"{value / 1024 / 1024:.1f} MB"


@register.filter
def standard_title(number: int) -> str:
    """Return the exact text of a standard."""
    return standard(number).title


@register.filter
def standard_short(number: int) -> str:
    """Return the short label of a standard."""
    return standard(number).short


@register.filter
def get(mapping: dict[Any, Any] | None, key: Any) -> Any:
    """Look a key up in a dict, None when absent."""
    return mapping.get(key) if mapping else None


@register.filter
def is_number(value: object) -> bool:
    """Tell numbers from words, so that a table can align them."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


@register.filter
def share(value: float | Decimal | None, total: float | Decimal | None) -> Decimal:
    """Return value as per cent of total, by the rule of `percent_of`; 0 when there is nothing to share."""
    return percent_of(value or 0, total or 0)


@register.simple_tag
def left_of(total: int | None, done: int | None) -> int:
    """Return how many are left, never below nought."""
    return max(0, (total or 0) - (done or 0))


@register.simple_tag
def table_cell(cell: Any, columns: list[dict[str, Any]], index: int) -> dict[str, Any]:
    """Return a table cell as {text, url, kind, numeric}; numbers are grouped and align right."""
    parts = dict(cell) if isinstance(cell, dict) else {"text": cell}
    column = columns[index] if index < len(columns) else {}
    number = is_number(parts.get("text"))
    parts.setdefault("numeric", bool(column.get("numeric")) or number)
    if number:
        places = 0 if isinstance(parts["text"], int) else 1
        parts["text"] = thai_number(parts["text"], places)
    if parts.get("text") is None:
        parts["text"] = "–"
    return parts


@register.simple_tag
def hue_strip() -> SafeString:
    """Draw the thin line of seven hues that runs along the top of the footer."""
    parts = "".join(
        f'<rect class="strip__part std-{n}" x="{(n - 1) * 100 / 7:.3f}%" width="14.3357%" height="100%"/>'
        for n in range(1, 8)
    )
    return mark_safe(f'<svg class="foot__strip" aria-hidden="true" focusable="false">{parts}</svg>')  # noqa: S308


# --- helpers of the content blocks --------------------------------------------------------------------


@register.filter
def stored_size(item: Any) -> int | None:
    """Return the size in bytes of a document's or medium's file; None when the file is not there."""
    if item is None:
        return None
    known = getattr(item, "file_size", None)
    try:
        return int(known or item.file.size)
    except (OSError, ValueError):
        return None


@register.filter
def whole_minutes(seconds: float | None) -> int | None:
    """Return seconds as whole minutes, at least one; None when the length is unknown."""
    return max(1, round(seconds / 60)) if seconds else None


@register.simple_tag
def video_poster(value: Any) -> str:
    """Return the address of a video's poster: the chosen picture, else the file's thumbnail, else nothing."""
    if value.get("poster"):
        return str(responsive_attributes(value["poster"], widths=[800], sizes="100vw")["src"])
    thumbnail = getattr(value.get("video"), "thumbnail", None)
    return str(thumbnail.url) if thumbnail else ""


@register.filter
def richtext_or_nothing(value: Any) -> SafeString:
    """Render rich text, or nothing at all when the editor left it blank."""
    source = getattr(value, "source", value) or ""
    return mark_safe(richtext(value) if strip_tags(source).strip() else "")  # noqa: S308 - Wagtail has cleaned it


@register.simple_tag(takes_context=True)
def specimen(context: template.Context, template_name: str, sample: dict[str, Any]) -> SafeString:
    """Render one component with a sample context of the gallery and nothing else."""
    if context.template is None:
        raise RuntimeError("a specimen is drawn inside a page")
    return context.template.engine.get_template(template_name).render(template.Context(dict(sample)))
