"""Reads of proposals: those a viewer may see, lists of them, and everything that was decided about one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from sucharit.kernel import ids
from sucharit.kernel.thai_calendar import format_date
from sucharit.officers import selectors as officers
from sucharit.officers.selectors import Role, Viewer
from sucharit.records.enums import AwardKind, DecisionKind, ProposalKind, ProposalState
from sucharit.records.models import AwardEvent, Decision
from sucharit.records.models import Proposal as Proposal

PAGE = 30
_OPEN = (ProposalState.WAITING, ProposalState.APPLYING)
_DONE = (
    ProposalState.APPLIED,
    ProposalState.ANSWERED,
    ProposalState.REFUSED,
    ProposalState.WITHDRAWN,
)
_RELATED = ("officer", "other", "agency", "made_by__officer", "decided_by__officer", "endorsed_by__officer")


def visible(who: Viewer, *, today: date) -> "QuerySet[Proposal]":
    """Proposals about people whom the viewer may see today, files of their agencies, and their own (rule E17)."""
    rows = Proposal.objects.filter(~Q(state=ProposalState.DRAFT) | Q(made_by_id=who.user_id))
    if Role.SECRETARIAT not in who.roles:
        rows = rows.exclude(kind=ProposalKind.ANONYMISE)
    if who.sees_everyone:
        return rows
    people = officers.visible_to(_staff(who), today=today).filter(pk=OuterRef("officer_id"))
    return rows.filter(
        Q(officer__isnull=False) & Exists(people)
        | Q(officer__isnull=True, agency__in=officers.agencies_visible_to(who))
    )


def _staff(who: Viewer) -> Viewer:
    """Without the viewer's own record: what is decided about it is shown on their own page."""
    return Viewer(who.user_id, None, who.roles, who.paths, who.bodies, who.is_superuser)


def one(who: Viewer, public_id: str, *, today: date) -> Proposal | None:
    """One proposal that the viewer may see, with all that its page prints, or none."""
    if not ids.is_public_id(public_id):
        return None
    rows = visible(who, today=today).select_related(
        *_RELATED, "award__edition", "decision__other", "of", "attachment"
    )
    return rows.filter(public_id=public_id).defer("attachment__content").first()


def own(who: Viewer, public_id: str) -> Proposal | None:
    """One request that this person made about themself, or none."""
    if who.user_id is None or who.officer_id is None or not ids.is_public_id(public_id):
        return None
    rows = Proposal.objects.filter(made_by_id=who.user_id, officer_id=who.officer_id, public_id=public_id)
    return rows.select_related("award__edition", "attachment").defer("attachment__content").first()


@dataclass(frozen=True)
class ProposalPage:
    """A page of proposals, newest first; `next_after` 0 on the last."""

    rows: Sequence[Proposal]
    next_after: int


LISTS: Mapping[str, str] = {"decide": "รอฉันพิจารณา", "mine": "ที่ฉันเสนอ", "done": "ที่พิจารณาแล้ว"}


def page(who: Viewer, which: str, *, today: date, kind: str = "", after: int = 0) -> ProposalPage:
    """What waits for the viewer, what they made, or what was done in their reach; found by key, not by counting."""
    rows = visible(who, today=today)
    if which == "mine":
        rows = rows.filter(made_by_id=who.user_id)
    elif which == "done":
        rows = rows.filter(state__in=_DONE)
    else:
        rows = rows.filter(state=ProposalState.WAITING).exclude(made_by_id=who.user_id)
        rows = rows.exclude(endorsed_by_id=who.user_id) if who.user_id else rows.none()
        if who.officer_id is not None:
            rows = rows.exclude(officer_id=who.officer_id)
    if kind in ProposalKind.values:
        rows = rows.filter(kind=kind)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related(*_RELATED).order_by("-id")[: PAGE + 1])
    return ProposalPage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else 0)


def of_officer(officer_id: int) -> Sequence[Proposal]:
    """What somebody asked for about themself, newest first."""
    rows = Proposal.objects.filter(officer_id=officer_id, made_by__officer=officer_id)
    return list(rows.exclude(state=ProposalState.DRAFT).select_related("award__edition").order_by("-id")[:50])


@dataclass(frozen=True)
class Event:
    """Something that was written about a person after the fact, for the page about them and for themself."""

    at: datetime
    what: str
    about: str
    reason: str
    by: str
    approved_by: str
    document: str = ""
    # A decision that still holds and can be taken back, or none.
    decision_id: int | None = None


def events(officer_id: int) -> Sequence[Event]:
    """Corrections and decisions about a person, newest first: what, about what, why and by whom. Three queries."""
    rows = AwardEvent.objects.filter(officer_id=officer_id).exclude(kind=AwardKind.AWARD)
    found = [
        Event(
            row.recorded_at,
            str(AwardKind(row.kind).label),
            row.edition.title + (f" ตั้งแต่ {format_date(row.effective_on)}" if row.effective_on else ""),
            row.reason,
            str(row.recorded_by or ""),
            "",
        )
        for row in rows.select_related("edition", "recorded_by")
    ]
    decided = Decision.objects.filter(Q(officer_id=officer_id) | Q(other_id=officer_id))
    ended = set(decided.filter(kind=DecisionKind.END).values_list("target_id", flat=True))
    for one_of in decided.select_related(
        "requirement", "period", "other", "officer", "recorded_by", "approved_by", "target"
    ):
        can_end = (
            one_of.kind != DecisionKind.END and one_of.pk not in ended and one_of.officer_id == officer_id
        )
        found.append(
            Event(
                one_of.recorded_at,
                _what(one_of),
                _about(one_of, officer_id),
                one_of.reason,
                str(one_of.recorded_by),
                str(one_of.approved_by or ""),
                one_of.document,
                one_of.pk if can_end else None,
            )
        )
    return sorted(found, key=lambda event: event.at, reverse=True)


def _what(decision: Decision) -> str:
    if decision.kind == DecisionKind.END and decision.target is not None:
        return f"ยกเลิกการ{DecisionKind(decision.target.kind).label}"
    return str(DecisionKind(decision.kind).label)


def _about(decision: Decision, officer_id: int) -> str:
    if decision.other is not None:
        other = decision.officer if decision.other_id == officer_id else decision.other
        return f"กับประวัติ “{other.full_name}”"
    title = decision.requirement.title if decision.requirement else ""
    if decision.period is not None:
        title = f"{title} {decision.period.label}"
    if decision.kind == DecisionKind.EXEMPT and decision.starts_on:
        until = f"ถึง {format_date(decision.until_on)}" if decision.until_on else "ไม่กำหนดวันสิ้นสุด"
        return f"{title} ({decision.get_exemption_display()}) ตั้งแต่ {format_date(decision.starts_on)} {until}"
    if decision.due_on and decision.original_due_on:
        return f"{title} ถึง {format_date(decision.due_on)} (กำหนดเดิม {format_date(decision.original_due_on)})"
    return title


def merged_names(officer_id: int) -> Sequence[str]:
    """Names of the records that are a part of this one today."""
    rows = Decision.objects.filter(kind=DecisionKind.MERGE, officer_id=officer_id, ends__isnull=True)
    return [row.other.full_name for row in rows.select_related("other") if row.other]


def decision_of(officer_id: int, decision_id: int) -> Decision | None:
    """A decision about this person that may be taken back, or none."""
    rows = Decision.objects.filter(officer_id=officer_id, ends__isnull=True).exclude(kind=DecisionKind.END)
    return rows.select_related("other", "requirement", "period").filter(pk=decision_id).first()
