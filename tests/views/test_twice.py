"""A button pressed twice: the second press, whose answer alone is shown, says that it is done, and mails nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpch.accounts.models import User
from diagnostic.actions import comparison
from diagnostic.actions.clock import replay
from diagnostic.core.progress import write_gaps
from diagnostic.models import Assessment, AuditEntry
from tests import factories
from tests.outbox import ordered
from tests.sessions import signed_in
from tests.views.discussing import fresh, make_taken

pytestmark = pytest.mark.django_db


def press(browser: Client, url: str, data: dict[str, str]) -> Any:
    """The answer to the second of two presses on one page, which the first did not lead away from."""
    first = browser.post(url, data)
    second = browser.post(url, data)
    assert (second.status_code, second.url) == (302, first.url)
    return browser.get(second.url)


def submitted(people: factories.People) -> tuple[str, Any]:
    assessment = factories.complete(factories.start_assessment(people.coordinator), people.coordinator)
    factories.sign_both(assessment, people.coordinator)
    return reverse("assessment-submit", args=[assessment.pk]), "Submission 1 received"


def withdrawn(people: factories.People) -> tuple[str, Any]:
    assessment = factories.start_assessment(people.coordinator)
    return reverse("assessment-withdraw", args=[assessment.pk]), "The assessment is withdrawn."


def answered_apart(people: factories.People) -> Assessment:
    """Each agency has answered one question."""
    assessment = factories.start_assessment(people.coordinator, mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        factories.save_answer(assessment, by, "A.1", voice=voice, level=2)
    return assessment


def opened(people: factories.People) -> tuple[str, Any]:
    assessment = answered_apart(people)
    by = people.police_coordinator
    comparison.ask_to_open(assessment=assessment, agency="police", by=by, reason="The year ends.")
    return reverse("assessment-open-comparison", args=[assessment.pk]), "The comparison is open."


def declared(people: factories.People) -> tuple[str, Any]:
    assessment = answered_apart(people)
    factories.declare(assessment, people.police_coordinator)
    return reverse("assessment-declare", args=[assessment.pk]), "The comparison is open."


def taken_up(people: factories.People) -> tuple[str, Any]:
    return reverse("review-take-up", args=[factories.make_submission(people.coordinator).pk]), "You have taken up"


def accepted(people: factories.People) -> tuple[str, Any]:
    return reverse("review-accept", args=[make_taken(people).pk]), "is accepted."


def returned(people: factories.People) -> tuple[str, Any]:
    taken = make_taken(people)
    signed_in(people.reviewer).post(reverse("review-ask", args=[taken.pk, "A.1"]), {"text": "Which?"})
    return reverse("review-return", args=[taken.pk]), "Returned to Example Country"


def named() -> dict[str, str]:
    """The blank questions listed on the declaration page."""
    apart = Assessment.objects.filter(mode="separate").first()
    return {"gaps": write_gaps(factories.gaps_now(apart, "customs"))} if apart else {}


COUNTRY = {submitted: "submitted", withdrawn: "", opened: "comparison_opened", declared: "comparison_declared"}
SECRETARIAT = {taken_up: "taken_up", accepted: "accepted", returned: "returned"}


@pytest.mark.parametrize("make", [*COUNTRY, *SECRETARIAT], ids=lambda make: make.__name__)
def test_the_second_press_says_that_it_is_done(people: factories.People, make: Any) -> None:
    url, words = make(people)
    before = ordered()
    by = people.coordinator if make in COUNTRY else people.reviewer
    page = press(signed_in(by), url, {"reason": "The year ends.", "remark": "", "confirmed": "on", **named()})
    assert words in page.content.decode()
    kind = {**COUNTRY, **SECRETARIAT}[make]
    assert ordered() == before + ([kind] if kind else [])


def test_somebody_else_and_who_comes_later_are_told_that_it_has_moved_on(people: factories.People) -> None:
    submission = fresh(factories.make_submission(people.coordinator))
    url = reverse("review-take-up", args=[submission.pk])
    with replay(timezone.now() - timedelta(minutes=1)):
        signed_in(people.reviewer).post(url)

    def status(person: User) -> int:
        return signed_in(person).post(url).status_code

    assert (status(people.administrator), status(people.reviewer)) == (409, 409)
    assert AuditEntry.objects.filter(act="review.take_up").count() == 1
