"""The plan in the next assessment, its result and the inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import caches
from django.urls import reverse

from diagnostic.actions.clock import replay
from diagnostic.models import Action
from tests import factories
from tests.views.plans.planning import add, count, move, signed_in, theme, words

pytestmark = pytest.mark.django_db


def test_the_plan_stands_beside_the_questions_of_the_next_assessment(people, two_years):
    first, second = two_years
    client = signed_in(people.respondent)
    assert "In your plan" not in words(client.get(theme(second)))
    add(first, people.coordinator, "Sign the MOU", question="A.1", days=-2)
    add(first, people.coordinator, "A whole theme", theme="framework")
    add(first, people.coordinator, "Another theme", theme="people")
    add(second, people.coordinator, "Made on this one", question="A.1")
    page = client.get(theme(second))
    said = words(page)
    assert "In your plan for A.1 1 Sign the MOU Planned, due" in said
    assert "overdue" in said
    assert "In your plan for this theme 2 A whole theme" in said
    assert "Another theme" not in said
    assert "Made on this one" not in said
    assert "In your plan" not in words(client.get(theme(first)))
    # What is remembered of a page gives way to a change of the plan.
    action = Action.objects.get(number=1)
    move(action, "complete", people.respondent)
    assert "1 Sign the MOU Done" in words(client.get(theme(second)))


def test_what_ended_long_ago_is_not_beside_the_questions(people, two_years):
    first, second = two_years
    with replay(datetime(2024, 3, 1, tzinfo=UTC)):
        oldest = factories.start_assessment(people.coordinator, period="2024")
        old = add(oldest, people.coordinator, "Old and done", question="A.1")
        move(old, "complete", people.respondent)
        add(oldest, people.coordinator, "Old and open", question="A.1")
    move(add(first, people.coordinator, "New and done", question="A.1"), "complete", people.respondent)
    said = words(signed_in(people.respondent).get(theme(second)))
    assert "Old and done" not in said
    assert "Old and open" in said
    assert "New and done" in said


def test_the_overview_opens_with_the_plan_from_last_time(people, two_years):
    first, second = two_years
    client = signed_in(people.respondent)
    overview = reverse("assessment-detail", args=[second.pk])
    assert "Your plan from last time" not in words(client.get(overview))
    move(add(first, people.coordinator, "Ready"), "complete", people.respondent)
    for number in range(6):
        add(first, people.coordinator, f"Open {number}", days=10 - number)
    said = words(client.get(overview))
    assert "6 actions are open, 1 done." in said
    assert [text for text in ("Open 5", "Open 4", "Open 3", "Open 2", "Open 1") if text in said] == [
        "Open 5",
        "Open 4",
        "Open 3",
        "Open 2",
    ]
    assert "Your plan from last time" not in words(client.get(reverse("assessment-detail", args=[first.pk])))


def test_the_result_of_the_next_assessment_shows_what_the_plan_moved(people, two_years):
    first, second = two_years
    moved = move(add(first, people.coordinator, "Moved it", question="A.1"), "complete", people.respondent)
    add(first, people.coordinator, "Nobody began", question="A.1")
    move(add(first, people.coordinator, "Moved nothing", question="A.6"), "begin", people.respondent)
    with replay(datetime(2024, 3, 1, tzinfo=UTC)):
        oldest = factories.start_assessment(people.coordinator, period="2024")
        factories.save_answer(oldest, people.respondent, "A.1", level=1)
        move(add(oldest, people.coordinator, "Moved it long ago", question="A.1"), "complete", people.respondent)
    client = signed_in(people.observer)
    result = reverse("result", args=[second.pk])
    assert "No level is higher yet" in words(client.get(result))
    factories.save_answer(second, people.respondent, "A.1", level=5, basis="both")
    page = client.get(result)
    part = words(page).split("What the plan moved")[-1].split("priorit")[0]
    assert "Moved it" in part
    assert f"When planned: {moved.level_before}" in part
    assert "Now: 5 Collaboration" in part
    assert "Moved it long ago" not in part
    assert "Nobody began" not in part
    assert "Moved nothing" not in part
    assert "Moved it long ago" in words(client.get(reverse("result", args=[first.pk])))
    assert "What the plan moved" not in words(client.get(reverse("result", args=[oldest.pk])))


def test_what_is_due_waits_for_the_people_of_the_agency_that_leads(people, assessment):
    by = people.coordinator
    add(assessment, by, "Ours", days=-1, lead="customs", support="police")
    add(assessment, by, "Both", days=5)
    add(assessment, by, "Far away", days=200, lead="customs")
    add(assessment, by, "Undated", lead="customs")
    move(add(assessment, by, "Done", days=1, lead="customs"), "complete", by)

    def waiting(user: Any) -> list[str]:
        groups = signed_in(user).get("/inbox/").context["groups"]
        return [item.name for group in groups if group.key == "plan" for item in group.items]

    assert waiting(people.respondent) == waiting(by) == ["Action 1: Ours", "Action 2: Both"]
    assert waiting(people.police_respondent) == ["Action 2: Both"]
    for who in (people.observer, people.reviewer, people.foreigner):
        assert waiting(who) == []
    home = [group for group in signed_in(by).get("/inbox/").context["groups"] if group.key == "home"]
    assert len(home[0].items) == 1, "an assessment is named once, however many actions are due"
    factories.submit(assessment, by)
    assert waiting(people.respondent) == ["Action 1: Ours", "Action 2: Both"]


# What it costs


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_the_theme_page_and_the_overview_keep_to_their_queries_with_a_plan(people, two_years, state):
    first, second = two_years
    factories.fill(second, people.coordinator)
    if state == "returned":
        factories.make_returned(second, people.coordinator, people.reviewer, "A.1", "A.6")
    for code in ("A.1", "A.6", "A.17", "A.18"):
        add(first, people.coordinator, f"For {code}", question=code, days=3)
    client = signed_in(people.respondent)
    for name in ("framework", "powers"):
        caches["fragments"].clear()
        assert count(client, theme(second, name)) <= 7
        assert count(client, theme(second, name)) <= 7
    assert count(client, reverse("assessment-detail", args=[second.pk])) <= 8


def test_the_result_and_the_inbox_keep_to_their_queries_with_a_plan(people, two_years):
    first, second = two_years
    factories.fill(second, people.coordinator)
    for code in ("A.1", "A.6", "A.17"):
        move(add(first, people.coordinator, f"For {code}", question=code, days=3), "begin", people.respondent)
    client = signed_in(people.coordinator)
    caches["fragments"].clear()
    assert count(client, reverse("result", args=[second.pk])) <= 8
    assert count(client, reverse("result", args=[second.pk])) <= 5
    assert count(client, "/inbox/") <= 6
