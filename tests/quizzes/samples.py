"""One draft of each kind of question."""

from decimal import Decimal

from quizzes.drafts import Choice, QuestionDraft
from quizzes.enums import Kind

SCALE = ("ไม่เหมาะอย่างยิ่ง", "ไม่ค่อยเหมาะ", "ค่อนข้างเหมาะ", "เหมาะอย่างยิ่ง")
WHY = "canary-why"
DRAFTS = {
    Kind.SINGLE: QuestionDraft(Kind.SINGLE, "ข้อใด", [Choice("ก", True, WHY), Choice("ข", False, WHY)]),
    Kind.MULTIPLE: QuestionDraft(
        Kind.MULTIPLE,
        "ข้อใดบ้าง",
        [Choice("ก", True, WHY), Choice("ข", True, WHY), Choice("ค", False, WHY), Choice("ง", False, WHY)],
    ),
    Kind.TRUE_FALSE: QuestionDraft(
        Kind.TRUE_FALSE, "ถูกหรือผิด", [Choice("ถูก", True, WHY), Choice("ผิด", False, WHY)]
    ),
    Kind.MATCHING: QuestionDraft(
        Kind.MATCHING,
        "จับคู่เรื่องกับหน่วยงาน",
        [
            Choice("เลขานุการ ก.ม.จ.", feedback=WHY, match="สำนักงาน ก.พ."),
            Choice("รับเรื่องทุจริต", feedback=WHY, match="สำนักงาน ป.ป.ช."),
            Choice("", match="กรมบัญชีกลาง"),
        ],
    ),
    Kind.ORDERING: QuestionDraft(
        Kind.ORDERING,
        "เรียงขั้นตอน",
        [Choice("เปิดเผย", feedback=WHY), Choice("ถอนตัว", feedback=WHY), Choice("บันทึก", feedback=WHY)],
    ),
    Kind.GAPS: QuestionDraft(
        Kind.GAPS,
        "รับได้ไม่เกิน [[1]] บาท และแจ้งภายใน [[2]] วัน",
        [Choice("3,000", feedback=WHY, gap=1), Choice("30", feedback=WHY, gap=2), Choice("5,000", gap=0)],
    ),
    Kind.SHORT_TEXT: QuestionDraft(
        Kind.SHORT_TEXT,
        "หน่วยงานใด",
        [Choice("สำนักงาน ก.พ."), Choice("*ก.พ.*", credit=Decimal("0.5"))],
    ),
    Kind.NUMERIC: QuestionDraft(
        Kind.NUMERIC,
        "กี่บาท",
        [Choice("3000"), Choice("3000", credit=Decimal("0.5"), tolerance=Decimal(500))],
        unit="บาท",
    ),
    Kind.JUDGEMENT: QuestionDraft(
        Kind.JUDGEMENT,
        "เหมาะเพียงใด",
        [Choice("คืน", feedback=WHY, expert=4), Choice("รับ", feedback=WHY, expert=1)],
        scale=SCALE,
    ),
    Kind.LIKERT: QuestionDraft(
        Kind.LIKERT, "ฉันกล้าทักท้วง", [Choice("ไม่เห็นด้วย"), Choice("เฉย ๆ"), Choice("เห็นด้วย")]
    ),
}
