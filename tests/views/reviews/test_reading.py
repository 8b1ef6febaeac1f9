"""Reading a submission beside the rubric: who may, and what the pages say of it."""

from __future__ import annotations

import pytest
from django.test import Client

from diagnostic.actions import reviews
from diagnostic.core import workflow
from diagnostic.models import Assessment, AuditEntry, Clarification, Response
from tests import factories
from tests.sessions import signed_in
from tests.views.discussing import fresh, take_up, text_of
from tests.views.reviews.reviewing import PAGES, ask, resubmit, url

pytestmark = pytest.mark.django_db


ACTS = [("take-up",), ("ask", "A.1"), ("comment", "A.1"), ("opinion", "A.1"), ("return",), ("accept",)]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer", 200),
        ("administrator", 200),
        ("coordinator", 403),
        ("respondent", 403),
        ("observer", 403),
        ("partner", 404),
        ("foreigner", 404),
    ],
)
def test_pages_are_the_secretariats(people, taken, who, status):
    browser = signed_in(getattr(people, who))
    for name in PAGES:
        assert browser.get(url(name[0], taken, *name[1:])).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("coordinator", 403), ("observer", 403), ("partner", 404), ("foreigner", 404)]
)
def test_acts_are_the_secretariats(people, taken, who, status):
    browser = signed_in(getattr(people, who))
    for name in ACTS:
        assert browser.post(url(name[0], taken, *name[1:]), {"text": "?"}).status_code == status
    assert not Clarification.objects.standing().exists()
    assert fresh(taken).assessment.state == workflow.IN_REVIEW
    assert AuditEntry.objects.filter(act__startswith="access.").count() == len(ACTS)


def test_a_visitor_is_sent_to_sign_in(submission):
    assert Client().get(url("detail", submission)).status_code == 302


def test_the_secretariat_sees_no_submission_that_was_withdrawn(desk, submission):
    Assessment.objects.filter(pk=submission.assessment_id).update(state=workflow.WITHDRAWN)
    for name in PAGES:
        assert desk.get(url(name[0], submission, *name[1:])).status_code == 404


def test_the_secretariat_never_reads_what_is_typed_after_the_submission(desk, taken, people):
    """While the country works on a returned assessment, its submission stays what it was."""
    ask(taken, "A.1", "Which?", people.reviewer)
    reviews.return_for_clarification(submission=fresh(taken), remark="", by=people.reviewer)
    factories.save_answer(
        fresh(taken).assessment, people.coordinator, "A.1", level=5, narrative="a draft for ourselves"
    )
    assert Response.objects.get(assessment=taken.assessment_id, question="A.1").level == 5
    for name in (("detail",), ("question", "A.1")):
        response = desk.get(url(name[0], taken, *name[1:]))
        assert response.status_code == 200
        assert "a draft for ourselves" not in response.content.decode()
    answer = next(item for item in response.context["rubric"] if item.is_answer)
    assert answer.level == 3


def test_an_unknown_question_is_not_there(desk, taken):
    assert desk.get(url("question", taken, "A.99")).status_code == 404
    assert desk.post(url("ask", taken, "A.99"), {"text": "?"}).status_code == 404


def test_detail_gives_the_facts_of_the_submission(desk, submission, people):
    says = text_of(desk.get(url("detail", submission)))
    assert submission.digest in says
    assert people.coordinator.full_name in says
    assert "TLP:AMBER" in says
    assert "21 scored questions: 20 answered, 1 not applicable (A.10)" in says
    assert "The seven themes average 2.3, which lies in level 2" in says
    assert "A.10 Does the agency have its own staff of undercover officers? not applicable" in says
    assert "Nobody has taken it up yet." in says


def test_detail_names_what_is_open(desk, people):
    assessment = factories.start_assessment(people.coordinator)
    factories.save_answer(
        assessment, people.coordinator, "A.1", status="unknown", reason="The file is at the ministry."
    )
    factories.complete(assessment, people.coordinator)
    handed_in = factories.submit(assessment, by=people.coordinator)
    response = desk.get(url("detail", handed_in))
    says = text_of(response).split("What is open", 1)[1]
    assert "A.1 What arrangements exist in your country for customs-police cooperation? cannot answer" in says
    assert "no answer" in says
    assert "Level not stated" in says
    states = {entry.question.code: entry.words for entry in response.context["reading"].entries}
    assert states["A.3.2"] == "not asked"


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("A.1", ["Country’s answer", "Basis: written only", "MOU/2021/07", "The 2025 meetings were not held."]),
        ("A.1", ["Criterion of level 3:", "Not met.", "so the criterion of level 3 on A.1 is not met"]),
        ("A.1", ["“No arrangement in place. Coexistence with no significant interaction.”"]),
        ("A.1", ["“Implementation of MOU/MOA between customs and police”"]),
        ("A.5.1", ["how is the seizure handled?", "Customs Partly: the law, skills or equipment set limits"]),
        ("A.5.2", ["Drugs and precursors Both", "Cash smuggling Police"]),
        ("A.9", ["Sensitive: this answer reveals covert capability."]),
        ("A.10", ["does not apply to it", "The country’s reason"]),
        ("A.16.2", ["Not asked: it follows A.16.1 from level 2 on, and A.16.1 is at level 1."]),
        ("A.14.2", ["Not asked: it follows A.14.1 from level 3 on, and A.14.1 is at level 2."]),
        ("A.18", ["A more formal structure", "Country’s answer"]),
    ],
)
def test_question_shows_the_answer_beside_the_rubric(desk, taken, code, wanted):
    says = text_of(desk.get(url("question", taken, code)))
    for part in wanted:
        assert part in says


def test_question_marks_one_statement_and_only_that(desk, taken):
    rubric = desk.get(url("question", taken, "A.2.1")).context["rubric"]
    assert [item.level for item in rubric] == [1, 2, 3, 4, 5]
    assert [item.level for item in rubric if item.is_answer] == [3]


def test_question_says_that_an_implied_level_is_nobodys_answer(desk, people):
    assessment = factories.start_assessment(people.coordinator)
    for code in ("A.3.1", "A.4.1"):
        factories.save_answer(assessment, people.coordinator, code, level=2)
    factories.save_answer(assessment, people.coordinator, "A.3.2", level=4, narrative="kept from before")
    factories.save_answer(assessment, people.coordinator, "A.3.1", level=1)
    handed_in = take_up(factories.submit(assessment, by=people.coordinator), people.reviewer)
    response = desk.get(url("question", handed_in, "A.3.2"))
    says = text_of(response)
    assert "counted as level 1: it follows A.3.1 from level 2 on, and A.3.1 is at level 1" in says
    assert "Counts as implied" in says
    assert "kept from before" in says
    assert "It is kept, shown below, and not counted." in says
    assert not any(item.is_answer for item in response.context["rubric"])


def test_question_leads_to_its_neighbours(desk, taken):
    page = desk.get(url("question", taken, "A.2.1")).content.decode()
    assert f'href="{url("question", taken, "A.1")}" rel="prev"' in page
    assert f'href="{url("question", taken, "A.2.2")}" rel="next"' in page
    assert 'rel="prev"' not in desk.get(url("question", taken, "A.1")).content.decode()
    assert 'rel="next"' not in desk.get(url("question", taken, "A.19")).content.decode()


def test_question_shows_the_period_before(desk, people):
    factories.make_accepted(people.coordinator, people.reviewer, period="2025")
    assessment = factories.start_assessment(people.coordinator, period="2026")
    factories.save_answer(assessment, people.coordinator, "A.1", level=4)
    handed_in = factories.submit(assessment, by=people.coordinator)
    response = desk.get(url("question", handed_in, "A.1"))
    assert "In the period before, 2025" in text_of(response)
    assert {item.level: item.marks for item in response.context["rubric"] if item.marks} == {
        3: ("2025",),
        4: ("Country’s answer",),
    }


def test_a_second_submission_stands_beside_the_first(desk, taken, people):
    second = resubmit(taken, people, level=2, basis="practised", narrative="They were held in March.")
    response = desk.get(url("question", second, "A.1"))
    says = text_of(response)
    assert "Changed since submission 1: level, basis, what the country wrote, evidence." in says
    now, before = says.split("In submission 1")
    assert "They were held in March." in now
    assert "The 2025 meetings were not held." in before
    assert "The country was asked: Were the meetings held?" in before
    assert {item.level: item.marks for item in response.context["rubric"] if item.marks} == {
        2: ("Country’s answer",),
        3: ("Submission 1",),
    }
    unchanged = text_of(desk.get(url("question", second, "A.2.1")))
    assert "Changed since" not in unchanged
    assert "The same answer." in unchanged
    assert "Changed since submission 1 With the differences marked A.1" in text_of(desk.get(url("detail", second)))


def test_pages_of_a_submission_make_few_queries(desk, taken, people, django_assert_num_queries):
    desk.get(url("question", taken, "A.1"))
    with django_assert_num_queries(8):
        desk.get(url("detail", taken))
    with django_assert_num_queries(6):
        desk.get(url("question", taken, "A.1"))
    for code in ("A.1", "A.2.1", "A.6"):
        ask(taken, code, "Why?", people.reviewer)
    with django_assert_num_queries(8):
        desk.get(url("detail", taken))
    with django_assert_num_queries(6):
        desk.get(url("question", taken, "A.1"))


def test_hostile_text_is_shown_as_the_text_it_is(desk, people):
    hostile = "<img src=x onerror=alert(1)>\"'&<script>alert(2)</script>"
    assessment = factories.start_assessment(people.coordinator, period="<b>2026</b>")
    factories.fill(assessment, people.coordinator, {"A.1": factories.example_answers()["A.1"]})
    factories.save_answer(assessment, people.coordinator, "A.1", level=3, narrative=hostile)
    factories.save_answer(assessment, people.coordinator, "A.10", status="not_applicable", reason=hostile)
    taken = take_up(factories.submit(assessment, by=people.coordinator), people.reviewer)
    ask(taken, "A.1", hostile, people.reviewer)
    for name in (("detail",), ("question", "A.1"), ("question", "A.10"), ("return",), ("accept",)):
        page = desk.get(url(name[0], taken, *name[1:])).content.decode()
        assert "<img" not in page
        assert "<script>alert" not in page
        assert "<b>2026" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
