"""A second language for a test: switched on, with a catalogue of the few sentences that the test reads."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HEAD = 0x950412DE
FIRST_TABLE = 28
"""The first word of a catalogue and the length of what comes before its tables: GNU gettext's manual, "MO Files"."""


def switch_on_french(settings: Any, folder: Path, words: Mapping[str, str]) -> None:
    """Let people choose French; `words` are our sentences in it, dates and the like are in Django's own catalogue.

    `settings` is pytest-django's, which switches it off again; `folder` holds the catalogue until then.
    """
    place = folder / "fr" / "LC_MESSAGES" / "django.mo"
    place.parent.mkdir(parents=True)
    place.write_bytes(compile_catalogue(words))
    settings.LOCALE_PATHS = [folder]
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]


def compile_catalogue(words: Mapping[str, str]) -> bytes:
    """`words`, each original with its translation, as msgfmt would write them."""
    held = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **words}.items())
    texts = [text.encode() for column in zip(*held, strict=True) for text in column]
    second_table = FIRST_TABLE + 8 * len(held)
    place, tables = second_table + 8 * len(held), b""
    for text in texts:
        tables += struct.pack("<II", len(text), place)
        place += len(text) + 1
    head = struct.pack("<IIIIIII", HEAD, 0, len(held), FIRST_TABLE, second_table, 0, 0)
    return head + tables + b"".join(text + b"\0" for text in texts)
