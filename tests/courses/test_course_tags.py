"""What the course pages make of the quiz engine's words."""

from datetime import UTC, datetime, timedelta

from courses.player import Step, StepKind, StepState
from courses.templatetags import course_tags
from quizzes.selectors import PaperChoice, PaperItem, ReviewChoice, ReviewItem


def _paper(*chosen: bool, kind: str = "single") -> PaperItem:
    choices = tuple(PaperChoice(str(i), f"ตัวเลือก {i}", held) for i, held in enumerate(chosen))
    return PaperItem(number=1, version_id=7, kind=kind, stem="ถาม", choices=choices)


def _review(*choices: tuple[bool, bool], multiple: bool = False) -> ReviewItem:
    options = tuple(
        ReviewChoice(f"ตัวเลือก {i}", chosen, right, "เพราะ") for i, (chosen, right) in enumerate(choices)
    )
    answered = any(chosen for chosen, _ in choices)
    return ReviewItem(
        number=3,
        stem="ถาม",
        is_multiple=multiple,
        is_right=answered and all(chosen == right for chosen, right in choices),
        is_answered=answered,
        choices=options,
        explanation="",
        source="",
        as_of=None,
        standard=4,
    )


def test_the_story_is_told_apart_from_what_is_asked() -> None:
    html = course_tags.stem("เล่าเรื่อง\n\nเล่าต่อ\n\nคุณควรทำอย่างไร\n")
    assert html.count("question__story") == 2
    assert '<span class="question__ask">คุณควรทำอย่างไร</span>' in html


def test_a_question_cannot_bring_markup_of_its_own() -> None:
    assert "<b>" not in course_tags.stem("<b>ก</b>\n\n<script>x</script>")
    assert "<script>" not in course_tags.stem("<b>ก</b>\n\n<script>x</script>")
    assert course_tags.stem("") == '<span class="question__ask"></span>'


def test_instructions_keep_lists_and_lose_everything_that_runs() -> None:
    html = course_tags.instructions('<ul><li onclick="x()">ข้อหนึ่ง</li></ul><script>x()</script>')
    assert "<li>ข้อหนึ่ง</li>" in html
    assert "onclick" not in html
    assert "<script" not in html
    assert course_tags.instructions("บรรทัดหนึ่ง\n\nบรรทัดสอง") == "<p>บรรทัดหนึ่ง</p>\n\n<p>บรรทัดสอง</p>"


def test_options_carry_what_was_kept() -> None:
    rows = course_tags.options(_paper(False, True))
    assert [row["checked"] for row in rows] == [False, True]
    assert rows[1] == {"value": "1", "label": "ตัวเลือก 1", "checked": True}


def test_the_map_says_what_is_answered() -> None:
    items = [_paper(False, False), _paper(True, False)]
    assert [row["state"] for row in course_tags.paper_nav(items)] == ["open", "answered"]
    assert course_tags.answered(items) == 1


def test_verdicts() -> None:
    assert course_tags.verdict(_review((True, True), (False, False))) == "right"
    assert course_tags.verdict(_review((False, True), (True, False))) == "wrong"
    assert course_tags.verdict(_review((False, True), (False, False))) == "none"
    assert course_tags.verdict(_review((True, True), (False, True), multiple=True)) == "partly"
    assert course_tags.verdict(_review((True, False), (False, True), multiple=True)) == "wrong"
    assert [row["state"] for row in course_tags.review_nav([_review((False, True), (True, False))])] == [
        "wrong"
    ]


def test_steps_of_one_kind() -> None:
    rows = [
        Step(StepKind.PRE, "ก่อน", "/a/", StepState.OPEN),
        Step(StepKind.LESSON, "บท", "/b/", StepState.LOCKED),
    ]
    assert [row.title for row in course_tags.only_kind(rows, "lesson")] == ["บท"]
    assert course_tags.only_kind(None, "lesson") == []


def test_minutes_left_are_rounded_up_and_end_at_nought() -> None:
    now = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert course_tags.minutes_left(now + timedelta(minutes=40), now) == 40
    assert course_tags.minutes_left(now + timedelta(seconds=61), now) == 2
    assert course_tags.minutes_left(now - timedelta(minutes=3), now) == 0
    assert course_tags.clock(now) == "14.30 น."
