"""The what-if in a real browser: with JavaScript the result follows at once, without it by a button."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from diagnostic.models import Response
from tests.factories import fill, make_people, start_assessment

from .steps_browsing import Visitor, visit

pytestmark = pytest.mark.django_db(transaction=True)

STEP = "N-information-3"
REACHED = re.compile(r"Communication\s*→\s*becomes\s*3\s*Cooperation")


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_a_coordinator_tries_recommendations_levels_and_the_shortest_way(new_page: Callable, has_script: bool) -> None:
    people = make_people()
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    before = list(Response.objects.order_by("pk").values_list("question", "level", "basis", "version"))
    visitor = visit(new_page, people.coordinator, java_script_enabled=has_script)
    visitor.sign_in()
    page, result = visitor.page, reverse("result", args=[assessment.pk])
    page.goto(result)
    if has_script:
        visitor.look("result")

    page.locator(f"[id='w-{STEP}']").check()
    show(visitor, has_script)
    expect(page.locator(".whatif-result")).to_contain_text("A.2.2 from 2 to 3; A.14.1 from 2 to 3")
    expect(page.locator(".whatif-themes .is-moved")).to_contain_text("Information, intelligence and liaison")
    page.get_by_label("A.1: basis").select_option("both")
    page.locator("[id='w-A.16.1']").select_option("3")
    show(visitor, has_script)
    expect(page.locator("#what-if-result")).to_contain_text(REACHED)
    if has_script:
        assert page.url.endswith(result), "what is tried on the result page does not lead away from it"
        visitor.go(page.get_by_role("link", name="This what-if as a page to keep or send"))
        visitor.look("what-if")
    kept = page.url
    assert f"recommendation={STEP}" in kept
    assert "A.16.1=3" in kept

    page.goto(kept)
    expect(page.locator("#what-if-result")).to_contain_text(REACHED)
    expect(page.locator(f"[id='w-{STEP}']")).to_be_checked()
    page.locator("[id='w-A.16.1']").select_option("")
    show(visitor, has_script)
    expect(page.locator("#what-if-result")).not_to_contain_text(REACHED)
    expect(page).not_to_have_url(re.compile("A.16.1"))

    page.goto(result)
    visitor.go(page.get_by_role("link", name="Take these steps in the what-if"))
    expect(page.locator("#what-if-result")).to_contain_text(REACHED)
    assert visitor.faults == []
    assert list(Response.objects.order_by("pk").values_list("question", "level", "basis", "version")) == before


def show(visitor: Visitor, has_script: bool) -> None:
    """Press the button where nothing else shows the result."""
    if not has_script:
        visitor.go(visitor.page.get_by_role("button", name="Show", exact=True))
