"""HTTP in, one domain call, HTTP out."""

from collections.abc import Mapping

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from sucharit.kernel import ids
from sucharit.kernel.errors import InvalidInput, NotFound
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.selectors import Verb, can, viewer
from sucharit.records import certificates, proofs, requirements, verification
from sucharit.theme.desk import number_asked


@require_GET
@login_required
@never_cache
def certificate(request: HttpRequest, serial: str) -> HttpResponse:
    """The officer's own certificate, byte for byte as it was issued. Another's is 404."""
    found = verification.certificate_file(serial, officer_id=viewer(request).officer_id)
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="sucharit-{found.serial}.pdf"'
    return response


@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Where a serial is typed by hand. No sign-in."""
    typed = request.GET.get("serial", "").strip()[:40]
    error = ""
    if typed:
        try:
            return redirect("records:verify", serial=ids.parse_serial(typed))
        except InvalidInput as fault:
            error = fault.message
    return render(
        request, "records/verify_form.html", {"typed": typed, "error": error}, status=400 if error else 200
    )


@require_safe
@never_cache
def verify(request: HttpRequest, serial: str) -> HttpResponse:
    """What a serial attests today, to anyone: nothing about the person beyond a masked name."""
    found = verification.verify(serial, today=local_date(timezone.now()))
    if found is None:
        return render(request, "records/verify_unknown.html", {"serial": serial[:40]}, status=404)
    context = {"found": found, "qr": certificates.qr_svg(certificates.verify_url(found.serial))}
    return render(request, "records/verify.html", context)


@require_safe
@never_cache
def proof(request: HttpRequest, serial: str) -> HttpResponse:
    """What proves that the award of a serial stands in the sealed ledger, to anyone: it names nobody."""
    try:
        found = proofs.proof_of_serial(serial)
    except NotFound as fault:
        return _json({"error": fault.message}, status=404)
    response = _json(found)
    response["Content-Disposition"] = f'attachment; filename="sucharit-{found["serial"]}-proof.json"'
    return response


def _json(content: Mapping[str, object], *, status: int = 200) -> JsonResponse:
    # Thai as it is read, in lines.
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _auditing(request: HttpRequest) -> None:
    """For those who see the whole country; for everyone else there is no such page."""
    if not can(viewer(request), Verb.VIEW_RULES, today=local_date(timezone.now())):
        raise Http404


@require_GET
@login_required
@never_cache
def rules(request: HttpRequest) -> HttpResponse:
    """Every requirement there ever was."""
    _auditing(request)
    return render(request, "records/rules.html", {"rows": requirements.every_rule()})


@require_GET
@login_required
@never_cache
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """Every version of a requirement's rule, one of them in words, and what it changed of another."""
    _auditing(request)
    found = requirements.versions_of(
        code,
        number=number_asked(request.GET.get("version", "")),
        against=number_asked(request.GET.get("against", "")),
    )
    if found is None:
        raise Http404
    crumbs = [
        {"label": "ประวัติข้อกำหนดการเรียน", "url": reverse("records:rules")},
        {"label": found.requirement.code},
    ]
    return render(request, "records/rule.html", {"found": found, "crumbs": crumbs})
