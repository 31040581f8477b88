"""`make run`: one machine, one person trying the platform. Never the face of a real installation."""

import os
import secrets

from django.core.exceptions import ImproperlyConfigured

from sucharit.settings.base import *  # noqa: F403 - a settings module extends the one below it
from sucharit.settings.base import DATABASES, SUCHARIT_ATTITUDE_KEY, VAR, env

DEMONSTRATION = True
SECOND_FACTOR_REQUIRED = False
SERVE_MEDIA = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
# An empty PORT, as make hands on, is none.
PORT = int(env.str("PORT", default="") or 8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
WAGTAILADMIN_BASE_URL = PUBLIC_URL


def _database_elsewhere() -> str:
    """The host of the database, where it is not this machine; nothing for SQLite and for a database that is local."""
    database = DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return ""
    options = database.get("OPTIONS", {})
    # What the address leaves open, libpq takes from the address's own query and from its variables.
    said = [database["HOST"], *(options.get(key, "") for key in ("host", "hostaddr"))]
    said += [os.environ.get(name, "") for name in ("PGHOST", "PGHOSTADDR")]
    hosts = [host.strip() for text in said for host in str(text).split(",")]
    if service := options.get("service") or os.environ.get("PGSERVICE"):
        return str(service)
    local = {"", "localhost", "127.0.0.1", "::1", "[::1]"}
    # A path is the folder of a socket, which no other machine can offer.
    return next((host for host in hosts if host not in local and not host.startswith(("/", "%2F"))), "")


# manage.py takes these settings where none are named, so a real database must be out of their reach: they would open it
# without second factors and fill it with accounts whose password is printed on the sign-in page.
if _elsewhere := _database_elsewhere():
    raise ImproperlyConfigured(
        f"Sucharit will not start: the demonstration settings use a database on this machine only, not {_elsewhere}. "
        "For a real installation set DJANGO_SETTINGS_MODULE=sucharit.settings.production."
    )


def _kept_secret(name: str) -> str:
    """A secret made once and kept beside the embedded database, so that sessions survive a restart."""
    path = VAR / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret("secret_key")
NATIONAL_ID_KEY = env.str("NATIONAL_ID_KEY", default="") or _kept_secret("national_id_key")
if not SUCHARIT_ATTITUDE_KEY:
    SUCHARIT_ATTITUDE_KEY = _kept_secret("attitude_key")
    ATTITUDE_KEY_FILE = str(VAR / "attitude_key")
