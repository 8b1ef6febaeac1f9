"""Partners read only accepted submissions that both the assessment and the submission itself disclose."""

from __future__ import annotations

import pytest

from diagnostic.models import Assessment, Submission
from diagnostic.permissions import (
    assessments_visible_to,
    editions_for,
    plan_countries_visible_to,
    readable_voices,
    submissions_visible_to,
)
from tests import factories
from tests.factories import make_accepted
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("of_submission", "of_assessment", "is_seen"),
    [(True, True, True), (False, True, False), (True, False, False), (False, False, False)],
)
def test_the_submission_has_a_switch_of_its_own(
    people: factories.People, of_submission: bool, of_assessment: bool, is_seen: bool
) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    overwrite(Submission.objects.filter(pk=submission.pk), is_disclosed_to_partners=of_submission)
    Assessment.objects.filter(pk=submission.assessment_id).update(is_disclosed_to_partners=of_assessment)

    assert submissions_visible_to(people.partner).filter(pk=submission.pk).exists() is is_seen
    assert assessments_visible_to(people.partner).exists() is of_assessment
    for insider in (people.coordinator, people.reviewer):
        assert submissions_visible_to(insider).filter(pk=submission.pk).exists()


@pytest.mark.parametrize("state", ["draft", "comparing", "submitted", "in_review", "returned", "withdrawn"])
def test_partners_see_nothing_that_is_not_accepted(people: factories.People, state: str) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    Assessment.objects.filter(pk=submission.assessment_id).update(state=state)
    assessment = Assessment.objects.get(pk=submission.assessment_id)

    assert not submissions_visible_to(people.partner).exists()
    assert not assessments_visible_to(people.partner).exists()
    assert editions_for(people.partner, assessment) == ()


@pytest.mark.parametrize("state", ["draft", "comparing", "withdrawn"])
def test_the_secretariat_sees_nothing_that_is_with_the_country(people: factories.People, state: str) -> None:
    submission = make_accepted(people.coordinator, people.reviewer)
    assert assessments_visible_to(people.reviewer).exists()
    Assessment.objects.filter(pk=submission.assessment_id).update(state=state)

    for reader in (people.reviewer, people.administrator):
        assert not assessments_visible_to(reader).exists()
        assert not submissions_visible_to(reader).exists()
        assert not plan_countries_visible_to(reader).exists()


def test_each_agency_reads_its_own_answers_alone_until_they_are_compared(people: factories.People) -> None:
    draft = factories.start_assessment(people.coordinator, mode="separate")

    assert readable_voices(people.respondent, draft) == ("customs",)
    assert readable_voices(people.police_respondent, draft) == ("police",)
    assert readable_voices(people.observer, draft) == ()
    assert readable_voices(people.reviewer, draft) == ()
    draft.comparison_opened_at = draft.started_at
    assert set(readable_voices(people.respondent, draft)) == {"national", "customs", "police"}
    assert readable_voices(people.reviewer, draft) == ()
