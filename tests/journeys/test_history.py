"""Last period's answer confirmed in a real browser, an answer's history, and a country over its periods."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cpch.accounts.models import User
from diagnostic.actions import confirmations
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import ResponseRevision
from tests import factories

from .axe import find_faults
from .steps_looking import take
from .theme_page import SAVES, stored, theme_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def assessment(people: factories.People) -> Any:
    """An assessment whose country handed one in before."""
    factories.make_submission(people.coordinator, period="2025")
    return factories.start_assessment(people.coordinator, period="2026")


def button(page: Any, code: str = "A.1") -> Any:
    return page.get_by_role("button", name=f"Still true for {code}: give the 2025 answer again", exact=True)


def is_confirmed(page: Any, code: str = "A.1") -> None:
    expect(page.locator(f'[id="{code}"] [data-confirmed]')).to_be_focused()
    expect(button(page, code)).to_have_count(0)


def test_one_button_confirms_the_last_answer_and_keeps_what_was_typed(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.locator('[id="A.1-narrative"]').fill("Half a thought.")
    button(page).click()
    is_confirmed(page)
    expect(page.locator('[id="A.1-answer-3"]')).to_be_checked()
    assert stored(assessment, "A.1") == factories.example_answers()["A.1"]
    first, last = ResponseRevision.objects.filter(response__question="A.1", response__assessment=assessment)
    assert first.content["narrative"] == "Half a thought."
    assert last.confirms is not None
    # What follows is saved by itself again, and is no confirmation any more.
    page.locator('[id="A.1-answer-4"]').check()
    expect(page.locator('[id="A.1"] [data-save]')).to_contain_text("Saved")
    page.wait_for_function("document.querySelector('[id=\"A.1-version\"], [name=\"A.1-version\"]').value === '3'")
    assert stored(assessment, "A.1").level == 4
    page.reload()
    expect(button(page)).to_be_visible()


def test_a_button_pressed_while_a_save_is_on_its_way_is_not_forgotten(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    held: list[Any] = []
    page.route(SAVES, lambda route: route.continue_() if held else held.append(route))
    with page.expect_request(SAVES):
        page.locator('[id="A.1-narrative"]').fill("Half a thought.")
    button(page).click()
    held[0].continue_()
    is_confirmed(page)
    assert stored(assessment, "A.1") == factories.example_answers()["A.1"]


def test_a_confirmation_that_finds_no_line_is_sent_when_it_is_back(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.route(SAVES, lambda route: route.abort())
    button(page).click()
    expect(page.locator("[data-bar-hint]")).to_contain_text("Next try in")
    page.unroute(SAVES)
    is_confirmed(page)
    assert stored(assessment, "A.1") == factories.example_answers()["A.1"]


def test_what_is_typed_after_a_confirmation_that_was_refused_stays_the_writers(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    narrative = page.locator('[id="A.1-narrative"]')
    narrative.fill("x" * 10_001)
    button(page).click()
    expect(page.locator('[id="A.1"] [data-save]')).to_contain_text("Not saved")
    narrative.fill("Mine.")
    expect(page.locator('[id="A.1"] [data-save]')).to_contain_text("Saved")
    assert stored(assessment, "A.1") == Answer(narrative="Mine.")


def hand_in(by: User, period: str, levels: dict[str, int]) -> None:
    """The example's answers with other levels."""
    answers = factories.example_answers()
    answers |= {code: Answer(level=level, basis="both") for code, level in levels.items()}
    assessment = factories.fill(factories.start_assessment(by, period=period), by, answers)
    factories.submit(assessment, by=by)


@pytest.mark.looks
def test_the_pages_hold_at_both_widths(open_as, people):
    empty = factories.start_assessment(people.coordinator, period="2021")
    factories.submit(factories.complete(empty, people.coordinator), by=people.coordinator)
    hand_in(people.coordinator, "2022", dict.fromkeys(("A.1", "A.6", "A.8", "A.12", "A.18"), 1))
    hand_in(people.coordinator, "2023", dict.fromkeys(("A.2.1", "A.2.2", "A.6", "A.12", "A.16.1"), 4))
    hand_in(people.coordinator, "2024", {})
    hand_in(people.coordinator, "2025", {"A.6": 3})
    assessment = factories.start_assessment(people.coordinator, period="2026")
    act = {"assessment_id": assessment.pk, "voice": "national", "question": "A.1"}
    factories.save_answer(
        assessment, people.respondent, "A.1", level=2, narrative="We met twice.", evidence=(Evidence("MOU", "7"),)
    )
    factories.save_answer(assessment, people.police_respondent, "A.1", level=3, narrative="We met often.")
    confirmations.confirm(**act, base_version=2, by=people.respondent)
    page = open_as(people.respondent)
    faults = []
    for name, url in (
        ("theme", theme_url(assessment)),
        ("answer", reverse("response-history", kwargs={"pk": assessment.pk, "voice": "national", "code": "A.1"})),
        ("restore", reverse("response-restore", args=[assessment.pk, "national", "A.1", 1])),
        ("over-time", reverse("over-time", kwargs={"pk": assessment.pk})),
    ):
        page.goto(url)
        for folded in page.locator(".revisions details").all():
            folded.locator("summary").click()
        faults += find_faults(page)
        take(page, name)
    assert faults == []
