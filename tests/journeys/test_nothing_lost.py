"""Typed text survives a lost network, server, session and tab, and is sent only by its own button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cpch.accounts.models import Session
from diagnostic.actions import assessments
from diagnostic.models import Assessment
from tests import factories
from tests.sessions import give_session

from .axe import find_faults
from .steps_looking import take
from .texts_to_send import KINDS, TEXT, Make, Text, plan_comment, reason_for_withdrawing, settings, shared_comment

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "Object.keys(localStorage).filter((name) => /^cpch-kept\\.[0-9a-f]+\\.[0-9a-f]{24}$/.test(name)).length"
BACK = "is back in its field. It has not been sent yet."
OTHER = "and did not send it. The form now holds something else."


def is_kept(page: Any, count: int = 1) -> None:
    """Wait until the device keeps this many texts."""
    page.wait_for_function(f"{ENTRIES} === {count}")


def type_into(page: Any, text: Text) -> None:
    text.open(page)
    text.fill(page)
    is_kept(page)


def is_back(page: Any, text: Text) -> None:
    """Open the form's page: the form holds everything again, and nothing has been sent."""
    text.open(page)
    expect(text.form(page)).to_contain_text(BACK)
    expect(text.control(page)).to_have_value(text.value)
    for name, value in text.select.items():
        expect(text.form(page).locator(f"select[name={name}]")).to_have_value(value)
    for label in text.check:
        expect(text.form(page).get_by_role("radio", name=label).first).to_be_checked()
    assert not text.is_stored()


def press_while(page: Any, text: Text, error: str = "", **answer: Any) -> None:
    """Press the button while the request fails with the network's `error`, or gets `answer`."""

    def handle(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
        elif error:
            route.abort(error)
        else:
            route.fulfill(**answer)

    page.route("**/*", handle)
    with page.expect_event("requestfinished" if answer else "requestfailed", lambda asked: asked.method == "POST"):
        text.press(page)
    if answer:
        expect(page.locator("body")).to_contain_text("sorry")
    page.unroute("**/*", handle)


def sign_in(page: Any, person: Any) -> None:
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", factories.PASSWORD)
    with page.expect_navigation():
        page.locator("[name=password]").press("Enter")


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_a_text_outlives_network_server_session_and_tab_and_is_sent_by_its_button(
    open_as: Callable, people: factories.People, make: Make
) -> None:
    text = make(people)
    page = open_as(text.writer)
    page.on("dialog", lambda dialog: dialog.accept())
    type_into(page, text)
    for error in ("internetdisconnected", "connectionrefused", "connectionreset"):
        press_while(page, text, error=error)
        is_back(page, text)
    press_while(page, text, status=500, content_type="text/html", body="<p>sorry</p>")
    is_back(page, text)
    Session.objects.all().delete()
    with page.expect_navigation():
        text.press(page)
    sign_in(page, text.writer)
    is_back(page, text)
    page.close(run_before_unload=False)
    page = page.context.new_page()
    is_back(page, text)
    with page.expect_navigation():
        text.press(page)
    expect(page.locator("main")).to_be_visible()
    assert text.is_stored()
    is_kept(page, 0)


@pytest.mark.parametrize("status", [200, 204, 400, 403, 404, 409, 413, 422, 429, 503])
def test_no_answer_but_the_servers_own_confirmation_lets_go_of_a_text(
    open_as: Callable, people: factories.People, status: int
) -> None:
    text = plan_comment(people)
    page = open_as(text.writer)
    type_into(page, text)

    def answer(route: Any) -> None:
        if route.request.method == "POST":
            route.fulfill(status=status, content_type="text/html", body="" if status == 204 else "<p>sorry</p>")
        else:
            route.continue_()

    page.route("**/*", answer)
    with page.expect_response(lambda answered: answered.request.method == "POST"):
        text.press(page)
    is_back(page, text)
    is_kept(page)


def test_a_text_that_was_stored_without_the_browser_hearing_of_it_is_not_offered_again(
    open_as: Callable, people: factories.People
) -> None:
    text = plan_comment(people)
    page = open_as(text.writer)
    type_into(page, text)

    def lose_the_answer(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/*", lose_the_answer)
    with page.expect_event("requestfailed", lambda asked: asked.method == "POST"):
        text.press(page)
    page.unroute("**/*", lose_the_answer)
    assert text.is_stored()
    text.open(page)
    is_kept(page, 0)
    expect(text.control(page)).to_have_value("")


def test_what_was_typed_after_the_press_is_kept_although_what_was_sent_is_stored(
    open_as: Callable, people: factories.People
) -> None:
    text = plan_comment(people)
    page = open_as(text.writer)
    type_into(page, text)

    def store_and_stay(route: Any) -> None:
        route.fetch(max_redirects=0)
        route.fulfill(status=204)

    page.route("**/comment/", store_and_stay)
    with page.expect_response("**/comment/"):
        text.press(page)
    assert text.is_stored()
    text.control(page).fill(f"{TEXT} And more.")
    page.wait_for_function("async () => (await cpch.keeping.open()).list('text')[0].text.endsWith('more.')")
    page.close(run_before_unload=False)
    after = page.context.new_page()
    text.open(after)
    expect(text.control(after)).to_have_value(f"{TEXT} And more.")


def test_a_refused_form_keeps_its_text_until_it_is_corrected(open_as: Callable, people: factories.People) -> None:
    text = settings(people)
    page = open_as(text.writer)
    text.open(page)
    page.evaluate("document.querySelectorAll('[maxlength]').forEach((field) => field.removeAttribute('maxlength'))")
    text.control(page).fill("x" * 201)
    is_kept(page)
    with page.expect_navigation():
        text.press(page)
    expect(text.control(page)).to_have_value("x" * 201)
    is_kept(page)
    text.fill(page)
    with page.expect_navigation():
        text.press(page)
    assert text.is_stored()
    is_kept(page, 0)


def test_a_text_never_takes_the_place_of_a_newer_one_by_itself(open_as: Callable, people: factories.People) -> None:
    text = settings(people)
    page = open_as(text.writer)
    type_into(page, text)
    page.goto("/help/")
    Assessment.objects.update(title="Theirs.")
    text.open(page)
    offer = text.form(page).locator("[data-kept-other]")
    expect(offer).to_contain_text(OTHER)
    expect(offer).to_contain_text(TEXT)
    expect(text.control(page)).to_have_value("Theirs.")
    is_kept(page)
    offer.get_by_role("button", name="Use it").click()
    expect(text.control(page)).to_have_value(TEXT)
    expect(offer).to_have_count(0)
    page.reload()
    expect(text.control(page)).to_have_value(TEXT)


@pytest.mark.parametrize("is_sure", [True, False])
def test_an_offered_text_is_copied_and_discarded_when_that_is_confirmed(
    open_as: Callable, people: factories.People, is_sure: bool
) -> None:
    text = settings(people)
    page = open_as(text.writer, permissions=["clipboard-read", "clipboard-write"])
    page.on("dialog", lambda dialog: dialog.accept() if is_sure else dialog.dismiss())
    type_into(page, text)
    page.goto("/help/")
    Assessment.objects.update(title="Theirs.")
    text.open(page)
    offer = text.form(page).locator("[data-kept-other]")
    offer.get_by_role("button", name="Copy").click()
    expect(offer.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{TEXT}"
    offer.get_by_role("button", name="Discard").click()
    is_kept(page, 0 if is_sure else 1)
    expect(offer).to_have_count(0 if is_sure else 1)


def test_what_is_back_in_its_field_can_be_discarded(open_as: Callable, people: factories.People) -> None:
    text = shared_comment(people)
    page = open_as(text.writer)
    page.on("dialog", lambda dialog: dialog.accept())
    type_into(page, text)
    page.goto("/help/")
    is_back(page, text)
    text.form(page).get_by_role("button", name="Discard").click()
    is_kept(page, 0)
    expect(text.control(page)).to_have_value("")
    expect(text.form(page).get_by_role("radio", name="Internal")).to_be_checked()
    page.reload()
    expect(text.form(page)).not_to_contain_text(BACK)


def test_two_tabs_keep_a_text_each(open_as: Callable, people: factories.People) -> None:
    text = plan_comment(people)
    first = open_as(text.writer)
    type_into(first, text)
    second = first.context.new_page()
    text.open(second)
    expect(text.control(second)).to_have_value("")
    text.control(second).fill("From the second tab.")
    is_kept(second, 2)
    for page in (first, second):
        page.close(run_before_unload=False)
    after = first.context.new_page()
    text.open(after)
    shown = {text.control(after).input_value(), text.form(after).locator(".kept-text").inner_text()}
    assert shown == {TEXT, "From the second tab."}


def test_nobody_else_is_shown_a_text(open_as: Callable, people: factories.People) -> None:
    text = plan_comment(people)
    page = open_as(text.writer)
    type_into(page, text)
    give_session(page, people.police_respondent)
    text.open(page)
    page.evaluate("cpch.keeping.open()")
    expect(text.control(page)).to_have_value("")
    expect(page.locator("body")).not_to_contain_text(TEXT)
    assert TEXT not in page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    give_session(page, text.writer)
    is_back(page, text)


def test_without_web_crypto_nothing_is_kept_and_leaving_warns(open_as: Callable, people: factories.People) -> None:
    text = plan_comment(people)
    page = open_as(text.writer)
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    text.open(page)
    text.fill(page)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/help/")
    assert asked == ["beforeunload"]
    assert TEXT not in page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    text.open(page)
    text.fill(page)
    with page.expect_navigation():
        text.press(page)
    assert asked == ["beforeunload"]
    assert text.is_stored()


def test_a_text_put_back_as_it_was_is_let_go(open_as: Callable, people: factories.People) -> None:
    text = settings(people)
    page = open_as(text.writer)
    text.open(page)
    text.control(page).fill("Half")
    is_kept(page)
    text.control(page).fill("")
    is_kept(page, 0)


def test_a_text_whose_page_is_gone_is_shown_by_the_kept_bar(open_as: Callable, people: factories.People) -> None:
    """The assessment was withdrawn meanwhile; the text can still be shown, copied and discarded."""
    text = reason_for_withdrawing(people)
    page = open_as(text.writer)
    page.on("dialog", lambda dialog: dialog.accept())
    type_into(page, text)
    assessments.withdraw(assessment=Assessment.objects.get(), by=people.police_coordinator, reason="Ours.")
    text.open(page)
    bar = page.locator("[data-kept-bar]")
    expect(bar).to_contain_text("1 text is kept on this device")
    bar.get_by_text("Show what is kept").click()
    bar.get_by_role("button", name="Show Reason").click()
    expect(bar.locator(".kept-text")).to_have_text(TEXT)
    bar.get_by_role("button", name="Discard").click()
    is_kept(page, 0)
    expect(bar).to_be_hidden()


@pytest.mark.looks
def test_the_notes_hold_at_both_widths(open_as: Callable, people: factories.People) -> None:
    text = settings(people)
    page = open_as(text.writer)
    type_into(page, text)
    page.goto("/help/")
    is_back(page, text)
    faults = find_faults(page)
    take(page, "kept-back")
    page.goto("/help/")
    Assessment.objects.update(title="Theirs.")
    text.open(page)
    expect(text.form(page)).to_contain_text(OTHER)
    expect(page.locator("[data-kept-bar]")).to_be_hidden()
    faults += find_faults(page)
    take(page, "kept-other")
    assert faults == []


def test_after_signing_out_in_another_tab_the_text_waits_for_the_next_sign_in(
    open_as: Callable, people: factories.People
) -> None:
    text = plan_comment(people)
    page = open_as(text.writer)
    type_into(page, text)
    other = page.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    other.goto("/help/")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_label("E-mail")).to_be_visible()
    with page.expect_navigation():
        text.press(page)
    expect(page.get_by_label("E-mail")).to_be_visible()
    assert not text.is_stored()
    sign_in(page, text.writer)
    is_back(page, text)
    with page.expect_navigation():
        text.press(page)
    assert text.is_stored()
    is_kept(page, 0)
