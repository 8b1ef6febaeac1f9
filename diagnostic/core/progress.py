"""How far a voice has come: the state of each question, of each theme, and what is still missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from .instrument import Instrument, Question
from .responses import BLANK, Response, Voices, is_asked

QuestionState = Literal["answered", "missing", "proposed", "unknown", "not_applicable", "not_asked"]
ThemeState = Literal["completed", "in_progress", "not_started"]

DONE: tuple[QuestionState, ...] = ("answered", "not_applicable")


@dataclass(frozen=True, slots=True)
class ThemeProgress:
    """How many of a theme's asked questions are done, and the theme's state."""

    theme: str
    asked: tuple[str, ...]
    done: int
    state: ThemeState


def question_states(
    instrument: Instrument, voice: str, voices: Voices, proposed: Collection[str] = ()
) -> dict[str, QuestionState]:
    """The state of every question for `voice`, in instrument order; `proposed` are answers that do not count yet."""
    responses = voices.get(voice, {})
    states: dict[str, QuestionState] = {}
    for question in instrument.questions:
        code = question.code
        if not is_asked(instrument, question, voice, voices):
            states[code] = "not_asked"
        else:
            states[code] = "proposed" if code in proposed else _state(question, responses.get(code, BLANK))
    return states


def _state(question: Question, response: Response) -> QuestionState:
    if response.status != "answered":
        return response.status
    if question.takes_level:
        return "missing" if response.level is None else "answered"
    return "missing" if response.is_blank else "answered"


def theme_progress(instrument: Instrument, states: Mapping[str, QuestionState]) -> tuple[ThemeProgress, ...]:
    """How far each theme has come; "cannot answer" is begun and not done."""
    found = []
    for theme in instrument.themes:
        asked = tuple(
            question.code for question in instrument.by_theme[theme.id] if states[question.code] != "not_asked"
        )
        done = sum(states[code] in DONE for code in asked)
        begun = any(states[code] != "missing" for code in asked)
        state: ThemeState = "completed" if done == len(asked) else "in_progress" if begun else "not_started"
        found.append(ThemeProgress(theme.id, asked, done, state))
    return tuple(found)


def find_missing(states: Mapping[str, QuestionState]) -> tuple[str, ...]:
    """The asked questions that are blank, in progress or cannot be answered now; the last ones at the end."""
    blank = [code for code, state in states.items() if state in ("missing", "proposed")]
    unknown = [code for code, state in states.items() if state == "unknown"]
    return (*blank, *unknown)


def find_gaps(states: Mapping[str, QuestionState]) -> dict[str, str]:
    """The asked questions that are blank ("missing") or cannot be answered now ("unknown"), blank ones first."""
    return {code: states[code] for code in find_missing(states)}


def write_gaps(gaps: Mapping[str, str]) -> str:
    """`gaps` in one line, such as "A.14.2=missing A.12=unknown", to be sent along with a confirmation of them."""
    return " ".join(f"{code}={state}" for code, state in gaps.items())


def read_gaps(text: str) -> dict[str, str]:
    """What `write_gaps` wrote; parts of another form are left out."""
    parts = (part.partition("=") for part in text.split())
    return {code: state for code, equals, state in parts if code and equals and state}


def with_follow_ups(instrument: Instrument, codes: Collection[str]) -> frozenset[str]:
    """`codes` and every follow-up below them: what opens again when these questions do."""
    found: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(question.code for question in instrument.follow_ups.get(code, ()))
    return frozenset(found)
