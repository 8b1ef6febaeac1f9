"""What an answer is, whose voice gives it, and which questions are asked; not what an answer scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .instrument import AGENCIES, Instrument, Question
from .visible_text import says_nothing

NATIONAL = "national"
VOICES: tuple[str, ...] = (NATIONAL, *AGENCIES)

Status = Literal["answered", "not_applicable", "unknown"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document that stands behind an answer: its title and, where it has one, its reference."""

    title: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """One voice's answer to one question.

    `level` is 1 to 5 or None; `basis` is "", "written", "practised" or "both"; `authority` maps an agency to an
    authority option, `areas` a risk area to who holds it; `topics` and `challenges` are option ids in the order given.
    """

    status: Status = "answered"
    level: int | None = None
    basis: str = ""
    narrative: str = ""
    reason: str = ""
    authority: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether the answer is empty; text without visible characters counts as empty."""
        if self == BLANK:
            return True
        is_unseen = says_nothing(self.narrative) and says_nothing(self.reason)
        return is_unseen and replace(self, narrative="", reason="") == BLANK


BLANK = Response()

Responses = Mapping[str, Response]
Voices = Mapping[str, Responses]


def as_given_by(voice: str, response: Response) -> Response:
    """`response` as `voice` may give it: an agency speaks of its own authority alone."""
    if voice == NATIONAL:
        return response
    return replace(response, authority={agency: held for agency, held in response.authority.items() if agency == voice})


def known_authority(question: str, voice: str, voices: Voices) -> dict[str, str]:
    """The authority of each agency that is known to `voice` for `question`, customs first.

    The national voice takes each agency's authority from its own response or, where that is silent, from that
    agency's voice (design: Findings).
    """
    own = voices.get(voice, {}).get(question, BLANK).authority
    known: dict[str, str] = {}
    for agency in AGENCIES:
        value = own.get(agency, "")
        if not value and voice == NATIONAL:
            value = voices.get(agency, {}).get(question, BLANK).authority.get(agency, "")
        if value:
            known[agency] = value
    return known


def is_asked(instrument: Instrument, question: Question, voice: str, voices: Voices) -> bool:
    """Whether `question` is asked of `voice`: always, or, for a follow-up, when its condition holds."""
    condition = question.asked_when
    if condition is None:
        return True
    if condition.authority_in:
        known = known_authority(condition.question, voice, voices)
        return any(value in condition.authority_in for value in known.values())
    parent = instrument.by_code[condition.question]
    if not is_asked(instrument, parent, voice, voices):
        return False
    response = voices.get(voice, {}).get(parent.code, BLANK)
    level = response.level if response.status == "answered" else None
    return level is not None and level >= (condition.at_least or 0)


def holds_answer(question: Question, response: Response) -> bool:
    """Whether `response` counts as an answer: given, known and applicable, with a level where one is asked."""
    if response.status != "answered" or response.is_blank:
        return False
    return response.level is not None or not question.takes_level
