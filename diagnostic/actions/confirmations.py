"""Saying that the answer of the country's last period is still true."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from diagnostic.core.responses import BLANK
from diagnostic.models import Assessment, Response
from diagnostic.permissions import can_answer
from diagnostic.queries import load_previous

from .errors import NothingBefore
from .responses import save


@transaction.atomic
def confirm(*, assessment_id: UUID, voice: str, question: str, base_version: int, by: Any) -> Response:
    """Make the last period's answer to `question` the answer of `voice`, and record that it was confirmed.

    Raises `PermissionDenied`, `NothingBefore`, and as `responses.save` does.
    """
    assessment = Assessment.objects.get(pk=assessment_id)
    if not can_answer(by, assessment, voice):
        raise PermissionDenied
    previous = load_previous(assessment, voice)
    response = previous.responses.get(question, BLANK) if previous else BLANK
    if previous is None or response.is_blank:
        raise NothingBefore(question)
    return save(
        assessment_id=assessment_id,
        voice=voice,
        question=question,
        response=response,
        base_version=base_version,
        by=by,
        confirms=previous.submission_id,
    )
