"""The closed lists of questions and attempts."""

from django.db.models import IntegerChoices, TextChoices


class Kind(TextChoices):
    """Question kinds. Multiple choice earns its point only when exactly the right options are chosen."""

    SINGLE = "single", "เลือกคำตอบเดียว"
    MULTIPLE = "multiple", "เลือกได้หลายคำตอบ"
    TRUE_FALSE = "true_false", "ถูกหรือผิด"


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
