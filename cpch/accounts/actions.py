"""Every write about people: inviting, accepting, withdrawing, deactivating. The words of the e-mails are in mail.py."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cpch.limits import INVITATIONS
from diagnostic.actions.audit import record
from diagnostic.actions.errors import ActionRefused
from diagnostic.actions.limits import require_within
from diagnostic.core.names import write_name
from diagnostic.core.words import Message, _

from .addresses import address_key, write_address
from .models import Agency, Country, Invitation, Membership, Role, User
from .models.invitation import new_link_nonce
from .models.membership import AGENCY_ROLES, COUNTRY_ROLES
from .models.user import site_language
from .permissions import (
    Place,
    can_manage,
    can_manage_invitation,
    can_move,
    could_make,
    invitations_visible_to,
    may_offer,
    people_visible_to,
    place_of,
    roles_offered_by,
)

INVITATION_LASTS = timedelta(days=7)


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


class AddressElsewhere(ActionRefused):
    """The address was invited to the secretariat or a partner, whose people never act in a country."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                _(
                    "This address was once invited to the WCO secretariat or to a partner. Nobody of these acts in a "
                    "country. Invite the person at their agency’s address."
                )
            )
        )


class MakerMayNot(ActionRefused):
    """The person who answers for the invitation can no longer make it: their role, agency or access has changed."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                _(
                    "The person who invited you can no longer invite for this role. Nothing was changed. Ask for a "
                    "new invitation."
                )
            )
        )


class NotMoved(ActionRefused):
    """The person already has this role."""

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
) -> Invitation:
    """Offer `role` to an e-mail address, and queue the e-mail with the link.

    `by` is None only for the command line, which invites administrators only and prints the link itself. Coordinators
    invited by an administrator need a proposal (`proposal_actions.approve`). Raises `AddressTaken`, `AlreadyInvited`,
    `AddressElsewhere`, `LimitReached`, and `PermissionDenied` if `by` may not offer this.
    """
    country = country if role in COUNTRY_ROLES else None
    is_offered = role == Role.ADMINISTRATOR if by is None else role in roles_offered_by(by)
    if not is_offered or (by is not None and not may_offer(by, role, country.pk if country else None, agency_kind)):
        raise PermissionDenied
    return make_invitation(
        email=email,
        role=role,
        agency=_agency(country, agency_kind) if role in AGENCY_ROLES else None,
        country=country,
        organisation=write_name(organisation) if role == Role.PARTNER else "",
        by=by,
    )


def make_invitation(
    *, email: str, role: str, agency: Agency | None, country: Country | None, organisation: str, by: User | None
) -> Invitation:
    """Create an invitation within the caller's transaction; the caller has checked the permission.

    Raises as `require_free_address`, and `LimitReached`.
    """
    email = write_address(email)
    require_free_address(email, role, by)
    require_within(INVITATIONS, by)
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        country=country,
        agency=agency,
        organisation=organisation,
        invited_by=by,
        expires_at=timezone.now() + INVITATION_LASTS,
    )
    act = "invitation.made" if by is not None else "invitation.printed"
    offer = {"email": email, "role": role, "link": invitation.link_nonce, **_country(country)}
    record(act=act, by=by, invitation=invitation.pk, **offer)
    return invitation


def require_free_address(email: str, role: str, by: User | None, renewed: Invitation | None = None) -> None:
    """Check that the address, in any spelling, may be invited to `role` (at most 3 queries).

    `renewed` is its existing invitation. Raises `AddressTaken`, `AlreadyInvited` or `AddressElsewhere`, which reveal
    only what `by` may see: for someone who does not see the person, an address with an account is like any other. The
    e-mail to it then says so, and it cannot be accepted.
    """
    key = address_key(email)
    people = Membership.objects.all() if by is None else people_visible_to(by)
    if people.filter(user__address_key=key).exists():
        raise AddressTaken
    others = Invitation.objects.exclude(pk=renewed.pk) if renewed else Invitation.objects.all()
    visible = others if by is None else others.filter(pk__in=invitations_visible_to(by).values("pk"))
    if _open(visible).filter(address_key=key).exists():
        raise AlreadyInvited
    _require_not_elsewhere(key, role, visible)


def _require_not_elsewhere(key: str, role: str, others: QuerySet[Invitation]) -> None:
    """Refuse to invite a member or former invitee of the secretariat or a partner into a country."""
    if role in COUNTRY_ROLES and others.filter(address_key=key).exclude(role__in=COUNTRY_ROLES).exists():
        raise AddressElsewhere


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Give an unused invitation a new link and seven more days, and queue its e-mail. The old link stops working.

    The person who renews it answers for it from then on. Raises `InvitationClosed` if it was used or withdrawn,
    `PermissionDenied` if `by` could not make it now, `LimitReached`, and as `require_free_address`.
    """
    held = _hold(invitation)
    if not can_manage_invitation(by, held):
        raise PermissionDenied
    if held.accepted_at is not None or held.withdrawn_at is not None:
        raise InvitationClosed
    require_free_address(held.email, held.role, by, renewed=held)
    require_within(INVITATIONS, by)
    held.link_nonce, held.expires_at, held.invited_by = new_link_nonce(), timezone.now() + INVITATION_LASTS, by
    held.save(update_fields=["link_nonce", "expires_at", "invited_by"])
    record(act="invitation.renewed", by=by, invitation=held.pk, link=held.link_nonce)
    return held


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    """End an unused invitation. Raises `InvitationClosed` where it was used or withdrawn, and `PermissionDenied`."""
    held = _hold(invitation)
    if not can_manage_invitation(by, held):
        raise PermissionDenied
    if held.accepted_at is not None or held.withdrawn_at is not None:
        raise InvitationClosed
    Invitation.objects.filter(pk=held.pk).update(withdrawn_at=timezone.now())
    record(act="invitation.withdrawn", by=by, invitation=held.pk)


def _hold(invitation: Invitation) -> Invitation:
    """The current invitation, locked until the end of the act, with its agency and proposal (1 query)."""
    held = Invitation.objects.select_for_update(of=("self",)).select_related("country", "agency", "proposal")
    return held.get(pk=invitation.pk)


def is_still_offered(invitation: Invitation) -> bool:
    """Whether the person who answers for `invitation` could make it now, so that it can be accepted (1 query).

    Within a transaction their membership is locked, so that it cannot change between the check and the acceptance.
    """
    if invitation.invited_by_id is None:
        return invitation.role == Role.ADMINISTRATOR
    people = Membership.objects.select_related("user", "agency").filter(user=invitation.invited_by_id)
    if transaction.get_connection().in_atomic_block:
        people = people.select_for_update(of=("self",))
    membership = people.first()
    return membership is not None and can_manage_invitation(membership.user, invitation)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, full_name: str, password: str, language: str = "") -> User:
    """Create the invited person: account, membership and verified address. The invitation is then used.

    They read `language`, or the site's if none is given.

    If two accept at once, one wins and the other gets `InvitationClosed`. Raises `AddressTaken` if the address got an
    account through another invitation meanwhile, `MakerMayNot` if the person who answers for the invitation could no
    longer make it, and `AddressElsewhere`; the invitation is then unchanged.
    """
    held = _hold(invitation)
    if not is_still_offered(held):
        raise MakerMayNot
    _require_not_elsewhere(held.address_key, held.role, Invitation.objects.exclude(pk=held.pk))
    now = timezone.now()
    used = Invitation.objects.filter(
        pk=invitation.pk,
        link_nonce=invitation.link_nonce,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now,
    ).update(accepted_at=now)
    if not used:
        raise InvitationClosed
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                invitation.email, password, full_name=write_name(full_name), language=language or site_language()
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
    """End a person's access immediately, including open sessions; their past acts keep their name.

    Their open items are not settled here: `diagnostic.actions.handover` does both.
    """
    _set_active(person, by, is_active=False, act="person.deactivated")


@transaction.atomic
def move(*, person: Membership, to: Place, by: User) -> Membership:
    """Give a person another role or agency of their country, or another role in the secretariat.

    Never between a country and the secretariat or a partner. Sessions need not end: the role is read with each request,
    and a role that requires a second factor redirects to its set-up first. Open items are not settled here:
    `diagnostic.actions.handover` does both. Raises `PermissionDenied`, or `NotMoved` if they already have this role.
    """
    if not can_move(by, person, to):
        raise PermissionDenied
    held = Membership.objects.select_for_update(of=("self",)).select_related("country", "agency").get(pk=person.pk)
    before = place_of(held)
    if before == to:
        raise NotMoved
    if before.agency and before.agency != to.agency:
        Agency.objects.filter(pk=held.agency_id).update(last_left_at=timezone.now())
    held.role = to.role
    held.agency = _agency(held.country, to.agency) if to.agency else None
    held.save(update_fields=["role", "agency"])
    record(act="person.moved", by=by, person=held.user_id, before=asdict(before), after=asdict(to))
    return held


@transaction.atomic
def take_over_invitation(*, invitation: Invitation, successor: Membership, by: User) -> bool:
    """Make `successor`, who could have made it, answer for an unused invitation of a departing person.

    The caller has checked that `by` may do this. Returns whether it was still open. Raises `PermissionDenied` for a
    successor who could not have made it.
    """
    could = could_make(place_of(successor), successor.country_id, invitation)
    if not could or not can_manage_invitation(successor.user, invitation):
        raise PermissionDenied
    taken = _unused(invitation).update(invited_by=successor.user)
    if taken:
        record(act="invitation.taken_over", by=by, invitation=invitation.pk, person=successor.user_id)
    return bool(taken)


@transaction.atomic
def end_invitation(*, invitation: Invitation, by: User) -> bool:
    """Withdraw an unused invitation of a departing person; the caller has checked that `by` may do this.

    Returns whether it was still open.
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


def _open(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    return invitations.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now())


def _agency(country: Country | None, kind: str) -> Agency:
    return Agency.objects.get_or_create(country=country, kind=kind)[0]


def _country(country: Country | None) -> dict[str, Any]:
    return {"country": country.alpha2} if country else {}
