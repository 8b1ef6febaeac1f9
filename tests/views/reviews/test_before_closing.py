"""Before a review is closed, the page shows unread and open points, and what cannot be undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diagnostic.actions import comments, opinions
from diagnostic.models import ReadMark
from tests.journeys.axe import find_faults_here
from tests.sessions import signed_in
from tests.views.discussing import fresh, take_up, text_of
from tests.views.reviews.reviewing import ask, resubmit, url

pytestmark = pytest.mark.django_db

CLOSINGS = ["accept", "return"]


def read_all(submission: Any, reader: Any, *, but: str = "") -> None:
    """Mark every question as read up to now."""
    from diagnostic.instruments import instrument_of

    codes = [question.code for question in instrument_of(submission.assessment).questions]
    ReadMark.objects.bulk_create(
        ReadMark(submission=submission, question=code, person=reader, up_to=timezone.now())
        for code in codes
        if code != but
    )


def page(desk: Any, submission: Any, name: str, people: Any) -> str:
    if name == "return":
        ask(submission, "A.19", "Which ones?", people.reviewer)
    return text_of(desk.get(url(name, submission)))


@pytest.mark.parametrize("name", CLOSINGS)
def test_what_this_reviewer_has_not_read_is_named(desk, taken, people, name):
    read_all(taken, people.reviewer, but="A.8")
    says = page(desk, taken, name, people)
    assert "You have not read 1 answer, or what was said about it since. A.8" in says
    colleague = signed_in(people.administrator)
    assert "You have not read 1 answer" not in text_of(colleague.get(url(name, taken)))


@pytest.mark.parametrize("name", CLOSINGS)
def test_where_all_is_read_and_nothing_is_open_that_is_said(desk, taken, people, name):
    read_all(taken, people.reviewer)
    assert "You have read every answer, and nothing is open." in page(desk, taken, name, people)


@pytest.mark.parametrize("name", CLOSINGS)
def test_opinions_and_comments_that_the_country_has_not_answered_are_named(desk, taken, people, name):
    for code in ("A.1", "A.8"):
        opinions.give(submission=taken, question=code, level=2, reason="Weak.", by=people.reviewer)
        comments.share(submission=taken, question=code, text="Why?", by=people.reviewer)
    comments.note(submission=taken, question="A.19", text="For us.", by=people.reviewer)
    opinions.reply(submission=taken, question="A.1", text="No.", by=people.coordinator)
    comments.answer(submission=taken, question="A.1", text="Because.", by=people.respondent)
    says = page(desk, taken, name, people)
    assert "The country has not replied to 1 opinion. A.8" in says
    assert "The country has not answered the last comment on 1 question. A.8" in says
    opinions.give(submission=taken, question="A.1", level=3, reason="Better.", by=people.reviewer)
    assert "The country has not replied to 2 opinions. A.1 , A.8" in text_of(desk.get(url(name, taken)))


def test_what_was_asked_before_and_answered_as_before_is_named(desk, taken, people):
    again = resubmit(taken, people, level=3, basis="both")
    take_up(again, people.reviewer)
    assert "asked at the last return" not in text_of(desk.get(url("accept", again)))


def test_a_question_asked_twice_without_a_new_answer_is_named(desk, taken, people):
    from diagnostic.actions import reviews
    from tests import factories

    ask(taken, "A.8", "Since when?", people.reviewer)
    reviews.return_for_clarification(submission=fresh(taken), remark="", by=people.reviewer)
    again = factories.submit(fresh(taken).assessment, people.coordinator)
    take_up(again, people.reviewer)
    says = text_of(desk.get(url("accept", again)))
    assert "1 question was asked at the last return, and is answered as before. A.8" in says


@pytest.mark.parametrize(("is_disclosed", "words"), [(True, "who may then read it"), (False, "Partners do not read")])
def test_acceptance_says_what_it_does_for_good(desk, people, is_disclosed, words):
    from tests.views.discussing import make_taken

    says = text_of(desk.get(url("accept", make_taken(people, is_disclosed_to_partners=is_disclosed))))
    assert "nobody can change, return or withdraw it afterwards" in says
    assert "No more comments, opinions or questions can be written" in says
    assert "This cannot be undone." in says
    assert words in says


def test_a_return_says_what_opens_again(desk, taken, people):
    ask(taken, "A.3.1", "Which text?", people.reviewer)
    says = text_of(desk.get(url("return", taken)))
    assert "Only these questions and their follow-ups open again. Their follow-ups: A.3.2" in says
    assert "with your name. This cannot be taken back." in says


@pytest.mark.parametrize("name", CLOSINGS)
def test_the_page_takes_as_many_queries_however_much_is_said(desk, taken, people, name):
    if name == "return":
        ask(taken, "A.19", "Which ones?", people.reviewer)
    counts = []
    for codes in (("A.1",), ("A.2.1", "A.4.1", "A.8")):
        for code in codes:
            opinions.give(submission=taken, question=code, level=2, reason="Weak.", by=people.reviewer)
            comments.share(submission=taken, question=code, text="Why?", by=people.reviewer)
        with CaptureQueriesContext(connection) as queries:
            desk.get(url(name, taken))
        counts.append(len(queries))
    assert counts == [6, 6]


@pytest.mark.looks
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_pass_axe(new_page, people, width):
    from django.urls import reverse

    from tests import factories
    from tests.views.discussing import make_taken

    taken = make_taken(people)
    draft = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    opinions.give(submission=taken, question="A.8", level=2, reason="Weak.", by=people.reviewer)
    for who, paths in (
        (people.reviewer, [url("accept", taken), url("return", taken)]),
        (people.coordinator, [reverse("assessment-withdraw", args=[draft.pk])]),
    ):
        opened = new_page(viewport={"width": width, "height": 900})
        opened.goto(reverse("account_login"))
        opened.fill("#id_login", who.email)
        opened.fill("#id_password", factories.PASSWORD)
        opened.click("main button")
        for path in paths:
            opened.goto(path)
            assert find_faults_here(opened) == []
