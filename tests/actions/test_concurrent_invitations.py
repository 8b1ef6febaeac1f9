"""Two simultaneous acceptances, decisions and first acts, each on its own connection."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from cpch.accounts import actions, proposal_actions
from cpch.accounts.models import Invitation, Membership, Role, User
from diagnostic.actions import comparison
from tests import factories
from tests.at_once import at_once
from tests.factories import PASSWORD, make_country, make_user

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
SPELLINGS = ("amara{}@münchen.example", "AMARA{}@xn--mnchen-3ya.example")


@pytest.fixture
def people(transactional_db: None) -> factories.People:
    return factories.make_people()


def kinds(found: list[Any]) -> list[str]:
    return sorted(type(item).__name__ for item in found)


def invited(email: str, agency: str, by: User) -> Invitation:
    """One of two invitations made at the same moment, neither maker aware of the other."""
    invitation = actions.invite(
        email=f"{agency}-{email}", role=Role.RESPONDENT, country=make_country(), agency_kind=agency, by=by
    )
    token = invitation.token
    invitation.email = email
    invitation.save()
    assert invitation.has_token(token)
    return invitation


def accept(invitation: Invitation) -> User:
    return actions.accept_invitation(invitation=invitation, full_name="Amara", password=PASSWORD)


def test_of_two_invitations_of_one_address_one_is_accepted(people: factories.People) -> None:
    """In two spellings, for the two agencies: only one account is created, and it belongs to one of them."""
    for number in range(ROUNDS):
        one = invited(SPELLINGS[0].format(number), "customs", people.coordinator)
        other = invited(SPELLINGS[1].format(number), "police", people.police_coordinator)
        found = at_once(partial(accept, one), partial(accept, other))

        assert kinds(found) == ["AddressTaken", "User"]
        assert User.objects.filter(address_key=one.address_key).count() == 1


def test_one_invitation_accepted_twice_at_once_makes_one_account(people: factories.People) -> None:
    for number in range(ROUNDS):
        invitation = invited(f"a{number}@example.org", "customs", people.coordinator)
        found = at_once(partial(accept, invitation), partial(accept, invitation))

        assert kinds(found) == ["InvitationClosed", "User"]


def test_a_proposal_is_decided_once(people: factories.People) -> None:
    for number in range(ROUNDS):
        proposal = proposal_actions.propose(
            email=f"p{number}@example.org",
            full_name="New Person",
            country=make_country(),
            agency_kind="police",
            why="Named by the head.",
            by=people.administrator,
        )
        second = make_user(Role.ADMINISTRATOR, None, None)
        found = at_once(
            partial(proposal_actions.approve, proposal=proposal, verified="Called.", by=people.administrator),
            partial(proposal_actions.decline, proposal=proposal, reason="Not known.", by=second),
        )
        proposal.refresh_from_db()

        assert kinds(found) in (["Invitation", "ProposalClosed"], ["NoneType", "ProposalClosed"])
        assert sum(isinstance(item, proposal_actions.ProposalClosed) for item in found) == 1
        assert (proposal.state == "approved") is Invitation.objects.filter(proposal=proposal).exists()


def test_of_two_first_acts_for_the_two_agencies_one_is_done(people: factories.People) -> None:
    """A person is moved while their page is open: an old and a new request at the same moment."""
    for _round in range(ROUNDS):
        second = make_user()
        draft = factories.start_assessment(people.coordinator, mode="separate")
        for agency, by in (("customs", people.respondent), ("police", people.police_respondent)):
            factories.save_answer(draft, by, "A.19", voice=agency, level=2)
        Membership.objects.filter(user=second).update(agency=people.police_coordinator.membership.agency)
        moved = factories.reload(second)
        gaps = {agency: factories.gaps_now(draft, agency) for agency in ("customs", "police")}
        declare = partial(comparison.declare_complete, assessment=draft)
        found = at_once(
            partial(declare, agency="customs", by=second, gaps=gaps["customs"]),
            partial(declare, agency="police", by=moved, gaps=gaps["police"]),
        )

        assert kinds(found) == ["ActsForOther", "Assessment"]
        draft.refresh_from_db()
        assert draft.state == "draft"
