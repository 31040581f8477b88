"""A real installation. Everything secret comes from the environment; what is missing or unsafe stops the start."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from sucharit.settings.base import *  # noqa: F403 - a settings module extends the one below it
from sucharit.settings.base import ALLOWED_HOSTS, NATIONAL_ID_KEY, PUBLIC_URL, env

DEMONSTRATION = False
SECRET_KEY: str = env.str("SECRET_KEY", default="")

_faults = []
if env.bool("DEBUG", default=False):
    _faults.append("DEBUG must be off")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure-"):
    _faults.append("SECRET_KEY must be set to 50 random characters or more, not a default")
if len(NATIONAL_ID_KEY) < 32:
    _faults.append("NATIONAL_ID_KEY must be set to 32 random characters or more")
if not ALLOWED_HOSTS:
    _faults.append("ALLOWED_HOSTS must name the site's host")
if not PUBLIC_URL.startswith("https://"):
    _faults.append("PUBLIC_URL must be the https address printed on certificates")
if _faults:
    raise ImproperlyConfigured("Sucharit will not start: " + "; ".join(_faults) + ".")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
