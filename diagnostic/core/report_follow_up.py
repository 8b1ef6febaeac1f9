"""The parts of a report that the answers alone do not give: earlier periods, what was said in review, and the plan.

Times are ISO 8601 with their offset, dates ISO 8601, "" where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .score_text import Score

Side = Literal["secretariat", "country"]
RemarkKind = Literal["return", "acceptance", "clarification", "comment", "opinion", "reply"]


@dataclass(frozen=True, slots=True)
class RespondentLine:
    """How many people saved answers in one voice."""

    voice: str
    people: int


@dataclass(frozen=True, slots=True)
class ThemePoint:
    """One theme in one period; None where it has no score."""

    theme: str
    score: Score | None
    level: int | None


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """Where the country stood in one period, as its last submission of that period froze it.

    `rules` names the versions of instrument and scoring: figures are comparable where it is the same.
    """

    period: str
    level: int | None
    index: Score | None
    themes: tuple[ThemePoint, ...]
    rules: str = ""


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action of the plan; `number` is its own within the country's plan.

    It rests on `recommendation` (by id) and so on a `question` or on a `theme` and `to_level`; a free action may name
    none of them. `level_before` is the level of what it rests on when it was planned, `level_now` in this report.
    """

    number: int
    title: str
    recommendation: str
    question: str
    theme: str
    to_level: int | None
    lead: str
    support: str
    responsible: str
    due_on: str
    state: str
    reason: str
    proof: str
    level_before: int | None = None
    level_now: int | None = None


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """What the secretariat or the country wrote about submission `number`, shared between the two.

    `question` is "" where it is about the whole; `level` is the one that an opinion gives, `country_level` the one that
    the country handed in then, `answers_to` the position in the report's remarks of what it replies to. `agency` is
    that of the writer, "" for the secretariat's.
    """

    number: int
    question: str
    kind: RemarkKind
    side: Side
    by: str
    at: str
    text: str
    level: int | None = None
    answers_to: int | None = None
    agency: str = ""
    country_level: int | None = None
