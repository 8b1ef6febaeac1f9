"""The pages of a review in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from diagnostic.actions.clock import now
from diagnostic.actions.read_marks import mark_read
from diagnostic.models import Clarification
from tests import factories
from tests.journeys.axe import find_faults_here
from tests.sessions import give_session
from tests.views.discussing import take_up
from tests.views.reviews.reviewing import PAGES, QUEUE, ask, resubmit, url

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_outlives_the_session(new_page, people, settings):
    """The session ends while the reviewer types; after signing in again the text is there, unsaved, and can be sent."""
    taken = take_up(factories.make_submission(people.coordinator), people.reviewer)
    page = new_page()
    give_session(page, people.reviewer)
    page.goto(url("question", taken, "A.1"))
    page.get_by_label("What the country is asked").fill("Which meetings?\nWhen?")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Mark A.1 for clarification").click()
    assert "/accounts/login/" in page.url
    assert not Clarification.objects.standing().exists()

    give_session(page, people.reviewer)
    page.goto(url("ask", taken, "A.1"))
    assert page.get_by_label("What the country is asked").input_value() == "Which meetings?\nWhen?"
    asking = page.locator("form").filter(has=page.get_by_label("What the country is asked"))
    asking.get_by_text("is back in its field. It has not been sent yet.").wait_for()
    page.get_by_role("button", name="Mark A.1 for clarification").click()
    page.get_by_text("A.1 is marked for clarification.").wait_for()
    assert Clarification.objects.standing().get().text == "Which meetings?\nWhen?"
    assert not asking.get_by_text("is back in its field.").is_visible()

    page.get_by_role("button", name="Remove from the list").click()
    page.get_by_text("A.1 is no longer marked for clarification.").wait_for()
    assert page.get_by_label("What the country is asked").input_value() == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.looks
def test_the_pages_are_usable_by_everyone(new_page, people, width):
    """No finding of axe, no sideways scrolling, on any page of a review."""
    taken = take_up(factories.make_submission(people.coordinator), people.reviewer)
    ask(taken, "A.1", "Which?", people.reviewer)
    again = resubmit(taken, people, level=2, narrative="Two.")
    page = new_page(viewport={"width": width, "height": 900})
    give_session(page, people.reviewer)
    paths = [QUEUE, *(url(name[0], taken, *name[1:]) for name in (("detail",), ("question", "A.1")))]
    paths += [url("detail", again), url("question", again, "A.1"), url("question", again, "A.16.2")]
    assert findings(page, paths) == []
    take_up(again, people.reviewer)
    mark_read(submission=again, question="A.1", up_to=now(), by=people.reviewer)
    paths = [url(name[0], again, *name[1:]) for name in (*PAGES, ("question", "A.5.2"), ("question", "A.10"))]
    assert findings(page, paths) == []
    # The tick at what is read is no higher than its line; the list is there in wide windows.
    heights = page.evaluate("[...document.querySelectorAll('.reading-list svg')].map((tick) => tick.clientHeight)")
    assert heights
    assert max(heights) <= 16


def findings(page: Any, paths: list[str]) -> list[str]:
    """What axe finds on each page, and where one is wider than its window."""
    found = []
    for path in paths:
        page.goto(path)
        found += find_faults_here(page)
    return found
