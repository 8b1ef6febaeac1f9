"""Where each agency answers for itself: whose answers each page shows, before and after the comparison opens."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.models import Assessment, Response
from tests import factories
from tests.factories import example_answers, fill, save_answer, start_assessment
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db
MOST_QUERIES_OF_A_PAGE = {"theme": 7, "result": 8, "assessment-detail": 9, "assessment-check": 12}
"""As in a joint session, but for what the agencies declared; the check page reads what they signed as well."""
MOST_QUERIES_OF_A_SAVE = 10


@pytest.fixture
def draft(people: factories.People) -> Assessment:
    """Both agencies have answered, customs a little."""
    assessment = start_assessment(people.coordinator, mode="separate")
    few = dict(list(example_answers("two-voices", "customs").items())[:4])
    fill(assessment, people.respondent, few, voice="customs")
    save_answer(assessment, people.respondent, "A.1", voice="customs", level=3, narrative="What customs wrote.")
    fill(assessment, people.police_respondent, example_answers("two-voices", "police"), voice="police")
    save_answer(assessment, people.police_respondent, "A.1", voice="police", level=1, narrative="What police wrote.")
    return assessment


@pytest.fixture
def comparing(people: factories.People, draft: Assessment) -> Assessment:
    """The comparison is open; no national answer stands yet."""
    opened = factories.open_comparison(draft)
    return Assessment.objects.select_related("country").get(pk=opened.pk)


def as_person(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", unisolated(response.content.decode()))))


def theme_url(assessment: Assessment, voice: str, theme: str = "framework") -> str:
    return reverse("theme", kwargs={"pk": assessment.pk, "voice": voice, "theme": theme})


def save_url(assessment: Assessment, voice: str, code: str) -> str:
    return reverse("response-save", kwargs={"pk": assessment.pk, "voice": voice, "code": code})


# Before the comparison


def test_each_person_is_led_to_their_own_agencys_answers(people: factories.People, draft: Assessment) -> None:
    url = reverse("assessment-detail", args=[draft.pk])
    customs, police = as_person(people.respondent).get(url), as_person(people.police_coordinator).get(url)
    assert "Customs: 4 of" in words(customs)
    assert "Police: " in words(police)
    assert theme_url(draft, "customs") in customs.content.decode()
    assert theme_url(draft, "police") in police.content.decode()
    assert "The answers of customs" in words(as_person(people.respondent).get(theme_url(draft, "customs")))


def test_an_observer_is_told_what_is_waited_for_and_no_figure(people: factories.People, draft: Assessment) -> None:
    said = words(as_person(people.observer).get(reverse("assessment-detail", args=[draft.pk])))
    assert "Customs and police answer, each for itself" in said
    assert "questions answered" not in said
    assert "Last answer" not in said


def test_the_stages_lead_only_to_what_is_there(people: factories.People, draft: Assessment) -> None:
    page = as_person(people.coordinator).get(reverse("assessment-detail", args=[draft.pk])).content.decode()
    assert "<span>Compare and agree</span>" in page
    assert reverse("assessment-report", args=[draft.pk]) not in page
    assert as_person(people.coordinator).get(reverse("assessment-report", args=[draft.pk])).status_code == 404


def test_the_result_before_is_the_agencys_own_and_says_so(people: factories.People, draft: Assessment) -> None:
    said = words(as_person(people.police_respondent).get(reverse("result", args=[draft.pk])))
    assert "Police: result of this agency’s own answers so far" in said
    assert "customs and police are not compared yet" in said


# Once it is open


@pytest.mark.parametrize("who", ["respondent", "police_coordinator", "observer"])
@pytest.mark.parametrize("voice", ["customs", "police"])
def test_both_voices_are_read_and_changed_by_nobody(
    people: factories.People, comparing: Assessment, who: str, voice: str
) -> None:
    client = as_person(getattr(people, who))
    page = client.get(theme_url(comparing, voice))
    assert f"What {voice} wrote." in words(page)
    assert "<form" not in page.content.decode().partition("<main")[2]
    refused = client.post(save_url(comparing, voice, "A.1"), {"A.1-answer": "1", "A.1-version": "1"})
    assert refused.status_code in (403, 409)


def test_the_pages_are_of_the_national_answers_from_then_on(people: factories.People, comparing: Assessment) -> None:
    client = as_person(people.coordinator)
    page = client.get(reverse("assessment-detail", args=[comparing.pk])).content.decode()
    assert reverse("compare", args=[comparing.pk]) in page
    assert theme_url(comparing, "national") in page
    assert "0 of" in page
    assert "1. The national answers by theme" in page
    assert "The country withdrew this assessment" not in page
    file = json.loads(client.get(reverse("assessment-export", args=[comparing.pk])).content)
    assert set(file["voices"]) == {"customs", "national", "police"}


def test_the_coordinators_of_both_write_the_national_answer_and_no_respondent(
    people: factories.People, comparing: Assessment
) -> None:
    typed = {"A.1-answer": "2", "A.1-version": "0"}
    respondent = as_person(people.respondent)
    assert respondent.post(save_url(comparing, "national", "A.1"), typed).status_code == 403
    assert "coordinators of customs and police record" in words(respondent.get(theme_url(comparing, "national")))
    coordinator = as_person(people.police_coordinator)
    agreed = {name.replace("A.1", "A.6"): value for name, value in typed.items()}
    assert coordinator.post(save_url(comparing, "national", "A.6"), agreed).status_code == 200


def test_over_a_difference_the_page_saves_a_proposal_and_leads_to_the_comparison(
    people: factories.People, comparing: Assessment
) -> None:
    client = as_person(people.coordinator)
    saved = client.post(save_url(comparing, "national", "A.1"), {"A.1-answer": "2", "A.1-version": "0"}).json()
    assert (saved["question"], saved["version"], saved["state"]) == ("A.1", 1, "proposed")
    assert not Response.objects.get(assessment=comparing, voice="national", question="A.1").is_agreed
    page = client.get(theme_url(comparing, "national", "framework")).content.decode()
    assert "It counts once a coordinator records it in the comparison" in page
    assert 'data-link="A.1" data-own="proposed" data-state="proposed"' in page


def test_an_agencys_own_word_on_its_authority_opens_the_national_follow_up(
    people: factories.People, draft: Assessment
) -> None:
    """A.5.2 is asked of the country where the police says that it lacks the authority, and A.5.1 adds nothing to it."""
    save_answer(draft, people.police_respondent, "A.5.1", voice="police", level=2, authority={"police": "none"})
    opened = factories.open_comparison(draft)
    client = as_person(people.coordinator)

    page = client.get(theme_url(opened, "national", "powers")).content.decode()
    section = re.search(r'<section class="question" id="A.5.2"[^>]*>', page)
    assert section is not None
    assert 'data-asked="yes"' in section[0]
    assert "police:none" in section[0]
    saved = client.post(save_url(opened, "national", "A.5.1"), {"A.5.1-answer": "2", "A.5.1-version": "0"}).json()
    assert saved["asked"] == {"A.5.2": True}
    said = {"A.5.1-answer": "2", "A.5.1-version": "1", "A.5.1-authority_police": "own"}
    assert client.post(save_url(opened, "national", "A.5.1"), said).json()["asked"] == {"A.5.2": False}


def test_no_page_and_no_save_takes_more_queries_for_two_voices(people: factories.People, comparing: Assessment) -> None:
    client = as_person(people.coordinator)
    for name, most in MOST_QUERIES_OF_A_PAGE.items():
        url = theme_url(comparing, "national", "powers") if name == "theme" else reverse(name, args=[comparing.pk])
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) <= most, name
    for code in ("A.6", "A.12"):
        with CaptureQueriesContext(connection) as queries:
            answer = {f"{code}-answer": "2", f"{code}-version": "0"}
            assert client.post(save_url(comparing, "national", code), answer).status_code == 200
        assert len(queries) <= MOST_QUERIES_OF_A_SAVE, code
