"""A real installation. Everything secret comes from the environment; what is missing or unsafe stops the start."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from sucharit.settings.base import *  # noqa: F403 - a settings module extends the one below it
from sucharit.settings.base import (
    ALLAUTH_TRUSTED_PROXY_COUNT,
    ALLOWED_HOSTS,
    EMAIL_BACKEND,
    NATIONAL_ID_KEY,
    PUBLIC_URL,
    SUCHARIT_ATTITUDE_KEY,
    env,
)

DEMONSTRATION = False
SECRET_KEY: str = env.str("SECRET_KEY", default="")
# Backends that answer «sent» and send nothing: an account without a password would wait for its letter for ever.
SENDS_NOTHING = ("console", "dummy", "filebased", "locmem")

_faults = []
if env.bool("DEBUG", default=False):
    _faults.append("DEBUG must be off")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure-"):
    _faults.append("SECRET_KEY must be set to 50 random characters or more, not a default")
if len(NATIONAL_ID_KEY) < 32:
    _faults.append("NATIONAL_ID_KEY must be set to 32 random characters or more")
if SUCHARIT_ATTITUDE_KEY and (
    len(SUCHARIT_ATTITUDE_KEY) < 32 or SUCHARIT_ATTITUDE_KEY in {SECRET_KEY, NATIONAL_ID_KEY}
):
    _faults.append("SUCHARIT_ATTITUDE_KEY must be 32 random characters or more, and no other key")
if not ALLOWED_HOSTS:
    _faults.append("ALLOWED_HOSTS must name the site's host")
if any(host.strip() in {"*", "."} for host in ALLOWED_HOSTS):
    _faults.append('ALLOWED_HOSTS must name hosts, not "*"')
if not PUBLIC_URL.startswith("https://"):
    _faults.append("PUBLIC_URL must be the https address printed on certificates")
if env.str("TRUSTED_PROXY_COUNT", default="") == "" or ALLAUTH_TRUSTED_PROXY_COUNT < 0:
    # A forgotten count locks everybody out together: their failed sign-ins would be counted on nginx's one address.
    _faults.append("TRUSTED_PROXY_COUNT must say how many proxies stand in front (0 for none)")
if EMAIL_BACKEND.split(".")[-2] in SENDS_NOTHING:
    _faults.append("EMAIL_URL must name a mail server, such as smtp+tls://user:password@host:587")
if _faults:
    raise ImproperlyConfigured("Sucharit will not start: " + "; ".join(_faults) + ".")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
if ALLAUTH_TRUSTED_PROXY_COUNT > 0:
    # Without a proxy that overwrites it, anybody could send this header.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
