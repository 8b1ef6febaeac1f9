"""Who may invite and manage whom: the rules about people; those about assessments are in diagnostic/permissions.py.

| Role          | Sees                    | Invites                                | Deactivates                       |
| ------------- | ----------------------- | -------------------------------------- | --------------------------------- |
| administrator | everyone                | any role, anywhere                     | anyone but themselves; also takes |
|               |                         |                                        | a lost second factor off them and |
|               |                         |                                        | changes roles, never between a    |
|               |                         |                                        | country and the secretariat       |
| coordinator   | their country's people  | their agency's respondents and         | their agency's respondents and    |
|               |                         | coordinators, their country's          | their country's observers         |
|               |                         | observers; also the other agency's,    |                                   |
|               |                         | while it has no coordinator            |                                   |
| respondent    | their country's people  | nobody                                 | nobody                            |
| observer      | their country's people  | nobody                                 | nobody                            |
| reviewer      | nobody                  | nobody                                 | nobody                            |
| partner       | nobody                  | nobody                                 | nobody                            |

The two agencies answer apart and each holds a key, so neither hands out an account that speaks for the other.

Whoever may invite may also withdraw and send again the invitations of the same reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from .models import Agency, Invitation, Membership, Role
from .models.membership import AGENCY_ROLES, COUNTRY_ROLES, SECRETARIAT_ROLES

OFFERS: dict[str, tuple[Role, ...]] = {
    Role.ADMINISTRATOR: tuple(Role),
    Role.COORDINATOR: COUNTRY_ROLES,
}
MANAGES: dict[str, tuple[Role, ...]] = {
    Role.ADMINISTRATOR: tuple(Role),
    Role.COORDINATOR: (Role.RESPONDENT, Role.OBSERVER),
}


def membership_of(user: Any) -> Membership | None:
    """The membership of an active, signed-in person, without a query."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    return getattr(user, "membership", None)


def roles_offered_by(user: Any) -> tuple[Role, ...]:
    """The roles that `user` may invite people to."""
    membership = membership_of(user)
    return OFFERS.get(membership.role, ()) if membership else ()


def agencies_offered_by(user: Any) -> tuple[str, ...]:
    """The agencies, customs or police, that `user` may invite respondents and coordinators of (1 query at most)."""
    membership = membership_of(user)
    if membership is None or not roles_offered_by(user):
        return ()
    if membership.agency is None:
        return tuple(Agency.Kind.values)
    held = Membership.objects.filter(
        country=membership.country_id, role=Role.COORDINATOR, user__is_active=True, agency__isnull=False
    )
    led = set(held.values_list("agency__kind", flat=True))
    return tuple(kind for kind in Agency.Kind.values if kind == membership.agency.kind or kind not in led)


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
    """The invitations, open or not, that `user` sees, with country and agency loaded."""
    return _within_reach(user, Invitation.objects.select_related("country", "agency", "invited_by"))


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
    """A role, with the agency (customs or police) that it is for, "" where it is for none."""

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
    """The roles that `person` can be moved to: those of their country, or of the secretariat; none for partners."""
    if person.role == Role.PARTNER:
        return ()
    places = COUNTRY_PLACES if person.country_id is not None else SECRETARIAT_PLACES
    return tuple(place for place in places if place != place_of(person))


def can_move(user: Any, person: Membership, to: Place | None = None) -> bool:
    """Change the role of `person`: an administrator, of anyone but themselves and partners; `to` one of the places."""
    membership = membership_of(user)
    if membership is None or membership.role != Role.ADMINISTRATOR or person.user_id == user.pk:
        return False
    places = places_open_to(person)
    return bool(places) if to is None else to in (*places, place_of(person))


def could_make(place: Place, country_id: int | None, invitation: Invitation) -> bool:
    """Whether someone in `place` of that country could have made `invitation`, whose agency is loaded (0 queries).

    A coordinator invites people of their own agency and observers of their country; an administrator coordinators, and
    people of the secretariat and partners.
    """
    if place.role == Role.ADMINISTRATOR:
        return invitation.role not in COUNTRY_ROLES or invitation.role == Role.COORDINATOR
    if place.role != Role.COORDINATOR or country_id != invitation.country_id:
        return False
    return invitation.role in COUNTRY_ROLES and (invitation.agency is None or invitation.agency.kind == place.agency)


def can_take_off_second_factor(user: Any, person: Membership) -> bool:
    """Take the second factor off `person`, who lost it: an administrator, of anyone but themselves."""
    membership = membership_of(user)
    return membership is not None and membership.role == Role.ADMINISTRATOR and person.user_id != user.pk


def can_manage_invitation(user: Any, invitation: Invitation) -> bool:
    """Withdraw `invitation` and send it again."""
    membership = membership_of(user)
    if membership is None or invitation.role not in roles_offered_by(user):
        return False
    return membership.role == Role.ADMINISTRATOR or membership.country_id == invitation.country_id


def _within_reach(user: Any, found: QuerySet[Any]) -> QuerySet[Any]:
    membership = membership_of(user)
    if membership is None or not can_list_people(user):
        return found.none()
    if membership.role == Role.ADMINISTRATOR:
        return found
    return found.filter(country_id=membership.country_id)
