"""The bank as a desk: found by any words, narrowed to what matters, filed and dated many at once or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from quizzes import bulk, finding, services
from quizzes.enums import TopicKind
from quizzes.models import BankRow, Question, Topic
from quizzes.services import Draw, save_question, save_quiz
from sucharit.kernel.errors import InvalidInput, Refused
from sucharit.kernel.thai_calendar import format_date
from tests.admin.build import edit, fields_of, said
from tests.conftest import NOW, TODAY
from tests.quizzes.build import bank, draft, question, quiz

pytestmark = pytest.mark.django_db

LIST = "/admin/questions/"
BULK = f"{LIST}bulk/"


@pytest.fixture
def desk(world, signed_in):
    return signed_in(world.pakphum)


def codes(client, **query) -> set[str]:
    return {row.code for row in client.get(LIST, query).context["object_list"]}


# --- finding ----------------------------------------------------------------------------------------------------


def test_words_are_found_inside_words_however_they_are_typed(desk):
    save_question(
        code="A-1",
        standard=1,
        draft=draft("A-1", stem="ผู้รับเหมานำกระเช้ามาให้ในปี ๒๕๖๘", source="ประกาศ ป.ป.ช.", as_of=TODAY),
        topics=["ของขวัญ"],
        provisions=["พ.ร.ป. มาตรา 128"],
        now=NOW,
    )
    question("B-2")
    for typed in (
        "กระเช้า",
        "เหมานำ",
        "เหมานํา",  # ำ typed as two signs
        "2568",
        "a-1",
        "ทางเลือกที่ a-1",
        "ป.ป.ช.",
        "ของขวัญ",
        "มาตรา 128",
        "กระเช้า ของขวัญ",
    ):
        assert codes(desk, q=typed) == {"A-1"}, typed
    assert codes(desk, q="ทางเลือกที่") == {"A-1", "B-2"}
    for typed in ("กระเช้า b-2", "%", "_", "ไม่มีคำนี้"):
        assert codes(desk, q=typed) == set(), typed
    assert codes(desk, q="  ") == {"A-1", "B-2"}


def test_new_words_are_found_and_old_ones_no_longer(desk):
    question("A-1", stem="กระเช้าปีใหม่")
    question("A-1", stem="ตะกร้าผลไม้")
    assert codes(desk, q="กระเช้า") == set()
    assert codes(desk, q="ตะกร้า") == {"A-1"}
    assert BankRow.objects.count() == 1


def test_feedback_is_not_what_a_question_is_found_by(desk):
    question("A-1")
    assert codes(desk, q="canary") == set()


def test_a_search_costs_the_same_whatever_the_bank(desk, count_queries):
    bank(2)
    few = count_queries(desk, f"{LIST}?q=ทางเลือก คุณ")
    bank(20, prefix="X")
    assert count_queries(desk, f"{LIST}?q=ทางเลือก คุณ") == few


def test_filters_by_author_quiz_provision_and_what_is_to_be_done(desk, world):
    other = world.secretariat
    save_question(code="A-1", standard=1, draft=draft("A-1"), by_id=world.pakphum.pk, now=NOW)
    save_question(code="A-1", standard=1, draft=draft("A-1", stem="สอง"), by_id=other.pk, now=NOW)
    save_question(code="A-1", standard=1, draft=draft("A-1", stem="สาม"), now=NOW)
    save_question(code="B-1", standard=2, draft=draft("B-1"), by_id=other.pk, provisions=["ม. 5"], now=NOW)
    due, later = TODAY - timedelta(days=1), TODAY + timedelta(days=900)
    save_question(code="C-1", standard=3, draft=draft("C-1"), review_on=due, now=NOW)
    save_question(code="D-1", standard=3, draft=draft("D-1"), review_on=later, topics=["ง"], now=NOW)
    bare = draft("E-1")
    save_question(
        code="E-1",
        standard=3,
        draft=replace(bare, choices=[replace(choice, feedback="") for choice in bare.choices]),
        may_lack_feedback=True,
        now=NOW,
    )
    assert codes(desk, author=world.pakphum.pk) == {"A-1"}, "who began it"
    assert codes(desk, author=other.pk) == {"B-1"}, "one in between is neither the first nor the current"
    assert codes(desk, provisions=Topic.objects.get(name="ม. 5").pk) == {"B-1"}
    assert codes(desk, topics=Topic.objects.get(name="ง").pk) == {"D-1"}
    assert codes(desk, state="due") == {"C-1"}
    assert codes(desk, state="incomplete") == {"E-1"}
    made = save_quiz(
        code="T",
        title="ท",
        draws=[
            Draw(question_code="A-1"),
            Draw(standard=2),
            Draw(topic="ง"),
            Draw(standard=3, difficulty="medium"),
        ],
    )
    assert codes(desk, quiz=made.pk) == {"A-1", "B-1", "C-1", "D-1", "E-1"}
    hard = quiz("U", standard=2, count=1)
    assert codes(desk, quiz=hard.pk) == {"B-1"}
    page = desk.get(LIST).content.decode()
    assert format_date(due, "short") in page
    assert format_date(later, "short") not in page, "only what is due is shown"


def test_only_people_who_wrote_are_offered_as_authors(desk, world):
    save_question(code="A-1", standard=1, draft=draft("A-1"), by_id=world.pakphum.pk, now=NOW)
    assert list(finding.authors()) == [world.pakphum]


# --- provisions and the day of review in the form ---------------------------------------------------------------


def test_provisions_and_the_day_of_review_are_kept_shown_and_taken_away(desk):
    version = save_question(code="A-1", standard=1, draft=draft("A-1"), topics=["ก"], now=NOW)
    page = reverse("questions:edit", args=[version.question_id])
    answer = edit(desk, page, provisions="ม. 5; ม. 6 ;", review_on="1 ธ.ค. 2569")
    assert "ยังเป็นฉบับที่ 1" in said(answer)[0]
    typed = fields_of(desk.get(page))
    assert (typed["topics"], typed["provisions"]) == ("ก", "ม. 5; ม. 6")
    assert "2569" in typed["review_on"]
    edit(desk, page, provisions="ม. 6", review_on="")
    held = Question.objects.get()
    assert (held.review_on, {topic.name for topic in held.topics.all()}) == (None, {"ก", "ม. 6"})


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"provisions": "ก"}, "“ก” อยู่ในช่องหัวข้อด้วย"),
        ({"provisions": "ข"}, "“ข” เป็นหัวข้ออยู่แล้ว จึงใส่ในช่องบทบัญญัติไม่ได้"),
        ({"topics": "ม. 1"}, "“ม. 1” เป็นบทบัญญัติอยู่แล้ว จึงใส่ในช่องหัวข้อไม่ได้"),
        ({"provisions": "ย" * 81}, "ยาวได้ไม่เกิน 80"),
        ({"review_on": "31 ก.พ. 2569"}, "วัน"),
    ],
)
def test_a_name_is_one_or_the_other(desk, typed, sentence):
    save_question(code="Z-1", standard=1, draft=draft("Z-1"), topics=["ข"], provisions=["ม. 1"], now=NOW)
    version = save_question(code="A-1", standard=1, draft=draft("A-1"), topics=["ก"], now=NOW)
    page = edit(desk, reverse("questions:edit", args=[version.question_id]), **typed)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert {topic.name for topic in version.question.topics.all()} == {"ก"}


def test_a_quiz_draws_by_provision_as_by_topic(desk):
    save_question(code="A-1", standard=1, draft=draft("A-1"), topics=["ก"], provisions=["ม. 5"], now=NOW)
    answer = edit(
        desk,
        reverse("quizzes:add"),
        **{"code": "T", "title": "ท", "draws-0-topic": "ม. 5", "draws-0-count": "1"},
    )
    assert answer.status_code == 302
    page = desk.get(answer.url).content.decode()
    assert '<optgroup label="บทบัญญัติ">' in page
    assert '<optgroup label="หัวข้อ">' in page
    assert '<option value="ม. 5" selected>' in page


# --- many at once -----------------------------------------------------------------------------------------------


def ids(*names: str) -> set[int]:
    return set(Question.objects.filter(code__in=names).values_list("pk", flat=True))


def names_of(code: str) -> set[str]:
    return set(Question.objects.get(code=code).topics.values_list("name", flat=True))


def test_many_are_changed_together_and_only_the_changed_are_told():
    bank(3)
    save_question(code="Q1-000", standard=1, draft=draft("Q1-000"), topics=["ก", "เก่า"], now=NOW)
    change = bulk.Change(
        topics=["ก"], provisions=["ม. 5"], remove=["เก่า"], difficulty="hard", review_on=TODAY
    )
    chosen = ids("Q1-000", "Q1-001")
    changed = bulk.change_questions(question_ids=chosen, change=change)
    assert [one.code for one in changed] == ["Q1-000", "Q1-001"]
    assert names_of("Q1-000") == names_of("Q1-001") == {"ก", "ม. 5"}
    assert names_of("Q1-002") == set()
    assert (
        set(Question.objects.filter(difficulty="hard", review_on=TODAY).values_list("pk", flat=True))
        == chosen
    )
    # "เก่า" is still a tag of the bank, so taking it away again is no mistake, and changes nothing.
    assert bulk.change_questions(question_ids=chosen, change=change) == []
    assert [
        one.code for one in bulk.change_questions(question_ids=chosen, change=bulk.Change(review_on=None))
    ] == [
        "Q1-000",
        "Q1-001",
    ]
    assert Topic.objects.get(name="ม. 5").kind == TopicKind.PROVISION


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (bulk.Change(retire=True), "จะมีคำถามไม่พอ"),
        (bulk.Change(topics=["ใหม่"], remove=["ก"]), "จะมีคำถามไม่พอ"),
        (bulk.Change(review_on=TODAY, difficulty="hard"), "จะมีคำถามไม่พอ"),
        (bulk.Change(topics=["ม. 5"], review_on=TODAY), "เป็นบทบัญญัติอยู่แล้ว"),
        (bulk.Change(review_on=TODAY, remove=["ไม่มี"]), "ไม่พบหัวข้อหรือบทบัญญัติ “ไม่มี”"),
        (bulk.Change(), "อย่างน้อย 1 อย่าง"),
    ],
)
def test_all_of_it_or_nothing(change, sentence):
    for place in range(3):
        code = f"Q-{place}"
        save_question(code=code, standard=1, draft=draft(code), topics=["ก"], provisions=["ม. 5"], now=NOW)
    save_quiz(code="T", title="ท", draws=[Draw(topic="ก", difficulty="medium", count=2)])
    before = [(row.difficulty, row.review_on, row.is_retired) for row in Question.objects.all()]
    with pytest.raises((InvalidInput, Refused), match=sentence):
        bulk.change_questions(question_ids=ids("Q-0", "Q-1"), change=change)
    assert [(row.difficulty, row.review_on, row.is_retired) for row in Question.objects.all()] == before
    assert {frozenset(names_of(f"Q-{place}")) for place in range(3)} == {frozenset({"ก", "ม. 5"})}
    assert not Topic.objects.filter(name="ใหม่").exists()


def test_one_that_a_quiz_names_is_not_retired_with_others():
    bank(4)
    save_quiz(code="T", title="ท", draws=[Draw(question_code="Q1-002")])
    with pytest.raises(Refused, match="กำหนดข้อ Q1-002 ไว้"):
        bulk.change_questions(question_ids=ids("Q1-001", "Q1-002"), change=bulk.Change(retire=True))
    assert not Question.objects.filter(is_retired=True).exists()


def test_too_many_at_once_are_refused(monkeypatch):
    bank(3)
    monkeypatch.setattr(bulk, "MOST_QUESTIONS", 2)
    with pytest.raises(Refused, match="ครั้งละไม่เกิน 2 ข้อ"):
        bulk.change_questions(
            question_ids=ids("Q1-000", "Q1-001", "Q1-002"), change=bulk.Change(review_on=TODAY)
        )


def test_the_cost_of_a_change_does_not_grow_with_the_questions(django_assert_num_queries):
    bank(30)
    quiz(count=3)
    change = bulk.Change(topics=["ก"], provisions=["ม. 5"], difficulty="hard", review_on=TODAY)
    costs = []
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for chosen in (ids("Q1-000", "Q1-001"), set(Question.objects.values_list("pk", flat=True))):
        with CaptureQueriesContext(connection) as caught:
            bulk.change_questions(question_ids=chosen, change=change)
        costs.append(len(caught))
    assert costs[0] == costs[1]


def test_the_page_changes_what_was_ticked_after_a_look(desk, world):
    bank(3)
    bank(2, standard=2)
    address = f"{BULK}?standard=1"
    first = desk.get(address)
    assert "คำถามที่พบ 3 ข้อ" in first.content.decode()
    ticked = sorted(ids("Q1-000", "Q1-001"))
    typed = {**fields_of(first), "topics": "ก; ข", "only": ticked}
    look = desk.post(address, typed)
    page = look.content.decode()
    assert "จะเปลี่ยนคำถาม 2 ข้อ" in page
    assert "เพิ่มหัวข้อ ก, ข" in page
    assert names_of("Q1-000") == set(), "a look changes nothing"
    done = desk.post(address, {**typed, "sure": look.context["sure"]})
    assert said(done) == ["เปลี่ยนแล้ว 2 ข้อ จากที่เลือก 2 ข้อ"]
    assert done.url == f"{LIST}?standard=1"
    assert names_of("Q1-001") == {"ก", "ข"}
    assert names_of("Q1-002") == set()
    assert ModelLogEntry.objects.filter(action="wagtail.edit", user=world.pakphum).count() == 2


def test_what_changed_since_the_look_is_looked_at_again(desk):
    bank(3)
    typed = {"topics": "ก", "only": sorted(ids("Q1-000"))}
    sure = desk.post(BULK, typed).context["sure"]
    again = desk.post(BULK, {**typed, "only": sorted(ids("Q1-000", "Q1-001")), "sure": sure})
    assert "เปลี่ยนไประหว่างนี้" in said(again)[0]
    assert not Topic.objects.exists()


def test_what_is_refused_keeps_what_was_typed(desk):
    bank(2)
    quiz(count=2)
    typed = {"topics": "ก", "retire": "on", "only": sorted(ids("Q1-000"))}
    page = desk.post(BULK, {**typed, "sure": desk.post(BULK, typed).context["sure"]}).content.decode()
    assert "จะมีคำถามไม่พอ" in page
    assert 'value="ก"' in page
    assert "โปรดเลือกสิ่งที่จะเปลี่ยน" in desk.post(BULK, {"only": sorted(ids("Q1-000"))}).content.decode()
    assert "โปรดเลือกคำถามอย่างน้อย 1 ข้อ" in desk.post(BULK, {"topics": "ก"}).content.decode()
    assert not Question.objects.filter(is_retired=True).exists()


def test_the_list_leads_there_with_what_it_shows(desk):
    bank(1)
    assert f'href="{BULK}?q=Q1&amp;standard=1"' in desk.get(f"{LIST}?q=Q1&standard=1").content.decode()


def test_retiring_and_bringing_back_keep_the_row_of_the_bank(desk):
    version = question("A-1")
    services.retire_question(question=version.question)
    assert codes(desk, q="A-1", is_retired="True") == {"A-1"}
