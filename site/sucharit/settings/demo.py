"""`make run`: one machine, one person trying the platform. Never the face of a real installation."""

import secrets

from sucharit.settings.base import *  # noqa: F403 - a settings module extends the one below it
from sucharit.settings.base import VAR, env

DEMONSTRATION = True
SECOND_FACTOR_REQUIRED = False
SERVE_MEDIA = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
WAGTAILADMIN_BASE_URL = PUBLIC_URL


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
