"""From a result to a plan to the next year's assessment, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from icalendar import Calendar
from playwright.sync_api import expect

from diagnostic.actions.clock import replay
from diagnostic.models import Action, Assessment
from tests import factories

from .steps_answering import fill_theme
from .steps_browsing import Visitor, visit

pytestmark = pytest.mark.django_db(transaction=True)

PLANNED = "S-A.3.1"
"""What the example's answers recommend for A.3.1, which they put at level 2."""
DUE = date.today() + timedelta(days=40)
PROOF = "Joint profiles in use since May, instruction 7."


@pytest.fixture(autouse=True)
def no_fragments() -> None:
    caches["fragments"].clear()


def test_a_result_becomes_a_plan_and_the_next_assessment_opens_with_it(
    new_page: Callable, transactional_db: None
) -> None:
    people = factories.make_people()
    with replay(datetime(2025, 3, 3, 9, 0, tzinfo=UTC)):
        first = factories.make_accepted(people.coordinator, people.reviewer, period="2025").assessment
    coordinator = visit(new_page, people.coordinator)
    respondent = visit(new_page, people.police_respondent)

    coordinator.sign_in()
    plan_from_the_result(coordinator, first)
    say_when_and_who(coordinator)
    add_one_of_our_own(coordinator)
    look_around(coordinator)

    respondent.sign_in()
    work_on_it(respondent)

    second = start_the_next(coordinator)
    answer_beside_the_plan(coordinator, second)
    see_what_moved(coordinator, second)

    assert coordinator.faults == []
    assert respondent.faults == []


def plan_from_the_result(coordinator: Visitor, first: Assessment) -> None:
    page = coordinator.page
    page.goto(f"/assessments/{first.pk}/result/")
    coordinator.look("result")
    row = page.locator(f'[id="{PLANNED}"]')
    coordinator.go(row.get_by_role("button", name="Plan this"))
    assert page.url.endswith(f"#{PLANNED}")
    expect(page.locator(".message")).to_contain_text("Action 1 is in the plan.")
    expect(row).to_contain_text("In the plan: action 1, planned")
    expect(row.get_by_role("button", name="Plan this")).to_have_count(0)
    coordinator.look("result, planned")
    take(page, "journey-result")
    coordinator.go(row.get_by_role("link", name="action 1"))
    coordinator.look("action")


def say_when_and_who(coordinator: Visitor) -> None:
    page = coordinator.page
    coordinator.go(page.get_by_role("link", name="Change title, agencies or day"))
    coordinator.look("change")
    page.get_by_label("Lead").select_option("police")
    page.get_by_label("Supported by (optional)").select_option("police")
    coordinator.go(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("alert")).to_contain_text("can only be the agency that does not lead")
    coordinator.look("change, faults")
    assert "422" in coordinator.faults.pop(), "the browser reports the refusal, and nothing else"
    page.get_by_label("Supported by (optional)").select_option("customs")
    page.get_by_label("Who is responsible (optional)").fill("Head of the targeting unit")
    page.get_by_label("Due on (optional)").fill(DUE.isoformat())
    coordinator.go(page.get_by_role("button", name="Save"))
    expect(page.locator(".message")).to_contain_text("The action is changed.")
    expect(page.locator(".facts")).to_contain_text("Head of the targeting unit")


def add_one_of_our_own(coordinator: Visitor) -> None:
    page = coordinator.page
    coordinator.go(page.get_by_role("link", name="Back to the plan"))
    coordinator.look("board")
    coordinator.go(page.get_by_role("link", name="Add an action"))
    coordinator.look("new")
    page.get_by_label("What is to be done").fill("Open a shared desk at the airport")
    page.get_by_label("What it concerns").select_option("theme:operations")
    coordinator.go(page.get_by_role("button", name="Add it to the plan"))
    expect(page.locator(".message")).to_contain_text("Action 2 is planned.")


def look_around(coordinator: Visitor) -> None:
    """Every view of the plan, and the calendar file."""
    page = coordinator.page
    coordinator.go(page.get_by_role("link", name="Back to the plan"))
    for name, kind in (("List", "list"), ("Calendar", "calendar"), ("Progress", "progress")):
        coordinator.follow(name, kind)
        take(page, f"journey-{kind}")
    page.goto(f"/plan/ZZ/calendar/?month={DUE:%Y-%m}")
    expect(page.locator("table.month")).to_contain_text("Implement joint-risk")
    with page.expect_download() as loading:
        page.get_by_role("link", name="Download all due days for your calendar (.ics)").click()
    (event,) = Calendar.from_ical(Path(loading.value.path()).read_bytes()).walk("VEVENT")
    assert event.decoded("dtstart") == DUE


def work_on_it(respondent: Visitor) -> None:
    """A respondent of the agency that leads finds the plan, comments on the action and brings it to its end."""
    page = respondent.page
    respondent.go(page.locator(".site-nav").get_by_role("link", name="Action plan"))
    respondent.look("board, respondent")
    respondent.go(page.get_by_role("button", name="Begin action 1"))
    expect(page.locator("section[aria-labelledby=column-under_way]")).to_contain_text("Implement joint-risk")
    respondent.go(page.get_by_role("link", name="1 Implement joint-risk"))
    page.get_by_label("New comment").fill("The first profile is written.")
    respondent.go(page.get_by_role("button", name="Add the comment"))
    expect(page.locator(".thread")).to_contain_text("The first profile is written.")
    page.get_by_label("Proof (optional)").fill(PROOF)
    respondent.go(page.get_by_role("button", name="Mark as done"))
    expect(page.locator(".message")).to_contain_text("Action 1 is marked: done.")
    expect(page.get_by_label("Proof (optional)")).to_have_value(PROOF)
    respondent.look("action, done")
    assert Action.objects.get(number=1).state_changed_by == respondent.user


def start_the_next(coordinator: Visitor) -> Assessment:
    page = coordinator.page
    page.goto("/assessments/start/")
    page.get_by_label("Period").fill("2026")
    page.get_by_role("radio", name="One joint session").check()
    coordinator.go(page.get_by_role("button", name="Start the assessment"))
    before = page.locator("section[aria-labelledby=plan-before]")
    expect(before).to_contain_text("1 action is open, 1 done.")
    expect(before).to_contain_text("Open a shared desk at the airport")
    coordinator.look("overview")
    take(page, "journey-overview")
    return Assessment.objects.get(period="2026")


def answer_beside_the_plan(coordinator: Visitor, second: Assessment) -> None:
    page = coordinator.page
    page.goto(f"/assessments/{second.pk}/national/risk/")
    beside = page.locator('[aria-labelledby="A.3.1-plan"]')
    expect(beside).to_contain_text("1 Implement joint-risk")
    expect(beside).to_contain_text("Done")
    coordinator.look("theme")
    take(page, "journey-theme")
    fill_theme(page, {"A.3.1": {"level": 4, "basis": "both"}})


def see_what_moved(coordinator: Visitor, second: Assessment) -> None:
    page = coordinator.page
    page.goto(f"/assessments/{second.pk}/result/")
    moved = page.locator("section[aria-labelledby=moved]")
    expect(moved.locator("tbody tr")).to_have_count(1)
    expect(moved).to_contain_text("Implement joint-risk")
    expect(moved.locator("td .level").first).to_contain_text("2")
    expect(moved.locator("td .level").last).to_contain_text("4")
    coordinator.look("result, moved")
    take(page, "journey-moved")


def take(page: Any, name: str) -> None:
    folder = os.environ.get("SHOTS")
    for width in (1280, 390) if folder else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
