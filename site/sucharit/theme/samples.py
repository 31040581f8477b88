"""Sample contexts of every component, for the gallery and for the test that renders them all.

People, agencies and figures here are invented. The words are those of real courses, so that a component is judged with Thai of
natural length.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from sucharit.theme.forms import ThaiDateField
from sucharit.theme.sample_lessons import learning, questions
from sucharit.theme.sample_people import DUE, TODAY, figures, lists

__all__ = ["TODAY", "SampleForm", "samples"]

Context = dict[str, Any]


class SampleForm(forms.Form):
    """One field of each kind, to judge labels, helps and errors."""

    name = forms.CharField(label="ชื่อและนามสกุล", help_text="ตามที่ปรากฏในทะเบียนประวัติ", max_length=120)
    email = forms.EmailField(label="อีเมล", required=False)
    start = ThaiDateField(label="วันที่เริ่มดำรงตำแหน่ง")
    kind = forms.ChoiceField(
        label="ประเภทบุคลากร",
        choices=[("1", "ข้าราชการ"), ("3", "พนักงานราชการ"), ("2", "ลูกจ้างประจำ")],
        widget=forms.RadioSelect,
    )
    area = forms.ChoiceField(label="พื้นที่", choices=[("1", "ส่วนกลาง"), ("3", "ส่วนภูมิภาค"), ("5", "ส่วนท้องถิ่น")])
    note = forms.CharField(label="หมายเหตุ", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="รับทราบประกาศความเป็นส่วนตัวแล้ว")


def _forms() -> tuple[SampleForm, SampleForm]:
    empty = SampleForm(auto_id="ok_%s", initial={"start": date(2025, 3, 15)})
    wrong = SampleForm({"name": "", "start": "29/02/2568", "kind": "1", "area": "1"}, auto_id="bad_%s")
    wrong.is_valid()
    return empty, wrong


def _entry() -> dict[str, list[Context]]:
    """Headings and buttons: what the eye meets first."""
    return {
        "page_head": [
            {
                "eyebrow": "บทที่ 2 จาก 4",
                "title": "ผลประโยชน์ทับซ้อนที่มองไม่เห็นในงานจัดซื้อ",
                "lead": "คนรู้จักเสนอราคาถูกกว่า งานเสร็จเร็วกว่า แล้วทำไมจึงควรหยุดคิดก่อนลงชื่อ",
                "standards": [2, 4],
                "minutes": 18,
            }
        ],
        "hero": [
            {
                "eyebrow": "รณรงค์ มีนาคม 2569",
                "title": "เรื่องเล็กที่ไม่เล็ก เมื่อคุณเป็นคนของรัฐ",
                "lead": "กระเช้าหนึ่งใบ ตั๋วสองใบ หรือคำว่า “ฝากหน่อย” ลองตอบสามสถานการณ์ ใช้เวลาไม่ถึงห้านาที",
                "action_label": "เริ่มตอบสถานการณ์",
                "action_url": "#",
                "second_label": "ดูสื่อทั้งหมด",
                "second_url": "#",
                "image_url": "/static/theme/img/mark-hues.svg",
                "image_alt": "",
            }
        ],
        "button": [
            {"label": "เรียนต่อ", "url": "#", "variant": "act", "icon_after": "arrow-right"},
            {"label": "ส่งคำตอบ", "variant": "primary"},
            {"label": "ดาวน์โหลดประกาศนียบัตร", "url": "#", "icon": "download"},
            {"label": "ล้างตัวกรอง", "url": "#", "variant": "quiet"},
            {"label": "ยกเลิกการลงทะเบียน", "variant": "danger"},
            {"label": "ส่งแบบทดสอบ", "variant": "primary", "disabled": True},
        ],
    }


def _rows() -> dict[str, list[Context]]:
    """What is due, what is done, what may be chosen."""
    return {
        "task": [
            {
                "first": True,
                "title": "การพัฒนาจริยธรรมสำหรับเจ้าหน้าที่ของรัฐแรกบรรจุ",
                "url": "#",
                "why": "หน่วยงานของคุณกำหนดให้ผู้บรรจุใหม่เรียนให้ครบภายในรอบการประเมินที่ 1",
                "due": DUE,
                "today": TODAY,
                "minutes": 46,
                "progress": 40,
                "standards": [2, 4],
            },
            {
                "title": "กล้าคัดค้านอย่างสุภาพ: เมื่อคำสั่งขัดกับระเบียบ",
                "url": "#",
                "why": "กลุ่มงานพัสดุทุกคน ตามแผนพัฒนาบุคลากรประจำปี",
                "due": date(2026, 6, 30),
                "today": TODAY,
                "minutes": 75,
                "progress": 0,
                "action_label": "เริ่มเรียน",
                "standards": [3],
            },
            {
                "title": "บริการทุกคนด้วยมาตรฐานเดียวกัน",
                "url": "#",
                "due": date(2026, 3, 12),
                "today": TODAY,
                "minutes": 20,
                "progress": 85,
                "standards": [6],
            },
        ],
        "done_row": [
            {
                "title": "จริยธรรมในการทำงานและการบริหารคน",
                "url": "#",
                "date": date(2026, 1, 8),
                "minutes": 180,
                "score": "คะแนน 18 จาก 20",
                "certificate_url": "#",
            },
        ],
        "card": [
            {
                "title": "ของขวัญ น้ำใจ และเส้นที่ไม่ควรข้าม",
                "url": "#",
                "summary": "แยกน้ำใจออกจากผลประโยชน์ ด้วยคำถามสามข้อก่อนรับของทุกครั้ง",
                "standards": [2],
                "minutes": 90,
                "code": "ET-204",
                "action_label": "เริ่มเรียน",
            },
            {
                "title": "ประโยชน์ส่วนรวมในงานพัสดุ",
                "url": "#",
                "summary": "ตั้งแต่ร่างขอบเขตงานจนถึงตรวจรับ จุดที่ประโยชน์ส่วนตัวแทรกเข้ามาโดยไม่รู้ตัว",
                "standards": [4, 2],
                "minutes": 120,
                "progress": 62,
                "action_label": "เรียนต่อ",
            },
            {
                "title": "บริการทุกคนด้วยมาตรฐานเดียวกัน",
                "url": "#",
                "summary": "คิว คนรู้จัก และคนที่พูดไทยไม่คล่อง ฝึกตัดสินใจหน้าเคาน์เตอร์",
                "standards": [6],
                "minutes": 60,
                "status": "ผ่านแล้ว",
                "status_kind": "success",
                "progress": 100,
                "action_label": "ทบทวน",
            },
        ],
    }


def _answers() -> dict[str, list[Context]]:
    """Forms, notices, empty and broken states."""
    empty, wrong = _forms()
    return {
        "field": [{"field": field} for field in empty]
        + [{"field": wrong["name"]}, {"field": wrong["start"]}, {"field": wrong["agree"]}],
        "error_summary": [{"form": wrong}],
        "alert": [
            {
                "kind": "info",
                "title": "แบบทดสอบนี้ทำได้ไม่เกิน 3 ครั้ง",
                "body": "ระบบเก็บคะแนนครั้งที่ดีที่สุด ปิดหน้าจอแล้วกลับมาทำต่อได้",
            },
            {
                "kind": "success",
                "title": "บันทึกแล้ว",
                "body": "ผลการเรียนของคุณอยู่ในทะเบียนของหน่วยงานแล้ว",
                "live": True,
            },
            {
                "kind": "warning",
                "title": "เหลือเวลาอีก 12 วัน",
                "body": "ครบกำหนด 31 มีนาคม 2569",
                "url": "#",
                "url_label": "ไปเรียนต่อ",
            },
            {
                "kind": "danger",
                "title": "บันทึกคำตอบไม่สำเร็จ",
                "body": "คำตอบยังอยู่ในหน้านี้ โปรดตรวจสัญญาณแล้วกดส่งอีกครั้ง",
            },
        ],
        "empty": [
            {
                "icon": "calendar",
                "title": "ยังไม่มีรายวิชาที่ต้องเรียนในช่วงนี้",
                "body": "เมื่อหน่วยงานกำหนดรายวิชา คุณจะเห็นที่นี่พร้อมวันครบกำหนด ระหว่างนี้เลือกเรียนเรื่องที่สนใจได้",
                "action_label": "ดูรายวิชาทั้งหมด",
                "action_url": "#",
            }
        ],
        "breadcrumbs": [
            {
                "items": [
                    {"label": "หน้าแรก", "url": "#"},
                    {"label": "รายวิชา", "url": "#"},
                    {"label": "ประโยชน์ส่วนรวมในงานพัสดุ"},
                ]
            }
        ],
        "messages": [
            {
                "messages": [
                    _Message("บันทึกโปรไฟล์แล้ว", "success"),
                    _Message("ส่งอีเมลยืนยันไม่สำเร็จ โปรดลองอีกครั้ง", "error"),
                ]
            }
        ],
        "error_panel": [
            {
                "code": "404",
                "title": "ไม่พบหน้าที่คุณเปิด",
                "what": "ที่อยู่อาจพิมพ์ไม่ครบ หรือหน้านี้ย้ายไปแล้ว",
                "safe": "ผลการเรียนและประกาศนียบัตรของคุณยังอยู่ครบ",
                "next": "โปรดตรวจที่อยู่อีกครั้ง หรือค้นหาจากหน้าแรก",
                "actions": [
                    {"label": "กลับหน้าแรก", "url": "#", "variant": "primary"},
                    {"label": "รายวิชาทั้งหมด", "url": "#"},
                ],
            }
        ],
    }


class _Message:
    """A stand-in for a message of django.contrib.messages."""

    def __init__(self, text: str, level_tag: str) -> None:
        self.text, self.level_tag = text, level_tag

    def __str__(self) -> str:
        return self.text


def samples() -> dict[str, list[Context]]:
    """Return {component: [context, …]} in the order of the gallery; forms are made anew on every call."""
    return _entry() | _rows() | learning() | questions() | figures() | lists() | _answers()
