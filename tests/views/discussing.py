"""What the tests of comments, opinions and notices share."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.urls import reverse

from cpch.accounts.models import User
from diagnostic.actions import reviews
from diagnostic.actions.bases import stamp
from diagnostic.models import Opinion, Submission
from tests import factories
from tests.views.pages import unisolated


def make_taken(people: factories.People, **settings: Any) -> Submission:
    """The joint-session example, handed in and taken up by the reviewer."""
    return take_up(factories.make_submission(people.coordinator, **settings), people.reviewer)


def take_up(submission: Submission, by: User) -> Submission:
    reviews.take_up(submission=submission, by=by)
    return fresh(submission)


def return_for(submission: Submission, by: User, *questions: str) -> Submission:
    """`submission` returned with these questions to clarify."""
    for question in questions:
        reviews.ask(submission=submission, question=question, text="Which document says so?", by=by)
    reviews.return_for_clarification(submission=fresh(submission), remark="", by=by)
    return fresh(submission)


def fresh(submission: Submission) -> Submission:
    return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)


def seen_reply(submission: Submission) -> str:
    """What the page of A.1 keeps, that a country replies from, of the opinion and the reply that it shows."""
    opinion = Opinion.objects.standing().filter(submission=submission, question="A.1").first()
    return stamp(opinion.given_at, opinion.replied_at) if opinion else ""


def url(name: str, submission: Submission, *code: str) -> str:
    return reverse(name, args=[submission.pk, *code])


def text_of(response: Any) -> str:
    """What the page says, its tags left out and its spaces made one."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", unisolated(body))).split())
