"""A button pressed twice: the second press comes too late for what the first one did, and is no mistake."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from diagnostic.actions.clock import now
from diagnostic.models import Assessment, AuditEntry

TWICE = timedelta(seconds=10)
"""How far apart two clicks of an impatient person may lie."""


def was_just_done(act: str, assessment: Assessment, by: Any) -> bool:
    """Whether `by` has done `act`, as the log calls it, on `assessment` a moment ago (1 query).

    To be asked where it was refused because the assessment has moved on: the browser shows the answer to the second
    press alone, and that says that it is done.
    """
    just = AuditEntry.objects.filter(chain__assessment=assessment, act=act, by=by, at__gt=now() - TWICE)
    return just.exists()
