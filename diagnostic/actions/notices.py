"""Which acts have a notice by e-mail; an act adds its outbox row in its own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from diagnostic.models import AuditEntry, OutboxItem

from . import wakes
from .clock import now

NOTICES_OF = {
    "comparison.open": "comparison_opened",
    "comparison.open_declared": "comparison_declared",
    "attestation.sign": "attested",
    "attestation.take_back": "taken_back",
    "assessment.submit": "submitted",
    "assignment.make": "assigned",
    "assignment.hand_over": "assigned",
    "review.take_up": "taken_up",
    "review.return": "returned",
    "review.accept": "accepted",
    "comment.share": "comment",
    "comment.answer": "comment_answered",
    "opinion.give": "opinion",
    "opinion.reply": "opinion_replied",
    "plan.remind": "reminder",
    "invitation.made": "invitation",
    "invitation.renewed": "invitation",
    "proposal.made": "proposal",
    "proposal.taken_back": "proposal",
    "proposal.approved": "proposal",
    "proposal.declined": "proposal",
    "person.password_reset_asked": "password_reset",
    "person.password_reset": "password_changed",
    "person.password_changed": "password_changed",
    "person.app_added": "security",
    "person.app_removed": "security",
    "person.key_added": "security",
    "person.key_renamed": "security",
    "person.key_removed": "security",
    "person.codes_made": "security",
    "person.recovery_code_used": "security",
    "person.second_factor_taken_off": "security",
    "person.too_many_guesses": "security",
}
"""The kind of notice of each act; acts that are not listed have none."""

_is_silent: ContextVar[bool] = ContextVar("is_silent", default=False)


def order(entry: AuditEntry) -> None:
    """Queue the notice of `entry`, within its transaction (2 queries; none without a notice)."""
    kind = NOTICES_OF.get(entry.act)
    if kind is None or _is_silent.get():
        return
    at = now()
    OutboxItem.objects.create(entry=entry, kind=kind, made_at=at, next_try_at=at)
    wakes.wake(wakes.DELIVER_MAIL)


@contextmanager
def without_notices() -> Iterator[None]:
    """Queue no e-mail in the block: its acts are those of example people, who have no mailboxes."""
    token = _is_silent.set(True)
    try:
        yield
    finally:
        _is_silent.reset(token)
