"""Cutting a Thai label into lines for SVG, which cannot wrap text by itself."""

from __future__ import annotations

import re
import unicodedata

from sucharit.kernel.thai_text import segment

__all__ = ["visible_length", "wrap_label"]

_SPACES = re.compile(r"\s+")


def visible_length(text: str) -> int:
    """Count the characters that take room; vowels and tone marks above and below do not."""
    return sum(1 for char in text if unicodedata.category(char) not in ("Mn", "Cf"))


def wrap_label(text: str, *, limit: int = 38, most: int = 2) -> list[str]:
    """Return at most `most` lines of `limit` visible characters, cut between words; «…» where it must."""
    text = _SPACES.sub(" ", text).strip()
    lines: list[str] = []
    rest = text
    while visible_length(rest) > limit and len(lines) < most - 1:
        head = _fitting_head(rest, limit)
        lines.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    if visible_length(rest) > limit:
        rest = f"{_fitting_head(rest, limit - 1).rstrip()}…"
    return [*lines, rest]


def _fitting_head(text: str, limit: int) -> str:
    """Return the longest run of whole words that fits; a space in its last half is a better place to cut."""
    head = ""
    for piece in _pieces(text):
        if head and visible_length(head + piece) > limit:
            break
        head += piece
    space = head.rstrip().rfind(" ")
    return head[: space + 1] if space > len(head) / 2 and len(head) < len(text) else head


def _pieces(text: str) -> list[str]:
    """Cut text into words that, joined, are the text again: where segmentation normalises, spaces must do."""
    pieces: list[str] = []
    for run in re.findall(r"\S+|\s+", text):
        words = segment(run)
        pieces += words if "".join(words) == run else [run]
    return pieces
