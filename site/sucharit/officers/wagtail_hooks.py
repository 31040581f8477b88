"""What this floor adds to Wagtail's admin, and what it takes away."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from sucharit.officers.models import RoleGrant, User
from sucharit.officers.permissions import AdministratorsOnly
from sucharit.officers.viewsets import RoleGrantViewSet

for _model in (User, Group, RoleGrant):
    register_permission_policy(_model, AdministratorsOnly(_model))


@hooks.register("register_admin_viewset")
def role_grants() -> RoleGrantViewSet:
    """The pages where roles are given and ended."""
    return RoleGrantViewSet()


@hooks.register("before_bulk_action")
def keep_people(request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any) -> None:
    """Refuse two of Wagtail's acts on many accounts: deleting people, and giving groups past the roles that explain them."""
    if action.model is User and (action_type in {"delete", "assign_role"} or not request.user.is_superuser):
        raise PermissionDenied
