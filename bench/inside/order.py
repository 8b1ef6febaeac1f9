"""Prints the order for the report of the demonstration's longest submission as JSON, as its own process gets it.

With it comes the same diagnostic as an interchange file, and the HTML that `assess --pdf` makes of that file.
"""

from __future__ import annotations

import json

from diagnostic.core.interchange import parse_assessment
from diagnostic.core.report import build_report
from diagnostic.core.report_data import ReportFacts
from diagnostic.core.result import score
from diagnostic.instruments import instrument_from_fixtures
from diagnostic.models import Submission
from diagnostic.rendering.html import render_html
from diagnostic.rendering.process import read_static_files
from diagnostic.views.report_facts import report_of_submission, submissions_for_report


def main() -> None:
    """Print `{"order": …, "file": …, "file_html": …}`."""
    submissions = submissions_for_report(
        Submission.objects.select_related("assessment__country", "submitted_by", "review__closed_by")
    )
    reports = {
        item: report_of_submission(item).build() for item in submissions.filter(assessment__country__alpha2="ZZ")
    }
    pages = {item: render_html(report) for item, report in reports.items()}
    longest = max(pages, key=lambda item: len(pages[item]))
    order = {"html": pages[longest], "files": read_static_files(), "identifier": reports[longest].digest}
    file = json.dumps(json.loads(longest.snapshot)["assessment"], ensure_ascii=False)
    print(json.dumps({"order": order, "file": file, "file_html": html_of(file)}))


def html_of(file: str) -> str:
    """The report's HTML from an interchange file alone."""
    instrument = instrument_from_fixtures()
    filled = parse_assessment(file.encode(), instrument, {"ZZ"})
    result = score(instrument, filled.voices, "national", filled.target_level)
    facts = ReportFacts(country="Example Country", period=filled.period, title=filled.title, is_example=True)
    return render_html(build_report(instrument, result, filled.voices, facts, is_target_chosen=True))


if __name__ == "__main__":
    main()
