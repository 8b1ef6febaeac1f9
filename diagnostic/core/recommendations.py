"""What findings and levels recommend, and in which order (design: Recommendations)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .findings import Finding, gives_findings
from .instrument import LEVELS, Instrument, Question
from .responses import BLANK, Response, Voices, known_authority
from .scoring import Place, Standings

Kind = Literal["handbook", "guidance", "next_step"]
Tier = Literal["blocking", "weakness", "next"]

KINDS: tuple[Kind, ...] = ("handbook", "guidance", "next_step")
TIERS: tuple[Tier, ...] = ("blocking", "weakness", "next")
WEAKNESS_FIRST = ("present", "partial", "none")
GUIDANCE_LEVELS = (1, 2)
GUIDANCE_AUTHORITY = ("none", "relies")


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One thing to do. `question` is None for a next step, `to_level` None for the others.

    `stage` is the place of a step among its theme's steps, 0 for the rest; `gain` is what reaching the target would
    add to the theme's score; `weakness` is "present", "partial" or "none". `is_gain_told` is False where its reader may
    not learn the gain, for it tells how many questions count.
    """

    id: str
    kind: Kind
    tier: Tier
    question: str | None
    theme: str
    to_level: int | None
    stage: int
    gain: Fraction
    weakness: str
    is_gain_told: bool = True


@dataclass(frozen=True, slots=True)
class _Case:
    """What every rule below looks at."""

    instrument: Instrument
    voice: str
    voices: Voices
    standings: Standings
    place: Place
    weaknesses: dict[str, str]
    target: int | None


def target_in_force(chosen: int | None, working_level: int | None) -> int | None:
    """The country's own choice; unset, the working level + 1, at most 5; None where there is neither."""
    if chosen is not None or working_level is None:
        return chosen
    return min(working_level + 1, LEVELS[-1])


def find_blocking(place: Place, target: int | None) -> frozenset[str]:
    """The questions with an unmet criterion of the working level + 1, where the target is above the working level."""
    if place.working_level is None or target is None or target <= place.working_level:
        return frozenset()
    return frozenset(
        item.criterion.question
        for item in place.criteria
        if item.state == "unmet" and item.criterion.level == place.working_level + 1
    )


def find_recommendations(
    instrument: Instrument,
    voice: str,
    voices: Voices,
    standings: Standings,
    place: Place,
    findings: Iterable[Finding],
    target: int | None,
) -> tuple[Recommendation, ...]:
    """Every recommendation for `voice`, what moves a country most first."""
    weaknesses = {finding.question: str(finding.status) for finding in findings}
    case = _Case(instrument, voice, voices, standings, place, weaknesses, target)
    found = [*_for_questions(case), *_for_themes(case)]
    order = {theme.id: _first_place(instrument, theme.id) for theme in instrument.themes}

    def key(item: Recommendation) -> tuple[int, int, Fraction, int, int, int]:
        return (
            TIERS.index(item.tier),
            item.stage,
            -item.gain,
            WEAKNESS_FIRST.index(item.weakness),
            instrument.order[item.question] if item.question else order[item.theme],
            KINDS.index(item.kind),
        )

    return tuple(sorted(found, key=key))


def _first_place(instrument: Instrument, theme: str) -> int:
    questions = instrument.by_theme[theme]
    return instrument.order[questions[0].code] if questions else len(instrument.questions)


def _for_questions(case: _Case) -> list[Recommendation]:
    found: list[Recommendation] = []
    blocking = find_blocking(case.place, case.target)
    for question in case.instrument.questions:
        if not gives_findings(case.instrument, question, case.voice, case.voices):
            continue
        response = case.voices.get(case.voice, {}).get(question.code, BLANK)
        kinds: list[tuple[Kind, str]] = []
        if _applies_handbook(case, question, response):
            kinds.append(("handbook", f"S-{question.code}"))
        if _applies_guidance(case, question, response):
            kinds.append(("guidance", case.instrument.guidance_by_question[question.code].id))
        tier: Tier = "blocking" if question.code in blocking else "weakness"
        gain, weakness = _question_gain(case, question), case.weaknesses.get(question.code, "none")
        found.extend(
            Recommendation(code, kind, tier, question.code, question.theme, None, 0, gain, weakness)
            for kind, code in kinds
        )
    return found


def _applies_handbook(case: _Case, question: Question, response: Response) -> bool:
    solution = question.solution
    if solution is None:
        return False
    if solution.until_level is not None and response.level is not None and response.level > solution.until_level:
        return False
    return question.code in case.weaknesses or response.level in solution.at_levels


def _applies_guidance(case: _Case, question: Question, response: Response) -> bool:
    if question.code not in case.instrument.guidance_by_question:
        return False
    if response.level is not None and response.level not in GUIDANCE_LEVELS:
        return False
    if question.weakness is not None:
        return question.code in case.weaknesses
    known = known_authority(question.code, case.voice, case.voices)
    return response.level in GUIDANCE_LEVELS or any(value in GUIDANCE_AUTHORITY for value in known.values())


def _question_gain(case: _Case, question: Question) -> Fraction:
    standing = case.standings.get(question.code)
    if standing is None or standing.level is None or case.target is None:
        return Fraction(0)
    counted = next(theme.counted for theme in case.place.themes if theme.theme == question.theme)
    return max(Fraction(case.target - standing.level, counted), Fraction(0))


def _for_themes(case: _Case) -> list[Recommendation]:
    if case.target is None:
        return []
    blocking = find_blocking(case.place, case.target)
    blocking_themes = {case.instrument.by_code[code].theme for code in blocking}
    next_level = (case.place.working_level or 0) + 1
    found: list[Recommendation] = []
    for theme in case.place.themes:
        gain = max(case.target - theme.score, Fraction(0)) if theme.score is not None else Fraction(0)
        for stage, level in enumerate(_step_levels(case, theme.theme, theme.level)):
            step = case.instrument.step_by_target[theme.theme, level]
            tier: Tier = "blocking" if theme.theme in blocking_themes and level <= next_level else "next"
            found.append(Recommendation(step.id, "next_step", tier, None, theme.theme, level, stage, gain, "none"))
    return found


def _step_levels(case: _Case, theme: str, level: int | None) -> list[int]:
    assert case.target is not None
    wanted = set(range(level + 1, case.target + 1)) if level is not None else set()
    wanted |= {
        item.criterion.level
        for item in case.place.criteria
        if item.state == "unmet"
        and item.criterion.level <= case.target
        and case.instrument.by_code[item.criterion.question].theme == theme
    }
    return sorted(wanted)
