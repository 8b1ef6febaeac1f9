"""The WSGI entry point that a server such as gunicorn loads; nothing else lives here."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpch.settings")

application = get_wsgi_application()
