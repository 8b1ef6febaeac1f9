"""The page of a theme sent as a form, without a script: nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import ResponseRevision
from diagnostic.views import page_key
from tests import factories
from tests.sessions import signed_in
from tests.views.answering import fields, page, section, stored, theme_url

pytestmark = pytest.mark.django_db


OVERRIDE = "\u202e"


def test_the_page_saves_what_was_changed_and_only_that(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.1", level=2, narrative="Meetings.")
    body = {**fields("A.1", 1, answer="2", narrative="Meetings."), **fields("A.17", answer="3")}
    answer = client.post(theme_url(assessment), body)
    assert (answer.status_code, answer["Location"]) == (302, theme_url(assessment))
    assert stored(assessment, "A.17").level == 3
    assert ResponseRevision.objects.filter(response__question="A.1").count() == 1


def test_save_and_continue_leads_to_the_next_theme_and_from_the_last_to_the_check(client, assessment):
    answer = client.post(theme_url(assessment), {"then": "next"})
    assert answer["Location"] == theme_url(assessment, "information")
    answer = client.post(theme_url(assessment, "people"), {"then": "next"})
    assert answer["Location"] == reverse("assessment-check", kwargs={"pk": assessment.pk})


def test_a_parent_and_its_follow_up_are_saved_in_one_go(client, assessment):
    body = {**fields("A.3.2", answer="4"), **fields("A.3.1", answer="3")}
    assert client.post(theme_url(assessment, "risk"), body).status_code == 302
    assert stored(assessment, "A.3.2").level == 4


def test_a_fault_is_shown_at_its_field_the_rest_is_saved_and_nothing_typed_is_lost(client, assessment):
    body = {**fields("A.1", answer="unknown", narrative="Half a thought"), **fields("A.17", answer="3")}
    answer = client.post(theme_url(assessment), body)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#A.1-reason"' in text
    assert "Say why A.1 cannot be answered now" in text
    assert 'aria-invalid="true"' in section(text, "A.1")
    assert "Half a thought" in section(text, "A.1")
    assert 'value="unknown" checked' in section(text, "A.1")
    assert stored(assessment, "A.17").level == 3
    assert stored(assessment, "A.1").is_blank


def test_hostile_text_comes_back_as_the_text_it_is(client, assessment):
    text = "</textarea><script>alert(1)</script>" + "\x01"
    answer = client.post(theme_url(assessment), fields("A.1", narrative=text))
    assert answer.status_code == 422
    assert "<script>alert(1)" not in answer.content.decode()
    assert "&lt;script&gt;alert(1)" in answer.content.decode()


def test_a_follow_up_that_is_not_asked_is_refused_and_kept_as_typed(client, assessment):
    body = {**fields("A.3.1", answer="1"), **fields("A.3.2", answer="4", narrative="An MOU.")}
    answer = client.post(theme_url(assessment, "risk"), body)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "A.3.2 is not asked, because of the answer to A.3.1" in text
    assert "An MOU." in section(text, "A.3.2")
    assert stored(assessment, "A.3.1").level == 1


def test_a_stale_answer_shows_both_texts_and_saves_the_others(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    body = {**fields("A.1", answer="1", narrative="Mine."), **fields("A.17", answer="3")}
    answer = client.post(theme_url(assessment), body)
    text = section(answer.content.decode(), "A.1")
    assert answer.status_code == 409
    assert "Two people changed this answer at the same time" in text
    assert "Theirs." in text
    assert "Mine." in text
    assert '<input type="hidden" name="A.1-version" value="1">' in text
    assert stored(assessment, "A.17").level == 3
    assert stored(assessment, "A.1").narrative == "Theirs."


def test_a_conflict_stays_until_its_own_button_is_pressed(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    held = fields("A.1", 1, answer="1", narrative="Mine.", keep="mine")
    assert client.post(theme_url(assessment), {**held, "then": "next"}).status_code == 409
    assert stored(assessment, "A.1").narrative == "Theirs."
    assert client.post(theme_url(assessment), {**held, "resolve": "A.1:keep"}).status_code == 302
    assert stored(assessment, "A.1").narrative == "Mine."


def test_without_a_script_both_texts_come_into_one_field(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    held = {**fields("A.1", 1, answer="1", narrative="Mine.", keep="mine"), "resolve": "A.1:merge"}
    answer = client.post(theme_url(assessment), held)
    assert answer.status_code == 200
    assert "Theirs.\n\nMine.</textarea>" in answer.content.decode()


def test_what_a_colleague_changed_meanwhile_is_no_conflict_for_who_left_it_alone(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.1", level=2)
    factories.save_answer(assessment, people.police_respondent, "A.1", level=3)
    body = {**fields("A.1", 1, answer="2"), **fields("A.17", answer="3")}
    assert client.post(theme_url(assessment), body).status_code == 302
    assert stored(assessment, "A.1").level == 3


def test_clear_takes_a_choice_back_without_a_script(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.1", level=2, basis="both", narrative="Kept.")
    body = {**fields("A.1", 1, answer="2", basis="both", narrative="Kept."), "clear": "A.1-answer"}
    answer = client.post(theme_url(assessment), body)
    assert answer["Location"] == f"{theme_url(assessment)}#A.1"
    assert stored(assessment, "A.1") == Answer(basis="both", narrative="Kept.")


def test_remove_takes_one_document_away_without_a_script(client, assessment, people):
    documents = (Evidence("One"), Evidence("Two"))
    factories.save_answer(assessment, people.respondent, "A.1", evidence=documents)
    rows = {"A.1-evidence_title": ["One", "Two", ""], "A.1-evidence_reference": ["", "", ""]}
    client.post(theme_url(assessment), {**fields("A.1", 1), **rows, "clear": "A.1-evidence:0"})
    assert stored(assessment, "A.1").evidence == (Evidence("Two"),)


def test_an_answer_that_can_no_longer_be_saved_is_still_shown_as_typed(people, client):
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    factories.submit(assessment, by=people.coordinator)
    answer = client.post(theme_url(assessment), fields("A.1", 1, answer="5", narrative="Too late."))
    assert answer.status_code == 409
    assert "Too late." in answer.content.decode()
    assert "moved on" in answer.content.decode()


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(assessment, people):
    client = signed_in(people.respondent)
    key = re.search(r'name="page_key" value="([^"]+)"', page(client, assessment)).group(1)
    client.logout()
    answer = client.post(theme_url(assessment), {**fields("A.1", narrative="Typed in time."), "page_key": key})
    assert "/accounts/login/" in answer["Location"]
    client.post(answer["Location"], {"login": people.respondent.email, "password": factories.PASSWORD})
    text = page(client, assessment)
    assert "Typed in time." in section(text, "A.1")
    assert "typed before you signed in again" in text
    assert stored(assessment, "A.1").is_blank
    client.post(theme_url(assessment), fields("A.1", narrative="Typed in time."))
    assert stored(assessment, "A.1").narrative == "Typed in time."
    assert "typed before you signed in again" not in page(client, assessment)


def test_nobody_else_who_signs_in_sees_what_was_typed(assessment, people):
    client = Client()
    key = page_key.make(people.respondent, assessment.pk)
    client.post(theme_url(assessment), {**fields("A.1", narrative="Private."), "page_key": key})
    client.post(reverse("account_login"), {"login": people.coordinator.email, "password": factories.PASSWORD})
    assert "Private." not in page(client, assessment)


def test_a_stranger_cannot_fill_the_sessions(assessment):
    client = Client()
    client.post(theme_url(assessment), {**fields("A.1", narrative="Junk."), "page_key": "made up"})
    assert page_key.KEPT not in client.session


def test_a_page_from_before_signing_in_again_loses_nothing_without_a_script(assessment, people):
    client = signed_in(people.respondent, enforce_csrf_checks=True)
    key = page_key.make(people.respondent, assessment.pk)
    body = {**fields("A.1", narrative="Old page."), "page_key": key, "csrfmiddlewaretoken": "x" * 64}
    answer = client.post(theme_url(assessment), body)
    assert (answer.status_code, answer["Location"]) == (302, theme_url(assessment))
    assert "Old page." in page(client, assessment)
    forged = client.post(theme_url(assessment), {**body, "page_key": ""})
    assert forged.status_code == 403


@pytest.mark.parametrize(("who", "status"), [("observer", 403), ("foreigner", 404), ("reviewer", 404)])
def test_the_page_takes_nothing_from_those_who_may_not_write(people, assessment, who, status):
    answer = signed_in(getattr(people, who)).post(theme_url(assessment), fields("A.1", answer="3"))
    assert answer.status_code == status
    assert stored(assessment, "A.1").is_blank
