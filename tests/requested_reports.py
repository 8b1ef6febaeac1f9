"""Report files that are requested as the report's page does it, as many as a test needs of one submission."""

from __future__ import annotations

import itertools
from typing import Any

from django.db import transaction

from diagnostic.actions.reports import request_report
from diagnostic.models import ReportFile, Submission
from diagnostic.tasks import render_reports
from diagnostic.views.report_facts import report_of_submission, submissions_for_report


class Requests:
    """Requests reports of one submission, each of other data: the report's title counts them."""

    def __init__(self, submission: Submission) -> None:
        loaded = submissions_for_report(Submission.objects.filter(pk=submission.pk)).get()
        self.assessment = submission.assessment
        self.data = {edition: report_of_submission(loaded, edition).build().to_json() for edition in ("full", "brief")}
        self.numbers = itertools.count(1)

    def request(self, by: Any, edition: str = "full", kind: str = "xlsx") -> ReportFile:
        """A new file that `by` requests, in the queue. Raises `TooManyWaiting`."""
        data = self.data[edition]
        data = data | {"facts": data["facts"] | {"title": f"Report {next(self.numbers)}"}}
        with transaction.atomic():
            file, _is_to_queue = request_report(
                data=data, edition=edition, language="en", kind=kind, by=by, assessment=self.assessment
            )
            render_reports.enqueue()
        return file
