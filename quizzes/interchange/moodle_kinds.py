"""What each question type of Moodle XML says, as a kind with choices."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from xml.etree.ElementTree import Element

from quizzes.drafts import Choice
from quizzes.enums import Kind, Scoring
from quizzes.interchange.answers import FALSE, TRUE, accepted, some
from quizzes.interchange.base import MOST_CHOICES, Note, refusal, too_many_choices
from quizzes.interchange.moodle_texts import Texts
from quizzes.interchange.texts import number, number_text, share, tidy
from quizzes.interchange.weights import Option, weighed
from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.thai_text import match_key

GAP = re.compile(r"\[\[(\d{1,4})\]\]")
UNSUPPORTED = {
    "essay": "เขียนตอบ",
    "description": "ข้อความคั่น",
    "calculated": "คำนวณจากสูตร",
    "calculatedsimple": "คำนวณจากสูตร",
    "calculatedmulti": "คำนวณจากสูตร",
    "cloze": "เติมคำหลายแบบในข้อเดียว",
    "multianswer": "เติมคำหลายแบบในข้อเดียว",
    "ddmarker": "วางเครื่องหมายบนรูป",
    "ddimageortext": "ลากวางบนรูป",
    "random": "สุ่มข้อ",
    "randomsamatch": "จับคู่สุ่ม",
}


@dataclass(frozen=True)
class Asked:
    """The body of a question; `stem` may differ from what the file says where its gaps are numbered anew."""

    kind: Kind
    stem: str
    choices: tuple[Choice, ...]
    scoring: Scoring = Scoring.PARTIAL
    unit: str = ""


def asked(question: Element, stem: str, texts: Texts) -> Asked:
    """Read a `<question>` of any type but category. Raises InvalidInput where the type or its answers cannot be held."""
    type_ = (question.get("type") or "").strip().lower()
    reader = _READERS.get(type_)
    if reader is None:
        known = f" ({UNSUPPORTED[type_]})" if type_ in UNSUPPORTED else ""
        raise refusal(
            "kind_unsupported", f"ไม่รองรับคำถามชนิด {type_[:40] or 'ที่ไม่ได้ระบุ'}{known} ของ Moodle", "kind"
        )
    if len(question) > 2 * MOST_CHOICES + 100:
        raise too_many_choices()
    return reader(question, stem, texts)


def _weight(answer: Element) -> Fraction:
    # Moodle 1 kept it in an element.
    return share(answer.get("fraction") or answer.findtext("fraction") or "0")


def _is_true(text: str | None) -> bool:
    return (text or "").strip().lower() in {"true", "1", "yes"}


def _multichoice(question: Element, stem: str, texts: Texts) -> Asked:
    options = [
        Option(texts.of(answer), _weight(answer), texts.of(answer.find("feedback")))
        for answer in question.findall("answer")
    ]
    kind, choices, notes = weighed(options, single=_is_true(question.findtext("single") or "true"))
    texts.notes += notes
    return Asked(kind, stem, choices)


def _truefalse(question: Element, stem: str, texts: Texts) -> Asked:
    answers = question.findall("answer")
    if len(answers) != 2:
        raise refusal("true_false", "ข้อถูกหรือผิดต้องมี 2 คำตอบ", "choices")
    words = [texts.of(answer, plain=True).lower() for answer in answers]
    # Old files printed the words of their language, true first.
    true, false = (answers[1], answers[0]) if words == ["false", "true"] else answers
    if (_weight(true) > 0) == (_weight(false) > 0):
        raise refusal("true_false", "ข้อถูกหรือผิดต้องมีคำตอบที่ถูกเพียงคำตอบเดียว", "choices")
    choices = tuple(
        Choice(word, _weight(answer) > 0, texts.of(answer.find("feedback")))
        for word, answer in ((TRUE, true), (FALSE, false))
    )
    return Asked(Kind.TRUE_FALSE, stem, choices)


def _matching(question: Element, stem: str, texts: Texts) -> Asked:
    pairs = tuple(
        Choice(texts.of(pair), match=texts.of(pair.find("answer"), plain=True))
        for pair in question.findall("subquestion")
    )
    return Asked(Kind.MATCHING, stem, tuple(pair for pair in pairs if pair.text or pair.match))


def _shortanswer(question: Element, stem: str, texts: Texts) -> Asked:
    if _is_true(question.findtext("usecase")):
        texts.notes.append(("use_case", "ที่นี่ไม่แยกตัวพิมพ์เล็กและใหญ่ของคำตอบที่พิมพ์"))
    choices: list[Choice] = []
    for answer in question.findall("answer"):
        said = Choice(texts.of(answer, plain=True), feedback=texts.of(answer.find("feedback")))
        _accept(choices, said, _weight(answer), texts.notes)
    return Asked(Kind.SHORT_TEXT, stem, some(choices))


def _accept(choices: list[Choice], said: Choice, weight: Fraction, notes: list[Note]) -> None:
    taken, more = accepted(said, weight)
    choices += taken
    notes += more


def _numerical(question: Element, stem: str, texts: Texts) -> Asked:
    choices: list[Choice] = []
    for answer in question.findall("answer"):
        weight = _weight(answer)
        text = texts.of(answer, plain=True)
        if weight > 0 or text != "*":
            text = number_text(text)
        tolerance = abs(number(answer.findtext("tolerance") or "0", "tolerance"))
        said = Choice(text, feedback=texts.of(answer.find("feedback")), tolerance=tolerance)
        _accept(choices, said, weight, texts.notes)
    return Asked(Kind.NUMERIC, stem, some(choices), unit=_unit(question, texts.notes))


def _unit(question: Element, notes: list[Note]) -> str:
    units = [(tidy(unit.findtext("unit_name") or ""), unit) for unit in question.findall("units/unit")]
    units = [(name, unit) for name, unit in units if name]
    if not units:
        return ""
    base = next((name for name, unit in units if _multiplier(unit) == 1), units[0][0])
    if len(units) > 1:
        others = ", ".join(name for name, _ in units if name != base)
        notes.append(("units", f"หน่วยอื่นไม่ได้นำมาด้วย: {others[:100]} ผู้เรียนตอบเป็น{base}"))
    return base


def _multiplier(unit: Element) -> Decimal | None:
    try:
        return number(unit.findtext("multiplier") or "1")
    except InvalidInput:
        return None


def _gaps(question: Element, stem: str, texts: Texts) -> Asked:
    """Moodle's `[[3]]` names the third option; ours names the third gap, so gaps are numbered as they come."""
    options = [*question.findall("selectoption"), *question.findall("dragbox")]
    words = [texts.of(option) for option in options]
    groups = {(option.findtext("group") or "1").strip() for option in options}
    named = [int(found[1]) for found in GAP.finditer(stem)]
    if not named or any(not 1 <= place <= len(words) for place in named):
        raise refusal("gaps", "ช่องว่าง [[ ]] ในคำถามไม่ตรงกับลำดับของตัวเลือก", "stem")
    if len(set(named)) < len(named):
        raise refusal("gaps", "ตัวเลือกเดียวใช้เติมมากกว่า 1 ช่อง ซึ่งที่นี่ทำไม่ได้", "choices")
    if len({match_key(word) for word in words}) < len(words):
        raise refusal("gaps", "มีตัวเลือกที่ข้อความซ้ำกันในหลายกลุ่ม ซึ่งที่นี่ใช้รายการเดียวกันทุกช่อง", "choices")
    if len(groups) > 1:
        texts.notes.append(("gap_groups", "กลุ่มของตัวเลือกไม่ได้นำมาด้วย ทุกช่องใช้ตัวเลือกรายการเดียวกัน"))
    gap_of = {place: gap for gap, place in enumerate(named, start=1)}
    choices = tuple(Choice(word, gap=gap_of.get(place, 0)) for place, word in enumerate(words, start=1))
    return Asked(Kind.GAPS, GAP.sub(lambda found: f"[[{gap_of[int(found[1])]}]]", stem), choices)


def _ordering(question: Element, stem: str, texts: Texts) -> Asked:
    answers = question.findall("answer")
    places = [Fraction(number(answer.get("fraction") or "0")) for answer in answers]
    if len(set(places)) == len(places):
        answers = [answers[at] for at in sorted(range(len(answers)), key=lambda at: places[at])]
    if (question.findtext("selecttype") or "").strip().upper() in {"RANDOM", "CONTIGUOUS", "1", "2"}:
        texts.notes.append(("ordering_subset", "Moodle สุ่มแสดงบางขั้น ที่นี่แสดงครบทุกขั้น"))
    grading = (question.findtext("gradingtype") or "").strip().upper()
    choices = tuple(
        Choice(texts.of(answer), feedback=texts.of(answer.find("feedback"))) for answer in answers
    )
    scoring = Scoring.EXACT if grading in {"ALL_OR_NOTHING", "-1"} else Scoring.PARTIAL
    return Asked(Kind.ORDERING, stem, some(choices), scoring=scoring)


_READERS: Mapping[str, Callable[[Element, str, Texts], Asked]] = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "matching": _matching,
    "match": _matching,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "gapselect": _gaps,
    "ddwtos": _gaps,
    "ordering": _ordering,
}
