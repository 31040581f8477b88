"""Samples of the components of lists and figures about people; every name is invented."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from sucharit.theme.sample_charts import sample_charts

__all__ = ["figures", "lists"]

Context = dict[str, Any]
TODAY = date(2026, 3, 19)
DUE = date(2026, 3, 31)


class SampleFilter(forms.Form):
    """The fields of a filter above a list of people."""

    q = forms.CharField(label="ชื่อหรือหน่วยงาน", required=False)
    state = forms.ChoiceField(
        label="สถานะ", required=False, choices=[("", "ทั้งหมด"), ("open", "ยังไม่ผ่าน"), ("done", "ผ่านแล้ว")]
    )


def figures() -> dict[str, list[Context]]:
    """Figures for HR: the sentence, the few numbers, the charts."""
    return {
        "headline": [
            {
                "as_of": TODAY,
                "passed": 1204,
                "total": 1461,
                "due": DUE,
                "today": TODAY,
                "passed_url": "#",
                "left_url": "#",
            },
            {
                "as_of": TODAY,
                "passed": 88,
                "total": 88,
                "today": TODAY,
                "subject": "กองคลัง",
                "note": "นับเฉพาะผู้ที่ยังอยู่ในหน่วยงาน ณ วันนี้",
            },
        ],
        "stats": [
            {
                "items": [
                    {"value": 1461, "label": "ต้องเรียนทั้งหมด (คน)"},
                    {"value": 1204, "label": "ผ่านแล้ว (คน)", "url": "#"},
                    {"value": 9, "label": "ได้รับยกเว้น (คน)", "note": "มีหนังสืออนุมัติครบ"},
                ]
            }
        ],
        "chart": [{"chart": chart} for chart in sample_charts()],
    }


def lists() -> dict[str, list[Context]]:
    """Tables and what stands around them."""
    return {
        "table": [
            {
                "id": "people",
                "caption": "ผู้ที่ยังไม่ผ่าน เรียงตามวันครบกำหนด",
                "columns": [
                    {"label": "ชื่อ"},
                    {"label": "ตำแหน่ง"},
                    {"label": "สถานะ"},
                    {"label": "ครบกำหนด", "sorted": "ascending", "url": "#"},
                    {"label": "คืบหน้า (%)", "numeric": True},
                ],
                "rows": [
                    [
                        {"text": "นายธนกฤต ศรีสุวรรณ", "url": "#"},
                        "นักวิชาการพัสดุปฏิบัติการ",
                        {"text": "กำลังเรียน", "kind": "info"},
                        "31 มี.ค. 2569",
                        40,
                    ],
                    [
                        {"text": "นางอรุณี บุญมาก", "url": "#"},
                        "เจ้าพนักงานธุรการชำนาญงาน",
                        {"text": "ยังไม่เริ่ม", "kind": "warning"},
                        "31 มี.ค. 2569",
                        0,
                    ],
                    [
                        {"text": "นายสุรชัย แสงทอง", "url": "#"},
                        "นิติกรชำนาญการพิเศษ",
                        {"text": "เลยกำหนด", "kind": "danger"},
                        "12 มี.ค. 2569",
                        85,
                    ],
                ],
                "footer": ["เฉลี่ย", "", "", "", 41.7],
            },
            {
                "id": "none",
                "caption": "ผู้ที่เลยกำหนด",
                "columns": [],
                "rows": [],
                "empty_text": "ไม่มีผู้ที่เลยกำหนดในหน่วยงานนี้",
            },
        ],
        "pagination": [{"previous_url": "#", "next_url": "#", "text": "รายการที่ 51–100"}],
        "filter_bar": [{"form": SampleFilter(auto_id="filter_%s"), "reset_url": "#", "result": "พบ 257 คน"}],
        "definition": [
            {
                "items": [
                    {"term": "รหัสรายวิชา", "value": "ET-204"},
                    {"term": "กลุ่มเป้าหมาย", "value": "เจ้าหน้าที่พัสดุและผู้ตรวจรับพัสดุทุกระดับ"},
                    {"term": "เกณฑ์ผ่าน", "value": "ร้อยละ 60 ของแบบทดสอบหลังเรียน"},
                ]
            }
        ],
        "tag": [
            {"label": "ร่าง"},
            {"label": "ผ่านแล้ว", "kind": "success", "icon": "check"},
            {"label": "ใกล้ครบกำหนด", "kind": "warning", "icon": "clock"},
            {"label": "เลยกำหนด", "kind": "danger", "icon": "warning"},
            {"label": "กำลังเรียน", "kind": "info"},
        ],
    }
