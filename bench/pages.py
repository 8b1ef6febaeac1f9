"""The theme page and the result page beside a bare page of the same size, in requests a second."""

from __future__ import annotations

from pathlib import Path

from .client import Reader, hold, sound
from .databases import Databases
from .effort import Effort
from .figures import Figure, ratio_at_least
from .laid import Served
from .rounds import by_turns, median_ratio, medians

LEAST_RATIO = 1.0


def measure(served: Served, databases: Databases, effort: Effort) -> list[Figure]:
    """Both pages, and whether a web worker has loaded what only rendering needs."""
    names = ("theme", "result")
    return [
        *(compare(name, served, databases.kind, effort) for name in names),
        loads_no_renderer(served, databases.kind),
    ]


def compare(name: str, served: Served, kind: str, effort: Effort) -> Figure:
    """Requests a second of one page, with everything that the processes remember remembered."""

    def rate(reader: Reader, path: str) -> float:
        return sound(hold([lambda: reader.get(path)] * effort.clients, effort.round_seconds)).per_second

    def ours() -> float:
        return rate(served.coordinator, served.laid.site[name])

    def bare() -> float:
        return rate(served.bare_reader, served.bare[name])

    pairs = by_turns(ours, bare, effort.rounds)
    own, other = medians(pairs)
    return ratio_at_least(
        f"{name.capitalize()} page, {kind}", f"{own:.0f}/s", f"{other:.0f}/s bare", median_ratio(pairs), LEAST_RATIO
    )


def loads_no_renderer(served: Served, kind: str) -> Figure:
    """Whether Pango, which WeasyPrint loads when it is imported, is in the memory of the server or its workers."""
    server = served.site_web.pid
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    has_renderer = any("libpango" in Path(f"/proc/{pid}/maps").read_text() for pid in [str(server), *workers])
    said = "yes" if has_renderer else "no"
    return Figure(f"WeasyPrint in a web worker, {kind}", said, limit="no", is_met=not has_renderer)
