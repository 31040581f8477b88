"""What a proposal would change: a person's standings as they are, and as they would be, by the same pure function as all standings."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime

from sucharit.kernel.thai_calendar import local_date, midnight
from sucharit.records.acts import day_of
from sucharit.records.enums import DecisionKind, ProposalKind, Shown, State
from sucharit.records.facts import Asked, Known, asked_of, known_of
from sucharit.records.models import AwardEvent, Proposal, RequirementPeriod, Subject
from sucharit.records.rules import FOREVER
from sucharit.records.showing import shown
from sucharit.records.statuses import statuses
from sucharit.records.timeline import Award, Exemption, Extension, Span, timeline

# An award that is not there yet, in what is only supposed.
_NEW = 0


@dataclass(frozen=True)
class Stand:
    """Where somebody stands in a period, for a preview. `due_on` none where nothing is due."""

    shown: Shown
    due_on: date | None
    original_due_on: date | None
    completed_on: date | None


@dataclass(frozen=True)
class Change:
    """One period before and after."""

    period: RequirementPeriod
    before: Stand
    after: Stand

    @property
    def is_change(self) -> bool:
        """Whether anything differs."""
        return self.before != self.after


def changes(proposal: Proposal, *, now: datetime) -> Sequence[Change]:
    """Every period that the person is or would be required in, newest first, before and after. A dozen queries."""
    suppose = _SUPPOSE.get(ProposalKind(proposal.kind))
    if suppose is None or proposal.officer_id is None:
        return []
    rows = RequirementPeriod.objects.filter(applied_at__isnull=False, opens_on__lte=local_date(now))
    periods = list(rows.select_related("requirement").order_by("-opens_on", "id"))
    asked = asked_of(periods)
    ids = [proposal.officer_id, *([proposal.other_id] if proposal.other_id else [])]
    known = known_of(ids, through=None)
    mine = known[proposal.officer_id]
    supposed = copy(mine)
    suppose(proposal, supposed, known, now)
    found = []
    for period, each in zip(periods, asked, strict=True):
        before, after = (_stand(period, each, one, now) for one in (mine, supposed))
        if Shown.NOT_REQUIRED not in (before.shown, after.shown) or before != after:
            found.append(Change(period, before, after))
    return found


def _stand(period: RequirementPeriod, asked: Asked, known: Known, now: datetime) -> Stand:
    spans = timeline(asked.rules, known.facts_for(asked), until=now)
    span: Span | None = spans[-1] if spans else None
    if span is None or span.state == State.NOT_REQUIRED:
        return Stand(Shown.NOT_REQUIRED, None, None, None)
    told = shown(
        span.state,
        due_on=span.due_on,
        turns_on=span.turns_on,
        day=local_date(now),
        window_days=period.requirement.window_days,
    )
    done = local_date(span.completed_at) if span.completed_at else None
    due = None if span.due_on == FOREVER else span.due_on
    return Stand(told, due, span.original_due_on, done)


Suppose = Callable[[Proposal, Known, Mapping[int, Known], datetime], None]


def _with_award(proposal: Proposal, mine: Known, known: Mapping[int, Known], now: datetime) -> None:
    day = day_of(proposal, "day")
    subject = Subject.objects.filter(code=proposal.payload["subject"]).values_list("pk", flat=True).first()
    if day is not None and subject is not None:
        at = midnight(day)
        mine.awards = [*mine.awards, Award(_NEW, subject, at, at)]


def _without_award(proposal: Proposal, mine: Known, known: Mapping[int, Known], now: datetime) -> None:
    day = day_of(proposal, "effective_on")
    if day is None:
        mine.awards = [one for one in mine.awards if one.award_id != proposal.award_id]
    else:
        end = midnight(day)
        mine.awards = [
            replace(one, counts_until=min(end, one.counts_until or end))
            if one.award_id == proposal.award_id
            else one
            for one in mine.awards
        ]


def _award_again(proposal: Proposal, mine: Known, known: Mapping[int, Known], now: datetime) -> None:
    award = proposal.award
    if award is None:
        return
    at = statuses([award], today=local_date(now))[award.pk].completed_at
    others = [one for one in mine.awards if one.award_id != award.pk]
    mine.awards = [*others, Award(award.pk, award.subject_id, at, at)]


def _award_otherwise(proposal: Proposal, mine: Known, known: Mapping[int, Known], now: datetime) -> None:
    day = day_of(proposal, "day")
    if day is not None:
        at = midnight(day)
        mine.awards = [
            replace(one, completed_at=at, counts_from=at) if one.award_id == proposal.award_id else one
            for one in mine.awards
        ]


def _exempt(proposal: Proposal, mine: Known, known: Mapping[int, Known], now: datetime) -> None:
    starts = day_of(proposal, "starts_on") or local_date(now)
    exemption = Exemption(starts, day_of(proposal, "until_on"))
    row = (int(proposal.payload["requirement"]), proposal.payload.get("period"), exemption)
    mine.exemptions = [*mine.exemptions, row]


def _extend(proposal: Proposal, mine: Known, known: Mapping[int, Known], now: datetime) -> None:
    due_on = day_of(proposal, "due_on")
    if due_on is not None:
        mine.extensions = [*mine.extensions, (int(proposal.payload["period"]), Extension(due_on, now))]


def _merge(proposal: Proposal, mine: Known, known: Mapping[int, Known], now: datetime) -> None:
    other = known.get(proposal.other_id or 0)
    if other is not None:
        brought = [replace(one, counts_from=max(one.counts_from, now)) for one in other.awards]
        mine.awards = [*mine.awards, *brought]
        mine.exemptions = [*mine.exemptions, *other.exemptions]
        mine.extensions = [*mine.extensions, *other.extensions]


def _end(proposal: Proposal, mine: Known, known: Mapping[int, Known], now: datetime) -> None:
    decision = proposal.decision
    if decision is None:
        return
    if decision.kind == DecisionKind.EXTEND:
        mine.extensions = [
            row for row in mine.extensions if row[1].granted_at != decision.recorded_at or row[1].ended_at
        ]
    elif decision.kind == DecisionKind.EXEMPT and decision.starts_on is not None:
        last = day_of(proposal, "last_day")
        gone = (decision.requirement_id, decision.period_id, Exemption(decision.starts_on, decision.until_on))
        mine.exemptions = [row for row in mine.exemptions if row != gone]
        if last is not None and last >= decision.starts_on and decision.requirement_id is not None:
            kept = Exemption(decision.starts_on, min(last, decision.until_on or last))
            mine.exemptions.append((decision.requirement_id, decision.period_id, kept))
    elif decision.kind == DecisionKind.MERGE:
        theirs = set(
            AwardEvent.objects.filter(officer_id=decision.other_id or 0).values_list("pk", flat=True)
        )
        mine.awards = [one for one in mine.awards if one.award_id not in theirs]


_SUPPOSE: Mapping[ProposalKind, Suppose] = {
    ProposalKind.MANUAL: _with_award,
    ProposalKind.RECOGNISE: _with_award,
    ProposalKind.REVOKE: _without_award,
    ProposalKind.REINSTATE: _award_again,
    ProposalKind.AMEND: _award_otherwise,
    ProposalKind.EXEMPT: _exempt,
    ProposalKind.EXTEND: _extend,
    ProposalKind.MERGE: _merge,
    ProposalKind.END: _end,
}
