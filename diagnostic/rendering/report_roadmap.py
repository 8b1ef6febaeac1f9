"""The report's findings and its roadmap, as rows for its templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import RecommendationLine, Report
from diagnostic.core.result import Result

from . import sentences
from .report_core import recommendation_of
from .words import AGENCY_WORDS, EFFORT_WORDS, LEAD_WORDS, PRESENCE_WORDS, capitalised, say_level


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One recommendation; `is_handbook` says that the words are the handbook's own."""

    rank: int
    text: str
    is_handbook: bool
    source: str
    tier: str
    is_blocking: bool
    subject: str
    lead: str
    effort: str
    gain: str
    resources: str


@dataclass(frozen=True, slots=True)
class RoadmapGroup:
    title: str
    rows: tuple[AdviceRow, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A weakness; `original` is the handbook's wording where `weakness` corrects it."""

    code: str
    question: str
    status: str
    presence: str
    weakness: str
    original: str
    agencies: str
    solutions: tuple[AdviceRow, ...]


def build_advice(instrument: Instrument, result: Result, line: RecommendationLine) -> AdviceRow:
    """One recommendation in words."""
    item = recommendation_of(line)
    theme = instrument.theme_by_id[line.theme].name
    return AdviceRow(
        rank=line.rank,
        text=line.text,
        is_handbook=line.kind == "handbook",
        source=sentences.say_source(instrument, item),
        tier=sentences.say_tier(item, result),
        is_blocking=line.tier == "blocking",
        subject=f"{line.question}, {theme}" if line.question else theme,
        lead=str(LEAD_WORDS.get(line.lead, "")),
        effort=str(EFFORT_WORDS.get(line.effort, "")),
        gain=sentences.say_gain(item),
        resources="; ".join(resource.name for resource in line.resources),
    )


def build_findings(report: Report, advice: Mapping[int, AdviceRow]) -> Iterable[FindingRow]:
    """Every weakness that is present or partial, with what is recommended for it."""
    for finding in report.findings:
        yield FindingRow(
            code=finding.question,
            question=finding.question_text,
            status=finding.status,
            presence=capitalised(str(PRESENCE_WORDS[finding.status])),
            weakness=finding.weakness,
            original="" if finding.verbatim == finding.weakness else finding.verbatim,
            agencies=" ".join(
                gettext("%(agency)s: %(state)s.") % {"agency": AGENCY_WORDS[agency], "state": PRESENCE_WORDS[state]}
                for agency, state in finding.agencies.items()
            ),
            solutions=tuple(advice[solution.rank] for solution in finding.solutions),
        )


def build_roadmap(report: Report, instrument: Instrument, advice: Mapping[int, AdviceRow]) -> Iterable[RoadmapGroup]:
    """All recommendations: what blocks the next level, the weaknesses, then the steps level by level."""
    groups: dict[str, list[AdviceRow]] = {}
    for line in sorted(report.recommendations, key=lambda line: (_tier(line), _level(line), line.rank)):
        groups.setdefault(_title(report, instrument, line), []).append(advice[line.rank])
    return [RoadmapGroup(title, tuple(rows)) for title, rows in groups.items()]


def _tier(line: RecommendationLine) -> int:
    return ("blocking", "weakness", "next").index(line.tier)


def _level(line: RecommendationLine) -> int:
    return line.to_level or 0 if line.tier == "next" else 0


def _title(report: Report, instrument: Instrument, line: RecommendationLine) -> str:
    if line.tier == "blocking":
        level = say_level(instrument, (report.working_level or 0) + 1)
        return gettext("What blocks level %(level)s") % {"level": level}
    if line.tier == "weakness":
        return gettext("What mends the weaknesses")
    return gettext("Next steps to level %(level)s") % {"level": say_level(instrument, line.to_level or 1)}
