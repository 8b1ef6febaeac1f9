"""The result as JSON (design: Interchange, Output): its members, their order, and how fractions are written."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .comparison import Agreement
from .instrument import Instrument
from .result import Result
from .scoring import SCORING_VERSION, exact, shown

FORMAT = "cpch-result"
FORMAT_VERSION = 1


def result_to_json(result: Result, instrument: Instrument, country: str, period: str) -> dict[str, Any]:
    """`result` as the value that `assess` prints and a submission freezes."""
    place = result.place
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "instrument": instrument.id,
        "instrument_version": instrument.version,
        "scoring_version": SCORING_VERSION,
        "country": country,
        "period": period,
        "voice": result.voice,
        "target_level": result.target_level,
        "level": result.level,
        "working_level": place.working_level,
        "index": _fraction(place.index),
        "index_level": place.index_level,
        "lowest_level": result.range.lowest_level,
        "highest_level": result.range.highest_level,
        "provisional": result.range.is_provisional,
        "index_low": _fraction(result.range.index_low),
        "index_high": _fraction(result.range.index_high),
        "coverage": result.coverage,
        "not_counted": list(result.not_counted),
        "themes": [{"id": item.theme, "score": _fraction(item.score), "level": item.level} for item in place.themes],
        "criteria": [{"id": item.criterion.id, "state": item.state} for item in place.criteria],
        "findings": [
            {
                "question": item.question,
                "status": item.status,
                "agencies": None if item.agencies is None else dict(item.agencies),
            }
            for item in result.findings
        ],
        "recommendations": [
            {
                "id": item.id,
                "kind": item.kind,
                "tier": item.tier,
                "question": item.question,
                "theme": item.theme,
                "to_level": item.to_level,
            }
            for item in result.recommendations
        ],
        "self_rating": None
        if result.self_rating is None
        else {"level": result.self_rating.level, "difference": result.self_rating.difference},
        "agreement": agreement_to_json(result.agreement),
    }


def _fraction(value: Fraction | None) -> dict[str, str] | None:
    return None if value is None else {"exact": exact(value), "shown": shown(value)}


def agreement_to_json(agreement: Agreement | None) -> dict[str, Any] | None:
    """How far customs and police agree, as a member of the result; None where nothing can be compared."""
    if agreement is None:
        return None
    return {
        "compared": agreement.compared,
        "equal": agreement.equal,
        "within_one": agreement.within_one,
        "mean_difference": _fraction(agreement.mean_difference),
        "differences": [
            {"question": item.question, "customs": item.customs, "police": item.police}
            for item in agreement.differences
        ],
    }
