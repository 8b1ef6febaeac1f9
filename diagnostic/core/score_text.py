"""A score as report data holds it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .scoring import exact, shown


@dataclass(frozen=True, slots=True)
class Score:
    """A fraction in lowest terms, and as it is shown: rounded down to one decimal."""

    exact: str
    shown: str

    @classmethod
    def of(cls, value: Fraction) -> Score:
        return cls(exact(value), shown(value))

    @property
    def value(self) -> Fraction:
        return Fraction(self.exact)
