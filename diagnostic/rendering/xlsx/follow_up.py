"""What surrounds the result, as tables: earlier periods, what changed since the last, and what was said in review."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.report_data import Report
from diagnostic.rendering.report_remarks import ACTS
from diagnostic.rendering.words import AGENCY_WORDS

from .table import MIDDLE, NARROW, PROSE, WIDE, Column, Table, exact_of, make_table, moment_of, number_of

SIDES = {"secretariat": _("WCO secretariat"), "country": _("Country")}


def periods_table(report: Report) -> Table:
    """Where the country stood in each period: level, index, and each theme's score."""
    columns = (
        Column(gettext("Period")),
        Column(gettext("Level"), NARROW, "number"),
        Column(gettext("Index"), NARROW, "score"),
        Column(gettext("Index, exact"), NARROW),
        *(Column(theme.name, MIDDLE, "score") for theme in report.themes),
        Column(gettext("Rules"), WIDE),
    )
    rows = (
        (
            period.period,
            period.level,
            number_of(period.index),
            exact_of(period.index),
            *(
                next((number_of(point.score) for point in period.themes if point.theme == theme.id), None)
                for theme in report.themes
            ),
            period.rules,
        )
        for period in report.periods
    )
    return make_table(gettext("Periods"), gettext("Level, index and themes over the periods"), columns, rows)


def changes_table(report: Report) -> Table:
    """Each question whose level differs from last time's."""
    columns = (
        Column(gettext("Question"), NARROW),
        Column(gettext("Text of the question"), PROSE),
        Column(gettext("Level last time"), NARROW, "number"),
        Column(gettext("Level now"), NARROW, "number"),
        Column(gettext("Change"), NARROW, "number"),
    )
    texts = {answer.code: answer.text for answer in report.answers}
    rows = (
        (
            item.question,
            texts[item.question],
            item.first,
            item.second,
            None if item.first is None or item.second is None else item.second - item.first,
        )
        for item in (report.previous.differences if report.previous else ())
    )
    return make_table(gettext("Changes"), gettext("Levels that differ from last time’s"), columns, rows)


def remarks_table(report: Report) -> Table:
    """What the secretariat and the country wrote to each other; the number is that of the row it is."""
    columns = (
        Column(gettext("Number"), NARROW, "number"),
        Column(gettext("Question"), NARROW),
        Column(gettext("Submission"), NARROW, "number"),
        Column(gettext("Kind"), WIDE),
        Column(gettext("Side")),
        Column(gettext("Agency")),
        Column(gettext("By"), WIDE),
        Column(gettext("At (UTC)"), MIDDLE, "moment"),
        Column(gettext("Text"), PROSE),
        Column(gettext("Level of the opinion"), NARROW, "number"),
        Column(gettext("Level handed in"), NARROW, "number"),
        Column(gettext("Answers to number"), NARROW, "number"),
    )
    rows = (
        (
            number,
            remark.question,
            remark.number,
            str(ACTS[remark.kind]),
            str(SIDES[remark.side]),
            str(AGENCY_WORDS.get(remark.agency, "")),
            remark.by,
            moment_of(remark.at),
            remark.text,
            remark.level,
            remark.country_level,
            None if remark.answers_to is None else remark.answers_to + 1,
        )
        for number, remark in enumerate(report.remarks, start=1)
    )
    return make_table(
        gettext("Comments and replies"), gettext("What secretariat and country wrote to each other"), columns, rows
    )
