"""The closed lists of questions and attempts."""

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


class Change(TextChoices):
    """What storing a question of a file would do to the bank."""

    ADDED = "added", "เพิ่มใหม่"
    CHANGED = "changed", "ฉบับใหม่ของข้อเดิม"
    UNCHANGED = "unchanged", "เหมือนเดิม"
