"""Course pages get their personal shell here, at Wagtail's seam, so that models need not know views."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.models import Page

from courses import views
from courses.gain_desk import GainDesk
from courses.models import CourseIndexPage, CoursePage, LessonPage
from sucharit.records import selectors as records
from sucharit.theme.previews import PAGE_VIEW


@hooks.register(PAGE_VIEW)
def serve_course_pages(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Serve catalogue, course and lesson with what belongs to the reader. Other pages serve themselves."""
    match page:
        case CourseIndexPage():
            return views.catalogue(request, page)
        case CoursePage():
            return views.course(request, page)
        case LessonPage():
            return views.lesson(request, page)
    return None


@hooks.register("register_admin_viewset")
def gain_desk() -> GainDesk:
    """What courses teach."""
    return GainDesk()


@hooks.register("before_bulk_action")
def keep_them_from_the_bulk_action_too(
    request: HttpRequest, action_type: str, objects: Any, action_class_instance: Any
) -> HttpResponse | None:
    """The same refusal where several pages are deleted at once: none of them goes."""
    if action_type != "delete" or not objects or not isinstance(objects[0], Page):
        return None
    for page in objects:
        refusal: HttpResponse | None = keep_what_awards_rest_on(request, page)
        if refusal is not None:
            return refusal
    return None


@hooks.register("before_delete_page")
def keep_what_awards_rest_on(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse to delete a course that someone has completed (rule E4), in a sentence that says why and what to do."""
    codes = list(CoursePage.objects.descendant_of(page, inclusive=True).values_list("code", flat=True))
    held = records.subjects_with_awards(codes)
    if not held:
        return None
    messages.error(
        request,
        f"ลบหน้านี้ไม่ได้ เพราะมีผู้ผ่านรายวิชา {' '.join(sorted(held))} แล้ว หากไม่ใช้ต่อ โปรดเลือก “ยกเลิกการเผยแพร่” แทน",
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_copy_page")
def no_alias_of_a_course(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse an alias of a course, or of a page with a course below it.

    Results are kept by the course's code, and an alias would be a second course with the same one.
    """
    if request.method != "POST" or "alias" not in request.POST:
        return None
    courses = CoursePage.objects.descendant_of(page, inclusive=True)
    if not courses.exists():
        return None
    messages.error(
        request,
        "สร้างหน้าอ้างอิงของรายวิชาไม่ได้ เพราะผลการเรียนผูกกับรหัสรายวิชา ซึ่งต้องไม่ซ้ำกัน "
        "โปรดคัดลอกโดยไม่เลือก “หน้าอ้างอิง” แล้วตั้งรหัสใหม่ หรือใช้ลิงก์ไปยังรายวิชาเดิมแทน",
    )
    return redirect("wagtailadmin_pages:copy", page.pk)
