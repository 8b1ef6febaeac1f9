"""Holds an assessment still while something is said about its latest submission."""

from __future__ import annotations

from diagnostic.models import Assessment, Submission

from .errors import StateChanged


def lock_latest(submission: Submission, *states: str) -> Assessment:
    """The assessment of `submission`, locked until the end of the transaction.

    Raises `StateChanged` where it is in none of `states`, or has a later submission.
    """
    assessment = Assessment.objects.select_for_update().get(pk=submission.assessment_id)
    if assessment.state not in states:
        raise StateChanged
    if Submission.objects.filter(assessment=assessment, number__gt=submission.number).exists():
        raise StateChanged
    return assessment
