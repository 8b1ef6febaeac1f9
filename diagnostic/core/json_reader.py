"""Reads JSON strictly and keeps what a plain parser hides: keys given twice, and constants that are no numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .words import Message, _

MAX_BYTES = 2 * 1024 * 1024
MAX_DIGITS = 30


class NotJson(ValueError):
    """The bytes are not a JSON text at all; `message` says why."""

    def __init__(self, message: Message):
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object as the pairs it was written with, in order, keys given twice included."""

    pairs: tuple[tuple[str, Any], ...]

    def get(self, key: str) -> Any:
        """The last value of `key`, or None."""
        return next((value for name, value in reversed(self.pairs) if name == key), None)

    def __contains__(self, key: str) -> bool:
        return any(name == key for name, _value in self.pairs)

    def numbered(self) -> Iterator[tuple[str, Any, bool]]:
        """Each key and value in order, and whether the key stood before already."""
        seen: set[str] = set()
        for key, value in self.pairs:
            yield key, value, key in seen
            seen.add(key)


@dataclass(frozen=True, slots=True)
class NoInteger:
    """A number that is not a JSON integer, or too long to be one of ours, as it was written."""

    text: str


@dataclass(frozen=True, slots=True)
class NoNumber:
    """NaN or an infinity, which JSON does not have."""

    text: str


def read_json(data: bytes) -> Any:
    """Return the JSON value in `data`, with `Object`, `NoInteger` and `NoNumber` in place of what they stand for.

    Raises `NotJson` for more than 2 MiB, bytes that are not UTF-8, text that is not JSON, or nesting beyond reading.
    """
    if len(data) > MAX_BYTES:
        raise NotJson(Message(_("the file has more than %(most)s bytes (2 MiB)"), {"most": f"{MAX_BYTES:,}"}))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotJson(Message(_("the file is not UTF-8 (byte %(place)s)"), {"place": error.start + 1})) from error
    try:
        return json.loads(
            text,
            object_pairs_hook=lambda pairs: Object(tuple(pairs)),
            parse_float=NoInteger,
            parse_int=_integer,
            parse_constant=NoNumber,
        )
    except json.JSONDecodeError as error:
        raise NotJson(
            Message(
                _("the file is not JSON: %(why)s at line %(line)s, column %(column)s"),
                {"why": error.msg, "line": error.lineno, "column": error.colno},
            )
        ) from error
    except RecursionError as error:
        raise NotJson(Message(_("the file is nested too deeply to be an assessment"))) from error


def _integer(text: str) -> int | NoInteger:
    return int(text) if len(text) <= MAX_DIGITS else NoInteger(text)
