"""Inviting an address tells a coordinator nothing about accounts that they do not see."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpch.accounts import actions
from cpch.accounts.models import Invitation, Role, User
from diagnostic.models import AuditEntry
from diagnostic.permissions_sql import asks_side
from tests import factories
from tests.factories import PASSWORD, make_country, make_user
from tests.outbox import deliver
from tests.sessions import signed_in

pytestmark = pytest.mark.django_db


def abroad() -> User:
    return make_user(country="FR")


def deactivated_abroad() -> User:
    person = make_user(country="FR")
    factories.deactivate(person)
    return person


def of_the_secretariat() -> User:
    return make_user(Role.REVIEWER, None, None)


def a_partner() -> User:
    return make_user(Role.PARTNER, None, None)


HOLDERS = [abroad, deactivated_abroad, of_the_secretariat, a_partner]


def press(client: Client, name: str, data: dict[str, Any] | None = None, **where: Any) -> tuple[Any, str, int]:
    """Post a form; the status and redirect, the page that follows, and the number of queries of the post."""
    with CaptureQueriesContext(connection) as queries:
        response = client.post(reverse(name, **where), data or {})
    page = client.get(response["Location"]).content.decode() if response.status_code == 302 else ""
    return (response.status_code, response.get("Location")), page, len(queries)


def same(page: str, address: str) -> str:
    """The page without the address, the keys of its rows, and what differs on every request."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page).replace(address, "ADDRESS")
    return re.sub(r"/invitations/\d+/", "/invitations/N/", re.sub(r'data-[a-z-]+="[^"]*"', "", page))


@pytest.mark.parametrize("make", HOLDERS, ids=lambda make: make.__name__)
def test_the_form_the_list_and_every_act_are_the_same_as_for_a_free_address(make: Callable[[], User]) -> None:
    coordinator = make_user()
    client = signed_in(coordinator)
    client.get(reverse("people"))
    seen = []
    for address in (make().email, "free@example.org"):
        given = {"email": address, "role": "respondent", "agency": "customs"}
        steps = [press(client, "invitation-create", given)]
        invitation = Invitation.objects.get(email=address)
        steps.append(press(client, "invitation-create", given))
        deliver()
        steps.append((0, client.get(reverse("people")).content.decode(), 0))
        steps.append(press(client, "invitation-resend", args=[invitation.pk]))
        deliver()
        steps.append(press(client, "invitation-withdraw", args=[invitation.pk]))
        seen.append([(answer, same(page, address), queries) for answer, page, queries in steps])
    assert seen[0] == seen[1]


def test_a_proposal_too(people: factories.People) -> None:
    coordinator = make_user(country="DE")
    client = signed_in(coordinator)
    seen = []
    for address in ("first@example.org", people.coordinator.email, "free@example.org"):
        given = {"email": address, "full_name": "Mei Sato", "agency": "police", "why": "Named by the head."}
        with CaptureQueriesContext(connection) as queries:
            response = client.post(reverse("proposal-create"), given)
        seen.append((response.status_code, len(queries)))
    # The first proposal creates the agency's row, too.
    assert seen[1] == seen[2]
    assert seen[1][0] == 302


def invited(holder: User) -> tuple[Invitation, EmailMessage]:
    invitation = actions.invite(
        email=holder.email, role=Role.RESPONDENT, country=make_country(), agency_kind="customs", by=make_user()
    )
    [message] = deliver()
    return invitation, message


def test_the_e_mail_says_that_the_address_has_an_account_and_holds_no_link() -> None:
    invitation, message = invited(abroad())
    assert message.to == [invitation.email]
    assert "Someone from Example Country invited you" in message.body
    assert "each person has one role" in message.body
    assert "write to the secretariat" in message.body
    assert "http" not in message.body
    assert invitation.token not in message.body


def test_the_link_lets_nobody_in(client: Client) -> None:
    holder = abroad()
    invitation, _message = invited(holder)
    given = {"full_name": "Mei", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post(reverse("invitation-accept", args=[invitation.token]), given)
    assert response.status_code == 409
    assert "already has an account" in response.content.decode()
    assert User.objects.get(pk=holder.pk).membership.country.alpha2 == "FR"


def test_it_takes_nothing_from_the_rights_of_the_person_invited() -> None:
    """An invitation to an agency marks its address as acting for it, but only within the country that made it."""
    holder = abroad()
    theirs = factories.start_assessment(holder)
    actions.invite(
        email=holder.email,
        role=Role.RESPONDENT,
        country=make_country(),
        agency_kind="police",
        by=make_user(agency="police"),
    )
    assert not asks_side(factories.reload(holder), theirs)


def test_the_log_holds_no_token_of_an_invitation() -> None:
    invitation, _message = invited(abroad())
    assert invitation.token not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


# What is sent, and when it is not


def test_a_renewed_invitation_sends_only_its_new_link() -> None:
    coordinator = make_user()
    invitation = actions.invite(email="amara@example.org", role=Role.OBSERVER, country=make_country(), by=coordinator)
    renewed = actions.renew_invitation(invitation=invitation, by=coordinator)
    [message] = deliver()
    assert renewed.token in message.body
    assert renewed.token != invitation.token


def test_a_withdrawn_invitation_sends_nothing() -> None:
    coordinator = make_user()
    invitation = actions.invite(email="amara@example.org", role=Role.OBSERVER, country=make_country(), by=coordinator)
    actions.withdraw_invitation(invitation=invitation, by=coordinator)
    assert deliver() == []


@pytest.mark.parametrize("change", ["", "0", "-", "x", "pk", "nonce", "key"])
def test_only_the_whole_token_opens_the_page(client: Client, settings: Any, change: str) -> None:
    invitation = actions.invite(email="amara@example.org", role=Role.OBSERVER, country=make_country(), by=make_user())
    other = actions.invite(email="other@example.org", role=Role.OBSERVER, country=make_country(), by=make_user())
    token = invitation.token
    assert client.get(reverse("invitation-accept", args=[token])).status_code == 200
    if change == "pk":
        token = f"{other.pk}-{token.partition('-')[2]}"
    elif change == "nonce":
        Invitation.objects.filter(pk=invitation.pk).update(link_nonce="0" * 32)
    elif change == "key":
        settings.SECRET_KEY = "another key"
    else:
        token = f"{token[:-1]}{change}" if change != token[-1] else token[:-2]
    assert client.get(reverse("invitation-accept", args=[token])).status_code == 404


def test_the_list_says_how_far_the_e_mail_has_come() -> None:
    coordinator = make_user()
    client = signed_in(coordinator)
    actions.invite(email="amara@example.org", role=Role.OBSERVER, country=make_country(), by=coordinator)
    assert "E-mail on its way" in client.get(reverse("people")).content.decode()
    deliver()
    assert "E-mail sent" in client.get(reverse("people")).content.decode()
