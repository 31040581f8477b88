"""The gallery: every token, icon and component of the design system on one page."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sucharit.theme.icons import ICONS
from sucharit.theme.samples import TODAY, SampleForm, samples
from sucharit.theme.standards import STANDARDS

CSS = Path(__file__).parent / "static" / "theme" / "css" / "sucharit.css"
_TOKEN = re.compile(r"(--[\w-]+): oklch\(")
# Read once: the style sheet does not change while the process runs.
_LIGHT = CSS.read_text(encoding="utf-8").split("/* light */", 1)[1].split("/* dark", 1)[0]
TOKENS: tuple[str, ...] = tuple(dict.fromkeys(_TOKEN.findall(_LIGHT)))


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the design system with realistic samples; it reads no data and may be seen by anyone."""
    context = {
        "tokens": TOKENS,
        "icons": list(ICONS),
        "standards": STANDARDS,
        "components": [
            (name, f"theme/components/{name}.html", contexts) for name, contexts in samples().items()
        ],
        "form": SampleForm(auto_id="whole_%s"),
        "today": TODAY,
        "front_doors": [
            {"label": "การเรียนของฉัน", "url": "#", "icon": "book", "current": True},
            {"label": "รายวิชา", "url": "#", "icon": "list"},
            {"label": "กิจกรรมรณรงค์", "url": "#", "icon": "megaphone"},
            {"label": "งานบุคคล", "url": "#", "icon": "people"},
            {"label": "งานเนื้อหา", "url": "#", "icon": "file"},
        ],
        "account": {"name": "นางสาวพิมพ์ชนก รุ่งเรืองกิจ", "url": "#"},
        "sign_out_url": "#",
        "footer_links": [
            {"label": "ติดต่อ", "url": "#"},
            {"label": "ประกาศความเป็นส่วนตัว", "url": "#"},
            {"label": "การเข้าถึงของทุกคน", "url": "#"},
        ],
    }
    return render(request, "theme/gallery.html", context)
