"""What the theme changes in Wagtail: every date of an admin form reads and prints พ.ศ., and pages answer through their views."""

from __future__ import annotations

from django.db import models
from wagtail import hooks
from wagtail.admin.forms.models import register_form_field_override

from sucharit.theme.forms import AdminThaiDateInput, AdminThaiDateTimeInput
from sucharit.theme.previews import serve_through_views

register_form_field_override(models.DateField, override={"widget": AdminThaiDateInput})
register_form_field_override(models.DateTimeField, override={"widget": AdminThaiDateTimeInput})


# Last of the chain, so innermost: Wagtail's check of page privacy has spoken before any view of ours does.
hooks.register("on_serve_page", serve_through_views, order=100)
