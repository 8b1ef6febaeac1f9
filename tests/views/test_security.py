"""The page "Security of your account": setting up and removing, each after a proof, each logged and told by e-mail."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from cpch.accounts import qr, security_actions
from cpch.accounts.codes import list_recovery_codes
from cpch.accounts.models import User
from cpch.accounts.second_factor import PROVED_AT
from diagnostic.actions.clock import replay
from diagnostic.models import AuditEntry
from tests.catalogue import switch_on_french
from tests.factories import PASSWORD, make_user
from tests.outbox import notify
from tests.second_factors import SoftKey, code_of, give_app, give_key, signed_in_anew
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 12, 9, 40, tzinfo=UTC)
OWN_PAGES = ["security-app", "security-app-remove", "security-codes", "security-codes-file", "security-codes-new",
             "security-key-add"]  # fmt: skip


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def client(user: User) -> Client:
    """The person, signed in with the password a moment ago."""
    client = Client(SERVER_NAME="localhost")
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("act", flat=True))


def set_up_app(client: Client) -> str:
    """Set an app up through its page; return the secret that the page shows."""
    secret = str(client.get(reverse("security-app")).context["secret"]).replace(" ", "")
    response = client.post(reverse("security-app"), {"code": code_of(secret)})
    assert response.url == reverse("security-codes")
    return secret


def grow_old(client: Client) -> None:
    """Make the last proof older than it may be."""
    session = client.session
    session[PROVED_AT] = time.time() - 301
    session.save()


def test_an_app_is_set_up_with_a_code_of_it(client: Client, user: User, transactional_db: None, run_tasks: Any) -> None:
    page = client.get(reverse("security-app"))
    secret = page.context["secret"].replace(" ", "")
    wrong = client.post(reverse("security-app"), {"code": "000000"})
    still = client.get(reverse("security-app")).context["secret"].replace(" ", "")
    set_up_app(client)
    run_tasks()
    user.refresh_from_db()

    assert f"secret={secret}" in page.context["address"]
    assert 'style="' not in page.content.decode()
    assert "data:" not in page.content.decode()
    assert wrong.status_code == 422
    assert still == secret
    assert user.second_factor
    assert acts()[-1] == "person.app_added"
    assert mail.outbox[-1].to == [user.email]
    assert "an authenticator app was set up" in mail.outbox[-1].body


def test_the_session_that_set_it_up_goes_on_and_the_code_is_used_up(client: Client, user: User) -> None:
    secret = set_up_app(client)
    step = Client(SERVER_NAME="localhost")
    step.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert client.get(reverse("help")).status_code == 200
    assert step.post(reverse("second-step"), {"code": code_of(secret)}).status_code == 200
    assert "_auth_user_id" not in step.session


def test_recovery_codes_are_shown_downloaded_and_made_anew(
    client: Client, user: User, transactional_db: None, run_tasks: Any
) -> None:
    set_up_app(client)
    shown = client.get(reverse("security-codes")).context["codes"]
    file = client.get(reverse("security-codes-file"))
    client.post(reverse("security-codes-new"))
    anew = client.get(reverse("security-codes")).context["codes"]
    run_tasks()

    assert len(set(shown)) == 10
    assert all(code in file.content.decode() for code in shown)
    assert file["Content-Disposition"] == 'attachment; filename="cpch-recovery-codes.txt"'
    assert file["Cache-Control"] == "no-store, private"
    assert not set(shown) & set(anew)
    assert acts()[-2:] == ["person.codes_downloaded", "person.codes_made"]
    assert "new recovery codes were made" in mail.outbox[-1].body


def test_removing_the_app_switches_off_and_ends_the_other_sessions(
    client: Client, user: User, transactional_db: None, run_tasks: Any
) -> None:
    secret = set_up_app(client)
    other = signed_in_anew(user, secret, later=1)
    response = client.post(reverse("security-app-remove"))
    run_tasks()
    user.refresh_from_db()

    assert response.url == reverse("security")
    assert user.second_factor == ""
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(reverse("help")).status_code == 200
    assert other.get(reverse("help")).status_code == 302
    assert "person.app_removed" in acts()
    assert "was removed" in mail.outbox[-1].body


def test_removing_one_of_two_leaves_the_other_and_ends_the_other_sessions(client: Client, user: User) -> None:
    secret = set_up_app(client)
    give_key(client)
    other = signed_in_anew(user, secret, later=1)
    client.post(reverse("security-app-remove"))
    user.refresh_from_db()

    assert user.second_factor
    assert len(list_recovery_codes(user)) == 10
    assert client.get(reverse("help")).status_code == 200
    assert other.get(reverse("help")).status_code == 302


def test_keys_are_added_renamed_and_removed(client: Client, user: User, transactional_db: None, run_tasks: Any) -> None:
    give_key(client, "Blue key")
    key = Authenticator.objects.get(user=user, type="webauthn")
    blank = client.post(reverse("security-key", args=[key.pk]), {"name": " "})
    client.post(reverse("security-key", args=[key.pk]), {"name": "Office laptop"})
    page = client.get(reverse("security")).content.decode()
    client.post(reverse("security-key-remove", args=[key.pk]))
    run_tasks()
    user.refresh_from_db()

    assert blank.status_code == 422
    assert "Office laptop" in page
    assert user.second_factor == ""
    assert [act for act in acts() if "key" in act] == [
        "person.key_added", "person.key_renamed", "person.key_removed"
    ]  # fmt: skip
    assert len(mail.outbox) == 3
    assert "“Office laptop” was removed" in unisolated(mail.outbox[-1].body)


def test_nobody_reaches_the_keys_of_another(client: Client, user: User) -> None:
    other = make_user()
    others = signed_in_anew(other, give_app(other))
    give_key(others)
    key = Authenticator.objects.get(user=other, type="webauthn")

    for name in ("security-key", "security-key-remove"):
        assert client.get(reverse(name, args=[key.pk])).status_code == 404
        assert client.post(reverse(name, args=[key.pk]), {"name": "Mine"}).status_code == 404
    key.refresh_from_db()
    assert key.data["name"] == "Blue key"


@pytest.mark.parametrize("answer", ["", "null", "[]", "{}", "7", "not JSON", '{"id": "x", "response": {}}'])
def test_what_is_no_answer_of_a_key_adds_none(client: Client, user: User, answer: str) -> None:
    client.post(reverse("security-key-begin"))
    response = client.post(reverse("security-key-add"), {"name": "Key", "credential": answer})

    assert response.status_code == 422
    assert not Authenticator.objects.filter(user=user).exists()


def test_a_key_is_made_for_this_site_alone_and_a_challenge_is_good_once(client: Client, user: User) -> None:
    key, url = SoftKey(), reverse("security-key-begin")
    add = reverse("security-key-add")
    below = key.make(client.post(url).json(), origin="http://evil.localhost")
    assert client.post(add, {"name": "Key", "credential": below}).status_code == 422
    good = key.make(client.post(url).json())
    client.post(url)
    assert client.post(add, {"name": "Key", "credential": good}).status_code == 422
    good = key.make(client.post(url).json())
    assert client.post(add, {"name": "Key", "credential": good}).status_code == 302
    assert client.post(add, {"name": "Key", "credential": good}).status_code == 422
    assert client.post(add, {"name": "Again", "credential": key.make(client.post(url).json())}).status_code == 422


@pytest.mark.parametrize("name", OWN_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_everything_that_matters_waits_for_a_proof(client: Client, user: User, name: str, method: str) -> None:
    set_up_app(client)
    held = list(Authenticator.objects.values_list("pk", "data"))
    grow_old(client)
    url = reverse(name)
    response = getattr(client, method)(url)

    assert response.status_code in (302, 405)
    if response.status_code == 302:
        assert response.url == reverse("security-prove", query={"next": url})
    assert list(Authenticator.objects.values_list("pk", "data")) == held


def test_the_password_is_the_proof_of_whoever_has_no_second_factor(client: Client, user: User) -> None:
    grow_old(client)
    prove = reverse("security-prove", query={"next": reverse("security-app")})
    wrong = client.post(prove, {"password": "not the password", "next": reverse("security-app")})
    right = client.post(prove, {"password": PASSWORD, "next": reverse("security-app")})

    assert wrong.status_code == 422
    assert right.url == reverse("security-app")
    assert client.get(right.url).status_code == 200
    assert acts()[-2:] == ["person.password_failed", "person.proved"]


def test_the_password_is_no_proof_of_whoever_has_one(client: Client, user: User) -> None:
    secret = set_up_app(client)
    grow_old(client)
    with_password = client.post(reverse("security-prove"), {"password": PASSWORD})
    with_code = client.post(reverse("security-prove"), {"code": code_of(secret, 1)})

    assert with_password.status_code == 422
    assert with_code.url == reverse("security")


def test_a_key_is_a_proof(client: Client, user: User) -> None:
    key = give_key(client)
    grow_old(client)
    asked = client.post(reverse("security-prove-key")).json()
    response = client.post(reverse("security-prove"), {"credential": key.show(asked)})

    assert response.url == reverse("security")
    assert client.get(reverse("security-codes")).status_code == 200


def test_guessing_a_proof_meets_the_limit(client: Client, user: User) -> None:
    grow_old(client)
    answers = [client.post(reverse("security-prove"), {"password": "no"}).status_code for _ in range(6)]

    assert answers == [422] * 5 + [429]
    assert client.post(reverse("security-prove"), {"password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("abroad", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x()"])
def test_a_proof_leads_only_within_this_site(client: Client, user: User, abroad: str) -> None:
    grow_old(client)
    page = client.get(reverse("security-prove", query={"next": abroad}))
    response = client.post(reverse("security-prove", query={"next": abroad}), {"password": PASSWORD, "next": abroad})

    assert abroad not in page.content.decode()
    assert response.url == reverse("security")


def test_the_notice_is_in_the_language_of_the_person(user: User, settings: Any, tmp_path: Path) -> None:
    subject = "The second factor of your account with the Customs–Police Cooperation Diagnostic was changed"
    switch_on_french(settings, tmp_path, {subject: "Second facteur modifié"})
    User.objects.filter(pk=user.pk).update(language="fr")
    notify("person.app_added", by=user)

    assert mail.outbox[-1].subject == "Second facteur modifié"


@pytest.mark.parametrize(
    ("what", "told", "said"),
    [
        ("app_added", {}, "an authenticator app was set up"),
        ("app_removed", {}, "the authenticator app"),
        ("codes_made", {}, "new recovery codes were made"),
        ("key_added", {"name": "A & B"}, "a passkey or security key, “A & B”, was added"),
        ("key_renamed", {"name": "A & B"}, "has a new name, “A & B”"),
        ("key_removed", {"name": "A & B"}, "“A & B” was removed"),
        ("second_factor_taken_off", {"reason": "Phone <lost>."}, "for this reason: Phone <lost>."),
        ("recovery_code_used", {"left": 1}, "; 1 is left. (12 March 2026, 09:40 UTC)"),
        ("too_many_guesses", {}, "there were many wrong codes"),
    ],
)
def test_each_notice_says_what_happened(user: User, what: str, told: dict[str, object], said: str) -> None:
    with replay(MARCH):
        notify(f"person.{what}", by=user, **told)
    body = unisolated(mail.outbox[-1].body)

    assert said in body
    assert "http://127.0.0.1:8000/account/security/" in body


def test_a_qr_code_draws_every_dark_square_once() -> None:
    import qrcode

    code = qrcode.QRCode(border=4)
    code.add_data("otpauth://totp/someone?secret=ABC")
    dark = {(x, y) for y, row in enumerate(code.get_matrix()) for x, is_dark in enumerate(row) if is_dark}
    drawn = qr.draw("otpauth://totp/someone?secret=ABC")
    squares = []
    for bar in drawn.path.removeprefix("M").split("M"):
        start, rest = bar.split("h")
        x, y = (int(part) for part in start.split())
        squares += [(x + more, y) for more in range(int(rest.split("v")[0]))]

    assert drawn.size == len(code.get_matrix())
    assert sorted(squares) == sorted(dark)


def test_an_act_on_what_was_changed_meanwhile_changes_nothing(user: User) -> None:
    stale = User.objects.get(pk=user.pk)
    give_app(user)

    with pytest.raises(security_actions.ChangedMeanwhile):
        security_actions.remove_app(by=stale)
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_the_page_takes_as_many_queries_for_many_keys_as_for_none(
    client: Client, django_assert_num_queries: Any
) -> None:
    url = reverse("security")
    client.get(url)
    with django_assert_num_queries(2):
        client.get(url)
    for name in ("One", "Two", "Three"):
        give_key(client, name)
    client.get(url)
    with django_assert_num_queries(2):
        client.get(url)
