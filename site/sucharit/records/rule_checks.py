"""What a rule may say: combinations that make no sense, each with a sentence for its field."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sucharit.kernel.thai_calendar import MONTHS
from sucharit.officers.selectors import Audience
from sucharit.records.enums import Cycle
from sucharit.records.models import Subject

# A year that has 29 February: the day is kept, and a year without it uses the month's last day.
LEAP = 2024
YEAR_ONLY = "ใช้เฉพาะรอบทุกปีงบประมาณ โปรดเว้นว่างหรือใส่ 0"
RENEWED_ONLY = "ใช้เฉพาะรอบต่ออายุ โปรดเว้นว่าง"


@dataclass(frozen=True)
class RuleFacts:
    """All facts of a rule. `subjects` are those that count beside the leading one; days and months are counts."""

    subject: Subject
    audience: Audience
    reason: str
    effective_on: date
    subjects: Sequence[Subject] = ()
    need: int = 1
    refresher: Subject | None = None
    legal_basis: str = ""
    cycle: str = Cycle.FISCAL_YEAR
    due_month: int = 9
    due_day: int = 30
    due_days: int | None = None
    window_days: int = 0
    min_validity_months: int = 0
    grace_days: int = 0
    valid_months: int | None = None
    is_active: bool = True

    @property
    def all_subjects(self) -> Sequence[Subject]:
        """The leading subject and the others, each once."""
        others = [each for each in self.subjects if each.pk != self.subject.pk]
        return [self.subject, *others]


def faults(facts: RuleFacts) -> Mapping[str, str]:
    """What is wrong with these facts: a sentence for each field that it belongs to, in the order of the form."""
    found = _of_subjects(facts)
    match facts.cycle:
        case Cycle.FISCAL_YEAR:
            found |= _of_a_year(facts)
        case Cycle.ONCE:
            found |= _of_once(facts)
        case _:
            found |= _of_renewal(facts)
    return found


def _of_subjects(facts: RuleFacts) -> dict[str, str]:
    found: dict[str, str] = {}
    known = {each.pk for each in facts.all_subjects}
    if not 1 <= facts.need <= len(known):
        found["need"] = (
            f"เลือกไว้ {len(known)} รายวิชา จำนวนที่ต้องเรียนจึงต้องเป็น 1 ถึง {len(known)}"
            if len(known) > 1
            else "เลือกไว้รายวิชาเดียว โปรดใส่ 1 หรือเลือกรายวิชาอื่นเพิ่ม"
        )
    if facts.refresher is not None and facts.refresher.pk in known:
        found["refresher"] = "รายวิชาทบทวนต้องเป็นคนละรายวิชากับที่เลือกไว้ข้างบน"
    elif facts.refresher is not None and facts.cycle == Cycle.ONCE:
        found["refresher"] = "รอบครั้งเดียวไม่มีการเรียนซ้ำ จึงไม่มีรายวิชาทบทวน โปรดเว้นว่าง"
    return found


def _of_a_year(facts: RuleFacts) -> dict[str, str]:
    found: dict[str, str] = {}
    if facts.due_day > monthrange(LEAP, facts.due_month)[1]:
        found["due_day"] = f"เดือน{MONTHS[facts.due_month - 1]}ไม่มีวันที่ {facts.due_day}"
    if facts.due_days is not None:
        found["due_days"] = "รอบทุกปีงบประมาณใช้วันครบกำหนดร่วมกัน โปรดเว้นว่าง"
    if facts.min_validity_months >= 12:
        found["min_validity_months"] = "ใส่ได้ไม่เกิน 11 เดือน เพราะ 12 เดือนเท่ากับไม่ต้องเรียนทุกปี"
    if facts.valid_months is not None:
        found["valid_months"] = RENEWED_ONLY
    if facts.window_days > 364:
        found["window_days"] = "ใส่ได้ไม่เกิน 364 วัน เพราะรอบหนึ่งยาวหนึ่งปี"
    return found


def _of_once(facts: RuleFacts) -> dict[str, str]:
    found: dict[str, str] = {}
    if not facts.due_days:
        found["due_days"] = "โปรดใส่จำนวนวัน เช่น 30 คือครบกำหนด 30 วันหลังเข้ากลุ่มเป้าหมาย"
    if facts.valid_months is not None:
        found["valid_months"] = RENEWED_ONLY
    if facts.window_days:
        found["window_days"] = "รอบครั้งเดียวไม่มีรอบถัดไป โปรดใส่ 0"
    if facts.min_validity_months:
        found["min_validity_months"] = YEAR_ONLY
    return found


def _of_renewal(facts: RuleFacts) -> dict[str, str]:
    found: dict[str, str] = {}
    if facts.need > 1:
        found["need"] = "รอบต่ออายุนับอายุจากรายวิชาเดียว โปรดใส่ 1 หรือเพิ่มข้อกำหนดแยกกัน"
    if not facts.due_days:
        found["due_days"] = "โปรดใส่จำนวนวันที่ผู้เข้ากลุ่มใหม่มีเวลาเรียนครั้งแรก เช่น 60"
    if not facts.valid_months:
        found["valid_months"] = "โปรดใส่อายุของผลเป็นเดือน เช่น 24 คือต้องเรียนใหม่ทุก 2 ปี"
    elif facts.window_days > facts.valid_months * 28:
        found["window_days"] = "ช่วงต่ออายุล่วงหน้าต้องสั้นกว่าอายุของผล"
    if facts.min_validity_months:
        found["min_validity_months"] = YEAR_ONLY
    return found
