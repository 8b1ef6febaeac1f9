"""What the secretariat keeps to itself while it reviews is told to the country by no address: not a byte changes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.urls import reverse

from diagnostic.actions import assignments, audit, comments, reviews
from diagnostic.actions.clock import now
from diagnostic.actions.read_marks import mark_read
from diagnostic.models import AuditChain, AuditEntry
from tests import factories
from tests.permissions.test_blindness import addresses, client_of, different, walk
from tests.views.discussing import fresh, make_taken
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db
SECRET = "KEPT-BY-THE-SECRETARIAT"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Hundreds of refusals would fill the log of the run."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def test_the_country_learns_nothing_of_a_review_before_it_is_returned(people: factories.People) -> None:
    taken = make_taken(people)
    coordinator, urls = client_of(people, "coordinator"), addresses(taken.assessment, taken)
    audit.record(act="session.start", by=people.reviewer)  # the log outside any, as on every site, has begun
    caches["fragments"].clear()
    before = walk(coordinator, urls, ["get"])

    for question in ("A.1", "A.19"):
        reviews.ask(submission=taken, question=question, text=f"{SECRET} asked", by=people.reviewer)
    reviews.ask(submission=taken, question="A.19", text="", by=people.reviewer)
    comments.note(submission=taken, question="A.1", text=f"{SECRET} noted", by=people.reviewer)
    mark_read(submission=taken, question="A.1", up_to=now(), by=people.reviewer)
    day = now().date() + timedelta(days=9)
    assignments.assign(assessment=taken.assessment, reviewer=people.reviewer, due_on=day, by=people.administrator)

    caches["fragments"].clear()
    assert different(before, walk(coordinator, urls, ["get"])) == []

    # With the return it reads what is asked, and in its log about which questions; never what was taken off again.
    reviews.return_for_clarification(submission=fresh(taken), remark="", by=people.reviewer)
    assert SECRET in coordinator.get(reverse("submission-review-question", args=[taken.pk, "A.1"])).content.decode()
    log = unisolated(coordinator.get(reverse("assessment-log", args=[taken.assessment_id])).content.decode())
    assert "returned submission 1, asking about A.1" in log
    assert "A.19" not in log


def test_what_older_logs_hold_of_it_is_not_shown(people: factories.People) -> None:
    taken = make_taken(people)
    chain = AuditChain.objects.get(assessment=taken.assessment)
    AuditEntry.objects.create(
        chain=chain, number=99, at=now(), by=people.reviewer, act="review.ask", detail={"question": "A.19"}
    )
    page = client_of(people, "coordinator").get(reverse("assessment-log", args=[taken.assessment_id]))
    assert "A.19" not in page.content.decode()
    assert "review.ask" not in page.content.decode()
