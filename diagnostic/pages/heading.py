"""The names in a page's heading: as submitted, or current."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostic.models import Assessment, Submission


@dataclass(frozen=True, slots=True)
class Heading:
    """The names printed on a page; `mode` is one of `workflow.MODES`."""

    country: str
    period: str
    mode: str


def heading_of(assessment: Assessment, submission: Submission | None = None) -> Heading:
    """The names frozen in `submission`; without one, the current names of `assessment` (no query).

    The country of `assessment` must be loaded.
    """
    if submission is None:
        return Heading(assessment.country.name, assessment.period, assessment.mode)
    return Heading(submission.received.country, submission.received.period, submission.received.mode)
