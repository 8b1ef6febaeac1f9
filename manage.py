#!/usr/bin/env python
"""Runs Django's commands; what each one does lives in diagnostic/management and in Django itself."""

import os
import sys


def main() -> None:
    """Run the command named on the command line.

    A faulty environment stops here with one line, so that an operator reads what to set and not a traceback.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpch.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018 - the first access reads the environment
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
