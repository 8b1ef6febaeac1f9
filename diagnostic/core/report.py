"""Builds the report of one result as plain data (report_data): the instrument's texts and the answers, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from .findings import Finding
from .instrument import AGENCIES, Guidance, Instrument, NextStep, Question
from .interchange import AssessmentFile
from .periods import say_rules, theme_point
from .recommendations import Recommendation
from .report_data import (
    AnswerLine,
    AnswerState,
    AreaLine,
    AuthorityLine,
    ComparisonPart,
    CriterionLine,
    DifferenceLine,
    EvidenceLine,
    FindingLine,
    GivenLine,
    LevelText,
    PairLine,
    PreviousPart,
    QuestionScore,
    RecommendationLine,
    Report,
    ReportFacts,
    ResourceName,
    ResourceText,
    SelfRatingPart,
    ThemeLine,
)
from .report_files import write_data_file, write_result_file
from .report_follow_up import ActionLine, PeriodLine, RemarkLine, RespondentLine
from .responses import BLANK, NATIONAL, VOICES, Response, Responses, Voices, is_asked, known_authority
from .result import Result, score
from .score_text import Score
from .scoring import SCORING_VERSION, Standing, Standings, find_standings

SECTION = "X"
"""The handbook's section with the diagnostic, its weaknesses and its solutions."""
NOTHING: Mapping[str, str] = {}
NOBODY: Mapping[str, int] = {}


def build_report(
    instrument: Instrument,
    result: Result,
    voices: Voices,
    facts: ReportFacts,
    *,
    is_target_chosen: bool = False,
    previous_period: str = "",
    previous_responses: Responses | None = None,
    agreements: Mapping[str, str] = NOTHING,
    respondents: Mapping[str, int] = NOBODY,
    previous_actions: tuple[ActionLine, ...] = (),
    earlier_periods: tuple[PeriodLine, ...] = (),
    plan: tuple[ActionLine, ...] = (),
    remarks: tuple[RemarkLine, ...] = (),
) -> Report:
    """The report of `result`, which was scored from `voices`.

    `agreements` says, by question, why the two agencies agreed on the national answer, `respondents`, by voice, how
    many people answered, where it is known. `is_target_chosen` says whether the target is the country's own choice.
    Give `previous_…` where the country was assessed before with the same instrument: what changed is computed from
    those responses, and `previous_actions` are the plan that was made on them. `earlier_periods` are all before this
    one, the oldest first; `plan` and `remarks` what followed this one.
    """
    place, reach = result.place, result.range
    recommendations = _recommendations(instrument, result)
    target = result.target_level if is_target_chosen else None
    filled = AssessmentFile(facts.alpha2, facts.period, facts.title, target, voices)
    return Report(
        facts=facts,
        instrument=instrument.id,
        instrument_version=instrument.version,
        instrument_title=instrument.title,
        instrument_source=instrument.source,
        answering_rule=instrument.answering_rule,
        scoring_version=SCORING_VERSION,
        voice=result.voice,
        levels=tuple(LevelText(item.level, item.name, item.summary) for item in instrument.continuum),
        level=result.level,
        working_level=place.working_level,
        index=_score(place.index),
        index_level=place.index_level,
        lowest_level=reach.lowest_level,
        highest_level=reach.highest_level,
        index_low=Score.of(reach.index_low),
        index_high=Score.of(reach.index_high),
        target_level=result.target_level,
        is_target_chosen=is_target_chosen,
        coverage=result.coverage,
        criteria=tuple(
            CriterionLine(
                item.criterion.id,
                item.criterion.level,
                item.criterion.question,
                item.criterion.at_least,
                item.criterion.because,
                item.state,
            )
            for item in place.criteria
        ),
        themes=_themes(instrument, result),
        findings=tuple(_finding(instrument, finding, recommendations) for finding in result.findings),
        recommendations=recommendations,
        answers=tuple(_answers(instrument, result, voices, agreements)),
        resources=_resources(instrument, recommendations),
        risk_areas=tuple(option.name for option in instrument.risk_areas),
        open_questions=tuple(code for code, standing in result.standings.items() if standing.is_open),
        not_counted=result.not_counted,
        self_rating=_self_rating(result),
        comparison=_comparison(result),
        respondents=tuple(RespondentLine(voice, respondents[voice]) for voice in VOICES if voice in respondents),
        previous=_previous(instrument, result, previous_period, previous_responses, previous_actions),
        periods=(*earlier_periods, _period(instrument, result, facts.period)) if earlier_periods else (),
        plan=plan,
        remarks=remarks,
        data_file=write_data_file(filled, instrument, result.voice) if facts.alpha2 else "",
        result_file=write_result_file(result, instrument, facts.alpha2, facts.period) if facts.alpha2 else "",
    )


def _score(value: Fraction | None) -> Score | None:
    return None if value is None else Score.of(value)


def _themes(instrument: Instrument, result: Result) -> tuple[ThemeLine, ...]:
    lines = []
    for theme, held in zip(instrument.themes, result.place.themes, strict=True):
        standings = [
            (question.code, result.standings[question.code])
            for question in instrument.by_theme[theme.id]
            if question.is_scored
        ]
        lines.append(
            ThemeLine(
                id=theme.id,
                name=theme.name,
                handbook=theme.handbook,
                score=_score(held.score),
                level=held.level,
                sum=sum(standing.level or 0 for _, standing in standings),
                counted=held.counted,
                questions=tuple(
                    QuestionScore(code, standing.state, standing.level, standing.basis) for code, standing in standings
                ),
            )
        )
    return tuple(lines)


def _recommendations(instrument: Instrument, result: Result) -> tuple[RecommendationLine, ...]:
    return tuple(_recommendation(instrument, item, rank) for rank, item in enumerate(result.recommendations, start=1))


def _recommendation(instrument: Instrument, item: Recommendation, rank: int) -> RecommendationLine:
    advice = _advice(instrument, item)
    solution = instrument.by_code[item.question].solution if item.question else None
    names = advice.resources if advice else ()
    return RecommendationLine(
        rank=rank,
        id=item.id,
        kind=item.kind,
        tier=item.tier,
        question=item.question or "",
        theme=item.theme,
        to_level=item.to_level,
        text=advice.text if advice else solution.text if solution else "",
        handbook=advice.handbook if advice else SECTION,
        lead=advice.lead if advice else "",
        effort=advice.effort if advice else "",
        resources=tuple(ResourceName(name, instrument.resource_by_id[name].name) for name in names),
        gain=Score.of(item.gain),
        weakness=item.weakness,
    )


def _advice(instrument: Instrument, item: Recommendation) -> Guidance | NextStep | None:
    """This tool's own advice behind a recommendation; None for the handbook's solutions."""
    if item.to_level is not None:
        return instrument.step_by_target[item.theme, item.to_level]
    return instrument.guidance_by_question[item.question or ""] if item.kind == "guidance" else None


def _finding(instrument: Instrument, finding: Finding, recommendations: tuple[RecommendationLine, ...]) -> FindingLine:
    question = instrument.by_code[finding.question]
    weakness = question.weakness
    return FindingLine(
        question=question.code,
        question_text=question.text,
        status=finding.status,
        agencies=dict(finding.agencies or {}),
        weakness=weakness.shown if weakness else "",
        verbatim=weakness.text if weakness else "",
        solutions=tuple(item for item in recommendations if item.question == question.code),
    )


def _answers(
    instrument: Instrument, result: Result, voices: Voices, agreements: Mapping[str, str]
) -> Iterable[AnswerLine]:
    """Every question, with the agencies' own answers beside the national one where they gave any."""
    beside = [agency for agency in AGENCIES if result.voice == NATIONAL and agency in voices]
    standings = {agency: find_standings(instrument, agency, voices) for agency in beside}
    for question in instrument.questions:
        condition = question.asked_when
        yield AnswerLine(
            code=question.code,
            theme=question.theme,
            kind=question.kind,
            text=question.text,
            verbatim=question.verbatim if question.display else "",
            note=question.note,
            prompt=question.level_prompt,
            condition=condition.question if condition else "",
            is_kept=question.code in result.not_counted,
            given=_given(instrument, question, result.voice, voices, result.standings),
            voices=tuple(_given(instrument, question, agency, voices, standings[agency]) for agency in beside),
            agreement=agreements.get(question.code, ""),
            takes_authority=question.takes_authority,
            takes_areas=question.takes_areas,
        )


def _given(instrument: Instrument, question: Question, voice: str, voices: Voices, standings: Standings) -> GivenLine:
    response = voices.get(voice, {}).get(question.code, BLANK)
    state, level = _state(instrument, question, response, standings, voice, voices)
    return GivenLine(
        voice=voice,
        state=state,
        level=level,
        statement=question.levels.get(response.level or 0, ""),
        basis=response.basis,
        authority=_authority(instrument, question, voice, voices),
        areas=tuple(
            AreaLine(option.name, response.areas[option.id])
            for option in instrument.risk_areas
            if option.id in response.areas
        ),
        topics=tuple(option.name for option in instrument.training_topics if option.id in response.topics),
        challenges=tuple(option.name for option in instrument.challenge_kinds if option.id in response.challenges),
        narrative=response.narrative,
        reason=response.reason,
        evidence=tuple(EvidenceLine(item.title, item.reference) for item in response.evidence),
        chosen=response.level,
    )


def _state(
    instrument: Instrument, question: Question, response: Response, standings: Standings, voice: str, voices: Voices
) -> tuple[AnswerState, int | None]:
    """How the answer stands, and the level to print beside it: the response's own, or the implied one."""
    standing = standings.get(question.code)
    if standing is not None and standing.state == "implied":
        return "implied", standing.level
    if not is_asked(instrument, question, voice, voices):
        return "not_asked", response.level
    if response.status != "answered":
        return response.status, None
    if response.is_blank or (question.takes_level and response.level is None):
        return "blank", None
    return "answered", response.level


def _authority(instrument: Instrument, question: Question, voice: str, voices: Voices) -> tuple[AuthorityLine, ...]:
    if not question.takes_authority:
        return ()
    names = {option.id: option.name for option in instrument.authority_options}
    own = voices.get(voice, {}).get(question.code, BLANK).authority
    known = known_authority(question.code, voice, voices)
    return tuple(
        AuthorityLine(agency, option, names[option], voice if own.get(agency) else agency)
        for agency, option in known.items()
    )


def _resources(instrument: Instrument, recommendations: tuple[RecommendationLine, ...]) -> tuple[ResourceText, ...]:
    """The resources that the roadmap names, in the instrument's order."""
    named = {resource.id for item in recommendations for resource in item.resources}
    return tuple(
        ResourceText(
            id=resource.id,
            name=resource.name,
            abbreviation=resource.abbreviation,
            owners=resource.owners,
            handbook=resource.handbook,
            summary=resource.summary,
            facts=tuple((fact.text, fact.as_of) for fact in resource.facts),
            since=resource.since,
        )
        for resource in instrument.resources
        if resource.id in named
    )


def _self_rating(result: Result) -> SelfRatingPart | None:
    rating = result.self_rating
    return None if rating is None else SelfRatingPart(rating.level, rating.difference)


def _comparison(result: Result) -> ComparisonPart | None:
    agreement = result.agreement
    if agreement is None:
        return None
    return ComparisonPart(
        compared=agreement.compared,
        equal=agreement.equal,
        within_one=agreement.within_one,
        mean_difference=Score.of(agreement.mean_difference),
        pairs=tuple(
            PairLine(item.question, item.customs, item.police, item.implied, result.standings[item.question].level)
            for item in agreement.pairs
        ),
    )


def _previous(
    instrument: Instrument,
    result: Result,
    period: str,
    responses: Responses | None,
    actions: tuple[ActionLine, ...],
) -> PreviousPart | None:
    if responses is None:
        return None
    before = score(instrument, {NATIONAL: responses})
    return PreviousPart(
        period=period,
        level=before.level,
        index=_score(before.place.index),
        differences=tuple(
            DifferenceLine(code, before.standings[code].level, standing.level)
            for code, standing in result.standings.items()
            if _has_moved(before.standings[code], standing)
        ),
        same=tuple(
            code
            for code, standing in result.standings.items()
            if standing.level is not None and not _has_moved(before.standings[code], standing)
        ),
        themes=tuple(theme_point(held.theme, held.score) for held in before.place.themes),
        actions=actions,
    )


def _period(instrument: Instrument, result: Result, period: str) -> PeriodLine:
    return PeriodLine(
        period=period,
        level=result.level,
        index=_score(result.place.index),
        themes=tuple(theme_point(held.theme, held.score) for held in result.place.themes),
        rules=say_rules(instrument.id, instrument.version, SCORING_VERSION),
    )


def _has_moved(before: Standing, now: Standing) -> bool:
    return before.level != now.level
