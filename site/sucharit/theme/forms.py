"""Forms in the design system: the renderer, and date fields that read and print พ.ศ.

A date typed by a Thai official carries a Buddhist year, and Django's own field would store 2568 as the year
2568 of the Christian era. Everything here goes through `sucharit.kernel.thai_calendar` instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates

from sucharit.kernel import thai_calendar
from sucharit.kernel.thai_calendar import ThaiDateError

__all__ = [
    "AdminThaiDateInput",
    "AdminThaiDateTimeInput",
    "ThaiDateField",
    "ThaiDateInput",
    "ThemeRenderer",
]

EXAMPLE = "พิมพ์วัน เดือน ปี พ.ศ. เช่น 15/03/2568 หรือ 15 มี.ค. 2568"
# Appended to text that could not be read, so that no later parser takes it for a year of the Christian era.
UNREADABLE = "\u200b"
_TIME = re.compile(
    r"^(?P<day>.+?)(?:\s+เวลา)?\s+(?P<hour>[01]?\d|2[0-3])[.:](?P<minute>[0-5]\d)(?:\s*น\.?)?$"
)


class ThemeRenderer(DjangoTemplates):
    """Renders `{{ form }}`, `{{ field.as_field_group }}` and error lists with our own templates."""

    form_template_name = "theme/forms/form.html"
    field_template_name = "theme/forms/field.html"
    error_list_template_name = "theme/forms/errors.html"

    def get_template(self, template_name: str) -> Any:
        """Return a template; Django asks error lists for their own name, which this maps to ours."""
        if template_name in ("django/forms/errors/list/default.html", "django/forms/errors/list/ul.html"):
            template_name = self.error_list_template_name
        return super().get_template(template_name)


class ThaiDateInput(forms.DateInput):
    """A text box that prints a date as 15/03/2568; what could not be read comes back as it was typed."""

    input_type = "text"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(
            attrs={"class": "thai-date", "autocomplete": "off", "inputmode": "text", **(attrs or {})}
        )

    def format_value(self, value: Any) -> str | None:
        """Return the text of the box for a date, an ISO string or what the person typed."""
        return _shown(value)


class ThaiDateField(forms.DateField):
    """A form field that takes every way officials write a date and answers mistakes with a Thai sentence."""

    widget = ThaiDateInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", EXAMPLE)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """Return the date; raises ValidationError with the calendar's own sentence."""
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return thai_calendar.parse_date(str(value))
        except ThaiDateError as error:
            raise ValidationError(error.message, code=error.code) from error


class AdminThaiDateInput(ThaiDateInput):
    """For Wagtail panels: `FieldPanel("due", widget=AdminThaiDateInput)`.

    The form field behind the panel is Django's own, so the widget itself turns what was typed into an ISO
    date. Text that cannot be read is passed on in a form no parser accepts, and the field reports it.
    """

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"placeholder": "วว/ดด/ปปปป (พ.ศ.)", **(attrs or {})})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return an ISO date, the unreadable text marked as such, or what was there when it was empty."""
        text = data.get(name)
        return _iso_day(text) if text else text


class AdminThaiDateTimeInput(forms.DateTimeInput):
    """A date and a time of day in one box: «15/03/2568 09.30»."""

    input_type = "text"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"autocomplete": "off", "placeholder": "วว/ดด/ปปปป ชช.นน", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """Return «15/03/2568 09.30» for an instant already in local time, or what the person typed."""
        if isinstance(value, datetime):
            return f"{thai_calendar.format_date(value.date(), 'numeric')} {value:%H.%M}"
        return _shown(value)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return «YYYY-MM-DD HH:MM», unreadable text marked as such, or what was there when it was empty."""
        text = data.get(name)
        if not text:
            return text
        match = _TIME.match(thai_calendar.to_arabic_digits(text.strip()))
        if match is None:
            return f"{text}{UNREADABLE}"
        day = _iso_day(match["day"])
        return (
            f"{text}{UNREADABLE}" if day.endswith(UNREADABLE) else f"{day} {match['hour']}:{match['minute']}"
        )


def _iso_day(text: str) -> str:
    try:
        return thai_calendar.parse_date(text).isoformat()
    except ThaiDateError:
        return f"{text}{UNREADABLE}"


def _shown(value: Any) -> str | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return thai_calendar.format_date(value, "numeric")
    text = str(value)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        # Wagtail hands a value back as ISO text after a failed save; the person typed พ.ศ. and sees พ.ศ.
        try:
            return thai_calendar.format_date(thai_calendar.parse_date(text), "numeric")
        except ThaiDateError:
            return text
    return text.replace(UNREADABLE, "")
