"""How a session finds its account: with everything that access asks for, in one query."""

from allauth.account.auth_backends import AuthenticationBackend

from sucharit.officers.access import account_with_viewer
from sucharit.officers.models import User


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in, with the account read together with its roles."""

    def get_user(self, user_id: str | int) -> User | None:
        """The active account of a session, or none."""
        user = account_with_viewer(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
