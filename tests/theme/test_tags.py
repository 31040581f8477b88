"""Tags and filters: Thai dates and numbers, marks and labels."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template

from sucharit.theme.standards import STANDARDS, standard
from sucharit.theme.thai_wrap import visible_length, wrap_label


def render(source, **context):
    return Template("{% load theme_tags %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ d|thai_date }}", "29 กุมภาพันธ์ 2567"),
        ('{{ d|thai_date:"short" }}', "29 ก.พ. 2567"),
        ('{{ d|thai_date:"full" }}', "29 กุมภาพันธ์ พ.ศ. 2567"),
        ('{{ d|thai_date:"numeric" }}', "29/02/2567"),
        ('{{ d|thai_date:"numeric"|thai_digits }}', "๒๙/๐๒/๒๕๖๗"),
        ("{{ none|thai_date }}", ""),
        ("{{ dt|thai_date }}", "1 มกราคม 2569"),
        ("{{ dt|thai_datetime }}", "1 มกราคม 2569 เวลา 01.30 น."),
        ("{{ n|thai_number }}", "1,204"),
        ("{{ none|thai_number }}", ""),
        ("{{ 80|thai_minutes }}", "1 ชั่วโมง 20 นาที"),
        ("{{ due|relative_days:d }}", "อีก 12 วัน"),
        ("{{ size|file_size }}", "1.2 MB"),
        ("{{ 3|standard_short }}", "กล้าตัดสินใจ"),
    ],
)
def test_filters(source, expected):
    values = {
        "d": date(2024, 2, 29),
        "due": date(2024, 3, 12),
        "dt": datetime(2025, 12, 31, 18, 30, tzinfo=UTC),
        "n": 1204,
        "none": None,
        "size": 1_258_291,
    }
    assert render(source, **values) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (82.41, "82.4 %"),
        (100, "100 %"),
        (0, "0 %"),
        (99.97, "99.9 %"),
        (82.48, "82.4 %"),
        (0.01, "0.1 %"),
        (Decimal("12.50"), "12.5 %"),
        (None, ""),
    ],
)
def test_percent_never_rounds_to_all_or_nothing(value, expected):
    assert render("{{ v|percent }}", v=value) == expected


@pytest.mark.parametrize(
    ("done", "total", "text", "column"),
    [
        (1_999, 2_000, "99.9 %", "99.9 %"),
        (2_000, 2_000, "100 %", "100.0 %"),
        (1, 30_000, "0.1 %", "0.1 %"),
        (0, 30_000, "0 %", "0.0 %"),
        (2, 3, "66.6 %", "66.6 %"),
        (0, 0, "0 %", "0.0 %"),
        (None, 5, "0 %", "0.0 %"),
    ],
)
def test_all_is_printed_of_all_only_and_none_of_none_only(done, total, text, column):
    assert render("{{ d|share:t|percent }}", d=done, t=total) == text
    assert render('{{ d|share:t|percent:"column" }}', d=done, t=total) == column


def test_percent_of_a_ratio():
    assert render('{{ v|percent:"ratio" }}', v=0.824) == "82.4 %"


@pytest.mark.parametrize("item", STANDARDS, ids=lambda s: str(s.number))
def test_standard_mark_always_carries_its_exact_text(item):
    for source in ("{% standard_mark n %}", '{% standard_mark n size="l" label=True %}'):
        soup = BeautifulSoup(render(source, n=item.number), "html.parser")
        assert f"มาตรฐานข้อ {item.number} {item.title}" in soup.get_text()
        assert f"std-{item.number}" in soup.span["class"]


@pytest.mark.parametrize("number", [0, 8, -1])
def test_there_are_seven_standards_and_no_more(number):
    with pytest.raises(ValueError, match="standard"):
        standard(number)


def test_icon_is_hidden_unless_it_has_a_label():
    assert 'aria-hidden="true"' in render('{% icon "check" %}')
    labelled = render('{% icon "check" label=text %}', text='ผ่าน"แล้ว')
    assert "aria-hidden" not in labelled
    assert 'aria-label="ผ่าน&quot;แล้ว"' in labelled


def test_unknown_icon_is_an_error():
    with pytest.raises(KeyError):
        render('{% icon "scales-of-justice" %}')


def test_long_thai_labels_are_cut_between_words():
    name = "สำนักงานส่งเสริมและพัฒนาคุณภาพชีวิตผู้สูงอายุ ภาคตะวันออกเฉียงเหนือตอนล่าง"
    lines = wrap_label(name)
    assert lines == ["สำนักงานส่งเสริมและพัฒนาคุณภาพชีวิตผู้สูงอายุ", "ภาคตะวันออกเฉียงเหนือตอนล่าง"]
    assert wrap_label("กองคลัง") == ["กองคลัง"]
    endless = wrap_label("ประชาสัมพันธ์" * 20)
    assert len(endless) == 2
    assert endless[-1].endswith("…")
    assert all(visible_length(one) <= 39 for one in endless)


def test_wrapping_loses_no_letters_of_a_name_that_fits():
    for name in ("สำนักงาน ก.พ. (ส่วนกลาง)", "กองยุทธศาสตร์และแผนงาน 2569", "ศูนย์ปฏิบัติการต่อต้านการทุจริต กรมตัวอย่าง"):
        assert "".join(wrap_label(name, limit=18, most=4)).replace(" ", "") == name.replace(" ", "")
