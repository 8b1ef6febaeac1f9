"""What a page calls the assessment that it is about: as it was submitted, or as it stands."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostic.models import Assessment, Submission


@dataclass(frozen=True, slots=True)
class Heading:
    """The names that a page prints; `mode` is one of `workflow.MODES`."""

    country: str
    period: str
    mode: str


def heading_of(assessment: Assessment, submission: Submission | None = None) -> Heading:
    """The names that `submission` froze; without one, those of `assessment` now (no query).

    The country of `assessment` must be loaded.
    """
    if submission is None:
        return Heading(assessment.country.name, assessment.period, assessment.mode)
    return Heading(submission.received.country, submission.received.period, submission.received.mode)
