"""Every setting of the project, read from the environment; how a variable is checked lives in environment.py.

With nothing set, everything runs on this machine alone. With CPCH_ENV=production, what must be chosen has no
default. docs/running.md lists the variables.
"""

import os
from pathlib import Path
from urllib.parse import quote

from bootstrap_wrapper import get_bootstrap_dir
from csp.constants import NONE, SELF
from django.http.request import validate_host

from cpch import environment, limits

env = environment.Environment(os.environ)

# Places

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("CPCH_DATA_DIR", local=BASE_DIR / "var")

# Who may ask, and by which name

IS_PRODUCTION = env.is_production
DEBUG = env.boolean("CPCH_DEBUG", local=False)
if DEBUG and env.is_production:
    raise environment.nonsense("CPCH_DEBUG", "0, for production shows nobody its insides")
SECRET_KEY = env.secret_key("CPCH_SECRET_KEY", file=DATA_DIR / "secret-key")
ALLOWED_HOSTS = env.hosts(
    "CPCH_ALLOWED_HOSTS",
    local=["127.0.0.1", "localhost", "[::1]"],
    required="the host names that people open, separated by commas",
)
_base_url = env.site(
    "CPCH_BASE_URL",
    local="http://127.0.0.1:8000",
    required="the address that people open, without a path, such as https://cpch.example.org",
)
if env.is_production and not validate_host(environment.host_of(_base_url), ALLOWED_HOSTS):
    raise environment.nonsense("CPCH_BASE_URL", "an address whose host CPCH_ALLOWED_HOSTS names")
BASE_URL = f"{_base_url.scheme}://{_base_url.netloc}"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
PROXY_COUNT = env.integer("CPCH_PROXY_COUNT", local=0, most=9)

# Transport: production speaks HTTPS only

SECURE_SSL_REDIRECT = env.is_production
SECURE_HSTS_SECONDS = env.integer("CPCH_HSTS_SECONDS", local=31_536_000, most=999_999_999) if env.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.is_production
SECURE_HSTS_PRELOAD = env.is_production
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.is_production
SESSION_ENGINE = "cpch.accounts.sessions"
SESSION_COOKIE_AGE = 8 * 60 * 60
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = limits.FORM_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = limits.FORM_FIELDS
MESSAGE_STORAGE = "cpch.messages.Storage"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Bootstrap's sheet draws the marks of its form controls as data, until our own sheet replaces them.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# What is installed

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "cpch.accounts",
    "diagnostic",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cpch.compression.CompressedPages",
    "cpch.pages.never_stored",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cpch.accounts.language.follow_person",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cpch.middleware.request_sizes.limit_sizes",
    "cpch.middleware.whole_bodies.whole_bodies",
    "cpch.middleware.kept_texts.confirm_kept_texts",
    "django_htmx.middleware.HtmxMiddleware",
    "cpch.accounts.signed_out.lead_to_sign_in",
    "cpch.accounts.second_factor_gate.SecondFactorGate",
    "cpch.middleware.person_limits.PersonLimits",
    "allauth.account.middleware.AccountMiddleware",
    "cpch.pages.without_nul",
    "cpch.pages.method_not_allowed",
]
ROOT_URLCONF = "cpch.urls"
WSGI_APPLICATION = "cpch.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# What is kept, and where

_database_wanted = "an address such as postgres://user:password@host:5432/name"
DATABASES = {
    "default": environment.database(
        env.url(
            "DATABASE_URL",
            local=f"sqlite:///{quote(str(DATA_DIR / 'db.sqlite3'))}",
            schemes=("sqlite", *environment.POSTGRES_SCHEMES),
            required=_database_wanted,
        ),
        "DATABASE_URL",
        _database_wanted,
    )
    | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
}
CACHES = {
    # Shared by all processes.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Pages and parts of pages as drawn, and which report belongs to what stands, each under all that it shows; every
    # process keeps its own. A whole page takes up to 90 KB, a question 8, a report's digest 0.1: an assessment in hand
    # has some 36 entries and 0.6 MB. So 600 entries hold sixteen of them in 10 MB, and are never more than 54 MB; of
    # a fuller cache the third that was not asked for longest goes.
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 600},
    },
}
_private = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", **_private},
    },
    "reports": {
        "BACKEND": "cpch.storage.WholeFileStorage",
        "OPTIONS": {"location": DATA_DIR / "reports", **_private},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["mail", "reports"]}}

# Pages

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["cpch.isolation"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", get_bootstrap_dir())]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "gz", "br", "png", "jpg", "webp", "woff", "woff2"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Language and time

LANGUAGE_CODE = "en"
# Those that can be chosen, each by its own name; docs/running.md says how one is added.
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# People: invited, never self-registered; they sign in with their e-mail address

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["cpch.accounts.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["full_name", "email"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "cpch.accounts.passwords.SiteWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "cpch.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SESSION_COOKIE_AGE = SESSION_COOKIE_AGE
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _base_url.scheme
# With allauth's own limits, anyone could lock an account; those of accounts/sign_in_limits.py prevent that.
ACCOUNT_RATE_LIMITS = False
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT

# Their second factor: who cannot do without, and how it works

SECOND_FACTOR_REQUIRED_OF = env.choice(
    "CPCH_SECOND_FACTOR", ("nobody", "secretariat", "everyone"), local="nobody", production="secretariat"
)
MFA_ADAPTER = "cpch.accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A clock may be half a minute off, and a code that was typed slowly is still good; none is taken twice.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_DIGITS = 10

# E-mail

_email_wanted = "an address such as smtp+tls://user:password@host:587"
globals().update(
    environment.email(
        env.url(
            "CPCH_EMAIL_URL",
            local="console:",
            schemes=tuple(environment.EMAIL_PORTS) if env.is_production else ("console", *environment.EMAIL_PORTS),
            required=_email_wanted,
        ),
        "CPCH_EMAIL_URL",
        _email_wanted,
    )
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender(
    "CPCH_EMAIL_FROM",
    local="CPCH <cpch@localhost>",
    required="the sender of the e-mails, such as cpch@example.org",
)

# Log: to standard error, where the supervisor of the process keeps it

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"secrets": {"()": "cpch.log.HideLinkSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django_tasks": {"level": "INFO"},
        "cpch": {"level": "INFO"},
        "diagnostic": {"level": "INFO"},
    },
}
