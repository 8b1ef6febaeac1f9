"""Who gets which of a report: all of it; the partners' edition, without what reveals covert capability; the brief."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from .comparison import Agreement, Difference, measure_agreement
from .formats import BRIEF, FULL, PARTNERS
from .instrument import Instrument
from .report_data import AnswerLine, ComparisonPart, FindingLine, GivenLine, RecommendationLine, Report, ThemeLine
from .report_files import hide_answers, hide_results
from .result import Result
from .score_text import Score
from .scoring import shown


def sensitive_questions(instrument: Instrument) -> frozenset[str]:
    """The codes of the questions whose answers reveal covert capability (A.9 to A.11)."""
    return frozenset(question.code for question in instrument.questions if question.is_sensitive)


def reduce_to(report: Report, edition: str, instrument: Instrument) -> Report:
    """`report`, which is the full one, in `edition`. Raises `ValueError` for an edition that there is not."""
    if edition == FULL:
        return report
    if edition == BRIEF:
        return for_brief(report)
    if edition == PARTNERS:
        return for_partners(report, sensitive_questions(instrument))
    raise ValueError(f"no edition of a report: {edition!r}")


def for_partners(report: Report, hidden: frozenset[str]) -> Report:
    """`report` for who may not read the `hidden` questions: nothing that any voice answered to them is in its data.

    Their themes keep their scores, and the report its index, to the one decimal that is shown. Left out as well is what
    would tell the answers by another way: sums, counts and gains of those themes, from which a level could be reckoned,
    the figures of customs and police compared and the coverage are those of the other questions, recommendations are
    numbered anew, the submission's digest, against which a guess could be checked, is not named, and earlier periods
    are not shown, for the country may not have disclosed them. The plan, and what secretariat and country wrote to each
    other, is theirs. The files that the report carries are without those answers, and without what in the result tells
    them.
    """
    kept = _kept(report, hidden)
    named = {resource.id for item in kept.values() for resource in item.resources}
    agreement = _agreement(report.comparison, hidden)
    coverage = _coverage(report, hidden)
    criteria = {item.id for item in report.criteria if item.question in hidden}
    return replace(
        report,
        edition=PARTNERS,
        left_out=tuple(answer.code for answer in report.answers if answer.code in hidden),
        facts=replace(report.facts, digest=""),
        criteria=tuple(item for item in report.criteria if item.question not in hidden),
        index=_coarse(report.index),
        index_low=Score.of(to_shown(report.index_low.value)),
        index_high=Score.of(to_shown(report.index_high.value)),
        coverage=coverage,
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
        comparison=_comparison(report.comparison, agreement, hidden),
        previous=None,
        periods=(),
        plan=(),
        remarks=(),
        data_file=hide_answers(report.data_file, hidden),
        result_file=hide_results(report.result_file, hidden, criteria, agreement, coverage, _blurred(report, hidden)),
    )


def result_for_partners(result: Result, instrument: Instrument) -> Result:
    """`result` with no figure from which a level could be reckoned that partners may not read.

    Themes with such questions, and the index, keep what is shown of them: one decimal. Their gains are left out, for
    they tell how many questions count.
    """
    themes = {instrument.by_code[code].theme for code in sensitive_questions(instrument)}
    return replace(
        result,
        place=replace(
            result.place,
            themes=tuple(
                replace(item, score=None if item.score is None else to_shown(item.score), counted=0)
                if item.theme in themes
                else item
                for item in result.place.themes
            ),
            index=None if result.place.index is None else to_shown(result.place.index),
        ),
        range=replace(
            result.range,
            index_low=to_shown(result.range.index_low),
            index_high=to_shown(result.range.index_high),
        ),
        recommendations=tuple(
            replace(item, gain=Fraction(0), is_gain_told=False) if item.theme in themes else item
            for item in result.recommendations
        ),
    )


def to_shown(value: Fraction) -> Fraction:
    """The fraction that is shown for `value`: to one decimal, rounded down."""
    return Fraction(shown(value))


def for_brief(report: Report) -> Report:
    """What the two pages of `report` print, and no more: for those who may read all of it.

    Of the answers there stay the states of the scored questions, level and basis of those that a level rests on, and
    which levels changed since last time; of the recommendations the priorities.
    """
    named = {item.question for item in report.criteria}
    previous = report.previous
    return replace(
        report,
        edition=BRIEF,
        facts=replace(report.facts, title="", attestations=()),
        themes=tuple(
            replace(
                theme,
                sum=0,
                questions=tuple(
                    item if item.code in named else replace(item, level=None, basis="") for item in theme.questions
                ),
            )
            for theme in report.themes
        ),
        findings=(),
        recommendations=report.priorities,
        recommended=len(report.recommendations),
        answers=tuple(
            AnswerLine(
                code=answer.code,
                theme=answer.theme,
                kind=answer.kind,
                text=answer.text,
                verbatim="",
                note="",
                prompt="",
                condition="",
                is_kept=False,
                given=GivenLine(answer.given.voice),
            )
            for answer in report.answers
        ),
        resources=(),
        not_counted=(),
        comparison=None,
        previous=None if previous is None else replace(previous, themes=(), actions=()),
        respondents=(),
        periods=(),
        plan=(),
        remarks=(),
        data_file="",
        result_file="",
    )


def _kept(report: Report, hidden: frozenset[str]) -> dict[str, RecommendationLine]:
    """The other recommendations by id, in a sequence of their own: a gap would tell of a weakness."""
    others = [item for item in report.recommendations if item.question not in hidden]
    blurred = _blurred(report, hidden)
    ranked = [replace(item, rank=rank) for rank, item in enumerate(others, start=1)]
    return {
        item.id: replace(item, gain=Score.of(Fraction(0)), is_gain_told=False) if item.theme in blurred else item
        for item in ranked
    }


def _blurred(report: Report, hidden: frozenset[str]) -> frozenset[str]:
    """The themes with a question that is hidden."""
    return frozenset(
        theme.id for theme in report.themes if any(question.code in hidden for question in theme.questions)
    )


def _coverage(report: Report, hidden: frozenset[str]) -> dict[str, int]:
    """How many of the other scored questions stand in each state."""
    states: Counter[str] = Counter(
        item.state for theme in report.themes for item in theme.questions if item.code not in hidden
    )
    others = {state: states[state] for state in report.coverage if state != "scored"}
    return {state: others.get(state, states.total()) for state in report.coverage}


def _coarse(score: Score | None) -> Score | None:
    return None if score is None else Score.of(to_shown(score.value))


def _theme(theme: ThemeLine, hidden: frozenset[str]) -> ThemeLine:
    if not any(question.code in hidden for question in theme.questions):
        return theme
    return replace(
        theme,
        score=_coarse(theme.score),
        sum=0,
        counted=0,
        questions=tuple(
            replace(question, state="answered", level=None, basis="") if question.code in hidden else question
            for question in theme.questions
        ),
    )


def _finding(finding: FindingLine, kept: dict[str, RecommendationLine]) -> FindingLine:
    return replace(finding, solutions=tuple(kept[item.id] for item in finding.solutions))


def _agreement(part: ComparisonPart | None, hidden: frozenset[str]) -> Agreement | None:
    """How far the agencies agree over the other questions."""
    pairs = part.pairs if part else ()
    others = (item for item in pairs if item.question not in hidden)
    return measure_agreement(Difference(item.question, item.customs, item.police, item.implied) for item in others)


def _comparison(
    part: ComparisonPart | None, figures: Agreement | None, hidden: frozenset[str]
) -> ComparisonPart | None:
    if part is None or figures is None:
        return None
    return ComparisonPart(
        compared=figures.compared,
        equal=figures.equal,
        within_one=figures.within_one,
        mean_difference=Score.of(figures.mean_difference),
        pairs=tuple(item for item in part.pairs if item.question not in hidden),
    )
