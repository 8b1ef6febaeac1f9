"""Taking a submission up, and asking about its questions."""

from __future__ import annotations

import pytest

from diagnostic.actions import reviews
from diagnostic.actions.bases import stamp
from diagnostic.core import workflow
from diagnostic.models import Clarification, Review
from tests import factories
from tests.views.discussing import fresh, take_up, text_of
from tests.views.reviews.reviewing import ask, url

pytestmark = pytest.mark.django_db


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


def test_ask_marks_a_question_and_its_text_comes_back(desk, taken, people):
    response = desk.post(url("ask", taken, "A.1"), {"text": "Which meetings?\r\nWhen?"}, follow=True)
    assert response.redirect_chain == [(url("question", taken, "A.1"), 302)]
    held = Clarification.objects.standing().get(review__submission=taken)
    assert (held.question, held.text, held.asked_by) == ("A.1", "Which meetings?\nWhen?", people.reviewer)
    says = text_of(response)
    assert "A.1 is marked for clarification." in says
    assert "1 question marked for clarification: A.1 . Only these open again for the country." in says
    assert "Which meetings?" in text_of(desk.get(url("detail", taken)))


def test_ask_refuses_a_question_that_was_not_asked_and_keeps_the_text(desk, people):
    draft = factories.complete(factories.start_assessment(people.coordinator), people.coordinator)
    handed_in = factories.submit(draft, by=people.coordinator)
    response = desk.post(url("ask", take_up(handed_in, people.reviewer), "A.3.2"), {"text": "Which of the two?"})
    assert response.status_code == 422
    assert "The country is not asked A.3.2. Ask about A.3.1 instead" in text_of(response)
    assert "Which of the two?" in text_of(response)
    assert not Clarification.objects.standing().exists()


def test_remove_takes_a_question_off_the_list(desk, taken, people):
    ask(taken, "A.1", "Which?", people.reviewer)
    base = stamp(Clarification.objects.standing().get().asked_at)
    response = desk.post(url("ask", taken, "A.1"), {"text": "Which?", "remove": "1", "base": base}, follow=True)
    assert "A.1 is no longer marked for clarification." in text_of(response)
    assert not Clarification.objects.standing().exists()


def test_remove_takes_no_text_off_that_was_not_seen(desk, taken, people):
    ask(taken, "A.1", "Which?", people.reviewer)
    opened = stamp(Clarification.objects.standing().get().asked_at)
    ask(taken, "A.1", "Which document, and of when?", people.administrator)
    response = desk.post(url("ask", taken, "A.1"), {"text": "Which?", "remove": "1", "base": opened})
    assert response.status_code == 409
    assert "Which document, and of when?" in text_of(response)
    assert Clarification.objects.standing().get().text == "Which document, and of when?"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "Write what the country is asked, or remove the question from the list."),
        ("   \n ", "Write what the country is asked, or remove the question from the list."),
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
    assert not Clarification.objects.standing().exists()


def test_ten_thousand_characters_are_taken_whatever_the_line_ends(desk, taken):
    text = "line\r\n" * 1999 + "12345"
    assert desk.post(url("ask", taken, "A.1"), {"text": text}).status_code == 302
    assert Clarification.objects.standing().get().text == text.replace("\r\n", "\n")


def test_a_question_that_is_not_asked_is_not_asked_about(desk, taken):
    page = text_of(desk.get(url("question", taken, "A.16.2")))
    assert "Ask about A.16.1 instead; A.16.2 opens with it." in page
    response = desk.post(url("ask", taken, "A.16.2"), {"text": "Why?"})
    assert response.status_code == 422
    assert not Clarification.objects.standing().exists()


def test_a_colleagues_text_is_not_overwritten_in_silence(desk, taken, people):
    ask(taken, "A.1", "mine at first", people.reviewer)
    base = desk.get(url("question", taken, "A.1")).context["form"]["base"].value()
    ask(taken, "A.1", "what the colleague asks", people.administrator)
    response = desk.post(url("ask", taken, "A.1"), {"text": "what I ask", "base": base})
    assert response.status_code == 409
    assert f"{people.administrator.full_name} has written here" in text_of(response)
    assert "what the colleague asks" in text_of(response)
    assert response.context["form"]["text"].value() == "what I ask"
    assert Clarification.objects.standing().get().text == "what the colleague asks"

    again = {"text": "what I ask", "base": response.context["form"]["base"].value()}
    assert desk.post(url("ask", taken, "A.1"), again).status_code == 302
    assert Clarification.objects.standing().get().text == "what I ask"


def test_asking_too_late_keeps_the_text_on_the_page(desk, taken, people):
    reviews.accept(submission=taken, remark="", by=people.administrator)
    response = desk.post(url("ask", taken, "A.1"), {"text": "a long and careful text"})
    assert response.status_code == 409
    assert "a long and careful text" in text_of(response)
    assert "Accepted on" in text_of(response)
    assert not Clarification.objects.standing().exists()


def test_asking_before_taking_up_is_refused(desk, submission):
    assert desk.post(url("ask", submission, "A.1"), {"text": "Which?"}).status_code == 409
    assert "Take the review up to ask about this answer." in text_of(desk.get(url("question", submission, "A.1")))


@pytest.mark.parametrize(("name", "leads"), [(("take-up",), ("detail",)), (("ask", "A.1"), ("question", "A.1"))])
def test_the_address_of_an_act_leads_to_its_page_after_signing_in_again(desk, taken, name, leads):
    response = desk.get(url(name[0], taken, *name[1:]))
    assert (response.status_code, response.url) == (302, url(leads[0], taken, *leads[1:]))
