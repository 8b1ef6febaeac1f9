"""While a stranger tries passwords, the person signs in on a known device, from another address, or by a reset."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from cpch.accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "quite another long sentence"
HOME = "127.0.0.1"
"""The address that the browser of these tests comes from."""


def attack(user: User, source: str) -> int:
    """Try five wrong passwords from `source`; the status of a sixth."""
    client = Client(REMOTE_ADDR=source)
    answers = [client.post(reverse("account_login"), {"login": user.email, "password": "wrong"}) for _ in range(6)]
    return int(answers[-1].status_code)


def sign_in(page: Any, user: User, password: str = PASSWORD) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def expect_signed_in(page: Any) -> None:
    expect(page.get_by_role("button", name="Sign out").first).to_be_visible()


def sign_out(page: Any) -> None:
    page.goto(reverse("account_logout"))
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_a_stranger_keeps_nobody_out(new_page: Callable, run_tasks: Callable[[], None]) -> None:
    user = make_user()
    own, new = new_page(), new_page()

    # From another address than the stranger's, on a device that has never been here.
    assert attack(user, "198.51.100.1") == 429
    sign_in(own, user)
    expect_signed_in(own)
    sign_out(own)

    # On their own device, although the stranger uses the same address and many others.
    assert attack(user, HOME) == 429
    for number in range(20):
        attack(user, f"203.0.113.{number}")
    sign_in(own, user)
    expect_signed_in(own)

    # On a new device, by a reset.
    sign_in(new, user)
    expect(new.locator("main")).to_contain_text("To sign in at once, reset your password.")
    expect(new.locator("main")).to_contain_text(re.compile(r"ry again in (a minute|\d+ minutes)\."))
    new.get_by_role("link", name="Forgot your password?").click()
    new.get_by_label("E-mail address").fill(user.email)
    new.get_by_role("button", name="Send the link").click()
    run_tasks()
    link = re.search(r"http://127\.0\.0\.1:8000(\S+)", mail.outbox[-1].body)
    assert link is not None
    new.goto(link[1])
    new.locator("[name=password1]").fill(NEW)
    new.locator("[name=password2]").fill(NEW)
    new.get_by_role("button", name="Save the password").click()
    expect(new.locator("h1")).to_be_visible()
    sign_in(new, user, NEW)
    expect_signed_in(new)
