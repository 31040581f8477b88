"""Writing Moodle XML: every kind but judgement and Likert, with pictures inside and our own facts in `<sucharit>`."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from urllib.parse import unquote

from quizzes.drafts import BankEntry, Choice
from quizzes.enums import Kind, Scoring
from quizzes.interchange import facts
from quizzes.interchange.answers import check_options, label, not_held, pictures_of, true_first
from quizzes.interchange.base import Note, refusal
from quizzes.interchange.markup import MARKER, reduce, render
from quizzes.interchange.moodle_kinds import GAP
from quizzes.interchange.texts import clean, number_text, percent, plain, tags, tidy
from quizzes.interchange.weights import unlisted
from sucharit.kernel.errors import InvalidInput

_PLUGIN = "@@PLUGINFILE@@/"
_TITLE_LENGTH = 60


def document(questions: Sequence[str]) -> str:
    """The file that holds these questions."""
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *questions, "</quiz>", ""])


def question(entry: BankEntry, place: int, images: Mapping[str, bytes]) -> tuple[str, list[Note]]:
    """One `<question>`, with notes on what is lost; it is empty where Moodle has no such kind. Never raises."""
    name = label(entry, place)
    writer = _Writer(entry, images)
    try:
        text = writer.question()
    except InvalidInput as error:
        return "", [(error.code, f"{name}: {error.message}")]
    missing = [mark for mark in pictures_of(entry) if mark not in images]
    if missing:
        writer.notes.append(("picture_missing", f"ไม่มีตัวรูปภาพ {' '.join(missing)[:200]} จึงไม่มีในไฟล์"))
    notes = [(code, f"{name}: {message}") for code, message in dict.fromkeys(writer.notes)]
    return text, notes + facts.unseen(writer.told, name)


@dataclass
class _Writer:
    """Writes one question; collects notes."""

    entry: BankEntry
    images: Mapping[str, bytes]
    notes: list[Note] = field(default_factory=list)
    told: dict[str, str | int] = field(default_factory=dict)

    def question(self) -> str:
        """The element. Raises InvalidInput where Moodle cannot hold it."""
        draft = self.entry.draft
        kind = Kind(draft.kind)
        if kind not in _BODIES:
            raise refusal("kind", f"Moodle ไม่มีคำถามชนิด{kind.label} จึงไม่ได้ส่งออก", "kind")
        if not tidy(draft.stem):
            raise refusal("stem_empty", "ไม่มีข้อความของคำถาม จึงไม่ได้ส่งออก", "stem")
        native = {Kind.NUMERIC: {"unit"}, Kind.ORDERING: {"scoring"}}.get(kind, set())
        self.told = {key: value for key, value in facts.told(self.entry).items() if key not in native}
        type_, stem, body = _BODIES[kind](self)
        title = self.entry.code or " ".join(tidy(draft.stem).split())[:_TITLE_LENGTH]
        lines = [
            f'  <question type="{type_}">',
            f"    <name>{_words(title)}</name>",
            self.shown("questiontext", stem),
            self.shown("generalfeedback", draft.explanation),
            "    <defaultgrade>1.0000000</defaultgrade>",
            "    <penalty>0.3333333</penalty>",
            "    <hidden>0</hidden>",
            f"    <idnumber>{_safe(self.entry.code)}</idnumber>",
            *body,
            *self._tags(),
        ]
        stated = {key: value for key, value in facts.stated(self.entry).items() if key not in native}
        lines.append(f"    <sucharit>{_safe(facts.line(stated))}</sucharit>")
        return "\n".join([*lines, "  </question>"])

    def _tags(self) -> list[str]:
        named = tags(self.entry.topics, self.entry.provisions)
        if not named:
            return []
        return ["    <tags>", *(f"      <tag>{_words(name)}</tag>" for name in named), "    </tags>"]

    def shown(self, tag: str, text: str, inner: str = "", attributes: str = "") -> str:
        """An element with a text that is shown, the files it shows, and `inner`.

        HTML where that gives the same text back, else plain text, which keeps every blank but no picture.
        """
        text = tidy(text)
        names = [mark[2] for mark in MARKER.finditer(text) if mark[2] in self.images]
        html = render(text, frozenset(names)) if text else ""
        style = "html"
        if reduce(html, _marker) != text:
            if names:
                self.notes.append(("spacing", "ช่องว่างหรือการขึ้นบรรทัดในข้อความที่มีรูปภาพอาจเปลี่ยนไป"))
            else:
                style, html = "plain_text", text
        files = "".join(_file(name, self.images[name]) for name in dict.fromkeys(names))
        return f'    <{tag}{attributes} format="{style}">{_words(html)}{files}{inner}</{tag}>'

    def answer(self, text: str, fraction: str, feedback: str) -> str:
        """An `<answer>` whose words are shown."""
        return self.shown("answer", text, self.shown("feedback", feedback).strip(), f' fraction="{fraction}"')

    def typed(self, text: str, choice: Choice, inner: str = "") -> str:
        """An `<answer>` whose words are typed by the learner."""
        feedback = self.shown("feedback", choice.feedback).strip()
        fraction = percent(choice.credit)
        style = 'format="moodle_auto_format"'
        return f'    <answer fraction="{fraction}" {style}>{_words(tidy(text))}{feedback}{inner}</answer>'


def _marker(source: str, alt: str) -> str:
    return f"![{alt}]({unquote(source.removeprefix(_PLUGIN))})"


def _safe(text: str) -> str:
    return escape(clean(text), quote=False)


def _words(text: str) -> str:
    text = clean(text)
    if "<" in text or "&" in text:
        return "<text><![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]></text>"
    return f"<text>{text.replace(']]>', ']]&gt;')}</text>"


def _file(name: str, data: bytes) -> str:
    encoded = base64.b64encode(data).decode("ascii")
    return f'<file name="{escape(name)}" path="/" encoding="base64">{encoded}</file>'


# --- bodies: type, stem, elements ---------------------------------------------------------------------------

Body = tuple[str, str, list[str]]
_COMBINED = [
    f'    <{name} format="html"><text></text></{name}>'
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
]


def _options(writer: _Writer) -> Body:
    draft = writer.entry.draft
    check_options(writer.entry)
    single = draft.kind == Kind.SINGLE
    part = Fraction(1, sum(choice.correct for choice in draft.choices))
    writer.notes += unlisted([part])
    wrong = "0" if single else f"-{percent(part)}"
    head = [
        f"    <single>{str(single).lower()}</single>",
        "    <shuffleanswers>true</shuffleanswers>",
        "    <answernumbering>abc</answernumbering>",
    ]
    answers = [
        writer.answer(choice.text, percent(part) if choice.correct else wrong, choice.feedback)
        for choice in draft.choices
    ]
    return "multichoice", draft.stem, [*head, *_COMBINED, *answers]


def _true_false(writer: _Writer) -> Body:
    true, false, notes = true_first(writer.entry)
    writer.notes += notes
    answers = [
        f'    <answer fraction="{100 if choice.correct else 0}" format="moodle_auto_format"><text>{word}</text>'
        f"{writer.shown('feedback', choice.feedback).strip()}</answer>"
        for word, choice in (("true", true), ("false", false))
    ]
    return "truefalse", writer.entry.draft.stem, answers


def _matching(writer: _Writer) -> Body:
    choices = writer.entry.draft.choices
    if any(choice.feedback for choice in choices):
        writer.notes += not_held("Moodle", ["คำอธิบายของแต่ละคู่"])
    pairs = [
        writer.shown("subquestion", choice.text, f"<answer>{_words(tidy(choice.match))}</answer>")
        for choice in choices
    ]
    return (
        "matching",
        writer.entry.draft.stem,
        ["    <shuffleanswers>true</shuffleanswers>", *_COMBINED, *pairs],
    )


def _short_text(writer: _Writer) -> Body:
    draft = writer.entry.draft
    writer.notes += unlisted(choice.credit for choice in draft.choices)
    answers = [writer.typed(choice.text, choice) for choice in draft.choices]
    return "shortanswer", draft.stem, ["    <usecase>0</usecase>", *_some(answers)]


def _numeric(writer: _Writer) -> Body:
    draft = writer.entry.draft
    writer.notes += unlisted(choice.credit for choice in draft.choices)
    answers = [
        writer.typed(number_text(choice.text), choice, f"<tolerance>{plain(choice.tolerance)}</tolerance>")
        for choice in draft.choices
    ]
    units = []
    if unit := tidy(draft.unit):
        named = f"<multiplier>1</multiplier><unit_name>{_safe(unit)}</unit_name>"
        units = [f"    <units><unit>{named}</unit></units>", "    <unitgradingtype>0</unitgradingtype>"]
        units += ["    <unitpenalty>0.1</unitpenalty>", "    <showunits>0</showunits>"]
    return "numerical", draft.stem, [*_some(answers), *units]


def _gaps(writer: _Writer) -> Body:
    draft = writer.entry.draft
    place_of: dict[int, int] = {}
    for place, choice in enumerate(draft.choices, start=1):
        if choice.gap and place_of.setdefault(choice.gap, place) != place:
            writer.notes.append(
                ("gap_choices", f"ช่อง {choice.gap} มีตัวเลือกที่ถูกมากกว่า 1 ตัวเลือก Moodle เก็บได้ตัวแรก")
            )
    named = {int(found[1]) for found in GAP.finditer(draft.stem)}
    if not named or named - place_of.keys():
        raise refusal("gaps", "ช่องว่าง [[ ]] ในคำถามไม่ตรงกับตัวเลือก จึงไม่ได้ส่งออก", "stem")
    if any(choice.feedback for choice in draft.choices):
        writer.notes += not_held("Moodle", ["คำอธิบายของตัวเลือกเติมช่องว่าง"])
    options = [f"{writer.shown('selectoption', choice.text, '<group>1</group>')}" for choice in draft.choices]
    stem = GAP.sub(lambda found: f"[[{place_of[int(found[1])]}]]", draft.stem)
    return "gapselect", stem, ["    <shuffleanswers>1</shuffleanswers>", *_COMBINED, *options]


def _ordering(writer: _Writer) -> Body:
    draft = writer.entry.draft
    grading = "ALL_OR_NOTHING" if draft.scoring == Scoring.EXACT else "ABSOLUTE_POSITION"
    head = [
        "    <layouttype>VERTICAL</layouttype>",
        "    <selecttype>ALL</selecttype>",
        "    <selectcount>0</selectcount>",
        f"    <gradingtype>{grading}</gradingtype>",
        "    <showgrading>SHOW</showgrading>",
        "    <numberingstyle>none</numberingstyle>",
    ]
    answers = [
        writer.answer(choice.text, f"{place}.0000000", choice.feedback)
        for place, choice in enumerate(draft.choices, start=1)
    ]
    return "ordering", draft.stem, [*head, *_COMBINED, *_some(answers)]


def _some(lines: list[str]) -> list[str]:
    if not lines:
        raise refusal("no_answer", "ไม่มีคำตอบ จึงไม่ได้ส่งออก", "choices")
    return lines


_BODIES: Mapping[Kind, Callable[[_Writer], Body]] = {
    Kind.SINGLE: _options,
    Kind.MULTIPLE: _options,
    Kind.TRUE_FALSE: _true_false,
    Kind.MATCHING: _matching,
    Kind.SHORT_TEXT: _short_text,
    Kind.NUMERIC: _numeric,
    Kind.GAPS: _gaps,
    Kind.ORDERING: _ordering,
}
