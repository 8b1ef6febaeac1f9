"""Equality of e-mail addresses in different spellings."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from hypothesis import given
from hypothesis import strategies as st

from cpch.accounts.address_field import AddressField
from cpch.accounts.addresses import (
    address_key,
    ascii_domain,
    domain_of,
    is_public_provider,
    name_part,
    write_address,
)


@pytest.mark.parametrize(
    "spelling",
    [
        "ada@münchen.example",
        "Ada@MÜNCHEN.example",
        " ada@münchen.example ",
        "ada@münchen.example.",
        "ada@mu\u0308nchen.example",
        "ada@xn--mnchen-3ya.example",
        "ADA@XN--MNCHEN-3YA.EXAMPLE",
        "ada@münchen\u3002example",
        "ada@ｍünchen．example",
        "ada@mün\u00adchen.example",
        "a\u200bda@münchen.example",
    ],
)
def test_spellings_of_one_address_have_one_key(spelling: str) -> None:
    assert address_key(spelling) == address_key("ada@münchen.example")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("e\u0301mile@example.org", "\u00c9mile@example.org"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("a@example.org", "A@EXAMPLE.ORG"),
    ],
)
def test_these_are_one(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.org", "ada@example.com"),
        ("ada@example.org", "ada@mail.example.org"),
        ("ada@example.org", "a.da@example.org"),
        ("ada@example.org", "ada+1@example.org"),
        ("ada@münchen.example", "ada@munchen.example"),
        ("ａda@example.org", "ada@example.org"),
    ],
)
def test_these_are_two(one: str, other: str) -> None:
    """The local part is compared in NFC, not in its compatibility form: a server may distinguish these."""
    assert address_key(one) != address_key(other)


@given(st.text(max_size=60))
def test_a_key_is_its_own_key_and_never_fails(text: str) -> None:
    key = address_key(text)
    assert address_key(text.strip()) == key


@pytest.mark.parametrize("text", ["", "@", "no at sign", "a@", "@b", "a@xn--", "a@xn--zzzzzz99999", "a@xn--\u00fc"])
def test_what_is_no_address_has_a_key_too(text: str) -> None:
    assert isinstance(address_key(text), str)


def test_what_a_second_mailbox_looks_like() -> None:
    assert domain_of("Ada@XN--mnchen-3ya.example.") == "münchen.example"
    assert is_public_provider(domain_of("ada.l@GMail.com"))
    assert not is_public_provider("customs.example")
    assert name_part("ada.lovelace+2@example.org") == name_part("AdaLovelace7@gmail.com") == "adalovelace"


@pytest.mark.parametrize(
    ("given_address", "written"),
    [
        ("Ada@MÜNCHEN.example", "ada@münchen.example"),
        ("ada@xn--mnchen-3ya.example", "ada@münchen.example"),
        ("ada@XN--MNCHEN-3YA.example.", "ada@münchen.example"),
        ("ada@例え。テスト", "ada@例え.テスト"),
        ("ada@mün\u00adchen.example", "ada@münchen.example"),
        ("ada@xn--strae-oqa.example", "ada@xn--strae-oqa.example"),
    ],
)
def test_a_domain_is_taken_and_shown_in_its_own_letters(given_address: str, written: str) -> None:
    assert AddressField().clean(given_address) == written
    assert address_key(written) == address_key(given_address)


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("adä@example.org", "“ä” \\(U\\+00E4\\) before the @. Many mail servers cannot deliver"),
        ("a\u200bda@example.org", "U\\+200B"),
        ("أحمد@example.org", "without accented or non-Latin letters before the @"),
        ("ada@straße.example", "can stand for two different domains"),
        ("ada@example..org", "is not a valid domain"),
        ("ada@" + "ü" * 60 + ".example", "is not a valid domain"),
        ("ada", "such as name@example.org"),
    ],
)
def test_what_no_mail_reaches_is_refused_in_plain_words(email: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        AddressField().clean(email)


def test_mail_goes_to_the_domain_as_mail_servers_know_it() -> None:
    send_mail("Subject", "Text", None, ["ada@münchen.example"])

    assert mail.outbox[0].message()["To"] == "ada@xn--mnchen-3ya.example"
    assert ascii_domain("münchen.example") == "xn--mnchen-3ya.example"


@given(st.text("ab.1", min_size=1), st.text(st.characters(categories=["L", "M", "N"], include_characters=".-")))
def test_writing_an_address_keeps_its_key_and_is_done_once(local: str, domain: str) -> None:
    email = f"{local}@{domain}"
    written = write_address(email)
    assert address_key(written) == address_key(email)
    assert write_address(written) == written
