"""Signing in and out, and resetting a password: django-allauth with only the pages that exist here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cpch.accounts.models import Role, User
from diagnostic.actions.attempts import LISTED
from diagnostic.models import AuditEntry
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = PASSWORD, **query: str) -> Any:
    return client.post(reverse("account_login", query=query), {"login": email, "password": password})


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("act", flat=True))


def test_the_right_password_leads_to_the_start(client: Client) -> None:
    user = make_user()
    response = sign_in(client, user.email.upper())

    assert response.status_code == 302
    assert response.url == reverse("home")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert acts() == ["person.signed_in"]


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client) -> None:
    user = make_user()
    wrong = sign_in(client, user.email, "not the password")
    unknown = sign_in(client, "nobody@example.net", "not the password")

    for response in (wrong, unknown):
        assert response.context["form"].non_field_errors() == ["The e-mail address or the password is not right."]
        assert "_auth_user_id" not in client.session
    assert acts() == ["person.sign_in_failed"] * 2


def test_the_sixth_wrong_password_for_an_address_meets_the_limit(client: Client) -> None:
    user = make_user()
    answers = [sign_in(client, user.email, "not the password") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    said = answers[-1].content.decode()
    assert re.search(r"too many wrong passwords for this address\. Try again in (\d+ minutes|a minute)\.", said)
    assert "reset your password" in said
    assert int(answers[-1]["Retry-After"]) > 0
    assert [act for act in acts() if act.startswith("limit")] == ["limit.refused"]


def test_a_list_of_addresses_from_one_place_meets_the_limit(client: Client) -> None:
    answers = [sign_in(client, f"someone-{number}@example.net", "x") for number in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "too many attempts to sign in from your network. Try again in a minute." in answers[-1].content.decode()


def test_signing_in_goes_on_only_within_this_site(client: Client) -> None:
    user = make_user()
    at_home = sign_in(client, user.email, next="/help/")
    client.logout()
    for abroad in ("https://evil.example/", "//evil.example/", "/\\evil.example", "http://127.0.0.1:9/"):
        assert sign_in(client, user.email, next=abroad).url == reverse("home"), abroad
        client.logout()

    assert at_home.url == "/help/"


def test_a_deactivated_person_cannot_sign_in_and_an_open_session_ends(client: Client) -> None:
    user = make_user()
    sign_in(client, user.email)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get(reverse("help")).status_code == 302

    response = sign_in(Client(), user.email)

    assert response.status_code == 403
    assert "Your access has ended" in response.content.decode()
    assert acts()[-1] == "person.sign_in_refused"


def test_the_refusals_of_a_deactivated_person_fill_no_log(client: Client) -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(is_active=False)
    statuses = {sign_in(Client(), user.email).status_code for _number in range(LISTED + 3)}

    assert statuses == {403}
    assert acts() == ["person.sign_in_refused"] * LISTED + ["attempts.more"]


def test_signing_out_takes_a_post_and_is_logged(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    asked = client.get(reverse("account_logout"))

    assert asked.status_code == 200
    assert "_auth_user_id" in client.session

    done = client.post(reverse("account_logout"))

    assert done.url == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert acts() == ["person.signed_out"]


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "inactive/", "confirm-email/", "confirm-email/x/", "password/set/", "reauthenticate/",
     "login/code/", "login/code/confirm/", "3rdparty/", "2fa/", ""],
)  # fmt: skip
def test_no_other_page_of_allauth_exists(client: Client, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404
    client.force_login(make_user(Role.ADMINISTRATOR, country=None, agency=None))
    assert client.get(f"/accounts/{path}").status_code == 404


def test_asking_for_a_new_password_says_the_same_for_every_address(
    client: Client, run_tasks: Callable[[], None]
) -> None:
    known = make_user()
    deactivated = make_user()
    User.objects.filter(pk=deactivated.pk).update(is_active=False)
    answers = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (known.email, deactivated.email, "nobody@example.net")
    ]

    assert len({answer.content for answer in answers}) == 1
    assert mail.outbox == [], "the time it takes to send would tell which address has an account"

    run_tasks()

    assert [message.to for message in mail.outbox] == [[known.email]]


def test_the_link_sets_a_new_password_once(client: Client, run_tasks: Callable[[], None]) -> None:
    user = make_user()
    client.post(reverse("account_reset_password"), {"email": user.email})
    run_tasks()
    link = re.search(r"http://127\.0\.0\.1:8000(\S+)", mail.outbox[0].body)
    assert link is not None
    form = client.get(link[1], follow=True)
    new = "quite another long sentence"
    done = client.post(form.context["action_url"], {"password1": new, "password2": new})

    assert done.url == reverse("account_reset_password_from_key_done")
    assert client.get(done.url).status_code == 200
    assert sign_in(client, user.email).status_code == 200, "the old password no longer works"
    assert sign_in(client, user.email, new).status_code == 302
    assert "This link no longer works" in Client().get(link[1], follow=True).content.decode()
    assert acts()[:2] == ["person.password_reset_asked", "person.password_reset"]

    run_tasks()
    assert_told(mail.outbox[1], user, new)
    assert len(mail.outbox) == 2


def assert_told(message: mail.EmailMessage, user: User, *secrets: str) -> None:
    """The person is told that the password was changed, and nothing in the message opens anything."""
    assert message.to == [user.email]
    assert message.subject == "Your password for the Customs–Police Cooperation Diagnostic was changed"
    at = AuditEntry.objects.get(act__in=["person.password_reset", "person.password_changed"]).at
    assert f"was changed on {at.day} {at:%B %Y, %H:%M} UTC" in message.body
    links = re.findall(r"http\S+", message.body)
    assert links == [f"http://127.0.0.1:8000{reverse('account_reset_password')}"]
    assert not [secret for secret in secrets if secret in message.body]


def test_changing_the_password_asks_for_the_old_one_and_keeps_the_session(
    client: Client, run_tasks: Callable[[], None]
) -> None:
    user = make_user()
    client.force_login(user)
    new = "quite another long sentence"
    url = reverse("account_change_password")
    refused = client.post(url, {"oldpassword": "wrong", "password1": new, "password2": new})

    assert refused.context["form"].errors["oldpassword"] == ["Type your current password."]

    done = client.post(url, {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert done.url == reverse("home")
    assert client.get(reverse("help")).status_code == 200
    assert acts() == ["person.password_failed", "person.password_changed"]

    run_tasks()
    assert_told(mail.outbox[0], user, new, PASSWORD)
    assert len(mail.outbox) == 1


def test_a_page_that_was_open_too_long_says_that_nothing_is_lost() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {"login": "a@example.org", "password": "x"})

    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()
    assert "what you typed should still be in the form" in response.content.decode()


def test_pages_need_someone_signed_in(client: Client) -> None:
    for name in ("home", "help", "resources", "people", "invitation-create", "account", "account_change_password"):
        response = client.get(reverse(name))
        assert response.status_code == 302, name
        assert response.url.startswith(reverse("account_login")), name


@pytest.mark.parametrize(
    ("shown", "next_"),
    [("http://testserver/help/?a=1#b", "%2Fhelp%2F%3Fa%3D1%23b"), ("https://elsewhere.example/help/", "%2F")],
)
def test_a_part_of_a_page_is_not_replaced_by_the_page_to_sign_in(client: Client, shown: str, next_: str) -> None:
    sign_in_at = reverse("account_login")
    asked = {"HX-Request": "true", "HX-Current-URL": shown}
    response = client.get(reverse("resources"), headers=asked)
    assert (response.status_code, response.content) == (200, b"")
    assert response["HX-Redirect"] == f"{sign_in_at}?next={next_}"
    client.force_login(make_user())
    assert client.get(reverse("resources"), headers=asked).status_code == 200
    assert "HX-Redirect" not in client.get(reverse("resources"), headers=asked)
