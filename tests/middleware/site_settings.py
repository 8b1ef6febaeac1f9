"""The site's own settings, for gunicorn in tests; sign-in limits are counted in memory.

The test database lacks the table in which they are otherwise counted.
"""

from cpch.settings import *  # noqa: F403
from cpch.settings import CACHES

CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"}
