"""The charts of the gallery: invented agencies, real lengths of names."""

from __future__ import annotations

from sucharit.theme.changes import Change, changes
from sucharit.theme.charts import Bar, Chart, Dot, Point, Series, dots, hbars, line, small_multiples
from sucharit.theme.scatter import Axis, Spot, scatter
from sucharit.theme.standards import STANDARDS

__all__ = ["sample_charts"]

MONTHS = ("ต.ค. 68", "พ.ย. 68", "ธ.ค. 68", "ม.ค. 69", "ก.พ. 69", "มี.ค. 69")


def _points(*values: float | None) -> list[Point]:
    return [Point(label, value) for label, value in zip(MONTHS, values, strict=True)]


def sample_charts() -> list[Chart]:
    """Return one chart of each kind."""
    bars = [
        Bar("กองบริหารทรัพยากรบุคคล", 96.4, "81 จาก 84 คน", "#"),
        Bar("สำนักงานส่งเสริมและพัฒนาคุณภาพชีวิตผู้สูงอายุ ภาคตะวันออกเฉียงเหนือตอนล่าง", 58.3, "70 จาก 120 คน", "#"),
        Bar("กองคลัง", 100, "88 จาก 88 คน", "#"),
        Bar("ศูนย์เทคโนโลยีสารสนเทศและการสื่อสาร", 74.0, "77 จาก 104 คน", "#"),
        Bar("กลุ่มตรวจสอบภายใน", 83.3, "10 จาก 12 คน", "#"),
    ]
    estimates = (61.2, 78.4, 55.9, 70.3, 82.0, 66.8, 74.5)
    answers = [
        Dot(
            f"{item.number}. {item.short}",
            value,
            value - 3.6 - item.number / 3,
            value + 3.2 + item.number / 4,
        )
        for item, value in zip(STANDARDS, estimates, strict=True)
    ]
    return [
        hbars(
            "ร้อยละของผู้ผ่าน แยกตามหน่วยงาน",
            bars,
            target=80,
            note="ณ 19 มี.ค. 2569 เรียงจากน้อยไปมาก แท่งลายเฉียงคือหน่วยงานที่ยังไม่ถึงเป้าหมาย",
        ),
        dots(
            "ตอบถูกในครั้งแรก แยกตามมาตรฐาน",
            answers,
            label_label="มาตรฐาน",
            note="ผู้ตอบ 1,204 คน เส้นรอบจุดคือช่วงความเชื่อมั่น 95 %",
        ),
        changes(
            "คะแนนเฉลี่ยก่อนและหลังเรียน แยกตามหน่วยงาน",
            [
                Change("กองบริหารทรัพยากรบุคคล", 52, 81, "84 คน", "#"),
                Change("สำนักงานส่งเสริมและพัฒนาคุณภาพชีวิตผู้สูงอายุ ภาคตะวันออกเฉียงเหนือตอนล่าง", 44, 73, "120 คน", "#"),
                Change("กองคลัง", 78, 77, "88 คน"),
            ],
            before_label="ก่อนเรียน",
            after_label="หลังเรียน",
            label_label="หน่วยงาน",
            note="ผู้ที่ทำทั้งสองแบบทดสอบ ในปีงบประมาณ พ.ศ. 2569",
        ),
        line("ผู้ผ่านสะสมในรอบการประเมินที่ 1", _points(4.1, 12.8, 21.5, 39.0, 61.7, 82.4)),
        small_multiples(
            "ผู้ผ่านสะสม แยกตามสำนัก",
            [
                Series("สำนักงานเลขานุการกรม", _points(2, 8, 20, 41, 70, 91)),
                Series("กองกฎหมาย", _points(10, 22, 35, 52, 66, 78)),
                Series("กองยุทธศาสตร์และแผนงาน", _points(0, 0, 5, 30, 64, 88)),
                Series("ศูนย์ปฏิบัติการต่อต้านการทุจริต", _points(None, 40, 70, 92, 100, 100)),
            ],
        ),
        scatter(
            "ความยากและอำนาจจำแนก",
            [
                Spot("ETH-001", 62, 0.41),
                Spot("ETH-002", 78, 0.35),
                Spot("ETH-003", 31, -0.22, is_marked=True),
                Spot("ETH-004", 97, 0.08, is_marked=True),
                Spot("ETH-005", 84, 0.29),
                Spot("ETH-006", 55, 0.12, is_marked=True),
            ],
            x=Axis("ตอบถูก (ร้อยละ)", 0, 100, (0, 25, 50, 75, 100)),
            y=Axis("อำนาจจำแนก", -1, 1, (-1, -0.5, 0, 0.5, 1), mark=0.15),
            label_label="ข้อ",
            note="เส้นประคือค่าต่ำสุดที่ยังถือว่าดี",
        ),
    ]
