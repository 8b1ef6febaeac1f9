"""The queue: what waits, what is closed, and its filters."""

from __future__ import annotations

import pytest

from diagnostic.actions import reviews
from diagnostic.core import workflow
from diagnostic.models import Assessment
from tests import factories
from tests.sessions import signed_in
from tests.views.discussing import take_up, text_of
from tests.views.reviews.reviewing import QUEUE, ask, resubmit

pytestmark = pytest.mark.django_db


MOST_QUERIES = 6


def test_queue_says_what_waits_since_when_from_whom_and_who_has_it(desk, submission, people):
    says = text_of(desk.get(QUEUE))
    assert "Example Country, 2026" in says
    assert "Submission 1" in says
    assert people.coordinator.full_name in says
    assert "Nobody yet" in says
    assert "2 Communication index 2.3" in says
    assert "Submitted" in says

    take_up(submission, people.reviewer)
    says = text_of(desk.get(QUEUE))
    assert f"Taken up by {people.reviewer.full_name}" in says
    assert "In review" in says


def test_queue_names_the_region(desk):
    factories.make_submission(factories.make_user(country="KE"))
    assert "East and Southern Africa. Submission 1" in text_of(desk.get(QUEUE))


def test_queue_shows_no_draft_and_nothing_withdrawn(desk, people):
    draft = factories.start_assessment(people.coordinator, period="still a draft")
    withdrawn = factories.make_submission(people.coordinator, period="taken back")
    Assessment.objects.filter(pk=withdrawn.assessment_id).update(state=workflow.WITHDRAWN)
    says = text_of(desk.get(QUEUE))
    assert draft.period not in says
    assert "taken back" not in says
    assert "No submissions are waiting." in says


def test_queue_lists_closed_ones_apart(desk, taken, people):
    reviews.accept(submission=taken, remark="", by=people.reviewer)
    waiting, closed = text_of(desk.get(QUEUE)).split("Returned and accepted", 1)
    assert "2026" not in waiting
    assert "Example Country, 2026" in closed
    assert "1 submission, the latest first" in closed


def test_a_returned_submission_is_closed_and_the_next_one_waits(desk, taken, people):
    resubmit(taken, people, level=2)
    waiting, closed = text_of(desk.get(QUEUE)).split("Returned and accepted", 1)
    assert "Submission 2" in waiting
    assert "Submission 1" not in waiting
    assert "Submission 1" in closed
    assert "Returned" in closed


@pytest.fixture
def closed(people: factories.People) -> None:
    """Accepted ones of France 2024 and Kenya 2025, a returned one of the example country 2026."""
    for country, period in (("FR", "2024"), ("KE", "2025")):
        factories.make_accepted(factories.make_user(country=country), people.reviewer, period=period)
    returned = take_up(factories.make_submission(people.coordinator, period="2026"), people.reviewer)
    ask(returned, "A.1", "Which?", people.reviewer)
    reviews.return_for_clarification(submission=returned, remark="", by=people.reviewer)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"country": "FR"}, {"France"}),
        ({"region": "ESA"}, {"Kenya"}),
        ({"period": "2026"}, {"Example Country"}),
        ({"outcome": "accepted"}, {"France", "Kenya"}),
        ({"outcome": "returned"}, {"Example Country"}),
        ({"country": "FR", "period": "2025"}, set()),
        ({}, {"France", "Kenya", "Example Country"}),
    ],
)
def test_queue_filters_what_is_closed(desk, closed, query, found):
    page = desk.get(QUEUE, query).context["page"]
    assert {item.assessment.country.name for item in page} == found


def test_queue_says_that_a_filter_is_none_of_the_choices(desk, closed):
    response = desk.get(QUEUE, {"country": "XX"})
    assert "There is a problem" in text_of(response)
    assert 'href="#filter-country"' in response.content.decode()
    assert list(response.context["page"]) == []


def test_queue_pages_what_is_closed(desk, people, monkeypatch):
    monkeypatch.setattr("diagnostic.views.reviews.PER_PAGE", 2)
    for period in ("2023", "2024", "2025"):
        factories.make_accepted(people.coordinator, people.reviewer, period=period)
    first, second = desk.get(QUEUE), desk.get(QUEUE, {"page": 2, "outcome": "accepted"})
    assert [item.assessment.period for item in first.context["page"]] == ["2025", "2024"]
    assert [item.assessment.period for item in second.context["page"]] == ["2023"]
    assert "page=1" in second.content.decode()
    assert "outcome=accepted" in second.content.decode()


def test_queue_makes_as_many_queries_for_many_as_for_one(desk, people, django_assert_max_num_queries):
    factories.make_submission(people.coordinator)
    factories.make_accepted(people.coordinator, people.reviewer)
    desk.get(QUEUE)
    with django_assert_max_num_queries(MOST_QUERIES) as one:
        desk.get(QUEUE)
    for country in ("FR", "KE", "JP"):
        by = factories.make_user(country=country)
        factories.make_accepted(by, people.reviewer)
        take_up(factories.make_submission(by), people.reviewer)
        factories.make_submission(by)
    with django_assert_max_num_queries(MOST_QUERIES) as many:
        response = desk.get(QUEUE)
    assert len(response.context["waiting"]) == 7
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer", 200),
        ("administrator", 200),
        ("coordinator", 403),
        ("respondent", 403),
        ("observer", 403),
        ("partner", 403),
        ("foreigner", 403),
    ],
)
def test_queue_is_the_secretariats(people, who, status):
    assert signed_in(getattr(people, who)).get(QUEUE).status_code == status
