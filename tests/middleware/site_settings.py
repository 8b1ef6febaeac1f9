"""The site's own settings, for gunicorn in tests; sign-in limits are counted in memory, static files not collected.

The test database lacks the table in which the limits are otherwise counted.
"""

from cpch.settings import *  # noqa: F403
from cpch.settings import CACHES, STORAGES

CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
