"""Taking an attestation back on the check page, and who is told."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core import mail
from django.urls import reverse

from diagnostic.core.progress import write_gaps
from diagnostic.queries import load_signatures
from tests import factories
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    return factories.make_people()


@pytest.fixture
def signed(people):
    draft = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    factories.sign_both(draft, people.coordinator)
    return draft


def check(client, person, assessment):
    client.force_login(person)
    return client.get(reverse("assessment-check", args=[assessment.pk]))


def address(assessment, agency):
    return reverse("attestation-take-back", args=[assessment.pk, agency])


def take_back(client, person, assessment, agency):
    client.force_login(person)
    return client.post(address(assessment, agency))


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", unisolated(response.content.decode()))).split())


def test_each_coordinator_finds_the_button_at_the_key_of_their_own_agency(client, people, signed):
    for who, own, other in (
        (people.coordinator, "customs", "police"),
        (people.police_coordinator, "police", "customs"),
    ):
        page = check(client, who, signed).content.decode()
        assert f'action="{address(signed, own)}"' in page
        assert address(signed, other) not in page
    for who in (people.respondent, people.observer):
        assert "take-back" not in check(client, who, signed).content.decode()


def test_the_page_says_that_it_was_taken_back_and_by_whom(client, people, signed):
    done = take_back(client, people.coordinator, signed, "customs")
    assert (done.status_code, done.url) == (302, reverse("assessment-check", args=[signed.pk]) + "#submit")
    assert set(load_signatures(signed)) == {"police"}
    name = people.coordinator.full_name
    for reader in (people.coordinator, people.police_coordinator):
        assert f"{name} has taken back the attestation that {name} gave" in words(check(client, reader, signed))
    assert address(signed, "customs") not in check(client, people.coordinator, signed).content.decode()
    assert "took back the attestation of customs" in words(client.get(reverse("assessment-log", args=[signed.pk])))


def test_a_get_only_leads_to_the_page(client, people, signed):
    client.force_login(people.coordinator)
    response = client.get(address(signed, "customs"))
    assert (response.status_code, set(load_signatures(signed))) == (302, {"customs", "police"})


def test_after_the_submission_it_is_too_late(client, people):
    submission = factories.make_submission(people.coordinator)
    refused = take_back(client, people.coordinator, submission.assessment, "customs")
    assert refused.status_code == 409
    assert submission.attestations.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_other_coordinators_are_told_once_and_nobody_else(client, run_tasks):
    people = factories.make_people()
    draft = factories.start_assessment(people.coordinator)
    factories.save_answer(draft, people.respondent, "A.1", level=2, narrative="SECRET-NARRATIVE")
    factories.sign_both(draft, people.coordinator)
    run_tasks()
    mail.outbox.clear()
    take_back(client, people.coordinator, draft, "customs")
    take_back(client, people.coordinator, draft, "customs")
    run_tasks()
    (sent,) = mail.outbox
    assert sent.to == [people.police_coordinator.email]
    assert f"{people.coordinator.full_name} has taken back the attestation of customs" in unisolated(sent.body)
    assert reverse("assessment-check", args=[draft.pk]) in sent.body
    assert "SECRET" not in sent.body + sent.subject


@pytest.mark.django_db(transaction=True)
def test_the_other_agencys_coordinators_are_told_once_that_the_first_key_is_turned(client, run_tasks):
    people = factories.make_people()
    colleague = factories.make_user()
    draft = factories.complete(factories.start_assessment(people.coordinator), people.coordinator)

    def press(by, agency):
        client.force_login(by)
        gaps = write_gaps(factories.gaps_now(draft))
        data = {f"{agency}-digest": factories.digest_now(draft), f"{agency}-gaps": gaps, f"{agency}-confirmed": "on"}
        for _press in range(2):
            response = client.post(reverse("assessment-attest", args=[draft.pk, agency]), data)
            assert response.status_code == 302, words(response)

    press(people.coordinator, "customs")
    press(colleague, "customs")
    run_tasks()
    (sent,) = mail.outbox
    assert sent.to == [people.police_coordinator.email]
    assert f"{people.coordinator.full_name} has attested the assessment" in unisolated(sent.body)
    assert reverse("assessment-check", args=[draft.pk]) in sent.body
    mail.outbox.clear()

    press(people.police_coordinator, "police")
    run_tasks()
    assert {message.to[0] for message in mail.outbox} == {people.coordinator.email, colleague.email}
