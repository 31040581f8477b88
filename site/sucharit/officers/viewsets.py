"""Accounts and roles in Wagtail's admin, for administrators of the platform."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.utils import timezone
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.users.views.users import UserViewSet

from sucharit.kernel.thai_calendar import format_date
from sucharit.officers.admin_forms import AccountCreationForm, AccountEditForm, EndRoleForm, RoleGrantForm
from sucharit.officers.enums import HrBody, Role
from sucharit.officers.models import RoleGrant
from sucharit.officers.services import end_role, grant_role


class AccountViewSet(UserViewSet):  # type: ignore[misc]
    """Wagtail's list of users with forms for accounts that are known by e-mail address."""

    menu_label = "บัญชีผู้ใช้"
    copy_view_enabled = False
    create_template_name = "officers/admin/account_create.html"
    edit_template_name = "officers/admin/account_edit.html"

    def get_form_class(self, for_update: bool = False) -> type[Any]:  # noqa: FBT001, FBT002 - Wagtail's own signature
        """The form for a new account, or for a known one."""
        return AccountEditForm if for_update else AccountCreationForm


def _reach(grant: RoleGrant) -> str:
    if grant.agency is not None:
        return f"{grant.agency.name} ({grant.agency.code})"
    return str(HrBody(grant.hr_body).label) if grant.hr_body else "ทั้งระบบ"


def _day(instant: datetime | None) -> str:
    # The day itself, where Wagtail's DateColumn says how long ago: when a role began is what a complaint asks for.
    return format_date(instant, "short") if instant else ""


class RoleIndexView(generic.IndexView):  # type: ignore[misc]
    """All grants, the open ones first."""

    def get_base_queryset(self) -> "QuerySet[RoleGrant]":
        """Grants with their people and agencies, in one query."""
        return RoleGrant.objects.select_related("user", "agency")

    def order_queryset(self, queryset: "QuerySet[RoleGrant]") -> "QuerySet[RoleGrant]":
        """The open grants first, the latest of them on top, unless a column was clicked."""
        if "ordering" in self.request.GET:
            return super().order_queryset(queryset)  # type: ignore[no-any-return]
        return queryset.order_by(F("ended_at").desc(nulls_first=True), "-granted_at", "-id")


class GrantView(generic.CreateView):  # type: ignore[misc]
    """Give a role."""

    success_message = "ให้บทบาทแล้ว"

    def save_instance(self) -> RoleGrant:
        """Write the grant through the service, and the log beside it."""
        form: RoleGrantForm = self.form
        grant = grant_role(
            user=form.user,  # type: ignore[arg-type]
            role=Role(form.cleaned_data["role"]),
            agency=form.agency,
            hr_body=HrBody(form.cleaned_data["hr_body"]) if form.cleaned_data["hr_body"] else None,
            granted_by=self.request.user,
            now=timezone.now(),
        )
        log(grant, "wagtail.create", user=self.request.user)
        return grant


class EndView(generic.EditView):  # type: ignore[misc]
    """End a role. What was granted, by whom and when is never rewritten."""

    submit_button_label = "ยุติบทบาท"
    submit_button_active_label = "กำลังบันทึก…"
    success_message = "ยุติบทบาทแล้ว"

    def get_page_subtitle(self) -> str:
        """Whose role, and which."""
        return f"{self.object.get_role_display()} {self.object.user}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the reach in words."""
        return {**super().get_context_data(**kwargs), "reach": _reach(self.object)}

    def save_instance(self) -> RoleGrant:
        """Write the end through the service, and the log beside it."""
        grant: RoleGrant = self.object
        if grant.ended_at is not None:
            raise PermissionDenied
        end_role(grant=grant, now=timezone.now())
        log(grant, "wagtail.edit", user=self.request.user)
        grant.refresh_from_db()
        return grant


class RoleGrantViewSet(ModelViewSet):  # type: ignore[misc]
    """บทบาท: give one, end one; nothing is deleted."""

    model = RoleGrant
    name = "role_grants"
    url_prefix = "roles"
    icon = "group"
    menu_label = "บทบาท"
    menu_order = 610
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = RoleIndexView
    add_view_class = GrantView
    edit_view_class = EndView
    edit_template_name = "officers/admin/role_end.html"
    search_fields = ("user__email", "user__first_name", "user__last_name", "agency__name", "agency__code")
    search_backend_name = None
    list_filter = ("role",)
    list_display = (
        TitleColumn("user", label="ผู้รับบทบาท", url_name="role_grants:edit"),
        Column("role", label="บทบาท", accessor="get_role_display"),
        Column("reach", label="ขอบเขต", accessor=_reach),
        Column("granted_at", label="ให้เมื่อ", accessor=lambda grant: _day(grant.granted_at)),
        Column("ended_at", label="สิ้นสุดเมื่อ", accessor=lambda grant: _day(grant.ended_at)),
    )

    def get_form_class(self, for_update: bool = False) -> type[Any]:  # noqa: FBT001, FBT002 - Wagtail's own signature
        """The form that grants, or the empty one that ends."""
        return EndRoleForm if for_update else RoleGrantForm
