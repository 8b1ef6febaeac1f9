"""The pages of two agencies before and after their comparison opens, in a browser: in order, and the script's part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.factories import example_answers, fill, make_people, save_answer, start_assessment

from .steps_browsing import visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.looks
def test_the_pages_of_two_agencies_are_in_order(new_page: Callable) -> None:
    people = make_people()
    assessment = start_assessment(people.coordinator, mode="separate")
    fill(assessment, people.respondent, example_answers("two-voices", "customs"), voice="customs")
    save_answer(assessment, people.police_respondent, "A.5.1", voice="police", level=2, authority={"police": "none"})
    observer, coordinator = visit(new_page, people.observer), visit(new_page, people.coordinator)

    observer.sign_in()
    look_at(observer, reverse("assessment-detail", args=[assessment.pk]))
    coordinator.sign_in()
    for name in ("assessment-detail", "assessment-check", "result"):
        look_at(coordinator, reverse(name, args=[assessment.pk]))

    factories.open_comparison(assessment)
    look_at(coordinator, reverse("assessment-detail", args=[assessment.pk]))
    look_at(observer, reverse("theme", args=[assessment.pk, "police", "powers"]))
    look_at(coordinator, reverse("theme", args=[assessment.pk, "national", "powers"]))
    follow_an_authority(coordinator.page)


def look_at(visitor: Any, path: str) -> None:
    visitor.page.goto(path)
    visitor.look(visitor.page.title() + visitor.page.locator("h1").inner_text())
    assert visitor.faults == []


def follow_an_authority(page: Any) -> None:
    """What the police said of itself holds until the national answer says something else of the police."""
    follow_up = page.locator('[id="A.5.2"]')
    expect(follow_up).to_have_attribute("data-asked", "yes")
    page.check('input[name="A.5.1-authority_customs"][value="own"]')
    expect(follow_up).to_have_attribute("data-asked", "yes")
    page.check('input[name="A.5.1-authority_police"][value="own"]')
    expect(follow_up).to_have_attribute("data-asked", "no")
