"""The result as tables: level and index, themes, criteria, findings, recommendations, periods, resources."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.result import Result
from diagnostic.rendering import sentences
from diagnostic.rendering.report_annex import CRITERION_WORDS
from diagnostic.rendering.report_core import recommendation_of
from diagnostic.rendering.words import AGENCY_WORDS, EFFORT_WORDS, LEAD_WORDS, PRESENCE_WORDS, capitalised

from .table import MIDDLE, NARROW, PROSE, WIDE, Column, Table, Value, exact_of, make_table, number_of


def result_table(report: Report) -> Table:
    """The figures of the result, one a row."""
    columns = (
        Column(gettext("Figure"), WIDE + 8),
        Column(gettext("Value"), NARROW + 4, "score"),
        Column(gettext("Exact"), NARROW + 4),
        Column(gettext("In words"), PROSE),
    )
    return make_table(
        gettext("Result"), gettext("Level, index, range and coverage, exact and as shown"), columns, _figures(report)
    )


def _figures(report: Report) -> Iterable[tuple[Value, ...]]:
    names = [level.name for level in report.levels]
    levels = (
        (gettext("Level"), report.level),
        (gettext("Working level"), report.working_level),
        (gettext("Level of the index"), report.index_level),
        (gettext("Lowest level that open questions allow"), report.lowest_level),
        (gettext("Highest level that open questions allow"), report.highest_level),
        (gettext("Target level"), report.target_level),
    )
    for title, level in levels:
        yield title, level, "", names[level - 1] if level else gettext("Not stated")
    for title, score in (
        (gettext("Index"), report.index),
        (gettext("Lowest index that open questions allow"), report.index_low),
        (gettext("Highest index that open questions allow"), report.index_high),
    ):
        yield title, number_of(score), "" if report.left_out else exact_of(score), "" if score else gettext("None")
    if report.self_rating:
        rated = report.self_rating
        yield gettext("Self-rating"), rated.level, "", names[rated.level - 1]
        if rated.difference is not None:
            yield gettext("Self-rating less level"), rated.difference, "", ""
    if report.comparison:
        part = report.comparison
        yield gettext("Questions that both agencies answered"), part.compared, "", ""
        yield gettext("Of these, with the same level"), part.equal, "", ""
        yield gettext("Of these, at most one level apart"), part.within_one, "", ""
        mean = part.mean_difference
        yield gettext("Mean difference"), number_of(mean), exact_of(mean), ""
    yield gettext("Open questions"), len(report.open_questions), "", gettext(", ").join(report.open_questions)


def themes_table(report: Report) -> Table:
    """Each theme's score, as a sum over its counted questions."""
    columns = (
        Column(gettext("Theme"), WIDE),
        Column(gettext("Handbook"), MIDDLE),
        Column(gettext("Score"), NARROW, "score"),
        Column(gettext("Exact"), NARROW),
        Column(gettext("Level"), NARROW, "number"),
        Column(gettext("Name of the level")),
        Column(gettext("Sum"), NARROW, "number"),
        Column(gettext("Counted questions"), NARROW, "number"),
        Column(gettext("Questions"), WIDE),
    )
    rows = (
        (
            theme.name,
            theme.handbook,
            number_of(theme.score),
            exact_of(theme.score) if theme.counted else "",
            theme.level,
            report.levels[theme.level - 1].name if theme.level else "",
            theme.sum if theme.counted else None,
            theme.counted or None,
            gettext(", ").join(question.code for question in theme.questions),
        )
        for theme in report.themes
    )
    return make_table(gettext("Themes"), gettext("The score of each theme, exact and as shown"), columns, rows)


def criteria_table(report: Report, result: Result) -> Table:
    """What the handbook's definitions of the levels demand, and whether it is met."""
    columns = (
        Column(gettext("Criterion")),
        Column(gettext("Level"), NARROW, "number"),
        Column(gettext("Question"), NARROW),
        Column(gettext("At least level"), NARROW, "number"),
        Column(gettext("State")),
        Column(gettext("Demand"), WIDE + 16),
        Column(gettext("Because"), PROSE),
    )
    demands = {item.criterion.id: sentences.say_demand(item.criterion) for item in result.place.criteria}
    rows = (
        (
            item.id,
            item.level,
            item.question,
            item.at_least,
            str(CRITERION_WORDS[item.state]),
            demands[item.id],
            item.because,
        )
        for item in report.criteria
    )
    return make_table(gettext("Criteria"), gettext("What each level demands, and whether it is met"), columns, rows)


def findings_table(report: Report) -> Table:
    """Every weakness that is present or partial, with the ranks of what is recommended for it."""
    columns = (
        Column(gettext("Question"), NARROW),
        Column(gettext("State")),
        Column(gettext("Customs")),
        Column(gettext("Police")),
        Column(gettext("Weakness"), PROSE),
        Column(gettext("In the handbook’s own words"), PROSE),
        Column(gettext("Recommendations")),
    )
    rows = (
        (
            item.question,
            capitalised(str(PRESENCE_WORDS[item.status])),
            *(
                capitalised(str(PRESENCE_WORDS[item.agencies[agency]])) if agency in item.agencies else ""
                for agency in AGENCY_WORDS
            ),
            item.weakness,
            "" if item.verbatim == item.weakness else item.verbatim,
            gettext(", ").join(str(solution.rank) for solution in item.solutions),
        )
        for item in report.findings
    )
    return make_table(gettext("Findings"), gettext("Weaknesses that are present or partial"), columns, rows)


def recommendations_table(report: Report, instrument: Instrument, result: Result) -> Table:
    """Every recommendation by rank."""
    columns = (
        Column(gettext("Rank"), NARROW, "number"),
        Column(gettext("Recommendation"), PROSE),
        Column(gettext("Source"), WIDE),
        Column(gettext("Why now"), WIDE),
        Column(gettext("Question"), NARROW),
        Column(gettext("Theme"), WIDE),
        Column(gettext("To level"), NARROW, "number"),
        Column(gettext("Lead")),
        Column(gettext("Effort"), WIDE),
        Column(gettext("Gain in index"), NARROW, "score"),
        Column(gettext("Gain, exact"), NARROW),
        Column(gettext("Resources"), WIDE),
        Column(gettext("Id")),
    )
    themes = {theme.id: theme.name for theme in report.themes}
    rows = (
        (
            line.rank,
            line.text,
            sentences.say_source(instrument, recommendation_of(line)),
            sentences.say_tier(recommendation_of(line), result),
            line.question,
            themes[line.theme],
            line.to_level,
            str(LEAD_WORDS.get(line.lead, "")),
            str(EFFORT_WORDS.get(line.effort, "")),
            number_of(line.gain) if line.is_gain_told else None,
            exact_of(line.gain) if line.is_gain_told else "",
            "\n".join(resource.name for resource in line.resources),
            line.id,
        )
        for line in report.recommendations
    )
    return make_table(gettext("Recommendations"), gettext("What to do, the most pressing first"), columns, rows, keys=2)


def resources_table(report: Report) -> Table:
    """The tools and programmes that the recommendations name."""
    columns = (
        Column(gettext("Resource"), WIDE),
        Column(gettext("Abbreviation")),
        Column(gettext("Owners"), WIDE),
        Column(gettext("Handbook"), MIDDLE),
        Column(gettext("Summary"), PROSE),
    )
    rows = (
        (item.name, item.abbreviation, gettext(", ").join(item.owners), item.handbook, item.summary)
        for item in report.resources
    )
    return make_table(gettext("Resources"), gettext("Tools and programmes that the handbook names"), columns, rows)
