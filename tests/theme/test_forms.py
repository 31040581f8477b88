"""Dates in พ.ศ. in and out, and form fields whose words are wired to their control."""

from datetime import date, datetime

import pytest
from bs4 import BeautifulSoup
from django import forms

from sucharit.theme.forms import AdminThaiDateInput, AdminThaiDateTimeInput, ThaiDateField, ThemeRenderer


class Entry(forms.Form):
    default_renderer = ThemeRenderer()

    name = forms.CharField(label="ชื่อ", help_text="ตามทะเบียนประวัติ")
    start = ThaiDateField(label="วันที่เริ่ม", required=False)
    kind = forms.ChoiceField(label="ประเภท", choices=[("1", "ข้าราชการ")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="รับทราบ")


class Plain(forms.Form):
    """What a Wagtail panel builds: Django's own fields under our widgets."""

    day = forms.DateField(widget=AdminThaiDateInput, required=False)
    moment = forms.DateTimeField(widget=AdminThaiDateTimeInput, required=False)


@pytest.mark.parametrize(
    "text", ["15/03/2568", "15/3/68", "15 มีนาคม 2568", "15 มี.ค. 2568", "๑๕/๐๓/๒๕๖๘", "2025-03-15"]
)
def test_every_way_of_writing_a_date_is_the_same_day(text):
    assert ThaiDateField().clean(text) == date(2025, 3, 15)
    form = Plain({"day": text})
    assert form.is_valid()
    assert form.cleaned_data["day"] == date(2025, 3, 15)


def test_a_mistake_is_answered_in_thai_and_the_text_comes_back():
    form = Entry({"name": "ก", "start": "29/02/2568", "kind": "1", "agree": "on"})
    assert not form.is_valid()
    assert "2568 ไม่มีวันที่ 29 กุมภาพันธ์" in form.errors["start"][0]
    assert 'value="29/02/2568"' in str(form["start"])


@pytest.mark.parametrize("text", ["29/02/2568", "15/03/2899", "สิบห้ามีนา", "31/04/2568"])
def test_the_admin_never_stores_what_it_could_not_read(text):
    form = Plain({"day": text})
    assert not form.is_valid()
    box = BeautifulSoup(str(form["day"]), "html.parser").input
    assert box["value"] == text


def test_the_admin_prints_the_buddhist_year():
    form = Plain(initial={"day": date(2025, 3, 15), "moment": datetime(2025, 3, 15, 9, 5)})
    assert 'value="15/03/2568"' in str(form["day"])
    assert 'value="15/03/2568 09.05"' in str(form["moment"])


@pytest.mark.parametrize("text", ["15/03/2568 09.30", "15 มี.ค. 2568 เวลา 09.30 น.", "๑๕/๓/๒๕๖๘ ๙:๓๐"])
def test_the_admin_reads_a_moment(text):
    form = Plain({"moment": text})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["moment"].strftime("%Y-%m-%d %H:%M") == "2025-03-15 09:30"


@pytest.mark.parametrize("text", ["15/03/2568", "29/02/2568 09.30", "15/03/2568 25.00"])
def test_the_admin_refuses_half_a_moment(text):
    assert not Plain({"moment": text}).is_valid()


def test_an_empty_date_is_none():
    assert ThaiDateField(required=False).clean("") is None
    assert Plain({"day": ""}).is_valid()


def test_label_help_and_error_are_wired_to_the_control():
    form = Entry({"name": "", "start": "", "kind": "1"})
    page = BeautifulSoup(str(form), "html.parser")
    box = page.find("input", id="id_name")
    described = box["aria-describedby"].split()
    assert [page.find(id=one).name for one in described] == ["div", "ul"]
    assert box["aria-invalid"] == "true"
    assert page.find("label", attrs={"for": "id_name"}).text.strip() == "ชื่อ"
    assert page.find("fieldset").legend.text.strip() == "ประเภท"
    assert "(ไม่บังคับ)" in page.find("label", attrs={"for": "id_start"}).text
    agree = page.find("label", attrs={"for": "id_agree"})
    assert agree.find("input")
    assert "รับทราบ" in agree.text


def test_a_valid_form_shows_no_error():
    page = BeautifulSoup(str(Entry()), "html.parser")
    assert page.find(class_="errorlist") is None
    assert page.find(class_="field--error") is None


def test_one_group_renders_alone():
    assert "ชื่อ" in Entry()["name"].as_field_group()
