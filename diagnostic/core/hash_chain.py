"""The hash of one link of a chain: SHA-256 over canonical JSON, which anyone can compute again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of `content` as canonical JSON: keys sorted, no spaces, UTF-8.

    Times are written in UTC with microseconds, UUIDs as text. Raises `TypeError` for what has no such form, which only
    a row that was changed behind the product's back can hold.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    # A lone surrogate is no text, yet a changed row may hold one, and its hash must be computed to tell.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
