"""What the benchmark does within the site's own settings, each in a process of its own: lay people, count, verify."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpch.settings")
django.setup()
