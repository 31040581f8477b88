"""Charts tell the truth: zero is zero, the worst comes first, the table says what the drawing says."""

import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from sucharit.theme.changes import Change, changes
from sucharit.theme.charts import SPAN, Bar, Dot, Point, Series, dots, hbars, line, small_multiples
from sucharit.theme.scatter import Axis, Spot, scatter

BARS = [Bar("กองคลัง", 100), Bar("กองกฎหมาย", 25.5, "26 จาก 102 คน", "/people/?a=1&b=2"), Bar("กองช่าง", 0)]


def soup(chart):
    return BeautifulSoup(str(chart.svg), "html.parser")


def widths(chart):
    return [
        float(r["width"].rstrip("%"))
        for r in soup(chart).find_all("rect", class_=re.compile("^c-bar"))
        if "%" in r["width"]
    ]


def test_bars_start_at_zero_and_keep_proportion_worst_first():
    assert widths(hbars("ผ่าน", BARS)) == pytest.approx([0, 25.5 * SPAN / 100, SPAN])


def test_bars_may_keep_their_order():
    assert widths(hbars("ผ่าน", BARS, keep_order=True))[0] == pytest.approx(SPAN)


def test_bars_below_target_are_hatched():
    drawn = soup(hbars("ผ่าน", BARS, target=80))
    hatched = drawn.find_all("rect", class_="c-bar--below")
    assert len(hatched) == 2
    pattern = drawn.find("pattern")["id"]
    assert {rect["fill"] for rect in hatched} == {f"url(#{pattern})"}


def test_labels_stand_above_their_bars_and_never_meet():
    drawn = soup(hbars("ผ่าน", [Bar("ชื่อหน่วยงานที่ยาวมาก " * 4, 40 + n, "1 จาก 2 คน") for n in range(5)]))
    rows = sorted(float(text["y"]) for text in drawn.find_all("text") if not text.has_attr("dx"))
    assert len(rows) == 15
    assert min(b - a for a, b in pairwise(rows)) >= 18


def test_the_table_repeats_every_number_with_its_link():
    chart = hbars("ผ่าน", BARS)
    assert [row[1]["text"] for row in chart.rows] == ["0.0 %", "25.5 %", "100.0 %"]
    assert chart.rows[1][0]["url"] == "/people/?a=1&b=2"
    assert len(chart.columns) == len(chart.rows[0]) == 3


def test_a_chart_says_all_of_all_only_and_none_of_none_only():
    chart = hbars("ผ่าน", [Bar("ก", 99.95), Bar("ข", 0.04), Bar("ค", 100), Bar("ง", 0)], target=99.99)
    assert [row[1]["text"] for row in chart.rows] == ["0.0 %", "0.1 %", "99.9 %", "100.0 %"]
    assert "100 %" not in chart.desc.split("ถึง")[0]
    assert soup(chart).find(class_="c-small").text == "เป้าหมาย 99.9 %"
    assert dots("ตอบถูก", [Dot("ข้อ 1", 99.96, 0.04, 99.98)]).rows == [["ข้อ 1", "99.9 %", "0.1 – 99.9 %"]]
    assert line("สะสม", [Point("ก", 99.97)]).rows == [["ก", "99.9 %"]]


def test_a_count_is_not_a_share():
    assert hbars("คน", [Bar("ก", 1_999.96)], unit="คน", maximum=3_000).rows[0][1]["text"] == "2,000 คน"


def test_text_and_links_are_escaped():
    chart = hbars('"><script>', [Bar("<b>กอง</b>", 1, url='/"onclick="x')])
    assert "<script>" not in chart.svg
    assert "<b>" not in chart.svg
    assert soup(chart).find("a")["href"] == '/"onclick="x'


@pytest.mark.parametrize("bars", [[Bar("ก", -1)], [Bar("ก", 101)]])
def test_a_bar_outside_the_scale_is_refused(bars):
    with pytest.raises(ValueError, match="maximum"):
        hbars("ผ่าน", bars)


def test_dots_lie_inside_their_intervals():
    chart = dots("ตอบถูก", [Dot("ข้อ 1", 60, 55, 66)])
    drawn = soup(chart)
    interval = drawn.find("line", class_="c-interval")
    left, right = (float(interval[key].rstrip("%")) for key in ("x1", "x2"))
    assert left < float(drawn.find("circle")["cx"].rstrip("%")) < right
    assert chart.rows == [["ข้อ 1", "60 %", "55 – 66 %"]]
    with pytest.raises(ValueError, match="interval"):
        dots("ตอบถูก", [Dot("ข้อ 1", 60, 61, 66)])


def test_a_missing_value_breaks_the_line():
    points = [Point("ต.ค.", 1), Point("พ.ย.", None), Point("ธ.ค.", 3), Point("ม.ค.", 4)]
    chart = line("สะสม", points)
    assert len(soup(chart).find_all("line", class_="c-line")) == 1
    assert chart.rows[1] == ["พ.ย.", "–"]


def test_higher_values_stand_higher():
    circles = soup(line("สะสม", [Point("ก", 0), Point("ข", 50), Point("ค", 100)])).find_all("circle")
    heights = [float(circle["cy"]) for circle in circles]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] == 200


def test_small_multiples_share_one_scale():
    chart = small_multiples("สะสม", [Series("ก", [Point("ต.ค.", 50)]), Series("ข", [Point("ต.ค.", 100)])])
    heights = [float(c["cy"]) for c in BeautifulSoup(str(chart.svg), "html.parser").find_all("circle")]
    assert heights[0] > heights[1]
    assert chart.rows == [["ก", "50 %"], ["ข", "100 %"]]


@pytest.mark.parametrize(
    "chart", [hbars("ผ่าน", []), line("สะสม", []), dots("ตอบ", []), small_multiples("ย่อย", [])]
)
def test_an_empty_chart_still_stands(chart):
    assert chart.rows == []
    assert chart.desc


def test_a_chart_is_an_image_with_a_name_and_a_description():
    drawn = soup(hbars("ผ่านแล้ว", BARS)).svg
    # With links inside it is a group: an image may not hold anything that takes the focus.
    assert drawn["role"] == "group"
    assert soup(hbars("ผ่านแล้ว", BARS[:1])).svg["role"] == "img"
    assert drawn.find("title").text == "ผ่านแล้ว"
    assert "กองช่าง 0 %" in drawn.find("desc").text


CHANGES = [
    Change("กองคลัง", 52, 81, "84 คน", "/units/?a=1&b=2"),
    Change("กองช่าง", 78, 77),
    Change("กองกฎหมาย", 0, 100),
]


def _places(drawn, css, at):
    return [float(mark[at].rstrip("%")) for mark in drawn.find_all(class_=css)]


def test_a_change_has_a_ring_before_a_dot_after_and_both_numbers():
    chart = changes("คะแนน", CHANGES, before_label="ก่อนเรียน", after_label="หลังเรียน")
    drawn = soup(chart)
    # The first mark of each is the key.
    rings, dots_after = _places(drawn, "c-ring", "cx")[1:], _places(drawn, "c-dot", "cx")[1:]
    assert [after > before for before, after in zip(rings, dots_after, strict=True)] == [True, False, True]
    zero, full = rings[2], dots_after[2]
    assert (rings[0] - zero) / (full - zero) == pytest.approx(0.52, abs=1e-3)
    assert [text.text for text in drawn.find_all(class_="c-value")] == ["52 → 81 %", "78 → 77 %", "0 → 100 %"]
    assert {"ก่อนเรียน", "หลังเรียน"} <= {text.text for text in drawn.find_all(class_="c-small")}
    assert chart.rows[0] == [{"text": "กองคลัง", "url": "/units/?a=1&b=2"}, "52 %", "81 %", "84 คน"]
    assert len(chart.columns) == len(chart.rows[0])
    assert drawn.find("a")["href"] == "/units/?a=1&b=2"


def test_the_marks_of_a_change_leave_room_for_their_numbers():
    """At 360 px the widest number needs less than what is kept free at the end."""
    drawn = soup(changes("คะแนน", [Change("ก", 100, 100)]))
    assert max(_places(drawn, "c-dot", "cx")) <= 70


@pytest.mark.parametrize("item", [Change("ก", -1, 5), Change("ก", 5, 101)])
def test_a_change_outside_the_scale_is_refused(item):
    with pytest.raises(ValueError, match="maximum"):
        changes("คะแนน", [item])


def test_no_change_is_an_empty_table_and_a_changed_text_is_escaped():
    assert changes("คะแนน", []).rows == []
    assert "<b>" not in changes("<b>", [Change("<b>", 1, 2, "<b>", '"<b>')]).svg


# --- two measures ---------------------------------------------------------------------------------------------

EASE = Axis("ตอบถูก", 0, 100, (0, 50, 100))
POWER = Axis("อำนาจจำแนก", -1, 1, (-1, 0, 1), mark=0.15)


def test_spots_stand_where_their_values_are_and_the_table_repeats_them():
    chart = scatter("ข้อ", [Spot("ก", 0, -1), Spot("ข", 50, 0), Spot("ค", 100, 1)], x=EASE, y=POWER)
    places = [(float(c["cx"].rstrip("%")), float(c["cy"])) for c in soup(chart).find_all("circle")]
    (left, low), middle, (right, high) = places
    assert middle == pytest.approx(((left + right) / 2, (low + high) / 2))
    assert left < right
    assert low > high
    assert chart.rows == [["ก", "0", "−1"], ["ข", "50", "0"], ["ค", "100", "1"]]


def test_marked_spots_differ_in_shape_and_are_named():
    chart = scatter("ข้อ", [Spot("ก", 20, 0.5), Spot("<ข>", 60, -0.5, is_marked=True)], x=EASE, y=POWER)
    drawn = soup(chart)
    assert [len(drawn.find_all("circle", class_=css)) for css in ("c-dot", "c-spot")] == [1, 1]
    assert [text.text for text in drawn.find_all("text", class_="c-spot-label")] == ["<ข>"]
    assert "1 จุด" in chart.desc


def test_names_of_spots_never_meet():
    crowd = [Spot(f"ข้อ {n}", 40 + n / 10, 0.1, is_marked=True) for n in range(30)]
    drawn = soup(scatter("ข้อ", crowd, x=EASE, y=POWER))
    rows = sorted(float(text["y"]) for text in drawn.find_all("text", class_="c-spot-label"))
    assert len(rows) > 1
    assert min(b - a for a, b in pairwise(rows)) >= 13
    assert len(drawn.find_all("circle", class_="c-spot")) == 30
    assert drawn.find("text", class_="c-spot-label").text == "ข้อ 0", "the first has the first right to a name"


def test_a_spot_beyond_an_axis_is_refused():
    with pytest.raises(ValueError, match="between"):
        scatter("ข้อ", [Spot("ก", 101, 0)], x=EASE, y=POWER)
