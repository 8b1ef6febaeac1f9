"""A reviewer's view of a level, beside the country's answer, and the country's reply to it. No answer is touched."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cpch.limits import COMMENTS
from diagnostic.core import workflow
from diagnostic.core.instrument import LEVELS
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _
from diagnostic.instruments import instrument_of
from diagnostic.models import Opinion, Submission
from diagnostic.permissions import agency_of, can_reply, can_review

from . import audit
from .bases import require_base
from .clock import now
from .errors import ActionRefused, StateChanged
from .latest import lock_latest
from .limits import require_within


@transaction.atomic
def give(
    *, submission: Submission, question: str, level: int, reason: str, by: Any, base: str | None = None
) -> Opinion | None:
    """Record a reviewer's level for a question, with the reason; the country sees it immediately.

    A changed opinion is a new version and replaces the previous one, whose stamp is `base`; the reply is kept, and has
    to be given again. Returns None if the opinion is unchanged: pressing the button twice records it once. Raises
    `PermissionDenied`, `StateChanged` unless the submission is in review, `TextChanged`, or `ActionRefused`.
    """
    _require_reviewer(submission, by)
    assessment = lock_latest(submission, workflow.IN_REVIEW)
    found = instrument_of(submission.assessment).by_code.get(question)
    if found is None or not found.takes_level:
        raise ActionRefused(Message(_("%(code)s has no level to have an opinion of."), {"code": question}))
    if level not in LEVELS:
        raise ActionRefused(Message(_("Choose a level from 1 to 5.")))
    _require_text(reason, Message(_("Say why you see it at this level.")))
    wanted = {"level": level, "reason": reason.strip()}
    last = _last(submission, question)
    held = _standing(last)
    if held and (held.level, held.reason) == (level, wanted["reason"]):
        if held.given_by_id == by.pk:
            return None
    elif held:
        require_base(base, held.given_at)
    given = {"given_at": now(), "given_by": by, "given_by_name": by.full_name, "awaits_reply": True}
    opinion = _append(last, submission, question, **_reply_of(held), **wanted, **given)
    # The country is notified of the first opinion, and of a change to one that it has replied to.
    act = "opinion.change" if held and not held.reply else "opinion.give"
    audit.record(act=act, by=by, assessment=assessment, question=question, number=submission.number)
    return opinion


@transaction.atomic
def take_back(*, submission: Submission, question: str, by: Any, base: str | None = None) -> None:
    """Take the opinion with the stamp `base` back while nobody has replied to it.

    Raises `PermissionDenied`, `StateChanged` unless the submission is in review and the opinion still stands,
    `TextChanged`, or `ActionRefused` where the country has replied.
    """
    _require_reviewer(submission, by)
    assessment = lock_latest(submission, workflow.IN_REVIEW)
    opinion = _standing(_last(submission, question))
    if opinion is None:
        raise StateChanged
    if opinion.reply:
        raise ActionRefused(Message(_("The country has replied to this opinion. Change it, or leave it as it stands.")))
    require_base(base, opinion.given_at)
    _append(opinion, submission, question, **_view_of(opinion), is_taken_back=True)
    audit.record(act="opinion.take_back", by=by, assessment=assessment, question=question, number=submission.number)


@transaction.atomic
def reply(*, submission: Submission, question: str, text: str, by: Any, base: str | None = None) -> Opinion | None:
    """Reply to an opinion for the country; a later reply takes the place of the one before.

    `base` is the stamp of the opinion and the reply that the writer saw. Returns None where they replied just that to
    it: a button pressed twice says it once. Raises `PermissionDenied`, `StateChanged` where there is a later submission
    or no such opinion any more, `TextChanged`, `ActionRefused` for a bad text, or `LimitReached`.
    """
    if not can_reply(by, submission.assessment):
        raise PermissionDenied
    assessment = lock_latest(submission, *workflow.REPLIED)
    _require_text(text, Message(_("Write the reply first.")))
    held = _standing(_last(submission, question))
    if held is None:
        raise StateChanged
    is_said = (held.reply, held.replied_by_id) == (text.strip(), by.pk)
    if is_said and not held.awaits_reply:
        return None
    require_base(base, held.given_at, held.replied_at)
    require_within(COMMENTS, by)
    opinion = _append(
        held,
        submission,
        question,
        **_view_of(held),
        reply=text.strip(),
        replied_at=now(),
        replied_by=by,
        replied_by_name=by.full_name,
        replied_by_agency=agency_of(by),
        awaits_reply=False,
    )
    audit.record(act="opinion.reply", by=by, assessment=assessment, question=question, number=submission.number)
    return opinion


def _last(submission: Submission, question: str) -> Opinion | None:
    """The last version of the opinion on `question`, even if it was taken back."""
    return Opinion.objects.filter(submission=submission, question=question).order_by("version").last()


def _standing(last: Opinion | None) -> Opinion | None:
    return None if last is None or last.is_taken_back else last


def _append(last: Opinion | None, submission: Submission, question: str, **values: Any) -> Opinion:
    """Add the next version after `last`."""
    version = last.version + 1 if last else 1
    return Opinion.objects.create(submission=submission, question=question, version=version, **values)


def _view_of(opinion: Opinion) -> dict[str, Any]:
    names = ("level", "reason", "given_at", "given_by_id", "given_by_name")
    return {name: getattr(opinion, name) for name in names}


def _reply_of(opinion: Opinion | None) -> dict[str, Any]:
    """The country's reply so far; it is kept when the opinion changes."""
    names = ("reply", "replied_at", "replied_by_id", "replied_by_name", "replied_by_agency")
    return {name: getattr(opinion, name) for name in names} if opinion else {}


def _require_reviewer(submission: Submission, by: Any) -> None:
    if not can_review(by, submission.assessment):
        raise PermissionDenied


def _require_text(text: str, when_empty: Message) -> None:
    fault = find_text_fault(text)
    if fault or says_nothing(text):
        raise ActionRefused(fault or when_empty)
