"""Dataclasses as JSON values and back, canonical JSON, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def canonical(data: Mapping[str, Any]) -> str:
    """`data` as canonical JSON: the same text for the same values."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(data: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of `data` in canonical JSON."""
    return digest_of_text(canonical(data))


def digest_of_text(text: str) -> str:
    """SHA-256, in hexadecimal, of the UTF-8 bytes of `text`."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def to_moment(at: datetime | None) -> str:
    """`at` in UTC, as ISO 8601 to the second; "" for None."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""


def to_plain(value: Any) -> Any:
    """`value`, a dataclass or a part of one, as JSON values."""
    if is_dataclass(value):
        return {name: to_plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def read_plain(kind: type[T], value: Mapping[str, Any]) -> T:
    """The dataclass `kind` that `to_plain` wrote as `value`. Raises `KeyError` for a missing member."""
    hints = _hints_of(kind)  # type: ignore[arg-type]
    return kind(**{member.name: _value(hints[member.name], value[member.name]) for member in fields(kind)})  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _hints_of(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (Union, UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if is_dataclass(hint):
        return read_plain(hint, value)  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            return tuple(_value(parts[0], item) for item in value)
        return tuple(_value(part, item) for part, item in zip(parts, value, strict=True))
    # JSON has no numbers as keys.
    if get_args(hint)[:1] == (int,) and isinstance(value, Mapping):
        return {int(key): item for key, item in value.items()}
    return value
