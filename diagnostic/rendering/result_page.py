"""What the result page shows of a result, worked out so that its templates only loop; the words come from sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.comparison import Agreement
from diagnostic.core.findings import Finding
from diagnostic.core.instrument import LEVELS, Instrument, Resource
from diagnostic.core.recommendations import Recommendation
from diagnostic.core.responses import NATIONAL, Responses
from diagnostic.core.result import Result, score
from diagnostic.core.scoring import CriterionStanding, exact, shown

from . import sentences
from .charts import continuum_of, draw_continuum, draw_strip
from .words import (
    EFFORT_WORDS,
    LEAD_WORDS,
    STATE_WORDS,
    band_start,
    capitalised,
    join_words,
    say_level,
)

PRIORITIES = 5
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Before:
    """The country's period before this one: its answers, and where they placed it."""

    period: str
    responses: Responses


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One thing that the next level asks: "met", "unmet" or "open", and what was answered."""

    state: str
    title: str
    demand: str
    level: int | None
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme of the profile, and how its score is found by hand."""

    name: str
    score: str
    exact: str
    level: int | None
    strip: SafeString
    terms: str
    sum: str


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


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One figure then and now."""

    name: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A scored question without an answer that counts, and why."""

    code: str
    theme: str
    question: str
    why: str


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Everything below the page's title bar; `hidden_count` says how many questions this reader's edition leaves out."""

    headline: str
    verdict: str
    wide: SafeString
    narrow: SafeString
    criteria_title: str
    criteria: tuple[CriterionRow, ...]
    figures: tuple[tuple[str, str], ...]
    level_names: tuple[str, ...]
    themes: tuple[ThemeRow, ...]
    caption: str
    priorities: tuple[AdviceRow, ...]
    roadmap: tuple[AdviceGroup, ...]
    advice_count: int
    findings: tuple[FindingRow, ...]
    opened: tuple[OpenRow, ...]
    reach: str
    not_counted: str
    agreement: Agreement | None
    agreement_mean: str
    change: tuple[ChangeRow, ...]
    change_sentence: str
    index_sum: str
    hidden_codes: str


def build_result_page(
    instrument: Instrument,
    result: Result,
    *,
    country: str,
    period: str,
    before: Before | None = None,
    hidden: frozenset[str] = NOTHING,
    is_rtl: bool = False,
) -> ResultPage:
    """What the page shows of `result`; nothing of the `hidden` questions but their part in the theme's score."""
    earlier = score(instrument, {NATIONAL: before.responses}) if before else None
    continuum = continuum_of(
        instrument,
        result,
        country=country,
        period=period,
        previous_period=before.period if before else "",
        previous_index=earlier.place.index if earlier else None,
    )
    advice = [_advice(instrument, result, item) for item in result.recommendations if item.question not in hidden]
    kept = [item for item in result.recommendations if item.question not in hidden]
    return ResultPage(
        headline=sentences.say_headline(instrument, result),
        verdict=sentences.say_verdict(instrument, result),
        wide=draw_continuum(continuum, "wide", prefix="continuum", is_rtl=is_rtl),
        narrow=draw_continuum(continuum, "narrow", prefix="continuum-n", is_rtl=is_rtl),
        criteria_title=_criteria_title(instrument, result),
        criteria=tuple(_criteria(instrument, result)),
        figures=tuple(_figures(instrument, result, hidden)),
        level_names=tuple(say_level(instrument, level) for level in LEVELS),
        themes=tuple(_themes(instrument, result, hidden)),
        caption=_caption(result, hidden),
        priorities=tuple(advice[:PRIORITIES]),
        roadmap=tuple(_roadmap(instrument, result, kept, advice)),
        advice_count=len(advice),
        findings=tuple(
            _finding(instrument, item, advice, kept) for item in result.findings if item.question not in hidden
        ),
        opened=tuple(_opened(instrument, result, hidden)),
        reach=sentences.say_range(instrument, result),
        not_counted=join_words([code for code in result.not_counted if code not in hidden]),
        agreement=result.agreement,
        agreement_mean=shown(result.agreement.mean_difference) if result.agreement else "",
        change=tuple(_change(instrument, result, earlier)) if earlier else (),
        change_sentence=_change_sentence(instrument, result, earlier, before.period) if before and earlier else "",
        index_sum=_index_sum(result),
        hidden_codes=join_words([question.code for question in instrument.questions if question.code in hidden]),
    )


# What holds it


def _criteria_title(instrument: Instrument, result: Result) -> str:
    working = result.place.working_level or 1
    if result.level is None:
        return gettext("What the level depends on")
    if working == LEVELS[-1]:
        return gettext("What level %(level)s asks") % {"level": say_level(instrument, working)}
    return gettext("What holds it below level %(level)s") % {"level": say_level(instrument, working + 1)}


def _criteria(instrument: Instrument, result: Result) -> Iterable[CriterionRow]:
    """The next level's criteria, and those below that are still open; what is not met first."""
    following = min((result.place.working_level or 1) + 1, LEVELS[-1])
    asked = [
        item
        for item in result.place.criteria
        if item.criterion.level == following or (item.criterion.level < following and item.state == "open")
    ]
    rows = [_criterion(instrument, result, item) for item in asked]
    rows.append(_index_criterion(result, following))
    return sorted(rows, key=lambda row: ("unmet", "open", "met").index(row.state))


def _criterion(instrument: Instrument, result: Result, item: CriterionStanding) -> CriterionRow:
    criterion, standing = item.criterion, result.standings[item.criterion.question]
    return CriterionRow(
        state=item.state,
        title=criterion.because,
        demand=sentences.say_demand(criterion),
        level=standing.level,
        value="" if standing.level is not None else str(STATE_WORDS[standing.state]),
        note=sentences.say_basis(standing) or _note(standing.state),
    )


def _note(state: str) -> str:
    return str(STATE_WORDS["implied"]) if state == "implied" else ""


def _index_criterion(result: Result, following: int) -> CriterionRow:
    start, index = band_start(following), result.place.index
    is_met = index is not None and index >= start
    return CriterionRow(
        state="met" if is_met else "open" if index is None else "unmet",
        title=gettext("The index reaches %(index)s.") % {"index": shown(start)},
        demand=gettext("The mean of the theme scores; it stands at %(exact)s.")
        % {"exact": gettext("nothing yet") if index is None else exact(index)},
        level=None,
        value=sentences.say_index(result),
        note="",
    )


# Figures and profile


def _figures(instrument: Instrument, result: Result, hidden: frozenset[str]) -> Iterable[tuple[str, str]]:
    index = result.place.index
    fraction = f" ({exact(index)})" if index is not None and index.denominator > 1 else ""
    level = gettext("not stated yet") if result.level is None else say_level(instrument, result.level)
    target = gettext("none") if result.target_level is None else say_level(instrument, result.target_level)
    yield gettext("Level"), level
    yield gettext("Index"), f"{sentences.say_index(result)}{fraction}"
    yield gettext("Range"), sentences.say_range(instrument, result)
    yield gettext("Target"), target
    yield gettext("Self-rating"), sentences.say_self_rating(instrument, result)
    yield gettext("Coverage"), sentences.say_coverage(result, hidden)


def _themes(instrument: Instrument, result: Result, hidden: frozenset[str]) -> list[ThemeRow]:
    """The themes, the weakest first and those without a score last."""
    ordered = sorted(
        result.place.themes, key=lambda theme: (theme.score is None, theme.score if theme.score is not None else 0)
    )
    return [_theme(instrument, result, theme.theme, hidden) for theme in ordered]


def _theme(instrument: Instrument, result: Result, theme: str, hidden: frozenset[str]) -> ThemeRow:
    held = next(item for item in result.place.themes if item.theme == theme)
    counted = [
        (question.code, standing)
        for question in instrument.by_theme[theme]
        if question.is_scored and (standing := result.standings[question.code]).level is not None
    ]
    seen = [
        (code, standing.level or 0, standing.state == "implied") for code, standing in counted if code not in hidden
    ]
    terms = [gettext("%(code)s: %(level)d") % {"code": code, "level": level} for code, level, _implied in seen]
    if len(seen) < len(counted):
        terms.append(gettext("%(count)d not shown") % {"count": len(counted) - len(seen)})
    total = sum(standing.level or 0 for _code, standing in counted)
    return ThemeRow(
        name=instrument.theme_by_id[theme].name,
        score="–" if held.score is None else shown(held.score),
        exact="–" if held.score is None else exact(held.score),
        level=held.level,
        strip=draw_strip(held.score, [(level, implied) for _code, level, implied in seen], result.target_level),
        terms="; ".join(terms) or gettext("no counted answer"),
        sum=f"{total} / {len(counted)}" if counted else "–",
    )


def _caption(result: Result, hidden: frozenset[str]) -> str:
    said = [gettext("Weakest first. A theme’s score is the mean of its counted questions.")]
    left_out = [
        code for code, standing in result.standings.items() if standing.state == "not_applicable" and code not in hidden
    ]
    if left_out:
        said.append(gettext("Not applicable and not counted: %(codes)s.") % {"codes": join_words(left_out)})
    implied = [code for code, standing in result.standings.items() if standing.state == "implied"]
    if implied:
        said.append(
            gettext("Dashed circle: a follow-up that is not asked and counts as level 1 (%(codes)s).")
            % {"codes": join_words(implied)}
        )
    return " ".join(said)


def _index_sum(result: Result) -> str:
    scores = [theme.score for theme in result.place.themes if theme.score is not None]
    if result.place.index is None:
        return ""
    return f"({' + '.join(exact(score) for score in scores)}) / {len(scores)} = {exact(result.place.index)}"


# Recommendations and findings


def _advice(instrument: Instrument, result: Result, item: Recommendation) -> AdviceRow:
    text, lead, effort, resources = _content(instrument, item)
    theme = instrument.theme_by_id[item.theme].name
    return AdviceRow(
        id=item.id,
        is_blocking=item.tier == "blocking",
        is_handbook=item.kind == "handbook",
        tier=sentences.say_tier(item, result),
        text=text,
        source=sentences.say_source(instrument, item),
        subject=theme
        if item.question is None
        else gettext("%(code)s, %(theme)s") % {"code": item.question, "theme": theme},
        lead=str(LEAD_WORDS[lead]) if lead else gettext("Not named by the handbook"),
        effort=str(EFFORT_WORDS[effort]) if effort else gettext("Not named by the handbook"),
        gain=sentences.say_gain(item),
        resources=tuple(instrument.resource_by_id[id] for id in resources),
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


def _roadmap(
    instrument: Instrument, result: Result, items: Sequence[Recommendation], rows: Sequence[AdviceRow]
) -> Iterable[AdviceGroup]:
    """What blocks the next level, then the weaknesses, then the steps by the level they lead to; the order is kept."""
    following = min((result.place.working_level or 0) + 1, LEVELS[-1])
    groups: list[tuple[str, list[AdviceRow]]] = []
    wanted = [
        (gettext("What blocks level %(level)s"), "blocking", None, following),
        (gettext("Weaknesses to mend"), "weakness", None, following),
        *((gettext("Steps to level %(level)s"), "next", level, level) for level in LEVELS),
    ]
    for title, tier, to_level, level in wanted:
        held = [
            row
            for item, row in zip(items, rows, strict=True)
            if item.tier == tier and (to_level is None or item.to_level == to_level)
        ]
        if held:
            groups.append((title % {"level": say_level(instrument, level)}, held))
    start = 1
    for title, held in groups:
        yield AdviceGroup(title, tuple(held), start)
        start += len(held)


def _finding(
    instrument: Instrument, finding: Finding, rows: Sequence[AdviceRow], items: Sequence[Recommendation]
) -> FindingRow:
    question = instrument.by_code[finding.question]
    return FindingRow(
        code=finding.question,
        status=finding.status,
        question=question.text,
        text=question.weakness.shown if question.weakness else "",
        agencies=sentences.say_agencies(dict(finding.agencies) if finding.agencies else None),
        answers=tuple(row for item, row in zip(items, rows, strict=True) if item.question == finding.question),
    )


# What is open, and what changed


def _opened(instrument: Instrument, result: Result, hidden: frozenset[str]) -> Iterable[OpenRow]:
    for code, standing in result.standings.items():
        if standing.is_open and code not in hidden:
            question = instrument.by_code[code]
            yield OpenRow(code, question.theme, question.text, capitalised(str(STATE_WORDS[standing.state])))


def _change(instrument: Instrument, result: Result, earlier: Result) -> Iterable[ChangeRow]:
    yield ChangeRow(
        gettext("Level"), _level_or_none(instrument, earlier.level), _level_or_none(instrument, result.level)
    )
    yield ChangeRow(gettext("Index"), sentences.say_index(earlier), sentences.say_index(result))
    then = {theme.theme: theme.score for theme in earlier.place.themes}
    for theme in result.place.themes:
        yield ChangeRow(
            instrument.theme_by_id[theme.theme].name, _score_or_none(then[theme.theme]), _score_or_none(theme.score)
        )


def _change_sentence(instrument: Instrument, result: Result, earlier: Result, period: str) -> str:
    then = {theme.theme: theme.score for theme in earlier.place.themes}
    pairs = [
        (theme.score, then[theme.theme])
        for theme in result.place.themes
        if theme.score is not None and then[theme.theme] is not None
    ]
    up, down = _count(pairs, 1), _count(pairs, -1)
    return gettext(
        "Since %(period)s, %(up)d themes rose, %(down)d fell and %(same)d stayed; the index was %(before)s and is "
        "%(now)s."
    ) % {
        "period": period,
        "up": up,
        "down": down,
        "same": len(pairs) - up - down,
        "before": sentences.say_index(earlier),
        "now": sentences.say_index(result),
    }


def _count(pairs: Iterable[tuple[Fraction | None, Fraction | None]], sign: int) -> int:
    return sum(now is not None and then is not None and (now - then) * sign > 0 for now, then in pairs)


def _level_or_none(instrument: Instrument, level: int | None) -> str:
    return gettext("not stated") if level is None else say_level(instrument, level)


def _score_or_none(score: Fraction | None) -> str:
    return gettext("none") if score is None else shown(score)


FINDING_STATUS = {"present": _("Present"), "partial": _("Partial")}
