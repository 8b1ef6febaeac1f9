"""Signing in with a second factor: nothing is reached between the steps, and no way leads around the second."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from cpch.accounts import security_actions
from cpch.accounts.adapter import AccountAdapter
from cpch.accounts.codes import list_recovery_codes
from cpch.accounts.models import LimitCount, Role, User
from diagnostic.models import AuditEntry, ResponseRevision, SourceHour
from tests.factories import PASSWORD, make_user, start_assessment
from tests.second_factors import code_of, give_app, give_key, half_signed_in, signed_in_anew
from tests.sessions import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def secret(user: User) -> str:
    return give_app(user)


def acts() -> list[str]:
    return list(AuditEntry.objects.filter(chain__assessment=None).order_by("number").values_list("act", flat=True))


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_code_of_the_app_signs_in_and_leads_where_one_was_going(user: User, secret: str) -> None:
    client = half_signed_in(user, next="/help/")
    response = client.post(reverse("second-step"), {"code": f" {code_of(secret)[:3]} {code_of(secret)[3:]}"})

    assert response.url == "/help/"
    assert is_signed_in(client)
    assert client.get("/help/").status_code == 200
    assert AuditEntry.objects.get(act="person.signed_in").detail == {"second": "app"}


def test_between_the_steps_nobody_is_signed_in_anywhere(user: User, secret: str) -> None:
    assessment = start_assessment(user)
    client = half_signed_in(user)
    save = reverse("response-save", kwargs={"pk": assessment.pk, "voice": "national", "code": "A.1"})
    inbox = reverse("inbox")

    assert client.get(reverse("home")).url.startswith("/accounts/login/")
    assert client.get(reverse("assessment-detail", args=[assessment.pk])).url.startswith("/accounts/login/")
    assert "HX-Redirect" in client.get(inbox, headers={"HX-Request": "true"}).headers
    assert client.get(inbox, headers={"Accept": "application/json"}).status_code == 302
    assert client.post(save, {"A.1-answer": "3"}, headers={"Accept": "application/json"}).status_code == 401
    for name in ("security", "security-app", "security-codes", "security-codes-file", "security-prove", "account"):
        assert client.get(reverse(name)).url.startswith("/accounts/login/"), name
    assert client.post(reverse("security-prove"), {"code": code_of(secret)}).url.startswith("/accounts/login/")
    assert client.post(reverse("account_change_password"), {"oldpassword": PASSWORD}).status_code == 302
    assert not is_signed_in(client)


def test_who_is_between_the_steps_comes_back_to_the_second(user: User, secret: str) -> None:
    assert half_signed_in(user).get(reverse("account_login")).url == reverse("second-step")
    assert Client().get(reverse("second-step")).url == reverse("account_login")
    assert Client().post(reverse("second-step"), {"code": code_of(secret)}).url == reverse("account_login")


def test_who_gave_the_password_can_turn_back(user: User, secret: str) -> None:
    client = half_signed_in(user)
    client.post(reverse("account_logout"))

    assert client.get(reverse("account_login")).status_code == 200
    assert client.get(reverse("second-step")).url == reverse("account_login")


def test_no_code_of_the_app_is_good_twice_nor_after_a_later_one(user: User, secret: str) -> None:
    used, later = code_of(secret), code_of(secret, 1)
    signed_in_anew(user, secret)
    again = half_signed_in(user).post(reverse("second-step"), {"code": used})
    client = half_signed_in(user)
    client.post(reverse("second-step"), {"code": later})
    before_it = half_signed_in(user).post(reverse("second-step"), {"code": used})

    assert is_signed_in(client)
    for response in (again, before_it):
        assert response.status_code == 200
        assert "This code is not right, or it was used already." in response.content.decode()


def test_a_recovery_code_signs_in_once_and_the_person_is_told(
    user: User, secret: str, transactional_db: None, run_tasks: Any
) -> None:
    first = list_recovery_codes(user)[0]
    client = half_signed_in(user)
    response = client.post(reverse("second-step"), {"code": first.replace("-", " ")}, follow=True)
    run_tasks()
    again = half_signed_in(user).post(reverse("second-step"), {"code": first})

    assert "9 are left" in response.content.decode()
    assert "a recovery code was used" in mail.outbox[-1].body
    assert mail.outbox[-1].to == [user.email]
    assert again.status_code == 200
    assert first not in list_recovery_codes(user)


def test_guessing_meets_a_limit_that_a_right_code_does_not_lift(
    user: User, secret: str, transactional_db: None, run_tasks: Any
) -> None:
    other = make_user()
    others_secret = give_app(other)
    run_tasks()
    mail.outbox.clear()
    clients = [half_signed_in(user) for _ in range(7)]
    answers = [client.post(reverse("second-step"), {"code": "000000"}) for client in clients]
    right = clients[0].post(reverse("second-step"), {"code": code_of(secret)})
    recovery = clients[0].post(reverse("second-step"), {"code": list_recovery_codes(user)[0]})
    run_tasks()

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert (right.status_code, recovery.status_code) == (429, 429)
    assert len(list_recovery_codes(user)) == 10
    assert [message.subject for message in mail.outbox] == [
        "Someone is trying to get into your account with the Customs–Police Cooperation Diagnostic"
    ]
    assert acts().count("person.code_failed") == 5
    assert is_signed_in(signed_in_anew(other, others_secret))


def test_the_limit_is_that_of_a_day_too(user: User, secret: str) -> None:
    for _burst in range(7):
        LimitCount.objects.filter(key__startswith="guess:").delete()
        LimitCount.objects.filter(key__startswith="guess_source:").delete()
        client = half_signed_in(user)
        answers = [client.post(reverse("second-step"), {"code": "000000"}).status_code for _ in range(5)]

    assert answers == [429] * 5
    assert SourceHour.objects.get().number == 35, "30 wrong codes and 5 refusals"


def test_the_session_has_another_key_after_each_step(user: User, secret: str) -> None:
    client = Client(SERVER_NAME="localhost")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    between = client.session.session_key
    client.post(reverse("second-step"), {"code": code_of(secret)})

    assert is_signed_in(client)
    assert len({planted, between, client.session.session_key}) == 3
    for stolen in (planted, between):
        thief = Client(SERVER_NAME="localhost")
        thief.cookies["sessionid"] = stolen
        assert thief.get(reverse("second-step")).url == reverse("account_login")


@pytest.mark.parametrize("change", ["password", "deactivated", "taken off"])
def test_what_changes_between_the_steps_ends_the_sign_in(user: User, secret: str, change: str) -> None:
    client = half_signed_in(user)
    if change == "password":
        user.set_password("another long sentence")
        user.save()
    if change == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if change == "taken off":
        administrator = make_user(Role.ADMINISTRATOR, country=None, agency=None)
        security_actions.take_off(person=user.membership, reason="Phone lost.", by=administrator)
    response = client.post(reverse("second-step"), {"code": code_of(secret)})

    assert response.url == reverse("account_login")
    assert not is_signed_in(client)
    assert client.get(reverse("second-step")).url == reverse("account_login")


def test_a_password_changed_by_an_older_request_does_not_bring_a_second_factor_back(user: User, secret: str) -> None:
    client = Client(SERVER_NAME="localhost")
    stale = User.objects.get(pk=user.pk)
    security_actions.take_off(person=user.membership, reason="Phone lost.", by=None)
    with request_context(client.get(reverse("account_login")).wsgi_request):
        AccountAdapter().set_password(stale, "another long sentence")
    user.refresh_from_db()

    assert user.check_password("another long sentence")
    assert user.second_factor == ""


def test_resetting_the_password_leaves_the_second_factor_on(user: User, secret: str) -> None:
    client = Client(SERVER_NAME="localhost")
    key = default_token_generator.make_token(user)
    link = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    form = client.get(link, follow=True).redirect_chain[-1][0]
    new = "a quite different sentence"
    done = client.post(form, {"password1": new, "password2": new}, follow=True)

    assert done.status_code == 200
    assert not is_signed_in(client)
    assert client.get(reverse("home")).status_code == 302
    response = client.post(reverse("account_login"), {"login": user.email, "password": new})
    assert response.url == reverse("second-step")
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "abroad", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_second_step_leads_only_within_this_site(user: User, secret: str, abroad: str) -> None:
    client = half_signed_in(user, next=abroad)
    response = client.post(reverse("second-step", query={"next": abroad}), {"code": code_of(secret), "next": abroad})

    assert response.url == reverse("home")


def test_switching_it_on_ends_the_sessions_from_before(user: User) -> None:
    before = signed_in(user)
    assert before.get(reverse("help")).status_code == 200
    give_app(user)
    after = before.get(reverse("help"))

    assert after.url == f"{reverse('account_login')}?next={reverse('help')}"
    assert not is_signed_in(before)
    assert "The second factor of your account has changed." in before.get(after.url).content.decode()
    assert acts()[-1] == "person.session_ended"


def test_a_session_that_has_ended_saves_nothing(user: User) -> None:
    assessment = start_assessment(user)
    before = signed_in(user)
    give_app(user)
    save = reverse("response-save", kwargs={"pk": assessment.pk, "voice": "national", "code": "A.1"})

    assert before.post(save, {"A.1-answer": "3"}).status_code == 401
    assert not ResponseRevision.objects.exists()


def test_a_key_is_a_second_step_too(user: User, secret: str) -> None:
    key = give_key(signed_in_anew(user, secret))
    client = half_signed_in(user)
    asked = client.post(reverse("second-step-key")).json()
    response = client.post(reverse("second-step"), {"credential": key.show(asked, is_verified=False)})

    assert response.url == reverse("home")
    assert is_signed_in(client)
    assert AuditEntry.objects.filter(act="person.signed_in").last().detail == {"second": "key"}


def test_a_key_of_somebody_else_is_none(user: User, secret: str) -> None:
    other = make_user()
    stranger = give_key(signed_in_anew(other, give_app(other)))
    give_key(signed_in_anew(user, secret))
    client = half_signed_in(user)
    asked = client.post(reverse("second-step-key")).json()
    response = client.post(reverse("second-step"), {"credential": stranger.show(asked)})

    assert response.status_code == 422
    assert not is_signed_in(client)
    assert acts()[-1] == "person.key_failed"


def test_an_app_under_another_key_of_the_site_lets_nobody_in(user: User, secret: str, settings: Any) -> None:
    settings.SECRET_KEY = "another key that is as long as a key has to be, or longer"
    client = half_signed_in(user)

    for code in (code_of(secret), code_of(""), "000000"):
        assert client.post(reverse("second-step"), {"code": code}).status_code == 200
    assert not is_signed_in(client)
    assert list_recovery_codes(user) == []


def test_secrets_are_not_in_the_database_as_they_are(user: User, secret: str) -> None:
    held = str([dict(item.data) for item in Authenticator.objects.filter(user=user)])

    assert secret not in held
    assert not any(code.replace("-", "") in held for code in list_recovery_codes(user))
