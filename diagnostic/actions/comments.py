"""What secretariat and country write about a question of a submission; a comment is never changed or deleted.

The discussion between a country's two agencies is not here: it belongs to the assessment alone.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cpch.limits import COMMENTS
from diagnostic.core import workflow
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _
from diagnostic.instruments import instrument_of
from diagnostic.models import Comment, Submission
from diagnostic.permissions import agency_of, can_answer_comments, can_review

from . import audit
from .clock import now
from .errors import ActionRefused
from .latest import lock_latest
from .limits import require_within


@transaction.atomic
def note(*, submission: Submission, question: str, text: str, by: Any) -> Comment | None:
    """Write what only the secretariat reads.

    Returns None where they wrote just that last: a button pressed twice says it once. The log of the assessment is the
    country's to read, so this is recorded in the log outside any. Raises `PermissionDenied`, `StateChanged`,
    `ActionRefused` for a bad text, or `LimitReached`.
    """
    _require_reviewer(submission, by)
    return _write(submission, question, "note", text, by)


@transaction.atomic
def share(*, submission: Submission, question: str, text: str, by: Any) -> Comment | None:
    """Write to the country about one question. Returns and raises as `note`."""
    _require_reviewer(submission, by)
    return _write(submission, question, "share", text, by)


@transaction.atomic
def answer(*, submission: Submission, question: str, text: str, by: Any) -> Comment | None:
    """Answer, for the country, in a thread that the secretariat has begun.

    Returns and raises as `note`, and `ActionRefused` where nothing was shared about the question.
    """
    if not can_answer_comments(by, submission.assessment):
        raise PermissionDenied
    begun = Comment.objects.filter(
        assessment_id=submission.assessment_id, question=question, audience=Comment.Audience.SHARED
    )
    if not begun.exists():
        raise ActionRefused(
            Message(_("The secretariat has written nothing about %(code)s to answer."), {"code": question})
        )
    return _write(submission, question, "answer", text, by)


def _require_reviewer(submission: Submission, by: Any) -> None:
    if not can_review(by, submission.assessment):
        raise PermissionDenied


def _write(submission: Submission, question: str, act: str, text: str, by: Any) -> Comment | None:
    audience = Comment.Audience.INTERNAL if act == "note" else Comment.Audience.SHARED
    assessment = lock_latest(submission, *workflow.DISCUSSED)
    if question not in instrument_of(submission.assessment).by_code:
        raise ActionRefused(Message(_("There is no question %(code)s."), {"code": question}))
    fault = find_text_fault(text)
    if fault or says_nothing(text):
        raise ActionRefused(fault or Message(_("Write something first.")))
    last = Comment.objects.filter(submission=submission, question=question).last()
    if last and (last.written_by_id, last.audience, last.text) == (by.pk, audience, text.strip()):
        return None
    require_within(COMMENTS, by)
    comment = Comment.objects.create(
        assessment=assessment,
        submission=submission,
        question=question,
        audience=audience,
        text=text.strip(),
        written_at=now(),
        written_by=by,
        written_by_name=by.full_name,
        written_by_agency=agency_of(by),
    )
    if audience == Comment.Audience.INTERNAL:
        audit.record(act="comment.note", by=by, question=question, submission=str(submission.pk))
    else:
        audit.record(act=f"comment.{act}", by=by, assessment=assessment, question=question, number=submission.number)
    return comment
