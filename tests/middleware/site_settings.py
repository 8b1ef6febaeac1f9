"""The site's own settings, for a gunicorn beside the tests; its sign-in limits are counted in memory.

The table in which they are counted otherwise is not among the test database's.
"""

from cpch.settings import *  # noqa: F403
from cpch.settings import CACHES

CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"}
