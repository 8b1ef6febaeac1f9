"""Which text an act was based on, and that it is still the one: nothing is written over what its writer did not see."""

from __future__ import annotations

from datetime import datetime

from .errors import TextChanged


def stamp(*moments: datetime | None) -> str:
    """What a form keeps of the texts that it was opened over: the moments at which they were saved; "" for none."""
    return " ".join(at.isoformat() for at in moments if at)


def require_base(base: str | None, *moments: datetime | None) -> None:
    """Go on where `base` is the stamp of what stands, or None, where nothing was shown to anybody before.

    To be asked under the lock of what is written. Raises `TextChanged`.
    """
    if base is not None and base != stamp(*moments):
        raise TextChanged
