"""The pages on which secretariat and country write to each other, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from diagnostic.actions import assignments, comments, opinions
from diagnostic.models import Comment, ReadMark
from tests import factories
from tests.journeys.axe import find_faults_here
from tests.sessions import give_session
from tests.views.discussing import fresh, make_taken, return_for, take_up, url

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Were the meetings of 2025 postponed or cancelled, and is a date set for 2026? " + "x" * 90


def discuss(people: factories.People) -> Any:
    """A second submission in review, with a thread over both, an opinion with its reply and an assignment."""
    first = make_taken(people, period="2026")
    comments.note(submission=first, question="A.1", text="As in the mission report of 2024.", by=people.reviewer)
    comments.share(submission=first, question="A.1", text=LONG, by=people.reviewer)
    comments.answer(submission=first, question="A.1", text="Postponed.", by=people.respondent)
    returned = return_for(first, people.reviewer, "A.1")
    told = "An MOU signed in 2021 provides for two meetings a year. Both meetings were held."
    factories.save_answer(returned.assessment, people.coordinator, "A.1", level=3, basis="both", narrative=told)
    second = take_up(factories.submit(returned.assessment, people.coordinator), people.reviewer)
    opinions.give(submission=second, question="A.1", level=2, reason=LONG, by=people.reviewer)
    opinions.reply(submission=second, question="A.1", text=LONG, by=people.coordinator)
    opinions.give(submission=second, question="A.2.1", level=2, reason="On paper only.", by=people.reviewer)
    comments.share(submission=second, question="A.2.1", text="Since when?", by=people.reviewer)
    due_on = timezone.now().date() + timedelta(days=4)
    assignments.assign(assessment=second.assessment, reviewer=people.reviewer, due_on=due_on, by=people.administrator)
    return fresh(second)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.looks
def test_the_pages_are_usable_by_everyone(new_page, people, width):
    """No finding of axe, no sideways scrolling."""
    submission = discuss(people)
    paths = {
        people.administrator: [
            url("review-question", submission, "A.1"),
            url("review-detail", submission),
            url("review-assign", submission),
            url("submission-changes", submission),
            "/review/",
            "/inbox/",
        ],
        people.coordinator: [
            url("submission-review", submission),
            url("submission-review-question", submission, "A.1"),
            url("submission-review-question", submission, "A.2.1"),
            "/inbox/",
        ],
    }
    found = []
    for person, theirs in paths.items():
        page = new_page(viewport={"width": width, "height": 900})
        give_session(page, person)
        for path in theirs:
            page.goto(path)
            found += find_faults_here(page)
    assert found == []


def test_a_comment_that_was_sent_does_not_come_back_and_one_that_was_not_does(new_page, people):
    taken = make_taken(people)
    page = new_page()
    give_session(page, people.reviewer)
    page.goto(url("review-question", taken, "A.1"))
    page.get_by_label("New comment").fill("Which meetings?")
    page.get_by_label("Shared with the country").check()
    page.get_by_role("button", name="Add comment").click()
    page.get_by_text("The comment is shared with the country.").wait_for()
    assert page.get_by_label("New comment").input_value() == ""
    page.get_by_label("New comment").fill("And which year?")
    page.reload()
    assert page.get_by_label("New comment").input_value() == "And which year?"
    assert Comment.objects.count() == 1


def test_an_open_page_marks_itself_as_read(new_page, people):
    """After a moment, without a press and without leaving the page."""
    submission = discuss(people)
    page = new_page()
    give_session(page, people.reviewer)
    page.goto(url("review-question", submission, "A.1"))
    count = page.locator("[data-read-mark]")
    expect(count).to_contain_text("Read 0 of 27")
    expect(count).to_have_text("Read 1 of 27")
    mark = ReadMark.objects.get()
    assert (mark.person, mark.question, mark.submission) == (people.reviewer, "A.1", submission)
    page.goto("/inbox/")
    expect(page.locator("main")).not_to_contain_text("Replies to your opinions")
