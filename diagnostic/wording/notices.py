"""The names of the kinds of notices, for administrators; diagnostic/mail has the text of the e-mails."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

KINDS = {
    "comparison_opened": _("Comparison opened early"),
    "comparison_declared": _("Comparison opened"),
    "attested": _("Attestation given"),
    "taken_back": _("Attestation taken back"),
    "submitted": _("Submission received"),
    "assigned": _("Review assigned"),
    "taken_up": _("Review begun"),
    "returned": _("Assessment returned"),
    "accepted": _("Assessment accepted"),
    "comment": _("Comment by the secretariat"),
    "comment_answered": _("Answer to a comment"),
    "opinion": _("Opinion by the secretariat"),
    "opinion_replied": _("Reply to an opinion"),
    "reminder": _("Reminder of actions"),
    "invitation": _("Invitation"),
    "proposal": _("Proposed coordinator"),
    "password_reset": _("Password reset"),
    "password_changed": _("Password changed"),
    "security": _("Second factor changed or used"),
}
