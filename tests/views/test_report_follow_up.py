"""What follows a submission, as its report has it: what was shared and nothing else, the plans, the earlier periods."""

from __future__ import annotations

import pytest

from diagnostic.actions import action_plan, comments, opinions, reviews
from diagnostic.core.action_plan import ActionDetails
from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.plain_data import canonical
from diagnostic.core.report_data import Report
from diagnostic.core.report_follow_up import RemarkLine
from diagnostic.instruments import current_instrument
from diagnostic.models import Action, Assessment, Submission
from diagnostic.views.report_facts import (
    ReportBasis,
    assessments_for_report,
    report_of_assessment,
    report_of_submission,
    submissions_for_report,
)
from tests.factories import (
    People,
    fill,
    make_people,
    make_returned,
    make_submission,
    save_answer,
    start_assessment,
    submit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


def basis_of(submission: Submission) -> ReportBasis:
    found = Submission.objects.select_related("assessment__country", "review__closing")
    return report_of_submission(submissions_for_report(found).get(pk=submission.pk))


def report_of(submission: Submission) -> Report:
    return basis_of(submission).build()


def as_it_stands(assessment: Assessment) -> Report:
    found = assessments_for_report(Assessment.objects.select_related("country"))
    return report_of_assessment(found.get(pk=assessment.pk)).build()


def told(remark: RemarkLine) -> tuple[int, str, str, str, str]:
    return remark.number, remark.question, remark.kind, remark.side, remark.text


def test_what_was_shared_stands_by_question_and_in_time_with_the_reply_after_its_opinion(people: People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    first = submit(assessment, people.coordinator)
    reviews.take_up(submission=first, by=people.reviewer)
    first.assessment.refresh_from_db()
    comments.note(submission=first, question="A.1", text="Between us", by=people.reviewer)
    comments.share(submission=first, question="A.2.1", text="Which unit?", by=people.reviewer)
    comments.answer(submission=first, question="A.2.1", text="Risk.", by=people.police_respondent)
    opinions.give(submission=first, question="A.1", level=2, reason="It has lapsed.", by=people.reviewer)
    opinions.reply(submission=first, question="A.1", text="It was renewed.", by=people.police_coordinator)
    reviews.ask(submission=first, question="A.1", text="Until when?", by=people.reviewer)
    assert [remark.kind for remark in report_of(first).remarks] == ["opinion", "reply", "comment", "comment"]
    reviews.return_for_clarification(submission=first, remark="Nearly there.", by=people.reviewer)
    found = report_of(first).remarks
    assert [told(remark) for remark in found] == [
        (1, "", "return", "secretariat", "Nearly there."),
        (1, "A.1", "clarification", "secretariat", "Until when?"),
        (1, "A.1", "opinion", "secretariat", "It has lapsed."),
        (1, "A.1", "reply", "country", "It was renewed."),
        (1, "A.2.1", "comment", "secretariat", "Which unit?"),
        (1, "A.2.1", "comment", "country", "Risk."),
    ]
    assert (found[2].level, found[2].country_level, found[3].answers_to) == (2, 3, 2)
    assert [remark.agency for remark in found] == ["", "", "", "police", "", "police"]
    assert found[5].by == people.police_respondent.full_name

    assessment.refresh_from_db()
    save_answer(assessment, people.coordinator, "A.1", level=4)
    second = submit(assessment, by=people.coordinator)
    reviews.take_up(submission=second, by=people.reviewer)
    second.assessment.refresh_from_db()
    opinions.give(submission=second, question="A.1", level=3, reason="Thank you.", by=people.reviewer)
    reviews.accept(submission=second, remark="Well done.", by=people.reviewer)
    later = report_of(second).remarks
    assert report_of(first).remarks == found
    assert [told(remark)[:3] for remark in later] == [
        (1, "", "return"),
        (2, "", "acceptance"),
        (1, "A.1", "clarification"),
        (1, "A.1", "opinion"),
        (1, "A.1", "reply"),
        (2, "A.1", "opinion"),
        (1, "A.2.1", "comment"),
        (1, "A.2.1", "comment"),
    ]
    assert [remark.country_level for remark in later if remark.kind == "opinion"] == [3, 4]
    assert "Between us" not in canonical(report_of(second).to_json())


def test_what_the_agencies_say_to_each_other_is_in_no_report(people: People) -> None:
    submission = make_submission(people.coordinator)
    submission.assessment.comments.create(
        question="A.1", audience="agencies", text="Do not tell", written_by=people.coordinator
    )
    assert "Do not tell" not in canonical(report_of(submission).to_json())


def test_the_plan_of_this_time_and_of_last_time_stand_apart_with_the_levels_of_now(people: People) -> None:
    before = make_submission(people.coordinator, period="2025")
    old = action_plan.add(
        assessment=before.assessment, details=ActionDetails("Meet"), question="A.2.2", by=people.coordinator
    )
    action_plan.move(action=old, act="complete", source="planned", proof="Minutes", by=people.coordinator)
    now = fill(start_assessment(people.coordinator, period="2026"), people.coordinator)
    save_answer(now, people.coordinator, "A.2.2", level=5)
    action_plan.add(assessment=now, details=ActionDetails("Train"), question="A.9", by=people.coordinator)
    action_plan.add(assessment=now, details=ActionDetails("Write"), by=people.coordinator)
    assert as_it_stands(now).plan == report_of(submit(now, by=people.coordinator)).plan
    report = report_of(Submission.objects.get(assessment=now))
    assert report.previous is not None
    (line,) = report.previous.actions
    assert (line.title, line.state, line.proof, line.level_before, line.level_now) == ("Meet", "done", "Minutes", 2, 5)
    assert [action.title for action in report.plan] == ["Train", "Write"]
    assert [item.question for item in report.previous.differences] == ["A.2.2"]
    assert "A.1" in report.previous.same
    assert {item.question for item in report.previous.differences}.isdisjoint(report.previous.same)
    edition = for_partners(report, sensitive_questions(current_instrument()))
    assert (edition.plan, edition.remarks, edition.periods, edition.previous) == ((), (), (), None)


def test_each_earlier_period_is_there_once_by_its_last_submission(people: People) -> None:
    first = fill(start_assessment(people.coordinator, period="2023"), people.coordinator)
    make_returned(first, people.coordinator, people.reviewer, "A.1")
    first.refresh_from_db()
    save_answer(first, people.coordinator, "A.1", level=1)
    submit(first, by=people.coordinator)
    middle = make_submission(people.coordinator, period="2024")
    last = make_submission(people.coordinator, period="2025")
    assert [line.period for line in report_of(last).periods] == ["2023", "2024", "2025"]
    assert [line.period for line in report_of(middle).periods] == ["2023", "2024"]
    report = report_of(last)
    assert report.periods[0].index != report.periods[1].index == report.index
    assert (report.periods[-1].level, report.periods[-1].rules) == (report.level, report.periods[0].rules)
    assert [point.score for point in report.periods[-1].themes] == [theme.score for theme in report.themes]
    draft = start_assessment(people.coordinator, period="2026")
    assert [line.period for line in as_it_stands(draft).periods] == ["2023", "2024", "2025", "2026"]


def test_the_first_assessment_has_no_periods(people: People) -> None:
    assert report_of(make_submission(people.coordinator)).periods == ()


def test_each_submission_has_the_plan_as_it_stood_with_the_levels_that_were_handed_in(people: People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    first = make_returned(assessment, people.coordinator, people.reviewer, "A.1")
    assessment.refresh_from_db()
    save_answer(assessment, people.coordinator, "A.1", level=4)
    before = basis_of(first).key
    action_plan.add(assessment=assessment, details=ActionDetails("Meet"), question="A.1", by=people.coordinator)
    save_answer(assessment, people.coordinator, "A.1", level=5)
    second = submit(assessment, by=people.coordinator)
    assert report_of(first).plan == ()
    assert basis_of(first).key == before, "not even that there is one"
    (action,) = report_of(second).plan
    assert (action.level_before, action.level_now) == (5, 5)
    assert Action.objects.get().level_before == 5
    action_plan.move(action=Action.objects.get(), act="begin", source="planned", by=people.coordinator)
    action_plan.add(assessment=assessment, details=ActionDetails("Train"), by=people.coordinator)
    assert report_of(second).plan == (action,)
