"""Both agencies' voices and why they agreed, in what is handed on: result page, report, export and frozen record."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from diagnostic.actions import action_plan, responses
from diagnostic.actions.submissions import build_snapshot, digest_of, keep_instrument, write_receipt_of
from diagnostic.core.action_plan import ActionDetails
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.report_data import Report
from diagnostic.core.responses import is_asked
from diagnostic.instruments import current_instrument, instrument_of
from diagnostic.models import Assessment, Closing, Response, Review, Submission
from diagnostic.queries import load_voices
from diagnostic.views.report_facts import (
    assessments_for_report,
    report_of_assessment,
    report_of_submission,
    submissions_for_report,
)
from tests import factories
from tests.factories import example_answers, start_assessment
from tests.permissions.test_sweep import TABLE, address
from tests.tampering import overwrite
from tests.views.test_results import MOST_QUERIES, SENSITIVE, words

pytestmark = pytest.mark.django_db
WHY = "Both coordinators read the order of 2021."


def give(assessment: Assessment, voice: str, by: Any) -> None:
    """That voice's answers of the two-voices example to what it is asked, in instrument order."""
    answers = example_answers("two-voices", voice)
    instrument = current_instrument()
    for question in instrument.questions:
        if question.code in answers and is_asked(instrument, question, voice, {voice: answers}):
            act = {
                "assessment_id": assessment.pk,
                "question": question.code,
                "response": answers[question.code],
                "base_version": 0,
                "by": by,
            }
            if voice == "national":
                responses.record(**act, agreement=WHY)
            else:
                responses.save(**act, voice=voice)


@pytest.fixture
def compared(people: factories.People) -> Assessment:
    """Two agencies that each answered for itself, and agreed on national answers."""
    assessment = start_assessment(people.coordinator, mode="separate", is_disclosed_to_partners=True)
    give(assessment, "customs", people.coordinator)
    give(assessment, "police", people.police_coordinator)
    Assessment.objects.update(state="comparing", comparison_opened_at=timezone.now())
    give(assessment, "national", people.coordinator)
    return Assessment.objects.select_related("country").get(pk=assessment.pk)


def hand_in(assessment: Assessment, by: Any, state: str = "submitted") -> Submission:
    """What a submission of `assessment` freezes, as a row; who may hand in is tested elsewhere."""
    snapshot, _result = build_snapshot(assessment)
    digest = digest_of(snapshot)
    Assessment.objects.update(state=state)
    return Submission.objects.create(
        assessment=assessment,
        instrument_id=keep_instrument(instrument_of(assessment)),
        number=1,
        snapshot=snapshot,
        digest=digest,
        receipt=write_receipt_of(assessment, 1, digest, timezone.now(), by, ()),
        marking=assessment.marking,
        is_disclosed_to_partners=True,
        allows_statistics=False,
        submitted_by=by,
    )


def accept(submission: Submission, by: Any) -> None:
    review = Review.objects.create(submission=submission, taken_up_by=by)
    Closing.objects.create(review=review, outcome="accepted", closed_by=by)


def report_of(submission: Submission) -> Report:
    """Its report as a request makes it: from the row as it is kept."""
    return report_of_submission(submissions_for_report(Submission.objects.all()).get(pk=submission.pk)).build()


def read(client: Client, user: Any, assessment: Assessment) -> str:
    client.force_login(user)
    response = client.get(reverse("result", args=[assessment.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_result_page_compares_customs_and_police(
    client: Client, people: factories.People, compared: Assessment
) -> None:
    page = read(client, people.observer, compared)
    part = words(page[page.index('id="compared"') : page.index('id="findings"')])
    assert "13 questions count in both voices: 4 are equal, 9 lie within one level, 4 two levels or more apart" in part
    assert "the mean difference is 1.0 levels (14/13)" in part
    assert re.findall(r"(A\.[\d.]+) \D+? Customs \d", part)[:4] == ["A.3.1", "A.2.2", "A.3.2", "A.19"]
    assert "Customs 4 Coordination Police 2 Communication Agreed 3 Cooperation" in part
    assert "Police 1 Coexistence not asked, counted as level 1 Agreed no level" in part
    assert "Equal in both voices: A.2.1, A.4.1, A.9 and A.14.1." in part


def test_the_result_page_of_two_agencies_needs_few_queries(
    client: Client, people: factories.People, compared: Assessment
) -> None:
    client.force_login(people.coordinator)
    with CaptureQueriesContext(connection) as held:
        client.get(reverse("result", args=[compared.pk]))
    assert len(held) <= MOST_QUERIES


def test_partners_see_the_comparison_without_the_sensitive_questions(
    client: Client, people: factories.People, compared: Assessment
) -> None:
    submission = hand_in(compared, people.coordinator, "accepted")
    accept(submission, people.reviewer)
    full, page = words(read(client, people.reviewer, compared)), words(read(client, people.partner, compared))
    assert "13 questions count in both voices" in full
    assert "4 of 13 compared answers equal" in full
    assert "11 questions count in both voices: 3 are equal" in page
    assert "3 of 11 compared answers equal" in page
    assert "A.9, A.10 and A.11 are left out of these figures." in page
    assert "Equal in both voices: A.2.1, A.4.1 and A.14.1." in page


def test_no_page_shows_partners_a_byte_of_a_sensitive_answer_in_any_voice(
    client: Client, people: factories.People, compared: Assessment
) -> None:
    hidden = Response.objects.filter(question__in=SENSITIVE)
    hidden.update(narrative="SECRET-narrative", reason="SECRET-reason", agreement="SECRET-agreement", level=5)
    for row in hidden:
        row.evidence.create(position=0, title="SECRET-title", reference="SECRET-reference")
    submission = hand_in(compared, people.coordinator, "accepted")
    accept(submission, people.reviewer)
    details = ActionDetails("SECRET-action")
    planned = action_plan.add(assessment=compared, details=details, question=SENSITIVE[0], by=people.coordinator)
    targets = {"": None, "submission": submission, "plan": planned}
    statements = [current_instrument().by_code[code].levels[5] for code in SENSITIVE]
    forbidden = ["SECRET", submission.digest, *statements]

    def leaks(user: Any) -> set[str]:
        client.force_login(user)
        pages = {
            name: client.get(address(name, rule, targets.get(rule.about, compared)))
            for name, rule in TABLE.items()
            if "get" in rule.method and rule.about != "proposal"
        }
        return {
            name for name, page in pages.items() if any(escape(text).encode() in page.content for text in forbidden)
        }

    assert leaks(people.partner) == set()
    assert {"submission-snapshot", "review-detail"} <= leaks(people.reviewer)


def test_a_joint_session_is_not_compared(client: Client, people: factories.People) -> None:
    assessment = factories.fill(start_assessment(people.coordinator), people.coordinator)
    assert 'id="compared"' not in read(client, people.coordinator, assessment)
    assert "agreements" not in json.loads(build_snapshot(assessment)[0])


def test_the_export_holds_every_voice_and_reads_back_the_same(
    client: Client, people: factories.People, compared: Assessment
) -> None:
    client.force_login(people.coordinator)
    response = client.get(reverse("assessment-export", args=[compared.pk]))
    file = parse_assessment(response.content, current_instrument(), {"ZZ"})
    assert set(file.voices) == {"national", "customs", "police"}
    assert {voice: dict(given) for voice, given in file.voices.items()} == load_voices(compared)


def test_the_report_of_the_answers_as_they_stand_holds_voices_and_agreements(compared: Assessment) -> None:
    report = report_of_assessment(assessments_for_report(Assessment.objects.select_related("country")).get()).build()
    first = report.answers[0]
    assert (first.code, first.agreement) == ("A.1", WHY)
    assert [(given.voice, given.level) for given in first.voices] == [("customs", 4), ("police", 3)]
    assert report.comparison is not None
    assert report.comparison.compared == 13


def test_why_they_agreed_is_frozen_with_the_submission(compared: Assessment, people: factories.People) -> None:
    submission = hand_in(compared, people.coordinator)
    assert json.loads(submission.snapshot)["agreements"]["A.1"] == WHY
    before = report_of(submission)
    Response.objects.filter(question="A.1").update(agreement="Changed.", level=5)
    after = report_of(submission)
    assert after.to_json() == before.to_json()
    assert after.answers[0].agreement == WHY
    assert [given.level for given in after.answers[0].voices] == [4, 3]


def test_another_reason_is_another_digest(compared: Assessment) -> None:
    before, _result = build_snapshot(compared)
    Response.objects.filter(voice="national", question="A.1").update(agreement=f"{WHY} Since March.")
    assert build_snapshot(compared)[0] != before


def test_a_submission_from_before_agreements_were_kept_still_reports(
    compared: Assessment, people: factories.People
) -> None:
    submission = hand_in(compared, people.coordinator)
    content = json.loads(submission.snapshot)
    del content["agreements"]
    overwrite(Submission.objects.all(), snapshot=json.dumps(content))
    assert report_of(submission).answers[0].agreement == ""
