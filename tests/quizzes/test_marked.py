"""Markup of questions: pictures and tables are read, all else stays text, and no tag gets through."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import marked
from quizzes.marked import Paragraph, Picture, Table
from quizzes.pictures import Shown
from quizzes.templatetags import quiz_tags

NAME = "0123456789ab"
MARK = f"![แผนผัง](ภาพ:{NAME})"
PICTURES = {NAME: Shown("/media/question_pictures/x.png", 400, 200)}
OURS = re.compile(
    r'</?(?:table|thead|tbody|tr|td)>|<th scope="col">|</th>|<br>|<span class="question__(?:story|ask)">|</span>'
    r'|<span class="question__table" role="group" tabindex="0" aria-label="ตาราง">'
    r'|<img class="question__picture" src="/media/question_pictures/x\.png" width="400" height="200"'
    r' alt="[^"<>]*" loading="lazy">'
)


def test_a_picture_and_a_table_are_read():
    text = f"ดูภาพ {MARK} ก่อน\n| ปี | ราคา |\n|---|---:|\n| 2568 | a\\|b |\n| ว่าง | |\n\nคุณทำอย่างไร"
    assert marked.blocks(text) == (
        Paragraph((("ดูภาพ ", Picture("แผนผัง", NAME), " ก่อน"),)),
        Table(((("ปี",), ("ราคา",)), (("2568",), ("a|b",)), (("ว่าง",), ("",))), head=True),
        Paragraph((("คุณทำอย่างไร",),)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "a | b",
        "|x| + |y|",
        "| หนึ่งบรรทัด | เดียว |",
        "|---|---|\n|---|---|",
        "![ก](my.png)",
        "![ก](ภาพ:0123)",
        f"![ก]({NAME})",
        f"![ก]\n(ภาพ:{NAME})",
        "![ก](ภาพ:GGGGGGGGGGGG)",
        "![ก](javascript:alert)",
    ],
)
def test_whatever_is_neither_stays_text(text):
    assert all(isinstance(block, Paragraph) for block in marked.blocks(text))
    assert not marked.names([text])
    assert marked.plain(text) == text


def test_plain_words_name_the_picture_and_lose_the_lines():
    assert marked.plain(f"ดู {MARK}\n| ก | ข |\n|---|---|\n| 1 | 2 |") == "ดู แผนผัง\n\nก  ข\n1  2"


def test_a_table_typed_unevenly_is_kept_evenly_and_only_once():
    typed = f"ก่อน\n|ปี|ราคา|\n| --- | :---: |\n|2568|a\\|b|\n|{MARK}|2|\nหลัง |x|"
    even = f"ก่อน\n\n| ปี | ราคา |\n|---|---|\n| 2568 | a\\|b |\n| {MARK} | 2 |\n\nหลัง |x|"
    assert marked.tidy(even) == marked.tidy(typed) == even
    assert marked.blocks(marked.tidy(typed)) == marked.blocks(typed)


PIECES = st.sampled_from(
    [
        MARK,
        "|",
        "\\",
        "\\|",
        "| ก | ข |",
        "|---|---|",
        "\n",
        "\n\n",
        "<b>",
        "<script>",
        '"',
        "'",
        "&amp;",
        "&",
        " ",
        "ก",
        "](ภาพ:",
        "![",
        f'![" onload="x](ภาพ:{NAME})',
        f"![<i>](ภาพ:{NAME})",
        "{{ x }}",
        "</table>",
        "0",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=14).map("".join)


@given(TEXTS)
def test_no_tag_but_ours_gets_through_and_no_word_is_lost(text):
    for made in (quiz_tags.stem(text, PICTURES), quiz_tags.in_html(text, PICTURES)):
        rest = OURS.sub("", made)
        assert "<" not in rest
        assert ">" not in rest
        said = "".join(unescape(alt) for alt in re.findall(r'alt="([^"]*)"', made)) + unescape(rest)
        # Table signs aside, every letter of the text is on the page.
        letters = [sign for sign in marked.PICTURE.sub(r"\1", text) if sign.isalpha()]
        assert sorted(letters) == sorted(sign for sign in said if sign.isalpha())


@given(TEXTS)
def test_tidying_twice_changes_nothing_more_and_shows_the_same(text):
    once = marked.tidy(text)
    assert marked.tidy(once) == once
    assert quiz_tags.in_html(once, PICTURES) == quiz_tags.in_html(text, PICTURES)


CELL = st.text(alphabet="กข12 |\\<&*", max_size=6).map(str.strip)
ROWS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=4)
)


@given(ROWS, st.booleans())
def test_a_table_is_read_as_it_was_written(rows, head):
    (table,) = marked.blocks("\n".join(marked.table_lines(rows, head=head)))
    assert isinstance(table, Table)
    assert table.head == head
    assert [["".join(cell) for cell in row] for row in table.rows] == rows


def test_what_is_asked_is_the_last_paragraph_with_words():
    asked = '<span class="question__ask">คุณทำอย่างไร</span>'
    for text in (
        f"เล่า\n\n{MARK}\n\nคุณทำอย่างไร",
        f"เล่า\n\nคุณทำอย่างไร\n\n{MARK}",
        "เล่า\n\nคุณทำอย่างไร\n| ก | ข |\n| ค | ง |",
    ):
        html = quiz_tags.stem(text, PICTURES)
        assert asked in html
        assert html.count("question__ask") == 1
        assert '<span class="question__story">เล่า</span>' in html
    assert "question__ask" in quiz_tags.stem(MARK, PICTURES)


def test_a_picture_that_is_not_there_is_told_by_its_words():
    assert quiz_tags.in_html(f"ก {MARK}") == "ก แผนผัง"
