"""A country's results over its periods, as it handed them in; what was frozen is read and never scored again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .report_follow_up import PeriodLine, ThemePoint
from .score_text import Score
from .scoring import level_of


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


def to_period_line(period: PeriodResult) -> PeriodLine:
    """`period` as the report tells it."""
    return PeriodLine(
        period=period.period,
        level=period.level,
        index=None if period.index is None else Score.of(period.index),
        themes=tuple(theme_point(theme, value) for theme, value in period.scores.items()),
        rules=say_rules(*period.rules),
    )


def theme_point(theme: str, value: Fraction | None) -> ThemePoint:
    """One theme's score with the level in whose band it lies."""
    return ThemePoint(theme, None if value is None else Score.of(value), None if value is None else level_of(value))


def say_rules(instrument: str, instrument_version: str, scoring_version: int) -> str:
    """The versions that a result rests on, as one name."""
    return f"{instrument} {instrument_version}/{scoring_version}"


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
