"""The tests: fast hashing, files in a throw-away folder, and every warning an error (see pyproject.toml)."""

import tempfile
from pathlib import Path

from sucharit.settings.base import *  # noqa: F403 - a settings module extends the one below it
from sucharit.settings.base import SQLITE_OPTIONS, env

DEMONSTRATION = False
SECRET_KEY = "tests-only-" + "k" * 50
NATIONAL_ID_KEY = "tests-only-national-id-key-0123456789"
SUCHARIT_ATTITUDE_KEY = "tests-only-attitude-key-0123456789abcdef"
ATTITUDE_KEY_FILE = ""
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = {"default": env.db_url("TEST_DATABASE_URL", default="sqlite://:memory:")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LEDGER = Path(tempfile.mkdtemp(prefix="sucharit-test-ledger-"))
LEDGER_KEYS, LEDGER_CHECKPOINTS = LEDGER / "keys", LEDGER / "checkpoints"
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="sucharit-test-media-"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Longer than any test, so that a slow machine counts the same queries as a fast one.
KEPT_SITE_SECONDS = 3600
WHITENOISE_AUTOREFRESH = True
