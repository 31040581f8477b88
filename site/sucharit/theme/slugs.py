"""Addresses of pages from Thai titles: Latin letters, so that an address survives a fax, a LINE message and a spreadsheet."""

from __future__ import annotations

import re
from typing import Any

from django.utils.text import slugify
from pythainlp.transliterate.royin import romanize
from wagtail.admin.forms.pages import WagtailAdminPageForm

from sucharit.kernel import thai_text

__all__ = ["RomanisedSlugForm", "RomanisedSlugMixin", "thai_slug"]

LONGEST = 60
_THAI = re.compile(r"[\u0e00-\u0e7f]")
# Words of this house in the spelling of the Royal Institute, where the rules alone lose a vowel.
_WORDS = {
    "จริยธรรม": "chariyatham",
    "คุณธรรม": "khunnatham",
    "มาตรฐาน": "mattrathan",
    "สุจริต": "sucharit",
    "ซื่อสัตย์": "suesat",
    "ซื่อสัตย์สุจริต": "suesat-sucharit",
    "ทุจริต": "thutcharit",
    "เบื้องต้น": "bueangton",
    "ของขวัญ": "khongkhwan",
    "ข้าราชการ": "kharatchakan",
    "ราชการ": "ratchakan",
    "ประมวล": "pramuan",
    "ส่วนบุคคล": "suan-bukkhon",
    "บุคคล": "bukkhon",
    "ผลประโยชน์": "phonprayot",
    "ส่วนรวม": "suanruam",
    "รณรงค์": "ronnarong",
    "กิจกรรม": "kitchakam",
    "รายวิชา": "raiwicha",
    "บทเรียน": "botrian",
    "สาธารณะ": "satharana",
    "วันที่": "wan-thi",
}


def _romanise(word: str) -> str:
    return _WORDS.get(word) or (romanize(word) if _THAI.search(word) else word)


def thai_slug(title: str, fallback: str) -> str:
    """Return an ASCII slug of at most 60 characters, cut between words and never empty.

    Thai words are romanised one by one; `fallback` is used where nothing is left, and "page" where that is empty too.
    """
    words = [slugify(_romanise(word)) for word in thai_text.segment(title)]
    slug = ""
    for word in filter(None, words):
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > LONGEST:
            break
        slug = longer
    first = next(filter(None, words), "")
    return slug or (first or slugify(fallback))[:LONGEST].strip("-") or "page"


class RomanisedSlugForm(WagtailAdminPageForm):  # type: ignore[misc]
    """The editor's form of a page: the slug may stay empty, whatever the script in the browser made of a Thai title."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        """Fill the slug before Wagtail asks whether it is free among its siblings."""
        said: dict[str, Any] = self.cleaned_data
        if "slug" in said and _is_leftover(said["slug"], said.get("title", ""), self.instance):
            # A published page keeps its address: whoever empties the field has not thought of the links that lead here.
            kept = self.instance.slug if self.instance.first_published_at else ""
            base = thai_slug(said.get("title", ""), fallback=self.instance._meta.model_name)
            said["slug"] = kept or _free(base, self.instance, self.parent_page)
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class RomanisedSlugMixin:
    """For page classes, left of `Page`: an empty slug is filled from the title before anything is validated.

    The editor's script offers what is left of a title without its Thai letters («มาตรฐาน 7 ข้อ» gives "7"). Until a page is
    first published, such a leftover counts as empty.
    """

    base_form_class = RomanisedSlugForm

    def _set_core_field_defaults(self) -> None:
        # Wagtail calls this before both of its cleanings, the full one and the lenient one for drafts. Without a known
        # parent there are no siblings to ask; it comes here again once there is one.
        page: Any = self
        placed = page.path or getattr(page, "_cached_parent_obj", None)
        if placed and _is_leftover(page.slug, page.title or "", page):
            page.slug = _free(thai_slug(page.title, fallback=page._meta.model_name), page, page.get_parent())
        super()._set_core_field_defaults()  # type: ignore[misc]


def _is_leftover(slug: str, title: str, page: Any) -> bool:
    return not slug or (
        page.first_published_at is None and bool(_THAI.search(title)) and slug == slugify(title)
    )


def _free(base: str, page: Any, parent: Any) -> str:
    slug, number = base, 2
    while not page._slug_is_available(slug, parent, page):
        slug, number = f"{base}-{number}", number + 1
    return slug
