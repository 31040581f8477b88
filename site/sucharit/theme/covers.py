"""A drawn cover for a course or campaign without a picture: the seven strokes, with its standards lit."""

from __future__ import annotations

from collections.abc import Sequence

from sucharit.theme.icons import MARK_STROKES

__all__ = ["cover_svg"]

_FAINT = "cover__stroke"
_LIT = "cover__stroke cover__stroke--on"


def cover_svg(standards: Sequence[int]) -> str:
    """Return a 16:9 SVG in the hue of the first standard; the strokes of all given standards are full."""
    first = standards[0] if standards else 0
    scope = f" std std-{first}" if first else " std"
    strokes = "".join(
        f'<path class="{_LIT if number in standards or not standards else _FAINT}" d="{d}"/>'
        for number, d in enumerate(MARK_STROKES, start=1)
    )
    return (
        f'<svg class="cover{scope}" viewBox="0 0 320 180" preserveAspectRatio="xMidYMid slice" '
        'aria-hidden="true" focusable="false"><rect class="cover__ground" width="320" height="180"/>'
        f'<g transform="translate(226 96) scale(4.4) translate(-24 -24)">{strokes}'
        '<circle class="cover__heart" cx="24" cy="24" r="5.6"/></g></svg>'
    )
