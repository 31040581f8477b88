"""Random questions that a format can hold, for the tests of files."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Difficulty, Kind, Scoring
from quizzes.interchange.texts import tidy, topics

SIGNS = "กขคนำ้่็ฺๆฯ๐๑๒ๅโ\u200b\u200c\ufeff\u00a0\u0e4d aAbZ019 ~=#{}:\\|[]()<>&\"'%*_-+!$/,;.@±\n\t?"
WORDS = [
    "น้ำใจ",
    "ก.พ.",
    "=1+1",
    "'=cmd",
    "@SUM(1)",
    "-5",
    "&nbsp; &amp; <b>หนา</b>",
    "a->b",
    "[html]x",
    "%50%x",
    "// คอมเมนต์",
    "$CATEGORY: x",
    "####",
    "::ชื่อ::",
    "\\n \\\\n \\",
    "![รูป](ไม่มี.png)",
    "[[1]]",
    "_x0041_",
    "]]>",
    "๒๕๖๘",
    "ย่อหน้า\n\nย่อหน้า\nบรรทัด",
    "สองช่อง  ว่าง",
    "- รายการ",
    "| ก | ข |",
    "|---|---|",
    "\n| ก | ข |\n| ค | ![x](ภาพ:0123456789ab) |\n",
    "a | b",
    "*",
    "ANSWER: A",
    "A) ก",
    "TRUE",
    "=50%",
    "1|2",
    '"คำพูด"',
]
TEXT = (
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(alphabet=SIGNS, max_size=12)), min_size=1, max_size=3)
    .map(lambda parts: tidy("".join(parts)))
    .filter(bool)
)
MAYBE = st.one_of(st.just(""), TEXT)
DAY = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2120, 12, 31)))
CODE = st.one_of(st.just(""), st.from_regex(r"\A[A-Z][A-Z0-9]{0,6}(-[A-Z0-9]{1,5}){0,3}\Z"))
CREDIT = st.sampled_from(
    [Decimal(1), Decimal("0.5"), Decimal("0.3333333"), Decimal("0.25"), Decimal("0.12345")]
)
NUMBER = st.decimals(-(10**9), 10**9, places=3).map(lambda value: f"{value:f}")
TOLERANCE = st.decimals(0, 1000, places=2)


def _choices(kind, text):
    feedback = MAYBE
    option = st.builds(Choice, text, feedback=feedback)
    many = st.lists(option, min_size=2, max_size=5)
    if kind in {Kind.LIKERT, Kind.ORDERING}:
        return many
    if kind == Kind.JUDGEMENT:
        return st.lists(
            st.builds(Choice, text, feedback=feedback, expert=st.integers(1, 9)), min_size=2, max_size=9
        )
    if kind == Kind.SHORT_TEXT:
        return st.lists(st.builds(Choice, text, feedback=feedback, credit=CREDIT), min_size=1, max_size=4)
    if kind == Kind.NUMERIC:
        number = st.builds(Choice, NUMBER, feedback=feedback, credit=CREDIT, tolerance=TOLERANCE)
        return st.lists(number, min_size=1, max_size=3)
    if kind == Kind.MATCHING:
        pair = st.builds(Choice, st.one_of(text, st.just("")), match=text)
        return st.lists(pair, min_size=2, max_size=5)
    if kind == Kind.MULTIPLE:
        either = st.builds(Choice, text, st.booleans(), feedback)
        return st.lists(either, min_size=2, max_size=6).filter(lambda rows: any(row.correct for row in rows))
    return many.flatmap(lambda rows: st.integers(0, len(rows) - 1).map(lambda right: _right(rows, right)))


def _right(rows, right):
    return [Choice(row.text, at == right, row.feedback) for at, row in enumerate(rows)]


@st.composite
def entries(draw, kinds=tuple(Kind), text=TEXT, own_words=True, pair_feedback=True):
    """One entry of these kinds. Without `own_words`, true and false are said in the words of Moodle's reader."""
    kind = draw(st.sampled_from(list(kinds)))
    stem = draw(text)
    rows = draw(_choices(kind, text))
    if kind == Kind.TRUE_FALSE:
        rows = rows[:2] if sum(row.correct for row in rows[:2]) == 1 else _right(rows[:2], 0)
        if not own_words:
            rows = [
                Choice(word, row.correct, row.feedback) for word, row in zip(["ถูก", "ผิด"], rows, strict=True)
            ]
    if kind == Kind.GAPS:
        rows = draw(st.lists(text.map(Choice), min_size=1, max_size=6, unique_by=lambda row: _same(row.text)))
        count = draw(st.integers(1, len(rows)))
        gap_of = dict(zip(draw(st.permutations(range(len(rows)))), range(1, count + 1), strict=False))
        rows = [Choice(row.text, gap=gap_of.get(at, 0)) for at, row in enumerate(rows)]
        stem = tidy("".join(f"คำ [[{gap}]] " for gap in range(1, count + 1)))
    scoring = draw(st.sampled_from(list(Scoring)))
    scale = tuple(draw(st.lists(text, max_size=4))) if kind == Kind.JUDGEMENT else ()
    unit = draw(MAYBE) if kind == Kind.NUMERIC else ""
    named = topics(draw(st.lists(text, max_size=5, unique=True)))
    draft = QuestionDraft(kind, stem, tuple(rows), draw(MAYBE), draw(MAYBE), draw(DAY), scoring, scale, unit)
    return BankEntry(
        draw(CODE),
        draft,
        draw(st.integers(0, 7)),
        draw(st.sampled_from(Difficulty.values)),
        named[:3],
        draw(DAY),
        named[3:],
    )


def _same(text):
    return "".join(text.split()).casefold()
