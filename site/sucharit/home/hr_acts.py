"""The HR desk acts on records: a form about one person, a page that says what will happen, and the list of what waits.

A form becomes a draft that only its maker sees; its page shows each round before and after. Confirmed, it is written at once or waits
for somebody else. Outside the viewer's scope everything is 404, and whoever audits only looks.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sucharit.home.hr_forms import FORMS, ActForm, award_initial, initial_of
from sucharit.kernel.errors import DomainError, InvalidInput, NotFound, Refused
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import selectors as officers
from sucharit.officers.selectors import Role, Verb, Viewer, can, viewer
from sucharit.records import acts, attachments, imported, importing, proposals, proposed, supposing, wording
from sucharit.records import selectors as records
from sucharit.records import services as ledger
from sucharit.records.enums import ProposalKind, ProposalState
from sucharit.theme.desk import number_asked

OF_AN_AWARD = frozenset({ProposalKind.REVOKE, ProposalKind.REINSTATE, ProposalKind.AMEND})
WITH_SECRETARIAT = frozenset({ProposalKind.ANONYMISE})


@dataclass(frozen=True)
class Desk:
    """Who works, on whose record, and when."""

    who: Viewer
    officer: officers.Officer
    now: datetime

    @property
    def today(self) -> date:
        """The Bangkok day."""
        return local_date(self.now)


def _desk(request: HttpRequest, officer_id: str) -> Desk:
    """The desk on a person whom the viewer may correct; for everybody else there is no such page."""
    now = timezone.now()
    who = viewer(request)
    officer = officers.officer_by_public_id(who, officer_id, today=local_date(now))
    if officer is None or not can(who, Verb.CORRECT_RECORDS, officer, today=local_date(now)):
        raise Http404
    return Desk(who, officer, now)


@dataclass(frozen=True)
class About:
    """What else a proposal is about, by its kind: an award, a decision, another record."""

    award: records.AwardEvent | None = None
    decision: Any = None
    other: officers.Officer | None = None

    @property
    def query(self) -> str:
        """The same as a query."""
        named = {
            "award": self.award.pk if self.award else "",
            "decision": self.decision.pk if self.decision else "",
            "other": self.other.public_id if self.other else "",
        }
        return urlencode({name: value for name, value in named.items() if value})


def _about(request: HttpRequest, desk: Desk, kind: str) -> About:
    if kind in OF_AN_AWARD:
        pk = number_asked(request.GET.get("award", "")) or 0
        award = next((one for one in records.awards_seen_by(desk.who, desk.officer.pk) if one.pk == pk), None)
        if award is None:
            raise Http404
        return About(award=award)
    if kind == ProposalKind.END:
        decision = proposed.decision_of(desk.officer.pk, number_asked(request.GET.get("decision", "")) or 0)
        if decision is None:
            raise Http404
        # Taking two records apart is about both of them.
        return About(decision=decision, other=decision.other)
    if kind == ProposalKind.MERGE:
        other = officers.officer_by_public_id(desk.who, request.GET.get("other", ""), today=desk.today)
        if other is None or not can(desk.who, Verb.CORRECT_RECORDS, other, today=desk.today):
            raise Http404
        return About(other=other)
    return About()


def _draft(request: HttpRequest, desk: Desk, kind: str) -> proposed.Proposal | None:
    """The maker's own draft that is being mended, or none."""
    public_id = request.GET.get("draft", "")
    if not public_id:
        return None
    found = proposed.one(desk.who, public_id, today=desk.today)
    is_theirs = (
        found is not None
        and found.state == ProposalState.DRAFT
        and found.made_by_id == desk.who.user_id
        and (found.officer_id, found.kind) == (desk.officer.pk, kind)
    )
    if not is_theirs:
        raise Http404
    return found


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, officer_id: str, kind: str) -> HttpResponse:
    """The form of one kind of proposal about a person. A good one leads to the page that says what will happen."""
    desk = _desk(request, officer_id)
    if kind not in FORMS or (kind in WITH_SECRETARIAT and Role.SECRETARIAT not in desk.who.roles):
        raise Http404
    about, before = _about(request, desk, kind), _draft(request, desk, kind)
    facts: dict[str, Any] = {"officer": desk.officer, "today": desk.today}
    if about.award is not None and kind == ProposalKind.AMEND:
        # What was graded here is the learner's to see, and the key's correction to change (rules E12, E23).
        facts["with_score"] = about.award.method not in acts.GRADED
    if request.method == "POST":
        form = FORMS[kind](request.POST, request.FILES, **facts)
        saved = _save(form, desk, ProposalKind(kind), about, before)
        if saved is not None:
            return redirect("home:hr_act", saved.public_id)
    else:
        initial = initial_of(before) if before else award_initial(about.award) if about.award else {}
        form = FORMS[kind](initial=initial, **facts)
    context = {
        "form": form,
        "kind": kind,
        "label": ProposalKind(kind).label,
        "officer": desk.officer,
        "posting": officers.posting_on(desk.officer.pk, desk.today),
        "about": about,
        "before": before,
        "kept": _kept(form, desk, before),
        "compared": _compared(desk, about.other if kind == ProposalKind.MERGE else None),
    }
    return render(request, "home/hr_act_form.html", context)


def _save(
    form: ActForm, desk: Desk, kind: ProposalKind, about: About, before: proposed.Proposal | None
) -> proposed.Proposal | None:
    """The draft that the form makes; with a mistake none, and the form says where."""
    attachment = keep_file(form, desk.who, desk.now)
    if not form.is_valid():
        return None
    wanted = proposals.Wanted(
        kind=kind,
        officer=desk.officer,
        reason=form.cleaned_data["reason"],
        payload=form.payload(),
        reason_code=form.cleaned_data.get("reason_code", ""),
        document=form.cleaned_data["document"],
        other=about.other,
        award_id=about.award.pk if about.award else None,
        decision_id=about.decision.pk if about.decision else None,
        attachment=attachment,
    )
    try:
        return proposals.draft(wanted=wanted, who=desk.who, now=desk.now, instead=before)
    except InvalidInput as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
    except NotFound as error:
        raise Http404 from error
    except DomainError as error:
        form.add_error(None, error.message)
    return None


def keep_file(form: ActForm, who: Viewer, now: datetime) -> Any:
    """The file chosen now or with an earlier try of the form, kept; a bad one is the form's error at its field."""
    upload = form.files.get("file")
    if upload and who.user_id is not None:
        try:
            attachment = attachments.keep(upload=upload, by_id=who.user_id, now=now)
        except InvalidInput as error:
            form.add_error("file", error.message)
            return None
        # So that the next try knows it, whatever else is wrong.
        form.data = {**form.data.dict(), "kept_file": attachment.public_id}  # type: ignore[attr-defined]
        return attachment
    return attachments.kept(form.data.get("kept_file", ""), by_id=who.user_id or 0)


def _kept(form: ActForm, desk: Desk, before: proposed.Proposal | None) -> Any:
    found = (
        attachments.kept(form.data.get("kept_file", ""), by_id=desk.who.user_id or 0)
        if form.is_bound
        else None
    )
    return found or (before.attachment if before else None)


def _compared(desk: Desk, other: officers.Officer | None) -> list[dict[str, Any]]:
    """Both records side by side, for whoever says that they are one person's."""
    if other is None:
        return []
    return [
        {
            "officer": one,
            "posting": officers.posting_on(one.pk, desk.today),
            "awards": records.awards_seen_by(desk.who, one.pk),
        }
        for one in (desk.officer, other)
    ]


@require_GET
@login_required
@never_cache
def find_other(request: HttpRequest, officer_id: str) -> HttpResponse:
    """Find the other record of the same person by name, within the viewer's scope."""
    desk = _desk(request, officer_id)
    words = request.GET.get("q", "").replace("\x00", "")[:80].strip()
    found = officers.people_named(officers.correcting(desk.who), words, today=desk.today) if words else []
    rows = [one for one in found if one.pk != desk.officer.pk]
    context = {"officer": desk.officer, "words": words, "rows": rows[:20], "more": len(rows) > 20}
    return render(request, "home/hr_find_other.html", context)


# --- the list and the page of one ---------------------------------------------------------------------------


def _looker(request: HttpRequest, today: date) -> Viewer:
    who = viewer(request)
    if not can(who, Verb.OPEN_HR_DESK, today=today):
        raise Http404
    return who


@require_GET
@login_required
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer, what they made, what was done: thirty at a time."""
    today = local_date(timezone.now())
    who = _looker(request, today)
    which, kind = request.GET.get("list", "decide"), request.GET.get("kind", "")
    which = which if which in proposed.LISTS else "decide"
    page = proposed.page(
        who, which, today=today, kind=kind, after=number_asked(request.GET.get("after", "")) or 0
    )
    query = {"list": which, "kind": kind}
    context = {
        "page": page,
        "which": which,
        "kind": kind,
        "lists": proposed.LISTS.items(),
        "kinds": ProposalKind.choices,
        "next_url": f"?{urlencode({**query, 'after': page.next_after})}" if page.next_after else "",
        "may_correct": can(who, Verb.CORRECT_RECORDS, today=today),
    }
    return render(request, "home/hr_acts.html", context)


def _one(request: HttpRequest, proposal_id: str, now: datetime) -> tuple[Viewer, proposed.Proposal]:
    who = _looker(request, local_date(now))
    proposal = proposed.one(who, proposal_id, today=local_date(now))
    if proposal is None:
        raise Http404
    return who, proposal


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """One proposal: what will happen, its facts, before and after, and what the viewer may do about it."""
    now = timezone.now()
    who, proposal = _one(request, proposal_id, now)
    error, note = None, ""
    if request.method == "POST":
        note = request.POST.get("note", "").replace("\x00", "")[:2_000]
        error = _decide(request, who, proposal, note, now)
        if error is None:
            return redirect("home:hr_act", proposal_id)
        _, proposal = _one(request, proposal_id, now)
    elif proposal.officer_id and who.user_id and proposal.officer_id != who.officer_id:
        ledger.note_person_seen(viewer_id=who.user_id, officer_id=proposal.officer_id, now=now)
    return render(request, "home/hr_act.html", _facts(request, who, proposal, error, note, now))


def _facts(
    request: HttpRequest,
    who: Viewer,
    proposal: proposed.Proposal,
    error: DomainError | None,
    note: str,
    now: datetime,
) -> dict[str, Any]:
    is_open = proposal.state in (ProposalState.DRAFT, ProposalState.WAITING)
    is_file = proposal.kind in proposals.FILES
    state = request.GET.get("rows", "")
    return {
        "proposal": proposal,
        "sentence": wording.sentence(proposal),
        "details": wording.details(proposal),
        "changes": supposing.changes(proposal, now=now) if is_open else [],
        "is_mine": proposal.made_by_id == who.user_id,
        "may_decide": proposals.may_decide(proposal, who, now=now),
        "is_endorsed": bool(proposal.endorsed_by_id),
        "edit_url": _edit_url(proposal),
        "error": error,
        "note": note,
        "file": imported.summary(proposal, state, after=number_asked(request.GET.get("after", "")) or 0)
        if is_file
        else None,
        "may_retry": proposal.state in (ProposalState.DRAFT, ProposalState.APPLIED)
        and can(who, Verb.CORRECT_RECORDS, proposal.agency, today=local_date(now)),
        "may_undo": importing.may_undo(proposal, who, now=now) if is_file else False,
    }


def _edit_url(proposal: proposed.Proposal) -> str:
    if proposal.officer is None or proposal.state != ProposalState.DRAFT:
        return ""
    other = proposal.other.public_id if proposal.other else ""
    about = {"award": proposal.award_id, "decision": proposal.decision_id, "other": other}
    query = urlencode(
        {name: value for name, value in {**about, "draft": proposal.public_id}.items() if value}
    )
    return f"{reverse('home:hr_act_form', args=[proposal.officer.public_id, proposal.kind])}?{query}"


DONE = {
    "confirm": "",
    "approve": "อนุมัติแล้ว",
    "refuse": "บันทึกว่าไม่อนุมัติแล้ว",
    "answer": "ส่งคำตอบแล้ว",
    "withdraw": "ถอนรายการแล้ว",
    "retry": "ลองจับคู่อีกครั้งแล้ว",
    "undo": "เสนอยกเลิกการนำเข้าแล้ว",
}


def _decide(
    request: HttpRequest, who: Viewer, proposal: proposed.Proposal, note: str, now: datetime
) -> DomainError | None:
    """What the pressed button says. None where it is done, else why not."""
    if not can(who, Verb.CORRECT_RECORDS, today=local_date(now)):
        raise Http404
    verb = request.POST.get("act", "")
    same: dict[str, Any] = {"proposal_id": proposal.pk, "who": who, "now": now}
    try:
        match verb:
            case "confirm":
                after = proposals.confirm(**same)
                is_waiting = after.state == ProposalState.WAITING
                messages.success(request, "ส่งให้ผู้อื่นพิจารณาแล้ว" if is_waiting else "บันทึกแล้ว")
            case "approve" | "refuse" | "answer":
                getattr(proposals, verb)(**same, note=note)
            case "withdraw":
                proposals.withdraw(**same)
            case "retry" | "undo":
                getattr(importing, verb)(**same)
            case _:
                return Refused("act_unknown", "โปรดเลือกปุ่มใดปุ่มหนึ่งในหน้านี้")
    except NotFound as error:
        raise Http404 from error
    except DomainError as error:
        return error
    if DONE[verb]:
        messages.success(request, DONE[verb])
    return None
