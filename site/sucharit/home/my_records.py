"""A learner's own record: what was decided and corrected about it, what they asked for, and the forms to ask (rules E15, E25)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sucharit.home.hr_acts import keep_file
from sucharit.home.hr_forms import ContestForm, RecogniseForm
from sucharit.kernel.errors import DomainError, InvalidInput
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import selectors as officers
from sucharit.officers.selectors import Verb, Viewer, can, viewer
from sucharit.records import attachments, proposals, proposed
from sucharit.records import selectors as records
from sucharit.records.enums import ProposalKind
from sucharit.theme.desk import number_asked

FORMS = {ProposalKind.CONTEST: ContestForm, ProposalKind.RECOGNISE: RecogniseForm}


@require_GET
@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Everything that stands about oneself: completions with what was done to them, decisions, and one's own requests."""
    now = timezone.now()
    who = viewer(request)
    officer_id = who.officer_id
    context: dict[str, Any] = {"who": who, "now": now}
    if officer_id is not None:
        context |= {
            "awards": records.awards_told(officer_id, today=local_date(now)),
            "events": proposed.events(officer_id),
            "requests": proposed.of_officer(officer_id),
            "merged": proposed.merged_names(officer_id),
        }
    return render(request, "home/my_records.html", context)


def _person(request: HttpRequest) -> tuple[Viewer, officers.Officer]:
    who = viewer(request)
    today = local_date(timezone.now())
    if who.officer_id is None or not can(who, Verb.LEARN, today=today):
        raise Http404
    return who, officers.officer_of(who.officer_id)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """Contest an entry, or ask that something learned elsewhere be recognised. HR of one's agency answers."""
    who, officer = _person(request)
    if kind not in FORMS:
        raise Http404
    now = timezone.now()
    pk = number_asked(request.GET.get("award", ""))
    award = next((one for one in records.awards_of(officer.pk) if one.pk == pk), None)
    if pk is not None and award is None:
        raise Http404
    facts: dict[str, Any] = {"officer": officer, "today": local_date(now)}
    form = FORMS[ProposalKind(kind)](**facts)
    if request.method == "POST":
        form = FORMS[ProposalKind(kind)](request.POST, request.FILES, **facts)
        attachment = keep_file(form, who, now)
        if form.is_valid():
            wanted = proposals.Wanted(
                kind=ProposalKind(kind),
                officer=officer,
                reason=form.cleaned_data["reason"],
                payload=form.payload(),
                document=form.cleaned_data["document"],
                award_id=award.pk if award else None,
                attachment=attachment,
            )
            try:
                proposals.ask(wanted=wanted, who=who, now=now)
                messages.success(request, "ส่งคำขอแล้ว เจ้าหน้าที่บุคคลของหน่วยงานจะพิจารณาและตอบที่หน้านี้")
                return redirect("home:my_records")
            except InvalidInput as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            except DomainError as error:
                form.add_error(None, error.message)
    kept = attachments.kept(form.data.get("kept_file", ""), by_id=who.user_id or 0) if form.is_bound else None
    context = {"form": form, "kind": kind, "award": award, "kept": kept}
    return render(request, "home/my_request.html", context)
