"""An assessment's way from draft to acceptance, through the product's own acts."""

import pytest
from django.core.exceptions import PermissionDenied

from diagnostic.actions import assessments, reviews, submissions
from diagnostic.actions.errors import ActionRefused, NotOpen, StateChanged
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Clarification, Submission
from tests import factories

pytestmark = pytest.mark.django_db


def seen(submission):
    return Submission.objects.select_related("assessment__instrument", "assessment__country").get(pk=submission.pk)


def test_a_joint_session_goes_from_draft_through_a_return_to_acceptance(people):
    submission = factories.make_submission(people.coordinator)
    assessment = submission.assessment
    assert (submission.number, submission.level, submission.index_shown) == (1, 2, "2.3")

    reviews.take_up(submission=seen(submission), by=people.reviewer)
    reviews.ask(submission=seen(submission), question="A.1", text="Were they cancelled?", by=people.reviewer)
    reviews.ask(submission=seen(submission), question="A.3.1", text="Who calls whom?", by=people.reviewer)
    reviews.return_for_clarification(submission=seen(submission), remark="Two questions.", by=people.reviewer)
    assessment.refresh_from_db()
    assert assessment.state == "returned"

    factories.save_answer(assessment, people.respondent, "A.1", level=3, basis="both", narrative="Held in April.")
    factories.save_answer(assessment, people.respondent, "A.3.2", level=3)
    with pytest.raises(NotOpen):
        factories.save_answer(assessment, people.respondent, "A.2.2", level=5)

    second = factories.submit(assessment, by=people.coordinator)
    assert second.number == 2
    assert second.digest != submission.digest
    reviews.take_up(submission=seen(second), by=people.administrator)
    reviews.accept(submission=seen(second), remark="Thank you.", by=people.administrator)
    assessment.refresh_from_db()
    assert assessment.state == "accepted"
    with pytest.raises(StateChanged):
        factories.save_answer(assessment, people.respondent, "A.1", level=1)


def test_a_submission_does_not_change_when_the_answers_do(people):
    submission = factories.make_submission(people.coordinator)
    snapshot = submission.snapshot
    reviews.take_up(submission=seen(submission), by=people.reviewer)
    reviews.ask(submission=seen(submission), question="A.1", text="Sure?", by=people.reviewer)
    reviews.return_for_clarification(submission=seen(submission), remark="", by=people.reviewer)
    factories.save_answer(submission.assessment, people.respondent, "A.1", level=5)
    assert seen(submission).snapshot == snapshot


def test_nobody_submits_twice(people):
    submission = factories.make_submission(people.coordinator)
    with pytest.raises(StateChanged):
        submissions.submit(assessment=submission.assessment, by=people.coordinator)


def test_a_return_names_its_questions_and_acceptance_leaves_none(people):
    submission = factories.make_submission(people.coordinator)
    with pytest.raises(StateChanged):
        reviews.ask(submission=seen(submission), question="A.1", text="Sure?", by=people.reviewer)
    reviews.take_up(submission=seen(submission), by=people.reviewer)
    with pytest.raises(ActionRefused, match="at least one question"):
        reviews.return_for_clarification(submission=seen(submission), remark="", by=people.reviewer)
    reviews.ask(submission=seen(submission), question="A.1", text="Sure?", by=people.reviewer)
    with pytest.raises(ActionRefused, match="still marked"):
        reviews.accept(submission=seen(submission), remark="", by=people.reviewer)
    reviews.ask(submission=seen(submission), question="A.1", text="", by=people.reviewer)
    reviews.accept(submission=seen(submission), remark="", by=people.reviewer)


@pytest.mark.parametrize("level", [1, None])
def test_nothing_is_asked_about_a_question_that_the_country_was_not_asked(people, level):
    assessment = factories.start_assessment(people.coordinator)
    if level:
        factories.save_answer(assessment, people.coordinator, "A.3.1", level=level)
    factories.complete(assessment, people.coordinator)
    submission = factories.submit(assessment, by=people.coordinator)
    reviews.take_up(submission=seen(submission), by=people.reviewer)
    with pytest.raises(ActionRefused, match="Ask about its parent"):
        reviews.ask(submission=seen(submission), question="A.3.2", text="Sure?", by=people.reviewer)
    assert not Clarification.objects.standing().exists()
    reviews.ask(submission=seen(submission), question="A.3.1", text="Sure?", by=people.reviewer)
    reviews.ask(submission=seen(submission), question="A.3.2", text="", by=people.reviewer)
    assert Clarification.objects.standing().get().question == "A.3.1"


@pytest.mark.parametrize("period", ["２０２６", "20\u200b26", " 2026\ufeff"])
def test_a_period_is_the_same_however_it_is_written(people, period):
    assert factories.start_assessment(people.coordinator, period=period).period == "2026"
    with pytest.raises(assessments.PeriodTaken, match="for 2026 already"):
        factories.start_assessment(people.coordinator, period="2026")


@pytest.mark.parametrize("period", ["", "\u200b", "x" * 41, "\ufdfa" * 3])
def test_a_period_has_a_name_that_is_seen_and_not_too_long(people, period):
    with pytest.raises(ActionRefused, match="at most 40 characters"):
        factories.start_assessment(people.coordinator, period=period)


def test_a_withdrawn_assessment_frees_its_period(people):
    assessment = factories.start_assessment(people.coordinator, period="2026")
    with pytest.raises(assessments.PeriodTaken):
        factories.start_assessment(people.coordinator, period="2026")
    with pytest.raises(ActionRefused):
        assessments.withdraw(assessment=assessment, by=people.coordinator, reason=" ")
    assessments.withdraw(assessment=assessment, by=people.coordinator, reason="Wrong year.")
    factories.start_assessment(people.coordinator, period="2026")
    with pytest.raises(StateChanged):
        submissions.submit(assessment=assessment, by=people.coordinator)


@pytest.mark.parametrize("name", ["respondent", "observer", "reviewer", "administrator", "partner", "nobody"])
def test_only_coordinators_start_and_submit(people, name):
    person = getattr(people, name)
    assessment = factories.start_assessment(people.coordinator)
    with pytest.raises(PermissionDenied):
        factories.start_assessment(person)
    with pytest.raises(PermissionDenied):
        submissions.submit(assessment=assessment, by=person)


@pytest.mark.parametrize("name", ["observer", "reviewer", "administrator", "partner", "foreigner", "nobody"])
def test_only_the_countrys_agencies_answer(people, name):
    assessment = factories.start_assessment(people.coordinator)
    with pytest.raises(PermissionDenied):
        factories.save_answer(assessment, getattr(people, name), "A.1", level=2)


@pytest.mark.parametrize("name", ["coordinator", "observer", "partner", "foreigner", "nobody"])
def test_only_the_secretariat_reviews(people, name):
    submission = seen(factories.make_submission(people.coordinator))
    with pytest.raises(PermissionDenied):
        reviews.take_up(submission=submission, by=getattr(people, name))


def test_settings_change_only_while_the_country_holds_the_assessment(people):
    assessment = factories.start_assessment(people.coordinator)
    wanted = {
        "title": "A title",
        "marking": "TLP:RED",
        "is_disclosed_to_partners": True,
        "allows_statistics": True,
        "target_level": 4,
    }
    assert assessments.update_settings(assessment=assessment, by=people.coordinator, **wanted).marking == "TLP:RED"
    factories.fill(assessment, people.coordinator, {"A.1": Answer(level=2)})
    factories.submit(assessment, by=people.coordinator)
    with pytest.raises(StateChanged):
        assessments.update_settings(assessment=assessment, by=people.coordinator, **wanted)
