"""E-mails in plain text, with links to the site's own address: those about access, and the way every other one goes."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from .language import language_of
from .models import CoordinatorProposal, Invitation, User


def invitation_link(token: str) -> str:
    """The absolute address of the page that accepts the invitation."""
    return settings.BASE_URL + reverse("invitation-accept", args=[token])


def send_invitation(invitation: Invitation, token: str, by: User) -> None:
    """Send the link to whom it invites. Raises `OSError` where the mail server does not take it.

    Which language they read is not known before they accept; `by`, who sends it, is the nearest to know.
    """
    context = {"invitation": invitation, "link": invitation_link(token)}
    send("invitations/email", context, invitation.email, language_of(by))


def send_password_reset(user: User, path: str) -> None:
    """Send `user` the address, `path` on this site, at which they choose a new password. Raises `OSError`."""
    send(
        "account/email/password_reset",
        {"person": user, "link": settings.BASE_URL + path},
        user.email,
        language_of(user),
    )


def send_password_changed(user: User, at: datetime) -> None:
    """Tell `user` that their password was changed `at` that time; nothing in it opens anything. Raises `OSError`."""
    link = settings.BASE_URL + reverse("account_reset_password")
    send("account/email/password_changed", {"person": user, "at": at, "link": link}, user.email, language_of(user))


def send_security_notice(user: User, what: str, at: datetime, told: dict[str, object]) -> None:
    """Tell `user` of a change of their second factor or of a use that may not be theirs. Raises `OSError`.

    `what` is the act without its "person."; `told` holds the name of a key, a reason, or how many codes are left.
    """
    context = {"person": user, "what": what, "at": at, "link": settings.BASE_URL + reverse("security")} | told
    send("security/email/notice", context, user.email, language_of(user))


def send_proposal_notice(person: User, proposal: CoordinatorProposal, what: str, by: User) -> None:
    """Tell `person` that `by` has made, approved, declined or taken back (`what`) a proposal. Raises `OSError`."""
    link = settings.BASE_URL + reverse("proposal-detail", args=[proposal.pk])
    context = {"person": person, "proposal": proposal, "what": what, "by": by, "link": link}
    send("proposals/email", context, person.email, language_of(person))


def send(template: str, context: dict[str, object], to: str, language: str) -> None:
    """Send one person the e-mail of the two templates `<template>_subject.txt` and `_message.txt`, in `language`.

    Raises `OSError`.
    """
    with translation.override(language):
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        body = render_to_string(f"{template}_message.txt", context)
    send_mail(subject, body, None, [to])
