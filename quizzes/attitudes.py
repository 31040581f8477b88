"""Questionnaires of attitude: writing them, offering them, and taking an answer that leads to nobody.

`person` is everywhere the public id of the officer whose request this is. It goes into `pseudonyms.pseudonym` and nowhere else:
no query here names a person, and nothing here is logged.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from quizzes.codes import CODE_SHAPE
from quizzes.enums import Kind, Wave
from quizzes.models import AttitudeAnswer, Question, Statement
from quizzes.models import Instrument as Instrument
from quizzes.pseudonyms import is_kept, pseudonym
from quizzes.sensitive import touches
from sucharit.kernel import thai_text
from sucharit.kernel.errors import Conflict, InvalidInput, NotFound, Refused

POINTS = 5
MOST_STATEMENTS = 12
SCALE = ("ไม่เห็นด้วยอย่างยิ่ง", "ไม่เห็นด้วย", "ไม่แน่ใจ", "เห็นด้วย", "เห็นด้วยอย่างยิ่ง")
# On PostgreSQL so many other answers move with each new one.
MIXED = 9


@dataclass(frozen=True)
class Line:
    """A statement as written: its text, and whether agreeing with it is the less desired answer."""

    text: str
    reversed: bool = False


@dataclass(frozen=True)
class Questionnaire:
    """What somebody is asked: (statement id, text) in order, and the five points of the scale, lowest first."""

    code: str
    title: str
    introduction: str
    scale: Sequence[str]
    statements: Sequence[tuple[int, str]]


# --- Writing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_instrument(
    *,
    code: str,
    title: str,
    lines: Sequence[Line],
    introduction: str = "",
    scale: Sequence[str] = SCALE,
    declares: bool,
    now: datetime,
    by_id: int | None,
) -> Instrument:
    """Make a questionnaire, or bring one that nobody has answered to these words.

    `declares` is the author's word that nothing is asked about nation, religion, monarchy or politics; it is kept with who and
    when. Raises InvalidInput with the field, and Conflict where somebody has answered and a word or the scale would change; its
    title and introduction may still change.
    """
    kept = [Line(thai_text.normalise(line.text), line.reversed) for line in lines]
    points = [thai_text.normalise(point) for point in scale]
    _check(code, title, introduction, kept, points, declares=declares)
    facts = {"title": thai_text.normalise(title), "introduction": introduction.strip()}
    held = Instrument.objects.select_for_update().filter(code=code).first()
    if held is None:
        held = Instrument.objects.create(
            code=code, scale=points, declared_at=now, declared_by_id=by_id, **facts
        )
    elif held.is_frozen:
        if (list(held.scale), lines_of(held)) != (points, kept):
            raise Conflict(
                "instrument_answered",
                "มีผู้ตอบแบบสอบถามนี้แล้ว ข้อความจึงเปลี่ยนไม่ได้ หากต้องการแก้ โปรดทำสำเนาเป็นแบบสอบถามใหม่",
            )
        Instrument.objects.filter(pk=held.pk).update(**facts)
        return Instrument.objects.get(pk=held.pk)
    else:
        Instrument.objects.filter(pk=held.pk).update(
            scale=points, declared_at=now, declared_by_id=by_id, **facts
        )
        held.statements.all().delete()
    Statement.objects.bulk_create(
        [
            Statement(instrument=held, order=order, text=line.text, reversed=line.reversed)
            for order, line in enumerate(kept, start=1)
        ]
    )
    return Instrument.objects.get(pk=held.pk)


def _check(
    code: str, title: str, introduction: str, lines: Sequence[Line], scale: Sequence[str], *, declares: bool
) -> None:
    if not CODE_SHAPE.fullmatch(code):
        raise InvalidInput("code_shape", "รหัสใช้ตัวพิมพ์ใหญ่ ตัวเลข และขีดกลาง", field="code")
    if not title.strip():
        raise InvalidInput("title_empty", "โปรดตั้งชื่อแบบสอบถาม", field="title")
    for field, text in (("title", title), ("introduction", introduction)):
        if touches(text):
            raise InvalidInput("sensitive", _sensitive(touches(text)), field=field)
    if len(scale) != POINTS or len({thai_text.match_key(point) for point in scale if point}) != POINTS:
        raise InvalidInput("scale_shape", f"โปรดใส่ระดับความเห็น {POINTS} ระดับที่ไม่ซ้ำกัน", field="scale")
    _check_lines(lines)
    if not declares:
        raise InvalidInput(
            "not_declared",
            "โปรดอ่านข้อความทุกข้อ แล้วยืนยันว่าไม่ถามเรื่องชาติ ศาสนา พระมหากษัตริย์ และการเมือง",
            field="declares",
        )


def _check_lines(lines: Sequence[Line]) -> None:
    if not lines or not all(line.text for line in lines):
        raise InvalidInput("statements_none", "โปรดเขียนข้อความอย่างน้อย 1 ข้อ", field="lines")
    if len(lines) > MOST_STATEMENTS:
        raise InvalidInput("statements_many", f"มีข้อความได้ไม่เกิน {MOST_STATEMENTS} ข้อ", field="lines")
    if len({thai_text.match_key(line.text) for line in lines}) < len(lines):
        raise InvalidInput("statements_alike", "มีข้อความซ้ำกัน", field="lines")
    for number, line in enumerate(lines, start=1):
        if touches(line.text):
            raise InvalidInput("sensitive", f"ข้อ {number}: {_sensitive(touches(line.text))}", field="lines")


def _sensitive(word: str) -> str:
    return f"มีคำว่า “{word}” แบบสอบถามนี้ไม่ถามเรื่องชาติ ศาสนา พระมหากษัตริย์ และการเมือง"


@transaction.atomic
def retire_instrument(*, instrument: Instrument, retired: bool = True) -> None:
    """Offer a questionnaire to nobody any more, or again."""
    Instrument.objects.filter(pk=instrument.pk).update(is_retired=retired)


def lines_of(instrument: Instrument) -> list[Line]:
    """The statements of a questionnaire in order. One query."""
    rows = Statement.objects.filter(instrument=instrument).order_by("order")
    return [Line(text, is_reversed) for text, is_reversed in rows.values_list("text", "reversed")]


def lines_from_bank(codes: Collection[str]) -> list[Line]:
    """The words of questions of the bank that ask for an opinion, in the order of their codes.

    Raises InvalidInput for a code that is none of these.
    """
    rows = Question.objects.filter(code__in=codes, current__kind=Kind.LIKERT, is_retired=False)
    found = dict(rows.values_list("code", "current__stem"))
    missing = [code for code in codes if code not in found]
    if missing:
        raise InvalidInput(
            "bank_unknown", f"ไม่พบข้อชนิด “{Kind.LIKERT.label}” รหัส {' '.join(missing)} ในคลัง", field="bank"
        )
    return [Line(" ".join(found[code].split())) for code in codes]


# --- Answering --------------------------------------------------------------------------------------------------


def questionnaire(instrument_id: int | None) -> Questionnaire | None:
    """What is asked; none where there is no such questionnaire, it is out of use, or the installation has no key."""
    if instrument_id is None or not is_kept():
        return None
    held = Instrument.objects.filter(pk=instrument_id, is_retired=False).first()
    if held is None:
        return None
    statements = list(Statement.objects.filter(instrument=held).order_by("order").values_list("id", "text"))
    return Questionnaire(held.code, held.title, held.introduction, list(held.scale), statements)


def codes_in_use(instrument_ids: Collection[int]) -> Mapping[int, str]:
    """The codes of those that may be offered, by id. One query, and none without a key."""
    if not instrument_ids or not is_kept():
        return {}
    return dict(Instrument.objects.filter(pk__in=instrument_ids, is_retired=False).values_list("pk", "code"))


def has_answered(
    *, places: Collection[tuple[str, str]], wave: Wave, person: str
) -> Collection[tuple[str, str]]:
    """Of these (code, context) places, those where this person has answered this wave. One query.

    Known to nobody but the person's own request: there is no list of who has answered.
    """
    by_pseudonym = {
        pseudonym(instrument=code, context=context, person=person): (code, context)
        for code, context in places
    }
    rows = AttitudeAnswer.objects.filter(pseudonym__in=by_pseudonym, wave=wave)
    found = set(rows.values_list("pseudonym", flat=True))
    return {place for name, place in by_pseudonym.items() if name in found}


def answer(
    *,
    asked: Questionnaire,
    context: str,
    wave: Wave,
    person: str,
    group: str,
    fiscal_year: int,
    answers: Mapping[int, int],
) -> None:
    """Keep what somebody said, under a pseudonym. Statements left out stay out.

    `group` is the code of the person's ministry, `fiscal_year` (พ.ศ.) the year in which the course was taken. Raises
    InvalidInput where nothing was answered, and Refused for a second answer to the same wave.
    """
    offered = {statement_id for statement_id, _ in asked.statements}
    kept = {str(pk): point for pk, point in sorted(answers.items()) if pk in offered and 1 <= point <= POINTS}
    if not kept:
        raise InvalidInput("nothing_answered", "คุณยังไม่ได้เลือกคำตอบ โปรดตอบอย่างน้อย 1 ข้อ หรือกดข้าม")
    name = pseudonym(instrument=asked.code, context=context, person=person)
    try:
        with transaction.atomic():
            # The first answer freezes the words; later ones find nothing to change and wait for nobody.
            Instrument.objects.filter(code=asked.code, is_frozen=False).update(is_frozen=True)
            if not Statement.objects.filter(pk=next(iter(kept)), instrument__code=asked.code).exists():
                raise NotFound("statements_changed", "แบบสอบถามเพิ่งเปลี่ยน โปรดเปิดหน้านี้ใหม่แล้วตอบอีกครั้ง")
            AttitudeAnswer.objects.create(
                instrument=asked.code,
                context=context,
                wave=wave,
                pseudonym=name,
                fiscal_year=fiscal_year,
                group=group,
                answers=kept,
            )
            _mix()
    except IntegrityError as error:
        raise Refused("answered_already", "คุณตอบแบบสอบถามครั้งนี้แล้ว") from error


def _mix() -> None:
    """Let other answers move with the new one, so that the place of a row on PostgreSQL's disk tells little of when it came.

    A table there is written to and dumped in the order of writing. The cost is the same however many answers there are. SQLite's
    table has no order of its own.
    """
    if connection.vendor != "postgresql":
        return
    # Locked rows are left to whoever holds them: two answers at once never wait for one another.
    near = AttitudeAnswer.objects.select_for_update(skip_locked=True).filter(pk__gte=uuid.uuid4())
    chosen = list(near.order_by("pk").values_list("pk", flat=True)[:MIXED])
    AttitudeAnswer.objects.filter(pk__in=chosen).update(instrument=F("instrument"))
