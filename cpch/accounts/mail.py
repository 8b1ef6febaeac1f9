"""The e-mails about access: recipients and context, computed on delivery from the act's log entry.

Links that give access are generated here and never stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from .addresses import address_key
from .language import language_of
from .letter import Letter, letter_to
from .models import CoordinatorProposal, Invitation, User
from .permissions import people_told_of

if TYPE_CHECKING:
    from diagnostic.models import AuditEntry


def invitation_link(invitation: Invitation) -> str:
    """The absolute address of the page that accepts `invitation`."""
    return settings.BASE_URL + reverse("invitation-accept", args=[invitation.token])


def write_invitation(entry: AuditEntry) -> list[Letter]:
    """To the invited address, unless the invitation has ended or was renewed since.

    It is in the inviter's language, because the reader's is not known. An address that has an account by now gets no
    link, because one person has one role.
    """
    invitation = (
        Invitation.objects.select_related("country", "agency", "invited_by")
        .filter(pk=entry.detail["invitation"], link_nonce=entry.detail["link"])
        .first()
    )
    if invitation is None or not invitation.is_open:
        return []
    context: dict[str, object] = {"invitation": invitation, "contact": settings.DEFAULT_FROM_EMAIL}
    holder = User.objects.filter(address_key=invitation.address_key).first()
    if holder is not None:
        return [Letter(invitation.email, language_of(holder), "invitations/email_taken", context)]
    by = invitation.invited_by
    language = language_of(by) if by is not None else settings.LANGUAGE_CODE
    context["link"] = invitation_link(invitation)
    return [Letter(invitation.email, language, "invitations/email", context)]


def write_password_reset(entry: AuditEntry) -> list[Letter]:
    """To the active person with that address, if any; each delivery generates a new link."""
    user = User.objects.filter(address_key=address_key(entry.detail["email"]), is_active=True).first()
    if user is None:
        return []
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    link = settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=key)
    return [letter_to(user, "account/email/password_reset", {"person": user, "link": link})]


def write_password_changed(entry: AuditEntry) -> list[Letter]:
    """To the person whose password was changed or reset; it contains no link that gives access."""
    link = settings.BASE_URL + reverse("account_reset_password")
    return [
        letter_to(user, "account/email/password_changed", {"person": user, "at": entry.at, "link": link})
        for user in _still_here(entry)
    ]


def write_security_notice(entry: AuditEntry) -> list[Letter]:
    """To the person whose second factor was changed, or used in a way that may not be theirs."""
    told = {name: value for name, value in entry.detail.items() if name in ("name", "reason", "left")}
    what, link = entry.act.removeprefix("person."), settings.BASE_URL + reverse("security")
    return [
        letter_to(user, "security/email/notice", {"person": user, "what": what, "at": entry.at, "link": link, **told})
        for user in _still_here(entry)
    ]


def write_proposal_notice(entry: AuditEntry) -> list[Letter]:
    """To a country's coordinators and the administrators: a coordinator is proposed, or the proposal is decided."""
    proposal = CoordinatorProposal.objects.select_related("agency__country").get(pk=entry.detail["proposal"])
    what, link = entry.act.removeprefix("proposal."), settings.BASE_URL + reverse("proposal-detail", args=[proposal.pk])
    context = {"proposal": proposal, "what": what, "by": entry.by, "link": link}
    return [
        letter_to(person, "proposals/email", {"person": person, **context})
        for person in people_told_of(proposal, entry.by)
    ]


def _still_here(entry: AuditEntry) -> list[User]:
    """The person whom the entry is about, unless they were deactivated since: deactivated people get no e-mail."""
    return list(User.objects.filter(pk=entry.detail.get("person", entry.by_id), is_active=True))
