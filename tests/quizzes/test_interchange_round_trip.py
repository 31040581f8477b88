"""What a format can hold comes back as it was, whatever signs it is made of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes import marked
from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Kind
from quizzes.interchange import Format, read, write
from quizzes.interchange.aiken import ANSWER, OPTION
from quizzes.interchange.markup import reduce, render
from quizzes.interchange.template import examples
from quizzes.interchange.texts import escape, split_escaped, tidy, unescape
from tests.quizzes.interchange_build import SIGNS, TEXT, entries

MANY = settings(max_examples=150, deadline=None)
NO_ARROW = TEXT.filter(lambda text: "->" not in text)
GIFT_KINDS = [Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.MATCHING, Kind.SHORT_TEXT, Kind.NUMERIC]
MOODLE_KINDS = [kind for kind in Kind if kind not in {Kind.JUDGEMENT, Kind.LIKERT}]


def comes_back(rows, form):
    written = write(rows, format=form)
    reading = read(written.data, filename=written.filename)
    assert reading.faults == []
    assert [row.entry for row in reading.entries] == list(rows)
    assert reading.format == form
    return written


@MANY
@given(st.lists(entries(), min_size=1, max_size=3))
def test_csv(rows):
    comes_back(rows, Format.CSV)


@settings(max_examples=60, deadline=None)
@given(st.lists(entries(), min_size=1, max_size=3))
def test_xlsx(rows):
    comes_back(rows, Format.XLSX)


@MANY
@given(st.lists(entries(MOODLE_KINDS, own_words=False), min_size=1, max_size=3))
def test_moodle_xml(rows):
    comes_back(rows, Format.MOODLE_XML)


@MANY
@given(
    st.lists(
        entries(
            GIFT_KINDS,
            NO_ARROW,
            own_words=False,
        ),
        min_size=1,
        max_size=3,
    )
)
def test_gift(rows):
    rows = [row for row in rows if not any("->" in choice.feedback for choice in row.draft.choices)]
    if rows:
        comes_back(rows, Format.GIFT)


def _aiken_line(line):
    return not (OPTION.fullmatch(line) or ANSWER.fullmatch(line))


LINE = TEXT.map(lambda text: " ".join(text.split())).filter(lambda line: line and _aiken_line(line))
STEM = st.lists(LINE, min_size=1, max_size=3).flatmap(
    lambda lines: st.sampled_from(["\n", "\n\n"]).map(lambda part: part.join(lines))
)


@MANY
@given(STEM, st.lists(LINE, min_size=2, max_size=26), st.integers(0, 25))
def test_aiken(stem, options, right):
    rows = tuple(Choice(text, at == right % len(options)) for at, text in enumerate(options))
    entry = BankEntry("", QuestionDraft(Kind.SINGLE, stem, rows))
    written = comes_back([entry, entry], Format.AIKEN)
    assert bool(written.notes) == bool(marked.names([stem, *options])), (
        "only pictures are lost, and that is said"
    )


@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX])
def test_the_examples_of_the_template_are_whole(form):
    assert comes_back(examples(), form).notes == []


@MANY
@given(TEXT)
def test_html_gives_a_plain_text_back_or_is_not_used(text):
    html = render(text)
    once = reduce(html, lambda source, alt: alt)
    assert reduce(render(once), lambda source, alt: alt) == once
    assert "".join(once.split()) == "".join(text.split())


@given(st.lists(st.text(alphabet=SIGNS), min_size=1), st.sampled_from(["|=,;*", "|", "=\n"]))
def test_escapes(pieces, special):
    joined = special[0].join(escape(piece, special) for piece in pieces)
    assert [unescape(piece, special) for piece in split_escaped(joined, special[0])] == pieces


@given(st.text())
def test_tidy_is_settled(text):
    assert tidy(tidy(text)) == tidy(text)
