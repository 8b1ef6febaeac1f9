"""Finds and replaces a person's name in the text that says who is responsible for an action of the plan."""

from __future__ import annotations

import re

from .action_plan import MAX_RESPONSIBLE
from .names import UNSEEN, write_name

AROUND = " ,;:/–-"
"""What separates a name from the rest of the text, and is left over once the name is gone."""


def names_person(responsible: str, full_name: str) -> bool:
    """Whether `responsible` contains the person's name, never as part of another word.

    Case, spacing and invisible characters are ignored.
    """
    return _find(responsible, full_name) is not None


def hand_to(responsible: str, full_name: str, successor: str) -> str:
    """`responsible` with `full_name` replaced by the name of `successor`, and the rest unchanged.

    If that would be too long, or `full_name` is not in it, the result is the successor's name alone.
    """
    found = _find(responsible, full_name)
    if found is None:
        return successor[:MAX_RESPONSIBLE]
    text = write_name(responsible)
    changed = text[: found.start()] + successor + text[found.end() :]
    return changed if len(changed) <= MAX_RESPONSIBLE else successor[:MAX_RESPONSIBLE]


def let_go(responsible: str, full_name: str) -> str:
    """`responsible` without the name; "" if nothing else is left."""
    found = _find(responsible, full_name)
    if found is None:
        return responsible
    text = write_name(responsible)
    before, after = text[: found.start()].rstrip(AROUND), text[found.end() :].lstrip(AROUND)
    return ", ".join(part for part in (before, after) if part).strip()


def _find(responsible: str, full_name: str) -> re.Match[str] | None:
    name = re.sub(UNSEEN, "", write_name(full_name))
    if not name:
        return None
    pattern = f"{UNSEEN}*".join(re.escape(letter) for letter in name)
    return re.search(rf"(?<!\w){pattern}(?!\w)", write_name(responsible), re.IGNORECASE)
