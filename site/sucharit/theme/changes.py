"""The chart of before and after: the same thing measured twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape

from sucharit.theme.charts import SPAN, Chart, _figure, _frame, _horizontal, _identity, _label, _number, _text

__all__ = ["Change", "changes"]

# From the ring of the key to its dot: room for a label of two words.
KEY = 110


@dataclass(frozen=True, slots=True)
class Change:
    """The same thing measured twice, in the chart's unit; `detail` is printed small under it, `url` leads further."""

    label: str
    before: float
    after: float
    detail: str = ""
    url: str = ""


def changes(
    title: str,
    items: Sequence[Change],
    *,
    unit: str = "%",
    maximum: float = 100.0,
    before_label: str = "ก่อน",
    after_label: str = "หลัง",
    label_label: str = "รายการ",
    note: str = "",
) -> Chart:
    """Draw two measures of each thing on one axis from an honest zero: a ring before, a full dot after, a line between.

    Both numbers stand beside them, so that neither shape nor colour must be read. Raises ValueError outside 0..maximum.
    """
    values = [value for item in items for value in (item.before, item.after)]
    if maximum <= 0 or any(not 0 <= value <= maximum for value in values):
        raise ValueError("a change runs from 0 to the maximum")
    ident = _identity("changes", title, [[c.label, c.before, c.after] for c in items])

    def at(value: float) -> str:
        return f"{2 + value / maximum * (SPAN - 14):.2f}%"

    parts: list[str] = [
        '<circle class="c-ring" cx="2%" cy="14" r="6"/>',
        _text("2%", 19, before_label, "c-small", dx=13),
        # Pixels from the ring, so that the key stays together on a wide page.
        f'<circle class="c-dot" cx="2%" cy="14" r="7" transform="translate({KEY} 0)"/>',
        _text("2%", 19, after_label, "c-small", dx=KEY + 14),
    ]
    y = 34.0
    for item in items:
        drawn, y = _change(item, y, at, (0, maximum), unit)
        parts += drawn
    parts.append(_text(at(0), y + 8, _number(0, unit), "c-small"))
    parts.append(_text(at(maximum), y + 8, _number(maximum, unit), "c-small", "end"))
    columns: list[dict[str, Any]] = [
        {"label": label_label},
        {"label": before_label, "numeric": True},
        {"label": after_label, "numeric": True},
        {"label": "รายละเอียด"},
    ]
    rows: list[list[Any]] = [
        [{"text": c.label, "url": c.url}, _number(c.before, unit), _number(c.after, unit), c.detail]
        for c in items
    ]
    desc = " ".join(
        [f"วงแสดง{before_label} จุดทึบแสดง{after_label} {len(items)} รายการ"]
        + [f"{c.label} จาก {_number(c.before, unit)} เป็น {_number(c.after, unit)}" for c in items[:1]]
    )
    svg = _frame(parts, y + 16, title=title, desc=desc, ident=ident)
    return Chart(title, desc, svg, columns, rows, note, ident)


def _change(
    item: Change, y: float, at: Callable[[float], str], ends: tuple[float, float], unit: str
) -> tuple[list[str], float]:
    """Return the label, the two marks, their numbers and the detail from y downwards, and the y below them."""
    drawn, y = _label(y, item.label)
    if item.url:
        drawn = [f'<a class="c-link" href="{escape(item.url)}">', *drawn, "</a>"]
    middle = y + 14
    drawn += [
        _horizontal("c-grid", at(ends[0]), at(ends[1]), middle),
        _horizontal("c-change", at(item.before), at(item.after), middle),
        f'<circle class="c-dot" cx="{at(item.after)}" cy="{middle:.0f}" r="7"/>',
        f'<circle class="c-ring" cx="{at(item.before)}" cy="{middle:.0f}" r="6"/>',
        _text(
            f"{SPAN - 10:g}%",
            middle + 5,
            f"{_figure(item.before, unit)} → {_number(item.after, unit)}",
            "c-value",
        ),
    ]
    y += 28
    if item.detail:
        drawn.append(_text("0", y + 13, item.detail, "c-small"))
        y += 18
    return drawn, y + 16
