"""The history of an answer: who saved it when, what each save changed, and who may read that."""

from __future__ import annotations

import html
import re
from dataclasses import fields
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions import confirmations, responses
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Response, ResponseRevision
from diagnostic.queries import to_response
from diagnostic.views.signatures import VOIDED
from tests import factories
from tests.sessions import signed_in
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db

MOST_QUERIES = 6


@pytest.fixture
def assessment(people):
    return factories.start_assessment(people.coordinator, period="2026")


def url(assessment, code="A.1", voice="national"):
    return reverse("response-history", kwargs={"pk": assessment.pk, "voice": voice, "code": code})


def page_of(people, assessment, code="A.1", by=None, **query):
    return signed_in(by or people.respondent).get(url(assessment, code), query).content.decode()


def entries(text):
    """Each sitting on a page: its changes and the full texts that unfold, all in words, latest first."""
    found = text.partition('<ol class="revisions">')[2].split("<li>\n  <h2")[1:]
    parts = [re.split(r"<details|</details>", item) for item in found]
    return [(plain(f"<h2{told}"), [plain(text) for text in whole.split("<li>")[1:]]) for told, whole, *_ in parts]


def steps(people, assessment, code="A.1", by=None):
    """Each sitting on the page before it is unfolded: only its own words, latest first."""
    return [told for told, _whole in entries(page_of(people, assessment, code, by))]


def plain(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", unisolated(text))).strip()


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
    factories.save_answer(assessment, people.coordinator, "A.1", level=2, narrative="Kept.", basis="written")
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
    factories.open_comparison(apart)
    act = {"assessment_id": apart.pk, "voice": "national", "question": "A.1", "by": people.coordinator}
    responses.save(**act, response=Answer(level=2), base_version=0, agreement="The MOU is in force.")
    responses.save(**act | {"by": people.police_coordinator}, response=Answer(level=3), base_version=1)
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
        factories.save_answer(following, people.coordinator, "A.1", **members_of("A.1") | {"level": level})
    confirmations.confirm(**act, base_version=3)
    again = steps(people, following)[0]
    assert again.startswith("Confirmed")
    assert "Nothing in the answer changed." in again


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
    assert "Nothing has been saved here yet." in signed_in(people.observer).get(url(assessment)).content.decode()


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
    factories.open_comparison(apart)
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


def test_one_sitting_of_one_person_is_one_entry_that_unfolds_into_whole_texts(people, assessment):
    for text in ("We", "We met", "We met twice."):
        factories.save_answer(assessment, people.respondent, "A.1", level=2, narrative=text)
    factories.save_answer(assessment, people.coordinator, "A.1", level=2, narrative="We met three times.")
    factories.save_answer(assessment, people.respondent, "A.1", level=2, narrative="We met four times.")
    latest, other, first = entries(page_of(people, assessment))
    assert [len(whole) for _told, whole in (latest, other, first)] == [1, 1, 3]
    assert "versions 1 to 3" in first[0]
    assert "added: We met twice." in first[0]
    assert [re.search(r"Version \d", text).group() for text in first[1]] == ["Version 3", "Version 2", "Version 1"]
    assert "We met Put this text back" in first[1][1]
    assert "We met four times. This is the answer now." in latest[1][0]


def test_the_history_follows_the_order_of_the_saves_and_not_the_clock(people, assessment):
    for person, level in ((people.respondent, 1), (people.coordinator, 2), (people.respondent, 3)):
        row = factories.save_answer(assessment, person, "A.1", level=level)
    for number, hour in ((1, 23), (2, 12), (3, 1)):
        at = datetime(2026, 5, 4, hour, tzinfo=UTC)
        ResponseRevision.objects.filter(response=row, number=number).update(saved_at=at)
    told = [re.search(r"version \d", step).group() for step in steps(people, assessment)]
    assert told == ["version 3", "version 2", "version 1"]


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_page_costs_the_same_few_queries_however_often_it_was_saved(people, assessment, count):
    """By two people in turn, so that each save is a separate entry."""
    both = (people.respondent, people.coordinator)
    row = factories.save_answer(assessment, both[1], "A.1", level=1, narrative="0")
    ResponseRevision.objects.bulk_create(
        ResponseRevision(
            response=row,
            number=number,
            version=number,
            content={"level": 1, "narrative": str(number)},
            saved_by=both[number % 2],
        )
        for number in range(2, count + 1)
    )
    client = signed_in(people.respondent)
    with CaptureQueriesContext(connection) as asked:
        first = client.get(url(assessment)).content.decode()
    assert len(asked) <= MOST_QUERIES, [query["sql"] for query in asked]
    if count == 60:
        assert "removed: </span>20</del>" in first, "The oldest of the page is set beside the one on the next page."
        assert "version 1<" in client.get(f"{url(assessment)}?page=2").content.decode()


# Restoring an earlier text


def restore_url(assessment, number, code="A.1", voice="national"):
    return reverse("response-restore", args=[assessment.pk, voice, code, number])


def standing(assessment, code="A.1", voice="national"):
    return Response.objects.get(assessment=assessment, voice=voice, question=code)


@pytest.fixture
def twice(people, assessment):
    """An answer by two people, one after the other."""
    evidence = (Evidence("MOU", "7"),)
    factories.save_answer(
        assessment, people.respondent, "A.1", level=2, narrative="We met twice.", basis="both", evidence=evidence
    )
    factories.save_answer(assessment, people.coordinator, "A.1", level=4, narrative="We met often.")
    return assessment


def test_an_earlier_text_is_put_back_whole_as_a_new_version(people, twice):
    client = signed_in(people.respondent)
    before = plain(client.get(restore_url(twice, 1)).content.decode())
    assert "We met twice." in before
    assert "We met often." in before
    done = client.post(restore_url(twice, 1), {"version": "2"}, follow=True)
    assert done.redirect_chain == [(url(twice), 302)]
    assert "The earlier text is the answer again, as version 3." in done.content.decode()
    held = to_response(standing(twice))
    assert held == Answer(level=2, narrative="We met twice.", basis="both", evidence=(Evidence("MOU", "7"),))
    revisions = list(ResponseRevision.objects.filter(response=standing(twice)).order_by("number"))
    assert [item.content["narrative"] for item in revisions] == ["We met twice.", "We met often.", "We met twice."]
    assert revisions[-1].saved_by == people.respondent
    assert revisions[-1].previous == revisions[1].hash


def test_a_text_that_was_set_aside_can_be_put_back(people, twice):
    responses.set_aside(
        assessment_id=twice.pk,
        voice="national",
        question="A.1",
        response=Answer(level=1, narrative="Mine."),
        by=people.respondent,
    )
    assert f'href="{restore_url(twice, 3)}"' in page_of(people, twice)
    signed_in(people.respondent).post(restore_url(twice, 3), {"version": "2"})
    assert to_response(standing(twice)) == Answer(level=1, narrative="Mine.")


def test_what_somebody_saved_meanwhile_is_shown_first_and_never_overwritten(people, twice):
    factories.save_answer(twice, people.police_respondent, "A.1", level=5, narrative="We share an office.")
    client = signed_in(people.respondent)
    refused = client.post(restore_url(twice, 1), {"version": "2"})
    text = refused.content.decode()
    assert refused.status_code == 409
    assert f"<bdi>{people.police_respondent.full_name}</bdi> has saved another text" in text
    assert "We share an office." in text
    assert 'name="version" value="3"' in text
    assert standing(twice).narrative == "We share an office."
    assert client.post(restore_url(twice, 1), {"version": "3"}).status_code == 302
    assert standing(twice).narrative == "We met twice."


@pytest.mark.parametrize("version", ["", "none", "-1", "²", "9" * 30])
def test_a_form_that_names_no_version_replaces_nothing(people, twice, version):
    assert signed_in(people.respondent).post(restore_url(twice, 1), {"version": version}).status_code == 409
    assert standing(twice).narrative == "We met often."


def test_the_answer_itself_is_not_offered_and_pressing_changes_nothing(people, twice):
    client = signed_in(people.respondent)
    assert f'href="{restore_url(twice, 2)}"' not in page_of(people, twice)
    assert "nothing to put back" in client.get(restore_url(twice, 2)).content.decode()
    done = client.post(restore_url(twice, 2), {"version": "2"}, follow=True)
    assert "This text already is the answer." in done.content.decode()
    assert ResponseRevision.objects.filter(response=standing(twice)).count() == 2


def test_after_submission_nothing_is_offered_and_pressing_is_refused_in_words(people, twice):
    answers = {code: answer for code, answer in factories.example_answers().items() if code != "A.1"}
    factories.submit(factories.fill(twice, people.coordinator, answers), by=people.coordinator)
    assert "Put this text back" not in page_of(people, twice)
    client = signed_in(people.respondent)
    assert "cannot be changed now" in client.get(restore_url(twice, 1)).content.decode()
    refused = client.post(restore_url(twice, 1), {"version": "2"})
    assert refused.status_code == 409
    assert "has moved on" in refused.content.decode()
    assert standing(twice).narrative == "We met often."


def test_after_a_return_only_the_questions_asked_about_can_be_put_back(people, twice):
    answers = {code: answer for code, answer in factories.example_answers().items() if code != "A.1"}
    factories.fill(twice, people.coordinator, answers)
    factories.make_returned(twice, people.coordinator, people.reviewer, "A.6")
    client = signed_in(people.respondent)
    assert "Put this text back" not in page_of(people, twice)
    refused = client.post(restore_url(twice, 1), {"version": "2"})
    assert refused.status_code == 409
    assert "A.1 is not open" in html.unescape(refused.content.decode())


def test_putting_back_voids_what_was_attested_and_says_so(people, twice):
    answers = {code: answer for code, answer in factories.example_answers().items() if code != "A.1"}
    factories.fill(twice, people.coordinator, answers)
    factories.sign_both(twice, people.coordinator)
    done = signed_in(people.respondent).post(restore_url(twice, 1), {"version": "2"}, follow=True)
    assert str(VOIDED) in html.unescape(done.content.decode())


def test_nobody_puts_back_or_reads_a_text_of_the_other_agency_before_they_compare(people):
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    for number, by in enumerate((people.respondent, people.coordinator)):
        factories.save_answer(apart, by, "A.1", voice="customs", level=number + 1, narrative=f"Secret {number}.")
    there = restore_url(apart, 1, voice="customs")
    for who in ("police_coordinator", "police_respondent", "observer", "foreigner"):
        client = signed_in(getattr(people, who))
        for response in (client.get(there), client.post(there, {"version": "2"})):
            assert response.status_code == 404, who
            assert b"Secret" not in response.content
    assert standing(apart, voice="customs").narrative == "Secret 1."
    factories.open_comparison(apart)
    assert signed_in(people.police_coordinator).get(there).status_code == 403
    frozen = signed_in(people.coordinator).post(there, {"version": "2"})
    assert frozen.status_code == 409
    assert standing(apart, voice="customs").narrative == "Secret 1."


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_revision_that_does_not_exist_is_not_found(people, twice, number):
    assert signed_in(people.respondent).get(restore_url(twice, number)).status_code == 404


def test_the_page_that_puts_back_costs_a_known_number_of_queries(people, twice):
    client = signed_in(people.respondent)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(restore_url(twice, 1)).status_code == 200
    assert len(asked) <= MOST_QUERIES, [query["sql"] for query in asked]
