"""The hash of one link of a chain: SHA-256 over canonical JSON, so that anyone can recompute it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of `content` as canonical JSON: keys sorted, no spaces, UTF-8.

    Times are written in UTC with microseconds, UUIDs as text. Raises `TypeError` for a value without such a form, which
    only a row changed outside the application can hold.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    # A tampered row may hold a lone surrogate. It is not valid text, but needs a hash to be detected.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
