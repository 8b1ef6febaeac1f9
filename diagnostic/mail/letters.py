"""The e-mails of each kind of notice, computed on delivery: people who have left by then get none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cpch.accounts import mail
from cpch.accounts.letter import Letter
from diagnostic.models import AuditEntry

from .notices import write_notices
from .reminders import write_reminders

HAND_OVERS = (
    "comparison_opened",
    "comparison_declared",
    "attested",
    "taken_back",
    "submitted",
    "assigned",
    "taken_up",
    "returned",
    "accepted",
    "comment",
    "comment_answered",
    "opinion",
    "opinion_replied",
)
LETTERS: dict[str, Callable[[AuditEntry], list[Letter]]] = {
    **{kind: partial(write_notices, kind) for kind in HAND_OVERS},
    "reminder": write_reminders,
    "invitation": mail.write_invitation,
    "password_reset": mail.write_password_reset,
    "password_changed": mail.write_password_changed,
    "security": mail.write_security_notice,
    "proposal": mail.write_proposal_notice,
}
"""By kind of notice; `diagnostic.actions.notices.NOTICES_OF` has the kind of each act."""
