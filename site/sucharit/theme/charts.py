"""Charts as SVG text, drawn on the server: bars, dots with intervals, lines and small multiples.

Positions along the x axis are percentages and everything else is in pixels, so a chart stretches from 360 px
to the full page while its words keep their size. Labels stand above their bar and never meet. Colour never
carries meaning alone: every mark has its number beside it, and the same numbers come back as `columns` and
`rows` for the table below the chart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from sucharit.kernel.shares import percent_of
from sucharit.theme.thai_wrap import wrap_label

__all__ = ["Bar", "Chart", "Dot", "Point", "Series", "dots", "hbars", "line", "small_multiples"]

# The bar may fill this much of the width; the rest is kept for the number that stands at its end.
SPAN = 80.0
LINE_HEIGHT = 23


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value` in the chart's unit, `detail` printed small under it («1,204 จาก 1,461 คน»)."""

    label: str
    value: float
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """One estimate with its interval, low <= value <= high, in the chart's unit."""

    label: str
    value: float
    low: float
    high: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One point in time: the label under the axis and the value, None where nothing was measured."""

    label: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """A named line of a small multiple."""

    label: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart with the table behind it; pass it to `theme/components/chart.html`."""

    title: str
    desc: str
    svg: SafeString
    columns: list[dict[str, Any]]
    rows: list[list[Any]]
    note: str = ""
    id: str = field(default="chart")


def _figure(value: float, unit: str, *, fixed: bool = False) -> str:
    # One decimal on every bar of a list reads as a column; elsewhere a round number stays round.
    # A share is cut by the rule of the house; a change in per cent may be below nought and is no share.
    text = f"{percent_of(value, 100) if unit == '%' and value >= 0 else value:,.1f}"
    return text if fixed else text.removesuffix(".0")


def _number(value: float, unit: str, *, fixed: bool = False) -> str:
    return f"{_figure(value, unit, fixed=fixed)} {unit}".strip()


def _identity(kind: str, title: str, rows: Sequence[Sequence[Any]]) -> str:
    digest = hashlib.sha256(repr((kind, title, rows)).encode()).hexdigest()
    return f"chart-{digest[:10]}"


def _frame(parts: Iterable[str], height: float, *, title: str, desc: str, ident: str) -> SafeString:
    body = "".join(parts)
    # An image may not hold links: a chart whose labels lead somewhere is a named group instead.
    role = "group" if "<a " in body else "img"
    return mark_safe(  # noqa: S308 - every text inside went through escape()
        f'<svg class="chart-svg" width="100%" height="{height:.0f}" role="{role}" '
        f'aria-labelledby="{ident}-t {ident}-d"><title id="{ident}-t">{escape(title)}</title>'
        f'<desc id="{ident}-d">{escape(desc)}</desc>{body}</svg>'
    )


def _text(x: str, y: float, words: str, css: str, anchor: str = "start", *, dx: int = 0) -> str:
    moved = f' dx="{dx}"' if dx else ""
    return f'<text class="{css}" x="{x}"{moved} y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _label(y: float, words: str) -> tuple[list[str], float]:
    """Return the label as one or two lines from y downwards, and the y below them."""
    lines = wrap_label(words)
    drawn = [_text("0", y + LINE_HEIGHT * (i + 0.72), text, "c-label") for i, text in enumerate(lines)]
    return drawn, y + LINE_HEIGHT * len(lines)


@dataclass(frozen=True, slots=True)
class _Scale:
    """What every bar of one chart shares: the unit, the value at full width, the target and the hatch."""

    unit: str
    maximum: float
    target: float | None
    hatch: str

    def at(self, value: float) -> str:
        return f"{value / self.maximum * SPAN:.2f}%"


def hbars(
    title: str,
    bars: Sequence[Bar],
    *,
    unit: str = "%",
    maximum: float = 100.0,
    target: float | None = None,
    target_label: str = "เป้าหมาย",
    value_label: str = "ผ่านแล้ว",
    label_label: str = "หน่วยงาน",
    note: str = "",
    keep_order: bool = False,
) -> Chart:
    """Draw horizontal bars from an honest zero, worst first unless `keep_order`; values 0..maximum.

    Bars below `target` are hatched as well as shorter, so the difference survives grey print. Raises
    ValueError for a value outside 0..maximum, or a maximum that is not positive.
    """
    if maximum <= 0 or any(not 0 <= bar.value <= maximum for bar in bars):
        raise ValueError("bars run from 0 to the maximum")
    ordered = list(bars) if keep_order else sorted(bars, key=lambda bar: bar.value)
    ident = _identity("hbars", title, [[bar.label, bar.value] for bar in ordered])
    scale = _Scale(unit, maximum, target, f"{ident}-h")
    parts: list[str] = [_hatch(scale.hatch)]
    y = 4.0
    if target is not None:
        side = "end" if target / maximum > 0.5 else "start"
        parts.append(_text(scale.at(target), 14, f"{target_label} {_number(target, unit)}", "c-small", side))
        y = 26.0
    for bar in ordered:
        drawn, y = _bar(bar, y, scale)
        parts += drawn
    desc = _bars_desc(ordered, unit)
    columns, rows = _bars_table(ordered, unit, label_label, value_label)
    svg = _frame(parts, y + 4, title=title, desc=desc, ident=ident)
    return Chart(title, desc, svg, columns, rows, note, ident)


def _bars_table(
    ordered: Sequence[Bar], unit: str, label_label: str, value_label: str
) -> tuple[list[dict[str, Any]], list[list[Any]]]:
    columns: list[dict[str, Any]] = [{"label": label_label}, {"label": value_label, "numeric": True}]
    rows: list[list[Any]] = [
        [
            {"text": bar.label, "url": bar.url},
            {"text": _number(bar.value, unit, fixed=unit == "%"), "numeric": True},
        ]
        for bar in ordered
    ]
    if any(bar.detail for bar in ordered):
        columns.append({"label": "รายละเอียด"})
        rows = [[*row, bar.detail] for row, bar in zip(rows, ordered, strict=True)]
    return columns, rows


def _hatch(ident: str) -> str:
    return (
        f'<defs><pattern id="{ident}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="c-hatch-ground" width="6" height="6"/>'
        '<rect class="c-bar" width="3" height="6"/></pattern></defs>'
    )


def _bar(bar: Bar, y: float, scale: _Scale) -> tuple[list[str], float]:
    """Return the label, the bar, its number and its detail from y downwards, and the y below them."""
    drawn, y = _label(y, bar.label)
    if bar.url:
        drawn = [f'<a class="c-link" href="{escape(bar.url)}">', *drawn, "</a>"]
    below = scale.target is not None and bar.value < scale.target
    style = f'class="c-bar--below" fill="url(#{scale.hatch})"' if below else 'class="c-bar"'
    top = f'x="0" y="{y + 3:.0f}" height="18"'
    drawn.append(f'<rect class="c-track" {top} width="{SPAN:g}%"/>')
    drawn.append(f'<rect {style} {top} width="{scale.at(bar.value)}"/>')
    drawn.append(_vertical("c-axis", "0", y, y + 24))
    if scale.target is not None:
        drawn.append(_vertical("c-target", scale.at(scale.target), y - 1, y + 25))
    drawn.append(
        # Beside the end of its track, however wide the page: far to the right the eye would have to travel.
        _text(f"{SPAN:g}%", y + 18, _number(bar.value, scale.unit, fixed=scale.unit == "%"), "c-value", dx=12)
    )
    y += 24
    if bar.detail:
        drawn.append(_text("0", y + 13, bar.detail, "c-small"))
        y += 18
    return drawn, y + 16


def _vertical(css: str, x: str, top: float, bottom: float) -> str:
    return f'<line class="{css}" x1="{x}" x2="{x}" y1="{top:.0f}" y2="{bottom:.0f}"/>'


def _horizontal(css: str, left: str, right: str, y: float) -> str:
    return f'<line class="{css}" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _bars_desc(ordered: Sequence[Bar], unit: str) -> str:
    if not ordered:
        return "ยังไม่มีข้อมูล"
    first, last = ordered[0], ordered[-1]
    return (
        f"แผนภูมิแท่ง {len(ordered)} รายการ เริ่มจาก {first.label} {_number(first.value, unit)} "
        f"ถึง {last.label} {_number(last.value, unit)}"
    )


def dots(
    title: str,
    items: Sequence[Dot],
    *,
    unit: str = "%",
    minimum: float = 0.0,
    maximum: float = 100.0,
    value_label: str = "ค่าประมาณ",
    interval_label: str = "ช่วงความเชื่อมั่น 95 %",
    label_label: str = "รายการ",
    note: str = "",
) -> Chart:
    """Draw estimates as dots with their intervals on one axis from minimum to maximum, both ends printed."""
    if maximum <= minimum or any(not minimum <= d.low <= d.value <= d.high <= maximum for d in items):
        raise ValueError("a dot lies inside its interval and the interval inside the axis")
    ident = _identity("dots", title, [[d.label, d.value, d.low, d.high] for d in items])

    def at(value: float) -> str:
        return f"{2 + (value - minimum) / (maximum - minimum) * (SPAN - 4):.2f}%"

    parts: list[str] = []
    y = 4.0
    for item in items:
        drawn, y = _label(y, item.label)
        parts += [*drawn, *_dot(item, y + 12, at, _number(item.value, unit), (minimum, maximum))]
        y += 34
    parts.append(_text(at(minimum), y + 8, _number(minimum, unit), "c-small"))
    parts.append(_text(at(maximum), y + 8, _number(maximum, unit), "c-small", "end"))
    rows = [
        [d.label, _number(d.value, unit), f"{_figure(d.low, unit)} – {_number(d.high, unit)}"] for d in items
    ]
    columns: list[dict[str, Any]] = [
        {"label": label_label},
        {"label": value_label, "numeric": True},
        {"label": interval_label, "numeric": True},
    ]
    desc = f"จุดแสดง{value_label} เส้นแสดง{interval_label} {len(items)} รายการ"
    return Chart(
        title, desc, _frame(parts, y + 16, title=title, desc=desc, ident=ident), columns, rows, note, ident
    )


def _dot(
    item: Dot, y: float, at: Callable[[float], str], number: str, ends: tuple[float, float]
) -> list[str]:
    return [
        _horizontal("c-grid", at(ends[0]), at(ends[1]), y),
        _horizontal("c-interval", at(item.low), at(item.high), y),
        f'<circle class="c-dot" cx="{at(item.value)}" cy="{y:.0f}" r="5"/>',
        _text("100%", y + 5, number, "c-value", "end"),
    ]


def line(
    title: str,
    points: Sequence[Point],
    *,
    unit: str = "%",
    maximum: float = 100.0,
    value_label: str = "ผ่านแล้ว",
    label_label: str = "ช่วงเวลา",
    note: str = "",
    height: int = 200,
) -> Chart:
    """Draw a line over time from an honest zero; a missing value breaks the line instead of being guessed."""
    _check_points(points, maximum)
    ident = _identity("line", title, [[p.label, p.value] for p in points])
    parts = _line_parts(points, unit=unit, maximum=maximum, height=height, grid=True)
    rows: list[list[Any]] = [[p.label, "–" if p.value is None else _number(p.value, unit)] for p in points]
    desc = _line_desc(points, unit)
    columns: list[dict[str, Any]] = [{"label": label_label}, {"label": value_label, "numeric": True}]
    return Chart(
        title,
        desc,
        _frame(parts, height + 30, title=title, desc=desc, ident=ident),
        columns,
        rows,
        note,
        ident,
    )


def small_multiples(
    title: str,
    series: Sequence[Series],
    *,
    unit: str = "%",
    maximum: float = 100.0,
    label_label: str = "หน่วยงาน",
    note: str = "",
) -> Chart:
    """Draw one small line per series, on one scale so that shapes compare; the series share their labels."""
    drawings = "".join(_multiple(title, one, unit=unit, maximum=maximum) for one in series)
    labels = [p.label for p in series[0].points] if series else []
    columns: list[dict[str, Any]] = [
        {"label": label_label},
        *({"label": label, "numeric": True} for label in labels),
    ]
    rows: list[list[Any]] = [
        [s.label, *("–" if p.value is None else _number(p.value, unit) for p in s.points)] for s in series
    ]
    svg = mark_safe(f'<div class="multiples">{drawings}</div>')  # noqa: S308 - made of escaped frames
    desc = f"{len(series)} แผนภูมิบนมาตราเดียวกัน"
    return Chart(title, desc, svg, columns, rows, note, _identity("sm", title, rows))


def _multiple(title: str, one: Series, *, unit: str, maximum: float) -> SafeString:
    _check_points(one.points, maximum)
    ident = _identity("multiple", f"{title}/{one.label}", [[p.label, p.value] for p in one.points])
    lines = wrap_label(one.label, limit=17, most=3)
    words = [_text("0", LINE_HEIGHT * (i + 0.72), text, "c-label") for i, text in enumerate(lines)]
    # Two lines are always kept, so that neighbours with shorter names share a baseline.
    head = LINE_HEIGHT * max(2.0, float(len(lines)))
    body = _line_parts(one.points, unit=unit, maximum=maximum, height=90, grid=False)
    inner = [*words, f'<svg y="{head:.0f}" width="100%" height="118" overflow="visible">', *body, "</svg>"]
    return _frame(inner, head + 118, title=one.label, desc=_line_desc(one.points, unit), ident=ident)


def _check_points(points: Sequence[Point], maximum: float) -> None:
    if maximum <= 0 or any(p.value is not None and not 0 <= p.value <= maximum for p in points):
        raise ValueError("points run from 0 to the maximum")


def _line_parts(points: Sequence[Point], *, unit: str, maximum: float, height: int, grid: bool) -> list[str]:
    """Return axis, grid, segments, dots, the last value and the first and last label of a line."""
    top, left, right = 24.0, 3.0, 95.0
    step = (right - left) / max(1, len(points) - 1)
    places = [
        (left + step * i, None if p.value is None else top + (height - top) * (1 - p.value / maximum))
        for i, p in enumerate(points)
    ]
    parts = [_horizontal("c-axis", "0", "100%", height)]
    if grid:
        for share in (0.5, 1.0):
            level = top + (height - top) * (1 - share)
            parts.append(_horizontal("c-grid", "0", "100%", level))
            parts.append(_text("0", level - 4, _number(maximum * share, unit), "c-small"))
    parts += [
        f'<line class="c-line" x1="{x0:.2f}%" y1="{y0:.1f}" x2="{x1:.2f}%" y2="{y1:.1f}"/>'
        for (x0, y0), (x1, y1) in pairwise(places)
        if y0 is not None and y1 is not None
    ]
    radius = 5 if grid else 3.5
    known = [(x, y, p.value) for (x, y), p in zip(places, points, strict=True) if y is not None]
    parts += [f'<circle class="c-dot" cx="{x:.2f}%" cy="{y:.1f}" r="{radius:g}"/>' for x, y, _ in known]
    if known:
        x, y, value = known[-1]
        side = "end" if x > 60 else "start"
        parts.append(_text(f"{min(x + 3, 100):.2f}%", y - 10, _number(value or 0, unit), "c-value", side))
    if points:
        parts.append(_text(f"{left:g}%", height + 20, points[0].label, "c-small"))
    if len(points) > 1:
        parts.append(_text("100%", height + 20, points[-1].label, "c-small", "end"))
    return parts


def _line_desc(points: Sequence[Point], unit: str) -> str:
    known = [(p.label, p.value) for p in points if p.value is not None]
    if not known:
        return "ยังไม่มีข้อมูล"
    (start, first), (end, last) = known[0], known[-1]
    return f"จาก {_number(first, unit)} ({start}) เป็น {_number(last, unit)} ({end})"
