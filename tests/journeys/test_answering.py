"""Answering in a real browser: answers save themselves, and nothing that was typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from cpch.accounts.models import User
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, ResponseRevision
from diagnostic.queries import load_rows, to_response
from tests import factories

from .axe import find_faults_here

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}
SAVES = "**/questions/**"
PATIENCE = 15_000


@pytest.fixture(autouse=True)
def no_fragments() -> None:
    caches["fragments"].clear()


@pytest.fixture
def people(transactional_db: None) -> factories.People:
    return factories.make_people()


@pytest.fixture
def assessment(people: factories.People) -> Assessment:
    return factories.start_assessment(people.coordinator, period="2026")


@pytest.fixture
def open_as(new_page: Callable) -> Callable:
    """A browser of its own, signed in as one person."""

    def open_page(user: User, **options: Any) -> Any:
        page = new_page(**options)
        page.context.add_cookies([session_cookie(user, page)])
        page.set_default_timeout(PATIENCE)
        return page

    return open_page


def session_cookie(user: User, page: Any) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "domain": "localhost", "path": "/"}


def theme_url(assessment: Assessment, theme: str = "framework") -> str:
    return reverse("theme", kwargs={"pk": assessment.pk, "voice": "national", "theme": theme})


def field(page: Any, name: str) -> Any:
    return page.locator(f'[id="{name}"]')


def state(page: Any, code: str) -> Any:
    """What the page says about the saving of one answer."""
    return page.locator(f'[id="{code}"] [data-save]')


def bar(page: Any) -> Any:
    return page.locator("[data-save-bar]")


def expect_saved(page: Any, code: str) -> None:
    expect(state(page, code)).to_have_text(re.compile(r"^Saved \d\d:\d\d$"), timeout=PATIENCE)


def expect_all_saved(page: Any) -> None:
    expect(page.locator("[data-bar-state]")).to_have_text(re.compile("^All answers saved"), timeout=PATIENCE)


def expect_retrying(page: Any) -> None:
    expect(page.locator("[data-bar-hint]")).to_contain_text("Next try in", timeout=PATIENCE)


def stored(assessment: Assessment, code: str) -> Answer:
    return to_response(load_rows(assessment, "national")[code])


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


def test_what_is_typed_without_a_line_is_kept_and_sent_when_it_is_back(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.context.set_offline(True)
    field(page, "A.1-answer-2").check()
    field(page, "A.1-narrative").fill("Typed in a tunnel.")
    expect_retrying(page)
    assert state(page, "A.1").inner_text() == "Not saved – retrying"
    assert "A.1 is not saved – retrying" in bar(page).inner_text()
    assert "What you typed is kept on this device." in bar(page).inner_text()
    page.context.set_offline(False)
    expect_saved(page, "A.1")
    assert stored(assessment, "A.1") == Answer(level=2, narrative="Typed in a tunnel.")


def test_a_closed_browser_window_loses_nothing(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.route(SAVES, lambda route: route.abort())
    field(page, "A.1-narrative").fill("Typed before the lid closed.")
    expect_retrying(page)
    page.close(run_before_unload=False)
    after = page.context.new_page()
    after.goto(theme_url(assessment))
    expect_saved(after, "A.1")
    assert field(after, "A.1-narrative").input_value() == "Typed before the lid closed."
    assert stored(assessment, "A.1").narrative == "Typed before the lid closed."
    assert drafts(after) == []


def drafts(page: Any) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('cpch-draft'))")


def test_a_draft_of_another_theme_is_sent_from_whichever_page_comes_next(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.route(SAVES, lambda route: route.abort())
    field(page, "A.1-narrative").fill("Left behind.")
    expect_retrying(page)
    page.close(run_before_unload=False)
    after = page.context.new_page()
    after.goto(theme_url(assessment, "people"))
    after.wait_for_function("() => !Object.keys(localStorage).some(key => key.startsWith('cpch-draft'))")
    assert stored(assessment, "A.1").narrative == "Left behind."


def test_another_persons_draft_is_neither_shown_nor_sent(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.route(SAVES, lambda route: route.abort())
    field(page, "A.1-narrative").fill("Mine alone.")
    expect_retrying(page)
    page.close(run_before_unload=False)
    context = page.context
    context.add_cookies([session_cookie(people.coordinator, page)])
    other = context.new_page()
    other.goto(theme_url(assessment))
    other.wait_for_timeout(1500)
    assert field(other, "A.1-narrative").input_value() == ""
    assert stored(assessment, "A.1").is_blank
    assert len(drafts(other)) == 1


def test_a_failing_server_is_tried_again_with_the_very_same_text(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    replies = iter([503, 500])

    def fail_twice(route: Any) -> None:
        status = next(replies, None)
        route.fulfill(status=status, body="sorry") if status else route.continue_()

    page.route(SAVES, fail_twice)
    field(page, "A.1-answer-4").check()
    expect(state(page, "A.1")).to_have_text("Not saved – retrying")
    expect_saved(page, "A.1")
    assert stored(assessment, "A.1").level == 4


def test_a_save_whose_confirmation_was_lost_is_no_conflict_with_oneself(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    lost = iter([True])

    def lose_the_reply(route: Any) -> None:
        if next(lost, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(SAVES, lose_the_reply)
    field(page, "A.1-narrative").fill("One.")
    expect_retrying(page)
    field(page, "A.1-narrative").fill("One. Two.")
    expect_saved(page, "A.1")
    expect_all_saved(page)
    assert stored(assessment, "A.1").narrative == "One. Two."
    assert page.locator(".conflict").count() == 0


def test_after_signing_in_again_in_another_tab_the_page_saves_by_itself(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    Session.objects.all().delete()
    field(page, "A.1-narrative").fill("The session ended.")
    page.wait_for_selector("[data-sign-in]:visible")
    assert "You have been signed out." in bar(page).inner_text()
    with page.context.expect_page() as opened:
        page.locator("[data-sign-in]").click()
    tab = opened.value
    tab.fill("[name=login]", people.respondent.email)
    tab.fill("[name=password]", factories.PASSWORD)
    tab.locator("[name=password]").press("Enter")
    tab.wait_for_url(f"**{theme_url(assessment)}")
    page.bring_to_front()
    expect_all_saved(page)
    assert stored(assessment, "A.1").narrative == "The session ended."
    assert not page.locator("[data-sign-in]").is_visible()


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_two_people_get_both_texts_and_the_second_chooses(open_as, people, assessment, choice):
    first, second = open_as(people.respondent), open_as(people.police_respondent)
    for page in (first, second):
        page.goto(theme_url(assessment))
    field(first, "A.1-narrative").fill("Meetings are held monthly.")
    expect_saved(first, "A.1")
    field(second, "A.1-narrative").fill("Meetings are held yearly.")
    second.wait_for_selector(".conflict")
    assert state(second, "A.1").inner_text() == "Two texts – choose one"
    assert second.locator(".conflict mark").all_inner_texts() == ["yearly.", "monthly."]
    assert second.locator('[data-link="A.1"] [data-label]').inner_text() == "two texts"
    second.locator(f'input[name="A.1-keep"][value="{choice}"]').check()
    second.get_by_role("button", name="Keep the chosen text").click()
    second.wait_for_selector(".conflict", state="detached")
    kept = "Meetings are held yearly." if choice == "mine" else "Meetings are held monthly."
    assert field(second, "A.1-narrative").input_value() == kept
    assert stored(assessment, "A.1").narrative == kept
    assert ResponseRevision.objects.filter(was_kept=False).count() == (choice == "theirs")
    assert drafts(second) == []


def test_what_is_typed_on_while_a_conflict_is_found_is_part_of_it(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    held: list[Any] = []
    page.route(SAVES, lambda route: route.continue_() if held else held.append(route))
    field(page, "A.1-answer-4").check()
    field(page, "A.1-narrative").press_sequentially("Mine, in haste.")
    held[0].continue_()
    page.wait_for_selector(".conflict")
    assert "Mine, in haste." in page.locator(".conflict").inner_text()
    assert page.locator(".conflict .level").all_inner_texts() == ["4\nCoordination", "2\nCommunication"]


def test_both_texts_can_be_edited_into_one(open_as, people, assessment):
    factories.save_answer(assessment, people.police_respondent, "A.17", level=1)
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    field(page, "A.1-narrative").fill("Mine.")
    page.wait_for_selector(".conflict")
    page.get_by_role("button", name="Edit both into one").click()
    page.wait_for_selector(".conflict", state="detached")
    assert field(page, "A.1-narrative").input_value() == "Theirs.\n\nMine."
    field(page, "A.1-narrative").fill("Theirs and mine.")
    expect_saved(page, "A.1")
    assert stored(assessment, "A.1").narrative == "Theirs and mine."


def test_a_conflict_survives_a_reload(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    field(page, "A.1-narrative").fill("Mine.")
    page.wait_for_selector(".conflict")
    page.reload()
    page.wait_for_selector(".conflict")
    assert "Mine." in page.locator(".conflict").inner_text()
    assert "Theirs." in page.locator(".conflict").inner_text()


def test_two_tabs_of_one_person_follow_each_other(open_as, people, assessment):
    one = open_as(people.respondent)
    one.goto(theme_url(assessment))
    two = one.context.new_page()
    two.goto(theme_url(assessment))
    field(one, "A.1-narrative").fill("From the first tab.")
    expect_saved(one, "A.1")
    expect(field(two, "A.1-narrative")).to_have_value("From the first tab.")
    field(two, "A.1-answer-2").check()
    expect_saved(two, "A.1")
    assert stored(assessment, "A.1") == Answer(level=2, narrative="From the first tab.")


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
def test_nothing_stands_in_the_way_of_anyone(open_as, people, theme, size):
    factories.make_accepted(people.coordinator, people.reviewer, period="2025")
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    page = open_as(people.respondent, **({"viewport": size} if size else {}))
    page.goto(theme_url(assessment, theme))
    assert find_faults_here(page) == []


def test_nothing_stands_in_the_way_of_a_choice_between_two_texts(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    field(page, "A.1-narrative").fill("Mine.")
    field(page, "A.17-answer-unknown").check()
    page.wait_for_selector(".conflict")
    assert find_faults_here(page) == []
