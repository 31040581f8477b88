"""What the page of a requirement shows beside its form: what is in force, its rounds, drafts, and requirements beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sucharit.kernel.thai_calendar import local_date
from sucharit.records import conflicts, requirements, rule_words
from sucharit.records.models import Requirement, RuleDraft, RuleVersion


@dataclass(frozen=True)
class RequirementPage:
    """Everything about one requirement; `held` is the version in force, None before its first day."""

    held: RuleVersion | None
    lines: Sequence[rule_words.Line]
    draft: RuleDraft | None
    coming: Sequence[RuleDraft]
    audience_changes: Sequence[rule_words.Change]
    beside: Sequence[conflicts.Beside]
    rounds: Sequence[requirements.Round]
    under_way: Sequence[requirements.UnderWay]


def page_of(requirement: Requirement, *, now: datetime) -> RequirementPage:
    """The page of a requirement in about fifteen queries, however many people it asks."""
    today = local_date(now)
    held = requirements.version_in_force(requirement)
    lines: Sequence[rule_words.Line] = []
    if held is not None:
        said = rule_words.Said(held.rule, held.reason, held.legal_basis)
        lines = rule_words.lines(said, rule_words.names_for([held.rule]))
    return RequirementPage(
        held=held,
        lines=lines,
        draft=requirements.open_draft(requirement),
        coming=requirements.coming(requirement),
        audience_changes=requirements.changed_audience(requirement, held),
        beside=conflicts.beside(requirement, today=today) if requirement.is_active else [],
        rounds=requirements.rounds_of(requirement, today=today),
        under_way=requirements.under_way(requirement, now=now),
    )
