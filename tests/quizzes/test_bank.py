"""Questions have immutable versions; a blueprint that cannot be filled is refused with a sentence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from quizzes import services
from quizzes.enums import Kind
from quizzes.models import Question, QuestionVersion, Quiz, QuizDraw
from quizzes.services import Choice, Draw, save_question, save_quiz
from sucharit.kernel.errors import DomainError, InvalidInput, Refused
from tests.conftest import NOW
from tests.quizzes.build import bank, draft, question, quiz

pytestmark = pytest.mark.django_db


def refused_by_the_database(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


@pytest.fixture
def version():
    return question("Q1")


def _sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _changes(version):
    version.stem = "เปลี่ยนแล้ว"
    return {
        "save": version.save,
        "delete": lambda: QuestionVersion.objects.filter(pk=version.pk).delete(),
        "update": lambda: QuestionVersion.objects.filter(pk=version.pk).update(stem="x"),
        "bulk_update": lambda: QuestionVersion.objects.bulk_update([version], ["stem"]),
        "raw update": lambda: _sql("UPDATE quizzes_questionversion SET stem = 'x' WHERE id = %s", version.pk),
        "raw delete": lambda: _sql("DELETE FROM quizzes_questionversion WHERE id = %s", version.pk),
    }


@pytest.mark.parametrize("how", ["save", "delete", "update", "bulk_update", "raw update", "raw delete"])
def test_a_version_never_changes_however_it_is_asked(version, how):
    Question.objects.update(current=None)
    before = QuestionVersion.objects.filter(pk=version.pk).values().get()
    refused_by_the_database(_changes(version)[how])
    assert QuestionVersion.objects.filter(pk=version.pk).values().get() == before


def test_a_version_is_not_replaced_by_its_id_or_by_its_number(version, is_postgresql):
    columns = "question_id, number, kind, stem, choices, explanation, source, created_at"
    taken = "question_id, {number}, kind, 'x', choices, explanation, source, created_at"
    table = "quizzes_questionversion"
    if is_postgresql:
        tail = f"FROM {table} ON CONFLICT {{on}} DO UPDATE SET stem = excluded.stem"
        by_id = f"INSERT INTO {table} (id, {columns}) SELECT id, {taken} {tail}".format(
            number="99", on="(id)"
        )
        by_number = f"INSERT INTO {table} ({columns}) SELECT {taken} {tail}".format(
            number="number", on="(question_id, number)"
        )
    else:
        by_id = f"INSERT OR REPLACE INTO {table} (id, {columns}) SELECT id, {taken} FROM {table}".format(
            number="99"
        )
        by_number = f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {taken} FROM {table}".format(
            number="number"
        )
    for statement in (by_id, by_number):
        refused_by_the_database(lambda statement=statement: _sql(statement))
    assert QuestionVersion.objects.get().stem == version.stem


def test_the_table_is_not_emptied_in_one_blow_on_postgresql(version, is_postgresql):
    if not is_postgresql:
        pytest.skip("SQLite has no TRUNCATE; DELETE without WHERE is refused row by row")
    refused_by_the_database(lambda: _sql("TRUNCATE quizzes_questionversion CASCADE"))


def test_new_words_make_a_new_version_and_leave_the_old_one(version):
    newer = save_question(
        code="Q1", standard=1, draft=draft("Q1", stem="ถามใหม่"), now=NOW + timedelta(days=1)
    )
    assert (version.number, newer.number) == (1, 2)
    assert Question.objects.get().current_id == newer.pk
    assert QuestionVersion.objects.get(pk=version.pk).stem == version.stem


@pytest.mark.parametrize(
    "change",
    [
        {"right": (1,)},
        {"options": 3},
        {"explanation": "เพราะ"},
        {"source": "พ.ร.บ. มาตรฐานทางจริยธรรม พ.ศ. 2562", "as_of": date(2026, 1, 1)},
        {"kind": Kind.MULTIPLE},
    ],
)
def test_whatever_a_learner_could_notice_makes_a_new_version(version, change):
    assert question("Q1", **change).number == 2


def test_saving_the_same_words_again_makes_no_version(version):
    again = question("Q1", now=NOW + timedelta(days=9))
    assert again.pk == version.pk
    assert QuestionVersion.objects.count() == 1


def test_moving_a_question_to_another_pool_makes_no_version(version):
    assert question("Q1", standard=5).pk == version.pk
    assert Question.objects.get().standard == 5


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"right": (0, 1)}, "one_right_choice"),
        ({"right": ()}, "one_right_choice"),
        ({"kind": Kind.MULTIPLE, "right": ()}, "some_right_choices"),
        ({"kind": Kind.MULTIPLE, "right": (0, 1, 2, 3)}, "some_right_choices"),
        ({"kind": Kind.TRUE_FALSE}, "true_false_needs_two"),
        ({"options": 1}, "too_few_choices"),
        ({"stem": "  "}, "stem_empty"),
        ({"source": "ระเบียบ"}, "as_of_missing"),
    ],
)
def test_a_question_that_cannot_be_asked_fairly_is_refused(bad, code):
    with pytest.raises(InvalidInput) as refusal:
        question("Q1", **bad)
    assert refusal.value.code == code
    assert not QuestionVersion.objects.exists()


def test_an_option_needs_words_and_feedback_and_differs_from_the_others():
    good = draft("Q1")
    for choices in (
        [*good.choices[:3], Choice("", False, "เพราะ")],
        [*good.choices[:3], Choice("อีกทาง", False, " ")],
        [*good.choices[:3], Choice(f" {good.choices[0].text} ", False, "เพราะ")],
    ):
        with pytest.raises(InvalidInput):
            services.check_draft(replace(good, choices=choices))


def test_a_pool_that_is_too_small_is_refused_in_a_sentence_that_says_how_many():
    bank(2)
    with pytest.raises(Refused, match="3 ข้อ แต่ในคลังมี 2 ข้อ"):
        quiz(count=3)
    assert not Quiz.objects.exists()


def test_two_draws_from_one_pool_are_counted_together():
    bank(4)
    with pytest.raises(Refused):
        save_quiz(code="T", title="ท", draws=[Draw(standard=1, count=3), Draw(standard=1, count=3)])


def test_a_fixed_question_is_not_drawn_from_its_pool_as_well():
    bank(3)
    with pytest.raises(Refused):
        save_quiz(code="T", title="ท", draws=[Draw(question_code="Q1-000"), Draw(standard=1, count=3)])


def test_a_quiz_without_questions_or_with_an_unknown_one_is_refused():
    with pytest.raises(Refused):
        save_quiz(code="T", title="ท", draws=[])
    with pytest.raises(InvalidInput):
        save_quiz(code="T", title="ท", draws=[Draw(question_code="NONE")])


@pytest.mark.parametrize("draw", [Draw(), Draw(standard=1, count=0)])
def test_a_draw_that_names_nothing_is_refused_with_a_sentence(draw):
    bank(2)
    with pytest.raises(DomainError):
        save_quiz(code="T", title="ท", draws=[draw])


def test_a_question_named_twice_is_refused():
    bank(2)
    with pytest.raises(DomainError):
        save_quiz(code="T", title="ท", draws=[Draw(question_code="Q1-000"), Draw(question_code="Q1-000")])


def test_a_retired_question_is_in_no_pool():
    made = bank(3)
    services.retire_question(question=made[0].question)
    with pytest.raises(Refused):
        quiz(count=3)


def test_a_quiz_saved_again_keeps_one_blueprint():
    bank(5)
    first = quiz(count=3)
    again = quiz(count=4)
    assert first.pk == again.pk
    assert list(QuizDraw.objects.values_list("count", flat=True)) == [4]
