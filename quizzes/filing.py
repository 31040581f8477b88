"""Where a question stands in the bank: its topics and provisions, its day of review, and the words it is found by.

Internal to this app; others enter by `services`. Filing is no part of a version.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from types import EllipsisType

from quizzes import marked
from quizzes.checks import is_incomplete
from quizzes.drafts import QuestionDraft
from quizzes.enums import TopicKind
from quizzes.models import BankRow, Question, Topic
from sucharit.kernel import thai_text
from sucharit.kernel.errors import InvalidInput

FIELDS = {TopicKind.TOPIC: "topics", TopicKind.PROVISION: "provisions"}


def tidy_names(names: Iterable[str]) -> list[str]:
    """Names as they are stored, each once; blanks are none."""
    return list(dict.fromkeys(name for name in (thai_text.normalise(raw) for raw in names) if name))


def topics_named(names: Iterable[str], kind: TopicKind = TopicKind.TOPIC) -> list[Topic]:
    """The topics, or provisions, of these names, each made where it is new.

    Raises InvalidInput, at the field of the kind, for a name that the bank knows as the other kind.
    """
    wanted = tidy_names(names)
    if not wanted:
        return []
    Topic.objects.bulk_create([Topic(name=name, kind=kind) for name in wanted], ignore_conflicts=True)
    found = list(Topic.objects.filter(name__in=wanted))
    other = next((topic for topic in found if topic.kind != kind), None)
    if other is not None:
        is_, field = TopicKind(other.kind).label, TopicKind(kind).label
        raise InvalidInput(
            "topic_other_kind", f"“{other.name}” เป็น{is_}อยู่แล้ว จึงใส่ในช่อง{field}ไม่ได้", field=FIELDS[kind]
        )
    return found


def file_question(
    question: Question,
    *,
    topics: Sequence[str] | None,
    provisions: Sequence[str] | None,
    review_on: date | EllipsisType | None,
) -> None:
    """File a question under these names and for review on this day; None, or `...` for the day, leaves things as they are."""
    for kind, names in ((TopicKind.TOPIC, topics), (TopicKind.PROVISION, provisions)):
        if names is not None:
            wanted = {topic.pk for topic in topics_named(names, kind)}
            held = set(question.topics.filter(kind=kind).values_list("pk", flat=True))
            question.topics.remove(*(held - wanted))
            question.topics.add(*(wanted - held))
    if not isinstance(review_on, EllipsisType) and question.review_on != review_on:
        question.review_on = review_on
        question.save(update_fields=["review_on"])


def words_of(code: str, draft: QuestionDraft) -> str:
    """What a question is found by: its code, what it asks and its source, as typed words are compared."""
    texts = [code, draft.stem, *(f"{choice.text} {choice.match}" for choice in draft.choices), draft.source]
    return thai_text.match_key("\n".join(marked.plain(text) for text in texts))


def note_words(question: Question, draft: QuestionDraft) -> None:
    """Remake what the desk looks a question up by."""
    facts = {"words": words_of(question.code, draft), "is_incomplete": is_incomplete(draft)}
    BankRow.objects.update_or_create(question=question, defaults=facts)
