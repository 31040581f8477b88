"""A question with another key: pure functions. The right answer is given as an answer is (`quizzes.kinds`)."""

from collections.abc import Mapping, Sequence

from quizzes.checks import WILD_LIMIT
from quizzes.enums import Kind
from quizzes.kinds import CHOSEN, TYPED, Asked, Row, clean, number_in, pairs_of, row_ids, target_text
from sucharit.kernel.errors import InvalidInput


def key_answer(asked: Asked) -> list[str]:
    """The answer that earns the whole point by the question's own key; of typed ones the first that is worth it."""
    if asked.kind in CHOSEN:
        return [row["id"] for row in asked.choices if row.get("correct")]
    if asked.kind in TYPED:
        return [row["text"] for row in asked.choices if float(row.get("credit", 1)) == 1][:1]
    if asked.kind == Kind.MATCHING:
        return [f"{row['id']}={row['match_id']}" for row in asked.choices if row["text"]]
    if asked.kind == Kind.GAPS:
        return [f"{row['gap']}={row['id']}" for row in asked.choices if row["gap"]]
    if asked.kind == Kind.ORDERING:
        return [f"{row['id']}={place}" for place, row in enumerate(asked.choices, start=1)]
    return [f"{row['id']}={row['expert']}" for row in asked.choices]


def rekeyed(asked: Asked, right: Sequence[str]) -> list[Row]:
    """The rows of the question as they are where `right` is the right answer. Feedback and words stay.

    Raises InvalidInput, in Thai, where the answer is no whole answer: nothing chosen, a row left open, one place given twice.
    """
    said = clean(asked, right)
    if asked.kind == Kind.LIKERT:
        raise _wrong("คำถามระดับความเห็นไม่มีเฉลย")
    if not said:
        raise _wrong("โปรดตอบข้อนี้ตามที่ถูกต้อง")
    if asked.kind in CHOSEN:
        return [{**row, "correct": row["id"] in said} for row in asked.choices]
    if asked.kind in TYPED:
        _check_typed(asked.kind, said[0])
        first = {"id": "a", "feedback": "", "credit": "1", "tolerance": "0"}
        kept = asked.choices[0] if asked.choices else first
        return [{**first, **kept, "text": said[0], "credit": "1"}]
    given = pairs_of(said)
    if set(given) != set(row_ids(asked)):
        raise _wrong("โปรดตอบให้ครบทุกแถว")
    return _repaired(asked, given)


def _check_typed(kind: str, text: str) -> None:
    if kind == Kind.NUMERIC and number_in(text) is None:
        raise _wrong("คำตอบต้องเป็นตัวเลข")
    if kind == Kind.SHORT_TEXT and (text.count("*") > WILD_LIMIT or not text.replace("*", "").strip()):
        raise _wrong(f"ใช้เครื่องหมาย * ได้ไม่เกิน {WILD_LIMIT} ตัว และต้องมีคำด้วย")


def _repaired(asked: Asked, given: Mapping[str, str]) -> list[Row]:
    if asked.kind == Kind.JUDGEMENT:
        if not asked.scale and len(set(given.values())) < len(given):
            raise _wrong("แต่ละลำดับใช้ได้ครั้งเดียว")
        return [{**row, "expert": int(given[row["id"]])} for row in asked.choices]
    if asked.kind == Kind.ORDERING:
        if len(set(given.values())) < len(given):
            raise _wrong("แต่ละลำดับใช้ได้ครั้งเดียว")
        return sorted(asked.choices, key=lambda row: int(given[row["id"]]))
    if asked.kind == Kind.GAPS:
        filled = {target: int(gap) for gap, target in given.items()}
        if len(filled) < len(given):
            raise _wrong("แต่ละคำเติมได้ช่องเดียว")
        return [{**row, "gap": filled.get(row["id"], 0)} for row in asked.choices]
    rows: list[Row] = [
        {**row, "match_id": given[row["id"]], "match": target_text(asked, given[row["id"]])}
        for row in asked.choices
        if row["text"]
    ]
    held = {row["match_id"] for row in rows}
    # What belongs with nothing any more is still offered: it stays as a match without a row.
    free = {row["match_id"]: row for row in asked.choices if row["match_id"] not in held}
    spare = [row["id"] for row in asked.choices if not row["text"]]
    for number, (match_id, row) in enumerate(free.items()):
        name = spare[number] if number < len(spare) else f"{match_id}0"
        rows.append({**row, "id": name, "text": "", "feedback": ""})
    return rows


def _wrong(message: str) -> InvalidInput:
    return InvalidInput("key_incomplete", message, field="key")
