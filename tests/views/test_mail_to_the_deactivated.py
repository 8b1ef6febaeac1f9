"""Deactivated people get no e-mail; the others get notifications that would have gone only to them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from diagnostic.actions import action_plan, assignments, comments
from diagnostic.actions.reminders import remind
from diagnostic.core.action_plan import ActionDetails
from diagnostic.mail.notices import ABOUT_ASSESSMENTS, NOTICES
from diagnostic.models import Assessment
from tests import factories
from tests.factories import make_submission, make_user
from tests.outbox import notify, told
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
    about = taken.assessment if NOTICES[kind].audience in ABOUT_ASSESSMENTS else taken
    detail = {"person": people.reviewer.pk} if kind == "assigned" else {"question": "A.1"}

    assert notify(kind, about, people.observer, **detail) == set()


def test_no_reminder_goes_to_the_deactivated(people: factories.People) -> None:
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    today = timezone.now().date()
    details = ActionDetails("A joint patrol", "both", due_on=today)
    action = action_plan.add(assessment=assessment, details=details, by=people.coordinator)
    remind(country=action.country, today=today)
    factories.deactivate(people.coordinator)
    assert told() == [people.police_coordinator.email]


def test_nothing_about_their_account_goes_to_the_deactivated(people: factories.People) -> None:
    person = people.respondent
    kinds = {"password_reset": {"email": person.email}, "password_changed": {"by": person}, "security": {"by": person}}
    for kind, detail in kinds.items():
        assert notify(kind, **detail) == {person.email}
    factories.deactivate(person)
    for kind, detail in kinds.items():
        assert notify(kind, **detail) == set()


def test_a_submission_whose_only_reviewer_is_gone_is_told_to_all(people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    colleague = make_user("reviewer", None, None)
    due = timezone.now().date()
    assignments.assign(assessment=submission.assessment, reviewer=people.reviewer, due_on=due, by=people.administrator)
    assert notify("submitted", submission, people.coordinator) == {people.reviewer.email}
    factories.deactivate(people.reviewer)
    assert notify("submitted", submission, people.coordinator) == {people.administrator.email, colleague.email}


def test_an_answer_to_a_reviewer_who_is_gone_is_told_to_all(people: factories.People) -> None:
    taken = make_taken(people)
    comments.share(submission=taken, question="A.1", text="Why?", by=people.reviewer)
    assert notify("comment_answered", taken, people.respondent, question="A.1") == {people.reviewer.email}
    factories.deactivate(people.reviewer)
    assert notify("comment_answered", taken, people.respondent, question="A.1") == {people.administrator.email}
    assert Assessment.objects.get(pk=taken.assessment_id).state == "in_review"
