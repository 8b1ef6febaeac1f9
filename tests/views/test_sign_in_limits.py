"""Limits on wrong passwords: a stranger never keeps a person out of where they sign in."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from cpch.accounts import limits
from cpch.accounts.devices import COOKIE
from cpch.accounts.models import LimitCount, User
from cpch.accounts.sign_in_limits import count_password, find_person
from cpch.limits import Limit, LimitReached
from diagnostic.actions.clean_up import clean_up
from diagnostic.models import AuditEntry
from tests.at_once import at_once
from tests.factories import PASSWORD, deactivate, make_user

pytestmark = pytest.mark.django_db
HOME, OFFICE, ABROAD = "192.0.2.1", "192.0.2.2", "198.51.100.7"
NEW = "quite another long sentence"


def at(source: str) -> Client:
    """A browser that has never been here, at that network address."""
    return Client(REMOTE_ADDR=source)


def sign_in(client: Client, email: str, password: str = PASSWORD) -> int:
    data = {"login": email, "password": password}
    return int(client.post(reverse("account_login"), data).status_code)


def attack(email: str, source: str = ABROAD, times: int = 6) -> list[int]:
    return [sign_in(at(source), email, "wrong") for _ in range(times)]


def attack_from_everywhere(email: str) -> None:
    """Use up the limit of the account alone, from addresses of which each keeps to its own."""
    for number in range(21):
        attack(email, f"203.0.113.{number}", 5)


def known_device(user: User, source: str = HOME) -> Client:
    """A browser that the person has signed in with, and out again."""
    client = at(source)
    assert sign_in(client, user.email) == 302
    client.post(reverse("account_logout"))
    return client


def reset(user: User, client: Client, run_tasks: Callable[[], None]) -> Any:
    client.post(reverse("account_reset_password"), {"email": user.email})
    run_tasks()
    link = re.search(r"http://127\.0\.0\.1:8000(\S+)", mail.outbox[-1].body)
    assert link is not None
    form = client.get(link[1], follow=True)
    return client.post(form.context["action_url"], {"password1": NEW, "password2": NEW})


def test_wrong_passwords_from_one_address_keep_nobody_out_at_another() -> None:
    user = make_user()

    assert attack(user.email) == [200] * 5 + [429]
    assert sign_in(at(ABROAD), user.email) == 429
    assert sign_in(at(HOME), user.email) == 302


@pytest.mark.parametrize("spelling", [str.upper, lambda email: email.replace("example", "ｅxample")])
def test_another_spelling_gives_no_more_tries(spelling: Callable[[str], str]) -> None:
    user = make_user()
    attack(user.email, times=5)

    assert sign_in(at(ABROAD), spelling(user.email), "wrong") == 429


def test_the_count_and_the_account_are_found_by_the_key_of_the_address(rf: RequestFactory) -> None:
    user = make_user()
    request = rf.post("/")
    spelling = f" {user.email.upper()}."
    for _number in range(5):
        count_password(request, user.email)

    with pytest.raises(LimitReached):
        count_password(request, spelling)
    assert find_person(spelling) == user


def test_an_address_without_an_account_meets_the_same_limit_in_the_same_words() -> None:
    user = make_user()
    pages = []
    for email in (user.email, "nobody@example.net"):
        source = f"198.51.100.{len(email)}"
        assert attack(email, source) == [200] * 5 + [429]
        answer = at(source).post(reverse("account_login"), {"login": email, "password": "wrong"})
        pages.append((answer.content.decode().replace(email, "…"), sorted(answer.cookies)))

    assert re.sub(r'value="\w{64}"', "", pages[0][0]) == re.sub(r'value="\w{64}"', "", pages[1][0])
    assert pages[0][1] == pages[1][1]


def test_a_known_device_is_spared_what_others_try_even_from_its_own_address() -> None:
    user = make_user()
    device = known_device(user)
    attack(user.email, HOME, 6)
    attack_from_everywhere(user.email)
    for number in range(12):
        sign_in(at(HOME), f"someone-{number}@example.net", "x")

    assert sign_in(at(HOME), user.email) == 429, "the address has used up its own limit"
    assert sign_in(at(OFFICE), user.email) == 429, "a new device anywhere meets the limit of the account"
    assert sign_in(device, user.email) == 302


def test_a_known_device_has_a_limit_of_its_own() -> None:
    user = make_user()
    device = known_device(user)

    assert [sign_in(device, user.email, "wrong") for _ in range(6)] == [200] * 5 + [429]
    assert sign_in(at(HOME), user.email) == 302, "and its tries count against nobody else"


def test_a_new_device_reads_when_the_limit_of_the_account_ends_and_what_to_do() -> None:
    user = make_user()
    attack_from_everywhere(user.email)
    answer = at(HOME).post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert answer.status_code == 429
    assert re.search(
        r"from several places\. Try again in \d+ minutes\. To sign in at once, reset your password, or use a device",
        answer.content.decode(),
    )


def test_a_completed_reset_lets_the_person_in_at_once(transactional_db: None, run_tasks: Callable[[], None]) -> None:
    user = make_user()
    attack_from_everywhere(user.email)
    attack(user.email, HOME)
    client = at(HOME)
    reset(user, client, run_tasks)

    assert sign_in(at(OFFICE), user.email, NEW) == 302, "the limit of the account is lifted"

    attack(user.email, HOME)
    attack_from_everywhere(user.email)
    assert sign_in(client, user.email, NEW) == 302, "the device is known from the reset on"


def test_a_device_is_known_for_its_person_alone_and_opens_nothing() -> None:
    user, other = make_user(), make_user()
    device = known_device(user)
    attack(other.email, HOME)

    assert sign_in(device, other.email) == 429
    only_cookie = at(HOME)
    only_cookie.cookies[COOKIE] = device.cookies[COOKIE].value
    assert only_cookie.get(reverse("help")).status_code == 302
    assert sign_in(only_cookie, user.email, "wrong") == 200


def test_two_people_can_share_a_device() -> None:
    user, other = make_user(), make_user()
    device = known_device(user)
    sign_in(device, other.email)
    device.post(reverse("account_logout"))
    for person in (user, other):
        attack(person.email, HOME)
        assert sign_in(device, person.email) == 302
        device.post(reverse("account_logout"))


def test_a_forged_cookie_and_one_of_an_earlier_password_are_worth_nothing() -> None:
    user = make_user()
    device = known_device(user)
    attack(user.email, HOME)
    forged = at(HOME)
    forged.cookies[COOKIE] = device.cookies[COOKIE].value[:-1]
    assert sign_in(forged, user.email) == 429

    user.set_password(NEW)
    user.save()
    assert sign_in(device, user.email, NEW) == 429


def test_changing_the_password_keeps_this_device_and_forgets_the_others() -> None:
    user = make_user()
    device, elsewhere = known_device(user), known_device(user, OFFICE)
    sign_in(device, user.email)
    given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert device.post(reverse("account_change_password"), given).status_code == 302
    device.post(reverse("account_logout"))
    attack(user.email, HOME)
    attack(user.email, OFFICE)

    assert sign_in(device, user.email, NEW) == 302
    assert sign_in(elsewhere, user.email, NEW) == 429


def test_the_device_of_a_deactivated_person_is_worth_nothing() -> None:
    user = make_user()
    device = known_device(user)
    deactivate(user)
    attack(user.email, HOME)

    assert sign_in(device, user.email) == 429


def test_the_cookie_is_for_the_server_alone(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    cookie = known_device(make_user()).cookies[COOKIE]

    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 180 * 24 * 60 * 60


@pytest.mark.parametrize("known", [True, False])
def test_beyond_the_limit_no_password_is_hashed(known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    email = make_user().email if known else "nobody@example.net"
    attack(email, times=5)
    hashed: list[object] = []
    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2PasswordHasher, name, lambda *args: hashed.append(args))
    for name in ("check_password", "set_password"):
        monkeypatch.setattr(User, name, lambda *args: hashed.append(args))

    assert attack(email, times=10) == [429] * 10
    assert hashed == []


def test_right_passwords_are_limited_too() -> None:
    user = make_user()

    assert [sign_in(at(HOME), user.email) for _ in range(31)] == [302] * 30 + [429]


@pytest.mark.django_db(transaction=True)
def test_wrong_passwords_at_the_same_moment_do_not_all_pass() -> None:
    user = make_user()
    found = at_once(*[partial(attack, user.email, times=1) for _ in range(8)])

    assert sorted(answer[0] for answer in found) == [200] * 5 + [429] * 3


@pytest.mark.django_db(transaction=True)
def test_a_limit_counts_each_of_many_at_once_in_its_first_and_its_next_period() -> None:
    limit = Limit("test", 4, limits.MINUTE)
    for _period in range(2):
        found = at_once(*[partial(limits.count, limit, "one") for _ in range(8)])
        assert [item for item in found if item is None] == [None] * 4
        assert all(isinstance(item, LimitReached) for item in found if item is not None)
        LimitCount.objects.update(ends_at=timezone.now())


def test_a_limit_ends_and_its_count_is_deleted() -> None:
    user = make_user()
    attack(user.email)
    LimitCount.objects.update(ends_at=timezone.now())

    assert sign_in(at(ABROAD), user.email) == 302
    LimitCount.objects.update(ends_at=timezone.now())
    assert clean_up()["expired limit counts"] > 0
    assert not LimitCount.objects.exists()


def test_refusals_and_failures_are_logged_with_their_source_and_nothing_of_the_address_is_in_the_counts() -> None:
    user = make_user()
    attack(user.email)
    entries = list(AuditEntry.objects.order_by("number").values_list("act", "detail"))

    assert entries[0] == ("person.sign_in_failed", {"source": ABROAD, "email": user.email})
    assert entries[-1] == ("limit.refused", {"source": ABROAD, "limit": "password_source_account"})
    assert not LimitCount.objects.filter(key__contains="example").exists()


def test_more_than_five_requests_for_a_link_are_refused_and_say_where_the_links_are() -> None:
    user = make_user()
    url = reverse("account_reset_password")
    answers = [at(f"203.0.113.{number}").post(url, {"email": user.email}) for number in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    page = answers[-1].content.decode()
    assert re.search(r"Try again in (\d+ minutes|1 hour)", page)
    assert "Five links were requested for this address within an hour." in page


def test_requests_for_many_addresses_from_one_source_are_refused() -> None:
    url = reverse("account_reset_password")
    answers = [at(ABROAD).post(url, {"email": f"a{number}@example.net"}).status_code for number in range(21)]

    assert answers == [302] * 20 + [429]


@pytest.mark.parametrize("name", ["login", "reset"])
def test_an_address_in_any_spelling_signs_in_and_gets_its_link(
    name: str, transactional_db: None, run_tasks: Callable[[], None]
) -> None:
    user = make_user()
    user.email = "ada@münchen.example"
    user.save()
    for spelling in ("ADA@MÜNCHEN.example", "ada@xn--mnchen-3ya.example"):
        if name == "login":
            assert sign_in(at(HOME), spelling) == 302
        else:
            at(HOME).post(reverse("account_reset_password"), {"email": spelling})
            run_tasks()
            assert mail.outbox.pop().to == ["ada@münchen.example"]


def test_guessing_the_current_password_in_an_open_session_meets_a_limit(client: Client) -> None:
    client.force_login(make_user())
    given = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    answers = [client.post(reverse("account_change_password"), given) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Try again in" in answers[-1].content.decode()
