"""Pages of Wagtail's admin that hold one form and make one domain call: the shared half of every floor's desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet

from sucharit.kernel.errors import DomainError, InvalidInput

__all__ = ["DeskPage", "DeskViewSet", "blame", "number_asked", "repair"]

REPAIR = "ยังไม่ได้บันทึก โปรดแก้ไขตามข้อความสีแดง สิ่งที่พิมพ์ไว้ยังอยู่ครบ"


def blame(error: DomainError, form: forms.BaseForm, *rows: forms.BaseFormSet) -> None:
    """Show what the domain refused at the field it names; what belongs to no field, at the rows or above the form."""
    field = error.field if isinstance(error, InvalidInput) else ""
    if field in form.fields:
        form.add_error(field, error.message)
    elif rows:
        # A formset has no public door for an error found after its own cleaning.
        rows[0].non_form_errors().append(error.message)
    else:
        form.add_error(None, error.message)


def repair(request: HttpRequest) -> None:
    """Say above the page that nothing was saved, and that nothing typed was lost."""
    messages.error(request, REPAIR)


def number_asked(text: str) -> int | None:
    """The whole number in a part of an address, or None: ² and ๑ are digits to `isdigit`, and nine of our own fit every database."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


class DeskPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """A page in the admin's frame. Subclasses answer `get` and `post` and render with `page(**context)`."""

    viewset: Any = None
    model: Any = None
    any_permission_required = ("add", "change")
    submit_button_label = "บันทึก"
    submit_button_active_label = "กำลังบันทึก…"

    @property
    def by_id(self) -> int:
        """Whoever is at the desk: the admin lets nobody in without an account."""
        pk = self.request.user.pk
        if pk is None:
            raise PermissionDenied
        return pk

    def url(self, name: str, *args: Any) -> str:
        """The address of a page of this desk."""
        return reverse(self.viewset.get_url_name(name), args=args)

    def page(self, *, title: str, trail: Iterable[tuple[str, str]] = (), **context: Any) -> HttpResponse:
        """Render with the way back: the desk's list, then `trail` as (label, url), then this page's title."""
        crumbs = [(self.viewset.menu_label, self.url("index")), *trail, (title, "")]
        self.page_title = title
        self.header_icon = self.viewset.icon
        self.trail = [{"label": label, "url": url} for label, url in crumbs]
        form: forms.BaseForm | None = context.get("form")
        response: HttpResponse = self.render_to_response(
            self.get_context_data(
                action_url=self.request.get_full_path(),
                media=form.media if form else forms.Media(),
                has_unsaved_changes=bool(form and form.is_bound),
                submit_button_label=self.submit_button_label,
                submit_button_active_label=self.submit_button_active_label,
                **context,
            )
        )
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way back, from the admin's front page."""
        return [*super().get_breadcrumbs_items(), *self.trail]


class DeskViewSet(ModelViewSet):  # type: ignore[misc]
    """A list by Wagtail, and pages of our own. Nothing is deleted, copied or edited past the services."""

    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    # Pages beside the list, by name: address below the list's own, and the view. "add" and "edit" belong to each desk.
    pages: Mapping[str, tuple[str, type[DeskPage]]] = {}

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, and our pages in place of Wagtail's."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            *(
                path(address, view.as_view(viewset=self, model=self.model), name=name)
                for name, (address, view) in self.pages.items()
            ),
        ]
