"""Who may invite and manage whom: the rules about people; those about assessments are in diagnostic/permissions.py.

| Role          | Sees                    | Invites                                | Deactivates                       |
| ------------- | ----------------------- | -------------------------------------- | --------------------------------- |
| administrator | everyone                | reviewers, administrators, partners;   | anyone but themselves; also takes |
|               |                         | coordinators of any agency, each       | a lost second factor off them and |
|               |                         | decided on a proposal                  | changes roles, never between a    |
|               |                         |                                        | country and the secretariat       |
| coordinator   | their country's people  | their agency's respondents and         | their agency's respondents and    |
|               |                         | coordinators, their country's          | their country's observers         |
|               |                         | observers                              |                                   |
| respondent    | their country's people  | nobody                                 | nobody                            |
| observer      | their country's people  | nobody                                 | nobody                            |
| reviewer      | nobody                  | nobody                                 | nobody                            |
| partner       | nobody                  | nobody                                 | nobody                            |

The two agencies answer separately and each holds a key, so neither can create an account that acts for the other. A
coordinator can propose one for an agency of their country without an active coordinator; an administrator decides, or
makes a proposal for any agency, and in both cases records how the person was verified.

`may_offer` is the rule for making an invitation. It also applies to renewing, withdrawing and accepting one: only those
who could make an invitation now may renew or withdraw it, and it can only be accepted while the person who answers for
it could still make it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from .models import Agency, CoordinatorProposal, Invitation, Membership, Role, User
from .models.membership import AGENCY_ROLES, COUNTRY_ROLES, SECRETARIAT_ROLES

OFFERS: dict[str, tuple[Role, ...]] = {
    Role.ADMINISTRATOR: (Role.REVIEWER, Role.ADMINISTRATOR, Role.PARTNER),
    Role.COORDINATOR: COUNTRY_ROLES,
}
"""The roles that the page "Invite someone" offers; coordinators by administrators go through a proposal."""
MANAGES: dict[str, tuple[Role, ...]] = {
    Role.ADMINISTRATOR: tuple(Role),
    Role.COORDINATOR: (Role.RESPONDENT, Role.OBSERVER),
}


def membership_of(user: Any) -> Membership | None:
    """The membership of an active, signed-in person, without a query."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    return getattr(user, "membership", None)


def _role(user: Any) -> str:
    membership = membership_of(user)
    return membership.role if membership else ""


def roles_offered_by(user: Any) -> tuple[Role, ...]:
    """The roles that `user` may invite people to."""
    return OFFERS.get(_role(user), ())


def agencies_offered_by(user: Any) -> tuple[str, ...]:
    """The agencies whose respondents and coordinators `user` may invite: a coordinator's own (no query)."""
    membership = membership_of(user)
    if membership is None or membership.role != Role.COORDINATOR or membership.agency is None:
        return ()
    return (membership.agency.kind,)


def may_offer(user: Any, role: str, country_id: int | None = None, agency_kind: str = "") -> bool:
    """Whether `user` may invite someone to `role` in that place, now (no query).

    For a coordinator invited by an administrator, an approved proposal is needed too.
    """
    membership = membership_of(user)
    if membership is None:
        return False
    if membership.role == Role.ADMINISTRATOR:
        return role in (*OFFERS[Role.ADMINISTRATOR], Role.COORDINATOR)
    if role not in roles_offered_by(user) or membership.country_id != country_id:
        return False
    return role == Role.OBSERVER or agency_kind in agencies_offered_by(user)


def can_invite(user: Any) -> bool:
    return bool(roles_offered_by(user))


def can_list_people(user: Any) -> bool:
    """Whether the page of people is there for `user`."""
    membership = membership_of(user)
    return membership is not None and membership.role in (*COUNTRY_ROLES, Role.ADMINISTRATOR)


def people_visible_to(user: Any) -> QuerySet[Membership]:
    """The people that `user` sees, with user, country and agency loaded."""
    found = Membership.objects.select_related("user", "country", "agency")
    return _within_reach(user, found)


def invitations_visible_to(user: Any) -> QuerySet[Invitation]:
    """The invitations, open or not, that `user` sees, with country, agency and proposal loaded."""
    return _within_reach(user, Invitation.objects.select_related("country", "agency", "invited_by", "proposal"))


def can_manage(user: Any, person: Membership) -> bool:
    """Deactivate and reactivate `person`, who is visible to `user`."""
    membership = membership_of(user)
    if membership is None or person.user_id == user.pk:
        return False
    if membership.country_id is not None and membership.country_id != person.country_id:
        return False
    if membership.agency_id is not None and person.agency_id not in (None, membership.agency_id):
        return False
    return person.role in MANAGES.get(membership.role, ())


@dataclass(frozen=True, slots=True)
class Place:
    """A role, with its agency (customs or police), "" if it has none."""

    role: str
    agency: str = ""


COUNTRY_PLACES = (
    *(Place(str(role), str(kind)) for kind in Agency.Kind for role in AGENCY_ROLES),
    Place(str(Role.OBSERVER)),
)
SECRETARIAT_PLACES = tuple(Place(str(role)) for role in SECRETARIAT_ROLES)


def place_of(person: Membership) -> Place:
    """The role and agency of `person`, whose agency is loaded."""
    return Place(str(person.role), str(person.agency.kind) if person.agency else "")


def places_open_to(person: Membership) -> tuple[Place, ...]:
    """The possible new roles of `person`: those of their country, or of the secretariat; none for partners."""
    if person.role == Role.PARTNER:
        return ()
    places = COUNTRY_PLACES if person.country_id is not None else SECRETARIAT_PLACES
    return tuple(place for place in places if place != place_of(person))


def can_move(user: Any, person: Membership, to: Place | None = None) -> bool:
    """Change the role of `person`: an administrator, of anyone but themselves and partners; `to` a possible place."""
    membership = membership_of(user)
    if membership is None or membership.role != Role.ADMINISTRATOR or person.user_id == user.pk:
        return False
    places = places_open_to(person)
    return bool(places) if to is None else to in (*places, place_of(person))


def could_make(place: Place, country_id: int | None, invitation: Invitation) -> bool:
    """Whether someone in `place` of that country could have made `invitation`, whose agency is loaded (0 queries).

    A coordinator invites people of their own agency and observers of their country; an administrator invites
    coordinators, people of the secretariat and partners.
    """
    if place.role == Role.ADMINISTRATOR:
        return invitation.role not in COUNTRY_ROLES or invitation.role == Role.COORDINATOR
    if place.role != Role.COORDINATOR or country_id != invitation.country_id:
        return False
    return invitation.role in COUNTRY_ROLES and (invitation.agency is None or invitation.agency.kind == place.agency)


def can_take_off_second_factor(user: Any, person: Membership) -> bool:
    """Take the second factor off `person`, who lost it: an administrator, of anyone but themselves."""
    return _role(user) == Role.ADMINISTRATOR and person.user_id != user.pk


def can_manage_invitation(user: Any, invitation: Invitation) -> bool:
    """Withdraw `invitation` and send it again: anyone who could make it now (no query if its proposal is loaded)."""
    kind = invitation.agency.kind if invitation.agency is not None else ""
    if not may_offer(user, invitation.role, invitation.country_id, kind):
        return False
    return _role(user) != Role.ADMINISTRATOR or invitation.role != Role.COORDINATOR or is_decided(invitation)


def is_decided(invitation: Invitation) -> bool:
    """Whether an administrator approved `invitation`, having verified the person."""
    proposal = getattr(invitation, "proposal", None)
    return proposal is not None and proposal.state == CoordinatorProposal.State.APPROVED


# Coordinators for an agency that has none


def can_propose(user: Any) -> bool:
    """Propose a coordinator: a coordinator, for their country's agencies without one; an administrator, for any."""
    return _role(user) in (Role.COORDINATOR, Role.ADMINISTRATOR)


def can_decide_proposals(user: Any) -> bool:
    """Invite the person named in a proposal, or decline it: administrators."""
    return _role(user) == Role.ADMINISTRATOR


def proposals_visible_to(user: Any) -> QuerySet[CoordinatorProposal]:
    """The proposals that `user` sees, with everything their page shows: a country's coordinators, administrators."""
    found = CoordinatorProposal.objects.select_related(
        "agency__country", "proposed_by__membership__agency", "decided_by", "invitation"
    )
    membership = membership_of(user)
    if membership is None or not can_propose(user):
        return found.none()
    if membership.role == Role.ADMINISTRATOR:
        return found
    return found.filter(agency__country=membership.country_id)


def can_take_back_proposal(user: Any, proposal: CoordinatorProposal) -> bool:
    """Take back one's own undecided proposal."""
    return can_propose(user) and proposal.is_open and proposal.proposed_by_id == user.pk


def people_told_of(proposal: CoordinatorProposal, by: User) -> QuerySet[User]:
    """The people notified of `proposal`: its country's active coordinators and the administrators, except `by` (1
    query).
    """
    at_home = Q(membership__role=Role.COORDINATOR, membership__country=proposal.agency.country_id)
    deciding = Q(membership__role=Role.ADMINISTRATOR)
    return User.objects.filter(at_home | deciding, is_active=True).exclude(pk=by.pk).order_by("pk")


def agencies_without_coordinator(country_id: int | None) -> tuple[str, ...]:
    """The agencies, customs or police, of a country without an active coordinator (1 query)."""
    led = active_coordinators().filter(country=country_id, agency__isnull=False)
    held = set(led.values_list("agency__kind", flat=True))
    return tuple(kind for kind in Agency.Kind.values if kind not in held)


def active_coordinators() -> QuerySet[Membership]:
    return Membership.objects.filter(role=Role.COORDINATOR, user__is_active=True)


def _within_reach(user: Any, found: QuerySet[Any]) -> QuerySet[Any]:
    membership = membership_of(user)
    if membership is None or not can_list_people(user):
        return found.none()
    if membership.role == Role.ADMINISTRATOR:
        return found
    return found.filter(country_id=membership.country_id)
