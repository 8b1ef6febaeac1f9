"""Where the site asks for a second factor: nothing but its set-up is reached without; and taking one off."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpch.accounts import actions, security_actions
from cpch.accounts.models import Role, User
from diagnostic.models import AuditEntry
from tests import factories
from tests.factories import PASSWORD, make_user
from tests.second_factors import code_of, give_app, signed_in_anew
from tests.sessions import signed_in

pytestmark = pytest.mark.django_db

SET_UP = "/account/security/"


@pytest.fixture
def for_secretariat(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_OF = "secretariat"


def secretary(role: Role = Role.REVIEWER) -> User:
    return make_user(role, country=None, agency=None)


def act_of(act: str) -> AuditEntry:
    return AuditEntry.objects.get(act=act)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
def test_the_secretariat_reaches_nothing_before_the_set_up(for_secretariat: None, role: Role) -> None:
    client = signed_in(secretary(role))
    submission = factories.make_submission(make_user())
    addresses = [reverse(name) for name in ("home", "inbox", "help", "review-queue", "people", "account", "resources")]
    addresses += [reverse("review-detail", args=[submission.pk]), reverse("submission-report", args=[submission.pk])]
    addresses += [reverse("security-codes-file"), reverse("account_change_password")]

    for address in addresses:
        assert client.get(address).url == SET_UP, address
        assert client.get(address, headers={"Accept": "application/json"}).url == SET_UP, address
        assert client.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == SET_UP, address
        assert client.post(address).url == SET_UP, address
    page = client.get(SET_UP)
    assert "Your account needs a second factor before you can go on." in page.content.decode()
    assert reverse("review-queue") not in page.content.decode()


def test_after_the_set_up_they_reach_everything_in_the_same_session(for_secretariat: None) -> None:
    client = Client(SERVER_NAME="localhost")
    client.post(reverse("account_login"), {"login": secretary().email, "password": PASSWORD})
    secret = client.get(reverse("security-app")).context["secret"].replace(" ", "")
    client.post(reverse("security-app"), {"code": code_of(secret)})

    assert client.get(reverse("review-queue")).status_code == 200
    assert reverse("review-queue") in client.get(SET_UP).content.decode()


def test_they_can_always_leave(for_secretariat: None) -> None:
    client = signed_in(secretary())
    client.post(reverse("account_logout"))

    assert "_auth_user_id" not in client.session


def test_others_go_on_as_before_unless_it_is_for_everyone(for_secretariat: None, settings: Any) -> None:
    client = signed_in(make_user())
    assert client.get(reverse("help")).status_code == 200
    settings.SECOND_FACTOR_REQUIRED_OF = "everyone"
    assert client.get(reverse("help")).url == SET_UP
    people = factories.make_people()
    for person in (people.partner, people.observer, people.nobody):
        assert signed_in(person).get(reverse("home")).url == SET_UP


def test_a_session_from_before_the_requirement_is_held_up_too(settings: Any) -> None:
    client = signed_in(secretary())
    assert client.get(reverse("review-queue")).status_code == 200
    settings.SECOND_FACTOR_REQUIRED_OF = "secretariat"
    assert client.get(reverse("review-queue")).url == SET_UP


def test_accepting_an_invitation_leads_to_the_set_up(for_secretariat: None) -> None:
    invitation = actions.invite(email="new@example.org", role=Role.ADMINISTRATOR, by=None)
    token = invitation.token
    client = Client(SERVER_NAME="localhost")
    given = {"full_name": "New Person", "password1": "a long new sentence", "password2": "a long new sentence"}
    response = client.post(reverse("invitation-accept", args=[token]), given, follow=True)

    assert response.redirect_chain[-1][0] == SET_UP
    assert client.get(reverse("people")).url == SET_UP
    assert client.get(reverse("security-app")).status_code == 200


def test_the_last_method_stays_where_one_is_required(for_secretariat: None) -> None:
    user = secretary()
    client = signed_in_anew(user, give_app(user))
    page = client.post(reverse("security-app-remove"), follow=True)
    user.refresh_from_db()

    assert "this is your only one" in page.content.decode()
    assert user.second_factor
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_a_second_factor_costs_no_query(for_secretariat: None) -> None:
    counts = []
    for has_one in (False, True):
        user = make_user()
        client = signed_in_anew(user, give_app(user)) if has_one else signed_in(user)
        client.get(reverse("help"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("help"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# Taking it off


def take_off(client: Client, person: User, reason: str = "Lost her phone; called back.") -> Any:
    return client.post(reverse("person-second-factor", args=[person.pk]), {"reason": reason})


def proved(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def test_an_administrator_takes_it_off_who_lost_it(transactional_db: None, run_tasks: Any) -> None:
    administrator, person = secretary(Role.ADMINISTRATOR), make_user()
    theirs = signed_in_anew(person, give_app(person))
    run_tasks()
    mail.outbox.clear()
    client = proved(administrator)
    page = client.get(reverse("people")).content.decode()
    blank = take_off(client, person, " ")
    done = take_off(client, person)
    run_tasks()

    assert reverse("person-second-factor", args=[person.pk]) in page
    assert blank.status_code == 422
    assert done.url == reverse("people")
    assert reverse("person-second-factor", args=[person.pk]) not in client.get(reverse("people")).content.decode()
    assert not Authenticator.objects.filter(user=person).exists()
    assert theirs.get(reverse("help")).status_code == 302
    logged = act_of("person.second_factor_taken_off")
    assert (logged.by, logged.detail) == (
        administrator,
        {"person": person.pk, "reason": "Lost her phone; called back."},
    )
    [message] = mail.outbox
    assert message.to == [person.email]
    assert "Lost her phone; called back." in message.body
    assert proved(person).get(reverse("help")).status_code == 200


def test_nobody_else_may_and_nobody_their_own() -> None:
    people = factories.make_people()
    give_app(people.respondent)
    give_app(people.reviewer)
    for who in ("coordinator", "police_coordinator", "respondent", "observer", "partner", "foreigner", "nobody"):
        client = signed_in(getattr(people, who)) if who != "respondent" else None
        if client is None:
            continue
        session = client.session
        session["proved_at"] = time.time()
        session.save()
        assert client.get(reverse("person-second-factor", args=[people.respondent.pk])).status_code in (403, 404), who
        assert take_off(client, people.respondent).status_code in (403, 404), who
        with pytest.raises(PermissionDenied):
            security_actions.take_off(person=people.respondent.membership, reason="Because.", by=getattr(people, who))
    own = proved(people.administrator)
    assert take_off(own, people.administrator).status_code == 403
    people.respondent.refresh_from_db()
    assert people.respondent.second_factor


def test_a_reviewer_may_not(for_secretariat: None) -> None:
    reviewer, person = secretary(), make_user()
    give_app(person)
    client = signed_in_anew(reviewer, give_app(reviewer))

    assert take_off(client, person).status_code == 404
    person.refresh_from_db()
    assert person.second_factor


def test_an_administrator_shows_first_who_they_are() -> None:
    administrator, person = secretary(Role.ADMINISTRATOR), make_user()
    give_app(person)
    url = reverse("person-second-factor", args=[person.pk])
    client = signed_in(administrator)

    assert client.get(url).url == reverse("security-prove", query={"next": url})
    assert take_off(client, person).url == reverse("security-prove", query={"next": url})
    person.refresh_from_db()
    assert person.second_factor


def test_where_there_is_none_nothing_is_logged() -> None:
    client = proved(secretary(Role.ADMINISTRATOR))
    response = take_off(client, make_user())

    assert response.url == reverse("people")
    assert not AuditEntry.objects.filter(act="person.second_factor_taken_off").exists()


def test_the_command_line_takes_it_off_the_only_administrator() -> None:
    user = secretary(Role.ADMINISTRATOR)
    give_app(user)
    call_command("take_off_second_factor", user.email, "--reason", "Lost, called back.", stdout=io.StringIO())
    user.refresh_from_db()

    assert user.second_factor == ""
    assert act_of("person.second_factor_taken_off").by is None
    for email in (user.email, "nobody@example.net"):
        with pytest.raises(CommandError):
            call_command("take_off_second_factor", email, "--reason", "Again.")
