"""The secretariat's pages: the queue, reading beside the rubric, asking, returning, accepting."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpch.accounts.models import User
from diagnostic.actions import reviews
from diagnostic.core import workflow
from diagnostic.models import Assessment, AuditEntry, Clarification, Response, Review, Submission
from tests import factories
from tests.journeys.axe import find_faults_here

pytestmark = pytest.mark.django_db

QUEUE = "/review/"
MOST_QUERIES = 6


@pytest.fixture
def people() -> factories.People:
    return factories.make_people()


@pytest.fixture
def submission(people: factories.People) -> Submission:
    """The joint-session example, handed in."""
    return factories.make_submission(people.coordinator, period="2026")


@pytest.fixture
def taken(submission: Submission, people: factories.People) -> Submission:
    """The same, taken up."""
    return take_up(submission, people.reviewer)


@pytest.fixture
def desk(people: factories.People) -> Client:
    """A reviewer's browser."""
    return signed_in(people.reviewer)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def take_up(submission: Submission, by: User) -> Submission:
    reviews.take_up(submission=submission, by=by)
    return fresh(submission)


def ask(submission: Submission, question: str, text: str, by: User) -> None:
    reviews.ask(submission=submission, question=question, text=text, by=by)


def fresh(submission: Submission) -> Submission:
    return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)


def url(name: str, submission: Submission, *code: str) -> str:
    return reverse(f"review-{name}", args=[submission.pk, *code])


def text_of(response: Any) -> str:
    """What the page says, its tags left out and its spaces made one."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def resubmit(submission: Submission, people: factories.People, **answer: Any) -> Submission:
    """Return `submission` for A.1, answer that anew and hand it in again."""
    ask(submission, "A.1", "Were the meetings held?", people.reviewer)
    reviews.return_for_clarification(submission=fresh(submission), remark="", by=people.reviewer)
    assessment = fresh(submission).assessment
    factories.save_answer(assessment, people.coordinator, "A.1", **answer)
    return factories.submit(assessment, by=people.coordinator)


# The queue


def test_queue_says_what_waits_since_when_from_whom_and_who_has_it(desk, submission, people):
    says = text_of(desk.get(QUEUE))
    assert "Example Country, 2026" in says
    assert "Submission 1" in says
    assert people.coordinator.full_name in says
    assert "Nobody yet" in says
    assert "2 Communication index 2.3" in says
    assert "Submitted" in says

    take_up(submission, people.reviewer)
    says = text_of(desk.get(QUEUE))
    assert f"Taken up by {people.reviewer.full_name}" in says
    assert "In review" in says


def test_queue_names_the_region(desk):
    factories.make_submission(factories.make_user(country="KE"))
    assert "East and Southern Africa. Submission 1" in text_of(desk.get(QUEUE))


def test_queue_shows_no_draft_and_nothing_withdrawn(desk, people):
    draft = factories.start_assessment(people.coordinator, period="still a draft")
    withdrawn = factories.make_submission(people.coordinator, period="taken back")
    Assessment.objects.filter(pk=withdrawn.assessment_id).update(state=workflow.WITHDRAWN)
    says = text_of(desk.get(QUEUE))
    assert draft.period not in says
    assert "taken back" not in says
    assert "Nothing waits." in says


def test_queue_lists_closed_ones_apart(desk, taken, people):
    reviews.accept(submission=taken, remark="", by=people.reviewer)
    waiting, closed = text_of(desk.get(QUEUE)).split("Returned and accepted", 1)
    assert "2026" not in waiting
    assert "Example Country, 2026" in closed
    assert "1 submission, the latest first" in closed


def test_a_returned_submission_is_closed_and_the_next_one_waits(desk, taken, people):
    resubmit(taken, people, level=2)
    waiting, closed = text_of(desk.get(QUEUE)).split("Returned and accepted", 1)
    assert "Submission 2" in waiting
    assert "Submission 1" not in waiting
    assert "Submission 1" in closed
    assert "Returned" in closed


@pytest.fixture
def closed(people: factories.People) -> None:
    """Accepted ones of France 2024 and Kenya 2025, a returned one of the example country 2026."""
    for country, period in (("FR", "2024"), ("KE", "2025")):
        factories.make_accepted(factories.make_user(country=country), people.reviewer, period=period)
    returned = take_up(factories.make_submission(people.coordinator, period="2026"), people.reviewer)
    ask(returned, "A.1", "Which?", people.reviewer)
    reviews.return_for_clarification(submission=returned, remark="", by=people.reviewer)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"country": "FR"}, {"France"}),
        ({"region": "ESA"}, {"Kenya"}),
        ({"period": "2026"}, {"Example Country"}),
        ({"outcome": "accepted"}, {"France", "Kenya"}),
        ({"outcome": "returned"}, {"Example Country"}),
        ({"country": "FR", "period": "2025"}, set()),
        ({}, {"France", "Kenya", "Example Country"}),
    ],
)
def test_queue_filters_what_is_closed(desk, closed, query, found):
    page = desk.get(QUEUE, query).context["page"]
    assert {item.assessment.country.name for item in page} == found


def test_queue_says_that_a_filter_is_none_of_the_choices(desk, closed):
    response = desk.get(QUEUE, {"country": "XX"})
    assert "There is a problem" in text_of(response)
    assert 'href="#filter-country"' in response.content.decode()
    assert list(response.context["page"]) == []


def test_queue_pages_what_is_closed(desk, people, monkeypatch):
    monkeypatch.setattr("diagnostic.views.reviews.PER_PAGE", 2)
    for period in ("2023", "2024", "2025"):
        factories.make_accepted(people.coordinator, people.reviewer, period=period)
    first, second = desk.get(QUEUE), desk.get(QUEUE, {"page": 2, "outcome": "accepted"})
    assert [item.assessment.period for item in first.context["page"]] == ["2025", "2024"]
    assert [item.assessment.period for item in second.context["page"]] == ["2023"]
    assert "page=1" in second.content.decode()
    assert "outcome=accepted" in second.content.decode()


def test_queue_makes_as_many_queries_for_many_as_for_one(desk, people, django_assert_max_num_queries):
    factories.make_submission(people.coordinator)
    factories.make_accepted(people.coordinator, people.reviewer)
    desk.get(QUEUE)
    with django_assert_max_num_queries(MOST_QUERIES) as one:
        desk.get(QUEUE)
    for country in ("FR", "KE", "JP"):
        by = factories.make_user(country=country)
        factories.make_accepted(by, people.reviewer)
        take_up(factories.make_submission(by), people.reviewer)
        factories.make_submission(by)
    with django_assert_max_num_queries(MOST_QUERIES) as many:
        response = desk.get(QUEUE)
    assert len(response.context["waiting"]) == 7
    assert len(many) == len(one)


# Who may


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer", 200),
        ("administrator", 200),
        ("coordinator", 403),
        ("respondent", 403),
        ("observer", 403),
        ("partner", 403),
        ("foreigner", 403),
    ],
)
def test_queue_is_the_secretariats(people, who, status):
    assert signed_in(getattr(people, who)).get(QUEUE).status_code == status


PAGES = [("detail",), ("question", "A.1"), ("return",), ("accept",)]
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
    assert not Clarification.objects.exists()
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


# Reading


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
    with django_assert_num_queries(7):
        desk.get(url("question", taken, "A.1"))
    for code in ("A.1", "A.2.1", "A.6"):
        ask(taken, code, "Why?", people.reviewer)
    with django_assert_num_queries(8):
        desk.get(url("detail", taken))
    with django_assert_num_queries(7):
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


# Taking up


def test_take_up_begins_the_review(desk, submission, people):
    response = desk.post(url("take-up", submission), follow=True)
    assert response.redirect_chain == [(url("detail", submission), 302)]
    assert "You have taken up the review." in text_of(response)
    assert Review.objects.get(submission=submission).taken_up_by == people.reviewer
    assert fresh(submission).assessment.state == workflow.IN_REVIEW


def test_take_up_is_offered_until_it_is_done(desk, submission, people):
    assert "Take up the review" in text_of(desk.get(url("detail", submission)))
    take_up(submission, people.reviewer)
    assert "Take up the review" not in text_of(desk.get(url("detail", submission)))


def test_the_second_to_take_up_is_told_who_was_faster(desk, submission, people):
    take_up(submission, people.administrator)
    response = desk.post(url("take-up", submission))
    assert response.status_code == 409
    assert "The assessment has moved on" in text_of(response)
    assert people.administrator.full_name in text_of(response)
    assert Review.objects.get(submission=submission).taken_up_by == people.administrator


# Asking


def test_ask_marks_a_question_and_its_text_comes_back(desk, taken, people):
    response = desk.post(url("ask", taken, "A.1"), {"text": "Which meetings?\r\nWhen?"}, follow=True)
    assert response.redirect_chain == [(url("question", taken, "A.1"), 302)]
    held = Clarification.objects.get(review__submission=taken)
    assert (held.question, held.text, held.asked_by) == ("A.1", "Which meetings?\nWhen?", people.reviewer)
    says = text_of(response)
    assert "A.1 is marked for clarification." in says
    assert "1 question marked for clarification: A.1 . Only these open again for the country." in says
    assert "Which meetings?" in text_of(desk.get(url("detail", taken)))


def test_ask_refuses_a_question_that_was_not_asked_and_keeps_the_text(desk, people):
    handed_in = factories.submit(factories.start_assessment(people.coordinator), by=people.coordinator)
    response = desk.post(url("ask", take_up(handed_in, people.reviewer), "A.3.2"), {"text": "Which of the two?"})
    assert response.status_code == 422
    assert "The country is not asked A.3.2. Ask about A.3.1 instead" in text_of(response)
    assert "Which of the two?" in text_of(response)
    assert not Clarification.objects.exists()


def test_remove_takes_a_question_off_the_list(desk, taken, people):
    ask(taken, "A.1", "Which?", people.reviewer)
    response = desk.post(url("ask", taken, "A.1"), {"text": "Which?", "remove": "1"}, follow=True)
    assert "A.1 is no longer marked for clarification." in text_of(response)
    assert not Clarification.objects.exists()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "Write what the country is asked, or take the question off the list."),
        ("   \n ", "Write what the country is asked, or take the question off the list."),
        ("x" * 10_001, "The text has 10,001 characters; at most 10,000 are possible."),
        ("bad\x00here", "The text has the control character U+0000 at character 4; remove it."),
        ("ab\x07", "The text has the control character U+0007 at character 3; remove it."),
        ("right \u202e left", "The text has the text-direction override U+202E at character 7; remove it."),
    ],
)
def test_a_bad_text_is_refused_at_its_field_and_kept(desk, taken, text, fault):
    response = desk.post(url("ask", taken, "A.1"), {"text": text})
    assert response.status_code == 422
    assert text_of(response).count(fault) == 2
    page = response.content.decode()
    assert 'href="#id_text"' in page
    assert 'aria-describedby="id_text_helptext id_text_error"' in page
    assert "is-invalid" in page
    assert response.context["form"]["text"].value() == text
    assert not Clarification.objects.exists()


def test_ten_thousand_characters_are_taken_whatever_the_line_ends(desk, taken):
    text = "line\r\n" * 1999 + "12345"
    assert desk.post(url("ask", taken, "A.1"), {"text": text}).status_code == 302
    assert Clarification.objects.get().text == text.replace("\r\n", "\n")


def test_a_question_that_is_not_asked_is_not_asked_about(desk, taken):
    page = text_of(desk.get(url("question", taken, "A.16.2")))
    assert "Ask about A.16.1 instead; A.16.2 opens with it." in page
    response = desk.post(url("ask", taken, "A.16.2"), {"text": "Why?"})
    assert response.status_code == 422
    assert not Clarification.objects.exists()


def test_a_colleagues_text_is_not_overwritten_in_silence(desk, taken, people):
    ask(taken, "A.1", "mine at first", people.reviewer)
    base = desk.get(url("question", taken, "A.1")).context["form"]["base"].value()
    ask(taken, "A.1", "what the colleague asks", people.administrator)
    response = desk.post(url("ask", taken, "A.1"), {"text": "what I ask", "base": base})
    assert response.status_code == 409
    assert f"{people.administrator.full_name} has written here" in text_of(response)
    assert "what the colleague asks" in text_of(response)
    assert response.context["form"]["text"].value() == "what I ask"
    assert Clarification.objects.get().text == "what the colleague asks"

    again = {"text": "what I ask", "base": response.context["form"]["base"].value()}
    assert desk.post(url("ask", taken, "A.1"), again).status_code == 302
    assert Clarification.objects.get().text == "what I ask"


def test_asking_too_late_keeps_the_text_on_the_page(desk, taken, people):
    reviews.accept(submission=taken, remark="", by=people.administrator)
    response = desk.post(url("ask", taken, "A.1"), {"text": "a long and careful text"})
    assert response.status_code == 409
    assert "a long and careful text" in text_of(response)
    assert "Accepted on" in text_of(response)
    assert not Clarification.objects.exists()


def test_asking_before_taking_up_is_refused(desk, submission):
    assert desk.post(url("ask", submission, "A.1"), {"text": "Which?"}).status_code == 409
    assert "Take the review up to ask about this answer." in text_of(desk.get(url("question", submission, "A.1")))


@pytest.mark.parametrize(("name", "leads"), [(("take-up",), ("detail",)), (("ask", "A.1"), ("question", "A.1"))])
def test_the_address_of_an_act_leads_to_its_page_after_signing_in_again(desk, taken, name, leads):
    response = desk.get(url(name[0], taken, *name[1:]))
    assert (response.status_code, response.url) == (302, url(leads[0], taken, *leads[1:]))


# Returning and accepting


def test_return_asks_first_and_says_what_it_does(desk, taken, people):
    ask(taken, "A.1", "Which meetings?", people.reviewer)
    says = text_of(desk.get(url("return", taken)))
    assert "with what you ask about 1 question." in says
    assert "Only these questions and their follow-ups open again." in says
    assert "Which meetings?" in says
    assert fresh(taken).assessment.state == workflow.IN_REVIEW


def test_return_gives_the_assessment_back_with_the_remark(desk, taken, people):
    ask(taken, "A.1", "Which meetings?", people.reviewer)
    response = desk.post(url("return", taken), {"remark": "Thank you.\r\nOne point only."}, follow=True)
    review = Review.objects.get(submission=taken)
    assert (review.outcome, review.remark, review.closed_by) == (
        "returned",
        "Thank you.\nOne point only.",
        people.reviewer,
    )
    assert fresh(taken).assessment.state == workflow.RETURNED
    says = text_of(response)
    assert "Returned to Example Country for clarification." in says
    assert "What the country was asked" in says
    assert "Return for clarification" not in says
    assert "Thank you. One point only." in says


def test_return_without_a_question_is_explained_and_not_done(desk, taken):
    response = desk.post(url("return", taken), {"remark": "my remark"})
    assert response.status_code == 422
    assert "Name at least one question to clarify" in text_of(response)
    assert "my remark" in text_of(response)
    assert fresh(taken).assessment.state == workflow.IN_REVIEW


def test_accept_asks_first_and_then_ends_the_review(desk, taken, people):
    says = text_of(desk.get(url("accept", taken)))
    assert "becomes final" in says
    assert "The seven themes average 2.3" in says
    response = desk.post(url("accept", taken), {"remark": ""}, follow=True)
    assert "The assessment of Example Country is accepted." in text_of(response)
    assert fresh(taken).assessment.state == workflow.ACCEPTED
    assert Review.objects.get(submission=taken).outcome == "accepted"


def test_accept_with_a_marked_question_is_explained_and_not_done(desk, taken, people):
    ask(taken, "A.1", "Which?", people.reviewer)
    assert "1 question is still marked for clarification." in text_of(desk.get(url("accept", taken)))
    response = desk.post(url("accept", taken), {"remark": "my remark"})
    assert response.status_code == 422
    assert "my remark" in text_of(response)
    assert fresh(taken).assessment.state == workflow.IN_REVIEW


@pytest.mark.parametrize("name", ["return", "accept"])
def test_a_bad_remark_is_refused_and_kept(desk, taken, people, name):
    if name == "return":
        ask(taken, "A.1", "Which?", people.reviewer)
    response = desk.post(url(name, taken), {"remark": "x" * 10_001})
    assert response.status_code == 422
    assert "The text has 10,001 characters" in text_of(response)
    assert "x" * 10_001 in response.content.decode()
    assert fresh(taken).assessment.state == workflow.IN_REVIEW


@pytest.mark.parametrize("name", ["return", "accept"])
def test_closing_too_late_says_how_it_ended_and_keeps_the_remark(desk, taken, people, name):
    reviews.accept(submission=taken, remark="", by=people.administrator)
    response = desk.post(url(name, taken), {"remark": "my own remark"})
    assert response.status_code == 409
    says = text_of(response)
    assert people.administrator.full_name in says
    assert "my own remark" in says
    assert Review.objects.get(submission=taken).remark == ""


@pytest.mark.parametrize("name", ["return", "accept"])
def test_closing_in_the_very_moment_a_colleague_does_is_told(desk, taken, people, name, monkeypatch):
    """The page's own check has passed; the action finds the review closed."""
    ask(taken, "A.1", "Which?", people.reviewer)
    act = "return_for_clarification" if name == "return" else "accept"
    real = getattr(reviews, act)

    def overtaken(**arguments: Any) -> Review:
        reviews.ask(submission=taken, question="A.1", text="", by=people.administrator)
        Review.objects.filter(submission=taken).update(outcome="accepted", closed_at=taken.submitted_at)
        return real(**arguments)

    monkeypatch.setattr(f"diagnostic.views.reviews.reviews.{act}", overtaken)
    response = desk.post(url(name, taken), {"remark": "my own remark"})
    assert response.status_code == 409
    assert "my own remark" in text_of(response)


def test_a_closed_review_is_only_read(desk, taken, people):
    reviews.accept(submission=taken, remark="", by=people.reviewer)
    for name in (("detail",), ("question", "A.1")):
        page = desk.get(url(name[0], taken, *name[1:])).content.decode()
        assert "act-bar" not in page
        assert "<textarea" not in page
    assert desk.get(url("return", taken)).status_code == 409


def test_an_earlier_submission_is_only_read(desk, taken, people):
    second = take_up(resubmit(taken, people, level=2), people.reviewer)
    page = desk.get(url("question", taken, "A.1"))
    assert "<textarea" not in page.content.decode()
    assert "Were the meetings held?" in text_of(page)
    assert desk.post(url("ask", taken, "A.1"), {"text": "Again?"}).status_code == 409
    assert desk.post(url("accept", taken)).status_code == 409
    assert "<textarea" in desk.get(url("question", second, "A.1")).content.decode()


# In a browser


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_outlives_the_session(new_page, live_server, people, settings):
    """The session ends while the reviewer types; after signing in again the text is there, unsaved, and can be sent."""
    taken = take_up(factories.make_submission(people.coordinator), people.reviewer)
    page = new_page()
    sign_in(page, live_server, people.reviewer, settings)
    page.goto(url("question", taken, "A.1"))
    page.get_by_label("What the country is asked").fill("Which meetings?\nWhen?")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Mark A.1 for clarification").click()
    assert "/accounts/login/" in page.url
    assert not Clarification.objects.exists()

    sign_in(page, live_server, people.reviewer, settings)
    page.goto(url("ask", taken, "A.1"))
    assert page.get_by_label("What the country is asked").input_value() == "Which meetings?\nWhen?"
    asking = page.locator("form").filter(has=page.get_by_label("What the country is asked"))
    assert asking.get_by_text("What you typed before is back.").is_visible()
    page.get_by_role("button", name="Mark A.1 for clarification").click()
    page.get_by_text("A.1 is marked for clarification.").wait_for()
    assert Clarification.objects.get().text == "Which meetings?\nWhen?"
    assert not asking.get_by_text("What you typed before is back.").is_visible()

    page.get_by_role("button", name="Take off the list").click()
    page.get_by_text("A.1 is no longer marked for clarification.").wait_for()
    assert page.get_by_label("What the country is asked").input_value() == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_usable_by_everyone(new_page, live_server, people, settings, width):
    """No finding of axe, no sideways scrolling, on any page of a review."""
    taken = take_up(factories.make_submission(people.coordinator), people.reviewer)
    ask(taken, "A.1", "Which?", people.reviewer)
    again = resubmit(taken, people, level=2, narrative="Two.")
    page = new_page(viewport={"width": width, "height": 900})
    sign_in(page, live_server, people.reviewer, settings)
    paths = [QUEUE, *(url(name[0], taken, *name[1:]) for name in (("detail",), ("question", "A.1")))]
    paths += [url("detail", again), url("question", again, "A.1"), url("question", again, "A.16.2")]
    assert findings(page, paths) == []
    take_up(again, people.reviewer)
    paths = [url(name[0], again, *name[1:]) for name in (*PAGES, ("question", "A.5.2"), ("question", "A.10"))]
    assert findings(page, paths) == []


def sign_in(page: Any, live_server: Any, user: User, settings: Any) -> None:
    """Give the browser the session of a person who has signed in."""
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])


def findings(page: Any, paths: list[str]) -> list[str]:
    """What axe finds on each page, and where one is wider than its window."""
    found = []
    for path in paths:
        page.goto(path)
        found += find_faults_here(page)
    return found
