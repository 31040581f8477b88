"""A question as a learner meets it, before and after handing in. Internal to this app; others ask `selectors`.

`PaperItem` has no field in which a key could hide. `ReviewItem` holds everything, and exists only for what was handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from quizzes.enums import Kind, Remedy
from quizzes.grading import Ruling, for_review, in_points, judged
from quizzes.kinds import CHOSEN, GAP, PAIRED, TYPED, Asked, key_of, pairs_of, points, rule_of, target_text
from quizzes.models import QuestionVersion
from quizzes.pictures import Shown, shown_in
from quizzes.versions import asked_of


@dataclass(frozen=True)
class PaperChoice:
    """An option as a learner may see it."""

    id: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class PaperRow:
    """A row to be paired: its words, and what it may be given as (value, words). `given` is the value kept, or ""."""

    id: str
    text: str
    options: tuple[tuple[str, str], ...]
    given: str


@dataclass(frozen=True)
class PaperItem:
    """A question as a learner may see it before handing in: options to choose, rows to pair, or a text to type."""

    number: int
    version_id: int
    kind: str
    stem: str
    choices: tuple[PaperChoice, ...] = ()
    rows: tuple[PaperRow, ...] = ()
    text: str = ""
    unit: str = ""
    rule: str = ""
    # Whether its feedback may be asked for before handing in.
    can_check: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether the answer can no longer be changed: never, for a question that is still to be answered."""
        return False

    # What pages need to show the pictures that the texts name.
    pictures: Mapping[str, Shown] = dataclass_field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """Every text in which a picture may stand."""
        return [self.stem, *(choice.text for choice in self.choices), *(row.text for row in self.rows)]

    @property
    def field(self) -> str:
        """The name of its form field; rows to pair carry `.<row id>` behind it."""
        return f"q{self.version_id}"

    @property
    def is_multiple(self) -> bool:
        """Whether more than one option may be chosen."""
        return self.kind == Kind.MULTIPLE

    @property
    def is_typed(self) -> bool:
        """Whether the answer is typed."""
        return self.kind in TYPED

    @property
    def is_numeric(self) -> bool:
        """Whether what is typed is a number."""
        return self.kind == Kind.NUMERIC

    @property
    def is_answered(self) -> bool:
        """Whether an answer is kept; rows to pair are answered when every one is."""
        if self.rows:
            return all(row.given for row in self.rows)
        return bool(self.text) or any(choice.chosen for choice in self.choices)


@dataclass(frozen=True)
class ReviewChoice:
    """An option after handing in: what was chosen, what was right, and why. `right` is None where nothing is right or wrong."""

    text: str
    chosen: bool
    right: bool | None
    feedback: str


@dataclass(frozen=True)
class ReviewRow:
    """A row after handing in: what it was given, what the key says, and why."""

    text: str
    given: str
    key: str
    is_right: bool
    feedback: str


@dataclass(frozen=True)
class ReviewItem:
    """A question after handing in. `points` is what it earned of 1; None where it is never scored."""

    number: int
    kind: str
    stem: str
    is_multiple: bool
    points: Decimal | None
    is_answered: bool
    choices: tuple[ReviewChoice, ...]
    rows: tuple[ReviewRow, ...]
    # A typed answer, and the answers that are accepted for full credit.
    said: str
    accepted: tuple[str, ...]
    explanation: str
    source: str
    as_of: date | None
    # 1 to 7; 0 where the question is about no single standard.
    standard: int
    # Why the key is another than when this was asked; empty where it is the same.
    corrected: str = ""
    # Taken out of the score by a correction.
    is_void: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether the answer can no longer be changed: always."""
        return True

    pictures: Mapping[str, Shown] = dataclass_field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """Every text in which a picture may stand."""
        options = [text for choice in self.choices for text in (choice.text, choice.feedback)]
        rows = [text for row in self.rows for text in (row.text, row.feedback)]
        return [self.stem, *options, *rows, self.explanation]

    @property
    def is_right(self) -> bool:
        """Whether it earned the whole point."""
        return self.points == 1

    @property
    def key_label(self) -> str:
        """What the key of a row is called: experts judge, they do not solve."""
        return "ผู้เชี่ยวชาญเห็นว่า" if self.kind == Kind.JUDGEMENT else "เฉลย"

    @property
    def is_scored(self) -> bool:
        """Whether it counts at all."""
        return self.points is not None


Item = TypeVar("Item", bound=PaperItem | ReviewItem)


def illustrated(items: Sequence[Item]) -> list[Item]:
    """The items with what pages need to show their pictures. One query; none where no text shows a picture."""
    pictures = shown_in(text for item in items for text in item.texts)
    return [replace(item, pictures=pictures) for item in items] if pictures else list(items)


def stem_shown(kind: str, stem: str) -> str:
    """The words of a question as they are shown: the gaps drawn as numbered blanks."""
    return GAP.sub(r"____(\1)____", stem) if kind == Kind.GAPS else stem


def paper_item(
    number: int,
    version: QuestionVersion,
    pinned: Mapping[str, Any],
    kept: Sequence[str],
    *,
    can_check: bool = False,
) -> PaperItem:
    """A pinned question with the answer that was kept."""
    item = item_of(number, version.pk or 0, version.stem, version.unit, asked_of(version), pinned, kept)
    return replace(item, can_check=can_check)


def item_of(
    number: int,
    version_id: int,
    stem: str,
    unit: str,
    asked: Asked,
    pinned: Mapping[str, Any],
    kept: Sequence[str],
) -> PaperItem:
    """A question in the order in which it was pinned."""
    choices: tuple[PaperChoice, ...] = ()
    rows: tuple[PaperRow, ...] = ()
    if asked.kind in CHOSEN:
        choices = tuple(PaperChoice(one, asked.row(one)["text"], one in kept) for one in pinned["order"])
    elif asked.kind in PAIRED:
        given = pairs_of(kept)
        options = tuple((one, target_text(asked, one)) for one in pinned["targets"])
        rows = tuple(
            PaperRow(one, row_text(asked, one), options, given.get(one, "")) for one in pinned["order"]
        )
    text = kept[0] if kept and asked.kind in TYPED else ""
    rule = rule_of(asked.kind, asked.scoring)
    return PaperItem(
        number, version_id, asked.kind, stem_shown(asked.kind, stem), choices, rows, text, unit, rule
    )


def row_text(asked: Asked, row_id: str) -> str:
    """The words of a row to be paired."""
    text: str = f"ช่องที่ {row_id}" if asked.kind == Kind.GAPS else asked.row(row_id)["text"]
    return text


def review_item(
    number: int,
    version: QuestionVersion,
    pinned: Mapping[str, Any],
    kept: Sequence[str],
    ruling: Ruling | None = None,
) -> ReviewItem:
    """A pinned question with its answer, its key as it is today, and every word of feedback."""
    asked = _reviewed_under(asked_of(version), kept, ruling)
    earned = judged(asked_of(version), kept, ruling)
    typed = asked.kind in TYPED
    return ReviewItem(
        number=number,
        kind=version.kind,
        stem=stem_shown(version.kind, version.stem),
        is_multiple=version.kind == Kind.MULTIPLE,
        points=None if earned is None else in_points(earned),
        is_answered=bool(kept),
        choices=_reviewed_choices(asked, pinned["order"], kept) if asked.kind in CHOSEN else (),
        rows=_reviewed_rows(asked, pinned["order"], kept) if asked.kind in PAIRED else (),
        said=kept[0] if typed and kept else "",
        accepted=tuple(row["text"] for row in asked.choices if typed and float(row["credit"]) == 1),
        explanation=version.explanation,
        source=version.source,
        as_of=version.as_of,
        standard=version.question.standard,
        corrected=ruling.reason if ruling else "",
        is_void=ruling is not None and ruling.remedy == Remedy.VOID,
    )


def _reviewed_under(asked: Asked, kept: Sequence[str], ruling: Ruling | None) -> Asked:
    """The question with the key to show. Where two keys of pairs are accepted, the one that credited this answer."""
    new = for_review(asked, ruling)
    if ruling is None or ruling.remedy != Remedy.ACCEPT_BOTH or asked.kind not in PAIRED:
        return new
    return asked if (points(asked, kept) or 0) >= (points(new, kept) or 0) else new


def _reviewed_choices(asked: Asked, order: Sequence[str], kept: Sequence[str]) -> tuple[ReviewChoice, ...]:
    return tuple(
        ReviewChoice(row["text"], row["id"] in kept, row.get("correct"), row["feedback"])
        for row in (asked.row(one) for one in order)
    )


def _reviewed_rows(asked: Asked, order: Sequence[str], kept: Sequence[str]) -> tuple[ReviewRow, ...]:
    given, key = pairs_of(kept), key_of(asked)
    rows = []
    for one in order:
        said, right = given.get(one, ""), key[one]
        feedback = asked.row(right if asked.kind == Kind.GAPS else one)["feedback"]
        words = target_text(asked, said) if said else ""
        rows.append(
            ReviewRow(row_text(asked, one), words, target_text(asked, right), said == right, feedback)
        )
    return tuple(rows)
