"""Which report belongs to what stands: remembered, and told anew as soon as anything that it is made from changes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpch.accounts.models import Country
from diagnostic.actions import action_plan, assessments, comments, opinions, reviews
from diagnostic.actions.submissions import digest_of
from diagnostic.core.action_plan import ActionDetails
from diagnostic.core.interchange import write_assessment
from diagnostic.core.plain_data import canonical
from diagnostic.core.report_data import ReportFacts
from diagnostic.core.responses import Evidence
from diagnostic.instruments import instrument_of
from diagnostic.models import Action, Assessment, Closing, ReportFile, Response, Review, Submission
from diagnostic.queries import load_voices, to_file
from diagnostic.views import report_facts
from diagnostic.views.report_facts import (
    ReportBasis,
    assessments_for_report,
    report_of_assessment,
    report_of_submission,
    submissions_for_report,
)
from tests.factories import (
    People,
    example_answers,
    fill,
    make_returned,
    make_submission,
    save_answer,
    start_assessment,
    submit,
)
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db


def of_submission(submission: Submission) -> ReportBasis:
    """The basis as a request has it."""
    found = Submission.objects.select_related("assessment__country", "review__closing")
    return report_of_submission(submissions_for_report(found).get(pk=submission.pk))


def of_assessment(assessment: Assessment) -> ReportBasis:
    """The basis as a request has it."""
    return report_of_assessment(
        assessments_for_report(Assessment.objects.select_related("country")).get(pk=assessment.pk)
    )


@dataclasses.dataclass(frozen=True)
class Laid:
    """What a change starts from: a submission in review, and a draft of the same country begun after it."""

    people: People
    submission: Submission
    draft: Assessment


@pytest.fixture
def laid(people: People) -> Laid:
    before = start_assessment(people.coordinator)
    save_answer(before, people.coordinator, "A.1", level=1)
    submission = make_submission(people.coordinator)
    reviews.take_up(submission=submission, by=people.reviewer)
    submission.assessment.refresh_from_db()
    draft = fill(start_assessment(people.coordinator, target_level=3), people.coordinator)
    return Laid(people, submission, draft)


Change = Callable[[Laid], Any]


def country(**values: Any) -> Change:
    return lambda laid: Country.objects.filter(pk=laid.draft.country_id).update(**values)


def drafted(**values: Any) -> Change:
    return lambda laid: Assessment.objects.filter(pk=laid.draft.pk).update(**values)


def saved(question: str = "A.1", **members: Any) -> Change:
    return lambda laid: save_answer(laid.draft, laid.people.coordinator, question, **members)


def accept(laid: Laid) -> Review:
    return reviews.accept(submission=laid.submission, remark="", by=laid.people.reviewer)


def accepted_differently(**values: Any) -> Change:
    def change(laid: Laid) -> None:
        before = accept_and_ask(laid)
        overwrite(Closing.objects.filter(review__submission=laid.submission), **values)
        assert of_submission(laid.submission).digest != before

    return change


def accept_and_ask(laid: Laid) -> str:
    accept(laid)
    return of_submission(laid.submission).digest


def frozen_differently(name: str, value: Any) -> Change:
    """Another submission in place of this one."""

    def change(laid: Laid) -> None:
        content = json.loads(laid.submission.snapshot)
        content["assessment"][name] = value
        snapshot = canonical(content)
        overwrite(Submission.objects.filter(pk=laid.submission.pk), snapshot=snapshot, digest=digest_of(snapshot))

    return change


def earlier_handed_in(laid: Laid) -> Submission:
    """The assessment that was begun first is handed in after the others."""
    return submit(Assessment.objects.earliest("started_at"), by=laid.people.coordinator)


def returned(laid: Laid) -> Assessment:
    reviews.ask(submission=laid.submission, question="A.1", text="Which?", by=laid.people.reviewer)
    reviews.return_for_clarification(submission=laid.submission, remark="", by=laid.people.reviewer)
    return Assessment.objects.get(pk=laid.submission.assessment_id)


def submission_withdrawn(laid: Laid) -> Assessment:
    return assessments.withdraw(assessment=returned(laid), by=laid.people.coordinator, reason="Handed in too early.")


def submission_made_again(laid: Laid) -> Submission:
    assessment = returned(laid)
    save_answer(assessment, laid.people.coordinator, "A.1", level=5)
    return submit(assessment, by=laid.people.coordinator)


def another_voice(laid: Laid) -> None:
    Response.objects.create(assessment=laid.draft, voice="customs", question="A.1", level=2)
    Response.objects.create(assessment=laid.draft, voice="police", question="A.1", level=5)


def after(first: Change, then: Change) -> Change:
    """`first`, and then another change that is told as well."""

    def change(laid: Laid) -> None:
        first(laid)
        before = of_submission(laid.submission).digest
        then(laid)
        assert of_submission(laid.submission).digest != before

    return change


def shared(laid: Laid) -> Any:
    return comments.share(submission=laid.submission, question="A.2.1", text="Which unit?", by=laid.people.reviewer)


def answered(laid: Laid) -> Any:
    return comments.answer(submission=laid.submission, question="A.2.1", text="Risk.", by=laid.people.police_respondent)


def gave_opinion(level: int = 2) -> Change:
    return lambda laid: opinions.give(
        submission=laid.submission, question="A.1", level=level, reason="The MOU has lapsed.", by=laid.people.reviewer
    )


def replied(text: str = "It was renewed.") -> Change:
    return lambda laid: opinions.reply(
        submission=laid.submission, question="A.1", text=text, by=laid.people.police_coordinator
    )


def took_opinion_back(laid: Laid) -> None:
    opinions.take_back(submission=laid.submission, question="A.1", by=laid.people.reviewer)
    gave_opinion(5)(laid)


def planned(laid: Laid) -> Action:
    return action_plan.add(
        assessment=laid.submission.assessment,
        details=ActionDetails("Meet every month"),
        question="A.1",
        by=laid.people.coordinator,
    )


def begun(laid: Laid) -> Action:
    action = Action.objects.get()
    return action_plan.move(action=action, act="begin", source="planned", by=laid.people.coordinator)


def planned_on_the_draft(laid: Laid) -> Action:
    details = ActionDetails("Train together")
    return action_plan.add(assessment=laid.draft, details=details, by=laid.people.coordinator)


def begun_in_between(laid: Laid) -> None:
    planned(laid)
    before = of_assessment(laid.draft).digest
    begun(laid)
    assert of_assessment(laid.draft).digest != before


AN_HOUR_LATER = timezone.now() + timedelta(hours=1)

SUBMISSION_CHANGES: dict[str, Change] = {
    "state": accept,
    "accepted_at": accepted_differently(closed_at=AN_HOUR_LATER),
    "accepted_by": accepted_differently(closed_by_name="Somebody Else"),
    "period": frozen_differently("period", "another"),
    "title": frozen_differently("title", "another"),
    "target_level": frozen_differently("target_level", 5),
    "a comment": shared,
    "a comment, answered": after(shared, answered),
    "an opinion": gave_opinion(),
    "an opinion, changed": after(gave_opinion(), gave_opinion(3)),
    "an opinion, taken back": after(gave_opinion(), took_opinion_back),
    "a reply": after(gave_opinion(), replied()),
    "a reply, changed": after(after(gave_opinion(), replied()), replied("It runs until 2030.")),
    "returned": returned,
}
"""What makes another report of a submission: what was added since. Of what was there, test_frozen_reports tells."""

ASSESSMENT_CHANGES: dict[str, Change] = {
    "country": country(name="Renamed"),
    "alpha2": country(alpha2="QQ"),
    "country_footnote": country(footnote="As of today."),
    "is_example": country(is_example=False),
    "period": drafted(period="another"),
    "title": drafted(title="another"),
    "mode": drafted(mode="separate"),
    "state": drafted(state="returned"),
    "marking": drafted(marking="TLP:RED"),
    "is_disclosed_to_partners": drafted(is_disclosed_to_partners=True),
    "target_level": drafted(target_level=4),
    "target_level, as it was anyway": drafted(target_level=None),
    "a level": saved(level=5),
    "a narrative": saved(level=4, narrative="In writing."),
    "evidence": saved(level=4, evidence=(Evidence("Agreement", "2020/1"),)),
    "a reason": saved(status="unknown", reason="Nobody knows."),
    "other voices": another_voice,
    "previous, withdrawn": submission_withdrawn,
    "previous, made again": submission_made_again,
    "an earlier period": earlier_handed_in,
    "an action": planned_on_the_draft,
    "an action of last time": planned,
    "an action of last time, begun": begun_in_between,
}


@pytest.mark.parametrize("name", SUBMISSION_CHANGES)
def test_a_submissions_report_is_another_when_anything_in_it_changes(name: str, laid: Laid) -> None:
    before = of_submission(laid.submission).digest
    assert before == of_submission(laid.submission).build().digest
    SUBMISSION_CHANGES[name](laid)
    basis = of_submission(laid.submission)
    assert before != basis.digest == basis.build().digest


@pytest.mark.parametrize("name", ASSESSMENT_CHANGES)
def test_a_drafts_report_is_another_when_anything_in_it_changes(name: str, laid: Laid) -> None:
    before = of_assessment(laid.draft).digest
    assert before == of_assessment(laid.draft).build().digest
    ASSESSMENT_CHANGES[name](laid)
    basis = of_assessment(laid.draft)
    assert before != basis.digest == basis.build().digest


def test_no_fact_of_a_draft_is_left_out_above() -> None:
    names = {field.name for field in dataclasses.fields(ReportFacts)}
    of_submissions = {"submission_number", "digest", "submitted_at", "submitted_by", "accepted_at", "accepted_by"}
    of_submissions |= {"attestations"}
    assert names - of_submissions <= ASSESSMENT_CHANGES.keys()


@pytest.mark.parametrize(
    "basis_of", [lambda laid: of_submission(laid.submission), lambda laid: of_assessment(laid.draft)]
)
def test_the_instrument_and_the_versions_tell_reports_apart(
    basis_of: Callable[[Laid], ReportBasis], laid: Laid, monkeypatch: pytest.MonkeyPatch
) -> None:
    basis = basis_of(laid)
    other = dataclasses.replace(basis, instrument=dataclasses.replace(basis.instrument, title="Another"))
    assert other.digest == other.build().digest != basis.digest
    keys = {basis.key}
    for name in ("FORMAT_VERSION", "SCORING_VERSION"):
        monkeypatch.setattr(report_facts, name, 99)
        keys.add(basis.key)
    assert len(keys) == 3


def test_the_brief_is_another_report_with_a_key_of_its_own(laid: Laid) -> None:
    full = of_submission(laid.submission)
    edition = dataclasses.replace(full, edition="brief")
    assert edition.key != full.key
    assert edition.build().edition == "brief"
    assert edition.digest == edition.build().digest != full.digest


def test_the_partners_edition_is_another_report_with_a_key_of_its_own(laid: Laid) -> None:
    full = of_submission(laid.submission)
    edition = dataclasses.replace(full, edition="partners")
    assert edition.key != full.key
    assert edition.digest == edition.build().digest != full.digest
    assert (full.build().edition, edition.build().edition) == ("full", "partners")
    assert edition.build().left_out == ("A.9", "A.10", "A.11")
    with pytest.raises(ValueError, match="no edition"):
        dataclasses.replace(full, edition="").build()


def test_two_assessments_that_are_alike_but_for_their_answers_have_reports_of_their_own(people: People) -> None:
    first = start_assessment(people.coordinator, period="2030")
    save_answer(first, people.coordinator, "A.1", level=2)
    one = of_assessment(first)
    assert one.digest
    assessments.withdraw(assessment=first, by=people.coordinator, reason="Begun by mistake.")
    second = start_assessment(people.coordinator, period="2030")
    save_answer(second, people.coordinator, "A.1", level=3)
    other = of_assessment(second)
    assert one.build().facts == other.build().facts
    assert one.digest != other.digest == other.build().digest


def test_an_answer_that_is_taken_back_makes_the_report_that_was(people: People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    before = of_assessment(assessment)
    save_answer(assessment, people.coordinator, "A.1", level=5)
    between = of_assessment(assessment).digest
    answer = example_answers()["A.1"]
    save_answer(
        assessment, people.coordinator, "A.1", **{f.name: getattr(answer, f.name) for f in dataclasses.fields(answer)}
    )
    after = of_assessment(assessment)
    assert before.key != after.key
    assert before.build().digest == after.digest != between


def test_what_the_report_does_not_say_builds_nothing_again(laid: Laid, monkeypatch: pytest.MonkeyPatch) -> None:
    before = of_submission(laid.submission).digest
    monkeypatch.setattr(ReportBasis, "build", lambda basis: pytest.fail("built again"))
    reviews.ask(submission=laid.submission, question="A.1", text="Not sent yet", by=laid.people.reviewer)
    comments.note(submission=laid.submission, question="A.1", text="Between us", by=laid.people.reviewer)
    Assessment.objects.filter(pk=laid.submission.assessment_id).update(title="Changed after", target_level=5)
    assert of_submission(laid.submission).digest == before


def test_what_was_resubmitted_has_its_own_report_and_the_first_one_keeps_its_own(people: People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    first = make_returned(assessment, people.coordinator, people.reviewer, "A.1")
    before = of_submission(first).digest
    assessment.refresh_from_db()
    save_answer(assessment, people.coordinator, "A.1", level=5)
    second = submit(assessment, by=people.coordinator)
    assert of_submission(first).digest == before == of_submission(first).build().digest
    assert before != of_submission(second).digest == of_submission(second).build().digest


@pytest.mark.parametrize("name", ["submission-report-file", "assessment-report-file"])
def test_a_report_that_is_ready_costs_nine_queries_and_loads_no_answer(name: str, laid: Laid, client: Client) -> None:
    is_draft = name == "assessment-report-file"
    path = reverse(name, args=[laid.draft.pk if is_draft else laid.submission.pk])
    client.force_login(laid.people.coordinator)
    assert client.post(path.removesuffix("report.pdf")).status_code == 302
    file = ReportFile.objects.get()
    finish(file)
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert len(queries) <= 9
    asked = " ".join(query["sql"] for query in queries)
    assert '"snapshot"' not in asked
    assert '"diagnostic_reportfile"."data"' not in asked
    assert '"narrative"' not in asked


def finish(file: ReportFile) -> None:
    from diagnostic.actions.reports import begin_rendering, finish_rendering

    begun = begin_rendering()
    assert begun == file
    finish_rendering(file=begun, content=b"%PDF-1.7")


def test_the_files_that_a_report_carries_are_what_was_frozen(laid: Laid) -> None:
    report = of_submission(laid.submission).build()
    frozen = json.loads(laid.submission.snapshot)
    assert json.loads(report.data_file) == frozen["assessment"]
    assert json.loads(report.result_file) == frozen["result"]


def test_the_file_of_a_draft_is_the_one_that_its_country_exports(laid: Laid) -> None:
    exported = write_assessment(to_file(laid.draft, load_voices(laid.draft)), instrument_of(laid.draft))
    assert json.loads(of_assessment(laid.draft).build().data_file) == json.loads(exported)
