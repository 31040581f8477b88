"""The yardstick: Django alone, with the middleware any signed-in site needs and the same database settings as ours."""

import os
from pathlib import Path

import environ

from tests.bench.bare.pages import PAGES

VAR = Path(os.environ["BENCH_VAR"])
SECRET_KEY = "bench-only-" + "k" * 50
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
DEBUG = False
INSTALLED_APPS = [
    "tests.bench.bare",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tests.bench.bare.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [("django.template.loaders.locmem.Loader", PAGES)],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DATABASES = {"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-16000;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "bare.Person"
PASSWORD_HASHERS = ["tests.bench.bare.models.Hasher"]
LOGIN_URL = "/login/"
LANGUAGE_CODE = "th"
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"
# Bytes of markup that make a page weigh what ours weighs: {"catalogue": 12000, …}; measured by the bench, not guessed.
FURNITURE = VAR / "furniture.json"
