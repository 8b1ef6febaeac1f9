"""The parts of a snapshot other than the answers: the country, the plan, and submissions of earlier periods."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from diagnostic.core import workflow
from diagnostic.core.report_follow_up import ActionLine
from diagnostic.core.result import Result
from diagnostic.core.submission_file import Context, CountryLine, Reference
from diagnostic.models import Action, Assessment, Submission
from diagnostic.queries import to_action_line


def load_context(assessment: Assessment, result: Result) -> Context:
    """The current context of the answers to `assessment`, with the levels of `result` (2 queries).

    Its country must be loaded.
    """
    own, before = _load_submissions(assessment)
    same = [item for item in before if item.assessment.instrument_id == assessment.instrument_id]
    previous = same[-1] if same else None
    made_on = [assessment.pk, *([previous.assessment_id] if previous else [])]
    actions = list(Action.objects.filter(assessment__in=made_on).order_by("number"))
    since = own[-1].submitted_at if own else None
    country = assessment.country
    return Context(
        country=CountryLine(country.alpha2, country.name, country.footnote, country.is_example),
        mode=assessment.mode,
        plan=tuple(_to_line(item, result, since) for item in actions if item.assessment_id == assessment.pk),
        previous_plan=tuple(to_action_line(item, result) for item in actions if item.assessment_id != assessment.pk),
        previous=_refer(previous) if previous else None,
        earlier=tuple(_refer(item) for item in before),
    )


def _load_submissions(assessment: Assessment) -> tuple[list[Submission], list[Submission]]:
    """Submissions of `assessment` in order, and the last of each earlier assessment, oldest first (1 query)."""
    is_earlier = Q(assessment__started_at__lt=assessment.started_at) & ~Q(assessment__state=workflow.WITHDRAWN)
    found = (
        Submission.objects.filter(Q(assessment=assessment.pk) | is_earlier, assessment__country=assessment.country_id)
        .select_related("assessment")
        .defer("snapshot", "receipt")
        .order_by("assessment__started_at", "assessment_id", "number")
    )
    rows = list(found)
    last = {item.assessment_id: item for item in rows if item.assessment_id != assessment.pk}
    return [item for item in rows if item.assessment_id == assessment.pk], list(last.values())


def _to_line(action: Action, result: Result, since: datetime | None) -> ActionLine:
    """An action of the assessment's own plan; those planned after the submission at `since` start from this result."""
    line = to_action_line(action, result)
    return line if since and action.planned_at < since else replace(line, level_before=line.level_now)


def _refer(submission: Submission) -> Reference:
    return Reference(str(submission.pk), submission.digest)
