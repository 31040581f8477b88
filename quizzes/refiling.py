"""What a file changes about a question that the bank holds already: nothing that the file does not speak of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from quizzes import marked
from quizzes.diffs import differences
from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Difficulty, Standard, TopicKind
from quizzes.filing import tidy_names
from quizzes.models import Question
from quizzes.versions import draft_of
from sucharit.kernel.thai_calendar import format_date

# What a version says beside the words that are asked and answered.
_BESIDE_THE_WORDS = {"วิธีให้คะแนน", "หน่วย", "แหล่งอ้างอิง", "ข้อมูล ณ วันที่"}

# The share of pairs of letters that two wordings of one question have in common at the least.
_LEAST_ALIKE = 0.25


@dataclass(frozen=True)
class Filing:
    """How a question would be filed anew: in words, and whether a pool may lose it."""

    words: tuple[str, ...]
    takes_away: bool


def with_what_stays(entry: BankEntry, says: Iterable[str], known: Question) -> BankEntry:
    """The entry of a file with the facts of the bank where the file is silent.

    `says` names what the file lays down whole (`interchange.Row.says`); other topics and provisions of it are added to those
    of the bank. Feedback of a choice that is the same, an explanation, a source and a day that the file leaves empty stay. Reads `known.topics`, prefetched, and `known.current`.
    """
    stated = set(says)
    draft, current = entry.draft, known.current
    if current is not None:
        draft = replace(
            draft,
            explanation=draft.explanation or current.explanation,
            choices=_with_feedback(draft, draft_of(current)),
        )
        if not draft.source:
            draft = replace(draft, source=current.source, as_of=draft.as_of or current.as_of)
    return replace(
        entry,
        draft=draft,
        standard=entry.standard if "standard" in stated else known.standard,
        difficulty=entry.difficulty if "difficulty" in stated else known.difficulty,
        topics=_names(entry.topics, "topics" in stated, named(known, TopicKind.TOPIC)),
        provisions=_names(entry.provisions, "provisions" in stated, named(known, TopicKind.PROVISION)),
        review_on=entry.review_on or known.review_on,
    )


def _with_feedback(said: QuestionDraft, held: QuestionDraft) -> list[Choice]:
    """The choices of a file, each that says nothing with the feedback of the same choice in the bank."""
    if said.kind != held.kind:
        return list(said.choices)
    known = {replace(choice, feedback=""): choice.feedback for choice in held.choices}
    return [
        replace(choice, feedback=choice.feedback or known.get(replace(choice, feedback=""), ""))
        for choice in said.choices
    ]


def _names(said: Sequence[str], is_whole: bool, held: Sequence[str]) -> tuple[str, ...]:  # noqa: FBT001
    return tuple(tidy_names(said if is_whole else [*held, *said]))


def named(question: Question, kind: TopicKind) -> tuple[str, ...]:
    """The topics, or provisions, of a question by name; prefetched topics cost no query."""
    return tuple(topic.name for topic in question.topics.all() if topic.kind == kind)


def filed_anew(known: Question, entry: BankEntry) -> Filing:
    """What storing the entry changes about where the question stands; no words where nothing does."""
    words = []
    if known.standard != entry.standard:
        before, after = (Standard(number).label for number in (known.standard, entry.standard))
        words.append(f"เปลี่ยนมาตรฐานจาก “{before}” เป็น “{after}”")
    if known.difficulty != entry.difficulty:
        before, after = (Difficulty(level).label for level in (known.difficulty, entry.difficulty))
        words.append(f"เปลี่ยนระดับความยากจาก “{before}” เป็น “{after}”")
    pool = bool(words)
    for kind, names in ((TopicKind.TOPIC, entry.topics), (TopicKind.PROVISION, entry.provisions)):
        held = named(known, kind)
        added = [name for name in names if name not in held]
        removed = [name for name in held if name not in names]
        pool = pool or bool(removed)
        words += [f"เพิ่ม{kind.label} {_listed(added)}"] if added else []
        words += [f"นำ{kind.label} {_listed(removed)} ออก"] if removed else []
    if entry.review_on is not None and known.review_on != entry.review_on:
        words.append(f"เปลี่ยนกำหนดทบทวนเป็น {format_date(entry.review_on)}")
    return Filing(tuple(words), pool)


def _listed(names: Sequence[str]) -> str:
    return " ".join(f"“{name}”" for name in names)


def is_unlike(known: Question, entry: BankEntry) -> bool:
    """Whether the stems have so little in common that two questions may have come to one code by chance."""
    if known.current is None:
        return False
    before, after = (_pairs(marked.plain(stem)) for stem in (known.current.stem, entry.draft.stem))
    return len(before & after) < _LEAST_ALIKE * len(before | after)


def _pairs(text: str) -> set[str]:
    said = "".join(text.split()).casefold()
    return {said[at : at + 2] for at in range(len(said) - 1)}


def beside_the_words(known: Question, entry: BankEntry) -> list[str]:
    """Why there would be a new version though the words are the same; nothing where they are not."""
    if known.current is None:
        return []
    found = differences(draft_of(known.current), entry.draft)
    if not {one.what for one in found} <= _BESIDE_THE_WORDS:
        return []
    return [f"ถ้อยคำเดิม เปลี่ยน{one.what}เป็น “{one.after}” จึงเป็นฉบับใหม่" for one in found]
