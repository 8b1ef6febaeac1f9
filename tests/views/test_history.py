"""The history of an answer: who saved it when, what each save changed, and who may read that."""

from __future__ import annotations

import re
from dataclasses import fields
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions import comparison, confirmations, responses
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import ResponseRevision
from tests import factories
from tests.sessions import signed_in

pytestmark = pytest.mark.django_db

MOST_QUERIES = 6


@pytest.fixture
def assessment(people):
    return factories.start_assessment(people.coordinator, period="2026")


def url(assessment, code="A.1", voice="national"):
    return reverse("response-history", kwargs={"pk": assessment.pk, "voice": voice, "code": code})


def steps(people, assessment, code="A.1", by=None):
    """Each save as the page tells it: its words alone, the latest first."""
    text = signed_in(by or people.respondent).get(url(assessment, code)).content.decode()
    items = re.search(r'<ol class="revisions">(.*?)</ol>', text, re.DOTALL)
    return [plain(item) for item in re.findall(r"<li>(.*?)</li>", items.group(1), re.DOTALL)] if items else []


def plain(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


def test_each_save_says_who_made_it_and_what_it_changed(people, assessment):
    factories.save_answer(assessment, people.respondent, "A.1", level=2, narrative="We met twice.", basis="written")
    factories.save_answer(
        assessment,
        people.police_respondent,
        "A.1",
        level=3,
        narrative="We met often.",
        basis="both",
        evidence=(Evidence("MOU", "7"),),
    )
    factories.save_answer(assessment, people.respondent, "A.1")
    emptied, changed, given = steps(people, assessment)
    assert given.startswith(f"Answered {people.respondent.full_name}")
    assert "added: We met twice." in given
    assert people.police_respondent.full_name in changed
    for words in (
        "before: 2Communication now: 3Cooperation",
        "We met removed: twice added: often.",
        "now: MOU (7)",
    ):
        assert words in changed
    assert re.search(r"Basis ?before: \S.* ?now: ", changed)
    assert emptied.startswith("Emptied")
    assert "removed: We met often." in emptied


def test_what_did_not_change_is_not_told(people, assessment):
    factories.save_answer(assessment, people.respondent, "A.1", level=2, narrative="Kept.", basis="written")
    factories.save_answer(assessment, people.respondent, "A.1", level=3, narrative="Kept.", basis="written")
    changed = steps(people, assessment)[0]
    assert "Kept." not in changed
    assert "Basis" not in changed


def test_a_text_that_was_set_aside_is_told_as_that(people, assessment):
    factories.save_answer(assessment, people.respondent, "A.1", level=2, narrative="Theirs.")
    mine = Answer(level=2, narrative="Mine.")
    responses.set_aside(
        assessment_id=assessment.pk, voice="national", question="A.1", response=mine, by=people.coordinator
    )
    factories.save_answer(assessment, people.respondent, "A.1", level=4, narrative="Theirs.")
    latest, aside, _first = steps(people, assessment)
    assert aside.startswith("Set aside")
    assert "removed: Theirs added: Mine." in aside
    assert "before: 2Communication now: 4" in latest
    assert "Mine." not in latest


def test_why_two_agencies_agreed_is_told_once(people):
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    comparison.open_comparison(assessment=apart, by=people.coordinator, reason="The meeting is today.")
    act = {"assessment_id": apart.pk, "voice": "national", "question": "A.1", "by": people.coordinator}
    responses.save(**act, response=Answer(level=2), base_version=0, agreement="The MOU is in force.")
    responses.save(**act, response=Answer(level=3), base_version=1)
    later, first = steps(people, apart, by=people.observer)
    assert "added: The MOU is in force." in first
    assert "MOU" not in later


def test_a_confirmation_names_the_period_that_it_confirms(people):
    factories.make_submission(people.coordinator, period="2025")
    following = factories.start_assessment(people.coordinator, period="2026")
    act = {"assessment_id": following.pk, "voice": "national", "question": "A.1", "by": people.respondent}
    confirmations.confirm(**act, base_version=0)
    assert steps(people, following)[0].startswith("Confirmed: the 2025 answer is still true")
    for level in (1, 3):
        factories.save_answer(following, people.respondent, "A.1", **members_of("A.1") | {"level": level})
    confirmations.confirm(**act, base_version=3)
    again = steps(people, following)[0]
    assert again.startswith("Confirmed")
    assert "The answer stood word for word." in again


def members_of(code):
    """The parts of the example's answer, to be saved again."""
    answer = factories.example_answers()[code]
    return {field.name: getattr(answer, field.name) for field in fields(answer)}


def test_hostile_text_comes_as_the_text_it_is(people, assessment):
    factories.save_answer(assessment, people.respondent, "A.1", level=2, narrative="<script>alert(1)</script>")
    text = signed_in(people.respondent).get(url(assessment)).content.decode()
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text


def test_before_anything_is_saved_the_page_says_so(people, assessment):
    assert "Nothing was saved here yet." in signed_in(people.observer).get(url(assessment)).content.decode()


@pytest.mark.parametrize(("code", "voice"), [("A.99", "national"), ("A.1", "customs"), ("A.1", "nobody")])
def test_an_unknown_question_or_voice_is_not_there(people, assessment, code, voice):
    assert signed_in(people.respondent).get(url(assessment, code, voice)).status_code == 404


def test_an_agency_reads_its_own_history_and_not_the_others_before_they_compare(people):
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        responses.save(
            assessment_id=apart.pk,
            voice=voice,
            question="A.1",
            response=Answer(level=2, narrative=f"Secret of {voice}."),
            base_version=0,
            by=by,
        )
    own = signed_in(people.respondent).get(url(apart, voice="customs"))
    assert "Secret of customs." in own.content.decode()
    assert "Whose answer" not in own.content.decode()
    for who, voice in (
        ("respondent", "police"),
        ("coordinator", "police"),
        ("coordinator", "national"),
        ("police_coordinator", "customs"),
        ("observer", "customs"),
        ("observer", "national"),
    ):
        response = signed_in(getattr(people, who)).get(url(apart, voice=voice))
        assert response.status_code == 404, (who, voice)
        assert b"Secret" not in response.content
    comparison.open_comparison(assessment=apart, by=people.coordinator, reason="The meeting is today.")
    for who in ("respondent", "coordinator", "observer"):
        for voice in ("customs", "police", "national"):
            assert signed_in(getattr(people, who)).get(url(apart, voice=voice)).status_code == 200
    text = signed_in(people.observer).get(url(apart, voice="police")).content.decode()
    assert f'href="{url(apart, voice="customs")}"' in text


@pytest.mark.parametrize("who", ["reviewer", "administrator"])
def test_the_secretariat_reads_what_was_submitted_and_not_how_it_came_about(people, who):
    submission = factories.make_submission(people.coordinator, period="2025")
    assert signed_in(getattr(people, who)).get(url(submission.assessment)).status_code == 403


def test_each_question_leads_to_its_history(people, assessment):
    page = reverse("theme", kwargs={"pk": assessment.pk, "voice": "national", "theme": "framework"})
    text = signed_in(people.respondent).get(page).content.decode()
    links = re.findall(r'href="(\.\./questions/[^"]+)"', text)
    assert urljoin(page, links[0]) == url(assessment, "A.1")
    assert signed_in(people.respondent).get(urljoin(page, links[0])).status_code == 200


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_costs_the_same_few_queries_however_often_it_was_saved(people, assessment, count):
    row = factories.save_answer(assessment, people.respondent, "A.1", level=1, narrative="0")
    ResponseRevision.objects.bulk_create(
        ResponseRevision(
            response=row,
            number=number,
            version=number,
            content={"level": 1, "narrative": str(number)},
            saved_by=people.respondent,
        )
        for number in range(2, count + 1)
    )
    client = signed_in(people.respondent)
    with CaptureQueriesContext(connection) as asked:
        first = client.get(url(assessment)).content.decode()
    assert len(asked) <= MOST_QUERIES, [query["sql"] for query in asked]
    if count > 1:
        assert "removed: </span>35</del>" in first, "The oldest of the page is set beside the one on the next page."
        assert "version 1<" in client.get(f"{url(assessment)}?page=3").content.decode()
