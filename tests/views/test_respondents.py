"""How many people answered: counted by voice from the saves, frozen with a submission, told by the report."""

from __future__ import annotations

import json

import pytest

from diagnostic.actions import responses
from diagnostic.core.report_data import Report
from diagnostic.core.report_follow_up import RespondentLine
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, Submission
from diagnostic.queries import count_respondents
from diagnostic.views.report_facts import (
    assessments_for_report,
    report_of_assessment,
    report_of_submission,
    submissions_for_report,
)
from tests.factories import People, digest_now, fill, make_people, make_submission, save_answer, start_assessment
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


def of_assessment(assessment: Assessment) -> Report:
    found = assessments_for_report(Assessment.objects.select_related("country")).get(pk=assessment.pk)
    return report_of_assessment(found).build()


def of_submission(submission: Submission) -> Report:
    found = Submission.objects.select_related("assessment__country", "review__closing")
    return report_of_submission(submissions_for_report(found).get(pk=submission.pk)).build()


def test_everybody_who_saved_counts_once_in_the_voice_they_answered_in(people, django_assert_num_queries) -> None:
    draft = start_assessment(people.coordinator, mode="separate")
    save_answer(draft, people.coordinator, "A.1", voice="customs", level=2)
    save_answer(draft, people.respondent, "A.1", voice="customs", level=3)
    save_answer(draft, people.respondent, "A.2.1", voice="customs", level=3)
    save_answer(draft, people.police_respondent, "A.1", voice="police", level=1)
    with django_assert_num_queries(1):
        assert count_respondents(draft) == {"customs": 2, "police": 1}
    assert of_assessment(draft).respondents == (RespondentLine("customs", 2), RespondentLine("police", 1))


def test_a_text_that_its_writer_set_aside_counts_nobody(people) -> None:
    draft = fill(start_assessment(people.coordinator), people.coordinator)
    digest = digest_now(draft)
    responses.set_aside(
        assessment_id=draft.pk, voice="national", question="A.1", response=Answer(level=1), by=people.police_coordinator
    )
    assert count_respondents(draft) == {"national": 1}
    assert digest_now(draft) == digest


def test_a_submission_freezes_the_count_and_names_nobody(people) -> None:
    submission = make_submission(people.coordinator)
    assert json.loads(submission.snapshot)["respondents"] == {"national": 1}
    assert of_submission(submission).respondents == (RespondentLine("national", 1),)


def test_an_older_submission_that_froze_no_count_tells_none(people) -> None:
    submission = make_submission(people.coordinator)
    content = json.loads(submission.snapshot)
    del content["respondents"]
    overwrite(Submission.objects.filter(pk=submission.pk), snapshot=json.dumps(content))
    assert of_submission(submission).respondents == ()
