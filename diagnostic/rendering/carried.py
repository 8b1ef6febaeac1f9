"""The files that a printed report carries, each with what a reader is told of it."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from diagnostic.core.formats import FULL
from diagnostic.core.report_data import Report
from diagnostic.core.report_files import DATA_FILE, RESULT_FILE

from .words import join_words

UNDATED = "2000-01-01T00:00:00+00:00"
"""The date of files that were never handed in; it is always the same, as the report's bytes are."""


def carried_files(report: Report, language: str) -> list[dict[str, str]]:
    """What `report` carries, as `html_to_pdf` takes it: the answers as its source, the result as its data."""
    date = report.facts.submitted_at or UNDATED
    with translation.override(language):
        given = (
            (DATA_FILE, report.data_file, "Source", _say_answers(report)),
            (RESULT_FILE, report.result_file, "Data", _say_result(report)),
        )
    return [
        {"name": name, "text": text, "description": description, "relationship": relationship, "date": date}
        for name, text, relationship, description in given
        if text
    ]


def _say_answers(report: Report) -> str:
    if report.edition == FULL:
        return _("The answers that this report rests on, as an interchange file")
    words = _("The answers of this edition as an interchange file, without %(codes)s; its level rests on those too")
    return words % {"codes": join_words(report.left_out)}


def _say_result(report: Report) -> str:
    if report.edition == FULL:
        return _("The result that this report shows")
    words = _("The result of all answers, without what tells those to %(codes)s")
    return words % {"codes": join_words(report.left_out)}
