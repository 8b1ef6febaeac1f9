"""Prints the orders for reports as JSON, as their own process gets them.

They are that of the demonstration's longest submission, that of a full one of two voices, and that of a long one. With
the first comes the same diagnostic as an interchange file, and the HTML that `assess --pdf` makes of that file.
"""

from __future__ import annotations

import json
from typing import Any

from diagnostic.core.interchange import parse_assessment
from diagnostic.core.report import build_report
from diagnostic.core.report_data import ReportFacts
from diagnostic.core.responses import NATIONAL, Evidence, Response
from diagnostic.core.result import score
from diagnostic.instruments import instrument_from_fixtures
from diagnostic.models import Submission
from diagnostic.rendering.html import render_html
from diagnostic.rendering.process import write_order
from diagnostic.views.report_facts import report_of_submission, submissions_for_report

FULL_ANSWER, LONG_ANSWER = 300, 2000
"""The characters of each text of a full report of some thirty pages, and of one of more than sixty."""
STEPS = {"national": 1, "customs": 3, "police": 2}
WORDS = "Officers of both services meet every month at the port, and what they agree is written down. "


def main() -> None:
    """Print `{"order": …, "voices": …, "long": …, "file": …, "file_html": …}`."""
    submissions = submissions_for_report(Submission.objects.select_related("assessment__country", "review__closing"))
    reports = {
        item: report_of_submission(item).build() for item in submissions.filter(assessment__country__alpha2="ZZ")
    }
    pages = {item: render_html(report) for item, report in reports.items()}
    longest = max(pages, key=lambda item: len(pages[item]))
    order = write_order(reports[longest], "en")
    file = json.dumps(json.loads(longest.snapshot)["assessment"], ensure_ascii=False)
    voices, long = (order_of_voices(characters) for characters in (FULL_ANSWER, LONG_ANSWER))
    print(json.dumps({"order": order, "voices": voices, "long": long, "file": file, "file_html": html_of(file)}))


def order_of_voices(characters: int) -> dict[str, Any]:
    """The order for a report of two agencies that answered everything, each text `characters` long."""
    instrument = instrument_from_fixtures()
    voices = {
        voice: {
            question.code: Response(
                level=1 + (place * step) % 4 if question.takes_level else None,
                narrative=(WORDS * (characters // len(WORDS) + 1))[:characters],
                evidence=(Evidence("Minutes of the meeting", "CUS/2026/114"),),
            )
            for place, question in enumerate(instrument.questions)
        }
        for voice, step in STEPS.items()
    }
    facts = ReportFacts(country="Example Country", alpha2="ZZ", period="2026", mode="separate", state="submitted")
    result = score(instrument, voices, NATIONAL, 4)
    return write_order(build_report(instrument, result, voices, facts, is_target_chosen=True), "en")


def html_of(file: str) -> str:
    """The report's HTML from an interchange file alone."""
    instrument = instrument_from_fixtures()
    filled = parse_assessment(file.encode(), instrument, {"ZZ"})
    result = score(instrument, filled.voices, "national", filled.target_level)
    facts = ReportFacts(country="Example Country", period=filled.period, title=filled.title, is_example=True)
    return render_html(build_report(instrument, result, filled.voices, facts, is_target_chosen=True))


if __name__ == "__main__":
    main()
