"""Where files are kept on a disk: whole, or not at all under their name."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Writes under a temporary name beside the final one and renames, which a file system does in one step.

    A process that is killed, or a disk that is full, leaves at most a file whose name begins with a dot and that
    nothing refers to.
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
