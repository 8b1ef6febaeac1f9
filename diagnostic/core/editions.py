"""Who gets which of a report: the full edition, and the partners' without what reveals covert capability."""

from __future__ import annotations

from dataclasses import replace

from .comparison import Difference, measure_agreement
from .instrument import Instrument
from .report_data import (
    PARTNERS,
    ComparisonPart,
    FindingLine,
    GivenLine,
    RecommendationLine,
    Report,
    Score,
    ThemeLine,
)


def sensitive_questions(instrument: Instrument) -> frozenset[str]:
    """The codes of the questions whose answers reveal covert capability (A.9 to A.11)."""
    return frozenset(question.code for question in instrument.questions if question.is_sensitive)


def for_partners(report: Report, hidden: frozenset[str]) -> Report:
    """`report` for who may not read the `hidden` questions: nothing that any voice answered to them is in its data.

    Their themes keep their scores. Left out as well is what would tell the answers by another way: the figures of
    customs and police compared are those of the other questions, recommendations are numbered anew, the submission's
    digest, against which a guess could be checked, is not named, and the period before is not shown, for the country
    may not have disclosed it.
    """
    kept = _kept(report, hidden)
    named = {resource.id for item in kept.values() for resource in item.resources}
    return replace(
        report,
        edition=PARTNERS,
        left_out=tuple(answer.code for answer in report.answers if answer.code in hidden),
        facts=replace(report.facts, digest=""),
        criteria=tuple(item for item in report.criteria if item.question not in hidden),
        themes=tuple(_theme(theme, hidden) for theme in report.themes),
        findings=tuple(_finding(item, kept) for item in report.findings if item.question not in hidden),
        recommendations=tuple(kept.values()),
        answers=tuple(
            replace(
                answer, is_kept=False, given=GivenLine(answer.given.voice), voices=(), agreement="", is_left_out=True
            )
            if answer.code in hidden
            else answer
            for answer in report.answers
        ),
        resources=tuple(resource for resource in report.resources if resource.id in named),
        open_questions=tuple(code for code in report.open_questions if code not in hidden),
        not_counted=tuple(code for code in report.not_counted if code not in hidden),
        comparison=_comparison(report.comparison, hidden),
        previous=None,
    )


def _kept(report: Report, hidden: frozenset[str]) -> dict[str, RecommendationLine]:
    """The other recommendations by id, in a sequence of their own: a gap would tell of a weakness."""
    others = [item for item in report.recommendations if item.question not in hidden]
    return {item.id: replace(item, rank=rank) for rank, item in enumerate(others, start=1)}


def _theme(theme: ThemeLine, hidden: frozenset[str]) -> ThemeLine:
    return replace(
        theme,
        questions=tuple(
            replace(question, level=None, basis="") if question.code in hidden else question
            for question in theme.questions
        ),
    )


def _finding(finding: FindingLine, kept: dict[str, RecommendationLine]) -> FindingLine:
    return replace(finding, solutions=tuple(kept[item.id] for item in finding.solutions))


def _comparison(part: ComparisonPart | None, hidden: frozenset[str]) -> ComparisonPart | None:
    if part is None:
        return None
    pairs = tuple(item for item in part.pairs if item.question not in hidden)
    figures = measure_agreement(Difference(item.question, item.customs, item.police, item.implied) for item in pairs)
    if figures is None:
        return None
    return ComparisonPart(
        compared=figures.compared,
        equal=figures.equal,
        within_one=figures.within_one,
        mean_difference=Score.of(figures.mean_difference),
        pairs=pairs,
    )
