"""What the page of a draft shows: its rule in words, what it changes of the one in force, and what it would do to people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sucharit.records import impact_report, rule_words
from sucharit.records.enums import DraftState
from sucharit.records.models import RuleDraft, RuleVersion
from sucharit.records.requiring import rule_json


@dataclass(frozen=True)
class DraftPage:
    """`against` is the version that the draft is set against: the newest one, or the one before what it became."""

    lines: Sequence[rule_words.Line]
    against: RuleVersion | None
    changes: Sequence[rule_words.Change]
    report: impact_report.Report | None
    # The audience was edited since the draft was saved; the draft keeps what it said.
    audience_moved_on: bool

    @property
    def can_send(self) -> bool:
        """Whether the numbers are there to be read."""
        return self.report is not None and self.report.impact.finished_at is not None


def page_of(draft: RuleDraft, *, now: datetime) -> DraftPage:
    """The page of a draft in about twenty queries, however many people it names."""
    against = None
    if draft.requirement is not None:
        rows = draft.requirement.versions.order_by("-number")
        if draft.version is not None:
            rows = rows.filter(number__lt=draft.version.number)
        against = rows.first()
    names = rule_words.names_for([draft.rule, *([against.rule] if against else [])])
    lines = rule_words.lines(rule_words.Said(draft.rule, draft.reason, draft.legal_basis), names)
    old = (
        rule_words.lines(rule_words.Said(against.rule, against.reason, against.legal_basis), names)
        if against
        else []
    )
    moved_on = draft.state == DraftState.DRAFT and rule_words.audience_of(
        rule_json(draft)
    ) != rule_words.audience_of(draft.rule)
    return DraftPage(
        lines=lines,
        against=against,
        changes=rule_words.changes(old, lines) if against else [],
        report=impact_report.report(draft, now=now),
        audience_moved_on=moved_on,
    )
