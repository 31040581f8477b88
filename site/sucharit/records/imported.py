"""Reads of imported files: what became of their rows, on the page and as a file to be mended."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count

from sucharit.records.enums import Method, RowState
from sucharit.records.models import ImportRow, Proposal

PAGE = 50
_PROBLEMS = (RowState.WRONG, RowState.UNKNOWN, RowState.TWICE)


@dataclass(frozen=True)
class Summary:
    """A file on its page: rows by state, how far it is, and a page of rows."""

    counts: Sequence[tuple[str, str, int]]
    rows: Sequence[ImportRow]
    next_after: int
    state: str
    percent: int
    is_reading: bool
    has_problems: bool
    has_unknown: bool


def summary(proposal: Proposal, state: str, *, after: int = 0) -> Summary:
    """What became of the rows of a file, those of one state by number. Three queries."""
    source = proposal.of_id or proposal.pk
    every = ImportRow.objects.filter(proposal_id=source)
    told: Counter[str] = Counter()
    for name, number in every.order_by().values_list("state").annotate(number=Count("pk")):
        told[name] = number
    chosen = state if told.get(state) else next((one for one in (*_PROBLEMS, *RowState) if told[one]), "")
    rows = every.filter(state=chosen, number__gt=after).select_related("officer", "subject")
    found = list(rows.order_by("number")[: PAGE + 1])
    return Summary(
        counts=[(one.value, str(one.label), told[one]) for one in RowState if told[one]],
        rows=found[:PAGE],
        next_after=found[PAGE - 1].number if len(found) > PAGE else 0,
        state=chosen,
        percent=100 * proposal.done // proposal.total if proposal.total else 0,
        is_reading=bool(proposal.payload.get("reading")),
        has_problems=any(told[one] for one in _PROBLEMS),
        has_unknown=bool(told[RowState.UNKNOWN]),
    )


def problem_rows(proposal: Proposal) -> Iterator[tuple[object, ...]]:
    """Rows that were not written and why, for a file to be mended: number, person, subject, day, method, why."""
    rows = ImportRow.objects.filter(proposal_id=proposal.of_id or proposal.pk, state__in=_PROBLEMS)
    for row in rows.order_by("number").iterator(chunk_size=2_000):
        why = " ".join(f"{heading}: {text}" if heading else text for heading, text in row.problems)
        method = str(Method(row.method).label) if row.method else ""
        yield (
            row.number,
            row.person_shown,
            row.subject_code,
            row.completed_on,
            method,
            row.get_state_display(),
            why,
        )
