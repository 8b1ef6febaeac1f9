"""Comments on a question: inside the secretariat or shared with the country, which answers in the thread."""

from __future__ import annotations

import pytest

from diagnostic.actions import assessments, comments, reviews
from diagnostic.models import AuditEntry, Comment
from tests import factories
from tests.sessions import signed_in
from tests.views.discussing import fresh, return_for, take_up, text_of, url

pytestmark = pytest.mark.django_db

SECRET = "What the secretariat keeps to itself"
SHARED = "Were the 2025 meetings postponed or cancelled?"


def write(desk, taken, text, audience, **more):
    return desk.post(url("review-comment", taken, "A.1"), {"text": text, "audience": audience}, **more)


def test_an_internal_comment_is_read_by_the_secretariat_alone(desk, taken, people):
    says = text_of(write(desk, taken, SECRET, "internal", follow=True))
    assert f"{people.reviewer.full_name}, WCO" in says
    assert SECRET in says
    assert "Internal: the country does not see this" in says
    assert SECRET in text_of(signed_in(people.administrator).get(url("review-question", taken, "A.1")))
    for who in ("coordinator", "police_respondent", "observer"):
        home = signed_in(getattr(people, who))
        for page in (
            url("submission-review", taken),
            url("submission-review-question", taken, "A.1"),
            f"/assessments/{taken.assessment_id}/",
        ):
            assert SECRET not in text_of(home.get(page))
        assert "Nothing is said about this answer." in text_of(
            home.get(url("submission-review-question", taken, "A.1"))
        )


def test_an_internal_comment_leaves_no_trace_in_the_countrys_log(desk, taken):
    write(desk, taken, SECRET, "internal")
    assert not AuditEntry.objects.filter(chain__assessment=taken.assessment_id, act__startswith="comment").exists()
    held = AuditEntry.objects.get(act="comment.note")
    assert held.chain.assessment_id is None
    assert SECRET not in str(held.detail)


def test_a_shared_comment_is_answered_in_the_thread(desk, taken, people):
    write(desk, taken, SHARED, "shared")
    home = signed_in(people.respondent)
    says = text_of(home.get(url("submission-review-question", taken, "A.1")))
    assert SHARED in says
    assert "To answer" in text_of(home.get(url("submission-review", taken)))

    answered = home.post(url("submission-review-comment", taken, "A.1"), {"text": "Postponed."}, follow=True)
    assert "The secretariat can read your answer now." in text_of(answered)
    assert "To answer" not in text_of(home.get(url("submission-review", taken)))
    says = text_of(desk.get(url("review-question", taken, "A.1")))
    assert says.index(SHARED) < says.index("Postponed.")
    assert f"{people.respondent.full_name}, customs" in says
    assert "Shared with the WCO" in says
    assert "Answered by the country" in text_of(desk.get(url("review-detail", taken)))


def test_the_country_answers_only_where_something_was_shared(desk, taken, people):
    write(desk, taken, SECRET, "internal")
    response = signed_in(people.coordinator).post(
        url("submission-review-comment", taken, "A.1"), {"text": "Why?"}, follow=True
    )
    assert "The secretariat has written nothing about A.1 to answer." in text_of(response)
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "reads", "answers"),
    [
        ("coordinator", 200, 302),
        ("police_respondent", 200, 302),
        ("observer", 200, 403),
        ("reviewer", 403, 403),
        ("partner", 404, 404),
        ("foreigner", 404, 404),
    ],
)
def test_who_reads_and_who_answers_for_the_country(desk, taken, people, who, reads, answers):
    write(desk, taken, SHARED, "shared")
    client = signed_in(getattr(people, who))
    assert client.get(url("submission-review-question", taken, "A.1")).status_code == reads
    response = client.post(url("submission-review-comment", taken, "A.1"), {"text": "Postponed."})
    assert response.status_code == answers
    assert Comment.objects.filter(text="Postponed.").exists() is (answers == 302)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"text": " ", "audience": "shared"}, "Write the comment first."),
        ({"text": "Why?"}, "Choose who sees the comment."),
        ({"text": "a\x07", "audience": "internal"}, "The text has the control character U+0007 at character 2"),
        ({"text": "Why?", "audience": "agencies"}, "Select a valid choice."),
    ],
)
def test_a_bad_comment_is_refused_at_its_field_and_kept(desk, taken, given, fault):
    response = desk.post(url("review-comment", taken, "A.1"), given)
    assert response.status_code == 422
    assert fault in text_of(response)
    assert response.context["comment_form"]["text"].value() == given["text"]
    assert not Comment.objects.exists()


def test_a_button_pressed_twice_says_it_once(desk, taken):
    write(desk, taken, SHARED, "shared")
    write(desk, taken, SHARED, "shared")
    assert Comment.objects.count() == 1
    assert AuditEntry.objects.filter(act="comment.share").count() == 1


def test_the_thread_goes_on_while_it_is_returned_and_over_the_next_submission(desk, taken, people):
    write(desk, taken, SHARED, "shared")
    returned = return_for(taken, people.reviewer, "A.1")
    assert write(desk, returned, "A reminder.", "shared").status_code == 302
    factories.save_answer(returned.assessment, people.coordinator, "A.1", level=2)
    second = take_up(factories.submit(returned.assessment, by=people.coordinator), people.reviewer)
    assert write(desk, taken, "Too late.", "shared").status_code == 409
    says = text_of(desk.get(url("review-question", second, "A.1")))
    assert f"{SHARED} Shared with Example Country About submission 1" in says
    assert "<textarea" not in desk.get(url("review-question", taken, "A.1")).content.decode()
    assert "reminder" in text_of(signed_in(people.observer).get(url("submission-review-question", second, "A.1")))


def test_before_it_is_taken_up_and_after_it_ended_nothing_can_be_written(desk, taken, people):
    waiting = factories.make_submission(people.coordinator)
    assert write(desk, waiting, "Early.", "internal").status_code == 409
    write(desk, taken, SHARED, "shared")
    reviews.accept(submission=taken, remark="", by=people.reviewer)
    late = write(desk, taken, "Late.", "shared")
    assert late.status_code == 409
    assert "Late." in late.content.decode()
    response = signed_in(people.coordinator).post(
        url("submission-review-comment", taken, "A.1"), {"text": "A long and careful answer."}
    )
    assert response.status_code == 409
    assert "A long and careful answer." in text_of(response)
    assert Comment.objects.count() == 1


def test_the_action_refuses_whoever_may_not(taken, people):
    from django.core.exceptions import PermissionDenied

    for act, by in (
        (comments.note, people.coordinator),
        (comments.share, people.coordinator),
        (comments.share, people.partner),
        (comments.answer, people.observer),
        (comments.answer, people.reviewer),
        (comments.answer, people.foreigner),
    ):
        with pytest.raises(PermissionDenied):
            act(submission=taken, question="A.1", text="Text", by=by)
    assert not Comment.objects.exists()


def test_a_withdrawn_assessment_is_silent(taken, people):
    from diagnostic.actions.errors import StateChanged

    comments.share(submission=taken, question="A.1", text=SHARED, by=people.reviewer)
    returned = return_for(taken, people.reviewer, "A.1")
    assessments.withdraw(assessment=returned.assessment, by=people.coordinator, reason="Wrong year.")
    with pytest.raises(StateChanged):
        comments.answer(submission=fresh(taken), question="A.1", text="Late.", by=people.coordinator)


def test_hostile_text_is_shown_as_the_text_it_is(desk, taken, people):
    hostile = "<img src=x onerror=alert(1)>\"'&"
    write(desk, taken, hostile, "shared")
    for client, page in (
        (desk, url("review-question", taken, "A.1")),
        (signed_in(people.observer), url("submission-review-question", taken, "A.1")),
    ):
        body = client.get(page).content.decode()
        assert "<img src=x" not in body
        assert "&lt;img src=x onerror=alert(1)&gt;" in body


def test_pages_make_as_many_queries_for_many_as_for_one(desk, taken, people, django_assert_num_queries):
    home = signed_in(people.coordinator)
    write(desk, taken, SHARED, "shared")
    home.get(url("submission-review", taken))
    for _round in range(2):
        with django_assert_num_queries(6):
            home.get(url("submission-review", taken))
        with django_assert_num_queries(7):
            home.get(url("submission-review-question", taken, "A.1"))
        for code in ("A.1", "A.2.1", "A.6"):
            for text in ("One.", "Two."):
                comments.share(submission=taken, question=code, text=text, by=people.reviewer)
                comments.answer(submission=taken, question=code, text=text, by=people.respondent)
