"""Two people, or two tabs, over one answer in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from diagnostic.core.responses import Response as Answer
from diagnostic.models import ResponseRevision
from tests import factories

from .axe import find_faults_here
from .theme_page import (
    SAVES,
    drafts,
    expect_saved,
    field,
    state,
    stored,
    theme_url,
)

pytestmark = pytest.mark.django_db(transaction=True)


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
    with page.expect_request(SAVES):
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


@pytest.mark.looks
def test_nothing_stands_in_the_way_of_a_choice_between_two_texts(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    field(page, "A.1-narrative").fill("Mine.")
    field(page, "A.17-answer-unknown").check()
    page.wait_for_selector(".conflict")
    assert find_faults_here(page) == []
