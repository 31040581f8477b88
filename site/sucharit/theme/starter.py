"""Starter content: readable TOML in the repository becomes blocks and pictures that editors then own.

A content file holds `[[blocks]]` with a `type`; a folder may hold `pictures.toml` with the title and alternative text of each
drawing, written by whoever drew it, so that picture and words agree.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.files import File
from wagtail.images import get_image_model

Raw = Mapping[str, Any]


class Gallery:
    """The pictures of one folder, put into the image library at first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listing = folder / "pictures.toml"
        rows = (
            tomllib.loads(listing.read_text(encoding="utf-8")).get("picture", []) if listing.exists() else []
        )
        self._said = {row["file"]: row for row in rows}
        self._made: dict[str, Any] = {}

    def image(self, name: str) -> Any:
        """The library image of a file of this folder. Raises FileNotFoundError for one that is not there."""
        if name not in self._made:
            with (self.folder / name).open("rb") as stream:
                title = self._said.get(name, {}).get("title", name)
                image = get_image_model()(
                    title=title, description=self.alt(name)[:255], file=File(stream, name=name)
                )
                image.save()
            self._made[name] = image
        return self._made[name]

    def alt(self, name: str) -> str:
        """The alternative text by whoever drew it; empty for a picture that says nothing."""
        text: str = self._said.get(name, {}).get("alt", "")
        return text


def _text(raw: Raw, gallery: Gallery) -> Any:
    return raw["body"].strip()


def _picture(raw: Raw, gallery: Gallery) -> Any:
    alt = gallery.alt(raw["image"])
    return {"image": gallery.image(raw["image"]).pk, "alt": alt[:250], "caption": raw.get("caption", "")}


def _situation(raw: Raw, gallery: Gallery) -> Any:
    return {
        "title": raw["title"],
        "story": raw["story"].strip(),
        "question": raw["question"],
        "reveal": raw.get("reflection", "").strip(),
        "standards": [str(number) for number in raw.get("standards", ())],
    }


def _dos_donts(raw: Raw, gallery: Gallery) -> Any:
    return {"title": raw.get("title", ""), "dos": list(raw["dos"]), "donts": list(raw["donts"])}


def _quote(raw: Raw, gallery: Gallery) -> Any:
    return {
        "text": raw["text"].strip(),
        "source": raw["source"],
        "url": raw.get("url", ""),
        "as_of": raw["as_of"].isoformat(),
        "is_paraphrase": not raw.get("exact", True),
    }


def _summary(raw: Raw, gallery: Gallery) -> Any:
    return raw["sentence"]


SHARED: Mapping[str, tuple[str, Callable[[Raw, Gallery], Any]]] = {
    "text": ("text", _text),
    "picture": ("picture", _picture),
    "situation": ("situation", _situation),
    "dos_donts": ("dos_donts", _dos_donts),
    "quote": ("rule_quote", _quote),
    "summary": ("summary", _summary),
}


def stream(
    rows: Sequence[Raw],
    gallery: Gallery,
    extra: Mapping[str, tuple[str, Callable[[Raw, Gallery], Any]]] | None = None,
) -> list[dict[str, Any]]:
    """Stream data of `[[blocks]]`, ready for a StreamField. Raises KeyError for a type or a field that is not known."""
    makers = {**SHARED, **(extra or {})}
    built = []
    for raw in rows:
        name, make = makers[raw["type"]]
        built.append({"type": name, "value": make(raw, gallery)})
    return built
