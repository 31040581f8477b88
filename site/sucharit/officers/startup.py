"""The last look before a server answers: what a demonstration may do, a real installation must not."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from sucharit.officers.models import User


def refuse_unsafe() -> None:
    """Raise ImproperlyConfigured where this installation would be unsafe to open. Reads the database once.

    A demonstration may carry accounts whose password is printed on its sign-in page, and may do without second factors.
    Nothing else may.
    """
    if settings.DEMONSTRATION:
        return
    faults = []
    if settings.DEBUG:
        faults.append("DEBUG is on")
    if not settings.SECOND_FACTOR_REQUIRED:
        faults.append("SECOND_FACTOR_REQUIRED is off")
    try:
        if User.objects.filter(is_demonstration=True).exists():
            faults.append("the database holds demonstration accounts, whose password is public")
    except DatabaseError as error:
        faults.append(f"the accounts cannot be read ({type(error).__name__}); run the migrations first")
    if faults:
        raise ImproperlyConfigured("Sucharit will not start: " + "; ".join(faults) + ".")
