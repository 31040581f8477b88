"""What an author should look at, said in plain Thai: what the numbers show and what to do next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from quizzes.psychometrics.distractors import UNUSED_SHARE, DistractorTable
from quizzes.psychometrics.items import Facility, Moments, correlation_interval, facility, item_rest

# Under this many answers nothing is said about a question.
MIN_ANSWERS = 30
# An item-rest correlation from 0 up to here tells little; under 0 the question works the wrong way round.
LITTLE_DISCRIMINATION = 0.15
# More than this share right: almost nothing is left to learn from the answers.
TOO_EASY = 0.95
# Guessing alone and this much more: fewer right than that is too hard.
CHANCE_MARGIN = 0.05


class Code(StrEnum):
    """What may be wrong with a question."""

    KEY_WRONG = "key_wrong"
    BACKWARDS = "backwards"
    TOO_HARD = "too_hard"
    DISCRIMINATES_LITTLE = "discriminates_little"
    TOO_EASY = "too_easy"
    DISTRACTOR_UNUSED = "distractor_unused"
    TOO_FEW = "too_few"


class Severity(StrEnum):
    """HIGH: learners may be marked wrongly, act now. MEDIUM: review before the next use. LOW: good to know."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


ADVICE = {
    Code.KEY_WRONG: (
        "เฉลยของข้อนี้อาจไม่ถูกต้อง ผู้ที่ทำข้ออื่นได้ดีเลือกคำตอบอื่นมากกว่าคำตอบที่เฉลยไว้ "
        "โปรดตรวจเฉลยกับแหล่งอ้างอิงโดยเร็ว หากเฉลยผิดจริง โปรดกด “แก้เฉลย” เพื่อปรับคะแนนของผู้ที่ทำไปแล้ว แล้วบันทึกคำถามเป็นฉบับใหม่"
    ),
    Code.BACKWARDS: (
        "ผู้ที่ทำข้ออื่นได้ดีกลับตอบข้อนี้ถูกน้อยกว่าคนอื่น คำถามหรือตัวเลือกอาจชวนให้เข้าใจผิด "
        "โปรดอ่านทวนอีกครั้ง และหากทำได้ คุณควรให้ผู้รู้อีกคนลองตอบโดยไม่เห็นเฉลย"
    ),
    Code.TOO_HARD: (
        "ผู้ตอบข้อนี้ถูกมีไม่มากไปกว่าการเดาเท่าใดนัก โปรดตรวจว่าบทเรียนสอนเรื่องนี้แล้ว และคำถามอ่านเข้าใจได้ทางเดียว "
        "คุณอาจปรับถ้อยคำให้ชัดขึ้น หรือเพิ่มคำอธิบายในบทเรียน"
    ),
    Code.DISCRIMINATES_LITTLE: (
        "ข้อนี้แทบไม่ช่วยแยกผู้ที่เข้าใจเนื้อหาออกจากผู้ที่ยังไม่เข้าใจ โปรดดูว่าคำถามกำกวม หรือมีตัวเลือกอื่นที่ถือว่าถูกได้ด้วยหรือไม่"
    ),
    Code.TOO_EASY: (
        f"ผู้ตอบเกินร้อยละ {100 * TOO_EASY:g} ตอบข้อนี้ถูก จึงบอกได้น้อยว่าใครเข้าใจดีกว่ากัน "
        "คุณใช้ข้อนี้ทบทวนเรื่องสำคัญต่อไปได้ แต่หากต้องการวัดความเข้าใจ โปรดใช้สถานการณ์ที่ต้องคิดมากขึ้น"
    ),
    Code.DISTRACTOR_UNUSED: (
        f"มีตัวเลือกที่แทบไม่มีใครเลือก (ไม่ถึงร้อยละ {100 * UNUSED_SHARE:g}) "
        "โปรดเขียนตัวเลือกนั้นใหม่จากความเข้าใจผิดที่พบจริง หรือตัดออกหากไม่จำเป็น"
    ),
    Code.TOO_FEW: (f"มีผู้ตอบข้อนี้ไม่ถึง {MIN_ANSWERS} คน ตัวเลขยังเปลี่ยนได้มาก โปรดรอให้มีผู้ตอบเพิ่ม ก่อนที่คุณจะตัดสินใจแก้ข้อนี้"),
}
SEVERITY = {
    Code.KEY_WRONG: Severity.HIGH,
    Code.BACKWARDS: Severity.MEDIUM,
    Code.TOO_HARD: Severity.MEDIUM,
    Code.DISCRIMINATES_LITTLE: Severity.MEDIUM,
    Code.TOO_EASY: Severity.LOW,
    Code.DISTRACTOR_UNUSED: Severity.LOW,
    Code.TOO_FEW: Severity.LOW,
}


@dataclass(frozen=True)
class Flag:
    """One thing to look at: advice in Thai, the numbers that it rests on, and the ids of the options that it is about.

    `evidence` always holds `n`; shares and facilities are 0 to 1, correlations −1 to 1, `_low` and `_high` the ends of 95 % intervals.
    """

    code: Code
    evidence: Mapping[str, float]
    options: tuple[str, ...] = field(default=())

    @property
    def severity(self) -> Severity:
        """How soon somebody should look."""
        return SEVERITY[self.code]

    @property
    def advice(self) -> str:
        """What the numbers show and what to do next, in Thai."""
        return ADVICE[self.code]


def flags(moments: Moments, *, chance: float, table: DistractorTable | None = None) -> tuple[Flag, ...]:
    """Return what to look at in one question, the gravest first; nothing where it does its work.

    `chance` is the mean share of the point that guessing earns (a quarter for one right of four options, 0 where there is nothing to
    guess); `table` is None for kinds without options. Under `MIN_ANSWERS` answers only that is said. Thresholds are compared with
    the estimates themselves; the intervals stand in the evidence, so that a page can say how sure it is.

    KEY_WRONG: item-rest r < 0 and the best group chooses a wrong option more than the right one. BACKWARDS: r < 0 without such an
    option. DISCRIMINATES_LITTLE: 0 <= r < 0.15. TOO_EASY: facility > 0.95. TOO_HARD: facility < chance + 0.05. DISTRACTOR_UNUSED: a
    wrong option that fewer than 2 % choose. Raises ValueError where chance is not in [0, 1).
    """
    if not 0 <= chance < 1:
        raise ValueError("guessing earns between nothing and less than the whole point")
    measured = facility(moments.n, moments.x)
    if measured is None or moments.n < MIN_ANSWERS:
        return (Flag(Code.TOO_FEW, {"n": moments.n}),)
    order = list(Code)
    found = [*_of_rest(moments, table), *_of_facility(measured, chance), *_of_options(table)]
    return tuple(sorted(found, key=lambda flag: order.index(flag.code)))


def _of_rest(moments: Moments, table: DistractorTable | None) -> Iterator[Flag]:
    r = item_rest(moments)
    if r is None or r >= LITTLE_DISCRIMINATION:
        return
    evidence: dict[str, float] = {"n": moments.n, "item_rest": r}
    ends = correlation_interval(r, moments.n)
    if ends:
        evidence |= {"item_rest_low": ends.low, "item_rest_high": ends.high}
    if r >= 0:
        yield Flag(Code.DISCRIMINATES_LITTLE, evidence)
    elif table and table.upper and table.rivals:
        evidence |= {"upper_n": table.upper.n}
        evidence |= {f"upper_share:{option}": share for option, share in table.upper.shares.items()}
        yield Flag(Code.KEY_WRONG, evidence, table.rivals)
    else:
        yield Flag(Code.BACKWARDS, evidence)


def _of_facility(measured: Facility, chance: float) -> Iterator[Flag]:
    evidence = {
        "n": measured.n,
        "facility": measured.mean,
        "facility_low": measured.interval.low,
        "facility_high": measured.interval.high,
    }
    if measured.mean > TOO_EASY:
        yield Flag(Code.TOO_EASY, evidence)
    if measured.mean < chance + CHANCE_MARGIN:
        yield Flag(Code.TOO_HARD, evidence | {"chance": chance})


def _of_options(table: DistractorTable | None) -> Iterator[Flag]:
    if table and table.unused:
        shares = {f"share:{option}": table.overall.shares[option] for option in table.unused}
        yield Flag(Code.DISTRACTOR_UNUSED, {"n": table.overall.n, **shares}, table.unused)
