"""Whether the national answers are complete enough to be attested and submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import workflow
from .instrument import Instrument, Question
from .progress import DONE, QuestionState, question_states
from .responses import NATIONAL, Response, Voices


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether any question is answered, and the questions that must be settled first, in instrument order."""

    has_answers: bool
    unsettled: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        return self.has_answers and not self.unsettled


def has_answers(states: Mapping[str, QuestionState]) -> bool:
    """Whether any question is answered or does not apply; "cannot answer" alone says nothing about the country."""
    return any(state in DONE for state in states.values())


def find_completeness(instrument: Instrument, mode: str, voices: Voices) -> Completeness:
    """The completeness of the national answers in `voices`, from which proposed ones must be left out.

    If two agencies agree on them, every question that is asked must be agreed on or left open: scored, descriptive and
    self-rating questions. A joint session may leave blanks.
    """
    states = question_states(instrument, NATIONAL, voices)
    blank = tuple(code for code, state in states.items() if state == "missing")
    return Completeness(has_answers(states), blank if mode == workflow.SEPARATE else ())


def says_something(question: Question, response: Response) -> bool:
    """Whether `response` settles `question`: a level if one is asked, any content otherwise, or left open."""
    if response.status != "answered":
        return True
    return response.level is not None if question.takes_level else not response.is_blank
