"""Every write about people: inviting, accepting, withdrawing, deactivating. Sending the e-mails is in mail.py."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from diagnostic.actions.audit import record
from diagnostic.actions.errors import ActionRefused
from diagnostic.core.words import Message, _

from .models import Agency, Country, Invitation, Membership, Role, User
from .models.membership import AGENCY_ROLES, COUNTRY_ROLES
from .models.user import site_language
from .permissions import (
    Place,
    agencies_offered_by,
    can_manage,
    can_manage_invitation,
    can_move,
    could_make,
    invitations_visible_to,
    membership_of,
    place_of,
    roles_offered_by,
)

INVITATION_LASTS = timedelta(days=7)
TOKEN_BYTES = 32


class AddressTaken(ActionRefused):
    """The e-mail address already belongs to a person's account."""

    def __init__(self) -> None:
        super().__init__(Message(_("A person with this address already has an account.")))


class AlreadyInvited(ActionRefused):
    """An invitation to the e-mail address is still open."""

    def __init__(self) -> None:
        super().__init__(
            Message(_("This address has an open invitation. Send it again, or withdraw it, on the page of people."))
        )


class InvitationClosed(ActionRefused):
    """The invitation was used, withdrawn or has expired, perhaps a moment ago."""

    def __init__(self) -> None:
        super().__init__(Message(_("This invitation was already used or withdrawn. Nothing was changed.")))


class NotMoved(ActionRefused):
    """The person has this role already."""

    def __init__(self) -> None:
        super().__init__(Message(_("This person already has this role. Choose another one.")))


@transaction.atomic
def invite(
    *,
    email: str,
    role: str,
    country: Country | None = None,
    agency_kind: str = "",
    organisation: str = "",
    by: User | None,
) -> tuple[Invitation, str]:
    """Offer `role` to an e-mail address; return the invitation and the token of its link, which is kept nowhere.

    `by` is None only for the command line, where the first administrator is invited. Raises `AddressTaken`,
    `AlreadyInvited`, and `PermissionDenied` where `by` may not offer this.
    """
    email = email.strip().lower()
    country = country if role in COUNTRY_ROLES else None
    if by is not None:
        _require_may_offer(by, role, country, agency_kind)
    if User.objects.filter(email__iexact=email).exists():
        raise AddressTaken
    if _open(email, by):
        raise AlreadyInvited
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        country=country,
        agency=_agency(country, agency_kind) if role in AGENCY_ROLES else None,
        organisation=organisation.strip() if role == Role.PARTNER else "",
        token_digest=Invitation.digest_of(token),
        invited_by=by,
        expires_at=timezone.now() + INVITATION_LASTS,
    )
    record(act="invitation.made", by=by, invitation=invitation.pk, email=email, role=role, **_country(country))
    return invitation, token


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: User) -> str:
    """Give an unused invitation a new link and seven more days; return its token. The old link ends.

    Raises `InvitationClosed` where it was used or withdrawn, and `PermissionDenied`.
    """
    if not can_manage_invitation(by, invitation):
        raise PermissionDenied
    token = secrets.token_urlsafe(TOKEN_BYTES)
    renewed = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True).update(
        token_digest=Invitation.digest_of(token), expires_at=timezone.now() + INVITATION_LASTS
    )
    if not renewed:
        raise InvitationClosed
    record(act="invitation.renewed", by=by, invitation=invitation.pk)
    return token


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    """End an unused invitation. Raises `InvitationClosed` where it was used or withdrawn, and `PermissionDenied`."""
    if not can_manage_invitation(by, invitation):
        raise PermissionDenied
    withdrawn = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now()
    )
    if not withdrawn:
        raise InvitationClosed
    record(act="invitation.withdrawn", by=by, invitation=invitation.pk)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, full_name: str, password: str, language: str = "") -> User:
    """Make the invited person: their account, their membership, their verified address. The invitation is then used.

    They read `language`, the site's where none is given.

    Of two who accept at once, one wins; the other gets `InvitationClosed`. Raises `AddressTaken` where the
    address got an account by another invitation in the meantime; this one then stays as it was.
    """
    now = timezone.now()
    used = Invitation.objects.filter(
        pk=invitation.pk,
        token_digest=invitation.token_digest,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now,
    ).update(accepted_at=now)
    if not used:
        raise InvitationClosed
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                invitation.email, password, full_name=full_name.strip(), language=language or site_language()
            )
    except IntegrityError as error:
        raise AddressTaken from error
    Membership.objects.create(
        user=user,
        role=invitation.role,
        country=invitation.country,
        agency=invitation.agency,
        organisation=invitation.organisation,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
    record(act="invitation.accepted", by=user, invitation=invitation.pk)
    return user


@transaction.atomic
def choose_language(*, person: User, language: str) -> None:
    """Choose the language that one reads; "" leaves it as it is. A change is logged, with what was."""
    if language in ("", person.language):
        return
    record(act="person.language", by=person, before=person.language, after=language)
    person.language = language
    person.save(update_fields=["language"])


@transaction.atomic
def deactivate(*, person: Membership, by: User) -> None:
    """End a person's access at once, open sessions included; what they did keeps their name.

    What they leave behind is not settled here: `diagnostic.actions.handover` does both.
    """
    _set_active(person, by, is_active=False, act="person.deactivated")


@transaction.atomic
def move(*, person: Membership, to: Place, by: User) -> Membership:
    """Give a person another role or agency of their country, or another role in the secretariat.

    Never between a country and the secretariat or a partner. Nothing of their sessions needs ending: the role is read
    with each request, and a role that demands a second factor leads to its set-up first. What they leave behind is not
    settled here: `diagnostic.actions.handover` does both. Raises `PermissionDenied`, or `NotMoved` where they have this
    role already.
    """
    if not can_move(by, person, to):
        raise PermissionDenied
    held = Membership.objects.select_for_update(of=("self",)).select_related("country", "agency").get(pk=person.pk)
    before = place_of(held)
    if before == to:
        raise NotMoved
    held.role = to.role
    held.agency = _agency(held.country, to.agency) if to.agency else None
    held.save(update_fields=["role", "agency"])
    record(act="person.moved", by=by, person=held.user_id, before=asdict(before), after=asdict(to))
    return held


@transaction.atomic
def take_over_invitation(*, invitation: Invitation, successor: Membership, by: User) -> bool:
    """Let `successor`, who could have made it, stand behind an unused invitation of somebody who leaves.

    The caller has checked that `by` may. Says whether it was still open. Raises `PermissionDenied` for a successor who
    could not have made it.
    """
    if not successor.user.is_active or not could_make(place_of(successor), successor.country_id, invitation):
        raise PermissionDenied
    taken = _unused(invitation).update(invited_by=successor.user)
    if taken:
        record(act="invitation.taken_over", by=by, invitation=invitation.pk, person=successor.user_id)
    return bool(taken)


@transaction.atomic
def end_invitation(*, invitation: Invitation, by: User) -> bool:
    """Withdraw an unused invitation of somebody who leaves; the caller has checked that `by` may.

    Says whether it was still open.
    """
    ended = _unused(invitation).update(withdrawn_at=timezone.now())
    if ended:
        record(act="invitation.withdrawn", by=by, invitation=invitation.pk)
    return bool(ended)


@transaction.atomic
def reactivate(*, person: Membership, by: User) -> None:
    """Give a deactivated person their access back."""
    _set_active(person, by, is_active=True, act="person.reactivated")


def _unused(invitation: Invitation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)


def _set_active(person: Membership, by: User, *, is_active: bool, act: str) -> None:
    if not can_manage(by, person):
        raise PermissionDenied
    changed = User.objects.filter(pk=person.user_id, is_active=not is_active).update(
        is_active=is_active, deactivated_at=None if is_active else timezone.now()
    )
    if changed:
        record(act=act, by=by, person=person.user_id)


def _require_may_offer(by: User, role: str, country: Country | None, agency_kind: str) -> None:
    membership = membership_of(by)
    if membership is None or role not in roles_offered_by(by):
        raise PermissionDenied
    if role in AGENCY_ROLES and agency_kind not in agencies_offered_by(by):
        raise PermissionDenied
    if membership.role != Role.ADMINISTRATOR and membership.country != country:
        raise PermissionDenied


def _open(email: str, by: User | None) -> bool:
    """Whether one is open within the reach of `by`, who is told of no other country's."""
    known = Invitation.objects.all() if by is None else invitations_visible_to(by)
    return known.filter(
        email=email, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now()
    ).exists()


def _agency(country: Country | None, kind: str) -> Agency:
    return Agency.objects.get_or_create(country=country, kind=kind)[0]


def _country(country: Country | None) -> dict[str, Any]:
    return {"country": country.alpha2} if country else {}
