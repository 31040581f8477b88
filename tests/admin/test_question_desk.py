"""The question desk: a new version for new words, every refusal at its field, nothing lost and no key shown."""

from datetime import date

import pytest
from django.urls import reverse

from quizzes import services
from quizzes.enums import Kind
from quizzes.models import Question, QuestionVersion, Quiz, Topic
from quizzes.services import Draw, save_quiz
from quizzes.versions import says_the_same
from tests.admin.build import edit, fields_of, said
from tests.conftest import NOW
from tests.quizzes.build import RIGHT_CANARY, WRONG_CANARY, bank, question, quiz
from tests.quizzes.samples import DRAFTS, WHY

pytestmark = pytest.mark.django_db

NEW = "/admin/questions/new/"


@pytest.fixture
def desk(world, signed_in):
    return signed_in(world.pakphum)


@pytest.fixture
def version(desk):
    return question("Q1")


def url(name, version):
    return reverse(f"questions:{name}", args=[version.question_id])


def written(**typed):
    """A whole new question as typed."""
    data = {
        "code": "eth-1",
        "kind": Kind.SINGLE,
        "stem": "คุณควรทำอย่างไร",
        "standard": "2",
        "difficulty": "easy",
        "based_on": "0",
        "choices-TOTAL_FORMS": "6",
        "choices-INITIAL_FORMS": "0",
        "choices-0-place": "2",
        "choices-0-text": "ทางที่สอง",
        "choices-0-feedback": "เพราะสอง",
        "choices-1-place": "1",
        "choices-1-text": "ทางแรก",
        "choices-1-correct": "on",
        "choices-1-feedback": "เพราะแรก",
    }
    data |= typed
    return {name: value for name, value in data.items() if value is not None}


def test_lines_and_tables_of_an_option_are_kept_as_a_browser_sends_them(desk):
    typed = written(**{"choices-0-feedback": "เพราะ\r\n|ก|ข|\r\n|1|2|", "choices-0-text": "ทาง\r\nสอง"})
    assert desk.post(NEW, typed).status_code == 302
    row = Question.objects.get().current.choices[1]
    assert (row["text"], row["feedback"]) == ("ทาง\nสอง", "เพราะ\n\n| ก | ข |\n| 1 | 2 |")


def test_a_question_is_made_with_its_choices_in_the_order_of_their_numbers(desk, world):
    answer = desk.post(NEW, written(source="คู่มือ ฉบับที่ 1", as_of="15 มี.ค. 2568"))
    made = QuestionVersion.objects.select_related("question").get()
    assert answer.status_code == 302
    assert (made.question.code, made.question.standard, made.question.difficulty) == ("ETH-1", 2, "easy")
    assert [choice["text"] for choice in made.choices] == ["ทางแรก", "ทางที่สอง"]
    assert (made.as_of, made.created_by) == (date(2025, 3, 15), world.pakphum)


def test_new_words_become_the_next_version_and_the_page_says_so(desk, version):
    answer = edit(desk, url("edit", version), stem="ถามใหม่")
    assert QuestionVersion.objects.count() == 2
    assert said(answer) == ["บันทึกเป็นฉบับที่ 2 ผู้ที่กำลังทำแบบทดสอบอยู่จะเห็นฉบับเดิมจนส่งคำตอบ"]


def test_saving_what_stands_there_makes_no_version(desk, version):
    answer = edit(desk, url("edit", version))
    assert QuestionVersion.objects.count() == 1
    assert "ยังเป็นฉบับที่ 1" in said(answer)[0]


def test_another_difficulty_is_kept_without_a_version(desk, version):
    answer = edit(desk, url("edit", version), difficulty="hard")
    assert Question.objects.get().difficulty == "hard"
    assert QuestionVersion.objects.count() == 1
    assert "บันทึกมาตรฐานและระดับความยากแล้ว" in said(answer)[0]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"stem": ""}, "โปรดเขียนคำถาม"),
        ({"code": "รหัส"}, "รหัสใช้ตัวพิมพ์ใหญ่"),
        ({"as_of": "32/13/2568"}, "วันที่"),
        ({"source": "คู่มือ"}, "ต้องระบุ “ข้อมูล ณ วันที่”"),
        ({"choices-1-correct": None}, "ต้องมีคำตอบที่ถูกเพียง 1 ตัวเลือก"),
        ({"choices-0-feedback": ""}, "โปรดเขียนคำอธิบาย"),
        ({"choices-0-text": ""}, "โปรดเขียนตัวเลือก"),
        ({"choices-0-text": "ทางแรก"}, "ซ้ำกัน"),
        ({"choices-0-text": None, "choices-0-feedback": None}, "อย่างน้อย 2 ตัวเลือก"),
        ({"kind": Kind.MULTIPLE, "choices-0-correct": "on"}, "ไม่ใช่ทุกตัวเลือก"),
    ],
)
def test_every_refusal_is_said_in_thai_and_nothing_typed_is_lost(desk, typed, sentence):
    page = desk.post(NEW, written(explanation="พิมพ์ไว้ยาวมาก", **typed))
    assert page.status_code == 200
    html = page.content.decode()
    assert sentence in html
    assert "พิมพ์ไว้ยาวมาก" in html
    assert not Question.objects.exists()


def test_a_refusal_of_the_domain_stands_at_its_field(desk):
    page = desk.post(NEW, written(source="คู่มือ"))
    assert list(page.context["form"].errors) == ["as_of"]
    page = desk.post(NEW, written(**{"choices-1-correct": None}))
    assert not page.context["form"].errors
    assert page.context["rows"].non_form_errors()


def test_a_known_code_does_not_overwrite_its_question(desk, version):
    page = desk.post(NEW, written(code="q1"))
    assert "มีคำถามรหัสนี้แล้ว" in page.content.decode()
    assert QuestionVersion.objects.get().stem == version.stem


def test_two_authors_do_not_overwrite_each_other_unknowingly(desk, version):
    mine = fields_of(desk.get(url("edit", version))) | {"stem": "ของฉัน"}
    question("Q1", stem="ของเขา")
    page = desk.post(url("edit", version), mine)
    assert "มีผู้บันทึกฉบับที่ 2 แล้ว" in page.content.decode()
    assert "ของฉัน" in page.content.decode()
    assert Question.objects.get().current.stem == "ของเขา"
    desk.post(url("edit", version), fields_of(page))
    assert Question.objects.get().current.stem == "ของฉัน"
    assert QuestionVersion.objects.count() == 3


def test_the_preview_holds_the_words_and_nothing_of_the_key(desk, version):
    for page in (
        desk.get(url("preview", version)),
        desk.post(NEW, written(preview="1", explanation="ความลับ")),
    ):
        html = page.content.decode()
        assert page.status_code == 200
        assert "ทางเลือกที่ 0" in html or "ทางแรก" in html
        for secret in (RIGHT_CANARY, WRONG_CANARY, "เพราะแรก", "ความลับ", "correct", "checked", "is-right"):
            assert secret not in html
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("1", 200),
        ("", 200),
        ("2", 404),
        ("²", 404),
        ("๑", 404),
        ("-1", 404),
        ("1 ", 404),
        ("x", 404),
        ("9" * 10, 404),
        ("9" * 25, 404),
        ("9" * 5_000, 404),
        ("1\x00", 404),
    ],
)
def test_a_version_is_asked_for_by_an_ordinary_number_or_is_not_there(desk, version, asked, status):
    assert desk.get(url("preview", version), {"version": asked}).status_code == status


def test_the_history_lists_every_version_with_its_author(desk, version):
    edit(desk, url("edit", version), stem="ถามใหม่")
    html = desk.get(url("history", version)).content.decode()
    assert "ฉบับที่ 2 (ใช้อยู่)" in html
    assert "ภาคภูมิ" in html
    assert version.stem in html
    assert desk.post(url("history", version)).status_code == 405


def test_a_question_is_retired_and_brought_back(desk, version):
    desk.post(url("retire", version))
    assert Question.objects.get().is_retired
    desk.post(url("retire", version))
    assert not Question.objects.get().is_retired


def test_a_question_that_a_quiz_needs_stays_in_use(desk):
    made = bank(3)
    quiz(count=3)
    answer = desk.post(url("retire", made[0]))
    assert "แบบทดสอบ T" in said(answer)[0]
    save_quiz(code="T", title="ท", draws=[Draw(question_code="Q1-000")])
    desk.post(url("retire", made[0]))
    assert not Question.objects.filter(is_retired=True).exists()
    desk.post(url("retire", made[1]))
    assert Question.objects.get(is_retired=True).code == "Q1-001"


def test_a_move_that_would_empty_a_pool_is_refused(desk):
    made = bank(3)
    quiz(count=3)
    page = edit(desk, url("edit", made[0]), standard="5")
    assert "ย้ายข้อนี้ไม่ได้" in page.content.decode()
    assert Question.objects.get(code="Q1-000").standard == 1


def test_the_page_says_which_quizzes_lean_on_the_question(desk):
    made = bank(3)
    quiz("POOL", count=2)
    save_quiz(code="FIX", title="แบบกำหนดข้อ", draws=[Draw(question_code="Q1-000")])
    html = desk.get(url("edit", made[0])).content.decode()
    assert "แบบกำหนดข้อ" in html
    assert "สุ่มจากคลัง" in html


def test_nothing_can_be_deleted_through_the_desk(desk, version):
    for tail in (
        f"delete/{version.question_id}/",
        f"copy/{version.question_id}/",
        f"inspect/{version.question_id}/",
    ):
        assert desk.post(f"/admin/questions/{tail}").status_code == 404


def test_the_list_filters_and_finds(desk):
    bank(2, standard=1)
    bank(1, standard=3, prefix="X")
    services.retire_question(question=Question.objects.get(code="Q1-001"))
    listing = reverse("questions:index")

    def codes(**query):
        return {row.code for row in desk.get(listing, query).context["object_list"]}

    assert codes(standard="3") == {"X3-000"}
    assert codes(is_retired="True") == {"Q1-001"}
    assert codes(kind="multiple") == set()
    assert codes(difficulty="medium", standard="1") == {"Q1-000", "Q1-001"}
    assert codes(q="X3-000 คุณ") == {"X3-000"}


def test_the_lists_cost_the_same_for_two_and_for_twenty(desk, count_queries):
    for listing, grow in (
        ("questions:index", lambda n: bank(n, prefix=f"P{n}")),
        ("quizzes:index", lambda n: [quiz(f"T{n}-{i}", count=1) for i in range(n)]),
    ):
        grow(2)
        few = count_queries(desk, reverse(listing))
        grow(18)
        assert count_queries(desk, reverse(listing)) == few


def test_a_quiz_is_made_and_changed_with_its_draws(desk):
    bank(4)
    question("FIXED", standard=2)
    answer = edit(
        desk,
        reverse("quizzes:add"),
        **{
            "code": "T-1",
            "title": "แบบทดสอบใหม่",
            "instructions": "อ่านก่อน\n\n- หนึ่ง\n- สอง <b>",
            "draws-0-place": "2",
            "draws-0-standard": "1",
            "draws-0-count": "3",
            "draws-1-place": "1",
            "draws-1-question_code": "fixed",
        },
    )
    assert answer.status_code == 302
    made = Quiz.objects.get(code="T-1")
    assert [(d.question.code if d.question else "", d.standard, d.count) for d in made.draws.all()] == [
        ("FIXED", None, 1),
        ("", 1, 3),
    ]
    assert made.instructions == "<p>อ่านก่อน</p>\n<ul><li>หนึ่ง</li><li>สอง &lt;b&gt;</li></ul>"
    edit(desk, reverse("quizzes:edit", args=[made.pk]), pass_percent="80", shuffle_choices=None)
    made.refresh_from_db()
    assert (made.pass_percent, made.shuffle_choices, made.draws.count()) == (80, False, 2)
    assert made.instructions == "<p>อ่านก่อน</p>\n<ul><li>หนึ่ง</li><li>สอง &lt;b&gt;</li></ul>"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"draws-0-standard": "1", "draws-0-count": "9"}, "แต่ในคลังมี 2 ข้อ"),
        ({"draws-0-question_code": "NONE"}, "ไม่พบคำถามรหัส NONE"),
        ({}, "ยังไม่มีคำถาม"),
        ({"draws-0-standard": "1"}, "โปรดใส่จำนวนข้อ"),
        ({"draws-0-standard": "1", "draws-0-count": "1", "draws-0-question_code": "Q1-000"}, "อย่างใดอย่างหนึ่ง"),
        ({"pass_percent": "101", "draws-0-standard": "1", "draws-0-count": "1"}, "100"),
    ],
)
def test_a_blueprint_that_cannot_stand_is_refused_at_its_lines(desk, typed, sentence):
    bank(2)
    page = edit(desk, reverse("quizzes:add"), code="T", title="ชื่อที่พิมพ์ไว้", **typed)
    assert sentence in page.content.decode()
    assert "ชื่อที่พิมพ์ไว้" in page.content.decode()
    assert not Quiz.objects.exists()


# --- every kind ---------------------------------------------------------------------------------------------


def typed_rows(draft) -> dict[str, str]:
    """The rows of a draft as an editor types them."""
    typed = {}
    for place, choice in enumerate(draft.choices):
        row = {
            "place": str(place + 1),
            "text": choice.text,
            "feedback": choice.feedback,
            "match": choice.match,
            "gap": str(choice.gap or ""),
            "credit": str(choice.credit * 100),
            "tolerance": str(choice.tolerance),
            "expert": str(choice.expert),
            "correct": "on" if choice.correct else None,
        }
        typed |= {f"choices-{place}-{name}": value for name, value in row.items()}
    return typed


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_is_made_in_the_form_and_comes_back_as_it_was(desk, kind):
    draft = DRAFTS[kind]
    page = desk.get(NEW, {"kind": kind})
    assert page.status_code == 200
    data = {
        "code": "K-1",
        "kind": kind,
        "stem": draft.stem,
        "scale": "\n".join(draft.scale),
        "unit": draft.unit,
        "scoring": "partial",
        "standard": "3",
        "topics": "ของขวัญ; No Gift Policy",
        "difficulty": "hard",
        "based_on": "0",
        "choices-TOTAL_FORMS": "6",
        "choices-INITIAL_FORMS": "0",
        **typed_rows(draft),
    }
    answer = desk.post(NEW, {name: value for name, value in data.items() if value is not None})
    assert answer.status_code == 302, answer.context and (
        answer.context["form"].errors,
        answer.context["rows"].errors,
    )
    version = QuestionVersion.objects.select_related("question").get()
    assert says_the_same(version, draft)
    assert sorted(topic.name for topic in version.question.topics.all()) == ["No Gift Policy", "ของขวัญ"]
    again = edit(desk, url("edit", version))
    assert again.status_code == 302
    assert QuestionVersion.objects.count() == 1, "saving what stands there makes no version"
    assert desk.get(url("history", version)).status_code == 200
    preview = desk.get(url("preview", version)).content.decode()
    assert WHY not in preview
    changed = edit(desk, url("edit", version), stem=f"{draft.stem} ใหม่")
    assert changed.status_code == 302
    assert QuestionVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (Kind.MATCHING, {"choices-0-match": ""}, "โปรดเขียนคู่ของแถวนี้"),
        (Kind.GAPS, {"stem": "ไม่มีช่อง"}, "โปรดใส่ [[1]] [[2]]"),
        (Kind.NUMERIC, {"choices-0-text": "สามพัน"}, "คำตอบต้องเป็นตัวเลข"),
        (Kind.NUMERIC, {"choices-0-credit": "101"}, "100"),
        (Kind.JUDGEMENT, {"choices-0-expert": "9"}, "ต้องอยู่ระหว่าง 1 ถึง 4"),
        (Kind.JUDGEMENT, {"scale": "ระดับเดียว"}, "2 ถึง 9 ระดับ"),
        (Kind.ORDERING, {"choices-2-text": "", "choices-2-feedback": ""}, "อย่างน้อย 3 รายการ"),
        (Kind.LIKERT, {"choices-1-text": "ไม่เห็นด้วย"}, "ซ้ำกัน"),
    ],
)
def test_what_a_kind_lacks_is_said_at_its_place(desk, kind, typed, sentence):
    draft = DRAFTS[kind]
    version = services.save_question(code="K-1", standard=1, draft=draft, now=NOW)
    page = edit(desk, url("edit", version), **typed)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert QuestionVersion.objects.count() == 1


def test_another_kind_cannot_be_posted_over_a_question(desk):
    version = services.save_question(code="K-1", standard=1, draft=DRAFTS[Kind.ORDERING], now=NOW)
    assert edit(desk, url("edit", version), kind="likert").status_code == 200
    assert QuestionVersion.objects.get().kind == Kind.ORDERING


def test_a_line_of_a_quiz_draws_by_topic_and_difficulty(desk):
    for number in range(3):
        services.save_question(
            code=f"K-{number}",
            standard=1,
            draft=DRAFTS[Kind.SINGLE],
            topics=["ของขวัญ"],
            difficulty="hard",
            now=NOW,
        )
    typed = {
        "draws-0-topic": "ของขวัญ",
        "draws-0-difficulty": "hard",
        "draws-0-count": "2",
        "draws-0-standard": "",
    }
    made = quiz("T", count=1)
    assert edit(desk, reverse("quizzes:edit", args=[made.pk]), **typed).status_code == 302
    line = made.draws.get()
    assert (line.topic.name, line.difficulty, line.standard, line.count) == ("ของขวัญ", "hard", None, 2)
    assert fields_of(desk.get(reverse("quizzes:edit", args=[made.pk])))["draws-0-topic"] == ["ของขวัญ"]
    page = edit(
        desk, reverse("quizzes:edit", args=[made.pk]), **{"draws-0-topic": "", "draws-0-standard": ""}
    )
    assert "โปรดเลือกมาตรฐานหรือหัวข้อด้วย" in page.content.decode()


def test_the_bank_is_narrowed_by_topic(desk):
    for code, topic in (("K-1", "ของขวัญ"), ("K-2", "อื่น")):
        services.save_question(code=code, standard=1, draft=DRAFTS[Kind.SINGLE], topics=[topic], now=NOW)
    page = desk.get("/admin/questions/", {"topics": Topic.objects.get(name="ของขวัญ").pk}).content.decode()
    assert "K-1" in page
    assert "K-2" not in page
