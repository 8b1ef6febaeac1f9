"""What a password may be, and that one key typed on two systems is one password."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cpch.accounts import actions
from cpch.accounts.models import Role, User
from cpch.accounts.passwords import SiteWordsValidator
from tests.factories import PASSWORD, make_country, make_user

pytestmark = pytest.mark.django_db
COMPOSED = unicodedata.normalize("NFC", "déjà vu à la forêt")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


def sign_in(email: str, password: str) -> int:
    return int(Client().post(reverse("account_login"), {"login": email, "password": password}).status_code)


def faults_of(password: str, user: User | None = None) -> list[str]:
    try:
        SiteWordsValidator().validate(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


@pytest.mark.parametrize(("first", "then"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
def test_composed_and_decomposed_letters_are_one_password(first: str, then: str) -> None:
    user = make_user()
    user.set_password(first)
    user.save()

    assert (sign_in(user.email, first), sign_in(user.email, then)) == (302, 302)
    assert not user.check_password(first.upper())
    assert not user.check_password(first.replace("é", "e").replace("e\u0301", "e"))


def test_compatible_letters_stay_different() -> None:
    user = make_user()
    user.set_password("ﬁrst of all sentences")

    assert not user.check_password("first of all sentences")


def test_every_form_takes_either_form_of_a_letter(client: Client) -> None:
    token = actions.invite(email="amara@example.org", role=Role.ADMINISTRATOR, by=None).token
    given = {"full_name": "Amara", "password1": COMPOSED, "password2": DECOMPOSED}
    assert client.post(reverse("invitation-accept", args=[token]), given).status_code == 302
    changed = {"oldpassword": DECOMPOSED, "password1": DECOMPOSED + "!", "password2": COMPOSED + "!"}
    assert client.post(reverse("account_change_password"), changed).url == reverse("home")
    assert sign_in("amara@example.org", COMPOSED + "!") == 302


def test_the_length_is_that_of_the_stored_password(client: Client) -> None:
    client.force_login(make_user())
    short = unicodedata.normalize("NFD", "é" * 11)
    page = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": short, "password2": short}
    )

    assert "at least 12 characters" in str(page.context["form"].errors["password1"])


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("customs-police-2026", "customs"),
        ("C.U.S.T.O.M.S 123456", "customs"),
        ("Cústoms Pólice 99!!", "police"),
        ("wco-2026-11-30", "wco"),
        ("World Customs Organization 1", "World Customs Organization"),
        ("interpolinterpol", "interpol"),
    ],
)
def test_the_words_of_the_site_are_no_password(password: str, word: str) -> None:
    assert word in faults_of(password)[0]


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "kXwcoT7pQz3mVb2LrY9dHf6NsJg8aEu4iC1oZtRw",
        "xxwcoqp8vn2k",
        "police boats wake us at five",
        "brown wombat wcofoo",
    ],
)
def test_a_long_password_that_holds_one_of_them_is_taken(password: str) -> None:
    assert faults_of(password) == []


def test_the_words_of_the_persons_own_place_are_none_either() -> None:
    french = make_user(country="FR")
    partner = make_user(Role.PARTNER, country=None, agency=None)
    partner.membership.organisation = "Europol Liaison"

    assert "France" in faults_of("la-france-2026", french)[0]
    assert "FRA" in faults_of("fra 2026 fra 11", french)[0]
    assert "Europol" in faults_of("europol.2026!", partner)[0]
    assert faults_of("la-france-2026") == faults_of("la-france-2026", partner) == []


def test_a_word_of_both_the_site_and_the_agency_is_named_once_as_the_sites() -> None:
    officer = make_user(agency="police")
    assert "“customs” and “police”" in faults_of("customs-police-2026", officer)[0]


def test_the_name_of_the_host_is_none(settings: Any) -> None:
    settings.BASE_URL = "https://selfcheck.example.org"
    assert "selfcheck" in faults_of("selfcheck2026")[0]
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert faults_of("127.0.0.1 and 0") == []


def test_a_full_name_is_none() -> None:
    with pytest.raises(ValidationError, match="too similar"):
        validate_password("amara okonkwo", User(email="a@example.org", full_name="Amara Okonkwo"))


def test_each_form_knows_the_persons_country(client: Client) -> None:
    administrator = make_user(Role.ADMINISTRATOR, country=None, agency=None)
    coordinator = make_user(country="FR")
    password = "france-2026-fr"
    token = actions.invite(
        email="amara@example.org", role=Role.OBSERVER, country=make_country("FR"), by=coordinator
    ).token
    accepted = client.post(
        reverse("invitation-accept", args=[token]), {"full_name": "A", "password1": password, "password2": password}
    )
    assert "Without “France”" in str(accepted.context["form"].errors["password1"])

    given = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    client.force_login(coordinator)
    refused = client.post(reverse("account_change_password"), given)
    assert "Without “France”" in str(refused.context["form"].errors["password1"])
    client.force_login(administrator)
    assert client.post(reverse("account_change_password"), given).status_code == 302
