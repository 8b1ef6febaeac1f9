"""Deactivated people get no e-mail; the others get notifications that would have gone only to them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from cpch.accounts.tasks import mail_password_changed, mail_password_reset, mail_security_notice
from diagnostic.actions import assignments, comments
from diagnostic.models import Assessment
from diagnostic.rendering.notices import ABOUT_ASSESSMENTS, NOTICES, recipients_of
from diagnostic.rendering.reminders import coordinators_of
from tests import factories
from tests.factories import make_submission, make_user
from tests.views.discussing import make_taken

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_no_notice_goes_to_the_deactivated(people: factories.People, kind: str) -> None:
    taken = make_taken(people)
    everyone = [
        people.coordinator,
        people.police_coordinator,
        people.respondent,
        people.police_respondent,
        people.reviewer,
        people.administrator,
    ]
    for person in everyone:
        factories.deactivate(person)
    notice = NOTICES[kind]
    about = taken.assessment if notice.audience in ABOUT_ASSESSMENTS else taken
    by = people.observer

    assert not recipients_of(notice, about, by, people.reviewer.pk).exists()


def test_no_reminder_goes_to_the_deactivated(people: factories.People) -> None:
    factories.deactivate(people.coordinator)
    country = people.coordinator.membership.country
    assert list(coordinators_of(country)) == [people.police_coordinator]


def test_nothing_about_their_account_goes_to_the_deactivated(people: factories.People) -> None:
    person = people.respondent
    at = timezone.now().isoformat()

    def send_all() -> None:
        mail_password_reset.call(person.email)
        mail_password_changed.call(person.pk, at)
        mail_security_notice.call(person.pk, "second_factor_added", at, {})

    send_all()
    assert len(mail.outbox) == 3
    factories.deactivate(person)
    send_all()
    assert len(mail.outbox) == 3


def told(kind: str, about: Any, by: Any) -> set[Any]:
    return set(recipients_of(NOTICES[kind], about, by))


def test_a_submission_whose_only_reviewer_is_gone_is_told_to_all(people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    colleague = make_user("reviewer", None, None)
    due = timezone.now().date()
    assignments.assign(assessment=submission.assessment, reviewer=people.reviewer, due_on=due, by=people.administrator)
    assert told("submitted", submission, people.coordinator) == {people.reviewer}
    factories.deactivate(people.reviewer)
    assert told("submitted", submission, people.coordinator) == {people.administrator, colleague}


def test_an_answer_to_a_reviewer_who_is_gone_is_told_to_all(people: factories.People) -> None:
    taken = make_taken(people)
    comments.share(submission=taken, question="A.1", text="Why?", by=people.reviewer)
    assert told("comment_answered", taken, people.respondent) == {people.reviewer}
    factories.deactivate(people.reviewer)
    assert told("comment_answered", taken, people.respondent) == {people.administrator}
    assert Assessment.objects.get(pk=taken.assessment_id).state == "in_review"
