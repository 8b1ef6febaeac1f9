"""The queries of the pages that have a limit; that many rows change nothing is asserted in the tests."""

from __future__ import annotations

from .databases import Databases
from .figures import Figure, at_most
from .laid import Laid

NAMES = {
    "theme": ("Queries, theme page", 7),
    "save": ("Queries, save of one answer", 10),
    "result": ("Queries, result page", 8),
    "queue": ("Queries, review queue", 6),
}


def measure(laid: Laid, databases: Databases) -> list[Figure]:
    """Each page asked once with nothing remembered but the instrument."""
    counted = laid.inside("count_queries", laid.site)
    return [at_most(f"{name}, {databases.kind}", counted[page], limit) for page, (name, limit) in NAMES.items()]
