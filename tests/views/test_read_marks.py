"""What a reviewer has read of a submission, and a country of what was said: marked by a form, each for themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from diagnostic.actions import comments, opinions
from diagnostic.actions.read_marks import mark_read
from diagnostic.models import AuditEntry, ReadMark
from tests import factories
from tests.sessions import signed_in
from tests.views.discussing import make_taken, text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.make_people()


@pytest.fixture
def taken(people):
    return make_taken(people)


def mark(person, submission, code, **fields):
    return signed_in(person).post(url("review-read", submission, code), fields)


def page_of(person, submission, code="A.1"):
    return text_of(signed_in(person).get(url("review-question", submission, code)))


def test_the_pages_count_what_the_reviewer_has_read_and_nobody_else_has(people, taken):
    assert "Read 0 of 27 Mark as read" in page_of(people.reviewer, taken)
    assert "27 of 27 are still to be read." in page_of(people.reviewer, taken)
    for code in ("A.1", "A.2.1", "A.1"):
        assert mark(people.reviewer, taken, code).status_code == 302
    assert ReadMark.objects.count() == 2
    page = page_of(people.reviewer, taken)
    assert "Read 2 of 27" in page
    assert "Mark as read" not in page
    listed = signed_in(people.reviewer).get(url("review-question", taken, "A.1")).content.decode()
    assert listed.count('<span class="visually-hidden">read</span>') == 2
    assert "25 of 27 are still to be read." in page
    assert "Mark as read" in page_of(people.reviewer, taken, "A.6")
    assert "Read 0 of 27" in page_of(people.administrator, taken)


def test_opening_a_page_writes_nothing_and_a_get_of_the_form_leads_back(people, taken):
    client = signed_in(people.reviewer)
    client.get(url("review-question", taken, "A.1"))
    response = client.get(url("review-read", taken, "A.1"))
    assert (response.status_code, response.url) == (302, url("review-question", taken, "A.1"))
    assert not ReadMark.objects.exists()


def test_the_script_gets_the_new_count_alone(people, taken):
    response = signed_in(people.reviewer).post(url("review-read", taken, "A.1"), headers={"HX-Request": "true"})
    assert text_of(response) == "Read 1 of 27"
    assert "<form" not in response.content.decode()


def test_what_is_said_later_is_to_be_read_anew_but_not_ones_own_word(people, taken):
    mark(people.reviewer, taken, "A.1")
    comments.share(submission=taken, question="A.1", text="Why?", by=people.reviewer)
    opinions.give(submission=taken, question="A.1", level=2, reason="Paper.", by=people.reviewer)
    assert "Read 1 of 27" in page_of(people.reviewer, taken)
    for act in (
        lambda: comments.answer(submission=taken, question="A.1", text="So.", by=people.respondent),
        lambda: opinions.reply(submission=taken, question="A.1", text="No.", by=people.coordinator),
        lambda: comments.note(submission=taken, question="A.1", text="Hm.", by=people.administrator),
    ):
        act()
        page = signed_in(people.reviewer).get(url("review-question", taken, "A.1"))
        assert "Read 0 of 27 Mark as read" in text_of(page)
        mark(people.reviewer, taken, "A.1", up_to=page.context["read_state"].stamp)
        assert "Read 1 of 27" in page_of(people.reviewer, taken)


@pytest.mark.parametrize("up_to", ["", "yesterday", "2026-13-01T00:00:00+00:00", "2026-01-01T00:00:00"])
def test_a_moment_that_makes_no_sense_marks_the_answer_alone(people, taken, up_to):
    assert mark(people.reviewer, taken, "A.1", up_to=up_to).status_code == 302
    assert ReadMark.objects.get().up_to == taken.submitted_at


def test_nobody_reads_ahead_of_time_or_back(people, taken):
    ahead = mark_read(submission=taken, question="A.1", up_to=timezone.now() + timedelta(days=9), by=people.reviewer)
    assert ahead.up_to <= timezone.now()
    again = mark_read(submission=taken, question="A.1", up_to=taken.submitted_at, by=people.reviewer)
    assert again.up_to == ahead.up_to


def test_the_country_marks_what_was_said_to_it_and_only_where_something_was(people, taken):
    client = signed_in(people.respondent)
    here = url("submission-review-question", taken, "A.1")
    assert "Mark as seen" not in text_of(client.get(here))
    comments.share(submission=taken, question="A.1", text="Why?", by=people.reviewer)
    before = client.get(here)
    assert "Mark as seen" in text_of(before)
    stamp = before.context["read_state"].stamp
    assert client.post(url("submission-review-read", taken, "A.1"), {"up_to": stamp}).url == here
    after = text_of(client.get(here))
    assert "Seen" in after
    assert "Mark as seen" not in after
    assert "Mark as seen" not in text_of(signed_in(people.observer).get(here))
    assert "Read 0 of 27" in page_of(people.reviewer, taken), "what the country has seen is not the secretariat's"


def test_it_is_no_act_and_is_not_logged(people, taken):
    before = AuditEntry.objects.count()
    mark(people.reviewer, taken, "A.1")
    assert (ReadMark.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_an_unknown_question_is_not_there(people, taken):
    assert mark(people.reviewer, taken, "A.99").status_code == 404
