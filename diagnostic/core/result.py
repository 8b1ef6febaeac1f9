"""Everything the diagnostic says of one voice, in one value: `score`, and `project` for what-if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .comparison import Agreement, find_agreement
from .findings import Finding, find_findings
from .instrument import Instrument
from .recommendations import Recommendation, find_blocking, find_recommendations, target_in_force
from .responses import BLANK, NATIONAL, Response, Voices
from .scoring import (
    STATES,
    Place,
    Range,
    Standings,
    find_not_counted,
    find_place,
    find_range,
    find_standings,
    stated_level,
)


@dataclass(frozen=True, slots=True)
class SelfRating:
    """The respondents' own rating (A.18); `difference` is the rating minus the level, None while that is not stated."""

    level: int
    difference: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one voice. `level` is None while it is not stated; `range` says what is still open."""

    voice: str
    target_level: int | None
    level: int | None
    place: Place
    range: Range
    standings: Standings
    not_counted: tuple[str, ...]
    findings: tuple[Finding, ...]
    recommendations: tuple[Recommendation, ...]
    blocking: frozenset[str]
    self_rating: SelfRating | None
    agreement: Agreement | None

    @property
    def coverage(self) -> dict[str, int]:
        """How many of the scored questions are answered, implied, not applicable, unknown and blank."""
        states = [standing.state for standing in self.standings.values()]
        return {"scored": len(states), **{state: states.count(state) for state in STATES}}


@dataclass(frozen=True, slots=True)
class Change:
    """What a what-if changes of one response: its level, its basis, or both."""

    level: int | None = None
    basis: str | None = None


def score(instrument: Instrument, voices: Voices, voice: str = NATIONAL, target_level: int | None = None) -> Result:
    """Score `voice` by the rules of the design (Scoring); `target_level` is the country's own choice, or None."""
    standings = find_standings(instrument, voice, voices)
    place = find_place(instrument, standings)
    level = stated_level(standings, place)
    target = target_in_force(target_level, place.working_level)
    findings = find_findings(instrument, voice, voices)
    return Result(
        voice=voice,
        target_level=target,
        level=level,
        place=place,
        range=find_range(instrument, standings),
        standings=standings,
        not_counted=find_not_counted(instrument, voice, voices),
        findings=findings,
        recommendations=find_recommendations(instrument, voice, voices, standings, place, findings, target),
        blocking=find_blocking(place, target),
        self_rating=_self_rating(instrument, voice, voices, level),
        agreement=find_agreement(instrument, voices),
    )


def _self_rating(instrument: Instrument, voice: str, voices: Voices, level: int | None) -> SelfRating | None:
    question = next((question for question in instrument.questions if question.kind == "self_rating"), None)
    if question is None:
        return None
    response = voices.get(voice, {}).get(question.code, BLANK)
    if response.status != "answered" or response.level is None:
        return None
    return SelfRating(response.level, None if level is None else response.level - level)


def project(
    instrument: Instrument,
    voices: Voices,
    changes: Mapping[str, Change],
    voice: str = NATIONAL,
    target_level: int | None = None,
) -> Result:
    """Score the same responses with `changes`, by question code, applied (design: What if).

    A changed question becomes answered; a target that was chosen stays, one that was not is computed anew.
    Raises `KeyError` for an unknown code.
    """
    return score(instrument, apply_changes(instrument, voices, changes, voice), voice, target_level)


def apply_changes(
    instrument: Instrument, voices: Voices, changes: Mapping[str, Change], voice: str = NATIONAL
) -> Voices:
    """The responses with `changes`, by question code, applied to `voice`. Raises `KeyError` for an unknown code."""
    responses = dict(voices.get(voice, {}))
    for code, change in changes.items():
        responses[instrument.by_code[code].code] = _changed(responses.get(code, BLANK), change)
    return {**voices, voice: responses}


def _changed(response: Response, change: Change) -> Response:
    return replace(
        response,
        status="answered",
        reason="",
        level=response.level if change.level is None else change.level,
        basis=response.basis if change.basis is None else change.basis,
    )
