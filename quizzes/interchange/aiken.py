"""Aiken: a stem, options with letters, and the letter of the right one. Nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import ascii_uppercase

from quizzes import marked
from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Difficulty, Kind, Scoring
from quizzes.interchange.answers import check_options, label, not_held, texts_of
from quizzes.interchange.base import Format, Note, Reading, Row, gather, refusal
from quizzes.interchange.texts import clean, tidy
from sucharit.kernel.errors import InvalidInput

# Behind a full stop a letter may go on with an abbreviation, as in A.D. 2000.
OPTION = re.compile(r"([A-Z])(?:\)\s*|\.(?:\s+|(?=[^\sA-Za-z.])))(.*)", re.DOTALL)
_SMALL = re.compile(r"([a-z])([).](?:\s.*)?)", re.DOTALL)
ANSWER = re.compile(r"ANSWER\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)


@dataclass
class Block:
    """The lines of one question: `line` numbers its first, `answer` is what its last says (None where it has none)."""

    line: int
    stem: list[str] = field(default_factory=list)
    options: list[list[str]] = field(default_factory=list)
    answer: str | None = None
    raw: list[str] = field(default_factory=list)
    in_order: bool = True


def read(text: str) -> Reading:
    """Read a decoded Aiken file. Never raises: what cannot be read is a Fault with the line it begins on."""
    blocks = ((block.line, block) for block in _blocks(clean(text)))
    return gather(Format.AIKEN, blocks, _question, lambda block: "\n".join(block.raw))


def _blocks(text: str) -> Iterator[Block]:
    block = Block(0)
    after_blank = False
    for number, raw_line in enumerate(text.split("\n"), start=1):
        line = raw_line.strip()
        new_question = after_blank and block.options and not _continues(block, line)
        if line and new_question:
            yield block
            block = Block(0)
        block.line = block.line or (number if line else 0)
        block.raw += [line] if line or block.raw else []
        if answer := ANSWER.fullmatch(line):
            block.answer = answer[1].strip()
            yield block
            block = Block(0)
        else:
            _add(block, line)
        after_blank = not line
    if block.line:
        yield block


def _continues(block: Block, line: str) -> bool:
    return bool(ANSWER.fullmatch(line) or _option(block, line) is not None)


def _option(block: Block, line: str) -> str | None:
    """Return the words of a line that is the next option in the order of letters, else None."""
    found = OPTION.fullmatch(line)
    due = ascii_uppercase[len(block.options)] if len(block.options) < len(ascii_uppercase) else ""
    return found[2].strip() if found and found[1] == due else None


def _add(block: Block, line: str) -> None:
    option = _option(block, line)
    if option is not None:
        block.options.append([option])
    elif not block.options:
        block.stem.append(line)
    elif line:
        # A letter out of turn is no going on of an option: its question never said ANSWER, or left out a letter.
        block.in_order = block.in_order and OPTION.fullmatch(line) is None
        block.options[-1].append(line)


def _with_small_letters(block: Block) -> Block:
    """The block with a), b) taken for the letters of options, where it has no A) and B)."""
    if len(block.options) > 1 or not any(line.startswith(("b)", "b.")) for line in block.raw):
        return block
    again = Block(block.line, answer=block.answer, raw=block.raw)
    for line in block.raw[:-1] if block.answer is not None else block.raw:
        small = _SMALL.fullmatch(line)
        _add(again, small[1].upper() + small[2] if small else line)
    return again


def _question(row: int, block: Block) -> Row:
    block = _with_small_letters(block)
    stem = re.sub("\n{2,}", "\n\n", tidy("\n".join(block.stem)))
    if block.answer is None:
        raise refusal("answer", f"ข้อที่เริ่มบรรทัด {row} ไม่มีบรรทัด ANSWER:", "answer")
    if not block.in_order:
        raise refusal("choices", f"ตัวเลือกของข้อที่เริ่มบรรทัด {row} ไม่เรียง A B C หรือข้อก่อนหน้าไม่มี ANSWER:", "choices")
    if not stem:
        raise refusal("stem_empty", f"ข้อที่เริ่มบรรทัด {row} ไม่มีข้อความของคำถาม", "stem")
    letter = re.fullmatch(r"([A-Za-z])[).]?", block.answer)
    if letter is None:
        raise refusal("answer", f"คำตอบ “{block.answer[:40]}” ต้องเป็นอักษร A ถึง Z ตัวเดียว", "answer")
    place = ascii_uppercase.index(letter[1].upper())
    if place >= len(block.options) or len(block.options) < 2:
        raise refusal("answer", f"ไม่มีตัวเลือก {letter[1].upper()} หรือมีตัวเลือกไม่ถึง 2 ตัวเลือก", "choices")
    choices = tuple(Choice(tidy("\n".join(lines)), at == place) for at, lines in enumerate(block.options))
    return Row(row, BankEntry("", QuestionDraft(Kind.SINGLE, stem, choices)))


# --- writing ------------------------------------------------------------------------------------------------


def question(entry: BankEntry, place: int) -> tuple[str, list[Note]]:
    """One question, with notes on what is lost; the text is empty where Aiken cannot hold it. Never raises."""
    name = label(entry, place)
    try:
        text, notes = _written(entry)
    except InvalidInput as error:
        return "", [(error.code, f"{name}: {error.message}")]
    return text, [(code, f"{name}: {message}") for code, message in notes]


def _written(entry: BankEntry) -> tuple[str, list[Note]]:
    draft = entry.draft
    if draft.kind != Kind.SINGLE:
        raise refusal("kind", f"Aiken เก็บชนิด{Kind(draft.kind).label}ไม่ได้ จึงไม่ได้ส่งออก", "kind")
    check_options(entry)
    if len(draft.choices) > len(ascii_uppercase):
        raise refusal("choices", "Aiken มีตัวเลือกได้ไม่เกิน 26 ข้อ จึงไม่ได้ส่งออก", "choices")
    stem = [line.strip() for line in tidy(draft.stem).split("\n")]
    if not any(stem) or any(OPTION.fullmatch(line) or ANSWER.fullmatch(line) for line in stem):
        raise refusal("stem", "คำถามว่าง หรือมีบรรทัดที่ขึ้นต้นเหมือนตัวเลือกหรือ ANSWER: จึงไม่ได้ส่งออก", "stem")
    options = [" ".join(tidy(choice.text).split("\n")) for choice in draft.choices]
    if not all(options):
        raise refusal("choices", "มีตัวเลือกที่ว่าง จึงไม่ได้ส่งออก", "choices")
    notes = not_held("Aiken", _lost(entry))
    if any("\n" in tidy(choice.text) for choice in draft.choices):
        notes.append(("line_break", "การขึ้นบรรทัดในตัวเลือกกลายเป็นช่องว่าง"))
    right = next(at for at, choice in enumerate(draft.choices) if choice.correct)
    lines = [*stem, *(f"{letter}) {text}" for letter, text in zip(ascii_uppercase, options, strict=False))]
    return "\n".join([*lines, f"ANSWER: {ascii_uppercase[right]}"]) + "\n", notes


def _lost(entry: BankEntry) -> list[str]:
    draft = entry.draft
    parts = {
        "รหัสข้อ": entry.code,
        "คำอธิบายของตัวเลือก": any(choice.feedback for choice in draft.choices),
        "คำอธิบายรวม": draft.explanation,
        "แหล่งอ้างอิง": draft.source,
        "ข้อมูล ณ วันที่": draft.as_of,
        "มาตรฐาน": entry.standard,
        "ระดับความยาก": entry.difficulty != Difficulty.MEDIUM,
        "หัวข้อ": entry.topics,
        "บทบัญญัติ": entry.provisions,
        "รูปภาพ": marked.names(texts_of(entry)),
        "วันทบทวน": entry.review_on,
        "วิธีให้คะแนน": draft.scoring != Scoring.PARTIAL,
    }
    return [name for name, said in parts.items() if said]
