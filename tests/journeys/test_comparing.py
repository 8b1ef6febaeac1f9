"""Two coordinators meet over their differences in the browser: agreeing, discussing, the screen on the wall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from diagnostic.models import Assessment, Response
from tests import factories

from .axe import find_faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(people: factories.People) -> Assessment:
    assessment = factories.start_assessment(people.coordinator, mode="separate", period="2026")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        factories.fill(assessment, by, factories.example_answers("two-voices", voice), voice=voice)
    return factories.open_comparison(assessment)


def url(assessment: Assessment, name: str = "compare") -> str:
    return reverse(name, kwargs={"pk": assessment.pk})


def press(page: Any, control: Any) -> None:
    with page.expect_navigation():
        control.click()


def test_a_difference_is_agreed_and_discussed(open_as: Callable, people: factories.People, opened: Assessment) -> None:
    page = open_as(people.coordinator)
    page.goto(url(opened))
    assert find_faults(page) == []
    pair = page.locator('details[id="A.3.1"]')
    pair.get_by_role("radio", name="3 Cooperation").check()
    pair.get_by_label("Why", exact=True).fill("Both looked at the cases of the port.")
    page.reload()
    expect(pair.get_by_label("Why", exact=True)).to_have_value("Both looked at the cases of the port.")
    pair.get_by_role("radio", name="3 Cooperation").check()
    press(page, pair.get_by_role("button", name="Record and go to the next"))
    expect(page.get_by_role("status").first).to_contain_text("A.3.1 is recorded as agreed.")
    row = Response.objects.get(assessment=opened, voice="national", question="A.3.1")
    assert (row.level, row.agreement) == (3, "Both looked at the cases of the port.")
    following = page.locator("details.pair[open]")
    assert following.get_attribute("id") == "A.2.2"
    following.get_by_label("Say something about this question").fill("Which year?")
    press(page, following.get_by_role("button", name="Send"))
    expect(following.locator(".comment")).to_contain_text("Which year?")
    expect(following.get_by_label("Say something about this question")).to_have_value("")
    press(page, page.get_by_role("button", name="Take over all").first)
    expect(page.get_by_role("status").first).to_contain_text("equal answers are taken over")


def test_the_meeting_goes_on_by_key(open_as: Callable, people: factories.People, opened: Assessment) -> None:
    page = open_as(people.police_respondent)
    page.goto(url(opened, "compare-meeting"))
    assert find_faults(page) == []
    for key, code in (("ArrowRight", "A.2.2"), ("PageDown", "A.3.2"), ("ArrowLeft", "A.2.2"), ("PageUp", "A.3.1")):
        page.keyboard.press(key)
        expect(page.locator(".eyebrow")).to_contain_text(f"{code}:")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".eyebrow")).to_contain_text("A.3.1:")


def test_the_comparison_works_without_javascript(
    open_as: Callable, people: factories.People, opened: Assessment
) -> None:
    page = open_as(people.police_coordinator, java_script_enabled=False)
    page.goto(url(opened))
    pair = page.locator('details[id="A.3.1"]')
    pair.get_by_role("radio", name="The agencies do not agree").check()
    press(page, pair.get_by_role("button", name="Record"))
    expect(page.get_by_role("alert")).to_contain_text("say why A.3.1 cannot be answered now")
    expect(pair.get_by_role("radio", name="The agencies do not agree")).to_be_checked()
    pair.get_by_label("Why", exact=True).fill("The agencies do not yet agree.")
    press(page, pair.get_by_role("button", name="Record"))
    assert Response.objects.get(assessment=opened, voice="national", question="A.3.1").status == "unknown"
    press(page, page.get_by_role("link", name="Show on a projector"))
    press(page, page.get_by_role("link", name="Next: A.2.2"))
    expect(page.locator(".eyebrow")).to_contain_text("A.2.2: question 2")
