"""What the tests of the secretariat's own pages share."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cpch.accounts.models import User
from diagnostic.actions import reviews
from diagnostic.models import Submission
from tests import factories
from tests.views.discussing import fresh

QUEUE = "/review/"


def ask(submission: Submission, question: str, text: str, by: User) -> None:
    reviews.ask(submission=submission, question=question, text=text, by=by)


def url(name: str, submission: Submission, *code: str) -> str:
    return reverse(f"review-{name}", args=[submission.pk, *code])


def resubmit(submission: Submission, people: factories.People, **answer: Any) -> Submission:
    """Return `submission` for A.1, answer that anew and hand it in again."""
    ask(submission, "A.1", "Were the meetings held?", people.reviewer)
    reviews.return_for_clarification(submission=fresh(submission), remark="", by=people.reviewer)
    assessment = fresh(submission).assessment
    factories.save_answer(assessment, people.coordinator, "A.1", **answer)
    return factories.submit(assessment, by=people.coordinator)


PAGES = [("detail",), ("question", "A.1"), ("return",), ("accept",)]
