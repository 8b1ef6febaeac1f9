"""The log in a real browser: the headings of sealed entries are exposed as headings, at any width."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from diagnostic.actions import audit
from tests import factories

from .axe import find_faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_sealed_entries_stand_under_a_heading_of_their_own(open_as: Any, people: factories.People, width: int) -> None:
    assessment = factories.start_assessment(people.coordinator, mode="separate", period="2026")
    audit.record(
        act="comparison.declare", by=people.coordinator, assessment=assessment, sealed_for="customs", agency="customs"
    )
    page = open_as(people.coordinator)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("assessment-log", args=[assessment.pk]))
    heading = page.get_by_role("rowheader", name="Customs only, until the comparison opens")
    expect(heading).to_be_visible()
    if "SHOTS" in os.environ:
        page.screenshot(path=f"{os.environ['SHOTS']}/log-{width}.png", full_page=True)
    assert find_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
