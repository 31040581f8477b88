"""Writing Moodle's GIFT: single, multiple, true or false, matching, short text, numbers."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from quizzes.drafts import BankEntry, Choice
from quizzes.enums import Kind
from quizzes.interchange import facts
from quizzes.interchange.answers import check_options, label, not_held, pictures_of, texts_of, true_first
from quizzes.interchange.base import Note, refusal
from quizzes.interchange.texts import number_text, percent, plain, tags, tidy
from quizzes.interchange.weights import unlisted
from sucharit.kernel.errors import InvalidInput

_SPECIAL = re.compile(r"[\\~=#{}:\n]")
_NEEDS_STYLE = ("[", "%", "//", "$CATEGORY")


def question(entry: BankEntry, place: int) -> tuple[str, list[Note]]:
    """One question as a block, with notes on what is lost; the block is empty where GIFT cannot hold it. Never raises."""
    name = label(entry, place)
    try:
        writer = _WRITERS.get(Kind(entry.draft.kind))
        if writer is None:
            raise refusal("kind", f"GIFT เก็บชนิด{Kind(entry.draft.kind).label}ไม่ได้ จึงไม่ได้ส่งออก", "kind")
        if not tidy(entry.draft.stem):
            raise refusal("stem_empty", "ไม่มีข้อความของคำถาม จึงไม่ได้ส่งออก", "stem")
        answers, notes = writer(entry)
    except InvalidInput as error:
        return "", [(error.code, f"{name}: {error.message}")]
    told = facts.told(entry)
    if pictures_of(entry):
        notes += not_held("GIFT", ["รูปภาพ"])
    notes = [(code, f"{name}: {message}") for code, message in notes]
    return _block(entry, answers), notes + facts.unseen(told, name)


def _block(entry: BankEntry, answers: list[str]) -> str:
    stem = tidy(entry.draft.stem)
    plain_style = any("<" in text or "&" in text for text in texts_of(entry)) or stem.startswith(_NEEDS_STYLE)
    lines = []
    named = [f"[tag:{_in_brackets(topic)}]" for topic in tags(entry.topics, entry.provisions)]
    if entry.code or named:
        lines.append("// " + " ".join([f"[id:{_in_brackets(entry.code)}]"] * bool(entry.code) + named))
    lines.append(f"// sucharit: {facts.line(facts.stated(entry))}")
    title = f"::{_escaped(entry.code)}::" if entry.code else ""
    lines.append(title + ("[plain]" if plain_style else "") + _escaped(stem) + "{" + answers[0])
    lines += [f"\t{answer}" for answer in answers[1:]]
    if explanation := tidy(entry.draft.explanation):
        lines.append(f"\t####{_words(explanation)}")
    return "\n".join([*lines, "}"]) + "\n"


def _in_brackets(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", " ".join(text.split()))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: "\\n" if found[0] == "\n" else "\\" + found[0], tidy(text))


def _words(text: str) -> str:
    """A text within braces; one that could be taken for a style or a weight says that it is neither."""
    return ("[plain]" if tidy(text).startswith(("[", "%")) else "") + _escaped(text)


def _comment(text: str) -> str:
    return f"#{_words(text)}" if tidy(text) else ""


# --- answers: the rest of the line that opens the brace, then one line each ---------------------------------


def _single(entry: BankEntry) -> tuple[list[str], list[Note]]:
    check_options(entry)
    lines = [
        f"{'=' if choice.correct else '~'}{_words(choice.text)}{_comment(choice.feedback)}"
        for choice in entry.draft.choices
    ]
    return ["", *lines], []


def _multiple(entry: BankEntry) -> tuple[list[str], list[Note]]:
    check_options(entry)
    right = sum(choice.correct for choice in entry.draft.choices)
    part = percent(Fraction(1, right))
    lines = [
        f"~%{'' if choice.correct else '-'}{part}%{_words(choice.text)}{_comment(choice.feedback)}"
        for choice in entry.draft.choices
    ]
    return ["", *lines], unlisted([Fraction(1, right)])


def _true_false(entry: BankEntry) -> tuple[list[str], list[Note]]:
    true, false, notes = true_first(entry)
    right, wrong = (true, false) if true.correct else (false, true)
    answer = "TRUE" if true.correct else "FALSE"
    if tidy(wrong.feedback) or tidy(right.feedback):
        answer += f"#{_words(wrong.feedback)}"
    return [answer + _comment(right.feedback)], notes


def _matching(entry: BankEntry) -> tuple[list[str], list[Note]]:
    choices = entry.draft.choices
    notes = not_held("GIFT", ["คำอธิบายของแต่ละคู่"]) if any(choice.feedback for choice in choices) else []
    lines = []
    for choice in choices:
        left, more = _without_arrow(choice.text)
        notes += more
        lines.append(f"={_words(left)} -> {_escaped(choice.match)}")
    return ["", *lines], notes


def _short_text(entry: BankEntry) -> tuple[list[str], list[Note]]:
    notes = unlisted(choice.credit for choice in entry.draft.choices)
    lines = []
    for choice in entry.draft.choices:
        text, more = _without_arrow(choice.text)
        feedback, other = _without_arrow(choice.feedback)
        notes += more + other
        lines.append(f"=%{percent(choice.credit)}%{_words(text)}{_comment(feedback)}")
    return ["", *_some(lines)], notes


def _numeric(entry: BankEntry) -> tuple[list[str], list[Note]]:
    lines = _some([_number(choice) for choice in entry.draft.choices])
    return ["#", *lines], unlisted(choice.credit for choice in entry.draft.choices)


def _number(choice: Choice) -> str:
    value = f"{number_text(choice.text)}:{plain(choice.tolerance)}"
    return f"=%{percent(choice.credit)}%{value}{_comment(choice.feedback)}"


def _some(lines: list[str]) -> list[str]:
    if not lines:
        raise refusal("no_answer", "ไม่มีคำตอบ จึงไม่ได้ส่งออก", "choices")
    return lines


def _without_arrow(text: str) -> tuple[str, list[Note]]:
    if "->" not in text:
        return text, []
    return text.replace("->", "→"), [("arrow", "เครื่องหมาย -> ใน GIFT ใช้คั่นคู่ จึงเขียนเป็น → แทน")]


_WRITERS: Mapping[Kind, Callable[[BankEntry], tuple[list[str], list[Note]]]] = {
    Kind.SINGLE: _single,
    Kind.MULTIPLE: _multiple,
    Kind.TRUE_FALSE: _true_false,
    Kind.MATCHING: _matching,
    Kind.SHORT_TEXT: _short_text,
    Kind.NUMERIC: _numeric,
}
