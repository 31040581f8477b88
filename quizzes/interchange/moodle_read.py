"""Reading Moodle XML: one `<question>` at a time, so that a broken one spoils no other."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from quizzes.drafts import BankEntry, QuestionDraft
from quizzes.interchange import facts
from quizzes.interchange.base import Format, Reading, Row, gather, refusal, whole_file
from quizzes.interchange.images import Names
from quizzes.interchange.moodle_kinds import asked
from quizzes.interchange.moodle_texts import Texts
from quizzes.interchange.texts import clean, code_of, code_of_title, parted, tidy, topics_of_category

DEEPEST = 40
_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30};)")
_CATEGORY = re.compile(r"""<question\s+type\s*=\s*["']category["']""")
_USUAL_FEEDBACK = {
    "Your answer is correct.",
    "Your answer is partially correct.",
    "Your answer is incorrect.",
    "คำตอบของคุณถูกต้อง",
    "คำตอบของคุณถูกต้องบางส่วน",
    "คำตอบของคุณไม่ถูกต้อง",
}


@dataclass(frozen=True)
class Found:
    """A question as an element, or the words of one that is no well-formed XML, with the topics of its category."""

    element: Element | None
    words: str
    topics: tuple[str, ...]


def read(text: str) -> Reading:
    """Read a decoded Moodle XML file. Never raises.

    A document type or an entity of its own refuses the file. Where the file is not well formed, each `<question>` is tried
    by itself and only those that are broken become Faults.
    """
    text = _PROLOG.sub("", clean(text))
    try:
        elements = _whole(text)
    except DefusedXmlException:
        return whole_file(
            Format.MOODLE_XML, "ไฟล์ XML นี้ประกาศ DOCTYPE หรือ ENTITY ซึ่งไม่รับด้วยเหตุผลด้านความปลอดภัย", text
        )
    except RecursionError:
        return whole_file(Format.MOODLE_XML, "ไฟล์ XML นี้ซ้อนกันลึกเกินไป", text)
    except ParseError:
        elements = []
    elements = elements or _pieces(text)
    if not elements:
        return whole_file(Format.MOODLE_XML, "ไม่พบคำถามในไฟล์ XML นี้ หรือไฟล์ไม่ใช่ Moodle XML ที่ครบถ้วน", text)
    names = Names()
    return gather(
        Format.MOODLE_XML, _numbered(elements), lambda row, found: _question(row, found, names), _raw
    )


def _known_entity(found: re.Match[str]) -> str:
    """HTML's names for signs, which XML does not know, as the signs themselves; XML's own five stay."""
    sign = html5.get(found[1], "")
    return sign if sign and not set(sign) & set("<>&\"'") else found[0]


# --- questions of the file ----------------------------------------------------------------------------------


def _whole(text: str) -> list[Found]:
    """The questions of a well-formed file. Raises ParseError, DefusedXmlException, RecursionError (nested too deep)."""
    found: list[Found] = []
    depth = 0
    named: tuple[str, ...] = ()
    for event, element in iterparse(io.BytesIO(text.encode()), events=("start", "end"), forbid_dtd=True):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise RecursionError
        if event == "end" and depth == 1 and element.tag == "question":
            if _is_category(element):
                named = _topics(element)
            else:
                found.append(Found(element, "", named))
    return found


def _pieces(text: str) -> list[Found]:
    """The questions of a file that is not well formed, each parsed alone."""
    found: list[Found] = []
    named: tuple[str, ...] = ()
    start, end = text.find("<question "), 0
    while start >= 0:
        following = text.find("<question ", start + 1)
        # Looked for once, not from each of the questions that lack one.
        end = text.find("</question>", start) if 0 <= end < start else end
        closed = end >= 0 and (following < 0 or end < following)
        stop = end + len("</question>") if closed else following if following >= 0 else len(text)
        words = text[start:stop]
        element = _alone(words) if closed else None
        if element is not None and _is_category(element):
            named = _topics(element)
        elif not _CATEGORY.match(words):
            found.append(Found(element, words, named))
        start = following
    return found


def _alone(words: str) -> Element | None:
    try:
        element: Element = fromstring(words, forbid_dtd=True)
    except ParseError:
        plain = _ENTITY.sub(_known_entity, words)
        return _alone(plain) if plain != words else None
    except DefusedXmlException:
        return None
    return element


def _is_category(element: Element) -> bool:
    return (element.get("type") or "").strip().lower() == "category"


def _topics(element: Element) -> tuple[str, ...]:
    # Some programs name it where the title of a question stands.
    places = ("category/text", "category", "name/text")
    return topics_of_category(next((said for at in places if (said := tidy(element.findtext(at) or ""))), ""))


def _numbered(elements: list[Found]) -> Iterator[tuple[int, Found]]:
    return enumerate(elements, start=1)


def _raw(found: Found) -> str:
    """The words of a question without its files."""
    if found.element is None or found.words:
        return re.sub(r"(<file\b[^>]*>)[^<]*", r"\1", found.words)
    for file in found.element.iter("file"):
        file.text = ""
    return tostring(found.element, encoding="unicode")


# --- one question -------------------------------------------------------------------------------------------


def _question(row: int, found: Found, names: Names) -> Row:
    """Read one question. Raises InvalidInput."""
    element = found.element
    if element is None:
        raise refusal("xml", "ข้อนี้ไม่ใช่ XML ที่ครบถ้วน อาจมีเครื่องหมาย & หรือ < ที่ไม่ได้แปลง หรือไฟล์ขาด", "stem")
    texts = Texts(element, names)
    stem = "\n\n".join(filter(None, (texts.of(element.find("questiontext")), texts.old_picture(element))))
    body = asked(element, stem, texts)
    if not stem:
        raise refusal("stem_empty", "ไม่มีข้อความของคำถาม", "stem")
    draft = QuestionDraft(
        body.kind,
        body.stem,
        body.choices,
        explanation=texts.of(element.find("generalfeedback")),
        scoring=body.scoring,
        unit=body.unit,
    )
    code = _code(element, stem, texts)
    tags = [tag.findtext("text") or tag.text or "" for tag in element.findall("tags/tag")]
    named, provisions = parted((*found.topics, *tags))
    entry = BankEntry(code, draft, topics=named, provisions=provisions)
    told = facts.parse(element.findtext("sucharit") or "")
    entry = facts.apply(entry, told)
    texts.keeps = False
    _note_the_rest(element, texts)
    notes = tuple(dict.fromkeys(texts.notes))
    return Row(row, entry, texts.pictures.images, notes, facts.says(told, entry))


def _code(element: Element, stem: str, texts: Texts) -> str:
    given = tidy(element.findtext("idnumber") or "")
    code = code_of(given) or code_of(given.upper())
    if given and not code:
        texts.notes.append(("id_number", f"รหัสเดิม “{given[:60]}” ใช้เป็นรหัสข้อที่นี่ไม่ได้"))
    return code or code_of_title(element.findtext("name/text") or "", stem)


def _note_the_rest(element: Element, texts: Texts) -> None:
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        said = texts.of(element.find(name))
        if said and said not in _USUAL_FEEDBACK:
            texts.notes.append(("combined_feedback", f"คำอธิบายตามผลคะแนนไม่ได้นำมาด้วย: {said[:200]}"))
    hints = [text for text in (texts.of(hint) for hint in element.findall("hint")) if text]
    if hints:
        texts.notes.append(("hints", f"คำใบ้ไม่ได้นำมาด้วย: {' / '.join(hints)[:200]}"))
    grade = (element.findtext("defaultgrade") or "1").strip()
    if not re.fullmatch(r"1(\.0*)?", grade):
        texts.notes.append(("default_grade", f"คะแนนเต็มเดิม {grade[:20]} ไม่ได้นำมาด้วย ที่นี่ทุกข้อมี 1 คะแนน"))
    if (element.findtext("hidden") or "0").strip() == "1":
        texts.notes.append(("hidden", "ข้อนี้ถูกซ่อนไว้ใน Moodle"))
