"""Two measures of many things as one picture: a point for each, those that call for a look drawn apart and named.

Like the other charts, x is in per cent of the width and y in pixels, the marks differ in shape and not in colour alone, and the same
numbers come back as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sucharit.theme.charts import Chart, _frame, _horizontal, _identity, _text, _vertical

__all__ = ["Axis", "Spot", "scatter"]

TOP, HEIGHT = 34.0, 340.0
LEFT, RIGHT = 9.0, 95.0
LABEL_GAP, LABEL_WIDTH = 17.0, 32.0


@dataclass(frozen=True, slots=True)
class Axis:
    """One measure: what it is called, its ends, the values to print, and from where on a value is good (None: no line)."""

    label: str
    low: float
    high: float
    ticks: Sequence[float]
    mark: float | None = None
    unit: str = ""

    def share(self, value: float) -> float:
        """Where a value lies, 0 to 1. Raises ValueError outside the ends."""
        if not self.low <= value <= self.high:
            raise ValueError("a spot lies between the ends of both axes")
        return (value - self.low) / (self.high - self.low)

    def figure(self, value: float) -> str:
        """A value as it is printed."""
        return f"{round(value, 2):g} {self.unit}".strip().replace("-", "−")


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing: its two values, and whether it calls for a look; then its label stands beside it."""

    label: str
    x: float
    y: float
    is_marked: bool = False


def scatter(
    title: str, spots: Sequence[Spot], *, x: Axis, y: Axis, label_label: str = "รายการ", note: str = ""
) -> Chart:
    """Draw spots on two axes; marked ones are rings with their label, the first ones first where room is short.

    Raises ValueError for a spot outside an axis.
    """
    ident = _identity("scatter", title, [[s.label, s.x, s.y, s.is_marked] for s in spots])

    def across(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * x.share(value)

    def down(value: float) -> float:
        return TOP + HEIGHT * (1 - y.share(value))

    parts = [_text("0", 14, y.label, "c-small")]
    for tick in y.ticks:
        parts.append(_horizontal("c-grid", f"{LEFT:g}%", f"{RIGHT:g}%", down(tick)))
        parts.append(_text(f"{LEFT - 1.5:g}%", down(tick) + 4, y.figure(tick), "c-small", "end"))
    if y.mark is not None:
        parts.append(_horizontal("c-target", f"{LEFT:g}%", f"{RIGHT:g}%", down(y.mark)))
    floor = TOP + HEIGHT
    parts.append(_horizontal("c-axis", f"{LEFT:g}%", f"{RIGHT:g}%", floor))
    if x.mark is not None:
        parts.append(_vertical("c-target", f"{across(x.mark):.2f}%", TOP, floor))
    parts += [
        _text(f"{across(tick):.2f}%", floor + 20, x.figure(tick), "c-small", "middle") for tick in x.ticks
    ]
    parts.append(_text(f"{RIGHT:g}%", floor + 40, x.label, "c-small", "end"))
    parts += [
        f'<circle class="c-dot" cx="{across(s.x):.2f}%" cy="{down(s.y):.1f}" r="5"/>'
        for s in spots
        if not s.is_marked
    ]
    parts += _marked([(across(s.x), down(s.y), s.label) for s in spots if s.is_marked])
    marked = sum(s.is_marked for s in spots)
    desc = f"แต่ละจุดคือ{label_label} 1 รายการ มี {len(spots)} จุด วงกลมกลวงคือที่ควรดู {marked} จุด"
    columns: list[dict[str, Any]] = [
        {"label": label_label},
        {"label": x.label, "numeric": True},
        {"label": y.label, "numeric": True},
    ]
    rows: list[list[Any]] = [[s.label, x.figure(s.x), y.figure(s.y)] for s in spots]
    svg = _frame(parts, floor + 48, title=title, desc=desc, ident=ident)
    return Chart(title, desc, svg, columns, rows, note, ident)


def _marked(places: Sequence[tuple[float, float, str]]) -> list[str]:
    """Rings with their labels. A label that would meet an earlier one moves a little, or is left to the table below the chart."""
    rings = [f'<circle class="c-spot" cx="{left:.2f}%" cy="{top:.1f}" r="6.5"/>' for left, top, _ in places]
    names: list[str] = []
    taken: list[tuple[float, float]] = []
    for left, top, label in places:
        near = [y for x, y in taken if abs(x - left) < LABEL_WIDTH]
        free = [
            y
            for move in (0.0, LABEL_GAP, -LABEL_GAP, 2 * LABEL_GAP)
            if TOP <= (y := top + 5 + move) <= TOP + HEIGHT
            and all(abs(y - other) >= LABEL_GAP for other in near)
        ]
        if free:
            taken.append((left, free[0]))
            side, dx = ("end", -12) if left > 55 else ("start", 12)
            names.append(_text(f"{left:.2f}%", free[0], label, "c-spot-label", side, dx=dx))
    return rings + names
