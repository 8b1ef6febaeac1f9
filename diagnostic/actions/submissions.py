"""Submitting: answers, marking, disclosure, instrument and scoring version, and the result, frozen and numbered."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from diagnostic.core import workflow
from diagnostic.core.action_plan import find_level
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.interchange import write_assessment
from diagnostic.core.responses import NATIONAL
from diagnostic.core.result import Result, score
from diagnostic.core.result_file import result_to_json
from diagnostic.core.scoring import SCORING_VERSION, shown
from diagnostic.instruments import instrument_of
from diagnostic.models import Action, Assessment, Attestation, Submission
from diagnostic.permissions import can_submit
from diagnostic.queries import (
    count_respondents,
    load_agreements,
    load_coordinators,
    load_heads,
    load_signatures,
    load_voices,
    to_file,
)

from . import audit
from .clock import now
from .errors import NotAttested
from .transitions import move


def build_snapshot(assessment: Assessment) -> tuple[str, Result]:
    """The canonical JSON that a submission of `assessment` would freeze now, and its result (3 queries).

    How many people answered is frozen, not who. Where each agency answered for itself, why they agreed is frozen too,
    by question (1 query more). The marking and whom it is disclosed to stand in it, so that nobody attests the answers
    and has them read by others than they saw.
    """
    instrument = instrument_of(assessment)
    voices = load_voices(assessment)
    result = score(instrument, voices, NATIONAL, assessment.target_level)
    content = {
        "format": "cpch-submission",
        "format_version": 1,
        "assessment": json.loads(write_assessment(to_file(assessment, voices), instrument)),
        "marking": assessment.marking,
        "is_disclosed_to_partners": assessment.is_disclosed_to_partners,
        "allows_statistics": assessment.allows_statistics,
        "instrument_digest": instrument.digest,
        "scoring_version": SCORING_VERSION,
        "respondents": count_respondents(assessment),
        "result": result_to_json(result, instrument, assessment.country.alpha2, assessment.period),
    }
    if assessment.mode == workflow.SEPARATE:
        content["agreements"] = load_agreements(assessment)
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")), result


def digest_of(snapshot: str) -> str:
    """SHA-256, in hexadecimal, of the bytes of `snapshot`."""
    return hashlib.sha256(snapshot.encode("utf-8")).hexdigest()


@transaction.atomic
def submit(*, assessment: Assessment, by: Any) -> Submission:
    """Hand `assessment` in, signed by both agencies, and return the numbered, frozen submission.

    Raises `PermissionDenied`, `StateChanged` where it is not with the country any more, or `NotAttested` unless both
    have signed exactly what is frozen.
    """
    if not can_submit(by, assessment):
        raise PermissionDenied
    moved = move(assessment, "submit")
    snapshot, result = build_snapshot(moved)
    digest = digest_of(snapshot)
    signatures = _signatures_under(digest, moved)
    last = Submission.objects.filter(assessment=moved).aggregate(last=Max("number"))["last"] or 0
    submission = Submission.objects.create(
        assessment=moved,
        number=last + 1,
        snapshot=snapshot,
        digest=digest,
        level=result.level,
        index_shown="" if result.place.index is None else shown(result.place.index),
        marking=moved.marking,
        is_disclosed_to_partners=moved.is_disclosed_to_partners,
        allows_statistics=moved.allows_statistics,
        submitted_at=now(),
        submitted_by=by,
    )
    Attestation.objects.filter(pk__in=[signature.pk for signature in signatures]).update(submission=submission)
    Assessment.objects.filter(pk=moved.pk).update(customs_attestation=None, police_attestation=None)
    _plan_from_what_is_frozen(moved, last, result)
    proof = {"digest": digest, "heads": load_heads(moved)}
    audit.record(act="assessment.submit", by=by, assessment=moved, number=submission.number, **proof)
    return submission


def _plan_from_what_is_frozen(assessment: Assessment, last: int, result: Result) -> None:
    """Measure what was planned since the submission `last` from the levels that are handed in now.

    An action holds the level that it was planned at. In a draft that is one that nobody handed in, and the secretariat,
    which reads the action from now on, is to learn none of those (design: What must always hold, 2).
    """
    planned = Action.objects.filter(assessment=assessment)
    before = Submission.objects.filter(assessment=assessment, number=last).first()
    for action in planned.filter(planned_at__gte=before.submitted_at) if before else planned:
        level = find_level(result, action.question, action.theme)
        if level != action.level_before:
            Action.objects.filter(pk=action.pk).update(level_before=level)


def _signatures_under(digest: str, assessment: Assessment) -> list[Attestation]:
    """What each agency signed (2 queries); `assessment` is locked.

    What was recorded for an agency does not count any more once it has a coordinator of its own.
    """
    coordinators = load_coordinators(assessment)
    good = {
        agency: signature
        for agency, signature in load_signatures(assessment).items()
        if signature.digest == digest and not (signature.agreed_by and coordinators[agency])
    }
    missing = tuple(agency for agency in AGENCIES if agency not in good)
    if missing:
        raise NotAttested(missing)
    return list(good.values())
