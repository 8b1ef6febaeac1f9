"""Signing in with a passkey alone, and what a key may not do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpch.accounts.models import User
from diagnostic.models import AuditEntry
from tests.factories import PASSWORD, make_user
from tests.second_factors import SoftKey, give_key, half_signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def key(user: User) -> SoftKey:
    client = Client(SERVER_NAME="localhost")
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return give_key(client)


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def asked(client: Client) -> dict[str, Any]:
    return dict(client.post(reverse("passkey-begin")).json())


def show(client: Client, credential: str, **more: str) -> Any:
    return client.post(reverse("passkey"), {"credential": credential} | more)


def is_refused(client: Client, response: Any) -> bool:
    last = AuditEntry.objects.order_by("number").last()
    is_logged = last is not None and last.act == "person.sign_in_failed" and last.detail.get("second") == "passkey"
    return is_logged and response.url == reverse("account_login") and "_auth_user_id" not in client.session


def test_a_passkey_is_both_steps(client: Client, user: User, key: SoftKey) -> None:
    response = show(client, key.show(asked(client)), next="/help/")

    assert response.url == "/help/"
    assert client.get("/help/").status_code == 200
    assert client.session["_auth_user_id"] == str(user.pk)
    assert AuditEntry.objects.order_by("number").last().detail == {"second": "passkey"}


def test_without_the_devices_own_check_it_is_not(client: Client, key: SoftKey) -> None:
    assert is_refused(client, show(client, key.show(asked(client), is_verified=False)))


def test_the_devices_check_does_not_hang_on_what_the_library_was_asked_for(client: Client, key: SoftKey) -> None:
    answer = key.show(asked(client), is_verified=False)
    session = client.session
    session["mfa.webauthn.state"] = session["mfa.webauthn.state"] | {"user_verification": "discouraged"}
    session.save()
    assert is_refused(client, show(client, answer))


def test_a_question_of_the_second_step_is_not_answered_in_place_of_it(user: User, key: SoftKey) -> None:
    """The second step asks for no check of the person: its question must not be good for signing in alone."""
    client = half_signed_in(user)
    question = client.post(reverse("second-step-key")).json()

    show(client, key.show(question))
    assert "_auth_user_id" not in client.session
    assert AuditEntry.objects.order_by("number").last().act == "person.sign_in_failed"


def test_a_challenge_is_good_once_and_for_who_was_asked(client: Client, key: SoftKey) -> None:
    answer = key.show(asked(client))
    other = Client(SERVER_NAME="localhost")
    asked(other)
    assert is_refused(other, show(other, answer))
    show(client, answer)
    client.post(reverse("account_logout"))
    assert show(client, answer).url == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_after_a_wrong_answer_the_challenge_is_used_up(client: Client, key: SoftKey) -> None:
    answer = key.show(asked(client))
    assert is_refused(client, show(client, "{}"))
    assert is_refused(client, show(client, answer))


def test_an_old_challenge_is_none(client: Client, key: SoftKey) -> None:
    answer = key.show(asked(client))
    session = client.session
    session["passkey_challenge"] = session["passkey_challenge"] | {"at": session["passkey_challenge"]["at"] - 301}
    session.save()
    assert is_refused(client, show(client, answer))


@pytest.mark.parametrize("origin", ["https://evil.example", "http://evil.localhost", "http://localhost:9"])
def test_an_answer_given_to_another_site_is_none(client: Client, key: SoftKey, origin: str) -> None:
    assert is_refused(client, show(client, key.show(asked(client), origin=origin)))


def test_a_copy_of_a_key_shows_by_its_count(client: Client, key: SoftKey) -> None:
    show(client, key.show(asked(client), count=7))
    assert "_auth_user_id" in client.session
    client.logout()
    for count in (7, 3, 0):
        assert is_refused(client, show(client, key.show(asked(client), count=count))), count


def test_a_key_answers_for_nobody_else(client: Client, key: SoftKey) -> None:
    other = make_user()
    key.handle = _handle_of(other)
    assert is_refused(client, show(client, key.show(asked(client))))


@pytest.mark.parametrize("answer", ["", "null", "[]", "{}", "7", "not JSON", '{"response": {"userHandle": "!"}}'])
def test_what_is_no_answer_signs_nobody_in(client: Client, key: SoftKey, answer: str) -> None:
    asked(client)
    assert is_refused(client, show(client, answer))


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
def test_an_answer_with_a_part_broken_signs_nobody_in(client: Client, key: SoftKey, part: str) -> None:
    for broken in ("", "AAAA", None, 7, ["A"]):
        answer = json.loads(key.show(asked(client)))
        answer["response"][part] = broken
        assert is_refused(client, show(client, json.dumps(answer))), broken


def test_a_deactivated_person_is_not_let_in_by_a_passkey(client: Client, user: User, key: SoftKey) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    response = show(client, key.show(asked(client)))

    assert response.status_code == 403
    assert "_auth_user_id" not in client.session


def test_a_passkey_leads_only_within_this_site(client: Client, key: SoftKey) -> None:
    assert show(client, key.show(asked(client)), next="//evil.example/").url == reverse("home")


def test_asking_for_passkeys_has_a_limit(client: Client) -> None:
    answers = [client.post(reverse("passkey-begin")).status_code for _ in range(21)]

    assert answers == [200] * 20 + [429]


def _handle_of(user: User) -> str:
    from allauth.account.utils import user_pk_to_url_str
    from fido2.utils import websafe_encode

    return websafe_encode(user_pk_to_url_str(user).encode())
