"""Which of the handbook's weaknesses an answer shows (design: Findings); not what to do about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from .instrument import Instrument, Question, Weakness, WeaknessRule
from .responses import BLANK, Response, Voices, is_asked, known_authority

Presence = Literal["absent", "partial", "present"]
WORST_LAST: tuple[Presence, ...] = ("absent", "partial", "present")


@dataclass(frozen=True, slots=True)
class Finding:
    """A weakness that is present or partial.

    `agencies` gives the state of each agency whose authority is known, or None where the rule does not read authority.
    """

    question: str
    status: Presence
    agencies: Mapping[str, Presence] | None


def find_findings(instrument: Instrument, voice: str, voices: Voices) -> tuple[Finding, ...]:
    """The findings of `voice`, in question order."""
    found = (_finding(instrument, question, voice, voices) for question in instrument.questions)
    return tuple(finding for finding in found if finding is not None)


def gives_findings(instrument: Instrument, question: Question, voice: str, voices: Voices) -> bool:
    """Whether `question` can show anything: it is asked, and its response is neither unknown nor not applicable."""
    response = voices.get(voice, {}).get(question.code, BLANK)
    return response.status == "answered" and is_asked(instrument, question, voice, voices)


def _finding(instrument: Instrument, question: Question, voice: str, voices: Voices) -> Finding | None:
    weakness = question.weakness
    if weakness is None or not gives_findings(instrument, question, voice, voices):
        return None
    response = voices.get(voice, {}).get(question.code, BLANK)
    agencies = _agencies(weakness, known_authority(question.code, voice, voices))
    states = [_state(rule, _values(rule, response)) for rule in weakness.rules if rule.reads != "authority"]
    status = _worst([*states, *(agencies or {}).values()])
    return None if status == "absent" else Finding(question.code, status, agencies)


def _agencies(weakness: Weakness, authority: Mapping[str, str]) -> dict[str, Presence] | None:
    rules = [rule for rule in weakness.rules if rule.reads == "authority"]
    if not rules:
        return None
    return {agency: _worst(_state(rule, [value]) for rule in rules) for agency, value in authority.items()}


def _values(rule: WeaknessRule, response: Response) -> list[int | str]:
    if rule.reads == "challenges":
        return list(response.challenges)
    return [] if response.level is None else [response.level]


def _state(rule: WeaknessRule, values: Iterable[int | str]) -> Presence:
    given = set(values)
    if given & set(rule.present):
        return "present"
    return "partial" if given & set(rule.partial) else "absent"


def _worst(states: Iterable[Presence]) -> Presence:
    return max(states, key=WORST_LAST.index, default="absent")
