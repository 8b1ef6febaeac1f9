"""Answering in a real browser: answers save themselves, with and without a script, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from tests import factories

from .axe import find_faults_here
from .theme_page import (
    SAVES,
    bar,
    expect_all_saved,
    expect_saved,
    field,
    state,
    stored,
    theme_url,
)

pytestmark = pytest.mark.django_db(transaction=True)


PHONE = {"width": 390, "height": 844}


def test_an_answer_saves_itself_and_says_so(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    field(page, "A.1-answer-3").check()
    expect_saved(page, "A.1")
    field(page, "A.1-narrative").fill("An MOU of 2021.")
    field(page, "A.1-basis-both").check()
    field(page, "A.17-challenges-legal").check()
    expect_saved(page, "A.17")
    expect_all_saved(page)
    assert stored(assessment, "A.1") == Answer(level=3, basis="both", narrative="An MOU of 2021.")
    assert stored(assessment, "A.17") == Answer(challenges=("legal",))
    assert page.locator('[data-link="A.1"]').inner_text().split() == ["A.1", "answered"]
    page.reload()
    assert field(page, "A.1-narrative").input_value() == "An MOU of 2021."


def test_text_is_saved_after_a_pause_without_leaving_the_field(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    field(page, "A.1-narrative").press_sequentially("Quarterly meetings.")
    expect_saved(page, "A.1")
    assert stored(assessment, "A.1").narrative == "Quarterly meetings."


def test_follow_ups_come_and_go_at_once(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment, "risk"))
    follow_up = page.locator('[id="A.3.2"]')
    assert not follow_up.is_visible()
    page.route(SAVES, lambda route: route.abort())
    field(page, "A.3.1-answer-2").check()
    assert follow_up.is_visible()
    field(page, "A.3.2-answer-3").check()
    field(page, "A.3.1-answer-1").check()
    assert not follow_up.is_visible()
    field(page, "A.3.1-answer-4").check()
    assert field(page, "A.3.2-answer-3").is_checked()
    page.unroute(SAVES)
    expect_all_saved(page)
    assert (stored(assessment, "A.3.1").level, stored(assessment, "A.3.2").level) == (4, 3)
    assert page.locator("[data-theme] [data-done]").is_visible()


def test_a_reason_is_waited_for_and_a_fault_is_said_at_its_field(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment, "powers"))
    assert not field(page, "A.12-reason").is_visible()
    field(page, "A.12-answer-unknown").check()
    assert state(page, "A.12").inner_text() == "Not saved – reason missing"
    assert page.locator('label[for="A.12-reason"]').inner_text() == "Why it cannot be answered"
    field(page, "A.9-narrative").focus()
    page.wait_for_selector('[id="A.12-reason-error"]:visible')
    assert field(page, "A.12-reason-error").inner_text() == "Say why A.12 cannot be answered now"
    assert field(page, "A.12-reason").get_attribute("aria-invalid") == "true"
    field(page, "A.12-reason").fill("The laboratory has not replied.")
    expect_saved(page, "A.12")
    assert not field(page, "A.12-reason-error").is_visible()
    assert stored(assessment, "A.12") == Answer(status="unknown", reason="The laboratory has not replied.")
    page.locator('button[value="A.12-answer"]').click()
    expect(page.locator('[data-link="A.12"] [data-label]')).to_have_text("missing")
    assert stored(assessment, "A.12").is_blank


def test_too_long_a_text_is_refused_at_its_field_and_stays_there(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    field(page, "A.1-narrative").fill("x" * 10_001)
    page.wait_for_selector('[id="A.1-narrative-error"]:visible')
    assert "10,001 characters" in field(page, "A.1-narrative-error").inner_text()
    assert "A.1: not saved, needs you" in bar(page).inner_text()
    page.reload()
    page.wait_for_selector('[id="A.1-narrative-error"]:visible')
    assert len(field(page, "A.1-narrative").input_value()) == 10_001


def test_evidence_is_added_changed_and_removed(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    add = page.locator('[id="A.1"] .evidence-new > summary')
    add.click()
    expect(page.locator('[id="A.1"] .evidence-fields input').first).to_be_focused()
    page.keyboard.type("MOU of 2021")
    page.keyboard.press("Tab")
    page.keyboard.type("MOU/7")
    add.click()
    page.keyboard.type("Minutes")
    expect_saved(page, "A.1")
    expect_all_saved(page)
    assert stored(assessment, "A.1").evidence == (Evidence("MOU of 2021", "MOU/7"), Evidence("Minutes"))
    page.reload()
    page.locator('[id="A.1"] .evidence button').first.click()
    expect_saved(page, "A.1")
    assert stored(assessment, "A.1").evidence == (Evidence("Minutes"),)


@pytest.mark.parametrize("key", ["", "Enter", "Space"])
def test_the_first_letter_typed_after_adding_evidence_is_not_lost(open_as, people, assessment, key):
    """The field has the focus before the press is over, whatever draws the next frame: by mouse and by keyboard."""
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.evaluate("window.requestAnimationFrame = () => 0")
    add = page.locator('[id="A.1"] .evidence-new > summary')
    if key:
        add.focus()
        page.keyboard.press(key)
    else:
        add.click()
    page.keyboard.type("Minutes")
    expect_saved(page, "A.1")
    assert stored(assessment, "A.1").evidence == (Evidence("Minutes"),)
    expect(field(page, "A.1-evidence-0-title")).to_be_focused()
    add.click()
    expect(page.locator('[id="A.1"] ul.evidence li')).to_have_count(1)
    page.keyboard.type("MOU")
    expect_all_saved(page)
    assert stored(assessment, "A.1").evidence == (Evidence("Minutes"), Evidence("MOU"))


def test_last_periods_text_is_taken_over_by_one_button(open_as, people):
    factories.make_accepted(people.coordinator, people.reviewer, period="2025")
    following = factories.start_assessment(people.coordinator, period="2026")
    page = open_as(people.respondent)
    page.goto(theme_url(following))
    page.get_by_role("button", name="Use the 2025 text for A.1", exact=True).click()
    expect_saved(page, "A.1")
    assert stored(following, "A.1").narrative == factories.example_answers()["A.1"].narrative


def test_continue_waits_until_everything_is_saved(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    field(page, "A.1-narrative").press_sequentially("In haste.")
    page.get_by_role("button", name="Continue to Information, intelligence and liaison").click()
    page.wait_for_url(f"**{theme_url(assessment, 'information')}")
    assert stored(assessment, "A.1").narrative == "In haste."


UNDER_THE_BAR = """() => {
  const held = document.activeElement, bar = document.querySelector(".save-bar");
  return !bar.contains(held) && held.getBoundingClientRect().bottom > bar.getBoundingClientRect().top
    && Boolean(held.closest(".question"));
}"""


def test_by_keyboard_alone(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    field(page, "A.1-answer-1").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect_saved(page, "A.1")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "A.1-answer"
    page.keyboard.press("Tab")
    page.keyboard.type("By keyboard.")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect_all_saved(page)
    assert stored(assessment, "A.1") == Answer(level=3, narrative="By keyboard.", basis="written")
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 480})
    page.goto(theme_url(assessment, "investigations"))
    for _step in range(80):
        page.keyboard.press("Tab")
        assert not page.evaluate(UNDER_THE_BAR), "the focus is hidden by the save bar"


def test_without_a_script_the_same_page_saves_and_shows_both_texts(open_as, people, assessment):
    page = open_as(people.respondent, java_script_enabled=False)
    page.goto(theme_url(assessment, "risk"))
    assert page.locator('[id="A.3.2"]').is_visible()
    assert "Asked when A.3.1 is 2 or higher." in page.locator('[id="A.3.2"]').inner_text()
    field(page, "A.3.1-answer-3").check()
    field(page, "A.3.1-narrative").fill("Without a script.")
    field(page, "A.3.2-answer-2").check()
    page.locator(".save-bar").get_by_role("button", name="Save", exact=True).click()
    assert "Saved" in state(page, "A.3.1").inner_text()
    assert stored(assessment, "A.3.2").level == 2
    factories.save_answer(assessment, people.police_respondent, "A.3.1", level=5, narrative="From elsewhere.")
    field(page, "A.3.1-narrative").fill("Without a script, changed.")
    page.locator(".save-bar").get_by_role("button", name="Save", exact=True).click()
    assert page.locator(".conflict").is_visible()
    page.locator('input[name="A.3.1-keep"][value="mine"]').check()
    page.get_by_role("button", name="Keep the chosen text").click()
    assert stored(assessment, "A.3.1").narrative == "Without a script, changed."


def test_enter_in_a_one_line_field_saves_and_clears_nothing_without_a_script(open_as, people, assessment):
    factories.save_answer(assessment, people.respondent, "A.1", level=2)
    page = open_as(people.respondent, java_script_enabled=False)
    page.goto(theme_url(assessment))
    page.locator('[id="A.1"] .evidence-new > summary').click()
    field(page, "A.1-evidence-0-title").fill("Minutes")
    field(page, "A.1-evidence-0-title").press("Enter")
    expect(page.locator('[id="A.1"] ul.evidence li')).to_have_count(1)
    page.wait_for_load_state()
    assert stored(assessment, "A.1") == Answer(level=2, evidence=(Evidence("Minutes"),))


@pytest.mark.parametrize("size", [None, PHONE])
@pytest.mark.parametrize(
    "theme", ["framework", "information", "risk", "operations", "investigations", "powers", "people"]
)
@pytest.mark.looks
def test_nothing_stands_in_the_way_of_anyone(open_as, people, theme, size):
    factories.make_accepted(people.coordinator, people.reviewer, period="2025")
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    page = open_as(people.respondent, **({"viewport": size} if size else {}))
    page.goto(theme_url(assessment, theme))
    assert find_faults_here(page) == []
