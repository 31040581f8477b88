"""Attributes of an `<img>` for a Wagtail image: renditions at sensible widths, SVG passed through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wagtail.images.shortcuts import get_rendition_or_not_found, get_renditions_or_not_found

__all__ = ["responsive_attributes"]


def responsive_attributes(image: Any, *, widths: Sequence[int], sizes: str) -> dict[str, str]:
    """Return src, width, height and, for a bitmap, srcset and sizes; widths are pixels.

    Renditions are made on first use. A missing original gives a broken picture, never a broken page.
    """
    if image.is_svg():
        rendition = get_rendition_or_not_found(image, "original|preserve-svg")
        return {"src": rendition.url, "width": str(rendition.width), "height": str(rendition.height)}
    # Never enlarge: a small original would only cost more bytes.
    useful = sorted({min(width, image.width) for width in widths})
    filters = [f"width-{width}" for width in useful]
    renditions = get_renditions_or_not_found(image, filters)
    ordered = [renditions[spec] for spec in filters]
    middle = ordered[len(ordered) // 2]
    return {
        "src": middle.url,
        "srcset": ", ".join(f"{item.url} {item.width}w" for item in ordered),
        "sizes": sizes,
        "width": str(middle.width),
        "height": str(middle.height),
    }
