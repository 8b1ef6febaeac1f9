"""Proposing a coordinator for an agency without one, and the administrator's decision; everyone concerned is notified.

An administrator can also make a proposal and decide it themselves, on the same page.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from diagnostic.actions.audit import record
from diagnostic.actions.errors import ActionRefused
from diagnostic.core.names import find_name_fault, write_name
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _

from .actions import make_invitation, require_free_address
from .addresses import write_address
from .models import Agency, CoordinatorProposal, Country, Invitation, Role, User
from .permissions import (
    agencies_without_coordinator,
    can_decide_proposals,
    can_propose,
    can_take_back_proposal,
    membership_of,
)

State = CoordinatorProposal.State


class AgencyHasCoordinator(ActionRefused):
    """The agency has an active coordinator, who can invite its people."""

    def __init__(self) -> None:
        super().__init__(
            Message(_("This agency has an active coordinator. Ask them to invite the person; they are listed above."))
        )


class AlreadyProposed(ActionRefused):
    """A proposal of this address for this agency is already waiting for a decision."""

    def __init__(self) -> None:
        super().__init__(Message(_("This address is proposed already, and the secretariat has not decided yet.")))


class ProposalClosed(ActionRefused):
    """The proposal was decided or taken back, perhaps a moment ago."""

    def __init__(self) -> None:
        super().__init__(Message(_("This proposal has been decided or taken back. Nothing was changed.")))


class WordsMissing(ActionRefused):
    """The reason, or how the person was verified, is missing; `field` says which."""

    def __init__(self, field: str, text: str):
        super().__init__(Message(text))
        self.field = field


@transaction.atomic
def propose(*, email: str, full_name: str, country: Country, agency_kind: str, why: str, by: User) -> Any:
    """Propose a coordinator for an agency of `country`, and return the proposal.

    Coordinators propose for agencies of their own country without an active coordinator; administrators for any agency.
    Raises `PermissionDenied`, `AgencyHasCoordinator`, `AlreadyProposed`, `WordsMissing`, and as
    `actions.require_free_address`.
    """
    membership = membership_of(by)
    if membership is None or not can_propose(by) or agency_kind not in Agency.Kind.values:
        raise PermissionDenied
    if membership.role != Role.ADMINISTRATOR:
        if membership.country_id != country.pk:
            raise PermissionDenied
        if agency_kind not in agencies_without_coordinator(country.pk):
            raise AgencyHasCoordinator
    why = _require_words("why", why, _("Say in a sentence why this person should be coordinator."))
    full_name = write_name(_require_words("full_name", full_name, _("Give the person’s full name.")))
    if find_name_fault(full_name):
        raise WordsMissing("full_name", _("Give the person’s full name without invisible characters."))
    require_free_address(email, Role.COORDINATOR, by)
    agency = Agency.objects.get_or_create(country=country, kind=agency_kind)[0]
    try:
        with transaction.atomic():
            proposal = CoordinatorProposal.objects.create(
                email=write_address(email), full_name=full_name, agency=agency, why=why, proposed_by=by
            )
    except IntegrityError as error:
        raise AlreadyProposed from error
    _note("made", proposal, by, email=proposal.email, name=full_name, why=why)
    return proposal


@transaction.atomic
def take_back(*, proposal: CoordinatorProposal, by: User) -> None:
    """Take back one's own proposal. Raises `PermissionDenied`, or `ProposalClosed` if it is no longer waiting."""
    held = _hold(proposal)
    if held.proposed_by_id != by.pk or not can_propose(by):
        raise PermissionDenied
    if not can_take_back_proposal(by, held):
        raise ProposalClosed
    _close(held, State.TAKEN_BACK, by)
    _note("taken_back", held, by)


@transaction.atomic
def approve(*, proposal: CoordinatorProposal, verified: str, by: User) -> Invitation:
    """Invite the person named in the proposal.

    `verified` is how the administrator verified the person. Raises `PermissionDenied`, `ProposalClosed`,
    `WordsMissing`, and as `actions.require_free_address`.
    """
    if not can_decide_proposals(by):
        raise PermissionDenied
    verified = _require_words("verified", verified, _("Say how you made sure who this person is."))
    held = _hold(proposal)
    if not held.is_open:
        raise ProposalClosed
    invitation = make_invitation(
        email=held.email,
        role=Role.COORDINATOR,
        agency=held.agency,
        country=held.agency.country,
        organisation="",
        by=by,
    )
    _close(held, State.APPROVED, by, verified=verified, invitation=invitation)
    _note("approved", held, by, invitation=invitation.pk, verified=verified)
    return invitation


@transaction.atomic
def decline(*, proposal: CoordinatorProposal, reason: str, by: User) -> None:
    """Decline a proposal, with a reason. Raises `PermissionDenied`, `ProposalClosed` and `WordsMissing`."""
    if not can_decide_proposals(by):
        raise PermissionDenied
    reason = _require_words("reason", reason, _("Say why the proposal is declined."))
    held = _hold(proposal)
    if not held.is_open:
        raise ProposalClosed
    _close(held, State.DECLINED, by, reason=reason)
    _note("declined", held, by, reason=reason)


def _hold(proposal: CoordinatorProposal) -> CoordinatorProposal:
    """The current proposal, locked until the end of the act (1 query)."""
    held = CoordinatorProposal.objects.select_for_update(of=("self",)).select_related("agency__country")
    return held.get(pk=proposal.pk)


def _close(proposal: CoordinatorProposal, state: str, by: User, **more: Any) -> None:
    values = {"state": state, "decided_at": timezone.now(), "decided_by": by} | more
    CoordinatorProposal.objects.filter(pk=proposal.pk).update(**values)


def _require_words(field: str, text: str, missing: str) -> str:
    text = text.strip()
    if says_nothing(text) or find_text_fault(text):
        raise WordsMissing(field, missing)
    return text


def _note(what: str, proposal: CoordinatorProposal, by: User, **detail: Any) -> None:
    """Log the act with its explanation, which notifies the country's coordinators and the administrators."""
    place = {"country": proposal.agency.country.alpha2, "agency": proposal.agency.kind}
    record(act=f"proposal.{what}", by=by, proposal=proposal.pk, **place, **detail)
