"""What the design system changes in Wagtail's admin: every date of a model form reads and prints พ.ศ."""

from __future__ import annotations

from django.db import models
from wagtail.admin.forms.models import register_form_field_override

from sucharit.theme.forms import AdminThaiDateInput, AdminThaiDateTimeInput

register_form_field_override(models.DateField, override={"widget": AdminThaiDateInput})
register_form_field_override(models.DateTimeField, override={"widget": AdminThaiDateTimeInput})
