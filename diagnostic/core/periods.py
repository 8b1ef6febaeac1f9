"""A country's results over its periods, as it handed them in; what was frozen is read and never scored again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """Level, index and theme scores of one period; None where nothing is stated. `rules` names what they rest on."""

    period: str
    level: int | None
    index: Fraction | None
    scores: Mapping[str, Fraction | None]
    rules: tuple[str, str, int]


def read_period(snapshot: Mapping[str, Any]) -> PeriodResult:
    """The result that the snapshot of a submission holds."""
    result = snapshot["result"]
    return PeriodResult(
        period=result["period"],
        level=result["level"],
        index=_fraction(result["index"]),
        scores={item["id"]: _fraction(item["score"]) for item in result["themes"]},
        rules=(result["instrument"], result["instrument_version"], result["scoring_version"]),
    )


def has_one_rule(periods: Sequence[PeriodResult]) -> bool:
    """Whether all results rest on the same instrument version and scoring version, so that figures can be compared."""
    return len({period.rules for period in periods}) <= 1


def find_change(scores: Sequence[Fraction | None]) -> Fraction | None:
    """What the last score is above or below the one before it; None where either is not there."""
    if len(scores) < 2 or scores[-1] is None or scores[-2] is None:
        return None
    return scores[-1] - scores[-2]


def _fraction(value: Mapping[str, str] | None) -> Fraction | None:
    return None if value is None else Fraction(value["exact"])
