"""Wagtail's own users app, with our account pages. INSTALLED_APPS names this class in place of "wagtail.users"."""

from wagtail.users.apps import WagtailUsersAppConfig


class AccountsAppConfig(WagtailUsersAppConfig):  # type: ignore[misc]
    """The list and forms of accounts come from `sucharit.officers.viewsets`."""

    # Django takes this class only where it is named in full; "wagtail.users" alone keeps meaning Wagtail's.
    default = False
    user_viewset = "sucharit.officers.viewsets.AccountViewSet"
