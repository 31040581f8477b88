"""Writing a questionnaire: what is never asked, what freezes, and where its words may come from."""

import pytest
from django.db import IntegrityError, connection, transaction

from quizzes.attitudes import (
    Line,
    answer,
    lines_from_bank,
    lines_of,
    questionnaire,
    retire_instrument,
    save_instrument,
)
from quizzes.enums import Kind, Wave
from quizzes.models import AttitudeAnswer, Instrument, Statement
from quizzes.selectors import pool_sizes
from quizzes.sensitive import touches
from quizzes.services import Choice, Draw, QuestionDraft, save_question, save_quiz, start_attempt
from sucharit.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from tests.attitudes.build import PLACE, instrument, say
from tests.conftest import NOW
from tests.quizzes.build import bank, question, quiz

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text",
    [
        "ฉันรักชาติ",
        "ฉันนับถือศาสนาอย่างเคร่งครัด",
        "ฉันเคารพพระมหากษัตริย์",
        "สถาบันสำคัญกับฉัน",
        "ฉันสนใจการเมือง",
        "ฉันชอบพรรคหนึ่งมากกว่าพรรคอื่น",
        "ฉันไปเลือกตั้งทุกครั้ง",
        "รัฐบาลทำงานดี",
        "ฉันสนใจการ เมือง",
        "ฉันสนใจการ\u200bเมือง",
        "มาตรา ๑๑๒ เหมาะสมแล้ว",
        "I care for POLITICS",
        "คนทำลายธรรมชาติไม่รักชาติ",
    ],
)
def test_marked_matters_are_refused_however_they_are_spelt(text):
    assert touches(text)
    with pytest.raises(InvalidInput) as refused:
        instrument(lines=[Line("ข้อความธรรมดา"), Line(text)])
    assert (refused.value.code, refused.value.field) == ("sensitive", "lines")
    assert refused.value.message.startswith("ข้อ 2")
    assert not Instrument.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "อาหารที่เลี้ยงรับรองมีรสชาติดี",
        "ฉันช่วยพรรคพวกก่อนคนอื่น",
        "ทำงานราชการต้องตรงเวลา",
        "หน่วยงานดูแลธรรมชาติรอบสำนักงาน",
        "ของขวัญจากญาติไม่เกี่ยวกับงาน",
        "เจ้าหน้าที่ของรัฐควรเป็นกลาง",
    ],
)
def test_ordinary_words_pass(text):
    assert touches(text) == ""


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"declares": False}, "declares", "not_declared"),
        ({"title": " "}, "title", "title_empty"),
        ({"title": "ความเห็นทางการเมือง"}, "title", "sensitive"),
        ({"introduction": "เรื่องของรัฐบาล"}, "introduction", "sensitive"),
        ({"code": "รหัส"}, "code", "code_shape"),
        ({"scale": ["น้อย", "มาก"]}, "scale", "scale_shape"),
        ({"scale": ["ก", "ก", "ค", "ง", "จ"]}, "scale", "scale_shape"),
        ({"lines": []}, "lines", "statements_none"),
        ({"lines": [Line(f"ข้อ {n}") for n in range(13)]}, "lines", "statements_many"),
        ({"lines": [Line("เหมือนกัน"), Line("เหมือนกัน ")]}, "lines", "statements_alike"),
    ],
)
def test_every_refusal_names_its_field(change, field, code):
    said = {"code": "A-1", "title": "ชื่อ", "lines": [Line("ข้อ")], "declares": True, "now": NOW, "by_id": None}
    with pytest.raises(InvalidInput) as refused:
        save_instrument(**said | change)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not Instrument.objects.exists()


def test_who_declared_and_when_is_kept(world):
    made = instrument(by_id=world.pakphum.pk)
    assert (made.declared_by, made.declared_at) == (world.pakphum, NOW)


def test_words_change_until_the_first_answer_and_never_after(held):
    instrument(lines=[Line("ใหม่"), Line("กลับ", True)])
    assert lines_of(held) == [Line("ใหม่"), Line("กลับ", True)]
    say(held, "p", [1, 5])
    with pytest.raises(Conflict):
        instrument(lines=[Line("อื่น"), Line("กลับ", True)])
    with pytest.raises(Conflict):
        instrument(lines=[Line("ใหม่"), Line("กลับ", True)], scale=["1", "2", "3", "4", "5"])
    with pytest.raises(Conflict):
        instrument(lines=[Line("ใหม่"), Line("กลับ", False)])
    again = instrument(lines=[Line("ใหม่"), Line("กลับ", True)], title="ชื่อใหม่")
    assert again.title == "ชื่อใหม่"


def test_the_database_itself_keeps_answered_statements(held):
    say(held, "p", [1, 2, 3])
    one = held.statements.first()
    acts = [
        lambda: Statement.objects.filter(pk=one.pk).update(text="อื่น"),
        lambda: Statement.objects.filter(pk=one.pk).delete(),
        lambda: Statement.objects.create(instrument=held, order=9, text="เพิ่ม"),
    ]
    for act in acts:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert [line.text for line in lines_of(held)] == [f"ข้อความที่ {n} ของ ATT-1" for n in (1, 2, 3)]


def test_a_page_opened_before_the_words_changed_is_told(held):
    asked = questionnaire(held.pk)
    instrument(lines=[Line("ใหม่")])
    with pytest.raises(NotFound):
        answer(
            asked=asked,
            context=PLACE,
            wave=Wave.BEFORE,
            person="p",
            group="",
            fiscal_year=2570,
            answers={asked.statements[0][0]: 3},
        )
    assert not AttitudeAnswer.objects.exists()
    assert not Instrument.objects.get().is_frozen, "nothing was kept, so nothing is frozen"


def test_a_wave_is_answered_once_and_blanks_stay_blank(held):
    say(held, "p", [1, None, 3])
    with pytest.raises(Refused):
        say(held, "p", [5, 5, 5])
    say(held, "p", [5, 5, 5], wave=Wave.AFTER)
    first, second = AttitudeAnswer.objects.order_by("wave").reverse()
    assert sorted(first.answers.values()) == [1, 3]
    assert first.pseudonym == second.pseudonym


def test_forged_answers_are_not_kept(held):
    asked = questionnaire(held.pk)
    real = asked.statements[0][0]
    place = {"asked": asked, "context": PLACE, "wave": Wave.BEFORE, "group": "", "fiscal_year": 2570}
    with pytest.raises(InvalidInput):
        answer(person="p", answers={real: 6, real + 1: 0, 99_999: 3}, **place)
    answer(person="p", answers={real: 5, 99_999: 3}, **place)
    assert AttitudeAnswer.objects.get().answers == {str(real): 5}


def test_retired_ones_and_installations_without_a_key_offer_nothing(held, settings):
    retire_instrument(instrument=held)
    assert questionnaire(held.pk) is None
    retire_instrument(instrument=held, retired=False)
    assert questionnaire(held.pk) is not None
    settings.SUCHARIT_ATTITUDE_KEY = ""
    assert questionnaire(held.pk) is None


# --- The bank ---------------------------------------------------------------------------------------------------


def opinion(code: str = "OP-1", stem: str = "ฉันพร้อมทักท้วง"):
    draft = QuestionDraft(Kind.LIKERT, stem, [Choice("น้อย"), Choice("กลาง"), Choice("มาก")])
    return save_question(code=code, standard=1, draft=draft, now=NOW)


def test_words_may_come_from_opinions_of_the_bank(held):
    opinion()
    question("Q1")
    assert lines_from_bank(["OP-1"]) == [Line("ฉันพร้อมทักท้วง")]
    with pytest.raises(InvalidInput, match="Q1"):
        lines_from_bank(["OP-1", "Q1"])


def test_no_test_of_a_person_asks_an_opinion(world):
    bank(2)
    opinion()
    with pytest.raises(InvalidInput) as refused:
        save_quiz(code="X", title="x", draws=[Draw(question_code="OP-1")])
    assert (refused.value.code, refused.value.field) == ("question_of_opinion", "draws")
    with pytest.raises(Refused, match="ในคลังมี 2 ข้อ"):
        quiz("Y", count=3)
    assert pool_sizes() == {1: 2}


def test_a_fixed_question_that_became_an_opinion_is_not_asked(world):
    question("Q1")
    made = save_quiz(code="X", title="x", draws=[Draw(question_code="Q1")])
    draft = QuestionDraft(Kind.LIKERT, "เห็นด้วยไหม", [Choice("น้อย"), Choice("มาก")])
    save_question(code="Q1", standard=1, draft=draft, now=NOW)
    with pytest.raises(Refused):
        start_attempt(quiz=made, officer_id=world.somsri.pk, context="c", context_version="", now=NOW)


def test_an_answer_costs_the_same_whatever_came_before(held, django_assert_max_num_queries):
    most = 8 if connection.vendor == "postgresql" else 6
    for number in range(30):
        say(held, f"p{number}", [1, 2, 3])
    with django_assert_max_num_queries(most + 2):  # the questionnaire is read by `say` itself
        say(held, "last", [1, 2, 3])
