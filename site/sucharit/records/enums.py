"""The closed lists of the evidence rules."""

from django.db.models import TextChoices


class SubjectKind(TextChoices):
    """What an award can be about."""

    COURSE = "course", "รายวิชา"


class AwardKind(TextChoices):
    """What an event in the ledger says. Corrections join this list as events of their own, never as edits."""

    AWARD = "award", "สำเร็จการเรียน"


class Method(TextChoices):
    """How the completion came about (rule E1)."""

    ONLINE = "online", "เรียนออนไลน์"
    CLASSROOM = "classroom", "อบรมในห้องเรียน"
    ASSESSED = "assessed", "ผ่านการประเมิน"
    IMPORTED = "imported", "นำเข้าประวัติ"
    RECOGNISED = "recognised", "เทียบโอนผลการเรียน"


class State(TextChoices):
    """Where a person stands in one period of a requirement: what is stored. Overdue is this and today's date."""

    NOT_STARTED = "not_started", "ยังไม่เริ่ม"
    IN_PROGRESS = "in_progress", "กำลังเรียน"
    ON_TIME = "on_time", "ผ่านแล้วตามกำหนด"
    LATE = "late", "ผ่านแล้วหลังกำหนด"


class Access(TextChoices):
    """What somebody did with records of others."""

    PERSON = "person", "เปิดดูประวัติการเรียน"
    EXPORT = "export", "นำออกรายชื่อของหน่วยงาน"


DONE_STATES = frozenset({State.ON_TIME, State.LATE})
OPEN_STATES = frozenset({State.NOT_STARTED, State.IN_PROGRESS})
