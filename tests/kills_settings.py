"""The project's settings for tests that kill workers: a site of its own, with leases that end within seconds."""

from cpch.settings import *  # noqa: F403
from cpch.settings import INSTALLED_APPS, LOGGING

INSTALLED_APPS = [*INSTALLED_APPS, "tests.short_leases.ShortLeases"]
LOGGING["loggers"]["django_tasks_db"] = {"level": "INFO"}
