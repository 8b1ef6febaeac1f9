"""What is missing, the check, the keys of both agencies, and the submission."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diagnostic.actions.assessments import base_of
from diagnostic.core.progress import write_gaps
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, Attestation, Submission
from diagnostic.views import assessments as views
from tests import factories
from tests.factories import (
    complete,
    example_answers,
    fill,
    make_submission,
    save_answer,
    start_assessment,
)
from tests.views.pages import count_queries, get, post, words

pytestmark = pytest.mark.django_db


MOST_QUERIES_OF_A_CHECK = 12


def test_everything_missing_stands_on_one_page_with_its_reason(client: Client, people: factories.People) -> None:
    answers = example_answers() | {"A.12": Answer(status="unknown", reason="The laboratory has not replied.")}
    del answers["A.8"]
    assessment = fill(start_assessment(people.coordinator), people.coordinator, answers)
    said = words(get(client, people.observer, "assessment-missing", assessment.pk))

    assert "A.8" in said
    assert "Cannot answer now: “The laboratory has not replied.”" in said
    assert "A.13" not in said


def test_the_check_names_what_is_open_before_anything_else(client: Client, people: factories.People) -> None:
    answers = example_answers()
    del answers["A.8"]
    assessment = fill(start_assessment(people.coordinator), people.coordinator, answers)
    said = words(get(client, people.coordinator, "assessment-check", assessment.pk))

    assert said.index("What is open") < said.index("The result") < said.index("Framework and governance")
    assert "Level 2 Communication." in said
    assert "Memorandum of Understanding, 14 June 2021" in said
    assert said.count("Change") >= len(answers)


def test_only_a_coordinator_finds_the_keys(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    forms = {
        agency: f'action="{reverse("assessment-attest", args=[assessment.pk, agency])}"'
        for agency in ("customs", "police")
    }
    for person, agency in ((people.coordinator, "customs"), (people.police_coordinator, "police")):
        page = get(client, person, "assessment-check", assessment.pk).content.decode()
        assert [name for name, form in forms.items() if form in page] == [agency]
    for person in (people.respondent, people.observer):
        page = get(client, person, "assessment-check", assessment.pk)
        assert "/attest/" not in page.content.decode()
        assert f"Waiting for: {people.police_coordinator.full_name}." in words(page)
    assert post(client, people.respondent, "assessment-submit", assessment.pk).status_code == 403
    assert not Submission.objects.exists()


def attest(client: Client, user: Any, assessment: Assessment, agency: str, **given: str) -> Any:
    """Turn a key as the page offers it."""
    page = get(client, user, "assessment-check", assessment.pk).content.decode()
    hidden = {name: re.search(rf'name="{agency}-{name}"[^>]* value="([^"]*)"', page) for name in ("digest", "gaps")}
    fields = {f"{agency}-{name}": value for name, value in given.items()}
    fields |= {f"{agency}-{name}": found[1] for name, found in hidden.items() if found}
    return post(client, user, "assessment-attest", assessment.pk, agency, **fields)


def test_nothing_is_attested_without_the_confirmation(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    response = attest(client, people.coordinator, assessment, "customs")

    assert response.status_code == 422
    assert 'href="#customs-confirmed"' in response.content.decode()
    assert 'id="customs-confirmed"' in response.content.decode()
    assert not Attestation.objects.exists()


def test_what_both_attested_is_submitted_and_its_receipt_names_them(client: Client, people: factories.People) -> None:
    assessment = complete(start_assessment(people.coordinator), people.coordinator)
    attest(client, people.coordinator, assessment, "customs", confirmed="on")
    address = reverse("assessment-submit", args=[assessment.pk])
    assert address not in get(client, people.coordinator, "assessment-check", assessment.pk).content.decode()
    early = post(client, people.coordinator, "assessment-submit", assessment.pk)
    assert early.status_code == 409
    assert "Customs and police must both attest" in words(early)

    response = attest(client, people.police_coordinator, assessment, "police", confirmed="on")
    assert response.url == reverse("assessment-check", args=[assessment.pk]) + "#submit"
    assert address in get(client, people.coordinator, "assessment-check", assessment.pk).content.decode()
    response = post(client, people.police_coordinator, "assessment-submit", assessment.pk)
    submission = Submission.objects.get()
    assert response.url == reverse("submission-detail", args=[submission.pk])
    assert submission.level is None
    receipt = words(client.get(response.url))
    assert f"Attested, customs {people.coordinator.full_name}," in receipt
    assert f"Attested, police {people.police_coordinator.full_name}," in receipt


AGREED = {
    "name": "Ada <b>Example",
    "function": "Head of Crime <i>Investigation",
    "agreed_on": "2026-03-14",
    "reference": "POL/2026/<b>112",
}


def test_who_agreed_without_an_account_is_named_by_the_other_agency(client: Client, people: factories.People) -> None:
    factories.empty_agency(people)
    assessment = complete(start_assessment(people.coordinator), people.coordinator)
    attest(client, people.coordinator, assessment, "police", confirmed="on", **AGREED)
    attest(client, people.coordinator, assessment, "customs", confirmed="on")
    receipt = client.get(post(client, people.coordinator, "assessment-submit", assessment.pk).url)
    name = people.coordinator.full_name
    assert "<b>Example" not in receipt.content.decode()
    assert (
        "Ada <b>Example, Head of Crime <i>Investigation, agreed on 14 March 2026, without an account "
        f"(POL/2026/<b>112); recorded by {name}," in words(receipt)
    )


@pytest.mark.parametrize("missing", AGREED)
def test_of_an_agreement_everything_is_asked_and_nothing_typed_is_lost(
    client: Client, people: factories.People, missing: str
) -> None:
    factories.empty_agency(people)
    assessment = complete(start_assessment(people.coordinator), people.coordinator)
    given = AGREED | {missing: ""}
    response = attest(client, people.coordinator, assessment, "police", confirmed="on", **given)
    assert response.status_code == 422
    page = response.content.decode()
    assert f'href="#police-{missing}"' in page
    for value in filter(None, given.values()):
        assert f'value="{html.escape(value)}"' in page
    assert not Attestation.objects.exists()


@pytest.mark.parametrize("day", ["03/04/2026", "2999-01-01", "yesterday"])
def test_the_date_of_an_agreement_is_past_and_unambiguous(client: Client, people: factories.People, day: str) -> None:
    factories.empty_agency(people)
    assessment = complete(start_assessment(people.coordinator), people.coordinator)
    response = attest(client, people.coordinator, assessment, "police", confirmed="on", **AGREED | {"agreed_on": day})
    assert response.status_code == 422
    assert 'href="#police-agreed_on"' in response.content.decode()
    assert not Attestation.objects.exists()


def test_what_was_recorded_stays_in_its_fields_where_an_answer_has_changed(
    client: Client, people: factories.People
) -> None:
    factories.empty_agency(people)
    assessment = complete(start_assessment(people.coordinator), people.coordinator)
    given = {f"police-{name}": value for name, value in AGREED.items()} | {
        "police-digest": factories.digest_now(assessment),
        "police-gaps": write_gaps(factories.gaps_now(assessment)),
        "police-confirmed": "on",
    }
    save_answer(assessment, people.respondent, "A.1", level=2)
    response = post(client, people.coordinator, "assessment-attest", assessment.pk, "police", **given)
    assert response.status_code == 409
    page = response.content.decode()
    for value in AGREED.values():
        assert f'value="{html.escape(value)}"' in page
    form = response.context["keys"].keys[1].form
    assert form["digest"].value() == factories.digest_now(assessment)
    assert form["gaps"].value() == write_gaps(factories.gaps_now(assessment))
    assert not form["confirmed"].value(), "what was confirmed was another text"


def test_no_record_is_offered_where_the_other_agency_has_lost_its_coordinator_only(
    client: Client, people: factories.People
) -> None:
    assessment = complete(start_assessment(people.coordinator), people.coordinator)
    factories.deactivate(people.police_coordinator)
    page = get(client, people.coordinator, "assessment-check", assessment.pk)
    assert "police-name" not in page.content.decode()
    assert "This agency has no active coordinator." in words(page)
    given = {f"police-{name}": value for name, value in AGREED.items()} | {"police-confirmed": "on"}
    assert post(client, people.coordinator, "assessment-attest", assessment.pk, "police", **given).status_code == 403


def test_a_record_that_counts_no_more_says_why(client: Client, people: factories.People) -> None:
    factories.empty_agency(people)
    assessment = start_assessment(people.coordinator)
    factories.sign_both(assessment, people.coordinator)
    factories.make_user("respondent", "ZZ", "police")
    page = get(client, people.coordinator, "assessment-check", assessment.pk)
    assert "This record no longer counts, because somebody of this agency has an account" in words(page)
    assert reverse("assessment-submit", args=[assessment.pk]) not in page.content.decode()


def test_the_blank_and_open_questions_are_named_beside_the_confirmation(
    client: Client, people: factories.People
) -> None:
    answers = example_answers()
    del answers["A.8"]
    assessment = fill(start_assessment(people.coordinator), people.coordinator, answers)
    save_answer(assessment, people.respondent, "A.1", status="unknown", reason="Nobody knows.")
    said = words(get(client, people.coordinator, "assessment-check", assessment.pk))
    assert "I attest them for customs with one blank (A.8) and one open answer (A.1)." in said
    given = {"customs-digest": factories.digest_now(assessment), "customs-confirmed": "on"}
    response = post(client, people.coordinator, "assessment-attest", assessment.pk, "customs", **given)
    assert response.status_code == 409
    assert "The blank and open questions are not those that this page named" in words(response)
    assert not Attestation.objects.exists()


def test_answers_that_changed_meanwhile_are_read_again_first(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    old = factories.digest_now(assessment)
    save_answer(assessment, people.respondent, "A.1", level=2)
    given = {"customs-digest": old, "customs-confirmed": "on"}
    response = post(client, people.coordinator, "assessment-attest", assessment.pk, "customs", **given)

    assert response.status_code == 409
    assert "An answer or a setting has changed since this page was opened." in words(response)
    assert factories.digest_now(assessment) in response.content.decode()
    assert not Attestation.objects.exists()


def test_a_voided_attestation_says_who_voided_it(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    factories.sign_both(assessment, people.coordinator)
    save_answer(assessment, people.respondent, "A.1", level=2)
    said = words(get(client, people.coordinator, "assessment-check", assessment.pk))
    for signer in (people.coordinator, people.police_coordinator):
        assert f"{signer.full_name} gave is void because {people.respondent.full_name} changed something" in said


def test_a_change_of_settings_says_that_it_voids(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    factories.sign_both(assessment, people.coordinator)
    client.force_login(people.coordinator)
    settings = {"title": "", "marking": "TLP:RED", "target_level": "", "base": base_of(assessment)}
    page = client.post(reverse("assessment-settings", args=[assessment.pk]), settings, follow=True)
    assert "The attestations are void, because a setting was changed." in words(page)


def test_the_check_costs_the_same_at_one_answer_and_at_many(client: Client, people: factories.People) -> None:
    one, many = start_assessment(people.coordinator), fill(start_assessment(people.coordinator), people.coordinator)
    factories.sign_both(many, people.coordinator)
    few = count_queries(client, people.coordinator, "assessment-check", one.pk)
    assert count_queries(client, people.coordinator, "assessment-check", many.pk) == few <= MOST_QUERIES_OF_A_CHECK


def test_a_second_submission_by_somebody_else_is_refused_in_clear_words(
    client: Client, people: factories.People
) -> None:
    assessment = make_submission(people.coordinator).assessment
    response = post(client, people.police_coordinator, "assessment-submit", assessment.pk)

    assert response.status_code == 409
    assert "The assessment has moved on since this page was opened." in words(response)
    assert reverse("assessment-detail", args=[assessment.pk]) in response.content.decode()
    assert Submission.objects.count() == 1


def test_what_is_saved_while_the_page_is_drawn_cannot_be_signed_unseen(
    client: Client, people: factories.People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    draw = views.load_overview

    def save_and_draw(*given: Any) -> Any:
        overview = draw(*given)
        factories.save_answer(assessment, people.respondent, "A.1", level=5, narrative="Typed meanwhile.")
        return overview

    monkeypatch.setattr(views, "load_overview", save_and_draw)
    page = get(client, people.coordinator, "assessment-check", assessment.pk)
    monkeypatch.undo()
    assert "Typed meanwhile." not in words(page)
    signature = {"customs-digest": page.context["keys"].digest, "customs-confirmed": "on"}
    response = client.post(reverse("assessment-attest", args=[assessment.pk, "customs"]), signature)
    assert response.status_code == 409
    assert not Attestation.objects.exists()
