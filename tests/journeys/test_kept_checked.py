"""Kept entries are checked before use: restored completely or offered as text, and never dangerous."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer

from .test_saving_replies import RESTED, pause
from .theme_page import SAVES, drafts, expect_all_saved, expect_retrying, expect_saved, field, stored, theme_url

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "Typed before it broke."
CHANGE = """async (change) => {
  const store = await cpch.keeping.open();
  const [entry] = store.list();
  await store.put(new Function("entry", `${change}; return entry;`)(structuredClone(entry)));
}"""
BROKEN = {
    "version as text": "entry.body.base = '0'",
    "negative version": "entry.body.base = -1",
    "version with a fraction": "entry.body.base = 0.5",
    "no version": "delete entry.body.base",
    "no fields": "delete entry.body.typed",
    "fields as list": "entry.body.typed = ['A.1-narrative']",
    "no body": "entry.body = null",
    "body as text": "entry.body = 'A.1'",
    "body as list": "entry.body = [1]",
    "another question's fields": "entry.body.typed = 'A.2.1-narrative=x'",
    "a field that is not there": "entry.body.typed += '&A.1-reason_for_it=x'",
    "a level that is not offered": "entry.body.typed = entry.body.typed.replace('A.1-answer=4', 'A.1-answer=9')",
    "two levels": "entry.body.typed += '&A.1-answer=5'",
    "strange resending": "entry.body.unsure = { typed: 5, base: 'x' }",
    "address of another site": "entry.body.saveUrl = '//example.org/'",
    "address of a script": "entry.body.saveUrl = 'javascript:alert(1)'",
}


@pytest.fixture
def kept(open_as, people, assessment) -> Any:
    page = open_as(people.respondent)
    page.clock.install()
    page.goto(theme_url(assessment))
    page.context.route(SAVES, lambda route: route.abort())
    pause(page)
    field(page, "A.1-narrative").fill(TYPED)
    field(page, "A.1-answer-4").check()
    page.clock.run_for(RESTED)
    expect_retrying(page)
    return page


def reopen(page: Any, assessment: Any, change: str) -> tuple[Any, list[Any]]:
    """The next page after the kept entry was changed, and its faults."""
    page.goto("/help/")
    expect(page.locator("[data-kept-bar]")).to_contain_text("not sent yet: A.1")
    page.wait_for_function("() => cpch.keeping.open().then((store) => !store.isHeld(store.list()[0].id))", polling=100)
    page.evaluate(CHANGE, change)
    page.close(run_before_unload=False)
    page.context.unroute(SAVES)
    after = page.context.new_page()
    faults: list[Any] = []
    after.on("pageerror", lambda fault: faults.append(fault))
    after.goto(theme_url(assessment))
    return after, faults


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_broken_entry_is_offered_as_text_and_blocks_nothing(kept, assessment, change):
    after, faults = reopen(kept, assessment, change)
    expect(after.locator("[data-kept-stuck]")).to_contain_text("1 answer on this device cannot be sent and needs you")
    after.locator("[data-kept-details] summary").click()
    after.locator("[data-act=show]").click()
    expect(after.locator(".kept-text")).to_contain_text(TYPED)
    assert field(after, "A.1-narrative").input_value() == ""
    assert not field(after, "A.1-answer-4").is_checked()
    field(after, "A.1-narrative").fill("Typed anew.")
    field(after, "A.17-challenges-legal").check()
    after.clock.run_for(RESTED)
    expect_saved(after, "A.1")
    expect_all_saved(after)
    assert stored(assessment, "A.1") == Answer(narrative="Typed anew.")
    assert len(drafts(after)) == 1
    after.once("dialog", lambda dialog: dialog.accept())
    after.locator("[data-act=discard]").click()
    expect(after.locator("[data-kept-bar]")).to_be_hidden()
    assert drafts(after) == []
    assert faults == []


@pytest.mark.parametrize("change", ["entry.at = 'soon'", "entry.kind = 'note'", "entry.url = 'https://example.org/'"])
def test_an_entry_of_another_shape_cannot_be_put(kept, assessment, change):
    kept.goto("/help/")
    assert "members" in kept.evaluate(f"({CHANGE})({change!r}).then(() => '', (fault) => String(fault))")


def test_a_far_version_is_a_conflict_to_choose_in_and_no_trap(kept, assessment):
    after, faults = reopen(kept, assessment, "entry.body.base = 999")
    after.wait_for_selector(".conflict")
    after.get_by_role("button", name="Keep the chosen text").click()
    expect_saved(after, "A.1")
    assert stored(assessment, "A.1") == Answer(level=4, narrative=TYPED)
    assert faults == []


def test_a_draft_comes_back_whole(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.context.route(SAVES, lambda route: route.abort())
    field(page, "A.17-answer-3").check()
    field(page, "A.17-narrative").fill("Two lines\nof text.")
    field(page, "A.17-challenges-legal").check()
    field(page, "A.17-challenges-trust").check()
    field(page, "A.17-basis-both").check()
    add = page.locator('[id="A.17"] .evidence-new > summary')
    for title in ("MOU of 2021", "Minutes"):
        add.click()
        page.keyboard.type(title)
    field(page, "A.1-answer-unknown").check()
    field(page, "A.1-reason").fill("The ministry has not replied.")
    expect_retrying(page)
    page.close(run_before_unload=False)
    page.context.unroute(SAVES)
    after = page.context.new_page()
    after.goto(theme_url(assessment))
    expect_saved(after, "A.17")
    expect_saved(after, "A.1")
    assert stored(assessment, "A.1") == Answer(status="unknown", reason="The ministry has not replied.")
    assert stored(assessment, "A.17") == Answer(
        level=3,
        basis="both",
        narrative="Two lines\nof text.",
        challenges=("legal", "trust"),
        evidence=(Evidence("MOU of 2021"), Evidence("Minutes")),
    )
