"""ผลการเรียนรู้ in Wagtail's admin: what each course taught, for groups of people. HTTP in, one domain call, HTTP out."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from courses import gain_words as words
from courses.gain import CourseGain, gain_of_course, gains_of_courses
from courses.models import CoursePage
from sucharit.kernel import sheets
from sucharit.kernel.errors import NotFound
from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.officers.permissions import AsCan
from sucharit.officers.selectors import Verb, can, viewer
from sucharit.theme.desk import DeskPage

LONGEST_QUERY = 40


class GainDeskPage(DeskPage):
    """A page of this desk. Figures of groups only, so whoever may come in may see every agency's."""

    permission_policy = AsCan(CoursePage, Verb.VIEW_GAIN)
    http_method_names = ["get", "head", "options"]

    def seen(self, code: str) -> CourseGain:
        """What the address asks for; what does not exist is not found."""
        asked = {name: self.request.GET.get(name, "")[:LONGEST_QUERY] for name in ("year", "agency")}
        try:
            return gain_of_course(code, year=asked["year"], agency_id=asked["agency"], now=timezone.now())
        except NotFound as error:
            raise Http404 from error


class GainIndex(GainDeskPage):
    """Every course with its headline for this fiscal year."""

    template_name = "courses/admin/gain_index.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list by code."""
        now = timezone.now()
        courses = [
            (
                line,
                self.url("course", line.code),
                words.headline("ผู้เรียน", line.total) if line.total else words.TOO_FEW,
                words.effect(line.total) if line.total else "",
            )
            for line in gains_of_courses(now=now)
        ]
        year = FiscalYear.of(local_date(now))
        return self.page(title=year.label, courses=courses, year=year, now=now)


class GainOfCourse(GainDeskPage):
    """One course: the sentence, the pictures with their tables, and how to read them."""

    template_name = "courses/admin/gain.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """A fiscal year, of everybody or of one agency's subtree."""
        seen = self.seen(code)
        query = {"year": str(seen.year.year), **({"agency": seen.agency.public_id} if seen.agency else {})}
        files = [
            (label, f"{self.url(name, seen.code)}?{urlencode(query)}")
            for name, label in (("csv", "ดาวน์โหลด CSV"), ("xlsx", "ดาวน์โหลด Excel"))
        ]
        total = seen.total
        return self.page(
            title=seen.title,
            seen=seen,
            files=files,
            chain=self._chain(seen),
            overall=words.overall(seen) if total else None,
            headline=words.headline(f"ผู้เรียนใน{seen.agency.name}" if seen.agency else "ผู้เรียน", total)
            if total
            else "",
            says=[words.effect(total), words.room(total), words.drop_out(total), words.full_before(total)]
            if total
            else [],
            unseen=words.AGENCY_HIDDEN if seen.agency else words.TOO_FEW,
            sections=words.sections(seen) if total else [],
            convention=words.CONVENTION,
            notes=words.NOTES,
        )

    def _chain(self, seen: CourseGain) -> Sequence[tuple[str, str]]:
        """The way back up from an agency: everybody, then the agencies above."""
        if seen.agency is None:
            return ()
        year = seen.year.year
        above = [
            (node.name, f"?{urlencode({'year': year, 'agency': node.public_id})}") for node in seen.chain
        ]
        return [("ทุกหน่วยงาน", f"?{urlencode({'year': year})}"), *above]


class GainCsv(GainDeskPage):
    """What the page shows, as CSV."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """The groups of the page, then the notes."""
        seen = self.seen(code)
        response = StreamingHttpResponse(
            sheets.csv_stream(words.COLUMNS, words.file_rows(seen), trailer=words.file_notes(seen)),
            content_type="text/csv; charset=utf-8",
        )
        response["Content-Disposition"] = f'attachment; filename="{quote(words.file_stem(seen))}.csv"'
        return response


class GainXlsx(GainDeskPage):
    """What the page shows, as a workbook."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """The notes, then the groups of the page."""
        seen = self.seen(code)
        book = sheets.xlsx_file(
            words.COLUMNS, words.file_rows(seen), sheet_name="ผลการเรียนรู้", preamble=words.file_notes(seen)
        )
        return FileResponse(book, as_attachment=True, filename=f"{words.file_stem(seen)}.xlsx")


class GainMenuItem(MenuItem):  # type: ignore[misc]
    """Shown to whoever may come in."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the viewer may see what courses teach."""
        return can(viewer(request), Verb.VIEW_GAIN, today=local_date(timezone.now()))


class GainDesk(ViewSet):  # type: ignore[misc]
    """ผลการเรียนรู้."""

    name = "gain"
    icon = "order-up"
    menu_label = "ผลการเรียนรู้"
    menu_order = 215
    menu_item_class = GainMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, a course, and its files."""
        pages: Any = {
            "index": ("", GainIndex),
            "course": ("<str:code>/", GainOfCourse),
            "csv": ("<str:code>/gain.csv", GainCsv),
            "xlsx": ("<str:code>/gain.xlsx", GainXlsx),
        }
        return [
            path(address, view.as_view(viewset=self), name=name) for name, (address, view) in pages.items()
        ]
