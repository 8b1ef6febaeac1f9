"""The e-mails about access and the notices, in plain text, with links to the site's own address."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from .models import Invitation, User


def invitation_link(token: str) -> str:
    """The absolute address of the page that accepts the invitation."""
    return settings.BASE_URL + reverse("invitation-accept", args=[token])


def send_invitation(invitation: Invitation, token: str) -> None:
    """Send the link to whom it invites. Raises `OSError` where the mail server does not take it."""
    context = {"invitation": invitation, "link": invitation_link(token)}
    _send("invitations/email", context, invitation.email)


def send_password_reset(user: User, path: str) -> None:
    """Send `user` the address, `path` on this site, at which they choose a new password. Raises `OSError`."""
    _send("account/email/password_reset", {"person": user, "link": settings.BASE_URL + path}, user.email)


def send_notice(template: str, context: dict[str, object], person: User) -> None:
    """Send `person` the notice that the templates `template`_subject and _message hold. Raises `OSError`."""
    _send(template, {"person": person, **context}, person.email)


def send_password_changed(user: User, at: datetime) -> None:
    """Tell `user` that their password was changed `at` that time; nothing in it opens anything. Raises `OSError`."""
    link = settings.BASE_URL + reverse("account_reset_password")
    _send("account/email/password_changed", {"person": user, "at": at, "link": link}, user.email)


def _send(template: str, context: dict[str, object], to: str) -> None:
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    body = render_to_string(f"{template}_message.txt", context)
    send_mail(subject, body, None, [to])
