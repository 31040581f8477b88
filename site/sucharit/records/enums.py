"""The closed lists of the evidence rules."""

from django.db.models import TextChoices


class SubjectKind(TextChoices):
    """What an award can be about."""

    COURSE = "course", "รายวิชา"


class AwardKind(TextChoices):
    """What an event in the ledger says (rules E1, E2). Corrections are events of their own, never edits."""

    AWARD = "award", "สำเร็จการเรียน"
    REVOKE = "revoke", "เพิกถอนผล"
    REINSTATE = "reinstate", "คืนผลที่เพิกถอน"
    AMEND = "amend", "แก้ไขข้อมูลของผล"
    SUPERSEDE = "supersede", "สิ้นผลเพราะมีฉบับใหม่"


class DecisionKind(TextChoices):
    """What is decided about a person without a completion."""

    EXEMPT = "exempt", "ยกเว้นการเรียน"
    EXTEND = "extend", "ขยายกำหนด"
    MERGE = "merge", "รวมประวัติ"
    END = "end", "ยกเลิกคำวินิจฉัย"


class ExemptionKind(TextChoices):
    """Why somebody need not complete (rule E14). Not a list of the law: what personnel offices record."""

    LONG_LEAVE = "long_leave", "ลาเป็นเวลานาน"
    STUDY = "study", "ลาศึกษาหรือฝึกอบรม"
    SECONDED = "seconded", "ไปปฏิบัติงานที่หน่วยงานอื่น"
    LEAVING = "leaving", "จะพ้นจากราชการในรอบนี้"
    HEALTH = "health", "เหตุสุขภาพ"
    OTHER = "other", "เหตุอื่น"


class ReasonCode(TextChoices):
    """Why an entry of the ledger is corrected or decided."""

    RECORDED_WRONGLY = "recorded_wrongly", "บันทึกผิดพลาด"
    WRONG_PERSON = "wrong_person", "บันทึกให้ผิดคน"
    NOT_ENTITLED = "not_entitled", "พบภายหลังว่าไม่มีสิทธิ"
    EVIDENCE_FOUND = "evidence_found", "พบหลักฐานเพิ่มเติม"
    CONTENT_CHANGED = "content_changed", "เนื้อหาเปลี่ยนและต้องเรียนใหม่"
    ON_REQUEST = "on_request", "เจ้าของประวัติขอให้แก้ไข"
    IMPORT_UNDONE = "import_undone", "ยกเลิกการนำเข้าทั้งแฟ้ม"
    ORDERED = "ordered", "ตามคำสั่งของผู้มีอำนาจ"
    OTHER = "other", "เหตุอื่น"


class ProposalKind(TextChoices):
    """What the HR desk may propose about a record, or a learner ask of it."""

    MANUAL = "manual", "เพิ่มผลที่เรียนนอกระบบ"
    RECOGNISE = "recognise", "เทียบโอนผลการเรียน"
    EXEMPT = "exempt", "ยกเว้นการเรียน"
    EXTEND = "extend", "ขยายกำหนด"
    REVOKE = "revoke", "เพิกถอนผล"
    REINSTATE = "reinstate", "คืนผลที่เพิกถอน"
    AMEND = "amend", "แก้ไขข้อมูลของผล"
    MERGE = "merge", "รวมประวัติ"
    END = "end", "ยกเลิกรายการเดิม"
    IMPORT = "import", "นำเข้าประวัติจากไฟล์"
    UNDO_IMPORT = "undo_import", "ยกเลิกการนำเข้าทั้งไฟล์"
    CONTEST = "contest", "ทักท้วงประวัติ"
    ANONYMISE = "anonymise", "ปกปิดชื่อผู้ที่พ้นจากราชการ"


class ProposalState(TextChoices):
    """Where a proposal stands."""

    DRAFT = "draft", "ยังไม่ยืนยัน"
    WAITING = "waiting", "รอพิจารณา"
    APPLYING = "applying", "กำลังบันทึก"
    APPLIED = "applied", "บันทึกแล้ว"
    ANSWERED = "answered", "ตอบแล้ว"
    REFUSED = "refused", "ไม่อนุมัติ"
    WITHDRAWN = "withdrawn", "ถอนแล้ว"


class RowState(TextChoices):
    """What became of one row of an imported file."""

    READY = "ready", "พร้อมบันทึก"
    WRONG = "wrong", "ข้อมูลไม่ถูกต้อง"
    TWICE = "twice", "ซ้ำในไฟล์เดียวกัน"
    UNKNOWN = "unknown", "ยังจับคู่ไม่ได้"
    KNOWN = "known", "มีในทะเบียนอยู่แล้ว"
    APPLIED = "applied", "บันทึกแล้ว"
    UNDONE = "undone", "ยกเลิกแล้ว"


class Method(TextChoices):
    """How the completion came about (rule E1)."""

    ONLINE = "online", "เรียนออนไลน์"
    CLASSROOM = "classroom", "อบรมในห้องเรียน"
    ASSESSED = "assessed", "ผ่านการประเมิน"
    IMPORTED = "imported", "นำเข้าประวัติ"
    RECOGNISED = "recognised", "เทียบโอนผลการเรียน"


class Cycle(TextChoices):
    """How often a requirement asks (rule E7)."""

    FISCAL_YEAR = "fiscal_year", "ทุกปีงบประมาณ"
    ONCE = "once", "ครั้งเดียว"
    ANNIVERSARY = "anniversary", "ต่ออายุตามรอบของแต่ละคน"


class DraftState(TextChoices):
    """Where a draft of a rule stands."""

    DRAFT = "draft", "ร่าง"
    WAITING = "waiting", "รออนุมัติ"
    APPROVED = "approved", "อนุมัติแล้ว"
    REFUSED = "refused", "ไม่อนุมัติ"
    WITHDRAWN = "withdrawn", "ถอนแล้ว"


class State(TextChoices):
    """Where a person stands in one period of a requirement: what is stored. What depends on today's date is `Shown`."""

    NOT_REQUIRED = "not_required", "ไม่อยู่ในกลุ่มเป้าหมายแล้ว"
    EXEMPT = "exempt", "ได้รับยกเว้น"
    NOT_STARTED = "not_started", "ยังไม่เริ่ม"
    IN_PROGRESS = "in_progress", "กำลังเรียน"
    ON_TIME = "on_time", "ผ่านแล้วตามกำหนด"
    LATE = "late", "ผ่านแล้วหลังกำหนด"


class Shown(TextChoices):
    """Where a person stands on a day, in the words that people read (rule E6)."""

    NOT_REQUIRED = "not_required", "ไม่อยู่ในกลุ่มเป้าหมาย"
    EXEMPT = "exempt", "ได้รับยกเว้น"
    NOT_STARTED = "not_started", "ยังไม่เริ่ม"
    IN_PROGRESS = "in_progress", "กำลังเรียน"
    WINDOW_OPEN = "window_open", "ผ่านแล้ว ต่ออายุได้"
    DUE_SOON = "due_soon", "ใกล้ครบกำหนด"
    OVERDUE = "overdue", "เลยกำหนด"
    ON_TIME = "on_time", "ผ่านแล้วตามกำหนด"
    LATE = "late", "ผ่านแล้วหลังกำหนด"
    EXPIRED = "expired", "ผลหมดอายุ"


class Access(TextChoices):
    """What somebody did with records of others."""

    PERSON = "person", "เปิดดูประวัติการเรียน"
    EXPORT = "export", "นำออกรายชื่อของหน่วยงาน"


DONE_STATES = frozenset({State.ON_TIME, State.LATE})
OPEN_STATES = frozenset({State.NOT_STARTED, State.IN_PROGRESS})
# Those who are counted as having to complete: neither exempt nor outside.
REQUIRED_STATES = DONE_STATES | OPEN_STATES
