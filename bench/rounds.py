"""Measuring two things by turns, so that a busy moment of the machine meets both, and what is said of the pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import TypeVar

Measured = TypeVar("Measured")


def by_turns(
    ours: Callable[[], Measured], beside: Callable[[], Measured], rounds: int
) -> list[tuple[Measured, Measured]]:
    """Measure both `rounds` times, the other one first in every second round; pairs of ours and the other.

    Of several rounds, one before them is not counted: it fills what files and processes remember.
    """
    if rounds > 1:
        ours(), beside()
    pairs = []
    for number in range(rounds):
        if number % 2:
            other = beside()
            pairs.append((ours(), other))
        else:
            own = ours()
            pairs.append((own, beside()))
    return pairs


def median_ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """The median of the pairs' ratios, ours to the other."""
    return median(own / other for own, other in pairs)


def medians(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The median of each side."""
    return median(own for own, _other in pairs), median(other for _own, other in pairs)


def percentile_95(values: Sequence[float]) -> float:
    """The value that 95 of 100 stay within."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
