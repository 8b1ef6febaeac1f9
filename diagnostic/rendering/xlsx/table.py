"""A sheet of a workbook as plain data: columns that know what stands in them, and rows; nothing of a file format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from diagnostic.core.score_text import Score

Kind = Literal["text", "number", "score", "day", "moment"]
Value = str | int | float | date | datetime | None
NARROW, MIDDLE, WIDE, PROSE = 10, 18, 34, 70
"""Widths of columns, in letters."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; a `score` is a number with one decimal, a `moment` is in UTC."""

    title: str
    width: int = MIDDLE
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet; `says` tells on the first sheet what it holds. The first `keys` columns say what a row is about."""

    name: str
    says: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    keys: int = 1


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook: the first sheet tells `facts`, term and value, then lists the tables; empty tables are left out.

    `marking` and `subject` stand on every sheet and on every printed page, `notes` below the facts.
    """

    name: str
    title: str
    subject: str
    marking: str
    facts: tuple[tuple[str, Value], ...]
    notes: tuple[str, ...]
    tables: tuple[Table, ...]


def make_table(
    name: str, says: str, columns: Iterable[Column], rows: Iterable[tuple[Value, ...]], keys: int = 1
) -> Table:
    """A table of what is given, in order."""
    return Table(name, says, tuple(columns), tuple(rows), keys)


def number_of(score: Score | None) -> float | None:
    """A score as it is shown, as a number; None where there is none."""
    return None if score is None else float(score.shown)


def exact_of(score: Score | None) -> str:
    """A score as a fraction in lowest terms; "" where there is none."""
    return "" if score is None else score.exact


def day_of(day: str) -> date | None:
    """An ISO date as a date; None for ""."""
    return date.fromisoformat(day) if day else None


def moment_of(moment: str) -> datetime | None:
    """An ISO time with its offset as UTC without one, which is all that a cell can hold; None for ""."""
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None) if moment else None
