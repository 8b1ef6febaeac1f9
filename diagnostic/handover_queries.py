"""A person's open items when they are deactivated or moved, and the possible successors.

Read twice: for the page that lists them, and under the lock of the act that settles them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from cpch.accounts.models import CoordinatorProposal, Invitation, Membership, Role
from cpch.accounts.models.membership import AGENCY_ROLES
from cpch.accounts.permissions import (
    Place,
    can_manage_invitation,
    could_make,
    invitations_visible_to,
    membership_of,
    people_visible_to,
    place_of,
    proposals_visible_to,
)
from diagnostic.core import workflow
from diagnostic.core.action_plan import OPEN
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.responsible import names_person
from diagnostic.models import Action, Assessment, Assignment, Attestation, Declaration, OpeningRequest, Review
from diagnostic.permissions_sql import with_side

UNDER_REVIEW = (workflow.SUBMITTED, *workflow.DISCUSSED)
"""The states in which somebody of the secretariat is to look at an assessment."""


@dataclass(frozen=True, slots=True)
class Left:
    """The open items of `person` on deactivation, or on moving to `to`, as far as the reader may see them.

    `attestations` are the unsubmitted ones, `declarations` and `requests` (to open the comparison) those of comparisons
    that are not open yet, `reviews` the open ones that the person took up, `proposals` a coordinator's undecided ones.
    `colleagues` are the active people from whom successors are chosen.
    """

    person: Membership
    to: Place | None
    attestations: tuple[Attestation, ...]
    declarations: tuple[Declaration, ...]
    requests: tuple[OpeningRequest, ...]
    invitations: tuple[Invitation, ...]
    assignments: tuple[Assignment, ...]
    reviews: tuple[Review, ...]
    actions: tuple[Action, ...]
    proposals: tuple[CoordinatorProposal, ...]
    colleagues: tuple[Membership, ...]
    assigned: frozenset[tuple[Any, int]]

    @property
    def stamp(self) -> str:
        """A stamp of all items; it changes if any is added, changed or settled."""
        held = [
            [self.person.role, self.person.agency_id, self.person.user.is_active],
            *([str(item.pk) for item in kind] for kind in (self.attestations, self.declarations, self.invitations)),
            *([str(item.pk) for item in kind] for kind in (self.assignments, self.reviews, self.proposals)),
            [str(item.pk) for item in self.requests],
            [[str(item.pk), item.version] for item in self.actions],
        ]
        return hashlib.sha256(json.dumps(held).encode()).hexdigest()

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to read or take over."""
        return not (
            self.attestations
            or self.declarations
            or self.invitations
            or self.assignments
            or self.reviews
            or self.actions
            or self.proposals
            or self.requests
        )

    def successors_for_invitation(self, invitation: Invitation) -> list[Membership]:
        """The people who could have made the invitation themselves, and can send it again."""
        return [
            item
            for item in self.colleagues
            if could_make(place_of(item), item.country_id, invitation) and can_manage_invitation(item.user, invitation)
        ]

    def successors_for_assignment(self, assignment: Assignment) -> list[Membership]:
        """Members of the secretariat who are not assigned to the same assessment already."""
        taken = {reviewer for assessment, reviewer in self.assigned if assessment == assignment.assessment_id}
        return [item for item in self.colleagues if item.is_in_secretariat and item.user_id not in taken]

    def successors_for_actions(self, actions: Iterable[Action]) -> list[Membership]:
        """The country's respondents and coordinators whose agency leads or supports each of `actions`."""
        common = set(AGENCIES).intersection(*(action.agencies for action in actions))
        return [
            item
            for item in self.colleagues
            if item.role in AGENCY_ROLES and item.country_id == self.person.country_id and _kind(item) in common
        ]

    @property
    def lost_coordinator(self) -> str:
        """The agency that loses its last active coordinator, or ""."""
        own = place_of(self.person)
        if own.role != Role.COORDINATOR or self.to == own:
            return ""
        others = [item for item in self.colleagues if place_of(item) == own and item.country_id is not None]
        return "" if others else own.agency


def load_left(person: Membership, by: Any, to: Place | None = None) -> Left:
    """The open items of `person`, with user, country and agency loaded, as far as `by` may see them.

    7 queries for a country's people; for the secretariat's 5, and 6 if somebody is assigned.
    """
    is_of_country = person.country_id is not None
    colleagues = tuple(_colleagues(person, by))
    assignments = () if is_of_country or to is not None else tuple(_assignments(person))
    held = Assignment.objects.filter(assessment__in=[item.assessment_id for item in assignments])
    return Left(
        person=person,
        to=to,
        attestations=tuple(_attestations(person)) if is_of_country else (),
        declarations=tuple(_declarations(person, by)) if is_of_country else (),
        requests=tuple(_requests(person, by)) if is_of_country else (),
        invitations=tuple(item for item in _invitations(person, by) if to is None or not _keeps(person, to, item)),
        assignments=assignments,
        reviews=() if is_of_country or to is not None else tuple(_reviews(person)),
        actions=tuple(_actions(person, to)) if is_of_country else (),
        proposals=tuple(_proposals(person, by)),
        colleagues=colleagues,
        assigned=frozenset(held.values_list("assessment_id", "reviewer_id")) if assignments else frozenset(),
    )


def count_closed_to(person: Membership, to: Place) -> int:
    """The number of open assessments in which `person` cannot act for the agency of `to`, having acted for the other.

    1 query, none if `to` has no agency. permissions_sql defines what counts as acting.
    """
    if not to.agency:
        return 0
    values = {
        "person_id": person.user_id,
        "person_key": person.user.address_key,
        "own_agency": to.agency,
        "other_agency": other_agency(to.agency),
    }
    held = Assessment.objects.filter(country=person.country_id).exclude(state__in=workflow.ENDED)
    return with_side(held, values).filter(acted_otherwise=True).count()


def other_agency(agency: str) -> str:
    """The other agency: police for customs, and customs for police."""
    return next(other for other in AGENCIES if other != agency)


def _colleagues(person: Membership, by: Any) -> QuerySet[Membership]:
    """The active people visible to `by` who could succeed `person`: from the same country, or administrators.

    For a member of the secretariat: the secretariat.
    """
    there = Q(country=person.country_id) if person.country_id is not None else Q(country=None)
    found = people_visible_to(by).filter(there | Q(role=Role.ADMINISTRATOR), user__is_active=True)
    return found.exclude(user=person.user_id).exclude(role=Role.PARTNER).order_by("user__full_name", "pk")


def _attestations(person: Membership) -> QuerySet[Attestation]:
    standing = Q(assessment__customs_attestation=F("pk")) | Q(assessment__police_attestation=F("pk"))
    found = Attestation.objects.filter(
        standing, attested_by=person.user_id, submission=None, assessment__state__in=workflow.WITH_COUNTRY
    )
    return found.select_related("assessment__country", "attested_by").order_by("assessment__started_at", "pk")


def _declarations(person: Membership, by: Any) -> QuerySet[Declaration]:
    """Before the comparison opens, a country's people may know nothing about the other agency."""
    standing = Q(assessment__customs_declaration=F("pk")) | Q(assessment__police_declaration=F("pk"))
    found = Declaration.objects.filter(standing, declared_by=person.user_id, assessment__state=workflow.DRAFT)
    found = found.filter(**_own_agency_of(by))
    return found.select_related("assessment").order_by("assessment__started_at", "pk")


def _requests(person: Membership, by: Any) -> QuerySet[OpeningRequest]:
    """Before the comparison opens, a country's people may know nothing about the other agency."""
    found = OpeningRequest.objects.filter(
        requested_by=person.user_id, taken_back_at=None, assessment__state=workflow.DRAFT
    )
    found = found.filter(**_own_agency_of(by))
    return found.select_related("assessment").order_by("assessment__started_at", "pk")


def _own_agency_of(reader: Any) -> dict[str, str]:
    """A filter for agency rows that a country's person may see before the comparison."""
    membership = membership_of(reader)
    return {"agency": _kind(membership)} if membership is not None and membership.country_id is not None else {}


def _invitations(person: Membership, by: Any) -> QuerySet[Invitation]:
    found = invitations_visible_to(by).filter(invited_by=person.user_id, accepted_at=None, withdrawn_at=None)
    return found.order_by("email", "pk")


def _keeps(person: Membership, to: Place, invitation: Invitation) -> bool:
    return could_make(to, person.country_id, invitation)


def _proposals(person: Membership, by: Any) -> QuerySet[CoordinatorProposal]:
    waiting = CoordinatorProposal.State.OPEN
    return proposals_visible_to(by).filter(proposed_by=person.user_id, state=waiting).order_by("pk")


def _assignments(person: Membership) -> QuerySet[Assignment]:
    found = Assignment.objects.filter(reviewer=person.user_id, assessment__state__in=UNDER_REVIEW)
    return found.select_related("assessment__country", "reviewer").order_by("due_on", "pk")


def _reviews(person: Membership) -> QuerySet[Review]:
    found = Review.objects.filter(
        taken_up_by=person.user_id, closing=None, submission__assessment__state=workflow.IN_REVIEW
    )
    return found.select_related("submission__assessment__country").defer("submission__snapshot").order_by("pk")


def _actions(person: Membership, to: Place | None) -> list[Action]:
    """The open actions for which `person` is responsible, but could not be in the new place."""
    found = Action.objects.filter(country=person.country_id, state__in=OPEN).exclude(responsible="")
    return [
        action
        for action in found.select_related("assessment").order_by("number")
        if names_person(action.responsible, person.user.full_name)
        and not (to is not None and to.role in AGENCY_ROLES and to.agency in action.agencies)
    ]


def _kind(person: Membership) -> str:
    return str(person.agency.kind) if person.agency else ""
