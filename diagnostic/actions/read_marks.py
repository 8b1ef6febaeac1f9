"""Marking a question of a submission as read, each person for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from diagnostic.core.words import Message, _
from diagnostic.instruments import instrument_of
from diagnostic.models import ReadMark, Submission
from diagnostic.permissions import can_answer_comments, can_review

from .clock import now
from .errors import ActionRefused


@transaction.atomic
def mark_read(*, submission: Submission, question: str, up_to: datetime, by: Any) -> ReadMark:
    """Keep that `by` has read `question`, and what was said about it up to the moment `up_to`; it never goes back.

    What is said later is unread again. Raises `PermissionDenied` unless they review it or answer for its country, or
    `ActionRefused` where there is no such question.
    """
    if not can_review(by, submission.assessment) and not can_answer_comments(by, submission.assessment):
        raise PermissionDenied
    if question not in instrument_of(submission.assessment).by_code:
        raise ActionRefused(Message(_("There is no question %(code)s."), {"code": question}))
    seen = {"up_to": min(up_to, now()), "read_at": now()}
    mark, is_new = ReadMark.objects.get_or_create(submission=submission, question=question, person=by, defaults=seen)
    if not is_new:
        ReadMark.objects.filter(pk=mark.pk, up_to__lt=seen["up_to"]).update(**seen)
        mark.refresh_from_db()
    return mark
