"""What the starter course, its question bank, the first campaign and the public pages must keep true."""

from __future__ import annotations

import datetime
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
COURSE_DIR = ROOT / "courses/content/standards-7"
QUIZ_DIR = ROOT / "quizzes/content/standards-7"
CAMPAIGN_FILE = ROOT / "campaigns/content/no-gift.toml"
HOME_FILE = ROOT / "site/sucharit/home/content/home.toml"
BANK_FILES = sorted((ROOT / "quizzes/content").glob("*/questions.toml"))
FILES = [
    COURSE_DIR / "course.toml",
    *(COURSE_DIR / f"lesson-{n}.toml" for n in range(1, 8)),
    *BANK_FILES,
    QUIZ_DIR / "quizzes.toml",
    CAMPAIGN_FILE,
    HOME_FILE,
]

STANDARDS = {
    1: (
        "ยึดมั่นในสถาบันหลักของประเทศ อันได้แก่ ชาติ ศาสนา พระมหากษัตริย์ "
        "และการปกครองระบอบประชาธิปไตยอันมีพระมหากษัตริย์ทรงเป็นประมุข"
    ),
    2: "ซื่อสัตย์สุจริต มีจิตสำนึกที่ดี และรับผิดชอบต่อหน้าที่",
    3: "กล้าตัดสินใจและกระทำในสิ่งที่ถูกต้องชอบธรรม",
    4: "คิดถึงประโยชน์ส่วนรวมมากกว่าประโยชน์ส่วนตัว และมีจิตสาธารณะ",
    5: "มุ่งผลสัมฤทธิ์ของงาน",
    6: "ปฏิบัติหน้าที่อย่างเป็นธรรมและไม่เลือกปฏิบัติ",
    7: "ดำรงตนเป็นแบบอย่างที่ดีและรักษาภาพลักษณ์ของทางราชการ",
}
BLOCK_KEYS = {
    "text": {"body"},
    "picture": {"image", "caption"},
    "dos_donts": {"dos", "donts"},
    "situation": {"title", "story", "question", "reflection"},
    "self_check": {"question", "options"},
    "quote": {"text", "source", "exact", "url", "as_of"},
    "summary": {"sentence"},
}
TAGS = {"p", "ul", "ol", "li", "b", "i", "h3", "h4"}
FORBIDDEN = ["ครับ", "ค่ะ", "ผิดวินัย", "ข้อใดไม่ใช่", "ข้อใดไม่", "ถูกทุกข้อ", "ผิดทุกข้อ"]
MISSPELT = [
    "อนุญาติ", "สังเกตุ", "กฏหมาย", "กฏเกณฑ์", "ปรากฎ", "เว็ปไซต์", "คลิ๊ก", "โพสท์", "อีเมล์",
    "เกษียนอายุ", "ศรีษะ", "ผลัดวัน", "นะค่ะ", "เเ",
]  # fmt: skip
# The only texts that may stand as the very words of the code; all others are told in our words.
EXACT_QUOTES = {
    "ซื่อสัตย์สุจริต ปฏิบัติหน้าที่อย่างตรงไปตรงมาตามกฎหมายและตามทำนองคลองธรรม โปร่งใส และตรวจสอบได้",
    "กล้าตัดสินใจและยืนหยัดทำในสิ่งที่ถูกต้องชอบธรรม",
}
LAW_WORDS = re.compile(r"มาตรา \d|พระราชบัญญัติ|กฎหมาย ป\.ป\.ช\.|No Gift Policy")
MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
THAI_PER_WORD = 4.35  # measured over these lessons with a dictionary segmenter: 4.1 to 4.5 characters a word


def load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


COURSE = load(COURSE_DIR / "course.toml")
LESSONS = [load(COURSE_DIR / name) for name in COURSE["lessons"]]
QUESTIONS: list[dict[str, Any]] = load(QUIZ_DIR / "questions.toml")["question"]
QUIZZES: list[dict[str, Any]] = load(QUIZ_DIR / "quizzes.toml")["quiz"]
CAMPAIGN = load(CAMPAIGN_FILE)
HOME = load(HOME_FILE)
SINGLES = [q for q in QUESTIONS if q["kind"] == "single"]
# The whole bank: the course's own questions and those of the topics beside it.
BANK: list[dict[str, Any]] = [question for path in BANK_FILES for question in load(path)["question"]]
TOPICS = {
    "COI": "ผลประโยชน์ทับซ้อน",
    "GIFT": "ของขวัญและ No Gift Policy",
    "PROP": "ทรัพย์สินและเวลาราชการ",
    "NEU": "ความเป็นกลางทางการเมือง",
    "SOC": "การใช้โซเชียลมีเดีย",
    "SPK": "การแจ้งเบาะแส",
}


def strings(node: object, *, without: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every string in a parsed file, leaves of the named keys left out."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if key not in without:
                yield from strings(value, without=without)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value, without=without)


def words(text: str) -> float:
    """A rough count: Thai characters over the mean length of a word, plus Latin words and numbers."""
    plain = re.sub(r"<[^>]+>", " ", text)
    thai, other = re.findall(r"[\u0e00-\u0e7f]", plain), re.findall(r"[A-Za-z0-9]+", plain)
    return len(thai) / THAI_PER_WORD + len(other)


def reading_words(lesson: dict[str, Any]) -> float:
    unread = frozenset({"scene", "alt", "image", "url", "type", "slug"})
    return words("\n".join(strings(lesson, without=unread)))


def blocks(page: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in page["blocks"] if block["type"] == kind]


def is_situation(question: dict[str, Any]) -> bool:
    """A small case and then what is asked, apart by a blank line."""
    story, _, asked = question["stem"].strip().partition("\n\n")
    return len(story) >= 80 and bool(asked)


# ---- every file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_the_text_is_clean_thai(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not re.search("[\u200b-\u200f\u2060\ufeff\u00ad]", text), "zero-width characters"
    assert "\u0e4d" not in text, "a decomposed ำ"
    assert not re.search(f"[{MARKS}]\u0e33[{MARKS}]|\u0e33[{MARKS}]", text), "a mark after ำ"
    assert not re.search("[\u0e48-\u0e4c][\u0e31\u0e34-\u0e3a]", text), "a tone mark before its vowel"
    assert not re.search(f"([{MARKS}])\\1", text), "a doubled mark"
    assert not re.search("(?<!\u00a0)ๆ", text), "ๆ may not begin a line: a no-break space goes before it"
    assert "  " not in re.sub(r"\n +", "\n", text), "two spaces running"
    assert [bad for bad in MISSPELT if bad in text] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_forbidden_words(path: Path) -> None:
    assert [bad for bad in FORBIDDEN if bad in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_only_the_allowed_tags_and_all_closed(path: Path) -> None:
    for text in strings(load(path)):
        open_tags: list[str] = []
        for closing, name, attributes in re.findall(r"<(/?)(\w+)([^>]*)>", text):
            assert name in TAGS
            assert attributes == ""
            if closing:
                assert open_tags.pop() == name
            else:
                open_tags.append(name)
        assert open_tags == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_thai_quotation_marks_are_paired(path: Path) -> None:
    for text in strings(load(path)):
        assert text.count("“") == text.count("”"), text[:60]


# ---- the course -------------------------------------------------------------------------------------------


def test_the_course_is_whole() -> None:
    assert COURSE["code"] == "ETH-7"
    assert COURSE["title"] == "มาตรฐานทางจริยธรรม 7 ข้อ ฉบับเข้าใจง่าย"
    assert 4 <= len(COURSE["objectives"]) <= 6
    assert COURSE["lessons"] == [f"lesson-{n}.toml" for n in range(1, 8)]
    assert sum(COURSE["minutes"].values()) == COURSE["minutes_total"] == COURSE["hours"] * 60
    assert COURSE["minutes"]["lessons"] == sum(lesson["minutes"] for lesson in LESSONS)
    assert {COURSE["pre_test"], COURSE["post_test"]} <= {quiz["code"] for quiz in QUIZZES}
    assert COURSE["review_due"] > COURSE["as_of"]
    assert len({lesson["slug"] for lesson in LESSONS}) == len({lesson["title"] for lesson in LESSONS}) == 7
    for key in ("subtitle", "summary", "audience", "assessment", "introduction", "closing", "contact"):
        assert len(COURSE[key]) > 30


@pytest.mark.parametrize(("number", "lesson"), list(enumerate(LESSONS, start=1)))
def test_each_lesson_carries_the_exact_standard(number: int, lesson: dict[str, Any]) -> None:
    assert lesson["standard"] == number
    assert lesson["standard_text"] == STANDARDS[number]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", lesson["slug"])
    assert len(lesson["title"]) <= 40


@pytest.mark.parametrize("page", [*LESSONS, CAMPAIGN], ids=lambda page: page["slug"])
def test_blocks_have_their_own_fields_and_no_others(page: dict[str, Any]) -> None:
    for block in page["blocks"]:
        assert set(block) == BLOCK_KEYS[block["type"]] | {"type"}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["slug"])
def test_each_lesson_has_its_parts_in_a_sensible_order(lesson: dict[str, Any]) -> None:
    kinds = [block["type"] for block in lesson["blocks"]]
    count = Counter(kinds)
    assert 2 <= count["text"] <= 4
    assert count["picture"] == count["dos_donts"] == count["situation"] == count["self_check"] == 1
    assert 1 <= count["quote"] <= 2
    assert kinds[0] == "text"
    assert kinds[-1] == "summary"
    assert kinds.index("situation") < kinds.index("self_check")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["slug"])
def test_the_stated_minutes_are_honest(lesson: dict[str, Any]) -> None:
    count = reading_words(lesson)
    assert 700 <= count <= 1300
    # Reading at 200 words a minute, and about a minute to stop and think over the case.
    assert lesson["minutes"] == pytest.approx(count / 200 + 1, abs=0.75)
    assert 3 <= lesson["minutes"] <= 8


@pytest.mark.parametrize("page", [*LESSONS, CAMPAIGN], ids=lambda page: page["slug"])
def test_dos_and_donts_are_short_and_five_or_six(page: dict[str, Any]) -> None:
    for block in blocks(page, "dos_donts"):
        for side in ("dos", "donts"):
            assert 5 <= len(block[side]) <= 6
            assert len(set(block[side])) == len(block[side])
            assert all(12 <= len(line) <= 110 for line in block[side])


@pytest.mark.parametrize("page", [*LESSONS, CAMPAIGN], ids=lambda page: page["slug"])
def test_situations_are_stories_with_people_and_steps(page: dict[str, Any]) -> None:
    for block in blocks(page, "situation"):
        assert 115 <= words(block["story"]) <= 240
        assert "<b>" in block["story"], "the people are named"
        assert block["reflection"].count("<li>") >= 3
        assert re.search("ยอมรับว่า|ต้องแลก|ข้อเสีย|เสี่ยง|วุ่นวาย|เขิน", block["reflection"]), "its price is admitted"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["slug"])
def test_self_checks_answer_back(lesson: dict[str, Any]) -> None:
    (check,) = blocks(lesson, "self_check")
    options = check["options"]
    assert 3 <= len(options) <= 4
    assert all(set(option) == {"text", "right", "feedback"} for option in options)
    assert sum(option["right"] for option in options) == 1
    assert len({option["feedback"] for option in options}) == len(options)
    assert all(len(option["feedback"]) >= 40 for option in options)


def test_the_right_answer_of_the_self_checks_cannot_be_guessed_by_place_or_length() -> None:
    places: Counter[int] = Counter()
    longest = 0
    for lesson in LESSONS:
        options = blocks(lesson, "self_check")[0]["options"]
        right = next(i for i, option in enumerate(options) if option["right"])
        places[right] += 1
        longest += len(options[right]["text"]) == max(len(option["text"]) for option in options)
    assert len(places) >= 3
    assert longest <= 3


@pytest.mark.parametrize("page", [*LESSONS, CAMPAIGN], ids=lambda page: page["slug"])
def test_law_is_dated_and_never_put_in_the_mouth_of_the_law(page: dict[str, Any]) -> None:
    for block in blocks(page, "quote"):
        assert len(block["source"]) > 20
        assert isinstance(block["as_of"], datetime.date)
        assert block["exact"] == (block["text"] in EXACT_QUOTES)
        assert not re.search('[“”"]', block["text"])


def drawn(folder: Path) -> dict[str, dict[str, str]]:
    listing = tomllib.loads((folder / "pictures.toml").read_text(encoding="utf-8"))
    return {picture["file"]: picture for picture in listing["picture"]}


def test_pictures_are_named_and_described() -> None:
    pictures = [block for lesson in LESSONS for block in blocks(lesson, "picture")] + [CAMPAIGN["hero"]]
    assert [p["image"] for p in pictures] == [*(f"story-{n}.svg" for n in range(1, 8)), "no-gift.svg"]
    for folder in (COURSE_DIR, CAMPAIGN_FILE.parent, HOME_FILE.parent):
        said = drawn(folder)
        assert set(said) == {path.name for path in folder.glob("*.svg")}, (
            "every drawing has its words, and no words lack one"
        )
        for picture in said.values():
            assert 30 <= len(picture["alt"]) <= 260
            assert not picture["alt"].startswith(("ภาพ", "รูป")), "a screen reader says that it is a picture"


# ---- the questions ----------------------------------------------------------------------------------------


def test_the_bank_is_large_and_made_of_situations() -> None:
    assert len(QUESTIONS) >= 36
    assert sum(map(is_situation, QUESTIONS)) >= max(26, 0.7 * len(QUESTIONS))
    per_standard = Counter(question["standard"] for question in QUESTIONS)
    assert set(per_standard) == set(range(8))
    assert min(per_standard.values()) >= 5
    kinds = Counter(question["kind"] for question in QUESTIONS)
    assert kinds["single"] >= 20
    assert kinds["multiple"] >= 7
    assert kinds["true_false"] >= 6
    assert all(count >= 5 for count in Counter(q["difficulty"] for q in QUESTIONS).values())


def test_codes_are_unique_and_say_the_standard() -> None:
    codes = [question["code"] for question in QUESTIONS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(rf"ETH7-{q['standard']}\d\d", q["code"]) for q in QUESTIONS)


@pytest.mark.parametrize("question", BANK, ids=itemgetter("code"))
def test_each_question_is_well_formed(question: dict[str, Any]) -> None:
    choices = question["choice"]
    right = sum(choice["correct"] for choice in choices)
    assert question["difficulty"] in {"easy", "medium", "hard"}
    assert question["use"] == ("both" if question["code"].startswith("ETH7") else "bank")
    assert 10 <= len(question["explanation"]) <= 220
    assert len({choice["text"] for choice in choices}) == len(choices)
    assert all(set(choice) == {"text", "correct", "feedback"} for choice in choices)
    match question["kind"]:
        case "single":
            assert 3 <= len(choices) <= 4
            assert right == 1
        case "multiple":
            assert 4 <= len(choices) <= 5
            assert 2 <= right <= 3
            assert "เลือกได้มากกว่าหนึ่งข้อ" in question["stem"]
        case "true_false":
            assert [choice["text"] for choice in choices] == ["ถูก", "ผิด"]
            assert right == 1
        case other:
            pytest.fail(f"unknown kind {other}")


@pytest.mark.parametrize("question", BANK, ids=itemgetter("code"))
def test_every_option_says_why(question: dict[str, Any]) -> None:
    for choice in question["choice"]:
        assert 30 <= len(choice["feedback"]) <= 220
        assert not choice["feedback"].startswith(("ผิด", "ไม่ถูก")), "never scolds"


def test_no_two_feedbacks_are_the_same() -> None:
    told = Counter(choice["feedback"] for question in BANK for choice in question["choice"])
    assert max(told.values()) == 1, told.most_common(1)


@pytest.mark.parametrize("question", BANK, ids=itemgetter("code"))
def test_law_based_items_have_a_source_and_a_date(question: dict[str, Any]) -> None:
    law = LAW_WORDS.search(question["stem"] + question["explanation"])
    assert bool(question["source"]) or not law
    assert isinstance(question.get("as_of"), datetime.date) == bool(question["source"])


def test_the_right_option_cannot_be_guessed_by_length_or_place() -> None:
    places: Counter[int] = Counter()
    longest = shortest = 0
    for question in SINGLES:
        lengths = [len(choice["text"]) for choice in question["choice"]]
        right = [choice["correct"] for choice in question["choice"]].index(True)
        places[right] += 1
        longest += lengths[right] == max(lengths)
        shortest += lengths[right] == min(lengths)
    assert longest <= 0.35 * len(SINGLES)
    assert shortest <= 0.35 * len(SINGLES)
    assert all(0.15 <= places[place] / len(SINGLES) <= 0.35 for place in range(4))


def test_the_whole_bank_cannot_be_guessed_by_length_or_place_either() -> None:
    places: Counter[int] = Counter()
    longest = 0
    singles = [question for question in BANK if question["kind"] == "single" and len(question["choice"]) == 4]
    for question in singles:
        lengths = [len(choice["text"]) for choice in question["choice"]]
        right = [choice["correct"] for choice in question["choice"]].index(True)
        places[right] += 1
        longest += lengths[right] == max(lengths)
    assert longest <= 0.32 * len(singles)
    assert all(0.2 <= places[place] / len(singles) <= 0.3 for place in range(4))


@pytest.mark.parametrize(
    "question", [q for q in BANK if not q["code"].startswith("ETH7")], ids=itemgetter("code")
)
def test_options_of_the_topics_are_of_similar_length(question: dict[str, Any]) -> None:
    lengths = [len(choice["text"]) for choice in question["choice"]]
    if question["kind"] != "true_false":
        assert max(lengths) <= 1.35 * min(lengths)


def test_the_bank_has_two_hundred_questions_on_seven_topics_and_most_are_situations() -> None:
    assert len(BANK) >= 200
    assert len({question["code"] for question in BANK}) == len(BANK)
    assert sum(map(is_situation, BANK)) >= 0.5 * len(BANK)
    for question in BANK:
        series = question["code"].split("-")[0]
        if series != "ETH7":
            assert question["topics"][0] == TOPICS[series]
            assert 1 <= question["standard"] <= 7
    per_topic = Counter(question["code"].split("-")[0] for question in BANK)
    assert all(per_topic[series] >= 24 for series in TOPICS)
    assert set(Counter(question["standard"] for question in BANK)) == set(range(8))


def test_stems_are_all_different() -> None:
    stems = [re.sub(r"\s+", " ", question["stem"]).strip() for question in BANK]
    assert len(set(stems)) == len(stems)


def test_true_and_false_are_both_answers() -> None:
    truths = [q["choice"][0]["correct"] for q in QUESTIONS if q["kind"] == "true_false"]
    assert 0.3 <= sum(truths) / len(truths) <= 0.7


# ---- the quizzes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quiz", QUIZZES, ids=itemgetter("code"))
def test_a_quiz_can_be_drawn_with_something_left_for_the_next_try(quiz: dict[str, Any]) -> None:
    pool = Counter(question["standard"] for question in QUESTIONS)
    for draw in quiz["draw"]:
        assert 1 <= draw["count"] <= pool[draw["standard"]]
        if quiz["role"] == "post":
            assert pool[draw["standard"]] >= 2 * draw["count"]
    assert len({draw["standard"] for draw in quiz["draw"]}) == len(quiz["draw"])


def test_the_tests_are_as_agreed() -> None:
    pre, post = QUIZZES[0], QUIZZES[1]
    assert (pre["code"], pre["max_attempts"], pre["time_limit_minutes"]) == ("ETH7-PRE", 1, 0)
    assert [(d["standard"], d["count"]) for d in pre["draw"]] == [(n, 1) for n in range(1, 8)]
    assert (post["code"], post["max_attempts"], post["time_limit_minutes"]) == ("ETH7-POST", 0, 40)
    assert [(d["standard"], d["count"]) for d in post["draw"]] == [(n, 2) for n in range(1, 8)]
    assert {quiz["pass_percent"] for quiz in QUIZZES} == {60}


# ---- the campaign and the public pages --------------------------------------------------------------------


def test_the_campaign_leads_to_the_course() -> None:
    assert CAMPAIGN["title"] == "ไม่รับ ก็ไม่ต้องคืน"
    assert CAMPAIGN["theme_standard"] == 2
    assert (CAMPAIGN["starts"], CAMPAIGN["ends"]) == (datetime.date(2026, 11, 15), datetime.date(2027, 1, 15))
    assert CAMPAIGN["course"] == COURSE["code"]
    assert CAMPAIGN["call_label"].startswith("เริ่มเรียน")
    assert len(CAMPAIGN["message"]) <= 40
    assert {"text", "situation", "dos_donts", "quote", "summary"} <= {b["type"] for b in CAMPAIGN["blocks"]}


def test_the_home_page_speaks_to_three_users_and_has_its_pages() -> None:
    assert [entry["key"] for entry in HOME["entries"]] == ["learner", "communications", "hr"]
    assert set(HOME["pages"]) == {"privacy", "accessibility", "contact"}
    assert all(page["slug"] == key for key, page in HOME["pages"].items())
    assert all(len(page["body"]) > 400 for page in HOME["pages"].values())


def test_no_telephone_number_is_invented() -> None:
    number = re.compile(r"\b0\d[- ]?\d{3,4}[- ]?\d{4}\b|\b1\d{3}\b(?! บาท)")
    assert [path.name for path in FILES if number.search(path.read_text(encoding="utf-8"))] == []
