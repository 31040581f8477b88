"""What an editor is told of a new version."""

from dataclasses import replace
from datetime import date

import pytest

from quizzes.diffs import differences
from quizzes.drafts import Choice, QuestionDraft
from quizzes.enums import Kind, Scoring
from quizzes.selectors import history_of
from quizzes.services import save_question
from tests.conftest import NOW
from tests.quizzes.samples import DRAFTS

BASE = QuestionDraft(
    Kind.SINGLE,
    "ถาม",
    [Choice("ก", True, "เพราะก"), Choice("ข", False, "เพราะข"), Choice("ค", False, "เพราะค")],
)


@pytest.mark.parametrize("draft", list(DRAFTS.values()), ids=lambda draft: str(draft.kind))
def test_the_same_words_differ_in_nothing(draft):
    assert differences(draft, replace(draft)) == []


def test_only_what_changed_is_named():
    after = replace(BASE, stem="ถามใหม่", source="คู่มือ", as_of=date(2026, 11, 1), scoring=Scoring.EXACT)
    said = {one.what: (one.before, one.after) for one in differences(BASE, after)}
    assert said == {
        "คำถาม": ("ถาม", "ถามใหม่"),
        "แหล่งอ้างอิง": ("", "คู่มือ"),
        "ข้อมูล ณ วันที่": ("", "1 พฤศจิกายน 2569"),
        "วิธีให้คะแนน": ("ให้คะแนนตามส่วนที่ถูก", "ได้คะแนนเมื่อถูกครบทุกส่วน"),
    }


def test_a_row_put_in_is_not_told_as_every_row_changed():
    first, *rest = BASE.choices
    after = replace(BASE, choices=[first, Choice("ใหม่", False, "เพราะใหม่"), *rest])
    assert [(one.what, one.before, one.after) for one in differences(BASE, after)] == [
        ("แถวที่ 2", "", "ใหม่\nคำอธิบาย เพราะใหม่")
    ]
    gone = replace(BASE, choices=rest)
    assert [(one.what, one.before, one.after) for one in differences(BASE, gone)] == [
        ("แถวที่ 1", "ก (ถูก)\nคำอธิบาย เพราะก", "")
    ]


def test_a_corrected_key_shows():
    first, second, third = BASE.choices
    after = replace(BASE, choices=[replace(first, correct=False), replace(second, correct=True), third])
    assert [one.after.splitlines()[0] for one in differences(BASE, after)] == ["ก", "ข (ถูก)"]


@pytest.mark.django_db
def test_the_history_tells_each_step():
    for stem in ("หนึ่ง", "สอง", "สาม"):
        version = save_question(code="Q", standard=1, draft=replace(BASE, stem=stem), now=NOW)
    history = history_of(version.question)
    assert [v.number for v, _ in history] == [3, 2, 1]
    assert [[(one.before, one.after) for one in changes] for _, changes in history] == [
        [("สอง", "สาม")],
        [("หนึ่ง", "สอง")],
        [],
    ]
