"""Finds and replaces a person's name in the text that says who is responsible for an action of the plan."""

from __future__ import annotations

import re
import unicodedata

from .action_plan import MAX_RESPONSIBLE

AROUND = " ,;:/–-"
"""What separates a name from the rest of the text, and is left over once the name is gone."""
UNSEEN = "[\u200c\u200d\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
"""What a name may hold that nobody sees (`names`): with and without it, readers take it for the same name."""


def names_person(responsible: str, full_name: str) -> bool:
    """Whether `responsible` contains the person's name, never as part of another word.

    Case, spacing and what nobody sees are ignored.
    """
    return _find(responsible, full_name) is not None


def hand_to(responsible: str, full_name: str, successor: str) -> str:
    """`responsible` with `full_name` replaced by the name of `successor`, and the rest unchanged.

    If that would be too long, or `full_name` is not in it, the result is the successor's name alone.
    """
    found = _find(responsible, full_name)
    if found is None:
        return successor[:MAX_RESPONSIBLE]
    text = _plain(responsible)
    changed = text[: found.start()] + successor + text[found.end() :]
    return changed if len(changed) <= MAX_RESPONSIBLE else successor[:MAX_RESPONSIBLE]


def let_go(responsible: str, full_name: str) -> str:
    """`responsible` without the name; "" if nothing else is left."""
    found = _find(responsible, full_name)
    if found is None:
        return responsible
    text = _plain(responsible)
    before, after = text[: found.start()].rstrip(AROUND), text[found.end() :].lstrip(AROUND)
    return ", ".join(part for part in (before, after) if part).strip()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _find(responsible: str, full_name: str) -> re.Match[str] | None:
    name = re.sub(UNSEEN, "", _plain(full_name))
    if not name:
        return None
    pattern = f"{UNSEEN}*".join(re.escape(letter) for letter in name)
    return re.search(rf"(?<!\w){pattern}(?!\w)", _plain(responsible), re.IGNORECASE)
