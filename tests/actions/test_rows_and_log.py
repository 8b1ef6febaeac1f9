"""Verifying the rows of acts: each matches its log entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from diagnostic.actions import assessments, comparison, reviews, revisions
from diagnostic.actions.audit_check import find_contradictions
from diagnostic.actions.revision_check import find_answer_breaks
from diagnostic.core.responses import Response as Answer
from diagnostic.models import (
    Assessment,
    Attestation,
    Clarification,
    Closing,
    Declaration,
    OpeningRequest,
    Response,
    Review,
    Submission,
)
from tests import factories
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db
OTHER = datetime(2020, 1, 1, tzinfo=UTC)


def faults(assessment: Assessment) -> list[str]:
    held = Assessment.objects.select_related("country", "instrument").get(pk=assessment.pk)
    return [*find_contradictions(held), *find_answer_breaks(held)]


@pytest.fixture
def apart(people: factories.People) -> Assessment:
    assessment = factories.start_assessment(people.coordinator, mode="separate")
    for by, voice in ((people.respondent, "customs"), (people.police_respondent, "police")):
        factories.save_answer(assessment, by, "A.1", voice=voice, level=2)
    return assessment


@pytest.fixture
def declared(people: factories.People, apart: Assessment) -> Assessment:
    """Customs has declared twice and made its second request; the police have done nothing."""
    for _time in range(2):
        comparison.take_back_declaration(assessment=apart, agency="customs", by=people.coordinator)
        comparison.take_back_request(assessment=apart, agency="customs", by=people.coordinator)
        factories.declare(apart, people.coordinator)
        comparison.ask_to_open(assessment=apart, agency="customs", by=people.coordinator, reason="The year ends.")
    assert faults(apart) == []
    return apart


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_an_answer_added_while_a_declaration_stands_is_found(people, declared, is_withdrawn) -> None:
    """Every hash of the answer is valid, but the log says nothing about the other agency's answers."""
    if is_withdrawn:
        assessments.withdraw(assessment=declared, by=people.coordinator, reason="A mistake.")
    assert faults(declared) == []
    row = Response.objects.get(assessment=declared, voice="customs", question="A.1")
    said = {"version": 2, "saved_at": OTHER, "saved_by_id": people.respondent.pk}
    added = revisions.follow(row, answer=Answer(level=5), saved_for="customs", **said)
    revisions.write(added)
    Response.objects.filter(pk=row.pk).update(level=5, **said, **revisions.head_after(added))
    assert faults(declared) == ["answers were saved after they were frozen: A.1 of customs"]


def test_what_is_saved_once_a_declaration_was_taken_back_is_no_fault(people, declared) -> None:
    comparison.take_back_declaration(assessment=declared, agency="customs", by=people.coordinator)
    factories.save_answer(declared, people.respondent, "A.1", voice="customs", level=3)
    assert faults(declared) == []


def last(model: Any, assessment: Assessment) -> Any:
    return model.objects.filter(pk=model.objects.filter(assessment=assessment).last().pk)


def add_declaration(assessment: Assessment, by: Any) -> None:
    Declaration.objects.create(assessment=assessment, agency="customs", declared_by=by)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows, it, other: overwrite(rows, declared_by=other),
        lambda rows, it, other: overwrite(rows, declared_at=OTHER),
        lambda rows, it, other: overwrite(rows, agency="police"),
        lambda rows, it, other: Assessment.objects.filter(pk=it.pk).update(customs_declaration=None),
        lambda rows, it, other: Assessment.objects.filter(pk=it.pk).update(
            customs_declaration=Declaration.objects.filter(assessment=it).first()
        ),
        lambda rows, it, other: add_declaration(it, other),
    ],
)
def test_a_declaration_that_is_not_the_logged_one_is_found(people, declared, change: Callable[..., Any]) -> None:
    change(last(Declaration, declared), declared, people.police_coordinator)
    assert "the declarations of customs are not the ones that were logged" in faults(declared)


def test_a_declaration_that_nobody_made_is_found(people, apart) -> None:
    made = Declaration.objects.create(assessment=apart, agency="police", declared_by=people.police_coordinator)
    Assessment.objects.filter(pk=apart.pk).update(police_declaration=made)
    assert faults(apart) == ["the declarations of police are not the ones that were logged"]


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "Another reason."},
        {"requested_at": OTHER},
        {"agency": "police"},
        {"taken_back_at": OTHER},
    ],
)
def test_a_request_that_is_not_the_logged_one_is_found(declared, change) -> None:
    overwrite(last(OpeningRequest, declared), **change)
    words = "the requests of customs to open the comparison are not the ones that were logged"
    assert words in faults(declared)


def test_a_request_that_was_taken_back_and_stands_again_is_found(people, declared) -> None:
    comparison.take_back_request(assessment=declared, agency="customs", by=people.coordinator)
    assert faults(declared) == []
    overwrite(last(OpeningRequest, declared), taken_back_at=None)
    assert "the requests of customs to open the comparison are not the ones that were logged" in faults(declared)


SETTINGS_WORDS = "its settings are not the ones that its log says"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"marking": "TLP:CLEAR"}, SETTINGS_WORDS),
        ({"is_disclosed_to_partners": True}, SETTINGS_WORDS),
        ({"allows_statistics": True}, SETTINGS_WORDS),
        ({"target_level": 5}, SETTINGS_WORDS),
        ({"title": "Another"}, SETTINGS_WORDS),
        ({"state_changed_at": OTHER}, "it has been draft since another moment than its log says"),
        ({"comparison_opened_at": OTHER}, "its comparison was opened at another moment than its log says"),
        ({"started_at": OTHER}, "its log begins with the start of another assessment"),
    ],
)
def test_a_setting_or_a_moment_that_is_not_the_logged_one_is_found(apart, change, words) -> None:
    Assessment.objects.filter(pk=apart.pk).update(**change)
    assert words in faults(apart)


def test_a_setting_put_back_past_the_log_is_found(people, apart) -> None:
    held = {"title": "", "allows_statistics": False, "target_level": None, "is_disclosed_to_partners": False}
    assessments.update_settings(assessment=apart, by=people.coordinator, marking="TLP:RED", **held)
    assert faults(apart) == []
    Assessment.objects.filter(pk=apart.pk).update(marking="TLP:AMBER")
    assert faults(apart) == [SETTINGS_WORDS]


@pytest.fixture
def returned(people: factories.People) -> Assessment:
    draft = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    factories.make_returned(draft, people.coordinator, people.reviewer, "A.1")
    assert faults(draft) == []
    return draft


@pytest.mark.parametrize("change", [{"attested_by_name": "Somebody Else"}, {"submission": None}])
def test_an_attestation_that_is_not_the_receipts_is_found(returned, change) -> None:
    overwrite(last(Attestation, returned), **change)
    assert faults(returned) == ["the attestations under submission 1 are not the ones that its receipt names"]


def test_the_moment_of_an_attestation_is_the_logged_one(people) -> None:
    draft = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    factories.sign(draft, people.coordinator)
    assert faults(draft) == []
    overwrite(last(Attestation, draft), attested_at=OTHER)
    assert faults(draft) == ["1 attestations were logged, and they are not the 1 that are there"]


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Review, {"taken_up_by": "administrator"}),
        (Review, {"taken_up_at": OTHER}),
        (Closing, {"outcome": "accepted"}),
        (Closing, {"closed_by": "administrator"}),
        (Closing, {"closed_at": OTHER}),
        (Clarification, {"is_taken_back": True}),
        (Clarification, {"question": "A.2.1"}),
    ],
)
def test_a_review_that_is_not_the_logged_one_is_found(people, returned, model, change) -> None:
    if "administrator" in change.values():
        change = dict.fromkeys(change, people.administrator)
    overwrite(model.objects.all(), **change)
    (words,) = faults(returned)
    assert words.startswith("the review of submission 1 is not the one that entry ")


def test_a_review_that_nobody_took_up_is_found(people) -> None:
    submission = factories.make_submission(people.coordinator)
    review = Review.objects.create(
        submission=submission, taken_up_at=OTHER, taken_up_by=people.reviewer, taken_up_by_name="R"
    )
    assert "0 reviews were logged, 0 of them closed, and others are there" in faults(submission.assessment)
    Closing.objects.create(review=review, outcome="accepted", closed_by=people.reviewer, closed_by_name="R")
    assert faults(submission.assessment)


def test_reviews_of_two_submissions_verify(people, returned) -> None:
    factories.save_answer(Assessment.objects.get(pk=returned.pk), people.respondent, "A.1", level=5)
    submission = factories.submit(Assessment.objects.get(pk=returned.pk), people.coordinator)
    reviews.take_up(submission=Submission.objects.get(pk=submission.pk), by=people.administrator)
    assert faults(returned) == []
