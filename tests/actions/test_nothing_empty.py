"""Text without visible characters is not an answer or a reason, even if sent without the page's form."""

from __future__ import annotations

from datetime import date

import pytest

from diagnostic.actions import assessments, attestations, comments, comparison, opinions, responses, reviews
from diagnostic.actions.attestations import Agreement
from diagnostic.actions.errors import ActionRefused, AgreementNeeded, Invalid, NothingAnswered, NotSettled
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, Response
from tests import factories

pytestmark = pytest.mark.django_db
UNSEEN = ("   ", "\u00a0\n", "\u200b", "\u200e\u2068\u2069", "\u3164", "\u2800", "\ufeff\u00ad")


@pytest.fixture
def comparing(people) -> Assessment:
    assessment = factories.start_assessment(people.coordinator, mode="separate")
    factories.save_answer(assessment, people.coordinator, "A.1", voice="customs", level=2)
    factories.save_answer(assessment, people.police_coordinator, "A.1", voice="police", level=4)
    factories.open_comparison(assessment)
    return Assessment.objects.select_related("country").get(pk=assessment.pk)


@pytest.mark.parametrize("text", UNSEEN)
def test_nothing_is_declared_with_it(people, text) -> None:
    """A descriptive question takes any text; it is this agency's only "answer"."""
    assessment = factories.start_assessment(people.coordinator, mode="separate")
    factories.save_answer(assessment, people.coordinator, "A.7.1", voice="customs", narrative=text)
    with pytest.raises(NothingAnswered):
        factories.declare(assessment, people.coordinator)
    with pytest.raises(NothingAnswered):
        comparison.ask_to_open(assessment=assessment, agency="customs", by=people.coordinator, reason="Now.")


@pytest.mark.parametrize("text", UNSEEN)
def test_nothing_is_attested_with_it(people, comparing, text) -> None:
    joint = factories.start_assessment(people.coordinator)
    factories.save_answer(joint, people.coordinator, "A.7.1", narrative=text)
    with pytest.raises(NothingAnswered):
        factories.sign(joint, people.coordinator)
    factories.complete(comparing, people.coordinator)
    row = Response.objects.get(assessment=comparing, voice="national", question="A.7.1")
    factories.save_answer(comparing, people.coordinator, "A.7.1", narrative=text)
    with pytest.raises(ActionRefused):
        record(comparing, people.coordinator, "A.7.1", Answer(narrative=text), "Both say so.", row.version + 1)
    with pytest.raises(NotSettled):
        factories.sign(comparing, people.coordinator)


def record(assessment, by, question, response, agreement, version) -> None:
    responses.record(
        assessment_id=assessment.pk,
        question=question,
        response=response,
        agreement=agreement,
        base_version=version,
        by=by,
    )


@pytest.mark.parametrize("text", UNSEEN)
def test_it_is_no_reason(people, comparing, text) -> None:
    with pytest.raises(Invalid):
        factories.save_answer(comparing, people.coordinator, "A.1", status="unknown", reason=text)
    with pytest.raises(ActionRefused):
        comparison.leave_open(assessment=comparing, questions={"A.12": 0}, reason=text, by=people.coordinator)
    with pytest.raises(AgreementNeeded):
        record(comparing, people.coordinator, "A.1", Answer(level=3), text, 0)
    with pytest.raises(ActionRefused):
        assessments.withdraw(assessment=comparing, by=people.coordinator, reason=text)
    draft = factories.start_assessment(people.coordinator, mode="separate")
    factories.save_answer(draft, people.coordinator, "A.1", voice="customs", level=2)
    with pytest.raises(ActionRefused):
        comparison.ask_to_open(assessment=draft, agency="customs", by=people.coordinator, reason=text)


@pytest.mark.parametrize("text", UNSEEN)
def test_it_is_no_title_and_no_comment(people, comparing, text) -> None:
    with pytest.raises(Invalid):
        factories.save_answer(comparing, people.coordinator, "A.1", level=2, evidence=(Evidence(text),))
    with pytest.raises(ActionRefused):
        comparison.discuss(assessment=comparing, question="A.1", text=text, by=people.coordinator)
    submission = factories.make_submission(people.coordinator)
    reviews.take_up(submission=submission, by=people.reviewer)
    submission.assessment.refresh_from_db()
    with pytest.raises(ActionRefused):
        comments.share(submission=submission, question="A.1", text=text, by=people.reviewer)
    with pytest.raises(ActionRefused):
        opinions.give(submission=submission, question="A.1", level=2, reason=text, by=people.reviewer)
    assert reviews.ask(submission=submission, question="A.1", text=text, by=people.reviewer) is None


@pytest.mark.parametrize("text", UNSEEN)
@pytest.mark.parametrize("member", ["name", "office", "reference"])
def test_it_names_nobody_who_agreed(people, text, member) -> None:
    factories.empty_agency(people)
    draft = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    given = {"name": "Ada", "office": "Head", "agreed_on": date(2020, 1, 1), "reference": "P/1"} | {member: text}
    with pytest.raises(attestations.WrongAgreement):
        factories.sign(draft, people.coordinator, "police", Agreement(**given))
