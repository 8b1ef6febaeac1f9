"""National answers save automatically as proposals, in the comparison and at a meeting, and are kept like others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from diagnostic.models import Assessment, Response
from tests import factories

from .test_comparing import opened  # noqa: F401  the comparison of two agencies
from .theme_page import SAVES, drafts, field

pytestmark = pytest.mark.django_db(transaction=True)

RESTED = 1_600
WHY = "Both looked at the cases of the port."


@pytest.fixture(params=["compare", "compare-meeting"])
def page_url(request: Any, opened: Assessment) -> str:  # noqa: F811
    key = "open" if request.param == "compare" else "question"
    return f"{reverse(request.param, kwargs={'pk': opened.pk})}?{key}=A.3.1"


def row(assessment: Assessment) -> Response:
    return Response.objects.get(assessment=assessment, voice="national", question="A.3.1")


def saved_state(page: Any) -> Any:
    return page.locator('[data-question="A.3.1"] [data-save]')


def give(page: Any) -> None:
    field(page, "A.3.1-narrative").fill("Meetings every quarter.")
    page.get_by_role("radio", name="3 Cooperation").check()
    field(page, "A.3.1-agreement").fill(WHY)


def test_it_saves_itself_as_a_proposal_and_is_recorded_by_its_button(
    open_as: Callable,
    people: factories.People,
    opened: Assessment,  # noqa: F811
    page_url: str,
) -> None:
    page = open_as(people.coordinator)
    page.clock.install()
    page.goto(page_url)
    give(page)
    page.clock.fast_forward(RESTED)
    expect(saved_state(page)).to_contain_text("Saved")
    expect(page.locator('[data-tag="A.3.1"]')).to_have_text("In progress")
    held = row(opened)
    assert (held.level, held.narrative, held.agreement, held.is_agreed) == (3, "Meetings every quarter.", WHY, False)
    assert drafts(page) == []
    field(page, "A.3.1-agreement").fill(WHY + " Twice.")
    with page.expect_navigation():
        page.get_by_role("button", name="Record").first.click()
    held = row(opened)
    assert (held.agreement, held.is_agreed) == (WHY + " Twice.", True)


def test_it_is_back_after_the_tab_was_closed_without_a_server(
    open_as: Callable,
    people: factories.People,
    opened: Assessment,  # noqa: F811
    page_url: str,
) -> None:
    page = open_as(people.coordinator)
    page.context.route(SAVES, lambda route: route.abort())
    page.goto(page_url)
    give(page)
    expect(saved_state(page)).to_have_text("Not saved – retrying")
    page.close(run_before_unload=False)
    after = page.context.new_page()
    after.goto(page_url)
    expect(field(after, "A.3.1-narrative")).to_have_value("Meetings every quarter.")
    expect(field(after, "A.3.1-agreement")).to_have_value(WHY)
    expect(after.get_by_role("radio", name="3 Cooperation")).to_be_checked()
    expect(saved_state(after)).to_have_text("Not saved – retrying")
    after.context.unroute(SAVES)
    after.goto("/help/")
    after.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('cpch-kept.'))")
    held = row(opened)
    assert (held.level, held.agreement, held.is_agreed) == (3, WHY, False)


def test_a_draft_of_the_comparison_is_sent_from_the_page_of_its_theme_too(
    open_as: Callable,
    people: factories.People,
    opened: Assessment,  # noqa: F811
    page_url: str,
) -> None:
    page = open_as(people.coordinator)
    page.context.route(SAVES, lambda route: route.abort())
    page.goto(page_url)
    give(page)
    expect(saved_state(page)).to_have_text("Not saved – retrying")
    page.close(run_before_unload=False)
    after = page.context.new_page()
    after.context.unroute(SAVES)
    after.goto(reverse("theme", kwargs={"pk": opened.pk, "voice": "national", "theme": "risk"}))
    after.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('cpch-kept.'))")
    assert row(opened).agreement == WHY


def test_recording_waits_until_what_was_typed_is_saved(
    open_as: Callable,
    people: factories.People,
    opened: Assessment,  # noqa: F811
    page_url: str,
) -> None:
    page = open_as(people.coordinator)
    page.goto(page_url)
    page.context.route(SAVES, lambda route: route.abort())
    give(page)
    page.get_by_role("button", name="Record").first.click()
    expect(saved_state(page)).to_have_text("Not saved – retrying")
    assert row(opened).version == 0
    page.context.unroute(SAVES)
    with page.expect_navigation():
        page.evaluate("window.dispatchEvent(new Event('online'))")
    assert row(opened).is_agreed


def test_two_coordinators_get_both_texts(
    open_as: Callable,
    people: factories.People,
    opened: Assessment,  # noqa: F811
    page_url: str,
) -> None:
    first, second = open_as(people.coordinator), open_as(people.police_coordinator)
    for page in (first, second):
        page.goto(page_url)
    give(first)
    expect(saved_state(first)).to_contain_text("Saved")
    field(second, "A.3.1-narrative").fill("Meetings every year.")
    second.wait_for_selector(".conflict")
    assert "Meetings every quarter." in second.locator(".conflict").first.inner_text()
    second.get_by_role("button", name="Keep the chosen text").click()
    expect(field(second, "A.3.1-narrative")).to_have_value("Meetings every year.")
    assert row(opened).narrative == "Meetings every year."
