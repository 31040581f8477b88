"""What every installation shares. Everything that differs by place is read from the environment, and fails loudly."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF, UNSAFE_INLINE

env = environ.FileAwareEnv()

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(env.str("SUCHARIT_VAR", default=str(ROOT / "var")))

DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
SITE_NAME = "สุจริต"
WAGTAIL_SITE_NAME = SITE_NAME
# The address printed in QR codes and e-mail; never taken from a request's Host header.
PUBLIC_URL: str = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
WAGTAILADMIN_BASE_URL = PUBLIC_URL

INSTALLED_APPS = [
    "sucharit.home",
    "campaigns",
    "courses",
    "quizzes",
    "sucharit.records",
    "sucharit.officers",
    "sucharit.theme",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "wagtailmedia",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "sucharit.officers.users_app.AccountsAppConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.humanize",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sucharit.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "sucharit.home.middleware.KeptSiteMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "sucharit.officers.middleware.SecondFactorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "sucharit.urls"
WSGI_APPLICATION = "sucharit.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sucharit.home.context.doors",
            ],
        },
    }
]
FORM_RENDERER = "sucharit.theme.forms.ThemeRenderer"

# --- Database ---------------------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SQLITE_OPTIONS = {
    # Write-ahead log and an immediate write lock: two hand-ins wait for each other, they never fail half-way.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-16000;"
    ),
}
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR / 'sucharit.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 60

# In process, for the one process of an embedded installation. With more of them CACHE_URL names a shared one (a table,
# Redis or Valkey), for rate limits count only what they can see; `serve` refuses to start several without it.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://sucharit")}
if "redis" not in CACHES["default"]["BACKEND"].lower():
    # Django's 300 entries would throw rate limits away under load.
    CACHES["default"].setdefault("OPTIONS", {})["MAX_ENTRIES"] = 200_000
# Kept in the database, read from the cache: one query less on every page of somebody who has signed in.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "sucharit.home.errors.csrf_failure"

# --- Language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"

# --- Files ------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("SUCHARIT_MEDIA", default=str(ROOT / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# The demonstration serves uploads itself; a real installation lets nginx or object storage do it.
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=False)

# --- Sign-in ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "officers.User"
# ModelBackend stays out: it would be a second door without rate limits or a second factor.
AUTHENTICATION_BACKENDS = ["sucharit.officers.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "sucharit.officers.hashers.TunedArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/my/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sucharit.officers.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[สุจริต] "
ACCOUNT_FORMS = {
    "login": "sucharit.officers.forms.LoginForm",
    "add_email": "sucharit.officers.forms.AddEmailForm",
    "change_password": "sucharit.officers.forms.ChangePasswordForm",
    "set_password": "sucharit.officers.forms.SetPasswordForm",
    "reset_password": "sucharit.officers.forms.ResetPasswordForm",
    "reset_password_from_key": "sucharit.officers.forms.ResetPasswordKeyForm",
    "reauthenticate": "sucharit.officers.forms.PasswordAgainForm",
}
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# One address per account, changed only after a fresh proof of who asks; the owner is told of every such change.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Strangers who type an address into the reset form do not make us write to it.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# By account, not by address: a whole ministry signs in from behind one address on deadline day. Only failures are counted
# by address, to stop guessing across many accounts; a right password never uses up anybody's allowance.
ACCOUNT_RATE_LIMITS = {
    "login": "",
    "login_failed": "5/5m/key,1000/m/ip",
    "reset_password": "300/m/ip,5/h/key",
    "reset_password_from_key": "300/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "3/3m/key",
}
# Whose word on a visitor's address is taken. Without it every visitor behind nginx has nginx's own; production asks for it.
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.str("TRUSTED_PROXY_COUNT", default="") or 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_ADAPTER = "sucharit.officers.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "sucharit.officers.forms.AuthenticateForm",
    "reauthenticate": "sucharit.officers.forms.ReauthenticateForm",
    "activate_totp": "sucharit.officers.forms.ActivateTOTPForm",
    "add_webauthn": "sucharit.officers.forms.AddWebAuthnForm",
    "edit_webauthn": "sucharit.officers.forms.EditWebAuthnForm",
}
# One step of thirty seconds either way: phones run slow or fast, and so do bad lines.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "1000/m/ip"}
# Every role above learner carries a second factor. Only the demonstration settings may turn this off.
SECOND_FACTOR_REQUIRED = True
NATIONAL_ID_KEY: str = env.str("NATIONAL_ID_KEY", default="")
# The key of pseudonyms in questionnaires of attitude. Kept apart from the database and from its backups; without one no
# questionnaire is offered. The file is where `forget_attitude_key` finds it.
SUCHARIT_ATTITUDE_KEY: str = env.str("SUCHARIT_ATTITUDE_KEY", default="")
ATTITUDE_KEY_FILE: str = env.str("SUCHARIT_ATTITUDE_KEY_FILE", default="")

# The ledger's signing keys and its checkpoints: outside the database, so that whoever may write there cannot make up either.
LEDGER_KEYS = Path(env.str("SUCHARIT_LEDGER_KEYS", default=str(VAR / "ledger" / "keys")))
LEDGER_CHECKPOINTS = Path(env.str("SUCHARIT_LEDGER_CHECKPOINTS", default=str(VAR / "ledger" / "checkpoints")))

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"] or "localhost"
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"] or 25
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="sucharit@localhost")

# --- Security ---------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
# Wagtail's admin still carries inline scripts and styles; only its own prefix gets this looser policy.
ADMIN_PREFIX = "/admin/"
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
}
# How long a process may go on with the Site row it has read (see sucharit.home.middleware).
KEPT_SITE_SECONDS = 10
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# How old the evidence of something learned elsewhere may be, in years.
RECOGNISE_WITHIN_YEARS = env.int("RECOGNISE_WITHIN_YEARS", default=3)

# --- Wagtail ----------------------------------------------------------------------------------------------------
WAGTAIL_PAGE_MODEL = "wagtailcore.Page"
WAGTAIL_CONTENT_LANGUAGES = [("th", "ไทย")]
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("th", "ไทย"), ("en", "English")]
WAGTAIL_USER_TIME_ZONES = ["Asia/Bangkok"]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
# An address is changed in one place, which asks who it is first and writes to the new address; Wagtail's page does neither.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# Our own view over Wagtail's door: it sends visitors to the one sign-in, and answers 403 to whoever is already in.
WAGTAILADMIN_LOGIN_URL = "/admin/login/"
WAGTAILADMIN_READABILITY_CHECKS = False
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link"]},
    }
}
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "svg"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt", "vtt", "zip"]
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}
}
TAGGIT_CASE_INSENSITIVE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
