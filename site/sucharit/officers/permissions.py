"""Who may manage accounts and roles in Wagtail's admin: administrators of the platform, and nobody by a stray permission."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.permission_policies import ModelPermissionPolicy

from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.access import can, viewer_of
from sucharit.officers.enums import ADMIN_ROLES, Verb
from sucharit.officers.models import RoleGrant, User


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


class AsCan(ModelPermissionPolicy):  # type: ignore[misc]
    """Rows of a model whose admin pages open by a verb of ours (`access.can`), whatever Django's own permissions say.

    Nobody deletes through these pages.
    """

    def __init__(self, model: type[Model], verb: Verb) -> None:
        super().__init__(model)
        self.verb = verb

    def user_has_permission(self, user: User | AnonymousUser, action: str) -> bool:
        """Whether the account may do `action` to any row of the model."""
        return action != "delete" and can(viewer_of(user), self.verb, today=local_date(timezone.now()))

    def user_has_any_permission(self, user: User | AnonymousUser, actions: Any) -> bool:
        """Whether the account may do at least one of the actions."""
        return any(self.user_has_permission(user, action) for action in actions)

    def users_with_any_permission(self, actions: Any) -> "QuerySet[User]":
        """The accounts that may do at least one of the actions."""
        if not set(actions) - {"delete"}:
            return User.objects.none()
        held = RoleGrant.objects.filter(
            role__in=ADMIN_ROLES[self.verb], ended_at__isnull=True, user=OuterRef("pk")
        )
        return User.objects.filter(Q(is_superuser=True) | Exists(held), is_active=True)
