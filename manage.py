#!/usr/bin/env python
"""Runs Django's commands; what each one does lives in diagnostic/management and in Django itself."""

import os
import sys


def main() -> None:
    """Run the command named on the command line.

    A faulty environment stops here with one line, so that an operator reads what to set and not a traceback. The exit
    status is 2 then: 1 is what a command says of what it looked at, such as a log that does not verify.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpch.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018 - the first access reads the environment
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
