"""Distinguishes people with similar names where they are listed or chosen together."""

from __future__ import annotations

from collections.abc import Iterable

from cpch.isolation import isolate
from diagnostic.core.names import name_key

from .models import User


def name_among(person: User, people: Iterable[User]) -> str:
    """The person's name, with their address if another of `people` has a name that looks the same (0 queries)."""
    key = name_key(person.full_name)
    if any(other.pk != person.pk and name_key(other.full_name) == key for other in people):
        return f"{isolate(person.full_name)} ({isolate(person.email)})"
    return person.full_name
