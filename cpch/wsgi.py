"""The WSGI entry point that a server such as gunicorn loads; nothing else lives here.

What every page needs is loaded before the server forks, so that its workers share it; a page's own view is loaded when
it is first asked for (lazy_views.py). What is loaded stays: to look for rubbish among it only delays the start, and
later makes each worker copy it.
"""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from cpch import waits

gc.disable()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpch.settings")

# Commands and workers do not load this module, and wait as long as they need.
waits.limit_database(settings.DATABASES["default"])
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - to ask for the addresses loads them
gc.freeze()
gc.enable()
