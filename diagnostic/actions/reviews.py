"""The secretariat's acts on a submission: take it up, ask, return, accept. Answers are never touched here."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from diagnostic.core import workflow
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.responses import NATIONAL, is_asked
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Clarification, Closing, Review, Submission
from diagnostic.permissions import can_review
from diagnostic.queries import snapshot_voices

from . import audit
from .bases import require_base
from .clock import now
from .errors import ActionRefused, StateChanged
from .transitions import move


@transaction.atomic
def take_up(*, submission: Submission, by: Any) -> Review:
    """Begin the review of a submission that waits. Raises `PermissionDenied` or `StateChanged`."""
    _require_reviewer(submission, by)
    _require_last(submission)
    moved = move(submission.assessment, "take_up")
    at = moved.state_changed_at
    review = Review.objects.create(submission=submission, taken_up_at=at, taken_up_by=by, taken_up_by_name=by.full_name)
    audit.record(act="review.take_up", by=by, assessment=moved, at=at, number=submission.number)
    return review


@transaction.atomic
def ask(*, submission: Submission, question: str, text: str, by: Any, base: str | None = None) -> Clarification | None:
    """Ask the country to clarify one question on return; an empty text takes the question off the list.

    `base` is the stamp of the text that the writer saw there. The assessment's log is its country's, which learns what
    is asked with the return that asks it; so this is recorded in the log outside any. Raises `PermissionDenied`,
    `StateChanged` unless the submission is in review, `TextChanged`, or `ActionRefused` for a bad text or a question
    that the submission does not ask.
    """
    _require_reviewer(submission, by)
    review = _open_review(submission)
    instrument = instrument_of(submission.assessment)
    found = instrument.by_code.get(question)
    if found is None:
        raise ActionRefused(Message(_("There is no question %(code)s."), {"code": question}))
    fault = find_text_fault(text)
    if fault:
        raise ActionRefused(fault)
    last = Clarification.objects.filter(review=review, question=question).order_by("version").last()
    held = None if last is None or last.is_taken_back else last
    if held and held.text != text.strip():
        require_base(base, held.asked_at)
    version = {
        "review": review,
        "question": question,
        "version": last.version + 1 if last else 1,
        "asked_at": now(),
        "asked_by": by,
        "asked_by_name": by.full_name,
    }
    if says_nothing(text):
        if held:
            Clarification.objects.create(**version, text=held.text, is_taken_back=True)
        audit.record(act="review.unask", by=by, question=question, submission=str(submission.pk))
        return None
    if not is_asked(instrument, found, NATIONAL, snapshot_voices(submission)):
        raise ActionRefused(
            Message(_("The country is not asked this question, so it could not answer. Ask about its parent."))
        )
    asked = Clarification.objects.create(**version, text=text.strip())
    audit.record(act="review.ask", by=by, question=question, submission=str(submission.pk))
    return asked


@transaction.atomic
def return_for_clarification(*, submission: Submission, remark: str, by: Any) -> Review:
    """Return the assessment to the country; only the named questions and their follow-ups open again.

    Raises `PermissionDenied`, `StateChanged`, or `ActionRefused` where no question is named.
    """
    _require_reviewer(submission, by)
    review = _open_review(submission)
    named = list(review.clarifications.standing().order_by("pk").values_list("question", flat=True))
    if not named:
        raise ActionRefused(
            Message(_("Name at least one question to clarify, and say what is asked, before you return it."))
        )
    return _close(review, submission, "return", Review.Outcome.RETURNED, remark, by, questions=named)


@transaction.atomic
def accept(*, submission: Submission, remark: str, by: Any) -> Review:
    """Accept the submission. Raises `PermissionDenied`, `StateChanged`, or `ActionRefused` while one is named."""
    _require_reviewer(submission, by)
    review = _open_review(submission)
    if review.clarifications.standing().exists():
        raise ActionRefused(
            Message(_("Questions are still marked for clarification. Return the assessment, or unmark them first."))
        )
    return _close(review, submission, "accept", Review.Outcome.ACCEPTED, remark, by)


def _close(
    review: Review, submission: Submission, act: str, outcome: str, remark: str, by: Any, **detail: Any
) -> Review:
    fault = find_text_fault(remark)
    if fault:
        raise ActionRefused(fault)
    moved = move(submission.assessment, act)
    at = moved.state_changed_at
    Closing.objects.create(
        review=review,
        outcome=outcome,
        remark=remark.strip(),
        closed_at=at,
        closed_by=by,
        closed_by_name=by.full_name,
    )
    audit.record(act=f"review.{act}", by=by, assessment=moved, at=at, number=submission.number, **detail)
    return review


def _require_reviewer(submission: Submission, by: Any) -> None:
    if not can_review(by, submission.assessment):
        raise PermissionDenied


def _require_last(submission: Submission) -> None:
    if Submission.objects.filter(assessment=submission.assessment, number__gt=submission.number).exists():
        raise StateChanged


def _open_review(submission: Submission) -> Review:
    """The submission's open review, its assessment locked so that return, accept and ask wait for each other."""
    assessment = Assessment.objects.select_for_update().get(pk=submission.assessment_id)
    review = Review.objects.filter(submission=submission, closing=None).first()
    if assessment.state != workflow.IN_REVIEW or review is None:
        raise StateChanged
    return review
