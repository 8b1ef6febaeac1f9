"""Stores files on disk atomically: a file is complete, or does not exist under its name."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Writes under a temporary name in the same folder and renames, which is atomic.

    A killed process or a full disk leaves at most a file whose name begins with a dot and that nothing refers to.
    """

    def _save(self, name: str, content: Any) -> str:
        final = Path(name)
        temporary = super()._save(str(final.with_name(f".{final.name}.{secrets.token_hex(8)}")), content)
        try:
            Path(self.path(temporary)).replace(self.path(name))
        except OSError:
            self.delete(temporary)
            raise
        return name
