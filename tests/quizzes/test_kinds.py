"""Every kind of question: what it asks for, how it is scored, and that it can be answered without a script."""

from decimal import Decimal
from fractions import Fraction

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from quizzes.checks import check_draft
from quizzes.drafts import Choice, QuestionDraft
from quizzes.enums import Kind, Scoring
from quizzes.kinds import Asked, clean, is_met, key_of, number_in, points, row_ids, target_ids
from quizzes.models import Attempt, QuestionVersion
from quizzes.services import Draw, save_question, save_quiz
from quizzes.versions import asked_of, draft_of, says_the_same, stored_rows
from sucharit.kernel.errors import InvalidInput
from tests.conftest import NOW
from tests.courses.build import School, plant_course, plant_home, read_all, start
from tests.quizzes.samples import DRAFTS, SCALE, WHY

RANKED = QuestionDraft(
    Kind.JUDGEMENT,
    "จัดลำดับ",
    [
        Choice("ก", feedback=WHY, expert=1),
        Choice("ข", feedback=WHY, expert=2),
        Choice("ค", feedback=WHY, expert=3),
    ],
)


def asked(draft: QuestionDraft) -> Asked:
    return Asked(draft.kind, stored_rows(draft), draft.scoring, tuple(draft.scale))


def best(one: Asked) -> list[str]:
    """The answer that earns everything."""
    if one.kind in {Kind.SHORT_TEXT, Kind.NUMERIC}:
        return [one.choices[0]["text"]]
    if one.kind == Kind.LIKERT:
        return [one.choices[0]["id"]]
    if one.kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE}:
        return [row["id"] for row in one.choices if row["correct"]]
    return [f"{row}={target}" for row, target in key_of(one).items()]


def by_text(one: Asked, *texts: str) -> list[str]:
    return [row["id"] for row in one.choices if row["text"] in texts]


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_may_be_asked_and_its_key_earns_the_point(kind):
    check_draft(DRAFTS[kind])
    one = asked(DRAFTS[kind])
    answer = clean(one, best(one))
    assert answer
    assert points(one, answer) == (None if kind == Kind.LIKERT else 1)
    assert points(one, []) == (None if kind == Kind.LIKERT else 0)


@pytest.mark.parametrize("draft", [*DRAFTS.values(), RANKED], ids=lambda draft: f"{draft.kind}")
@given(data=st.data())
def test_whatever_a_browser_posts_earns_between_nothing_and_the_point(draft, data):
    one = asked(draft)
    ids = [*row_ids(one), *target_ids(one), "zz", "", "3000", "สำนักงาน ก.พ.", "\x00"]
    part = st.sampled_from(ids)
    values = data.draw(st.lists(st.one_of(part, st.tuples(part, part).map("=".join), st.text(max_size=9))))
    answer = clean(one, values)
    assert clean(one, answer) == answer
    earned = points(one, answer)
    assert earned is None or 0 <= earned <= 1


def test_several_right_options_earn_their_share_and_wrong_ones_take_it_back():
    one = asked(DRAFTS[Kind.MULTIPLE])
    assert points(one, by_text(one, "ก")) == Fraction(1, 2)
    assert points(one, by_text(one, "ก", "ข", "ค")) == Fraction(1, 2)
    assert points(one, by_text(one, "ก", "ค")) == 0
    assert points(one, by_text(one, "ค", "ง")) == 0
    assert points(one, by_text(one, "ก", "ข", "ค", "ง")) == 0
    exact = Asked(one.kind, one.choices, Scoring.EXACT)
    assert points(exact, by_text(one, "ก")) == 0
    assert points(exact, by_text(one, "ก", "ข")) == 1


def test_rows_earn_their_share():
    one = asked(DRAFTS[Kind.MATCHING])
    first, second = best(one)
    assert points(one, [first]) == Fraction(1, 2)
    wrong = f"{second.split('=')[0]}={first.split('=')[1]}"
    assert points(one, [first, wrong]) == Fraction(1, 2)
    assert points(Asked(one.kind, one.choices, Scoring.EXACT), [first, wrong]) == 0
    order = asked(DRAFTS[Kind.ORDERING])
    a, b, c = row_ids(order)
    assert points(order, [f"{a}=1", f"{b}=3", f"{c}=2"]) == Fraction(1, 3)
    assert points(order, [f"{a}=1", f"{b}=1", f"{c}=1"]) == Fraction(1, 3)


def test_a_judgement_is_scored_by_its_distance_to_the_experts():
    one = asked(DRAFTS[Kind.JUDGEMENT])
    give, take = by_text(one, "คืน")[0], by_text(one, "รับ")[0]
    # Experts say 4 and 1 on a scale of four; each row can be off by three, six in all.
    assert points(one, [f"{give}=4", f"{take}=2"]) == Fraction(5, 6)
    assert points(one, [f"{give}=2", f"{take}=2"]) == Fraction(3, 6)
    assert points(one, [f"{give}=1", f"{take}=4"]) == 0
    assert points(one, [f"{give}=4"]) == Fraction(3, 6), "a row left out lies as far away as it can"
    ranked = asked(RANKED)
    a, b, c = row_ids(ranked)
    # The greatest distance of a ranking of three is four: one and three changed over.
    assert points(ranked, [f"{a}=1", f"{b}=3", f"{c}=2"]) == Fraction(1, 2)
    assert points(ranked, [f"{a}=3", f"{b}=2", f"{c}=1"]) == 0


@pytest.mark.parametrize(
    ("typed", "earned"),
    [
        ("สำนักงาน ก.พ.", 1),
        (" สํานักงาน   ก.พ.  ", 1),
        ("สำนักงาน\u200b ก.พ.", 1),
        ("น่าจะ ก.พ. นะ", Fraction(1, 2)),
        ("กพ", 0),
        ("", 0),
    ],
)
def test_a_typed_answer_is_read_as_a_thai_reader_reads_it(typed, earned):
    one = asked(DRAFTS[Kind.SHORT_TEXT])
    assert points(one, clean(one, [typed])) == earned


@pytest.mark.parametrize(
    ("typed", "earned"),
    [
        ("3000", 1),
        ("3,000", 1),
        ("๓,๐๐๐", 1),
        ("3000.0", 1),
        ("3400", Fraction(1, 2)),
        ("3501", 0),
        ("สามพัน", 0),
        ("1e3", 0),
    ],
)
def test_a_number_is_read_in_thai_or_arabic_digits(typed, earned):
    one = asked(DRAFTS[Kind.NUMERIC])
    assert points(one, clean(one, [typed])) == earned


def test_a_star_stands_for_any_words_and_nothing_else_is_special():
    assert is_met("*จริยธรรม*", "มาตรฐานทางจริยธรรมภาครัฐ")
    assert not is_met("ก.พ.", "กxพx")
    assert number_in("12.5") == Decimal("12.5")
    assert number_in("12..5") is None


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (QuestionDraft(Kind.MATCHING, "ถาม", [Choice("ก", match="1")]), "choices"),
        (QuestionDraft(Kind.MATCHING, "ถาม", [Choice("ก", match="1"), Choice("ข")]), "choices"),
        (QuestionDraft(Kind.ORDERING, "ถาม", [Choice("ก"), Choice("ข")]), "choices"),
        (QuestionDraft(Kind.GAPS, "ไม่มีช่อง", [Choice("ก", gap=1), Choice("ข")]), "stem"),
        (QuestionDraft(Kind.GAPS, "[[1]] [[3]]", [Choice("ก", gap=1), Choice("ข", gap=3)]), "stem"),
        (QuestionDraft(Kind.GAPS, "[[1]]", [Choice("ก"), Choice("ข")]), "choices"),
        (QuestionDraft(Kind.SHORT_TEXT, "ถาม", [Choice(" * ")]), "choices"),
        (QuestionDraft(Kind.SHORT_TEXT, "ถาม", [Choice("ก", credit=Decimal("0.5"))]), "choices"),
        (QuestionDraft(Kind.NUMERIC, "ถาม", [Choice("สาม")]), "choices"),
        (
            QuestionDraft(Kind.JUDGEMENT, "ถาม", [Choice("ก", feedback="ข", expert=5)] * 2, scale=SCALE),
            "choices",
        ),
        (
            QuestionDraft(
                Kind.JUDGEMENT,
                "ถาม",
                [Choice("ก", feedback="ข", expert=1), Choice("ค", feedback="ข", expert=1)],
            ),
            "choices",
        ),
        (QuestionDraft(Kind.LIKERT, "ถาม", [Choice("ก", True), Choice("ข")]), "choices"),
        (QuestionDraft("rubbish", "ถาม", []), "kind"),
    ],
)
def test_what_cannot_be_asked_fairly_is_refused_where_it_was_written(draft, field):
    with pytest.raises(InvalidInput) as refused:
        check_draft(draft)
    assert refused.value.field == field


def bank_of_all() -> None:
    for kind, draft in DRAFTS.items():
        save_question(code=f"K-{kind.upper().replace('_', '-')}", standard=1, draft=draft, now=NOW)


@pytest.mark.django_db
def test_a_stored_version_gives_its_draft_back():
    bank_of_all()
    for version in QuestionVersion.objects.select_related("question"):
        assert says_the_same(version, DRAFTS[Kind(version.kind)])
        assert draft_of(version).choices == list(DRAFTS[Kind(version.kind)].choices)
    bank_of_all()
    assert QuestionVersion.objects.count() == len(DRAFTS), "the same words make no new version"


@pytest.fixture
def paper(world, signed_in) -> tuple[object, School, str]:
    """A learner before a post-test with one question of each kind but opinions, which no test of a person may ask."""
    bank_of_all()
    home, index, campaigns = plant_home()
    codes = [f"K-{kind.upper().replace('_', '-')}" for kind in Kind if kind != Kind.LIKERT]
    post = save_quiz(code="ALL", title="ทุกชนิด", draws=[Draw(question_code=code) for code in codes])
    course, lessons = plant_course(index, "ETH-1", lessons=1, pre=None, post=post)
    place = School(home, index, campaigns, course, lessons, None, post)
    client = signed_in(world.somsri.user)
    read_all(client, place)
    return client, place, start(client, place)


def filled(page: str, versions) -> dict[str, list[str]]:
    """What a person sends who fills in the form as it stands, everything right."""
    sent: dict[str, list[str]] = {}
    fields = {
        one["name"] for one in BeautifulSoup(page, "html.parser").select("form[data-attempt] [name^=q]")
    }
    for version in versions:
        for value in best(asked_of(version)):
            row, paired, target = value.partition("=")
            name = f"q{version.pk}.{row}" if paired else f"q{version.pk}"
            assert name in fields, "every part of the answer has its field in the page"
            sent.setdefault(name, []).append(target if paired else value)
    return sent


@pytest.mark.django_db
def test_every_kind_is_answered_saved_and_scored_without_a_script(paper):
    client, _, path = paper
    page = client.get(path).content.decode()
    assert WHY not in page
    versions = list(QuestionVersion.objects.exclude(kind=Kind.LIKERT))
    sent = filled(page, versions)
    assert client.post(path, {**sent, "save": "1"}).status_code == 302
    again = client.get(path).content.decode()
    assert "ตอบแล้ว <strong>9</strong> จาก 9 ข้อ" in again
    client.post(path, {"submit": "1"})
    held = Attempt.objects.get()
    assert (held.score, held.max_score, held.passed) == (Decimal(9), 9, True)
    result = client.get(f"{path}result/").content.decode()
    assert WHY in result
    assert "สำนักงาน ก.พ." in result


@pytest.mark.django_db
def test_part_of_a_point_is_printed_as_it_is(paper):
    client, _, path = paper
    version = QuestionVersion.objects.get(kind=Kind.MULTIPLE)
    right = best(asked_of(version))
    client.post(path, {f"q{version.pk}": right[:1], "submit": "1"})
    assert Attempt.objects.get().score == Decimal("0.5")
    result = client.get(f"{path}result/").content.decode()
    assert "ตอบถูกบางส่วน ได้ 0.5 จาก 1 คะแนน" in result
    assert "0.5 จาก 9 คะแนน" in result


@pytest.mark.django_db
def test_the_page_shows_no_expert_and_no_order(paper):
    client, _, path = paper
    page = BeautifulSoup(client.get(path).content.decode(), "html.parser")
    version = QuestionVersion.objects.get(kind=Kind.ORDERING)
    names = [pick["name"].split(".")[1] for pick in page.select(f"select[name^='q{version.pk}.']")]
    assert sorted(names) == sorted(row["id"] for row in version.choices)
    assert "expert" not in page.decode()
    pinned = next(item for item in Attempt.objects.get().items if item["v"] == version.pk)
    assert names == pinned["order"]
