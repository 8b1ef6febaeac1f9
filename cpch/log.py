"""Keeps secrets out of the log; what is logged where is for settings.py to say."""

from __future__ import annotations

import logging
import re

SECRET_PATHS = re.compile(r"((?<!/people)/invitations/|/password/reset/key/)[^/\s'\"]+")


class HideLinkSecrets(logging.Filter):
    """Blots out the part of an address that lets its holder in: invitation tokens and password-reset keys."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        if SECRET_PATHS.search(line):
            record.msg, record.args = SECRET_PATHS.sub(r"\1…", line), ()
        return True
