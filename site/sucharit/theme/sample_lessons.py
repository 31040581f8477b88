"""Samples of the components of lessons and tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.safestring import mark_safe

__all__ = ["learning", "questions"]

Context = dict[str, Any]
ACT = "พระราชบัญญัติมาตรฐานทางจริยธรรม พ.ศ. 2562"
# A question with a table, as `quiz_tags.stem` writes it.
_TABLED = mark_safe(
    '<span class="question__table" role="group" tabindex="0" aria-label="ตาราง"><table>'
    '<thead><tr><th scope="col">ปีงบประมาณ</th><th scope="col">ของขวัญที่รับ</th><th scope="col">ส่งคืนแล้ว</th></tr></thead>'
    "<tbody><tr><td>2567</td><td>12</td><td>9</td></tr><tr><td>2568</td><td>31</td><td>11</td></tr></tbody>"
    "</table></span>ปีใดควรตรวจบันทึกการรับของขวัญก่อน"
)
STEPS: list[Context] = [
    {"title": "รู้จักมาตรฐานทางจริยธรรมทั้งเจ็ดข้อ", "url": "#", "state": "done", "minutes": 12},
    {
        "title": "ผลประโยชน์ทับซ้อนที่มองไม่เห็นในงานจัดซื้อ",
        "url": "#",
        "state": "current",
        "minutes": 18,
        "note": "อ่านถึงหน้า 2 จาก 4",
    },
    {"title": "เมื่อผู้บังคับบัญชาขอให้ลัดขั้นตอน", "url": "#", "state": "open", "kind": "dilemma", "minutes": 15},
    {"title": "ของขวัญปีใหม่จากผู้รับจ้างเดิม", "url": "#", "state": "open", "kind": "video", "minutes": 8},
    {
        "title": "แบบทดสอบหลังเรียน",
        "state": "locked",
        "kind": "quiz",
        "minutes": 20,
        "note": "เปิดเมื่อเรียนครบทุกบท",
    },
]


def learning() -> dict[str, list[Context]]:
    """Lessons and what belongs to their text."""
    return {
        "progress": [
            {"label": "ความคืบหน้า", "value": 40},
            {"label": "เรียนแล้ว", "value": 5, "max": 5, "text": "5 จาก 5 บท"},
        ],
        "steps": [{"label": "สารบัญ", "items": STEPS}],
        "drawer": [{"label": "สารบัญ", "items": STEPS, "current": "บทที่ 2 จาก 5"}],
        "pager": [
            {
                "previous": {"title": "รู้จักมาตรฐานทางจริยธรรมทั้งเจ็ดข้อ", "url": "#"},
                "next": {"title": "เมื่อผู้บังคับบัญชาขอให้ลัดขั้นตอน", "url": "#"},
                "act": True,
            }
        ],
        "situation": [
            {
                "title": "ใบเสนอราคาจากญาติห่าง ๆ",
                "standards": [2, 4],
                "story": "คุณวรรณาเป็นเจ้าหน้าที่พัสดุของอำเภอแห่งหนึ่ง ต้องจัดหาผู้รับจ้างซ่อมหลังคาศูนย์เด็กเล็กก่อนหน้าฝน ร้านที่เสนอราคาต่ำที่สุดเป็นของลูกพี่ลูกน้องสามี "
                "ซึ่งไม่ได้พบกันมาหลายปี\n\nหัวหน้าบอกว่า “ราคาดีที่สุดก็เอาร้านนี้แหละ ไม่มีใครเสียหาย”",
                "question": "ถ้าคุณเป็นคุณวรรณา คุณจะทำอะไรก่อนลงชื่อในเอกสาร",
                "reveal": "ราคาที่ต่ำที่สุดไม่ได้ลบข้อสงสัย สิ่งที่รักษาความไว้วางใจได้คือการเปิดเผยความสัมพันธ์เป็นลายลักษณ์อักษร "
                "แล้วขอให้ผู้อื่นพิจารณาแทนในขั้นตอนนี้ งานเดินต่อได้ และทุกคนตรวจสอบได้",
            }
        ],
        "dos_donts": [
            {
                "title": "เมื่อมีผู้มอบของให้",
                "dos": [
                    "ขอบคุณและปฏิเสธอย่างสุภาพ พร้อมบอกเหตุผลสั้น ๆ",
                    "แจ้งผู้บังคับบัญชาเมื่อปฏิเสธไม่ได้",
                    "บันทึกว่าใครให้อะไร เมื่อไร และคุณทำอย่างไร",
                ],
                "donts": ["รับไว้ก่อนแล้วค่อยคิด", "ฝากคนในครอบครัวรับแทน", "ตีราคาให้ต่ำลงเพื่อให้เข้าเกณฑ์"],
            }
        ],
        "rule_quote": [
            {
                "text": "ซื่อสัตย์สุจริต มีจิตสำนึกที่ดี และรับผิดชอบต่อหน้าที่",
                "source": f"{ACT} มาตรา 5",
                "as_of": date(2026, 1, 15),
            },
            {
                "text": "เมื่อเห็นว่าคำสั่งของผู้บังคับบัญชาจะเสียหายแก่ราชการ ให้เสนอความเห็นเป็นหนังสือทันที",
                "source": "สรุปความจากพระราชบัญญัติระเบียบข้าราชการพลเรือน พ.ศ. 2551 มาตรา 82 (4)",
                "as_of": date(2026, 1, 15),
                "paraphrase": True,
            },
        ],
        "summary_line": [{"text": "เปิดเผยก่อนถูกถาม ถอนตัวก่อนตัดสินใจ"}],
        "file_link": [
            {
                "title": "แบบแจ้งความสัมพันธ์กับคู่สัญญา",
                "url": "#",
                "kind": "PDF",
                "size": 248_000,
                "as_of": date(2026, 2, 2),
            }
        ],
        "figure": [
            {
                "image_url": "/static/theme/img/mark-hues.svg",
                "alt": "ขีดเจ็ดเส้นเจ็ดสีล้อมเป็นวงเดียวกัน",
                "caption": "เจ็ดขีดรวมเป็นหนึ่ง หมายถึงมาตรฐานทางจริยธรรมทั้งเจ็ดข้อ",
            }
        ],
        "video": [
            {
                "title": "ของขวัญปีใหม่จากผู้รับจ้างเดิม",
                "src": "/media/sample.mp4",
                "minutes": 8,
                "size": 21_500_000,
                "transcript": "เช้าวันทำงานวันแรกหลังปีใหม่ มีกระเช้าวางอยู่บนโต๊ะของคุณสมหมาย การ์ดเขียนว่า “ขอบคุณที่ดูแลกันมาตลอดปี”",
            }
        ],
        "standards_list": [{}],
    }


def _paired() -> dict[str, list[Context]]:
    """Questions answered row by row, and by typing."""
    points = ("ไม่เห็นด้วยอย่างยิ่ง", "ไม่เห็นด้วย", "ไม่แน่ใจ", "เห็นด้วย", "เห็นด้วยอย่างยิ่ง")
    return {
        "scale": [
            {
                "name": "s1",
                "number": 2,
                "total": 8,
                "legend": "ถ้าเห็นเพื่อนร่วมงานทำไม่ถูก ฉันกล้าทักท้วงอย่างสุภาพ",
                "points": [
                    {"value": place, "label": words, "checked": place == 4}
                    for place, words in enumerate(points, start=1)
                ],
            }
        ],
        "pairs": [
            {
                "name": "q3",
                "number": 5,
                "total": 10,
                "legend": "ทางเลือกแต่ละข้อเหมาะสมเพียงใด",
                "rows": [
                    {
                        "id": "a",
                        "text": "รับกระเช้าไว้ก่อน แล้วค่อยถามหัวหน้าหลังปีใหม่",
                        "options": (("1", "ไม่เหมาะ"), ("2", "พอรับได้"), ("3", "เหมาะ")),
                        "given": "1",
                    },
                    {
                        "id": "b",
                        "text": "ขอบคุณ คืนให้ผู้ส่ง และบันทึกไว้ในสมุดของหน่วยงาน",
                        "options": (("1", "ไม่เหมาะ"), ("2", "พอรับได้"), ("3", "เหมาะ")),
                        "given": "",
                    },
                ],
            }
        ],
        "pairs_review": [
            {
                "verdict": "partly",
                "verdict_text": "ตอบถูกบางส่วน ได้ 0.5 จาก 1 คะแนน",
                "rows": [
                    {
                        "text": "รับกระเช้าไว้ก่อน แล้วค่อยถามหัวหน้าหลังปีใหม่",
                        "given": "ไม่เหมาะ",
                        "key": "ไม่เหมาะ",
                        "is_right": True,
                        "feedback": "ของอยู่ในมือคุณแล้ว การถามทีหลังไม่ทำให้ผู้ให้และเพื่อนร่วมงานมองต่างไป",
                    },
                    {
                        "text": "ขอบคุณ คืนให้ผู้ส่ง และบันทึกไว้ในสมุดของหน่วยงาน",
                        "given": "พอรับได้",
                        "key": "เหมาะ",
                        "is_right": False,
                        "feedback": "รักษาน้ำใจได้โดยไม่ต้องรับของ และบันทึกไว้ให้ตรวจสอบได้",
                    },
                ],
            }
        ],
        "answer": [
            {
                "name": "q4",
                "number": 6,
                "total": 10,
                "legend": "มาตรา 128 ให้รับของจากผู้ที่มิใช่ญาติได้ไม่เกินเท่าใดในแต่ละโอกาส",
                "numeric": True,
                "unit": "บาท",
            }
        ],
    }


def _certificate() -> Context:
    return {
        "title": "การพัฒนาจริยธรรมสำหรับเจ้าหน้าที่ของรัฐแรกบรรจุ",
        "person": "นางสาวพิมพ์ชนก รุ่งเรืองกิจ",
        "hours": "3 ชั่วโมง",
        "issued": date(2026, 3, 16),
        "code": "SCR-7K2M-9QXD-41",
        "verify_url": "#",
        "download_url": "#",
        "standards": [2, 4],
    }


def questions() -> dict[str, list[Context]]:
    """Tests: asking, answering back, finding one's way."""
    options: list[Context] = [
        {"value": "a", "label": "รับงานต่อ เพราะราคาต่ำที่สุดและราชการได้ประโยชน์"},
        {"value": "b", "label": "แจ้งความสัมพันธ์เป็นหนังสือ และขอให้ผู้อื่นพิจารณาแทน", "checked": True},
        {"value": "c", "label": "ขอให้ญาติถอนใบเสนอราคา โดยไม่ต้องแจ้งใคร"},
    ]
    legend = "คุณพบว่าผู้เสนอราคาต่ำสุดเป็นญาติของคู่สมรส ขั้นตอนใดเหมาะสมที่สุด"
    return {
        **_paired(),
        "question_nav": [
            {
                "items": [
                    {"number": n, "url": "#", "state": s}
                    for n, s in enumerate(["answered", "answered", "flagged", "current", "open", "open"], 1)
                ]
            },
            {
                "label": "ผลรายข้อ",
                "items": [
                    {"number": n, "url": "#", "state": s}
                    for n, s in enumerate(["right", "right", "wrong", "right"], 1)
                ],
            },
        ],
        "choices": [
            {"name": "q1", "number": 4, "total": 10, "legend": legend, "options": options},
            {
                "name": "q-tabled",
                "legend_html": _TABLED,
                "options": [{"value": "1", "label": "2567"}, {"value": "2", "label": "2568"}],
            },
            {
                "name": "q2",
                "legend": "ข้อใดเป็นสัญญาณว่าควรหยุดคิดก่อนลงชื่อ",
                "multiple": True,
                "error": "โปรดเลือกอย่างน้อยหนึ่งข้อ",
                "options": [
                    {"value": "1", "label": "ผู้เสนอราคาขอพบเป็นการส่วนตัวก่อนวันเปิดซอง"},
                    {"value": "2", "label": "เอกสารครบตามรายการตรวจ"},
                    {"value": "3", "label": "มีคนบอกว่า “ใคร ๆ ก็ทำกัน”"},
                ],
            },
        ],
        "feedback": [
            {
                "verdict": "wrong",
                "verdict_text": "ยังไม่ถูก ลองอ่านเหตุผลของแต่ละข้อ",
                "score": "0 จาก 1 คะแนน",
                "options": [
                    {
                        "label": options[0]["label"],
                        "chosen": True,
                        "correct": False,
                        "feedback": "ราคาที่ดีไม่ทำให้ความเกี่ยวข้องหายไป ผู้อื่นยังมีเหตุให้สงสัยว่าคุณเลือกเพราะรู้จัก",
                    },
                    {
                        "label": options[1]["label"],
                        "chosen": False,
                        "correct": True,
                        "feedback": "เปิดเผยแล้วถอนตัวจากขั้นตอนนี้ งานเดินต่อได้และตรวจสอบได้",
                    },
                    {
                        "label": options[2]["label"],
                        "chosen": False,
                        "correct": False,
                        "feedback": "การขอให้ถอนโดยไม่มีใครรู้ เป็นการใช้ตำแหน่งชี้นำผลอีกแบบหนึ่ง",
                    },
                ],
            }
        ],
        "certificate": [_certificate()],
    }
