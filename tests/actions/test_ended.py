"""Ended assessments do not change: no more comments, reviews or drafts."""

from __future__ import annotations

from typing import Any

import pytest

from diagnostic.actions import assessments, comparison, reviews
from diagnostic.actions.errors import StateChanged
from diagnostic.models import Assessment, Comment, Review, Submission
from diagnostic.permissions import has_drafts
from tests import factories
from tests.factories import fill, make_returned, start_assessment

pytestmark = pytest.mark.django_db


def compared(people: factories.People) -> Assessment:
    """An assessment of both agencies whose comparison is open, with national answers."""
    draft = start_assessment(people.coordinator, mode="separate")
    for agency, by in (("customs", people.respondent), ("police", people.police_respondent)):
        fill(draft, by, factories.example_answers("two-voices", agency), voice=agency)
    factories.open_comparison(draft)
    draft.refresh_from_db()
    return fill(draft, people.coordinator, factories.example_answers("two-voices"))


def seen(pk: Any) -> Submission:
    return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=pk)


def test_nothing_is_discussed_once_an_assessment_has_ended(people: factories.People) -> None:
    assessment = compared(people)
    comparison.discuss(assessment=assessment, question="A.1", text="Before.", by=people.coordinator)
    assessments.withdraw(assessment=assessment, by=people.coordinator, reason="Wrong year.")
    accepted = Assessment.objects.get(pk=assessment.pk)
    for state in ("withdrawn", "accepted"):
        Assessment.objects.filter(pk=assessment.pk).update(state=state)
        with pytest.raises(StateChanged):
            comparison.discuss(assessment=accepted, question="A.1", text=f"After: {state}.", by=people.coordinator)
    assert list(Comment.objects.values_list("text", flat=True)) == ["Before."]


def test_only_the_latest_submission_is_taken_up(people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    first = make_returned(assessment, people.coordinator, people.reviewer, "A.1")
    assessment.refresh_from_db()
    factories.save_answer(assessment, people.coordinator, "A.1", level=2, basis="both")
    second = factories.submit(Assessment.objects.get(pk=assessment.pk), people.coordinator)

    with pytest.raises(StateChanged):
        reviews.take_up(submission=seen(first.pk), by=people.reviewer)
    assert not Review.objects.filter(submission=second).exists()
    reviews.take_up(submission=seen(second.pk), by=people.reviewer)


def test_a_withdrawn_assessment_has_no_drafting_kit(people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    assert has_drafts(people.coordinator, assessment)
    withdrawn = assessments.withdraw(assessment=assessment, by=people.coordinator, reason="Wrong year.")

    for reader in (people.coordinator, people.observer):
        assert not has_drafts(reader, withdrawn)
