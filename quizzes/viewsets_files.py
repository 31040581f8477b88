"""Questions as files in Wagtail's admin: hand in, look, apply; and take away. HTTP in, one domain call, HTTP out."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from wagtail.log_actions import log

from quizzes import imports, interchange
from quizzes.enums import Standard
from quizzes.models import BankImport, Question, Topic
from sucharit.kernel.errors import DomainError
from sucharit.theme.desk import DeskPage, blame, repair

FORMATS = {
    interchange.Format.XLSX: "Excel (แบบฟอร์มของระบบ)",
    interchange.Format.CSV: "CSV (คอลัมน์เดียวกับ Excel)",
    interchange.Format.MOODLE_XML: "Moodle XML",
    interchange.Format.GIFT: "GIFT",
    interchange.Format.AIKEN: "Aiken",
}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
SHOWN = 300


class FileForm(forms.Form):
    """A file of questions."""

    file = forms.FileField(
        label="ไฟล์คำถาม",
        help_text="Excel ตามแบบฟอร์ม, CSV, Moodle XML, GIFT หรือ Aiken ขนาดไม่เกิน 5 MB",
        error_messages={"required": "โปรดเลือกไฟล์", "empty": "ไฟล์นี้ว่าง"},
    )


class ExportForm(forms.Form):
    """Which questions, and in which format."""

    format = forms.ChoiceField(
        label="รูปแบบไฟล์", choices=[(key.value, words) for key, words in FORMATS.items()]
    )
    topics = forms.ModelChoiceField(
        label="หัวข้อ", queryset=Topic.objects.all(), required=False, empty_label="ทุกหัวข้อ"
    )
    standard = forms.TypedChoiceField(
        label="มาตรฐานข้อที่",
        choices=[("", "ทุกมาตรฐาน"), *Standard.choices],
        coerce=int,
        required=False,
        empty_value=None,
    )

    def questions(self) -> Any:
        """The questions in use that are asked for."""
        found = Question.objects.filter(is_retired=False)
        if self.cleaned_data["topics"]:
            found = found.filter(topics=self.cleaned_data["topics"])
        if self.cleaned_data["standard"] is not None:
            found = found.filter(standard=self.cleaned_data["standard"])
        return found


def _attached(file: interchange.Written) -> HttpResponse:
    kind = TYPES[file.filename.rsplit(".", 1)[-1]]
    headers = {"Content-Disposition": f'attachment; filename="{file.filename}"'}
    return HttpResponse(file.data, content_type=kind, headers=headers)


class QuestionTemplate(DeskPage):
    """The empty workbook to fill in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """As a download."""
        return _attached(interchange.template())


class QuestionImport(DeskPage):
    """Hand in a file; it is looked at before anything is stored."""

    template_name = "quizzes/admin/import.html"
    submit_button_label = "ตรวจไฟล์"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, and the last files."""
        return self._show(FileForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the file and go on to what it would do."""
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                batch = imports.receive(
                    filename=file.name, content=file.read(), now=timezone.now(), by_id=request.user.pk
                )
            except DomainError as error:
                blame(error, form)
            else:
                return redirect(self.url("import_look", batch.pk))
        repair(request)
        return self._show(form)

    def _show(self, form: forms.Form) -> HttpResponse:
        return self.page(
            title="นำเข้าคำถามจากไฟล์",
            form=form,
            recent=[(batch, self.url("import_look", batch.pk)) for batch in imports.recent_imports()],
            template_url=self.url("template"),
        )


class QuestionImportLook(DeskPage):
    """What a file would do to the bank, question by question, and the button that does it."""

    template_name = "quizzes/admin/import_look.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The look; of a file that was applied, what it did."""
        batch = get_object_or_404(BankImport.objects.select_related("created_by"), pk=pk)
        seen = imports.look_at(batch)
        return self.page(
            title="ตรวจก่อนนำเข้า" if batch.applied_at is None else "ผลการนำเข้า",
            trail=[("นำเข้าคำถามจากไฟล์", self.url("import"))],
            batch=batch,
            seen=seen,
            format=FORMATS[interchange.Format(seen.format)] if seen.format else "",
            lines=seen.lines[:SHOWN],
            more=max(0, len(seen.lines) - SHOWN),
            again_url=self.url("import"),
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Apply, once, and say what happened."""
        batch = get_object_or_404(BankImport, pk=pk)
        try:
            done = imports.apply_import(batch=batch, now=timezone.now(), by_id=request.user.pk)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            log(done, "wagtail.create", user=request.user)
            messages.success(
                request,
                f"นำเข้าแล้ว เพิ่มใหม่ {done.added:,} ข้อ ฉบับใหม่ {done.changed:,} ข้อ "
                f"เปลี่ยนป้าย {done.filed:,} ข้อ "
                f"เหมือนเดิม {done.unchanged:,} ข้อ กักไว้ {done.refused:,} ข้อ",
            )
        return redirect(self.url("import_look", pk))


class QuestionExport(DeskPage):
    """Take questions away in a file, knowing first what its format cannot hold."""

    template_name = "quizzes/admin/export.html"
    submit_button_label = "ตรวจว่าไฟล์เก็บอะไรได้"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form; with a choice made, what would be left out; with `download`, the file."""
        form = ExportForm(request.GET or None)
        file = None
        if form.is_bound and form.is_valid():
            format_ = interchange.Format(form.cleaned_data["format"])
            file = imports.export(form.questions(), format_=format_)
            if "download" in request.GET:
                return _attached(file)
        query = request.GET.copy()
        query["download"] = "1"
        return self.page(
            title="นำคำถามออกเป็นไฟล์",
            form=form,
            file=file,
            notes=file.notes[:SHOWN] if file else (),
            more=max(0, len(file.notes) - SHOWN) if file else 0,
            download_url=f"?{query.urlencode()}",
        )
