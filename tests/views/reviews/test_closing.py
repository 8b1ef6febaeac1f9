"""The end of a review: returned for clarification, or accepted."""

from __future__ import annotations

from typing import Any

import pytest

from diagnostic.actions import reviews
from diagnostic.core import workflow
from diagnostic.models import Closing, Review
from tests.views.discussing import fresh, take_up, text_of
from tests.views.reviews.reviewing import ask, resubmit, url

pytestmark = pytest.mark.django_db


def test_return_asks_first_and_says_what_it_does(desk, taken, people):
    ask(taken, "A.1", "Which meetings?", people.reviewer)
    says = text_of(desk.get(url("return", taken)))
    assert "with what you ask about 1 question." in says
    assert "Only these questions and their follow-ups open again." in says
    assert "Which meetings?" in says
    assert fresh(taken).assessment.state == workflow.IN_REVIEW


def test_return_gives_the_assessment_back_with_the_remark(desk, taken, people):
    ask(taken, "A.1", "Which meetings?", people.reviewer)
    response = desk.post(url("return", taken), {"remark": "Thank you.\r\nOne point only."}, follow=True)
    review = Review.objects.get(submission=taken)
    assert (review.outcome, review.remark, review.closing.closed_by) == (
        "returned",
        "Thank you.\nOne point only.",
        people.reviewer,
    )
    assert fresh(taken).assessment.state == workflow.RETURNED
    says = text_of(response)
    assert "Returned to Example Country for clarification." in says
    assert "What the country was asked" in says
    assert "Return for clarification" not in says
    assert "Thank you. One point only." in says


def test_return_without_a_question_is_explained_and_not_done(desk, taken):
    response = desk.post(url("return", taken), {"remark": "my remark"})
    assert response.status_code == 422
    assert "Name at least one question to clarify" in text_of(response)
    assert "my remark" in text_of(response)
    assert fresh(taken).assessment.state == workflow.IN_REVIEW


def test_accept_asks_first_and_then_ends_the_review(desk, taken, people):
    says = text_of(desk.get(url("accept", taken)))
    assert "becomes final" in says
    assert "The seven themes average 2.3" in says
    response = desk.post(url("accept", taken), {"remark": ""}, follow=True)
    assert "The assessment of Example Country is accepted." in text_of(response)
    assert fresh(taken).assessment.state == workflow.ACCEPTED
    assert Review.objects.get(submission=taken).outcome == "accepted"


def test_accept_with_a_marked_question_is_explained_and_not_done(desk, taken, people):
    ask(taken, "A.1", "Which?", people.reviewer)
    assert "1 question is still marked for clarification." in text_of(desk.get(url("accept", taken)))
    response = desk.post(url("accept", taken), {"remark": "my remark"})
    assert response.status_code == 422
    assert "my remark" in text_of(response)
    assert fresh(taken).assessment.state == workflow.IN_REVIEW


@pytest.mark.parametrize("name", ["return", "accept"])
def test_a_bad_remark_is_refused_and_kept(desk, taken, people, name):
    if name == "return":
        ask(taken, "A.1", "Which?", people.reviewer)
    response = desk.post(url(name, taken), {"remark": "x" * 10_001})
    assert response.status_code == 422
    assert "The text has 10,001 characters" in text_of(response)
    assert "x" * 10_001 in response.content.decode()
    assert fresh(taken).assessment.state == workflow.IN_REVIEW


@pytest.mark.parametrize("name", ["return", "accept"])
def test_closing_too_late_says_how_it_ended_and_keeps_the_remark(desk, taken, people, name):
    reviews.accept(submission=taken, remark="", by=people.administrator)
    response = desk.post(url(name, taken), {"remark": "my own remark"})
    assert response.status_code == 409
    says = text_of(response)
    assert people.administrator.full_name in says
    assert "my own remark" in says
    assert Review.objects.get(submission=taken).remark == ""


@pytest.mark.parametrize("name", ["return", "accept"])
def test_closing_in_the_very_moment_a_colleague_does_is_told(desk, taken, people, name, monkeypatch):
    """The page's own check has passed; the action finds the review closed."""
    ask(taken, "A.1", "Which?", people.reviewer)
    act = "return_for_clarification" if name == "return" else "accept"
    real = getattr(reviews, act)

    def overtaken(**arguments: Any) -> Review:
        reviews.ask(submission=taken, question="A.1", text="", by=people.administrator)
        review = Review.objects.get(submission=taken)
        Closing.objects.create(review=review, outcome="accepted", closed_by=people.administrator)
        return real(**arguments)

    monkeypatch.setattr(f"diagnostic.views.reviews.reviews.{act}", overtaken)
    response = desk.post(url(name, taken), {"remark": "my own remark"})
    assert response.status_code == 409
    assert "my own remark" in text_of(response)


def test_a_closed_review_is_only_read(desk, taken, people):
    reviews.accept(submission=taken, remark="", by=people.reviewer)
    for name in (("detail",), ("question", "A.1")):
        page = desk.get(url(name[0], taken, *name[1:])).content.decode()
        assert "act-bar" not in page
        assert "<textarea" not in page
    assert desk.get(url("return", taken)).status_code == 409


def test_an_earlier_submission_is_only_read(desk, taken, people):
    second = take_up(resubmit(taken, people, level=2), people.reviewer)
    page = desk.get(url("question", taken, "A.1"))
    assert "<textarea" not in page.content.decode()
    assert "Were the meetings held?" in text_of(page)
    assert desk.post(url("ask", taken, "A.1"), {"text": "Again?"}).status_code == 409
    assert desk.post(url("accept", taken)).status_code == 409
    assert "<textarea" in desk.get(url("question", second, "A.1")).content.decode()
