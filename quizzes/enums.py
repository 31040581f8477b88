"""The closed lists of questions and attempts."""

from enum import StrEnum

from django.db.models import IntegerChoices, TextChoices


class Kind(TextChoices):
    """Question kinds. How each is scored is stated in `quizzes.kinds`; LIKERT never is."""

    SINGLE = "single", "เลือกคำตอบเดียว"
    MULTIPLE = "multiple", "เลือกได้หลายคำตอบ"
    TRUE_FALSE = "true_false", "ถูกหรือผิด"
    MATCHING = "matching", "จับคู่"
    ORDERING = "ordering", "เรียงลำดับ"
    GAPS = "gaps", "เลือกคำเติมช่องว่าง"
    SHORT_TEXT = "short_text", "พิมพ์คำตอบสั้น"
    NUMERIC = "numeric", "ตอบเป็นตัวเลข"
    JUDGEMENT = "judgement", "ประเมินทางเลือกในสถานการณ์"
    LIKERT = "likert", "ระดับความเห็น"


class Scoring(TextChoices):
    """How a question with several parts is scored."""

    PARTIAL = "partial", "ให้คะแนนตามส่วนที่ถูก"
    EXACT = "exact", "ได้คะแนนเมื่อถูกครบทุกส่วน"


class Difficulty(TextChoices):
    """Editor's estimate until answers say otherwise."""

    EASY = "easy", "ง่าย"
    MEDIUM = "medium", "ปานกลาง"
    HARD = "hard", "ยาก"


class Standard(IntegerChoices):
    """The seven standards by number; zero is the Act in general. Exact texts live in the lessons."""

    GENERAL = 0, "ทั่วไป"
    ONE = 1, "มาตรฐานข้อ 1"
    TWO = 2, "มาตรฐานข้อ 2"
    THREE = 3, "มาตรฐานข้อ 3"
    FOUR = 4, "มาตรฐานข้อ 4"
    FIVE = 5, "มาตรฐานข้อ 5"
    SIX = 6, "มาตรฐานข้อ 6"
    SEVEN = 7, "มาตรฐานข้อ 7"


class AttemptState(TextChoices):
    """An attempt is used up when it starts and can be resumed until the server's deadline."""

    OPEN = "open", "กำลังทำ"
    SUBMITTED = "submitted", "ส่งแล้ว"


class Work(TextChoices):
    """Work in the background whose rows may fail one by one."""

    BELLS = "bells", "ส่งแบบทดสอบที่หมดเวลา"
    RESPONSES = "responses", "นับคำตอบ"
    MEASURES = "measures", "วิเคราะห์ข้อสอบ"
    CORRECTIONS = "corrections", "การแก้เฉลย"
    REGRADES = "regrades", "ปรับคะแนนตามเฉลยที่แก้"
    AWARDS = "awards", "บันทึกผลตามเฉลยที่แก้"


class Kept(StrEnum):
    """What became of answers that were to be kept."""

    KEPT = "kept"
    LATE = "late"
    HANDED_IN = "handed_in"


class Change(TextChoices):
    """What storing a question of a file would do to the bank."""

    ADDED = "added", "เพิ่มใหม่"
    CHANGED = "changed", "ฉบับใหม่ของข้อเดิม"
    FILED = "filed", "คำถามเดิม เปลี่ยนป้าย"
    UNCHANGED = "unchanged", "เหมือนเดิม"


class TopicKind(TextChoices):
    """What a tag names: a subject matter, or a provision of a law or regulation."""

    TOPIC = "topic", "หัวข้อ"
    PROVISION = "provision", "บทบัญญัติ"


class Counts(TextChoices):
    """Which attempt's result counts. A pass that was recorded stays (rule E12)."""

    HIGHEST = "highest", "ครั้งที่คะแนนสูงสุด"
    FIRST = "first", "ครั้งแรก"
    LAST = "last", "ครั้งล่าสุด"


class Feedback(TextChoices):
    """From when on a learner may see what was right, and why."""

    EACH = "each", "ตอบแต่ละข้อแล้ว"
    SUBMISSION = "submission", "ส่งคำตอบแล้ว"
    PASSING = "passing", "ผ่านแล้ว"
    CLOSING = "closing", "ปิดแบบทดสอบแล้ว"


class Remedy(TextChoices):
    """What a correction of a key does (rule E12)."""

    NEW_KEY = "new_key", "ใช้เฉลยใหม่"
    ACCEPT_BOTH = "accept_both", "รับทั้งเฉลยเดิมและเฉลยใหม่"
    VOID = "void", "ตัดข้อนี้ออกจากคะแนน"
    FULL_MARKS = "full_marks", "ให้คะแนนเต็มทุกคน"


class CorrectionState(TextChoices):
    """Weighing and applying are work in the background; between them a second person decides."""

    WEIGHING = "weighing", "กำลังตรวจผลกระทบ"
    WEIGHED = "weighed", "รอผู้อนุมัติ"
    APPLYING = "applying", "กำลังปรับคะแนน"
    APPLIED = "applied", "ปรับคะแนนแล้ว"
    REFUSED = "refused", "ไม่ดำเนินการ"


class TaskEnd(TextChoices):
    """How something to look at came to its end."""

    NEW_VERSION = "new_version", "แก้เป็นฉบับใหม่"
    CORRECTED = "corrected", "แก้เฉลย"
    RETIRED = "retired", "เลิกใช้ข้อนี้"
    DISMISSED = "dismissed", "ตรวจแล้ว ไม่ต้องแก้"
    GONE = "gone", "ข้อมูลใหม่ไม่พบแล้ว"


class Wave(TextChoices):
    """When a questionnaire of attitude is answered: before the course, after it, and about three months later."""

    BEFORE = "before", "ก่อนเรียน"
    AFTER = "after", "หลังเรียน"
    LATER = "later", "3 เดือนหลังเรียน"


class Round(TextChoices):
    """The two closings of a year: waves before and after close with the year, the later wave about six months on."""

    COURSE = "course", "ก่อนเรียนและหลังเรียน"
    LATER = "later", "3 เดือนหลังเรียน"
