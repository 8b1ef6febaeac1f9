"""The project's settings as the tests use them: quick, short-lived, in a data folder of their own."""

import os
import tempfile
from pathlib import Path

# The tests see none of the variables that run a real site, and write nothing into its data folder.
for name in [name for name in os.environ if name.startswith("CPCH_")]:
    del os.environ[name]
os.environ["CPCH_DATA_DIR"] = tempfile.mkdtemp(prefix="cpch-test-")

from cpch.settings import *  # noqa: E402, F403
from cpch.settings import CACHES, DATABASES  # noqa: E402

TEST_DATA_DIR = Path(os.environ["CPCH_DATA_DIR"])

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "reports": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

# A connection that outlives its request would keep the test database from being dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # What a test wrote need not outlive a power cut.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, because the browser tests' server answers from several threads, each on its own connection, as a
    # real server does; one connection shared by all of them cannot hold two transactions.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = DATABASES["default"]["OPTIONS"] | {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    }
