"""Proposing a coordinator for an agency without one, the administrator's decision, and the notifications."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpch.accounts import actions, proposal_actions
from cpch.accounts.models import CoordinatorProposal, Invitation, Membership, Role, User
from cpch.accounts.proposal_page import look_at_address
from diagnostic.models import AuditEntry
from tests import factories
from tests.factories import PASSWORD, make_country, make_user, reload
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db

GIVEN = {
    "agency": "police",
    "full_name": "Amara Diallo",
    "email": "amara@police.example",
    "why": "Named by the director of the border police.",
}
VERIFIED = "Called the director’s office on the number of the police’s own site, 3 March."


@pytest.fixture
def administrator() -> User:
    return make_user(Role.ADMINISTRATOR, None, None)


@pytest.fixture
def coordinator() -> User:
    return make_user()


def propose(by: User, **changes: Any) -> CoordinatorProposal:
    given = {name: value for name, value in (GIVEN | changes).items() if name != "agency"}
    return proposal_actions.propose(country=given.pop("country", make_country()), agency_kind="police", by=by, **given)


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("act", flat=True))


@pytest.mark.django_db(transaction=True)
def test_from_the_proposal_to_the_accepted_invitation(
    client: Client, administrator: User, coordinator: User, run_tasks: Any
) -> None:
    colleague, respondent = make_user(), make_user(Role.RESPONDENT)
    client.force_login(coordinator)
    assert client.post(reverse("proposal-create"), GIVEN).url == reverse("people")
    run_tasks()

    proposal = CoordinatorProposal.objects.get()
    assert {message.to[0] for message in mail.outbox} == {administrator.email, colleague.email}
    assert "Amara Diallo (amara@police.example) as coordinator of Police, Example Country" in unisolated(
        mail.outbox[0].body
    )
    assert proposal.why not in mail.outbox[0].body
    page = client.get(reverse("people")).content.decode()
    assert "Waiting for the secretariat" in page
    assert "Take back" in page

    client.force_login(administrator)
    url = reverse("proposal-detail", args=[proposal.pk])
    shown = client.get(url).content.decode()
    assert coordinator.full_name in shown
    assert "police.example" in shown
    assert "There is no other police account" in shown
    mail.outbox.clear()
    response = client.post(reverse("proposal-approve", args=[proposal.pk]), {"verified": VERIFIED})
    run_tasks()
    assert response.url == url

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.agency.kind) == (GIVEN["email"], "coordinator", "police")
    assert {m.to[0] for m in mail.outbox} == {GIVEN["email"], coordinator.email, colleague.email}
    assert respondent.email not in {m.to[0] for m in mail.outbox}
    entry = AuditEntry.objects.get(act="proposal.approved")
    assert (entry.by, entry.detail["verified"], entry.detail["country"]) == (administrator, VERIFIED, "ZZ")
    assert AuditEntry.objects.get(act="proposal.made").detail["why"] == GIVEN["why"]
    client.force_login(coordinator)
    assert VERIFIED in client.get(url).content.decode()

    new = actions.accept_invitation(invitation=invitation, full_name="Amara Diallo", password=PASSWORD)
    assert reload(new).membership.agency.kind == "police"


@pytest.mark.django_db(transaction=True)
def test_on_their_own_motion_an_administrator_verifies_alike(
    client: Client, administrator: User, coordinator: User, run_tasks: Any
) -> None:
    """Also for an agency with a coordinator; the country's coordinators are told of every one."""
    client.force_login(administrator)
    given = GIVEN | {"country": make_country().pk, "agency": "customs", "email": "bea@customs.example"}
    response = client.post(reverse("proposal-create"), given)
    run_tasks()
    proposal = CoordinatorProposal.objects.get()
    assert response.url == reverse("proposal-detail", args=[proposal.pk])
    assert not Invitation.objects.exists()

    approve = reverse("proposal-approve", args=[proposal.pk])
    refused = client.post(approve, {"verified": "  "})
    assert refused.status_code == 422
    assert "Say how you made sure who this person is." in refused.content.decode()
    assert not Invitation.objects.exists()
    mail.outbox.clear()
    client.post(approve, {"verified": VERIFIED})
    run_tasks()
    assert Invitation.objects.get().invited_by == administrator
    assert {m.to[0] for m in mail.outbox} == {"bea@customs.example", coordinator.email}


@pytest.mark.django_db(transaction=True)
def test_a_declined_proposal_says_why(client: Client, administrator: User, coordinator: User, run_tasks: Any) -> None:
    proposal = propose(coordinator)
    run_tasks()
    mail.outbox.clear()
    client.force_login(administrator)
    decline = reverse("proposal-decline", args=[proposal.pk])
    assert client.post(decline, {"reason": ""}).status_code == 422
    client.post(decline, {"reason": "Nobody of that name works there."})
    run_tasks()

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("declined", administrator)
    assert [m.to[0] for m in mail.outbox] == [coordinator.email]
    assert AuditEntry.objects.get(act="proposal.declined").detail["reason"] == "Nobody of that name works there."
    client.force_login(coordinator)
    page = client.get(reverse("proposal-detail", args=[proposal.pk])).content.decode()
    assert "Nobody of that name works there." in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("how", ["take_back", "approve", "decline"])
def test_what_is_decided_is_decided(client: Client, administrator: User, coordinator: User, how: str) -> None:
    proposal = propose(coordinator)
    proposal_actions.take_back(proposal=proposal, by=coordinator)
    url, given = (
        reverse(f"proposal-{how.replace('_', '-')}", args=[proposal.pk]),
        {"verified": VERIFIED, "reason": "No."},
    )
    client.force_login(coordinator if how == "take_back" else administrator)
    shown = client.post(url, given, follow=True).content.decode()

    assert "has been decided or taken back" in shown
    assert CoordinatorProposal.objects.get().state == "taken_back"


# Permissions


def test_a_coordinator_proposes_only_where_no_active_coordinator_is(client: Client, coordinator: User) -> None:
    other = make_user(agency="police")
    client.force_login(coordinator)
    assert "both have an active coordinator" in client.get(reverse("proposal-create")).content.decode()
    assert client.post(reverse("proposal-create"), GIVEN).status_code == 422
    with pytest.raises(proposal_actions.AgencyHasCoordinator):
        propose(coordinator)

    factories.deactivate(other)
    assert client.post(reverse("proposal-create"), GIVEN).status_code == 302


def test_nobody_proposes_for_another_country_or_decides_as_a_coordinator(coordinator: User) -> None:
    with pytest.raises(PermissionDenied):
        propose(coordinator, country=make_country("FR"))
    proposal = propose(coordinator)
    for decide in (
        lambda: proposal_actions.approve(proposal=proposal, verified=VERIFIED, by=coordinator),
        lambda: proposal_actions.decline(proposal=proposal, reason="No.", by=coordinator),
        lambda: proposal_actions.take_back(proposal=proposal, by=make_user()),
    ):
        with pytest.raises(PermissionDenied):
            decide()


@pytest.mark.parametrize("role", ["respondent", "observer", "reviewer", "partner"])
def test_others_neither_see_nor_make_any(client: Client, coordinator: User, role: str) -> None:
    proposal = propose(coordinator)
    place = ("ZZ", "customs") if role == "respondent" else ("ZZ", None) if role == "observer" else (None, None)
    user = make_user(role, *place)
    client.force_login(user)

    assert client.get(reverse("proposal-create")).status_code == 403
    assert client.get(reverse("proposal-detail", args=[proposal.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        propose(user, email="x@example.org")


def test_another_countrys_proposal_is_not_there(client: Client, coordinator: User) -> None:
    proposal = propose(coordinator)
    client.force_login(make_user(country="FR"))

    assert client.get(reverse("proposal-detail", args=[proposal.pk])).status_code == 404
    assert acts()[-1] == "access.hidden"


# Addresses


@pytest.mark.parametrize("role", ["reviewer", "administrator", "partner"])
@pytest.mark.parametrize("ended", ["open", "withdrawn", "expired", "accepted", "deactivated"])
def test_nobody_of_the_secretariat_or_a_partner_gets_into_a_country(
    administrator: User, coordinator: User, role: str, ended: str
) -> None:
    place = {"organisation": "INTERPOL"} if role == "partner" else {}
    invitation = actions.invite(email="Mei@WCO.example", role=role, by=administrator, **place)
    if ended == "withdrawn":
        actions.withdraw_invitation(invitation=invitation, by=administrator)
    elif ended == "expired":
        Invitation.objects.update(expires_at=invitation.invited_at)
    elif ended != "open":
        person = actions.accept_invitation(invitation=invitation, full_name="Mei", password=PASSWORD)
        if ended == "deactivated":
            factories.deactivate(person)

    refusals = (actions.AddressElsewhere, actions.AlreadyInvited, actions.AddressTaken)
    with pytest.raises(refusals):
        propose(administrator, email="mei@wco.example")
    # A coordinator does not see that address, so the invitation is made like any other; it lets nobody in.
    proposal = propose(coordinator, email="mei@wco.example")
    with pytest.raises(refusals):
        proposal_actions.approve(proposal=proposal, verified=VERIFIED, by=administrator)
    made = actions.invite(email="mei@wco.example", role=Role.OBSERVER, country=make_country(), by=coordinator)
    with pytest.raises(refusals):
        actions.accept_invitation(invitation=made, full_name="Mei", password=PASSWORD)


def test_an_address_invited_to_the_secretariat_meanwhile_does_not_join_a_country(
    client: Client, administrator: User, coordinator: User
) -> None:
    """Both invitations were made at the same moment, so neither maker was told of the other."""
    invitation = actions.invite(email="mei@example.org", role=Role.OBSERVER, country=make_country(), by=coordinator)
    token = invitation.token
    other = actions.invite(email="other@wco.example", role=Role.REVIEWER, by=administrator)
    other.email = "MEI@example.org"
    other.save()
    given = {"full_name": "Mei", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post(reverse("invitation-accept", args=[token]), given)

    assert response.status_code == 410
    assert "This address cannot join a country" in response.content.decode()
    assert not User.objects.filter(email="mei@example.org").exists()
    with pytest.raises(actions.AddressElsewhere):
        actions.accept_invitation(invitation=invitation, full_name="Mei", password=PASSWORD)


def test_an_administrator_never_invites_themselves(administrator: User) -> None:
    with pytest.raises(actions.AddressTaken):
        propose(administrator, email=administrator.email.upper())


def test_an_address_is_proposed_once_at_a_time(coordinator: User, administrator: User) -> None:
    propose(coordinator, email="amara@münchen.example")
    with pytest.raises(proposal_actions.AlreadyProposed):
        propose(administrator, email="amara@xn--mnchen-3ya.example")


def test_the_address_is_looked_at_again_at_the_decision(client: Client, coordinator: User, administrator: User) -> None:
    """The proposed address may have got an account since, for example in the other agency."""
    proposal = propose(coordinator, email="amara@example.org")
    invitation = actions.invite(
        email="Amara@Example.org", role=Role.RESPONDENT, country=make_country(), agency_kind="customs", by=coordinator
    )
    actions.accept_invitation(invitation=invitation, full_name="Amara", password=PASSWORD)
    client.force_login(administrator)
    response = client.post(reverse("proposal-approve", args=[proposal.pk]), {"verified": VERIFIED})

    assert response.status_code == 422
    assert "already has an account" in response.content.decode()
    assert VERIFIED in response.content.decode()
    assert CoordinatorProposal.objects.get().is_open


# Signs of a second mailbox


def look(by: User, email: str) -> Any:
    return look_at_address(propose(by, email=email))


def test_the_page_shows_what_a_second_mailbox_looks_like(administrator: User) -> None:
    coordinator = make_user()
    User.objects.filter(pk=coordinator.pk).update(email="nadia.ferrand@customs.example", full_name="Nadia Ferrand")
    coordinator = reload(coordinator)
    make_respondent("amara@police.example")

    second = look(coordinator, "nadia.ferrand7@customs.example")
    assert second.domain == second.proposer_domain == "customs.example"
    assert {
        "This is a domain of Customs, the other agency.",
        "This is the domain of the person proposing them.",
        "No other police address is at this domain.",
    } < set(second.warnings)
    assert any("Nadia Ferrand, nadia.ferrand@customs.example" in warning for warning in second.warnings)

    private = look(coordinator, "n.ferrand@gmail.com")
    assert private.warnings[0].startswith("Anyone can open a mailbox at this domain.")

    good = look(coordinator, "tomas.marsh@POLICE.example")
    assert good.warnings == ()
    assert good.comfort == "1 other police address is at this domain."


def make_respondent(email: str) -> User:
    person = make_user(Role.RESPONDENT, agency="police")
    User.objects.filter(pk=person.pk).update(email=email)
    return person


# The rules again, at renewal, withdrawal and acceptance


def invited_coordinator(administrator: User, by: User) -> Invitation:
    return proposal_actions.approve(proposal=propose(by), verified=VERIFIED, by=administrator)


def test_only_who_could_make_it_now_renews_or_withdraws_it(administrator: User, coordinator: User) -> None:
    police = invited_coordinator(administrator, coordinator)
    customs = actions.invite(
        email="bea@example.org", role=Role.RESPONDENT, country=make_country(), agency_kind="customs", by=coordinator
    )
    other = make_user(agency="police")
    for invitation, by in (
        (police, coordinator),
        (customs, administrator),
        (customs, other),
        (customs, make_user(country="FR")),
    ):
        with pytest.raises(PermissionDenied):
            actions.renew_invitation(invitation=invitation, by=by)
        with pytest.raises(PermissionDenied):
            actions.withdraw_invitation(invitation=invitation, by=by)
    actions.renew_invitation(invitation=police, by=administrator)
    actions.renew_invitation(invitation=police, by=other)
    police.refresh_from_db()
    assert police.invited_by == other
    actions.withdraw_invitation(invitation=customs, by=make_user())


def test_an_administrator_renews_no_coordinators_invitation_without_a_proposal(administrator: User) -> None:
    coordinator = make_user()
    invitation = actions.invite(
        email="bea@example.org", role=Role.COORDINATOR, country=make_country(), agency_kind="customs", by=coordinator
    )
    with pytest.raises(PermissionDenied):
        actions.renew_invitation(invitation=invitation, by=administrator)


def changed(how: str, user: User) -> None:
    if how == "deactivated":
        factories.deactivate(user)
        return
    changes: dict[str, Any] = {
        "moved": {"agency": make_user(agency="police").membership.agency},
        "respondent": {"role": Role.RESPONDENT},
        "observer": {"role": Role.OBSERVER, "agency": None},
        "reviewer": {"role": Role.REVIEWER, "agency": None, "country": None},
        "abroad": {name: getattr(make_user(country="FR").membership, name) for name in ("country", "agency")},
    }[how]
    Membership.objects.filter(user=user).update(**changes)


@pytest.mark.parametrize("how", ["moved", "respondent", "observer", "reviewer", "abroad", "deactivated"])
def test_an_invitation_whose_maker_could_not_make_it_any_more_is_not_accepted(
    client: Client, coordinator: User, how: str
) -> None:
    invitation = actions.invite(
        email="bea@example.org", role=Role.RESPONDENT, country=make_country(), agency_kind="customs", by=coordinator
    )
    token = invitation.token
    changed(how, coordinator)
    url = reverse("invitation-accept", args=[token])
    given = {"full_name": "Bea", "password1": PASSWORD, "password2": PASSWORD}
    for response in (client.get(url), client.post(url, given)):
        assert response.status_code == 410
        assert "can no longer invite for this role" in response.content.decode()
        assert "Ask a coordinator of Customs, Example Country" in response.content.decode()
    with pytest.raises(actions.MakerMayNot):
        actions.accept_invitation(invitation=invitation, full_name="Bea", password=PASSWORD)
    assert not User.objects.filter(email="bea@example.org").exists()
    assert AuditEntry.objects.filter(act="invitation.refused").last().detail["reason"] == "maker"

    fresh = make_user()
    token = actions.renew_invitation(invitation=invitation, by=fresh).token
    assert client.post(reverse("invitation-accept", args=[token]), given).status_code == 302


def test_an_invitation_by_a_former_administrator_is_not_accepted(administrator: User, coordinator: User) -> None:
    invitation = invited_coordinator(administrator, coordinator)
    Membership.objects.filter(user=administrator).update(role=Role.REVIEWER)
    with pytest.raises(actions.MakerMayNot):
        actions.accept_invitation(invitation=invitation, full_name="Amara", password=PASSWORD)


def test_an_invitation_from_before_these_rules_is_of_no_use(administrator: User, coordinator: User) -> None:
    """Customs' coordinator invited one for the police; an administrator a coordinator without verifying."""
    police = make_user(agency="police").membership
    for by in (coordinator, administrator):
        invitation = Invitation.objects.create(
            email=f"old-{by.pk}@example.org",
            role=Role.COORDINATOR,
            country=police.country,
            agency=police.agency,
            invited_by=by,
            expires_at=Invitation._meta.get_field("invited_at").default() + actions.INVITATION_LASTS,
        )
        with pytest.raises(PermissionDenied):
            actions.renew_invitation(invitation=invitation, by=by)
        with pytest.raises(actions.MakerMayNot):
            actions.accept_invitation(invitation=invitation, full_name="Old", password=PASSWORD)


def test_a_renewal_looks_at_the_address_again(coordinator: User) -> None:
    """An old invitation to customs, whose address has joined the police since."""
    police = make_user(agency="police")
    old = actions.invite(
        email="bea@example.org", role=Role.RESPONDENT, country=make_country(), agency_kind="customs", by=coordinator
    )
    Invitation.objects.update(expires_at=old.invited_at)
    new = actions.invite(
        email="BEA@example.org", role=Role.RESPONDENT, country=make_country(), agency_kind="police", by=police
    )
    with pytest.raises(actions.AlreadyInvited):
        actions.renew_invitation(invitation=old, by=coordinator)
    actions.accept_invitation(invitation=new, full_name="Bea", password=PASSWORD)
    with pytest.raises(actions.AddressTaken):
        actions.renew_invitation(invitation=old, by=coordinator)


def test_pages_make_as_many_queries_for_many_as_for_one(client: Client, administrator: User, coordinator: User) -> None:
    client.force_login(administrator)
    counts = []
    first = propose(coordinator, email="p0@police.example")
    client.get(reverse("people"))
    for more in (0, 4):
        for number in range(more):
            propose(coordinator, email=f"more{number}@police.example")
            make_user(Role.RESPONDENT, agency="police")
        found = []
        for url in (reverse("people"), reverse("proposal-detail", args=[first.pk])):
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
    assert counts[0][0] <= 6
    assert counts[0][1] <= 3
