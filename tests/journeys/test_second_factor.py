"""A person sets up an app and a passkey in a real browser, and signs in with each of them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cpch.accounts.models import User
from cpch.accounts.second_factor import PROVED_AT
from cpch.accounts.sessions import SessionStore
from diagnostic.models import AuditEntry
from tests.factories import PASSWORD, make_user
from tests.second_factors import code_of

from .axe import find_faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def with_device(page: Any) -> Any:
    """The page in a browser with a device that makes passkeys and checks its person, as phones do."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def click(page: Any, name: str, role: str = "button") -> None:
    page.get_by_role(role, name=name, exact=True).click()


def give_password(page: Any, user: User) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Sign in")


def sign_out(page: Any) -> None:
    page.goto(reverse("account_logout"))
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def wait_for(page: Any, heading: str) -> list[str]:
    """Wait for the page with that heading; what is wrong with it."""
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    return find_faults(page)


def test_an_app_and_a_passkey_are_set_up_and_sign_in(with_device: Any, user: User) -> None:
    page = with_device
    page.goto(reverse("account_login"))
    faults = wait_for(page, "Sign in")
    give_password(page, user)
    page.goto(reverse("account"))
    click(page, "Security of your account", "link")
    faults += wait_for(page, "Security of your account")

    click(page, "Set up an app", "link")
    faults += wait_for(page, "Set up an authenticator app")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    assert page.get_by_role("img", name="The secret for the app as a QR code").bounding_box()["width"] >= 200
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    click(page, "Switch on")
    faults += wait_for(page, "Recovery codes")
    codes = page.locator(".code-list code").all_inner_texts()
    with page.expect_download() as kept:
        click(page, "Download as a text file", "link")
    assert all(code in kept.value.path().read_text() for code in codes)
    click(page, "I have kept them", "link")

    click(page, "Add a key", "link")
    faults += wait_for(page, "Add a passkey or security key")
    page.get_by_label("Name").fill("Office laptop")
    click(page, "Add the key")
    expect(page.get_by_text("The key “Office laptop” is added.")).to_be_visible()
    faults += wait_for(page, "Security of your account")

    sign_out(page)
    click(page, "Use a passkey")
    expect(page.get_by_role("navigation", name="Site")).to_be_visible()

    sign_out(page)
    give_password(page, user)
    faults += wait_for(page, "Second step")
    click(page, "Use a passkey or security key")
    expect(page.get_by_role("navigation", name="Site")).to_be_visible()

    sign_out(page)
    give_password(page, user)
    page.get_by_label("Code from your authenticator app").fill("000000")
    click(page, "Sign in")
    faults += wait_for(page, "There is a problem")
    page.get_by_label("Code from your authenticator app").fill(codes[0])
    click(page, "Sign in")
    expect(page.get_by_text("9 are left")).to_be_visible()

    grow_old(page)
    page.goto(reverse("security-codes"))
    faults += wait_for(page, "Show that it is you")
    click(page, "Use a passkey or security key")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    seconds = AuditEntry.objects.filter(act="person.signed_in").order_by("number").values_list("detail", flat=True)
    assert [detail.get("second") for detail in seconds] == [None, "passkey", "key", "recovery code"]
    assert faults == []


def grow_old(page: Any) -> None:
    """Let the last proof of the browser's session grow old."""
    [key] = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid"]
    session = SessionStore(key)
    session[PROVED_AT] = time.time() - 301
    session.save()
