"""Writes the heads of all chains to a file, to be kept out of reach of the database's writers, and checks them later.

The file is JSON Lines, one line for each log and for each assessment's answers, so that writing and reading it need
constant memory. The last line counts the others, which detects a truncated file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from diagnostic.models import Assessment, AuditChain, AuditEntry
from diagnostic.queries import load_heads

from .revision_check import CHUNK, find_missing, list_answers

FORMAT = {"format": "cpch-heads", "format_version": 1}
Line = dict[str, Any]


class Unusable(Exception):
    """The file cannot be written, or was not written by this module; the message says why."""


def write(file: Path) -> None:
    """Write the head of every chain to a new `file`. Raises `Unusable`."""
    try:
        with file.open("x", encoding="utf-8") as written:
            count = 0
            for line in _lines():
                written.write(json.dumps(line) + "\n")
                count += 1
            written.write(json.dumps({"lines": count}) + "\n")
    except OSError as error:
        raise Unusable(f"{file} cannot be written, or is there already: name a new file.") from error


def _lines() -> Iterator[Line]:
    yield FORMAT
    for chain in AuditChain.objects.order_by("pk").iterator(CHUNK):
        whose = {"assessment": str(chain.assessment_id or ""), "sealed_for": chain.sealed_for}
        yield {**whose, "length": chain.length, "head": chain.head}
    for assessment in Assessment.objects.order_by("pk").iterator(CHUNK):
        yield {"assessment": str(assessment.pk), "answers": load_heads(assessment)}


def read(file: Path) -> Iterator[Line]:
    """The lines of `file` that name heads. Raises `Unusable` at the first invalid line, or at the end."""
    count, is_whole = 0, False
    try:
        with file.open(encoding="utf-8") as lines:
            for text in lines:
                line = json.loads(text)
                if is_whole or (count == 0 and line != FORMAT):
                    raise ValueError
                if "lines" in line:
                    is_whole = line["lines"] == count
                    continue
                if count:
                    yield _checked(line)
                count += 1
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unusable(f"{file} is no file that --keep-heads wrote.") from error
    if not is_whole:
        raise Unusable(f"{file} is no file that --keep-heads wrote, or it was cut short.")


def _checked(line: Line) -> Line:
    """Parse and check `line`. Raises `ValueError`, `TypeError`, `KeyError` or `AttributeError`."""
    key = str(UUID(line["assessment"])) if line["assessment"] else ""
    if "answers" in line:
        answers = {
            str(voice): {str(code): str(head) for code, head in held.items()} for voice, held in line["answers"].items()
        }
        return {"assessment": key, "answers": answers}
    return {
        "assessment": key,
        "sealed_for": str(line["sealed_for"]),
        "length": int(line["length"]),
        "head": str(line["head"]),
    }


def find_lost(lines: Iterator[Line]) -> Iterator[tuple[str, str]]:
    """The heads named in `lines` that no chain contains any more: the assessment ("" outside any), and a description.

    1 query a line.
    """
    for line in lines:
        key = line["assessment"]
        if "answers" in line:
            missing = find_missing(UUID(key), line["answers"])
            if missing:
                yield key, f"a revision that was kept is not there: {list_answers(missing)}"
        elif line["length"] and _hash_at(key, line["sealed_for"], line["length"]) != line["head"]:
            yield key, _("entry %(number)s is not the one that was kept") % {"number": line["length"]}


def _hash_at(key: str, sealed_for: str, number: int) -> str | None:
    chain = AuditChain.objects.filter(assessment=key or None, sealed_for=sealed_for)
    return AuditEntry.objects.filter(chain__in=chain, number=number).values_list("hash", flat=True).first()
