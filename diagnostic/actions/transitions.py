"""The one way an assessment changes state: a row of the transition table, by conditional update."""

from __future__ import annotations

from diagnostic.core import workflow
from diagnostic.models import Assessment

from .clock import now
from .errors import StateChanged


def move(assessment: Assessment, act: str) -> Assessment:
    """Carry out `act` on `assessment` and return it as it stands now; the caller has checked who may.

    Raises `StateChanged` where the table has no such row from the present state, or someone was faster.
    """
    locked = Assessment.objects.select_for_update(of=("self",)).select_related("country")
    current = locked.get(pk=assessment.pk)
    transition = workflow.find_transition(act, current.state, current.mode)
    if transition is None:
        raise StateChanged
    at = now()
    changed = Assessment.objects.filter(pk=current.pk, state=transition.source).update(
        state=transition.target, state_changed_at=at
    )
    if not changed:
        raise StateChanged
    current.state, current.state_changed_at = transition.target, at
    return current
