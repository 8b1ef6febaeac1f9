"""Last period's answer beside a question, and the button that says it is still true, with and without a script."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diagnostic.core.responses import Response as Answer
from diagnostic.models import ResponseRevision
from diagnostic.queries import load_signatures
from tests import factories
from tests.sessions import signed_in
from tests.views.answering import save_url, section, stored, theme_url

pytestmark = pytest.mark.django_db

MOST_QUERIES_OF_A_CONFIRMATION = 20


@pytest.fixture
def last(people):
    return factories.make_submission(people.coordinator, period="2025")


@pytest.fixture
def assessment(people, last):
    return factories.start_assessment(people.coordinator, period="2026")


def confirming(code, version=0, **fields):
    return {f"{code}-version": version, "resolve": f"{code}:confirm", **fields}


def test_the_button_stands_where_there_is_an_answer_to_confirm_and_goes_once_it_is(client, assessment):
    assert 'value="A.1:confirm"' in section(client.get(theme_url(assessment)).content.decode(), "A.1")
    response = client.post(theme_url(assessment), confirming("A.1"))
    assert (response.status_code, response["Location"]) == (302, f"{theme_url(assessment)}#A.1")
    after = section(client.get(theme_url(assessment)).content.decode(), "A.1")
    assert "Confirmed as still true" in after
    assert "A.1:confirm" not in after
    assert stored(assessment, "A.1") == factories.example_answers()["A.1"]


def test_without_an_earlier_period_there_is_no_button(people, client):
    first = factories.start_assessment(people.coordinator, period="2024")
    assert ":confirm" not in client.get(theme_url(first)).content.decode()
    answer = client.post(save_url(first, "A.1"), confirming("A.1"))
    assert (answer.status_code, answer.json()["kind"]) == (409, "state")


def test_who_only_reads_is_told_and_gets_no_button(people, client, assessment):
    client.post(theme_url(assessment), confirming("A.1"))
    text = signed_in(people.observer).get(theme_url(assessment)).content.decode()
    assert "Confirmed as still true" in text
    assert ":confirm" not in text
    refused = signed_in(people.observer).post(theme_url(assessment), confirming("A.2.1"))
    assert refused.status_code == 403
    assert stored(assessment, "A.2.1").is_blank


def test_the_other_answers_of_the_page_are_saved_with_it(client, assessment):
    others = {"A.17-version": 0, "A.17-answer": "4"}
    client.post(theme_url(assessment), confirming("A.1", **others))
    assert stored(assessment, "A.17").level == 4
    assert stored(assessment, "A.1") == factories.example_answers()["A.1"]


def test_what_was_typed_there_goes_to_the_history(client, assessment):
    typed = {"A.1-answer": "5", "A.1-narrative": "Half a thought."}
    client.post(theme_url(assessment), confirming("A.1", **typed))
    revisions = ResponseRevision.objects.filter(response__assessment=assessment, response__question="A.1")
    assert [(item.content["level"], item.confirms_id is not None) for item in revisions] == [(5, False), (3, True)]
    assert revisions[0].content["narrative"] == "Half a thought."


def test_what_is_wrong_with_the_typed_text_is_said_first(client, assessment):
    typed = {"A.1-answer": "unknown", "A.1-reason": ""}
    response = client.post(theme_url(assessment), confirming("A.1", **typed))
    assert response.status_code == 422
    assert stored(assessment, "A.1").is_blank


def test_a_newer_answer_of_somebody_else_is_a_conflict(people, client, assessment):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=5)
    response = client.post(theme_url(assessment), confirming("A.1"))
    assert response.status_code == 409
    assert "data-conflict" in section(response.content.decode(), "A.1")
    assert stored(assessment, "A.1") == Answer(level=5)


def test_the_script_gets_the_question_with_the_answer_in_it(client, assessment):
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(save_url(assessment, "A.3.1"), confirming("A.3.1"))
    assert len(asked) <= MOST_QUERIES_OF_A_CONFIRMATION
    assert answer.status_code == 200
    held = answer.json()
    assert (held["kind"], held["state"], held["asked"]) == ("saved", "answered", {"A.3.2": True})
    assert "data-confirmed" in held["html"]
    assert re.search(r'name="A.3.1-version"[^>]*value="1"|value="1"[^>]*name="A.3.1-version"', held["html"])


def test_a_follow_up_that_is_not_asked_is_refused_in_clear_words(client, assessment):
    answer = client.post(save_url(assessment, "A.3.2"), confirming("A.3.2"))
    assert (answer.status_code, answer.json()["kind"]) == (422, "not_asked")


def test_an_agency_is_told_that_the_answer_beside_its_own_is_the_national_one(people, client, last):
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    text = client.get(theme_url(apart, voice="customs")).content.decode()
    assert "The national answer in <bdi>2025</bdi>" in section(text, "A.1")
    client.post(theme_url(apart, voice="customs"), confirming("A.1"))
    assert stored(apart, "A.1", "customs") == factories.example_answers()["A.1"]
    assert stored(apart, "A.1").is_blank


def test_each_agency_finds_its_own_earlier_authority_beside_the_question(people, last):
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    for voice, by, own, other in (
        ("customs", people.respondent, "Customs", "Police"),
        ("police", people.police_respondent, "Police", "Customs"),
    ):
        text = section(signed_in(by).get(theme_url(apart, "powers", voice)).content.decode(), "A.9")
        before = re.search(r'<div class="before".*?</aside>', text, re.DOTALL).group()
        assert f'<p class="muted">{own}:' in before
        assert f'<p class="muted">{other}:' not in before


def test_what_two_agencies_agree_on_has_no_such_button_and_refuses_the_act(people, last):
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    factories.open_comparison(apart)
    coordinator = signed_in(people.coordinator)
    text = section(coordinator.get(theme_url(apart)).content.decode(), "A.1")
    assert 'class="before"' in text
    assert ":confirm" not in text
    answer = coordinator.post(save_url(apart, "A.1"), confirming("A.1"))
    assert (answer.status_code, answer.json()["kind"]) == (409, "state")
    assert "in their comparison" in answer.json()["message"]
    assert stored(apart, "A.1").is_blank


def test_confirming_what_stands_word_for_word_says_nothing_of_a_void_signature(people, client, assessment):
    factories.fill(assessment, people.respondent, {"A.1": factories.example_answers()["A.1"]})
    factories.sign_both(assessment, people.coordinator)
    held = client.post(save_url(assessment, "A.1"), confirming("A.1", version=1, **typed_as_it_stands())).json()
    assert (held["kind"], held["voided"]) == ("saved", False)
    assert len(load_signatures(assessment)) == 2


def typed_as_it_stands():
    given = factories.example_answers()["A.1"]
    return {
        "A.1-answer": str(given.level),
        "A.1-basis": given.basis,
        "A.1-narrative": given.narrative,
        "A.1-evidence_title": [item.title for item in given.evidence],
        "A.1-evidence_reference": [item.reference for item in given.evidence],
    }


def test_what_was_typed_before_it_was_confirmed_voids_what_was_signed_and_says_so(people, client, assessment):
    factories.save_answer(assessment, people.respondent, "A.1", level=1)
    factories.sign_both(assessment, people.coordinator)
    typed = {"A.1-answer": "5"}
    held = client.post(save_url(assessment, "A.1"), confirming("A.1", 1, **typed)).json()
    assert (held["kind"], held["voided"]) == ("saved", True)
    assert load_signatures(assessment) == {}
