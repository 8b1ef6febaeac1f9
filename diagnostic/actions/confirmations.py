"""Saying that the answer of the country's last period is still true."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from diagnostic.core import workflow
from diagnostic.core.responses import BLANK, NATIONAL
from diagnostic.models import Assessment, Response
from diagnostic.permissions import can_answer
from diagnostic.queries import load_previous, load_signatures

from .attestations import void
from .errors import AgreedInstead, NothingBefore
from .responses import save
from .sides import refusal
from .submissions import build_snapshot, digest_of


def can_be_confirmed(assessment: Assessment, voice: str) -> bool:
    """Whether answers of `voice` can be said to be still true: any but those that two agencies agree on."""
    return voice != NATIONAL or assessment.mode != workflow.SEPARATE


@transaction.atomic
def confirm(*, assessment_id: UUID, voice: str, question: str, base_version: int, by: Any) -> Response:
    """Make the last period's answer to `question` the answer of `voice`, and record that it was confirmed.

    Where it stands so already, the answer that is signed does not change. The signatures are void all the same where it
    is the first word of somebody, for how many people answered is signed too. What two agencies agree on
    rests on their own answers, with a reason where these differ (design: The way through it, 3), so it is confirmed in
    each agency's voice and never in the national one. Raises `PermissionDenied`, `AgreedInstead`, `NothingBefore`, and
    as `responses.save` does.
    """
    assessment = Assessment.objects.get(pk=assessment_id)
    if not can_answer(by, assessment, voice):
        raise refusal(by, assessment)
    if not can_be_confirmed(assessment, voice):
        raise AgreedInstead(question)
    previous = load_previous(assessment, voice)
    response = previous.responses.get(question, BLANK) if previous else BLANK
    if previous is None or response.is_blank:
        raise NothingBefore(question)
    saved = save(
        assessment_id=assessment_id,
        voice=voice,
        question=question,
        response=response,
        base_version=base_version,
        by=by,
        confirms=previous.submission_id,
    )
    if saved.assessment.standing_attestations and not _is_signed(saved.assessment):
        saved.has_voided = void(assessment=saved.assessment, by=by, because=question)
    return saved


def _is_signed(assessment: Assessment) -> bool:
    """Whether every signature that stands is under what would be submitted now."""
    digest = digest_of(build_snapshot(assessment)[0])
    return all(signature.digest == digest for signature in load_signatures(assessment).values())
