"""Every page lists and sends this device's kept answers, and blocks the acts that must wait for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cpch.accounts.models import Session
from diagnostic.actions.assessments import withdraw
from tests import factories
from tests.sessions import give_session

from .axe import find_faults_here
from .theme_page import SAVES, bar, drafts, expect_retrying, expect_saved, field, state, stored, theme_url

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AFTER = 70_000
ONLINE = "window.dispatchEvent(new Event('online'))"
ALL_TRIED = """async () => {
  const store = await cpch.keeping.open();
  return store.list().every((entry) => entry.body.tries > 1 && !store.isHeld(entry.id));
}"""
SECRET = "The informant is called Ana."


@pytest.fixture
def left(open_as, people, assessment) -> Any:
    """A coordinator's browser after typing A.1 and A.17 with the server down, on no page; the server is still down."""
    page = open_as(people.coordinator)
    page.context.route(SAVES, lambda route: route.abort())
    page.goto(theme_url(assessment))
    field(page, "A.1-narrative").fill(SECRET)
    field(page, "A.17-challenges-trust").check()
    expect_retrying(page)
    page.goto("about:blank")
    page.clock.install()
    return page


@pytest.fixture
def filled(people, assessment) -> Any:
    """Answer all questions, so that the assessment can be attested."""
    return factories.fill(assessment, people.coordinator)


def kept(page: Any) -> Any:
    return page.locator("[data-kept-bar]")


def check_url(assessment: Any) -> str:
    return reverse("assessment-check", kwargs={"pk": assessment.pk})


def test_any_page_tells_and_sends_it(left, assessment):
    left.goto("/help/")
    expect(kept(left)).to_contain_text("2 answers are kept on this device and not sent yet: A.1, A.17")
    expect(kept(left)).to_contain_text("The server cannot be reached.")
    expect(kept(left)).to_contain_text("Last tried")
    href = kept(left).get_by_role("link", name="A.17").first.get_attribute("href")
    assert href == f"{theme_url(assessment)}#A.17"
    left.wait_for_function(ALL_TRIED)
    left.context.unroute(SAVES)
    left.clock.fast_forward(LONG_AFTER)
    expect(kept(left)).to_be_hidden()
    assert stored(assessment, "A.1").narrative == SECRET
    assert stored(assessment, "A.17").challenges == ("trust",)
    assert drafts(left) == []


def test_it_is_sent_at_once_from_the_next_page_after_the_server_is_back(left, assessment):
    left.context.unroute(SAVES)
    left.goto("/help/")
    left.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('cpch-kept.'))")
    assert stored(assessment, "A.1").narrative == SECRET
    expect(kept(left)).to_be_hidden()


def test_a_portal_on_another_page_loses_nothing_either(left, assessment):
    left.context.unroute(SAVES)
    left.context.route(SAVES, lambda route: route.fulfill(status=200, content_type="text/html", body="<p>Portal"))
    left.goto("/help/")
    expect(kept(left)).to_contain_text("Something else replied in the server’s place")
    assert len(drafts(left)) == 2
    left.context.unroute(SAVES)
    left.get_by_role("button", name="Send now").click()
    expect(kept(left)).to_be_hidden()
    assert stored(assessment, "A.1").narrative == SECRET


def test_of_two_pages_one_sends(left, assessment):
    sent: list[str] = []
    left.context.unroute(SAVES)

    def count(route: Any) -> None:
        sent.append(route.request.url)
        route.continue_()

    left.context.route(SAVES, count)
    other = left.context.new_page()
    for page in (left, other):
        page.goto("/help/", wait_until="commit")
    for page in (left, other):
        page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('cpch-kept.'))")
    assert len(sent) == 2


def test_attesting_waits_for_the_unsent_answers_of_its_assessment_only(filled, left, people, assessment):
    other = factories.fill(factories.start_assessment(people.coordinator, period="2025"), people.coordinator)
    left.goto(check_url(assessment))
    attest = left.locator("[data-waits-for-answers]").first
    expect(attest).to_be_disabled()
    expect(left.locator("[data-waits-reason]").first).to_have_text(
        "Waits until the answers kept on this device are sent: A.1, A.17"
    )
    left.goto(check_url(other))
    expect(left.locator("[data-waits-for-answers]").first).to_be_enabled()
    left.goto(check_url(assessment))
    left.context.unroute(SAVES)
    left.evaluate(ONLINE)
    expect(attest).to_be_enabled()
    expect(left.locator("[data-waits-reason]").first).to_be_empty()


def test_the_task_list_says_not_sent_yet(left, assessment):
    left.goto(reverse("assessment-detail", kwargs={"pk": assessment.pk}))
    rows = left.locator(".tasks > li").filter(has_text="Not sent yet")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Framework and governance")
    expect(rows).to_contain_text("2 kept on this device")
    attest = left.locator("[data-task-waits]")
    expect(attest).to_contain_text("Cannot start yet")
    expect(attest).to_contain_text("Waits until the answers kept on this device are sent: A.1, A.17")
    expect(attest.get_by_role("link")).to_have_count(0)
    assert find_faults_here(left) == []
    left.context.unroute(SAVES)
    left.evaluate(ONLINE)
    expect(left.locator("[data-not-sent]")).to_have_count(0)
    expect(attest.get_by_role("link", name="Attest and submit to the WCO")).to_be_visible()
    expect(attest.locator("[data-held-up]")).to_have_count(0)


def test_each_entry_can_be_shown_copied_sent_and_discarded(left, assessment):
    left.context.grant_permissions(["clipboard-read", "clipboard-write"])
    left.goto("/help/")
    kept(left).locator("summary").click()
    first = left.locator("[data-kept-items] > li").first
    first.get_by_role("button", name="Show A.1").click()
    expect(first.locator(".kept-text")).to_contain_text(SECRET)
    first.get_by_role("button", name="Copy A.1").click()
    expect(first.get_by_role("button", name="Copied A.1")).to_be_visible()
    assert SECRET in left.evaluate("navigator.clipboard.readText()")
    assert find_faults_here(left) == []
    left.once("dialog", lambda dialog: dialog.dismiss())
    first.get_by_role("button", name="Discard A.1").click()
    assert len(drafts(left)) == 2
    left.once("dialog", lambda dialog: dialog.accept())
    first.get_by_role("button", name="Discard A.1").click()
    expect(left.locator("[data-kept-items] > li")).to_have_count(1)
    assert len(drafts(left)) == 1
    left.context.unroute(SAVES)
    left.get_by_role("button", name="Send A.17").click()
    expect(kept(left)).to_be_hidden()
    assert stored(assessment, "A.1").is_blank
    assert stored(assessment, "A.17").challenges == ("trust",)


def test_what_can_no_longer_be_sent_says_why_and_holds_nobody_up(left, people, assessment):
    withdraw(assessment=assessment, reason="Begun by mistake.", by=people.coordinator)
    left.context.unroute(SAVES)
    left.goto("/help/")
    expect(kept(left)).to_contain_text("2 answers on this device cannot be sent and need you: A.1, A.17")
    kept(left).locator("summary").click()
    assert left.locator("[data-kept-items] .error-text").first.inner_text()
    assert len(drafts(left)) == 2


def test_a_conflict_found_elsewhere_waits_on_its_page(left, people, assessment):
    factories.save_answer(assessment, people.respondent, "A.1", level=2, narrative="Theirs.")
    left.context.unroute(SAVES)
    left.goto(check_url(assessment))
    expect(kept(left)).to_contain_text("1 answer on this device cannot be sent and needs you: A.1")
    expect(left.locator("[data-waits-for-answers]").first).to_be_enabled()
    kept(left).get_by_role("link", name="A.1").first.click()
    left.wait_for_selector(".conflict")
    assert SECRET in left.locator(".conflict").inner_text()
    left.get_by_role("button", name="Keep the chosen text").click()
    expect_saved(left, "A.1")
    assert stored(assessment, "A.1").narrative == SECRET


def test_another_person_on_this_device_reads_nothing_of_it(filled, left, people, assessment):
    give_session(left, people.police_coordinator)
    left.goto(check_url(assessment))
    expect(left.locator("[data-waits-for-answers]").first).to_be_enabled()
    assert kept(left).is_hidden()
    stored_here = left.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")
    assert stored_here.count("cpch-kept.") == 2
    for secret in (SECRET, "informant", "called Ana", "A.1", "trust", str(assessment.pk), people.coordinator.email):
        assert secret not in stored_here
    give_session(left, people.coordinator)
    people.coordinator.set_password("quite another password")
    people.coordinator.save()
    give_session(left, people.coordinator)
    left.context.unroute(SAVES)
    left.goto("/help/")
    left.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('cpch-kept.'))")
    assert stored(assessment, "A.1").narrative == SECRET


def test_signing_out_warns_and_the_text_is_there_after_the_next_sign_in(left, people, assessment):
    left.goto("/help/")
    asked: list[str] = []

    def answer(accepts: bool) -> Any:
        def call(dialog: Any) -> None:
            asked.append(dialog.message)
            dialog.accept() if accepts else dialog.dismiss()

        return call

    left.once("dialog", answer(False))
    left.get_by_role("button", name="Sign out").click()
    assert "kept on this device and not sent yet" in asked[0]
    assert Session.objects.filter(person=people.coordinator).exists()
    left.once("dialog", answer(True))
    left.get_by_role("button", name="Sign out").click()
    expect(left.get_by_label("E-mail")).to_be_visible()
    assert len(drafts(left)) == 2
    left.context.unroute(SAVES)
    give_session(left, people.coordinator)
    left.goto("/help/")
    left.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('cpch-kept.'))")
    assert stored(assessment, "A.1").narrative == SECRET


def test_an_ended_session_changes_nothing_about_keeping(open_as, people, assessment):
    page = open_as(people.respondent)
    page.clock.install()
    page.goto(theme_url(assessment))
    Session.objects.all().delete()
    field(page, "A.1-narrative").fill("Typed after the session ended.")
    page.clock.fast_forward(2_000)
    expect(bar(page)).to_contain_text("You have been signed out.")
    assert len(drafts(page)) == 1
    page.close(run_before_unload=False)
    after = page.context.new_page()
    give_session(after, people.respondent)
    after.goto(theme_url(assessment))
    expect_saved(after, "A.1")
    assert stored(assessment, "A.1").narrative == "Typed after the session ended."


def test_without_web_crypto_nothing_is_kept_and_leaving_warns(open_as, people, assessment):
    page = open_as(people.respondent)
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })")
    page.context.route(SAVES, lambda route: route.abort())
    page.goto(theme_url(assessment))
    expect(kept(page)).to_contain_text("This browser cannot keep what you type on this device.")
    field(page, "A.1-narrative").fill(SECRET)
    expect_retrying(page)
    expect(state(page, "A.1")).to_have_text("Not saved – retrying")
    expect(bar(page)).to_contain_text("This device cannot keep what you typed: leave the page open.")
    assert SECRET not in page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    warned: list[str] = []

    def stay(dialog: Any) -> None:
        warned.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert warned == ["beforeunload"]
    page.context.unroute(SAVES)
    page.evaluate(ONLINE)
    expect_saved(page, "A.1")
    assert stored(assessment, "A.1").narrative == SECRET
