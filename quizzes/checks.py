"""What a question must say before it can be asked fairly. The messages are Thai and name the field."""

import re
from collections.abc import Callable, Mapping, Sequence

from quizzes.drafts import Choice, QuestionDraft
from quizzes.enums import Kind
from quizzes.kinds import GAP, TYPED, number_in
from quizzes.marked import PICTURE, texts_of
from sucharit.kernel import thai_text
from sucharit.kernel.errors import InvalidInput

# More than anybody reads through; and each row has one letter.
ROWS_LIMIT = 20
WILD_LIMIT = 5
# Kinds whose every option says why; rows of the others may.
_TELLING = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.JUDGEMENT})


def check_draft(draft: QuestionDraft) -> None:
    """Refuse a question that cannot be asked fairly. Raises InvalidInput with the field."""
    check_shape(draft)
    if lacks_feedback(draft):
        raise _wrong("choice_incomplete", "ทุกตัวเลือกต้องมีข้อความและคำอธิบายหลังส่งคำตอบ")
    for field, texts in (
        ("stem", [draft.stem]),
        ("choices", [text for choice in draft.choices for text in (choice.text, choice.feedback)]),
        ("explanation", [draft.explanation]),
    ):
        if _wordless(texts):
            message = "ภาพทุกภาพต้องมีคำบรรยายในวงเล็บเหลี่ยม เช่น ![แผนผังขั้นตอน](ภาพ:…)"
            raise InvalidInput("picture_wordless", message, field=field)


def is_incomplete(draft: QuestionDraft) -> bool:
    """Whether it may be kept in the bank, but not asked: an option does not say why, or a picture has no words."""
    return lacks_feedback(draft) or _wordless(texts_of(draft))


def _wordless(texts: Sequence[str]) -> bool:
    return any(not mark[1].strip() for text in texts for mark in PICTURE.finditer(text))


def lacks_feedback(draft: QuestionDraft) -> bool:
    """Whether an option that must say why says nothing. Such a question may be kept in the bank, but not asked."""
    return draft.kind in _TELLING and any(not choice.feedback.strip() for choice in draft.choices)


def check_shape(draft: QuestionDraft) -> None:
    """Refuse what is no whole question of its kind, feedback aside. Raises InvalidInput with the field."""
    if not draft.stem.strip():
        raise InvalidInput("stem_empty", "โปรดเขียนคำถาม", field="stem")
    if draft.kind not in Kind.values:
        raise InvalidInput("kind_unknown", "ไม่รู้จักชนิดคำถามนี้", field="kind")
    if len(draft.choices) > ROWS_LIMIT:
        raise _wrong("too_many_choices", f"มีได้ไม่เกิน {ROWS_LIMIT} แถว")
    _check_places_of_pictures(draft)
    _CHECKS[Kind(draft.kind)](draft)
    if draft.source.strip() and draft.as_of is None:
        raise InvalidInput("as_of_missing", "ข้อที่มีแหล่งอ้างอิงต้องระบุ “ข้อมูล ณ วันที่”", field="as_of")


def _check_places_of_pictures(draft: QuestionDraft) -> None:
    """What is compared with typed words or stands in a list to pick from holds words only."""
    words = [choice.match for choice in draft.choices]
    if draft.kind in TYPED or draft.kind == Kind.GAPS:
        words += [choice.text for choice in draft.choices]
    if any(PICTURE.search(text) for text in words):
        raise _wrong(
            "picture_misplaced", "ภาพใส่ได้ในคำถาม ตัวเลือก และคำอธิบาย คำตอบที่พิมพ์ คำเติม และคู่ที่เลือกใส่ภาพไม่ได้"
        )
    if any(PICTURE.search(text) for text in draft.scale):
        raise InvalidInput("picture_misplaced", "ระดับการประเมินใส่ภาพไม่ได้", field="scale")


def _wrong(code: str, message: str) -> InvalidInput:
    return InvalidInput(code, message, field="choices")


def _differ(texts: Sequence[str], message: str) -> None:
    if len({thai_text.match_key(text) for text in texts}) < len(texts):
        raise _wrong("choices_alike", message)


def _at_least(draft: QuestionDraft, least: int, what: str) -> None:
    if len(draft.choices) < least:
        raise _wrong("too_few_choices", f"โปรดใส่{what}อย่างน้อย {least} {what}")


def _worded(draft: QuestionDraft) -> None:
    if any(not choice.text.strip() for choice in draft.choices):
        raise _wrong("choice_incomplete", "ทุกตัวเลือกต้องมีข้อความและคำอธิบายหลังส่งคำตอบ")


def _check_chosen(draft: QuestionDraft) -> None:
    if draft.kind == Kind.TRUE_FALSE and len(draft.choices) != 2:
        raise _wrong("true_false_needs_two", "คำถามแบบถูกหรือผิดต้องมี 2 ตัวเลือก")
    _at_least(draft, 2, "ตัวเลือก")
    _worded(draft)
    _differ([choice.text for choice in draft.choices], "มีตัวเลือกที่ข้อความซ้ำกัน")
    right = sum(choice.correct for choice in draft.choices)
    if draft.kind != Kind.MULTIPLE and right != 1:
        raise _wrong("one_right_choice", "คำถามชนิดนี้ต้องมีคำตอบที่ถูกเพียง 1 ตัวเลือก")
    if draft.kind == Kind.MULTIPLE and not 1 <= right < len(draft.choices):
        raise _wrong("some_right_choices", "ต้องมีตัวเลือกที่ถูกอย่างน้อย 1 ตัวเลือก และไม่ใช่ทุกตัวเลือก")


def _check_matching(draft: QuestionDraft) -> None:
    asked = [choice for choice in draft.choices if choice.text.strip()]
    if len(asked) < 2 or any(not choice.match.strip() for choice in draft.choices):
        raise _wrong("pairs_incomplete", "โปรดใส่อย่างน้อย 2 คู่ และเขียนคู่ให้ครบทุกแถว")
    _differ([choice.text for choice in asked], "ข้อความด้านซ้ายซ้ำกัน")
    if len({thai_text.match_key(choice.match) for choice in draft.choices}) < 2:
        raise _wrong("one_match_only", "ด้านขวาต้องมีตัวเลือกต่างกันอย่างน้อย 2 ข้อความ")


def _check_ordering(draft: QuestionDraft) -> None:
    _at_least(draft, 3, "รายการ")
    if any(not choice.text.strip() for choice in draft.choices):
        raise _wrong("choice_incomplete", "โปรดเขียนข้อความให้ครบทุกรายการ")
    _differ([choice.text for choice in draft.choices], "มีรายการที่ข้อความซ้ำกัน")


def _check_gaps(draft: QuestionDraft) -> None:
    marks = [int(number) for number in GAP.findall(draft.stem)]
    if not marks or sorted(marks) != list(range(1, len(marks) + 1)):
        raise InvalidInput("gaps_numbered", "โปรดใส่ [[1]] [[2]] … ในคำถามตามลำดับ ช่องละหนึ่งครั้ง", field="stem")
    fills = [choice.gap for choice in draft.choices if choice.gap]
    if sorted(fills) != sorted(marks):
        raise _wrong("gaps_filled", "แต่ละช่องต้องมีคำที่เติมถูกหนึ่งคำ")
    _at_least(draft, 2, "คำ")
    if any(not choice.text.strip() for choice in draft.choices):
        raise _wrong("choice_incomplete", "โปรดเขียนคำให้ครบทุกแถว")
    _differ([choice.text for choice in draft.choices], "มีคำที่ซ้ำกัน")


def _check_credits(choices: Sequence[Choice]) -> None:
    if any(not 0 < choice.credit <= 1 for choice in choices):
        raise _wrong("credit_out_of_range", "คะแนนของคำตอบต้องมากกว่า 0 และไม่เกิน 1")
    if all(choice.credit != 1 for choice in choices):
        raise _wrong("no_full_credit", "ต้องมีคำตอบที่ได้คะแนนเต็มอย่างน้อย 1 คำตอบ")


def _check_text(draft: QuestionDraft) -> None:
    _at_least(draft, 1, "คำตอบ")
    if any(not re.sub(r"[\s*]", "", choice.text) for choice in draft.choices):
        raise _wrong("choice_incomplete", "โปรดเขียนคำตอบที่รับได้ให้ครบทุกแถว")
    if any(choice.text.count("*") > WILD_LIMIT for choice in draft.choices):
        raise _wrong("too_wild", f"ใช้เครื่องหมาย * ได้ไม่เกิน {WILD_LIMIT} ตัวในหนึ่งคำตอบ")
    _check_credits(draft.choices)


def _check_number(draft: QuestionDraft) -> None:
    _at_least(draft, 1, "คำตอบ")
    if any(number_in(choice.text) is None or choice.tolerance < 0 for choice in draft.choices):
        raise _wrong("not_a_number", "คำตอบต้องเป็นตัวเลข และค่าคลาดเคลื่อนต้องไม่ติดลบ")
    _check_credits(draft.choices)


def _check_judgement(draft: QuestionDraft) -> None:
    _at_least(draft, 2, "ทางเลือก")
    _worded(draft)
    _differ([choice.text for choice in draft.choices], "มีทางเลือกที่ข้อความซ้ำกัน")
    experts = [choice.expert for choice in draft.choices]
    if draft.scale:
        if not 2 <= len(draft.scale) <= 9 or any(not point.strip() for point in draft.scale):
            raise InvalidInput("scale_short", "ระดับการประเมินต้องมี 2 ถึง 9 ระดับ", field="scale")
        if any(not 1 <= expert <= len(draft.scale) for expert in experts):
            raise _wrong("expert_out_of_scale", f"ความเห็นของผู้เชี่ยวชาญต้องอยู่ระหว่าง 1 ถึง {len(draft.scale)}")
    elif sorted(experts) != list(range(1, len(experts) + 1)):
        raise _wrong("experts_rank_all", f"ผู้เชี่ยวชาญต้องจัดลำดับ 1 ถึง {len(experts)} ไม่ซ้ำกัน")


def _check_likert(draft: QuestionDraft) -> None:
    _at_least(draft, 2, "ระดับ")
    if any(not choice.text.strip() for choice in draft.choices):
        raise _wrong("choice_incomplete", "โปรดเขียนข้อความให้ครบทุกระดับ")
    if any(choice.correct for choice in draft.choices):
        raise _wrong("opinions_are_not_right", "คำถามระดับความเห็นไม่มีคำตอบที่ถูก")
    _differ([choice.text for choice in draft.choices], "มีระดับที่ข้อความซ้ำกัน")


_CHECKS: Mapping[Kind, Callable[[QuestionDraft], None]] = {
    Kind.SINGLE: _check_chosen,
    Kind.MULTIPLE: _check_chosen,
    Kind.TRUE_FALSE: _check_chosen,
    Kind.MATCHING: _check_matching,
    Kind.ORDERING: _check_ordering,
    Kind.GAPS: _check_gaps,
    Kind.SHORT_TEXT: _check_text,
    Kind.NUMERIC: _check_number,
    Kind.JUDGEMENT: _check_judgement,
    Kind.LIKERT: _check_likert,
}
