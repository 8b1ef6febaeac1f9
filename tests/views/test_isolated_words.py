"""Names and addresses in messages and e-mails are isolated, and what must stay exact stays so."""

from __future__ import annotations

import html
from email import policy
from email.parser import BytesParser

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cpch.accounts import actions
from cpch.accounts.address_field import AddressField
from cpch.accounts.models import Role
from tests import factories
from tests.outbox import notify

pytestmark = pytest.mark.django_db
TURNING = "Ada <b>\u202eLove"
"""A name as only old data can have it: nothing else may reorder what stands beside it either."""


@pytest.fixture
def client(people: factories.People) -> Client:
    client = Client()
    client.force_login(people.administrator)
    return client


def test_a_name_in_a_message_is_isolated_and_escaped(people: factories.People, client: Client) -> None:
    person = people.respondent
    type(person).objects.filter(pk=person.pk).update(full_name=TURNING)
    actions.deactivate(person=person.membership, by=people.administrator)
    page = client.post(reverse("person-reactivate", args=[person.pk]), follow=True).content.decode()

    assert f"<bdi>{html.escape(TURNING)}</bdi> can sign in again." in page


def test_an_address_in_a_message_is_isolated(people: factories.People, client: Client) -> None:
    form = {"email": "ada@customs.example", "role": Role.REVIEWER}
    page = client.post(reverse("invitation-create"), form, follow=True).content.decode()

    assert "<bdi>ada@customs.example</bdi> is invited" in page


def test_a_period_in_a_fault_of_a_form_is_isolated(people: factories.People) -> None:
    client = Client()
    client.force_login(people.coordinator)
    factories.start_assessment(people.police_coordinator, period="2026")
    given = {"period": "2026", "mode": "joint", "title": "", "marking": "TLP:AMBER", "target_level": ""}
    page = client.post(reverse("assessment-start"), given).content.decode()

    assert "There is an assessment for \u20682026\u2069 already." in page


def test_an_e_mail_with_isolated_words_has_valid_headers_and_a_link_alone_on_its_line(people: factories.People) -> None:
    type(people.coordinator).objects.filter(pk=people.coordinator.pk).update(full_name=TURNING)
    assessment = factories.start_assessment(people.coordinator, period="سنة 2026")
    submission = factories.submit(factories.complete(assessment, people.coordinator), by=people.coordinator)
    notify("submitted", submission, people.coordinator)
    read = BytesParser(policy=policy.default).parsebytes(mail.outbox[-1].message().as_bytes())

    assert read["To"].addresses[0].addr_spec in (people.reviewer.email, people.administrator.email)
    assert "\u2068سنة 2026\u2069" in read["Subject"]
    assert "\n" not in read["Subject"]
    assert not read["Subject"].defects
    link = f"http://127.0.0.1:8000{reverse('review-detail', args=[submission.pk])}"
    assert link in read.get_content().splitlines()


def test_an_address_copied_from_an_e_mail_is_taken_without_what_isolates_it() -> None:
    assert AddressField().clean(" \u2068Ada@customs.example\u2069 ") == "ada@customs.example"
