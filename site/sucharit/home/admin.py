"""The front of Wagtail's admin: its menu, its look and the day's work. Registered by `wagtail_hooks`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page, WorkflowState

from campaigns import selectors as campaigns
from courses import selectors as courses
from quizzes import selectors as quizzes
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.selectors import Verb, Viewer, can, viewer
from sucharit.records.requirements import running_rounds

# Wagtail's own entries, with our words and our order; what is not named here keeps both.
MENU: Mapping[str, tuple[str, int]] = {
    "explorer": ("หน้าเว็บ", 100),
    "images": ("ภาพ", 310),
    "documents": ("เอกสาร", 320),
    "media": ("วิดีโอและเสียง", 330),
    "reports": ("รายงาน", 900),
    "settings": ("ตั้งค่า", 1000),
}
# Help leads to pages in English on somebody else's site.
HIDDEN = frozenset({"help"})


@dataclass(frozen=True)
class Figure:
    """One number of the day, with where it leads."""

    number: str
    words: str
    url: str = ""


def figures(who: Viewer, *, today: date) -> Sequence[Figure]:
    """What is worth a look this morning, by what the viewer may do. At most six queries."""
    found: list[Figure] = []
    if can(who, Verb.EDIT_CONTENT, today=today):
        explore = reverse("wagtailadmin_explore_root")
        waiting = WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS).count()
        drafts = Page.objects.filter(depth__gt=1, has_unpublished_changes=True).count()
        found += [
            Figure(f"{waiting:,}", "หน้าเว็บที่รอตรวจ", reverse("wagtailadmin_reports:workflow")),
            Figure(f"{drafts:,}", "หน้าเว็บที่มีฉบับร่างยังไม่เผยแพร่", explore),
            Figure(f"{len(campaigns.running(today=today)):,}", "กิจกรรมรณรงค์ที่กำลังดำเนินอยู่", explore),
            Figure(f"{courses.count_live():,}", "รายวิชาที่เปิดเรียน", explore),
        ]
    if can(who, Verb.MANAGE_QUIZZES, today=today):
        found.append(Figure(f"{quizzes.questions_in_use():,}", "คำถามในคลังที่ใช้อยู่", reverse("questions:index")))
    if can(who, Verb.MANAGE_REQUIREMENTS, today=today):
        found += [
            Figure(
                f"{row.done:,} จาก {row.required:,}",
                f"คนผ่านแล้ว “{row.requirement}” {row.due_words}",
                reverse("requirements:edit", args=[row.requirement_id]),
            )
            for row in running_rounds(today=today)
        ]
    return found


class TodayPanel(Component):  # type: ignore[misc]
    """งานของวันนี้: the first thing on the admin's front page."""

    name = "today"
    template_name = "home/admin/today.html"
    order = 10

    def get_context_data(self, parent_context: Mapping[str, Any]) -> Mapping[str, Any]:
        """The figures for whoever looks."""
        today = local_date(timezone.now())
        return {"figures": figures(viewer(parent_context["request"]), today=today), "today": today}


@hooks.register("construct_homepage_panels")
def day_first(request: HttpRequest, panels: list[Component]) -> None:
    """Put the day's work first."""
    panels.insert(0, TodayPanel())


@hooks.register("construct_homepage_summary_items", order=900)
def no_summary(request: HttpRequest, items: list[Any]) -> None:
    """Wagtail's own counts make way: ours say what to do."""
    items.clear()


@hooks.register("construct_main_menu", order=900)
def our_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Our words and order; entries that lead nowhere useful are left out."""
    items[:] = [item for item in items if item.name not in HIDDEN]
    for item in items:
        if item.name in MENU:
            item.label, item.order = MENU[item.name]


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    """The style sheet of our own admin pages."""
    return format_html('<link rel="stylesheet" href="{}">', static("theme/admin/desk.css"))
