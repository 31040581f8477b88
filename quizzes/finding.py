"""Finding questions in the bank: by words, by who wrote them, by the quiz that may ask them, by what is due."""

from datetime import date

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from quizzes.models import Question, QuestionVersion, Quiz, Topic
from sucharit.kernel.thai_text import match_key

# More words than these in one search say nothing new, and each costs a look through the bank.
MOST_WORDS = 8

Rows = QuerySet[Question]


def with_words(rows: Rows, typed: str) -> Rows:
    """The questions in which every typed word stands, anywhere in a word: code, question, options, source or a topic.

    One query for the topics, and one look through the words of the bank: Thai is written without blanks, so no index of words
    finds what stands inside one.
    """
    words = list(dict.fromkeys(match_key(word) for word in typed.split()))[:MOST_WORDS]
    words = [word for word in words if word]
    names = {pk: match_key(name) for pk, name in Topic.objects.values_list("pk", "name")} if words else {}
    for word in words:
        # Both sides are folded already, so letters are compared as they are, which LIKE would not do on SQLite.
        found = Q(GreaterThan(StrIndex("bank_row__words", Value(word)), 0))
        topics = [pk for pk, name in names.items() if word in name]
        if topics:
            tagged = Question.topics.through.objects.filter(question_id=OuterRef("pk"), topic_id__in=topics)
            found |= Q(Exists(tagged))
        rows = rows.filter(found)
    return rows


def written_by(rows: Rows, user_id: int) -> Rows:
    """The questions of which somebody made the first or the current version."""
    own = QuestionVersion.objects.filter(question_id=OuterRef("pk"), created_by_id=user_id)
    return rows.filter(Exists(own.filter(Q(number=1) | Q(pk=OuterRef("current_id")))))


def authors() -> QuerySet:  # type: ignore[type-arg]
    """Everybody who made a version, by address."""
    made = QuestionVersion.objects.filter(created_by_id=OuterRef("pk"))
    return get_user_model()._default_manager.filter(Exists(made)).order_by("email")


def askable_by(rows: Rows, quiz: Quiz) -> Rows:
    """The questions that a quiz may ask: those fixed in it and those of its pools. One query for its draws."""
    found = Q(pk__in=())
    for draw in quiz.draws.all():
        if draw.question_id is not None:
            found |= Q(pk=draw.question_id)
            continue
        pool = Q()
        if draw.standard is not None:
            pool &= Q(standard=draw.standard)
        if draw.difficulty:
            pool &= Q(difficulty=draw.difficulty)
        if draw.topic_id is not None:
            tagged = Question.topics.through.objects.filter(
                question_id=OuterRef("pk"), topic_id=draw.topic_id
            )
            pool &= Q(Exists(tagged))
        found |= pool
    return rows.filter(found)


def due(rows: Rows, today: date) -> Rows:
    """The questions in use whose day of review has come."""
    return rows.filter(review_on__lte=today, is_retired=False)
