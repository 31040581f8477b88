"""Between drafts and the rows that a version stores, both ways. A stored row: id, text, feedback, and what its kind needs."""

import random
import string
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from quizzes.drafts import Choice, QuestionDraft
from quizzes.enums import Kind
from quizzes.kinds import Asked
from quizzes.models import QuestionVersion
from sucharit.kernel import thai_text

# What `asked_of` and pinning read of a version; its words are for the page that shows them.
PINNED = ("question_id", "kind", "choices", "scoring", "scale")
# What a row of each kind holds besides id, text and feedback.
EXTRAS: Mapping[Kind, tuple[str, ...]] = {
    Kind.SINGLE: ("correct",),
    Kind.MULTIPLE: ("correct",),
    Kind.TRUE_FALSE: ("correct",),
    Kind.MATCHING: ("match",),
    Kind.ORDERING: (),
    Kind.GAPS: ("gap",),
    Kind.SHORT_TEXT: ("credit",),
    Kind.NUMERIC: ("credit", "tolerance"),
    Kind.JUDGEMENT: ("expert",),
    Kind.LIKERT: (),
}


def stored_rows(draft: QuestionDraft) -> list[dict[str, Any]]:
    """The rows of a new version, each under a letter.

    The letters stand in the page: given in the author's order, in which the right option is often first, they would tell.
    """
    kind = Kind(draft.kind)
    ids = _letters(len(draft.choices))
    matches = dict.fromkeys((thai_text.match_key(choice.match) for choice in draft.choices), "")
    matches = dict(zip(matches, _letters(len(matches)), strict=True))
    rows = []
    for letter, choice in zip(ids, draft.choices, strict=True):
        row: dict[str, Any] = {"id": letter, "text": choice.text, "feedback": choice.feedback}
        for name in EXTRAS[kind]:
            value = getattr(choice, name)
            row[name] = str(value) if isinstance(value, Decimal) else value
        if kind is Kind.MATCHING:
            row["match_id"] = matches[thai_text.match_key(choice.match)]
        rows.append(row)
    return rows


def _letters(count: int) -> list[str]:
    return random.SystemRandom().sample(string.ascii_lowercase[:count], count)


def asked_of(version: QuestionVersion) -> Asked:
    """A version as the rules of its kind read it."""
    return Asked(version.kind, version.choices, version.scoring, version.scale)


def draft_of(version: QuestionVersion) -> QuestionDraft:
    """The draft that a version was made from."""
    return QuestionDraft(
        kind=version.kind,
        stem=version.stem,
        choices=[_choice(version.kind, row) for row in version.choices],
        explanation=version.explanation,
        source=version.source,
        as_of=version.as_of,
        scoring=version.scoring,
        scale=tuple(version.scale),
        unit=version.unit,
    )


def _choice(kind: str, row: Mapping[str, Any]) -> Choice:
    extras = {name: row[name] for name in EXTRAS[Kind(kind)]}
    for name in ("credit", "tolerance"):
        if name in extras:
            extras[name] = Decimal(extras[name])
    return Choice(text=row["text"], feedback=row["feedback"], **extras)


def says_the_same(version: QuestionVersion, draft: QuestionDraft) -> bool:
    """Whether a draft says, word for word, what a version says; only blanks in the question itself do not count."""
    return _said(draft_of(version)) == _said(draft)


def _said(draft: QuestionDraft) -> tuple[object, ...]:
    kept = ("text", "feedback", *EXTRAS[Kind(draft.kind)])
    rows: Sequence[tuple[object, ...]] = [
        tuple(getattr(choice, name) for name in kept) for choice in draft.choices
    ]
    rest = (draft.explanation, draft.source, draft.as_of, draft.scoring, tuple(draft.scale), draft.unit)
    return (draft.kind, draft.stem.split(), rows, *rest)
