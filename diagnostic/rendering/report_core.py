"""The core's instrument and result, rebuilt from report data, so that a report is worded exactly as the result page is.

Nothing is computed here: every value is read back from the data, so a report stays what it was.
"""

from __future__ import annotations

from fractions import Fraction

from diagnostic.core.comparison import Agreement, Difference
from diagnostic.core.findings import Finding
from diagnostic.core.instrument import ContinuumLevel, Criterion, Guidance, Instrument, NextStep, Question, Theme
from diagnostic.core.recommendations import Recommendation
from diagnostic.core.report_data import RecommendationLine, Report
from diagnostic.core.result import Result, SelfRating
from diagnostic.core.score_text import Score
from diagnostic.core.scoring import CriterionStanding, Place, Range, Standing, ThemeScore


def instrument_of(report: Report) -> Instrument:
    """As much of the instrument as the report's data holds."""
    return Instrument(
        id=report.instrument,
        version=report.instrument_version,
        title=report.instrument_title,
        source=report.instrument_source,
        answering_rule=report.answering_rule,
        continuum=tuple(ContinuumLevel(item.level, "", item.name, item.summary) for item in report.levels),
        themes=tuple(Theme(item.id, item.name, item.handbook) for item in report.themes),
        questions=tuple(
            Question(item.code, item.theme, item.kind, item.text)  # type: ignore[arg-type]
            for item in report.answers
        ),
        criteria=tuple(
            Criterion(item.id, item.level, item.question, item.at_least, item.because) for item in report.criteria
        ),
        authority_options=(),
        risk_areas=(),
        training_topics=(),
        challenge_kinds=(),
        guidance=tuple(
            Guidance(item.id, item.question, item.text, item.handbook, item.lead, item.effort)
            for item in report.recommendations
            if item.kind == "guidance"
        ),
        next_steps=tuple(
            NextStep(item.id, item.theme, item.to_level, item.text, item.handbook, item.lead, item.effort)
            for item in report.recommendations
            if item.to_level is not None
        ),
        resources=(),
    )


def result_of(report: Report) -> Result:
    """The result that the report was built from."""
    rating, compared = report.self_rating, report.comparison
    return Result(
        voice=report.voice,
        target_level=report.target_level,
        level=report.level,
        place=_place(report),
        range=Range(report.lowest_level, report.highest_level, report.index_low.value, report.index_high.value),
        standings={
            item.code: Standing(item.state, item.level, item.basis)
            for item in sorted(
                (question for theme in report.themes for question in theme.questions),
                key=lambda question: [answer.code for answer in report.answers].index(question.code),
            )
        },
        not_counted=report.not_counted,
        findings=tuple(
            Finding(item.question, item.status, item.agencies or None)  # type: ignore[arg-type]
            for item in report.findings
        ),
        recommendations=tuple(recommendation_of(item) for item in report.recommendations),
        blocking=frozenset(),
        self_rating=None if rating is None else SelfRating(rating.level, rating.difference),
        agreement=None
        if compared is None
        else Agreement(
            compared.compared,
            compared.equal,
            compared.within_one,
            compared.mean_difference.value,
            tuple(Difference(item.question, item.customs, item.police, item.implied) for item in compared.pairs),
        ),
    )


def recommendation_of(line: RecommendationLine) -> Recommendation:
    """The core's recommendation behind one line of the roadmap."""
    return Recommendation(
        id=line.id,
        kind=line.kind,  # type: ignore[arg-type]
        tier=line.tier,  # type: ignore[arg-type]
        question=line.question or None,
        theme=line.theme,
        to_level=line.to_level,
        stage=0,
        gain=line.gain.value,
        is_gain_told=line.is_gain_told,
        weakness=line.weakness,
    )


def _place(report: Report) -> Place:
    return Place(
        themes=tuple(ThemeScore(item.id, _value(item.score), item.level, item.counted) for item in report.themes),
        index=_value(report.index),
        index_level=report.index_level,
        criteria=tuple(
            CriterionStanding(
                Criterion(item.id, item.level, item.question, item.at_least, item.because),
                item.state,
            )
            for item in report.criteria
        ),
        working_level=report.working_level,
    )


def _value(score: Score | None) -> Fraction | None:
    return None if score is None else score.value
