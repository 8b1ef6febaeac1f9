"""The part of the result page that says what to do: findings, recommendations, the roadmap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from diagnostic.core.findings import Finding
from diagnostic.core.instrument import LEVELS, Instrument, Resource
from diagnostic.core.recommendations import TIERS, Recommendation
from diagnostic.core.result import Result

from . import sentences
from .words import EFFORT_WORDS, LEAD_WORDS, say_level


@dataclass(frozen=True, slots=True)
class Planned:
    """The action of the plan that a recommendation became; `is_open` while somebody is to carry it out."""

    number: int
    url: str
    state: str
    is_open: bool


Plan = Mapping[str, Planned]
"""The actions of a plan by the recommendation that they were made of, the open one where there are several."""

NO_PLAN: Plan = {}


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One recommendation, whole."""

    id: str
    is_blocking: bool
    is_handbook: bool
    tier: str
    text: str
    source: str
    subject: str
    lead: str
    effort: str
    gain: str
    resources: tuple[Resource, ...]
    planned: Planned | None = None


@dataclass(frozen=True, slots=True)
class AdviceGroup:
    """One part of the roadmap."""

    title: str
    rows: tuple[AdviceRow, ...]
    start: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A weakness in the handbook's words, how far it is there, and what answers it."""

    code: str
    status: str
    question: str
    text: str
    agencies: str
    answers: tuple[AdviceRow, ...]


# Recommendations and findings


def build_advice(instrument: Instrument, result: Result, item: Recommendation, plan: Plan = NO_PLAN) -> AdviceRow:
    """One recommendation with its text, its source, what it brings, and what the `plan` made of it."""
    text, lead, effort, resources = _content(instrument, item)
    subject = instrument.theme_by_id[item.theme].name
    if item.question is not None:
        subject = gettext("%(code)s, %(theme)s") % {"code": item.question, "theme": subject}
    return AdviceRow(
        id=item.id,
        is_blocking=item.tier == "blocking",
        is_handbook=item.kind == "handbook",
        tier=sentences.say_tier(item, result),
        text=text,
        source=sentences.say_source(instrument, item),
        subject=subject,
        lead=str(LEAD_WORDS[lead]) if lead else "",
        effort=str(EFFORT_WORDS[effort]) if effort else "",
        gain=sentences.say_gain(item),
        resources=tuple(instrument.resource_by_id[name] for name in resources),
        planned=plan.get(item.id),
    )


def _content(instrument: Instrument, item: Recommendation) -> tuple[str, str, str, tuple[str, ...]]:
    """Text, lead, effort and resources of a recommendation; the handbook names neither lead nor effort."""
    if item.question is None:
        step = instrument.step_by_target[item.theme, item.to_level or 0]
        return step.text, step.lead, step.effort, step.resources
    if item.kind == "guidance":
        guidance = instrument.guidance_by_question[item.question]
        return guidance.text, guidance.lead, guidance.effort, guidance.resources
    solution = instrument.by_code[item.question].solution
    named = tuple(resource.id for resource in instrument.resources if item.question in resource.questions)
    return solution.text if solution else "", "", "", named


def build_roadmap(
    instrument: Instrument, result: Result, items: Sequence[Recommendation], rows: Sequence[AdviceRow]
) -> Iterable[AdviceGroup]:
    """The recommendations by tier, in the order of the scoring rules, numbered through."""
    following = min((result.place.working_level or 0) + 1, LEVELS[-1])
    titles = {
        "blocking": gettext("What blocks level %(level)s") % {"level": say_level(instrument, following)},
        "weakness": gettext("Weaknesses to mend"),
        "next": gettext("Steps towards the target"),
    }
    start = 1
    for tier in TIERS:
        held = tuple(row for item, row in zip(items, rows, strict=True) if item.tier == tier)
        if held:
            yield AdviceGroup(titles[tier], held, start)
            start += len(held)


def build_finding(
    instrument: Instrument, finding: Finding, rows: Sequence[AdviceRow], items: Sequence[Recommendation]
) -> FindingRow:
    """One finding, with those of the recommendations that answer its question."""
    question = instrument.by_code[finding.question]
    return FindingRow(
        code=finding.question,
        status=finding.status,
        question=question.text,
        text=question.weakness.shown if question.weakness else "",
        agencies=sentences.say_agencies(dict(finding.agencies) if finding.agencies else None),
        answers=tuple(row for item, row in zip(items, rows, strict=True) if item.question == finding.question),
    )
