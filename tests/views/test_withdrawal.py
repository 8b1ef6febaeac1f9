"""Before an assessment is withdrawn, the page shows what ends, what is kept, and that it cannot be undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions import action_plan
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import Assessment, Declaration
from tests import factories
from tests.factories import fill, make_returned, sign, start_assessment

pytestmark = pytest.mark.django_db


def says(client: Client, user: Any, assessment: Assessment) -> str:
    client.force_login(user)
    response = client.get(reverse("assessment-withdraw", args=[assessment.pk]))
    return " ".join(response.content.decode().split())


def test_a_draft_says_what_ends_and_what_stays(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator, period="2026"), people.coordinator)
    action_plan.add(assessment=assessment, details=ActionDetails("Meet"), by=people.coordinator)
    sign(assessment, people.coordinator)
    told = says(client, people.coordinator, assessment)

    assert "1 attestation no longer counts." in told
    assert "1 open action that was planned on it stays in your country’s plan." in told
    assert "A new assessment can be started for <bdi>2026</bdi>." in told
    assert "A withdrawn assessment cannot be reopened." in told
    assert "submission" not in told.split("What stays")[1].split("Why")[0]


def test_a_returned_one_names_what_was_asked_and_submitted(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    make_returned(assessment, people.coordinator, people.reviewer, "A.1", "A.8")
    told = says(client, people.coordinator, Assessment.objects.get(pk=assessment.pk))

    assert "request to clarify 2 questions stays without a reply." in told
    assert "The secretariat no longer sees the assessment" in told
    assert "1 submission stays on record for your country, with its report." in told


def test_it_says_nothing_of_the_other_agencys_declaration(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator, mode="separate")
    before = says(client, people.coordinator, assessment)
    declared = Declaration.objects.create(assessment=assessment, agency="police", declared_by=people.police_coordinator)
    Assessment.objects.filter(pk=assessment.pk).update(police_declaration=declared)
    fill(assessment, people.police_respondent, factories.example_answers("two-voices", "police"), voice="police")

    assert "The answers of the two agencies are never compared." in before
    assert without_tokens(says(client, people.coordinator, assessment)) == without_tokens(before)


def without_tokens(text: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|(?:nonce|data-key)="[^"]*"', "", text)


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_takes_as_many_queries_for_much_as_for_little(
    client: Client, people: factories.People, many: int
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    for number in range(many):
        details = ActionDetails(f"Meet the {number}. minister")
        action_plan.add(assessment=assessment, details=details, by=people.coordinator)
    codes = ("A.1", "A.8", "A.19")[:many]
    make_returned(assessment, people.coordinator, people.reviewer, *codes)
    client.force_login(people.coordinator)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("assessment-withdraw", args=[assessment.pk]))
    assert len(queries) == 5
