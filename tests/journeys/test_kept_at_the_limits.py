"""A full device, a discarded entry, a second tab, a clock set back: nothing kept is lost, nothing false is said."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests import factories

from .texts_to_send import discussion, plan_comment
from .theme_page import PATIENCE, SAVES, bar, drafts, expect_retrying, field, stored, theme_url

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AFTER = 70_000
TYPED = "Typed without a line."
FULL = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }"
NOTHING_IS_BEING_SENT = "navigator.locks.request('cpch-kept-sending', () => true)"
SET_CLOCK_BACK = """async () => {
  const store = await cpch.keeping.open();
  const [{ id }] = store.list("answer");
  const entry = await store.take(id);
  const at = new Date(Date.now() + 86400000).toISOString();
  await store.put({ ...entry, at, body: { ...entry.body, triedAt: at } });
  store.release(id);
  store.changed();
}"""
CHANGE_TEXT = """async () => {
  const store = await cpch.keeping.open();
  const [entry] = store.list("text");
  await store.put({ ...entry, body: { ...entry.body, fields: { ...entry.body.fields, text: ["One.", "Two."] } } });
}"""
BROKEN_OFF = """window.fetch = async () => new Response(
  new ReadableStream({ start: (reply) => reply.error(new TypeError("network")) }),
  { headers: { "Content-Type": "application/json" } },
)"""


@pytest.fixture
def left(open_as, people, assessment) -> Any:
    """The browser of a coordinator who typed A.1 while the server was away, on no page; still away."""
    page = open_as(people.coordinator)
    page.context.route(SAVES, lambda route: route.abort())
    page.goto(theme_url(assessment))
    field(page, "A.1-narrative").fill(TYPED)
    expect_retrying(page)
    page.goto("about:blank")
    return page


def test_a_full_device_still_tells_and_sends_what_it_holds(left, assessment):
    left.add_init_script(FULL)
    left.goto("/help/")
    expect(left.locator("[data-kept-answers]")).to_contain_text("1 answer is kept on this device and not sent yet: A.1")
    left.context.unroute(SAVES)
    left.locator("[data-kept-send]").click()
    expect(left.locator("[data-kept-bar]")).to_be_hidden(timeout=PATIENCE)
    assert stored(assessment, "A.1").narrative == TYPED
    assert drafts(left) == []


def test_a_device_that_fills_up_says_so(open_as, people):
    page = open_as(people.respondent)
    text = plan_comment(people)
    text.open(page)
    expect(page.locator("[data-kept-impossible]")).to_be_hidden()
    page.evaluate(f"() => {{ {FULL} }}")
    text.fill(page)
    expect(page.locator("[data-kept-impossible]")).to_contain_text("cannot keep what you type")
    assert drafts(page) == []


def test_what_is_discarded_while_it_is_sent_stays_discarded(left):
    left.goto("/help/")
    left.locator("[data-kept-details] summary").click()
    left.once("dialog", lambda dialog: dialog.accept())
    left.context.unroute(SAVES)
    asked: list[Any] = []
    left.context.route(SAVES, lambda route: asked.append(route))
    with left.expect_request(SAVES):
        left.locator("[data-kept-send]").click()
    left.locator("[data-act=discard]").click()
    asked[0].abort()
    assert left.evaluate(NOTHING_IS_BEING_SENT)
    assert drafts(left) == []
    expect(left.locator("[data-kept-bar]")).to_be_hidden()


def test_what_one_tab_discards_the_other_does_not_send(left, assessment):
    left.goto(theme_url(assessment))
    expect_retrying(left)
    other = left.context.new_page()
    other.goto("/help/")
    other.locator("[data-kept-details] summary").click()
    other.once("dialog", lambda dialog: dialog.accept())
    with left.expect_navigation():
        other.locator("[data-act=discard]").click()
    expect(field(left, "A.1-narrative")).to_have_value("")
    assert drafts(left) == []


def test_no_tab_says_that_all_is_saved_while_another_is_not(left, people, assessment):
    factories.save_answer(assessment, people.coordinator, "A.17", challenges=("trust",))
    left.goto(theme_url(assessment))
    expect_retrying(left)
    other = left.context.new_page()
    other.goto(theme_url(assessment))
    expect(other.locator("[data-kept-answers]")).to_contain_text("A.1")
    expect(bar(other)).not_to_contain_text("All answers saved")


def test_a_reply_that_breaks_off_is_no_foreign_one(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.evaluate(BROKEN_OFF)
    field(page, "A.1-narrative").fill(TYPED)
    expect_retrying(page)
    expect(bar(page)).to_contain_text("The server cannot be reached.")


def test_a_clock_that_was_set_back_delays_nothing(left, assessment):
    left.clock.install()
    left.goto("/help/")
    expect(left.locator("[data-kept-tried]")).to_be_visible()
    assert left.evaluate(NOTHING_IS_BEING_SENT)
    left.evaluate(SET_CLOCK_BACK)
    left.context.unroute(SAVES)
    left.clock.fast_forward(LONG_AFTER)
    expect(left.locator("[data-kept-bar]")).to_be_hidden(timeout=PATIENCE)
    assert stored(assessment, "A.1").narrative == TYPED


def test_the_bar_leads_to_the_very_form_of_a_text(open_as, people):
    page = open_as(people.respondent)
    text = discussion(people)
    text.open(page)
    text.fill(page)
    page.wait_for_function("Object.keys(localStorage).some((name) => name.startsWith('cpch-kept.'))")
    page.goto("/help/")
    page.locator("[data-kept-texts] a").click()
    expect(text.control(page)).to_have_value(text.value, timeout=PATIENCE)


def test_a_text_that_was_sent_does_not_come_back_with_the_back_button(open_as, people):
    page = open_as(people.respondent)
    text = plan_comment(people)
    text.open(page)
    text.fill(page)
    text.press(page)
    expect(page.locator("main")).to_contain_text(text.value)
    page.goto("/help/")
    page.go_back()
    page.go_back()
    expect(text.control(page)).to_have_value("")
    assert drafts(page) == []


def test_a_text_comes_back_whole_or_is_offered(open_as, people):
    page = open_as(people.respondent)
    text = plan_comment(people)
    text.open(page)
    text.fill(page)
    page.wait_for_function("Object.keys(localStorage).some((name) => name.startsWith('cpch-kept.'))")
    page.evaluate(CHANGE_TEXT)
    text.open(page)
    expect(text.form(page)).to_contain_text("and did not send it. The form now holds something else.")
    expect(text.control(page)).to_have_value("")
