"""Inviting people and accepting: who may offer what, and a link that works once."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpch.accounts import actions
from cpch.accounts.models import Country, Invitation, Role, User
from cpch.log import HideLinkSecrets
from diagnostic.models import AuditEntry
from tests.factories import make_country, make_user, reload
from tests.outbox import deliver
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db

GIVEN = {"full_name": "Amara Diallo", "password1": "a very long sentence", "password2": "a very long sentence"}


def invite(by: User | None = None, **offer: Any) -> tuple[Invitation, str]:
    offer = {"email": "amara@example.org", "role": Role.RESPONDENT, "agency_kind": "customs"} | offer
    return actions.invite(by=by or make_user(), country=offer.pop("country", make_country()), **offer)


def accept_url(token: str) -> str:
    return reverse("invitation-accept", args=[token])


def last_act() -> AuditEntry:
    return AuditEntry.objects.order_by("number").last()


# Inviting


def test_a_coordinator_invites_a_colleague_of_their_country(client: Client) -> None:
    coordinator = make_user()
    client.force_login(coordinator)
    response = client.post(
        reverse("invitation-create"),
        {"email": "Amara@Example.org", "role": "respondent", "agency": "customs", "country": make_country("FR").pk},
    )

    assert response.url == reverse("people")
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.country.alpha2, invitation.agency.kind) == (
        "amara@example.org",
        "ZZ",
        "customs",
    )
    assert mail.outbox == [], "the page does not wait for the mail server"
    [message] = deliver()
    assert message.to == ["amara@example.org"]
    assert (
        "Your role: Respondent, customs\nCountry or territory: Example Country\nYou sign in with: amara@example.org\n"
        in unisolated(message.body)
    )
    token = re.search(rf"{re.escape(site.BASE_URL)}/invitations/(\S+)/", message.body)[1]
    assert invitation.has_token(token)
    assert last_act().act == "invitation.made"
    assert token not in str(AuditEntry.objects.values_list("detail", flat=True))


@pytest.mark.parametrize("role", ["reviewer", "administrator", "partner"])
def test_a_coordinator_offers_only_roles_of_a_country(client: Client, role: str) -> None:
    coordinator = make_user()
    client.force_login(coordinator)
    response = client.post(reverse("invitation-create"), {"email": "x@example.org", "role": role})

    assert response.status_code == 422
    assert "role" in response.context["form"].errors
    with pytest.raises(PermissionDenied):
        actions.invite(email="x@example.org", role=role, by=coordinator)


@pytest.mark.parametrize("is_other_led", [True, False], ids=["with a coordinator", "without one"])
@pytest.mark.parametrize("role", ["respondent", "coordinator"])
def test_no_agency_hands_out_an_account_of_the_other_one(client: Client, role: str, is_other_led: bool) -> None:
    """It would read the other voice before the comparison, or turn the other key."""
    coordinator = make_user()
    if is_other_led:
        make_user(agency="police")
    client.force_login(coordinator)
    response = client.post(reverse("invitation-create"), {"email": "x@example.org", "role": role, "agency": "police"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"agency"}
    assert "The other agency’s coordinators invite its people." in response.content.decode()
    with pytest.raises(PermissionDenied):
        invite(by=coordinator, role=role, agency_kind="police")
    assert not Invitation.objects.exists()
    assert invite(by=coordinator, role=role).agency.kind == "customs"


@pytest.mark.parametrize("role", ["respondent", "observer", "coordinator"])
def test_an_administrator_invites_nobody_into_a_country_without_a_proposal(client: Client, role: str) -> None:
    administrator = make_user(Role.ADMINISTRATOR, None, None)
    client.force_login(administrator)
    given = {"email": "x@example.org", "role": role, "agency": "police", "country": make_country().pk}

    assert set(client.post(reverse("invitation-create"), given).context["form"].errors) == {"role"}
    with pytest.raises(PermissionDenied):
        invite(by=administrator, role=role)
    assert not Invitation.objects.exists()


def test_a_coordinator_offers_nothing_of_another_country() -> None:
    with pytest.raises(PermissionDenied):
        invite(country=make_country("FR"))


@pytest.mark.parametrize("role", ["respondent", "observer", "reviewer", "partner"])
def test_others_invite_nobody_and_the_attempt_is_logged(client: Client, role: str) -> None:
    belongs = role in ("respondent", "observer")
    user = make_user(role, "ZZ" if belongs else None, "customs" if role == "respondent" else None)
    client.force_login(user)

    assert client.get(reverse("invitation-create")).status_code == 403
    assert client.post(reverse("invitation-create"), {"email": "x@example.org"}).status_code == 403
    assert (last_act().act, last_act().by) == ("access.refused", user)


@pytest.mark.parametrize(
    ("role", "missing"), [("partner", {"organisation"}), ("reviewer", set()), ("administrator", set())]
)
def test_each_role_needs_the_place_it_belongs_to(client: Client, role: str, missing: set[str]) -> None:
    client.force_login(make_user(Role.ADMINISTRATOR, None, None))
    response = client.post(reverse("invitation-create"), {"email": "x@example.org", "role": role})

    if missing:
        assert response.status_code == 422
        assert set(response.context["form"].errors) == missing
        assert response.content.decode().index("There is a problem") < response.content.decode().index("<h1>")
    else:
        assert Invitation.objects.get().role == role


def test_an_address_with_an_account_of_ones_country_is_refused_at_the_field(client: Client) -> None:
    there = make_user("observer", agency=None)
    client.force_login(make_user())
    response = client.post(
        reverse("invitation-create"), {"email": there.email.upper(), "role": "observer", "agency": "customs"}
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {"email": ["A person with this address already has an account."]}
    assert 'href="#id_email"' in response.content.decode()


def test_an_open_invitation_is_not_made_twice(client: Client) -> None:
    coordinator = make_user()
    invite(by=coordinator)
    client.force_login(coordinator)
    given = {"email": "amara@example.org", "role": "respondent", "agency": "customs"}

    assert "email" in client.post(reverse("invitation-create"), given).context["form"].errors

    Invitation.objects.update(expires_at=timezone.now())

    assert client.post(reverse("invitation-create"), given).status_code == 302


# Accepting


def test_accepting_makes_the_person_and_signs_them_in(client: Client) -> None:
    invitation = invite()
    token = invitation.token
    page = client.get(accept_url(token))

    assert page.status_code == 200
    assert f"{invitation.invited_by.full_name} invites you" in unisolated(page.content.decode())
    assert "Respondent, customs" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]

    response = client.post(accept_url(token), GIVEN)

    assert response.url == reverse("home")
    user = reload(User.objects.get(email="amara@example.org"))
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.full_name, user.membership.role, user.membership.agency.kind) == (
        "Amara Diallo",
        "respondent",
        "customs",
    )
    assert EmailAddress.objects.get(user=user).verified
    assert Invitation.objects.get().accepted_by == user
    assert (last_act().act, last_act().by) == ("invitation.accepted", user)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"full_name": ""}, "full_name"),
        ({"full_name": "Ama\u202era"}, "full_name"),
        ({"full_name": "\u200b\u2060"}, "full_name"),
        ({"full_name": "Ama\x07ra"}, "full_name"),
        ({"full_name": "A" * 121}, "full_name"),
        ({"password2": "something else entirely"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "amara@example.org", "password2": "amara@example.org"}, "password1"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_link_stays(client: Client, given: dict, field: str) -> None:
    invitation = invite()
    token = invitation.token
    response = client.post(accept_url(token), GIVEN | given)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Invitation.objects.get().is_open
    assert client.post(accept_url(token), GIVEN).status_code == 302


@pytest.mark.parametrize("reason", ["used", "withdrawn", "expired"])
def test_a_link_that_no_longer_works_says_why_and_is_logged(client: Client, reason: str) -> None:
    invitation = invite()
    token = invitation.token
    now = timezone.now()
    changes = {
        "used": {"accepted_at": now},
        "withdrawn": {"withdrawn_at": now},
        "expired": {"expires_at": now - timedelta(seconds=1)},
    }
    Invitation.objects.filter(pk=invitation.pk).update(**changes[reason])

    for answer in (client.get(accept_url(token)), client.post(accept_url(token), GIVEN)):
        assert answer.status_code == 410
        assert f"This invitation has {'been ' if reason != 'expired' else ''}{reason}" in answer.content.decode()
    assert not User.objects.filter(email="amara@example.org").exists()
    assert (last_act().act, last_act().detail["reason"]) == ("invitation.refused", reason)


def test_an_unknown_link_is_not_found_and_logged_until_it_is_too_much(client: Client) -> None:
    answers = [client.get(accept_url(f"guess-{number}")) for number in range(31)]

    assert [answer.status_code for answer in answers] == [404] * 30 + [429]
    assert AuditEntry.objects.filter(act="invitation.unknown").count() == 10, "the others of the hour are counted"
    assert "Try again in a minute." in answers[-1].content.decode()
    assert AuditEntry.objects.filter(act="attempts.more", chain__assessment=None).count() == 1


def test_of_two_who_accept_at_once_one_wins() -> None:
    invitation = invite()
    late = Invitation.objects.get(pk=invitation.pk)
    actions.accept_invitation(invitation=invitation, full_name="First", password=GIVEN["password1"])

    with pytest.raises(actions.InvitationClosed):
        actions.accept_invitation(invitation=late, full_name="Second", password=GIVEN["password1"])
    assert User.objects.get(email="amara@example.org").full_name == "First"


def test_two_invitations_to_one_address_make_one_account(client: Client) -> None:
    first = invite()
    invitation = invite(by=make_user(country="FR"), country=make_country("FR"))
    token = invitation.token
    actions.accept_invitation(invitation=first, full_name="First", password=GIVEN["password1"])
    response = client.post(accept_url(token), GIVEN)

    assert response.status_code == 409
    assert "already has an account" in response.content.decode()
    assert User.objects.filter(email="amara@example.org").count() == 1


def test_sending_again_ends_the_old_link(client: Client) -> None:
    coordinator = make_user()
    invitation = invite(by=coordinator)
    old = invitation.token
    Invitation.objects.update(expires_at=timezone.now())
    client.force_login(coordinator)
    client.post(reverse("invitation-resend", args=[invitation.pk]))
    [message] = deliver()
    token = re.search(r"/invitations/(\S+)/", message.body)[1]

    assert Client().get(accept_url(old)).status_code == 404
    assert Client().get(accept_url(token)).status_code == 200


def test_withdrawing_works_once_and_not_from_abroad(client: Client) -> None:
    coordinator = make_user()
    invitation = invite(by=coordinator)
    url = reverse("invitation-withdraw", args=[invitation.pk])
    client.force_login(make_user(country="FR"))

    assert client.post(url).status_code == 404
    assert last_act().act == "access.hidden"

    client.force_login(make_user(Role.RESPONDENT))

    assert client.post(url).status_code == 403

    client.force_login(coordinator)
    done, again = client.post(url, follow=True), client.post(url, follow=True)

    assert "is withdrawn" in done.content.decode()
    assert "already used or withdrawn" in again.content.decode()
    assert not Invitation.objects.get().is_open


# The command line, and the log


def test_the_command_prints_a_link_for_the_first_administrator(client: Client, capsys: Any) -> None:
    call_command("invite", "boss@example.org", role="administrator")
    path = capsys.readouterr().out.strip().removeprefix(site.BASE_URL)

    assert client.post(path, GIVEN).status_code == 302
    assert User.objects.get(email="boss@example.org").membership.role == "administrator"


@pytest.mark.parametrize(
    "options",
    [
        {"role": "coordinator"},
        {"role": "coordinator", "country": "ZZ"},
        {"role": "coordinator", "country": "ZZ", "agency": "police"},
        {"role": "observer", "country": "ZZ"},
        {"role": "respondent", "country": "ZZ", "agency": "customs"},
        {"role": "reviewer"},
        {"role": "partner", "organisation": "INTERPOL"},
        {"role": "administrator", "country": "ZZ"},
        {"role": "nonsense"},
        {"role": "administrator", "email": "no address"},
    ],
)
def test_the_command_invites_administrators_and_nobody_else(options: dict[str, str]) -> None:
    email = options.pop("email", "boss@example.org")
    with pytest.raises(CommandError):
        call_command("invite", email, **options)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_but_administrators_is_invited_by_no_one(role: str) -> None:
    with pytest.raises(PermissionDenied):
        actions.invite(email="x@example.org", role=role, country=make_country(), agency_kind="customs", by=None)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        ("Not Found: /invitations/s3cret-t0ken/", "Not Found: /invitations/…/"),
        ("Forbidden: /accounts/password/reset/key/3-cnx-abc/", "Forbidden: /accounts/password/reset/key/…/"),
        ("Not Found: /people/invitations/7/withdraw/", "Not Found: /people/invitations/7/withdraw/"),
        ("100 % of nothing", "100 % of nothing"),
    ],
)
def test_no_token_gets_into_the_log(line: str, logged: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s", (line,), None)
    HideLinkSecrets().filter(record)

    assert record.getMessage() == logged


def test_every_logged_line_passes_the_filter_that_hides_tokens() -> None:
    assert site.LOGGING["handlers"]["console"]["filters"] == ["secrets"]


def test_agencies_are_made_once() -> None:
    invite(email="a@example.org")
    invite(email="b@example.org")

    assert Country.objects.get(alpha2="ZZ").agencies.filter(kind="customs").count() == 1
