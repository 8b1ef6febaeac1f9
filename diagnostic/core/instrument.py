"""The instrument as frozen data: what is asked, what each level says, what follows from a weakness.

Built from rows or parsed fixtures by `core.instrument_builder`; nothing here reads either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

AGENCIES: tuple[str, ...] = ("customs", "police")
LEVELS: tuple[int, ...] = (1, 2, 3, 4, 5)
BASES: tuple[str, ...] = ("written", "practised", "both")
AREA_HOLDERS: tuple[str, ...] = ("customs", "police", "both", "other", "none")

QuestionKind = Literal["scored", "self_rating", "descriptive"]


@dataclass(frozen=True, slots=True)
class ContinuumLevel:
    """One of the five levels of the continuum (handbook IV.a, Fig. 3)."""

    level: int
    id: str
    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A group of questions that is scored as one; `handbook` names the sections it rests on."""

    id: str
    name: str
    handbook: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a closed list (authority, risk area, training topic, challenge)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Condition:
    """When a follow-up is asked: the parent's level is `at_least`, or a known authority is one of `authority_in`."""

    question: str
    at_least: int | None = None
    authority_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeaknessRule:
    """One part of a weakness's rule: which values of `reads` mean present, and which partial."""

    reads: Literal["level", "authority", "challenges"]
    present: tuple[int | str, ...] = ()
    partial: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weakness:
    """The handbook's own words for a weakness (section X) and the rule that says when it is there."""

    text: str
    rules: tuple[WeaknessRule, ...]
    display: str = ""

    @property
    def shown(self) -> str:
        """The wording a reader sees: the corrected one where there is one."""
        return self.display or self.text

    @property
    def reads_authority(self) -> bool:
        return any(rule.reads == "authority" for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Solution:
    """The handbook's own "possible solution" (section X), and the levels it applies at or up to."""

    text: str
    at_levels: tuple[int, ...] = ()
    until_level: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the diagnostic, by its handbook code; `levels` maps 1 to 5 to the statement."""

    code: str
    theme: str
    kind: QuestionKind
    verbatim: str
    display: str = ""
    note: str = ""
    level_prompt: str = ""
    levels: Mapping[int, str] = field(default_factory=dict)
    asked_when: Condition | None = None
    takes_authority: bool = False
    takes_areas: bool = False
    takes_topics: bool = False
    takes_challenges: bool = False
    is_sensitive: bool = False
    allows_not_applicable: bool = False
    weakness: Weakness | None = None
    solution: Solution | None = None

    @property
    def text(self) -> str:
        """The wording a respondent reads: the corrected one where there is one."""
        return self.display or self.verbatim

    @property
    def is_scored(self) -> bool:
        return self.kind == "scored"

    @property
    def takes_level(self) -> bool:
        return self.kind != "descriptive"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What the handbook's definition of `level` demands: `question` answered `at_least` that high."""

    id: str
    level: int
    question: str
    at_least: int
    because: str


@dataclass(frozen=True, slots=True)
class Guidance:
    """This tool's guidance for a question, built on the handbook's sections in `handbook`."""

    id: str
    question: str
    text: str
    handbook: str
    lead: str
    effort: str
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step up the ladder of a theme, to `to_level`."""

    id: str
    theme: str
    to_level: int
    text: str
    handbook: str
    lead: str
    effort: str
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the handbook with the date it is true for; never shown without it."""

    text: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A tool or programme that the handbook names, with its section."""

    id: str
    name: str
    owners: tuple[str, ...]
    kind: str
    handbook: str
    summary: str
    abbreviation: str = ""
    facts: tuple[Fact, ...] = ()
    since: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    editor_note: tuple[str, ...] = ()


@dataclass(frozen=True)
class Instrument:
    """One version of the diagnostic. Questions, themes and criteria stand in instrument order."""

    id: str
    version: str
    title: str
    source: str
    answering_rule: str
    continuum: tuple[ContinuumLevel, ...]
    themes: tuple[Theme, ...]
    questions: tuple[Question, ...]
    criteria: tuple[Criterion, ...]
    authority_options: tuple[Option, ...]
    risk_areas: tuple[Option, ...]
    training_topics: tuple[Option, ...]
    challenge_kinds: tuple[Option, ...]
    guidance: tuple[Guidance, ...]
    next_steps: tuple[NextStep, ...]
    resources: tuple[Resource, ...]

    @cached_property
    def by_code(self) -> dict[str, Question]:
        return {question.code: question for question in self.questions}

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each question, by its code, from 0."""
        return {question.code: place for place, question in enumerate(self.questions)}

    @cached_property
    def by_theme(self) -> dict[str, tuple[Question, ...]]:
        return {
            theme.id: tuple(question for question in self.questions if question.theme == theme.id)
            for theme in self.themes
        }

    @cached_property
    def theme_by_id(self) -> dict[str, Theme]:
        return {theme.id: theme for theme in self.themes}

    @cached_property
    def scored(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.is_scored)

    @cached_property
    def guidance_by_question(self) -> dict[str, Guidance]:
        return {item.question: item for item in self.guidance}

    @cached_property
    def step_by_target(self) -> dict[tuple[str, int], NextStep]:
        """Next steps by theme and the level they lead to."""
        return {(step.theme, step.to_level): step for step in self.next_steps}

    @cached_property
    def resource_by_id(self) -> dict[str, Resource]:
        return {resource.id: resource for resource in self.resources}

    @cached_property
    def follow_ups(self) -> dict[str, tuple[Question, ...]]:
        """The follow-ups of each question that has any, by the parent's code."""
        found: dict[str, list[Question]] = {}
        for question in self.questions:
            if question.asked_when:
                found.setdefault(question.asked_when.question, []).append(question)
        return {code: tuple(questions) for code, questions in found.items()}

    def parents_of(self, question: Question) -> tuple[str, ...]:
        """The codes of the questions that `question` follows, the nearest first; none for one that is always asked."""
        found: list[str] = []
        while question.asked_when:
            question = self.by_code[question.asked_when.question]
            found.append(question.code)
        return tuple(found)

    def level_name(self, level: int) -> str:
        """The name of a level of the continuum, 1 to 5."""
        return self.continuum[level - 1].name

    @cached_property
    def text(self) -> str:
        """This version in full, as canonical JSON; `instrument_text.read_instrument` reads it."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of `text`."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not part of an instrument: {type(value).__name__}")
