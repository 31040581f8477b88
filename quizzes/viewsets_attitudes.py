"""Questionnaires of attitude in Wagtail's admin: writing one, and what was counted of its closed years."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.log_actions import log

from quizzes import attitude_results
from quizzes.attitude_tables import GROUP_COLUMNS, ResultPage, csv_of, page_of, place_words
from quizzes.attitudes import (
    MOST_STATEMENTS,
    Line,
    lines_from_bank,
    lines_of,
    retire_instrument,
    save_instrument,
)
from quizzes.forms_attitudes import (
    InstrumentForm,
    frozen_lines,
    instrument_initial,
    lines_from,
    statement_rows,
)
from quizzes.models import Instrument
from sucharit.kernel.errors import DomainError
from sucharit.theme.desk import DeskPage, DeskViewSet, blame, repair


class InstrumentIndexView(generic.IndexView):  # type: ignore[misc]
    """Questionnaires by code."""

    add_item_label = "เพิ่มแบบสอบถาม"
    any_permission_required = ("add", "change")


class InstrumentPage(DeskPage):
    """One page for a new questionnaire, a copy of another, and a known one."""

    template_name = "quizzes/admin/instrument.html"

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The form as the questionnaire stands; with `copy`, a new one that begins with another's words."""
        held = self._held(pk)
        source = held or self._source(request.GET.get("copy", ""))
        form = InstrumentForm(instrument=held, initial=instrument_initial(source) if source else None)
        return self._show(held, form, statement_rows(lines=lines_of(source) if source else ()))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Store it, or fill empty rows with words from the bank."""
        held = self._held(pk)
        form = InstrumentForm(
            request.POST, instrument=held, initial=instrument_initial(held) if held else None
        )
        rows = statement_rows(request.POST)
        fixed = frozen_lines(held)
        # Both are asked, so that every mistake shows at once.
        if all([form.is_valid(), bool(fixed) or rows.is_valid()]):
            lines = list(fixed) or lines_from(rows)
            try:
                if "take" in request.POST and not fixed:
                    return self._take(held, form, lines)
                return self._store(held, form, lines)
            except DomainError as error:
                blame(error, form, *([rows] if getattr(error, "field", "") == "lines" else []))
        repair(request)
        return self._show(held, form, rows)

    def _take(self, held: Instrument | None, form: InstrumentForm, lines: list[Line]) -> HttpResponse:
        """The same page with the bank's words in the empty rows. Nothing is stored yet."""
        taken = lines_from_bank(str(form.cleaned_data["bank"]).upper().split())
        both = [*lines, *(line for line in taken if line not in lines)][:MOST_STATEMENTS]
        messages.info(self.request, "ใส่ข้อความจากคลังในแถวที่ว่างแล้ว ยังไม่ได้บันทึก")
        return self._show(held, form, statement_rows(lines=both))

    def _store(self, held: Instrument | None, form: InstrumentForm, lines: Sequence[Line]) -> HttpResponse:
        said = form.cleaned_data
        saved = save_instrument(
            code=held.code if held else said["code"],
            title=said["title"],
            introduction=said["introduction"],
            scale=said["scale"],
            lines=lines,
            declares=said["declares"],
            now=timezone.now(),
            by_id=self.request.user.pk,
        )
        log(saved, "wagtail.edit" if held else "wagtail.create", user=self.request.user)
        messages.success(self.request, "บันทึกแบบสอบถามแล้ว")
        return redirect(self.url("edit", saved.pk))

    def _held(self, pk: int | None) -> Instrument | None:
        rows = Instrument.objects.select_related("declared_by")
        return get_object_or_404(rows, pk=pk) if pk is not None else None

    def _source(self, code: str) -> Instrument | None:
        return Instrument.objects.filter(code=code).first() if code else None

    def _show(self, held: Instrument | None, form: InstrumentForm, rows: forms.BaseFormSet) -> HttpResponse:
        return self.page(
            title=f"แก้ไขแบบสอบถาม {held.code}" if held else "เพิ่มแบบสอบถาม",
            form=form,
            rows=rows,
            instrument=held,
            fixed=frozen_lines(held),
            urls={
                "results": self.url("results", held.pk),
                "retire": self.url("retire", held.pk),
                "copy": f"{self.url('add')}?copy={held.code}",
            }
            if held
            else {},
        )


class InstrumentRetire(DeskPage):
    """Offer a questionnaire to nobody any more, or again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One verb, then back with a sentence."""
        held = get_object_or_404(Instrument, pk=pk)
        retire_instrument(instrument=held, retired=not held.is_retired)
        log(held, "wagtail.edit", user=request.user)
        words = "นำแบบสอบถามกลับมาใช้แล้ว" if held.is_retired else "เลิกใช้แบบสอบถามแล้ว คำตอบเดิมยังอยู่จนครบกำหนด"
        messages.success(request, words)
        return redirect(self.url("edit", pk))


class InstrumentResults(DeskPage):
    """What was counted of closed years: as pictures with tables, and as a file of the same tables."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The place and year that the address asks for, or the newest."""
        held = get_object_or_404(Instrument, pk=pk)
        found = attitude_results.results_of(held)
        wanted = request.GET.get("of", "")
        chosen = next((one for one in found if place_words(one)[0] == wanted), None)
        if wanted and chosen is None:
            raise Http404
        shown = chosen or (found[0] if found else None)
        page = page_of(shown) if shown else None
        if "csv" in request.GET:
            return self._file(held, page)
        context = {
            "instrument": held,
            "page_of": page,
            "group_columns": GROUP_COLUMNS,
            "choices": [(*place_words(one), one is shown) for one in found],
            "urls": {"edit": self.url("edit", pk), "publish": self.url("publish", pk)},
        }
        return render(request, "quizzes/admin/attitude_results.html", context)

    def _file(self, held: Instrument, page: ResultPage | None) -> HttpResponse:
        if page is None:
            raise Http404
        answer = HttpResponse(csv_of(page), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{held.code}-{page.key}.csv"'
        return answer


class InstrumentPublish(DeskPage):
    """Count the closed years now, where the nightly timer has not."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One verb, then back to the results with a sentence."""
        get_object_or_404(Instrument, pk=pk)
        made = attitude_results.publish_due(now=timezone.now())
        if made:
            messages.success(request, "จัดทำผลของปีที่ปิดแล้ว")
        else:
            messages.info(request, "ไม่มีปีที่ปิดแล้วซึ่งยังไม่ได้จัดทำผล")
        return redirect(self.url("results", pk))


def _state(instrument: Any) -> str:
    if instrument.is_retired:
        return "เลิกใช้แล้ว"
    return "มีผู้ตอบแล้ว" if instrument.is_frozen else "ยังไม่มีผู้ตอบ"


class InstrumentViewSet(DeskViewSet):
    """แบบสอบถามทัศนคติ."""

    model = Instrument
    name = "attitudes"
    icon = "list-ul"
    menu_label = "แบบสอบถามทัศนคติ"
    menu_order = 70
    index_view_class = InstrumentIndexView
    search_fields = ("code", "title")
    ordering = ("code",)
    pages = {
        "add": ("new/", InstrumentPage),
        "edit": ("edit/<int:pk>/", InstrumentPage),
        "retire": ("retire/<int:pk>/", InstrumentRetire),
        "results": ("results/<int:pk>/", InstrumentResults),
        "publish": ("publish/<int:pk>/", InstrumentPublish),
    }
    list_display = (
        TitleColumn("title", label="แบบสอบถาม", url_name="attitudes:edit", sort_key="title"),
        Column("code", label="รหัส", sort_key="code"),
        Column("state", label="สถานะ", accessor=_state),
    )
