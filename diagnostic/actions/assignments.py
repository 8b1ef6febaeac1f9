"""Which reviewer is to look at what a country submits, and by when; the secretariat's own matter."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from diagnostic.core import workflow
from diagnostic.core.words import Message, _
from diagnostic.models import Assessment, Assignment
from diagnostic.permissions import can_assign, is_in_secretariat

from . import audit
from .clock import now
from .errors import ActionRefused, StateChanged

OPEN = (workflow.SUBMITTED, *workflow.DISCUSSED)


@transaction.atomic
def assign(*, assessment: Assessment, reviewer: Any, due_on: date, by: Any) -> Assignment | None:
    """Ask `reviewer`, one of the secretariat, to look at `assessment` by `due_on`; a second time moves the day.

    Returns None where that day is asked for already. It stays with the assessment when that is returned and comes
    back. The log of the assessment is the country's to read, so this is recorded in the log outside any. Raises
    `PermissionDenied`, `StateChanged` where the review is over, or `ActionRefused` for someone who may not review.
    """
    if not can_assign(by, assessment):
        raise PermissionDenied
    held = _held(assessment)
    if not is_in_secretariat(reviewer):
        raise ActionRefused(Message(_("Only an active reviewer or administrator can be assigned.")))
    if due_on < now().date():
        raise ActionRefused(Message(_("Choose a day that has not passed.")))
    if Assignment.objects.filter(assessment=held, reviewer=reviewer, due_on=due_on).exists():
        return None
    assignment, _created = Assignment.objects.update_or_create(
        assessment=held,
        reviewer=reviewer,
        defaults={"due_on": due_on, "assigned_by": by, "assigned_at": now()},
    )
    detail = {"about": str(held.pk), "reviewer": reviewer.full_name, "person": reviewer.pk}
    audit.record(act="assignment.make", by=by, due_on=due_on.isoformat(), **detail)
    return assignment


@transaction.atomic
def end(*, assignment: Assignment, by: Any) -> None:
    """Take an assignment back. Raises `PermissionDenied`, or `StateChanged` where the review is over or it is gone."""
    if not can_assign(by, assignment.assessment):
        raise PermissionDenied
    held = _held(assignment.assessment)
    deleted, _of = Assignment.objects.filter(pk=assignment.pk).delete()
    if not deleted:
        raise StateChanged
    audit.record(act="assignment.end", by=by, about=str(held.pk), reviewer=assignment.reviewer.full_name)


@transaction.atomic
def hand_over(*, assignment: Assignment, successor: Any, by: Any) -> None:
    """Transfer the assignment of a departing reviewer to `successor`, with its due date, or end it if that is None.

    The caller has locked the assessment and checked that `by` may do this. Raises `ActionRefused` if the successor may
    not review.
    """
    if successor is not None and not is_in_secretariat(successor):
        raise ActionRefused(Message(_("Only an active reviewer or administrator can be assigned.")))
    about, leaving = str(assignment.assessment_id), assignment.reviewer.full_name
    if successor is None:
        Assignment.objects.filter(pk=assignment.pk).delete()
        audit.record(act="assignment.end", by=by, about=about, reviewer=leaving)
        return
    Assignment.objects.filter(pk=assignment.pk).update(reviewer=successor, assigned_by=by, assigned_at=now())
    detail = {"about": about, "reviewer": leaving, "to": successor.full_name, "person": successor.pk}
    audit.record(act="assignment.hand_over", by=by, due_on=assignment.due_on.isoformat(), **detail)


def _held(assessment: Assessment) -> Assessment:
    held = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if held.state not in OPEN:
        raise StateChanged
    return held
