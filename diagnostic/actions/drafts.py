"""Drafts of the drafting kit: noting down who took one away. No text of a draft is kept."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from diagnostic.core.drafting_kit import DraftKind
from diagnostic.models import Assessment
from diagnostic.permissions import can_draft

from . import audit


@transaction.atomic
def record_download(*, kind: DraftKind, is_whole: bool, by: Any, assessment: Assessment, number: int | None) -> None:
    """Write into the assessment's log who took which draft away, and whether with the sensitive answers.

    `number` is the submission's, None for the answers as they stand. Raises `PermissionDenied`.
    """
    if not can_draft(by, assessment):
        raise PermissionDenied
    act = "draft.download" if is_whole else "draft.download_without"
    audit.record(act=act, by=by, assessment=assessment, draft=kind, number=number)
