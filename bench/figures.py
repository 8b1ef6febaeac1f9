"""What was measured, line by line, and how the table of it is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TITLES = ("figure", "ours", "beside", "ratio", "limit", "met")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was measured, in words, with what stands beside it and what it has to keep to."""

    name: str
    ours: str
    beside: str = ""
    ratio: str = ""
    limit: str = ""
    is_met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        met = "" if self.is_met is None else "yes" if self.is_met else "NO"
        return (self.name, self.ours, self.beside, self.ratio, self.limit, met)


def at_most(name: str, value: float, limit: float, unit: str = "", digits: int = 0) -> Figure:
    """A value that has to stay within `limit`."""
    said = f"{limit:g} {unit}".strip()
    return Figure(name, f"{value:,.{digits}f} {unit}".strip(), limit=f"<= {said}", is_met=value <= limit)


def ratio_at_most(name: str, ours: str, beside: str, ratio: float, limit: float) -> Figure:
    """A ratio that is the better, the smaller it is."""
    return Figure(name, ours, beside, f"{ratio:.2f}", f"<= {limit:.2f}", ratio <= limit)


def ratio_at_least(name: str, ours: str, beside: str, ratio: float, limit: float) -> Figure:
    """A ratio that is the better, the larger it is."""
    return Figure(name, ours, beside, f"{ratio:.2f}", f">= {limit:.2f}", ratio >= limit)


def table(figures: Iterable[Figure]) -> str:
    """All figures below their titles, every column as wide as its widest cell."""
    rows: list[Sequence[str]] = [TITLES, *(figure.cells() for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(TITLES))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
