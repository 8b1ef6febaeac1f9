"""The settings of `django-admin startproject`, with this project's way of keeping databases open and safe.

The middleware and the context processors are Django's own for a site with sessions; nothing else is installed.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from cpch import environment

HERE = Path(__file__).resolve().parent

SECRET_KEY = "of the bare application, which serves this machine alone for as long as it is measured"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "bench.bare",
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
ROOT_URLCONF = "bench.bare.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": environment.database(
        urlsplit(os.environ.get("BARE_DATABASE_URL", "sqlite:///:memory:")), "BARE_DATABASE_URL", "a database"
    )
    | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
}
# Every table is made at once from the models, so that none waits for another's migration.
MIGRATION_MODULES = {"auth": None, "contenttypes": None, "sessions": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "/sign-in/"
USE_TZ = True
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
