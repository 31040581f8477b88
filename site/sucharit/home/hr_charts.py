"""The HR overview's picture: bars by unit, worst first, each a way to the people behind it."""

from django.urls import reverse

from sucharit.records.selectors import Overview
from sucharit.theme import charts


def units(seen: Overview, query: str) -> charts.Chart:
    """Per cent done by unit; the table beside it carries the counts."""
    bars = [
        charts.Bar(
            label=unit.name,
            value=float(unit.count.percent),
            detail=f"{unit.count.done:,} จาก {unit.count.required:,} คน",
            url=f"{reverse('home:hr_people' if unit.is_leaf else 'home:hr_agency', args=[unit.public_id])}?{query}",
        )
        for unit in seen.units
    ]
    return charts.hbars("ร้อยละที่ผ่านแล้ว แยกตามหน่วยงาน", bars, label_label="หน่วยงาน", value_label="ผ่านแล้ว")
