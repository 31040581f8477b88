"""Files of completions from before the platform: their template, the form that takes one, and the rows that could not be written."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sucharit.kernel import sheets
from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import selectors as officers
from sucharit.officers.selectors import Verb, Viewer, can, viewer
from sucharit.records import attachments, history, imported, importing, proposals, proposed
from sucharit.records.history import ERAS

PROBLEM_COLUMNS = (
    sheets.Column("number", "แถวที่", "number", 8),
    sheets.Column("person", "ผู้เรียน", "text", 24),
    sheets.Column("subject", history.SUBJECT, "text", 18),
    sheets.Column("day", history.DAY, "date", 16),
    sheets.Column("method", history.METHOD, "text", 20),
    sheets.Column("state", "สถานะ", "text", 20),
    sheets.Column("why", "สาเหตุ", "text", 60),
)
_EXAMPLE = ("", "รหัส 16 ตัวท้ายที่อยู่หน้าประวัติ", "ETH-1", "15/03/2563", "อบรมในห้องเรียน", "", "", "คำสั่งที่ 12/2563")


class ImportForm(forms.Form):
    """One file, the agency that it is of, and the era of its years."""

    agency = forms.ChoiceField(label="หน่วยงาน", help_text="นำเข้าได้เฉพาะผู้ที่วันนี้อยู่ในหน่วยงานนี้และหน่วยงานใต้สังกัด")
    era = forms.ChoiceField(
        label="ปีในไฟล์เป็น",
        choices=list(ERAS.items()),
        widget=forms.RadioSelect,
        help_text="แถวที่ปีไม่ตรงกับที่เลือกจะไม่ถูกบันทึก เพื่อไม่ให้วันที่คลาดไป 543 ปี",
    )
    file = forms.FileField(
        label="ไฟล์",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=f"XLSX หรือ CSV ตามแบบฟอร์ม ไม่เกิน {history.MOST_ROWS:,} แถว",
    )
    reason = forms.CharField(
        label="คำอธิบาย",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="ที่มาของข้อมูล เช่น ทะเบียนอบรมของกองการเจ้าหน้าที่ ปี 2563",
    )

    def __init__(self, *args: Any, agencies: Sequence[officers.AgencyNode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {agency.public_id: agency for agency in agencies}
        choices = [(agency.public_id, agency.name) for agency in agencies]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["agency"].initial = choices[0][0]


def _worker(request: HttpRequest) -> tuple[Viewer, Any]:
    now = timezone.now()
    who = viewer(request)
    if not can(who, Verb.CORRECT_RECORDS, today=local_date(now)):
        raise Http404
    return who, now


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take a file, read it, and lead to the page that says what would become of every row. Nothing is written yet."""
    who, now = _worker(request)
    facts = {"agencies": officers.scope_roots(officers.correcting(who))}
    form = (
        ImportForm(request.POST, request.FILES, **facts) if request.method == "POST" else ImportForm(**facts)
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            proposal = importing.receive(
                content=upload.file,
                filename=upload.name,
                size=upload.size,
                era=form.cleaned_data["era"],
                agency=form.agencies[form.cleaned_data["agency"]],
                reason=form.cleaned_data["reason"],
                who=who,
                now=now,
            )
            return redirect("home:hr_act", proposal.public_id)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    return render(request, "home/hr_import.html", {"form": form})


@require_GET
@login_required
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The template with one example row: `xlsx` or `csv`."""
    _worker(request)
    name = "sucharit-import"
    if kind == "xlsx":
        book = sheets.xlsx_file(history.COLUMNS, [_EXAMPLE], sheet_name="นำเข้าประวัติ")
        return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx")
    if kind != "csv":
        raise Http404
    answer = StreamingHttpResponse(
        sheets.csv_stream(history.COLUMNS, [_EXAMPLE]), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


@require_GET
@login_required
@never_cache
def problems(request: HttpRequest, proposal_id: str) -> HttpResponseBase:
    """The rows of a file that were not written and why, as CSV. National ids are not in it: only their masked tail."""
    now = timezone.now()
    who = viewer(request)
    proposal = proposed.one(who, proposal_id, today=local_date(now))
    if proposal is None or proposal.kind not in proposals.FILES:
        raise Http404
    if not can(who, Verb.CORRECT_RECORDS, proposal.agency, today=local_date(now)):
        raise Http404
    answer = StreamingHttpResponse(
        sheets.csv_stream(PROBLEM_COLUMNS, imported.problem_rows(proposal)),
        content_type="text/csv; charset=utf-8",
    )
    answer["Content-Disposition"] = f'attachment; filename="sucharit-import-{proposal.public_id}.csv"'
    return answer


@require_GET
@login_required
@never_cache
def paper(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """The file of a proposal, for whoever may see that: staff in whose reach it is, and the person who handed it in."""
    who = viewer(request)
    today = local_date(timezone.now())
    found = proposed.own(who, proposal_id)
    if found is None and can(who, Verb.OPEN_HR_DESK, today=today):
        found = proposed.one(who, proposal_id, today=today)
    attachment = found.attachment if found is not None else None
    if attachment is None:
        raise Http404
    answer = HttpResponse(bytes(attachment.content), content_type=attachments.TYPES[attachment.kind])
    answer["Content-Disposition"] = attachments.disposition(attachment)
    # Kept apart from the site even where a browser shows it: it came from somebody's disk.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
