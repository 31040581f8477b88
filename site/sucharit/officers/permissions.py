"""Who may manage accounts and roles in Wagtail's admin: administrators of the platform, and nobody by a stray permission."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from sucharit.officers.models import User


class AdministratorsOnly(ModelPermissionPolicy):  # type: ignore[misc]
    """Superusers may do all but delete; people are deactivated and roles are ended, so that the past can be explained."""

    refused = frozenset({"delete"})

    def user_has_permission(self, user: User | AnonymousUser, action: str) -> bool:
        """Whether the account may do `action` to any row of the model."""
        return bool(user.is_active and user.is_superuser and action not in self.refused)

    def user_has_any_permission(self, user: User | AnonymousUser, actions: Any) -> bool:
        """Whether the account may do at least one of the actions."""
        return any(self.user_has_permission(user, action) for action in actions)

    def users_with_any_permission(self, actions: Any) -> "QuerySet[User]":
        """The accounts that may do at least one of the actions."""
        administrators = User.objects.filter(is_active=True, is_superuser=True)
        return administrators if set(actions) - self.refused else administrators.none()
