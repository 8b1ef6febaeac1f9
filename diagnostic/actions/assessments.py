"""Starting an assessment, choosing its settings, withdrawing it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from diagnostic.core import workflow
from diagnostic.core.period import MAX_PERIOD, write_period
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.responses import NATIONAL
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _
from diagnostic.instruments import CURRENT, current_instrument
from diagnostic.models import Assessment, InstrumentVersion, Response
from diagnostic.permissions import can_change_settings, can_start, can_withdraw, membership_of

from . import attestations, audit
from .clock import now
from .errors import ActionRefused, StateChanged, TextChanged
from .transitions import move


class PeriodTaken(ActionRefused):
    """The country has an assessment for this period that is not withdrawn."""

    def __init__(self, period: str):
        super().__init__(
            Message(
                _("There is an assessment for %(period)s already. Open it, or choose another period."),
                {"period": period},
            )
        )


@transaction.atomic
def start(
    *,
    by: Any,
    period: str,
    title: str = "",
    mode: str = workflow.JOINT,
    marking: str = "TLP:AMBER",
    is_disclosed_to_partners: bool = False,
    allows_statistics: bool = False,
    target_level: int | None = None,
) -> Assessment:
    """Start an assessment of the person's own country and lay its blank answers.

    Raises `PermissionDenied`, `ActionRefused` for a period without a name or with one too long, or `PeriodTaken` where
    it has an assessment already.
    """
    membership = membership_of(by)
    if membership is None or membership.country is None or not can_start(by):
        raise PermissionDenied
    period = write_period(period)
    if not 0 < len(period) <= MAX_PERIOD:
        raise ActionRefused(
            Message(_("Give the period a name of at most %(most)s characters, such as 2026."), {"most": MAX_PERIOD})
        )
    instrument, at = current_instrument(), now()
    try:
        with transaction.atomic():
            assessment = Assessment.objects.create(
                country=membership.country,
                instrument=InstrumentVersion.objects.get_by_natural_key(*CURRENT),
                instrument_digest=instrument.digest,
                period=period,
                title=title.strip(),
                mode=mode,
                marking=marking,
                is_disclosed_to_partners=is_disclosed_to_partners,
                allows_statistics=allows_statistics,
                target_level=target_level,
                started_at=at,
                state_changed_at=at,
                started_by=by,
            )
    except IntegrityError as error:
        raise PeriodTaken(period) from error
    Response.objects.bulk_create(
        Response(
            assessment=assessment,
            voice=voice,
            question=question.code,
            is_agreed=voice != NATIONAL or mode != workflow.SEPARATE,
        )
        for voice in workflow.voices_of(mode)
        for question in instrument.questions
    )
    # The first entry names the assessment, so that chains cannot be swapped, and the initial settings.
    start: dict[str, Any] = {"assessment_id": str(assessment.pk), "period": assessment.period, "mode": mode}
    start["settings"] = {name: getattr(assessment, name) for name in SETTINGS}
    audit.record(act="assessment.start", by=by, assessment=assessment, at=at, **start)
    return assessment


SETTINGS = ("title", "marking", "is_disclosed_to_partners", "allows_statistics", "target_level")


def base_of(assessment: Assessment) -> str:
    """Which settings a form was opened over."""
    held = [getattr(assessment, name) for name in SETTINGS]
    return hashlib.sha256(json.dumps(held).encode()).hexdigest()


@transaction.atomic
def update_settings(
    *,
    assessment: Assessment,
    by: Any,
    title: str,
    marking: str,
    is_disclosed_to_partners: bool,
    allows_statistics: bool,
    target_level: int | None,
    base: str | None = None,
) -> Assessment:
    """Change what frames the answers; the log says what changed from what to what.

    What was submitted keeps the settings it was submitted with. `base` is `base_of` the assessment that the writer saw;
    None where nobody saw one. Raises `PermissionDenied`, `StateChanged` unless the assessment is with the country, or
    `TextChanged` where somebody else has changed a setting since.
    """
    if not can_change_settings(by, assessment):
        raise PermissionDenied
    current = Assessment.objects.select_for_update(of=("self",)).select_related("country")
    held = current.get(pk=assessment.pk)
    if held.state not in workflow.WITH_COUNTRY:
        raise StateChanged
    wanted = {
        "title": title.strip(),
        "marking": marking,
        "is_disclosed_to_partners": is_disclosed_to_partners,
        "allows_statistics": allows_statistics,
        "target_level": target_level,
    }
    changes = {name: [getattr(held, name), value] for name, value in wanted.items() if getattr(held, name) != value}
    if changes and base not in (None, base_of(held)):
        raise TextChanged
    if changes:
        Assessment.objects.filter(pk=held.pk).update(**wanted)
        audit.record(act="assessment.settings", by=by, assessment=held, changes=changes)
        attestations.void(assessment=held, by=by, because="settings")
    for name, value in wanted.items():
        setattr(held, name, value)
    return held


@transaction.atomic
def withdraw(*, assessment: Assessment, by: Any, reason: str) -> Assessment:
    """Take the assessment back, with a reason; what was submitted stays on record for the country.

    Raises `PermissionDenied`, `ActionRefused` without a reason, or `StateChanged`.
    """
    if not can_withdraw(by, assessment):
        raise PermissionDenied
    if says_nothing(reason) or find_text_fault(reason):
        raise ActionRefused(Message(_("Say in a few words why the assessment is withdrawn.")))
    moved = move(assessment, "withdraw")
    said = {"source": assessment.state, "reason": reason.strip()}
    audit.record(act="assessment.withdraw", by=by, assessment=moved, at=moved.state_changed_at, **said)
    return moved
