"""The page of a theme: what it asks, what stands beside a question, and who gets a form."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diagnostic.actions import reviews
from diagnostic.instruments import current_instrument
from diagnostic.models import Submission
from tests import factories
from tests.sessions import signed_in
from tests.views.answering import MOST_QUERIES_OF_A_PAGE, fields, page, save_url, section, theme_url

pytestmark = pytest.mark.django_db


def test_a_theme_page_asks_every_question_of_its_theme_and_says_how_to_choose(client, assessment):
    for theme in current_instrument().themes:
        text = page(client, assessment, theme.id)
        assert "How to choose." in text
        for question in current_instrument().by_theme[theme.id]:
            assert f'<h2 class="question-text" id="{question.code}-q"' in text
            assert text.count(f'name="{question.code}-answer"') == (5 if question.takes_level else 0) + 1 + (
                question.allows_not_applicable
            )


def test_not_applicable_is_offered_only_where_the_instrument_allows_it(client, assessment):
    powers = page(client, assessment, "powers")
    assert "Not applicable here" in section(powers, "A.9")
    assert "Not applicable here" not in section(powers, "A.5.1")


def test_a_corrected_wording_keeps_the_handbooks_own_at_hand(client, assessment):
    text = section(page(client, assessment, "information"), "A.2.2")
    assert "How often, and in which way, does such exchange occur?" in text
    assert "“Please describe how often and in which way such exchange occurs ?”" in text


def test_the_basis_is_asked_with_every_scored_question_and_reminded_of_where_a_level_rests_on_it(client, assessment):
    reminder = "an arrangement that is only written does not carry them"
    texts = {theme.id: page(client, assessment, theme.id) for theme in current_instrument().themes}
    for question in current_instrument().questions:
        part = section(texts[question.theme], question.code)
        assert ("What the answer rests on" in part) == question.is_scored
        assert (reminder in part) == (question.code in {"A.1", "A.2.2", "A.13", "A.4.1"})


def test_the_national_voice_states_the_authority_of_both_agencies(client, assessment):
    text = section(page(client, assessment, "powers"), "A.5.1")
    assert 'name="A.5.1-authority_customs"' in text
    assert 'name="A.5.1-authority_police"' in text


def test_a_follow_up_says_when_it_is_asked(client, assessment, people):
    assert "Asked when A.3.1 is 2 or higher." in section(page(client, assessment, "risk"), "A.3.2")
    assert 'data-asked="no"' in section(page(client, assessment, "risk"), "A.3.2")
    factories.save_answer(assessment, people.respondent, "A.3.1", level=2)
    assert 'data-asked="yes"' in section(page(client, assessment, "risk"), "A.3.2")


def test_last_periods_answer_stands_beside_the_question(people, client):
    factories.make_accepted(people.coordinator, people.reviewer, period="2025")
    following = factories.start_assessment(people.coordinator, period="2026")
    text = section(page(client, following), "A.1")
    assert "Your answer in <bdi>2025</bdi>" in text
    assert "The 2025 meetings were not held." in text
    assert "Use the <bdi>2025</bdi> text" in text


def test_the_rail_shows_the_state_of_each_question_and_what_is_completed(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.3.1", level=1)
    factories.save_answer(assessment, people.respondent, "A.12", status="unknown", reason="No reply yet.")
    risk, powers = page(client, assessment, "risk"), page(client, assessment, "powers")
    states = dict(re.findall(r'data-link="([^"]+)"[^>]*data-state="([^"]+)"', risk + powers))
    assert states == {
        "A.3.1": "answered",
        "A.3.2": "not_asked",
        "A.5.1": "missing",
        "A.5.2": "not_asked",
        "A.9": "missing",
        "A.10": "missing",
        "A.11": "missing",
        "A.12": "unknown",
    }
    assert '<span class="rail-done" data-done><svg' in risk


@pytest.mark.parametrize(("theme", "voice"), [("nonsense", "national"), ("framework", "customs"), ("framework", "x")])
def test_an_unknown_theme_or_voice_is_not_there(client, assessment, theme, voice):
    assert client.get(theme_url(assessment, theme, voice)).status_code == 404


def test_those_who_may_only_read_get_text_and_no_form(people, assessment):
    factories.save_answer(assessment, people.respondent, "A.1", level=3, basis="both", narrative="An MOU of 2021.")
    text = page(signed_in(people.observer), assessment)
    assert "<form" not in text.split("<main")[1]
    assert "An MOU of 2021." in text
    assert "Written and practised" in text
    assert "Cooperation" in section(text, "A.1")


def test_only_the_questions_named_on_return_are_open(people):
    submission = factories.make_submission(people.coordinator)
    reviews.take_up(submission=fresh(submission), by=people.reviewer)
    reviews.ask(submission=fresh(submission), question="A.17", text="Which body meets?", by=people.reviewer)
    reviews.return_for_clarification(submission=fresh(submission), remark="", by=people.reviewer)
    client = signed_in(people.respondent)
    text = page(client, submission.assessment)
    assert "Which body meets?" in section(text, "A.17")
    assert 'name="A.17-narrative"' in text
    assert 'name="A.1-narrative"' not in text
    refused = client.post(save_url(submission.assessment, "A.1"), fields("A.1", 1, answer="5"))
    assert (refused.status_code, refused.json()["kind"]) == (409, "state")
    assert client.post(save_url(submission.assessment, "A.17"), fields("A.17", 1, answer="5")).status_code == 200


def fresh(submission: Submission) -> Submission:
    return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)


@pytest.mark.parametrize("theme", ["framework", "powers"])
@pytest.mark.parametrize("is_filled", [False, True])
def test_a_theme_page_costs_the_same_few_queries_however_many_questions_it_has(people, client, theme, is_filled):
    if is_filled:
        factories.make_accepted(people.coordinator, people.reviewer, period="2025")
    assessment = factories.start_assessment(people.coordinator, period="2026")
    if is_filled:
        factories.fill(assessment, people.coordinator)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(theme_url(assessment, theme)).status_code == 200
    assert len(asked) <= MOST_QUERIES_OF_A_PAGE
