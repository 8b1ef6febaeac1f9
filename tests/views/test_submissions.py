"""The receipt of a submission and the bytes that it froze."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diagnostic.models import AuditEntry
from tests import factories
from tests.factories import make_accepted, make_submission

pytestmark = pytest.mark.django_db


def get(client: Client, user: Any, name: str, pk: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(name, args=[pk]))


def test_the_receipt_gives_number_time_person_and_digest(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    page = get(client, people.observer, "submission-detail", submission.pk).content.decode()

    assert "Submission 1 received" in page
    assert submission.digest in page
    assert f"{submission.submitted_at:%H:%M} UTC" in page
    assert people.coordinator.full_name in page
    assert "sha256sum" in page
    assert f"{reverse('result', args=[submission.assessment_id])}?submission=1" in page


def test_the_record_is_the_very_bytes_of_the_digest(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    for person in (people.coordinator, people.reviewer):
        response = get(client, person, "submission-snapshot", submission.pk)
        assert hashlib.sha256(response.content).hexdigest() == submission.digest
        assert "attachment" in response["Content-Disposition"]
    assert AuditEntry.objects.filter(act="submission.download", by=people.reviewer).count() == 1


def test_partners_get_the_receipt_and_not_the_record(client: Client, people: factories.People) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    page = get(client, people.partner, "submission-detail", submission.pk).content.decode()

    assert "Submission 1 received" in page
    assert submission.digest not in page
    assert reverse("submission-snapshot", args=[submission.pk]) not in page
    assert get(client, people.partner, "submission-snapshot", submission.pk).status_code == 403


def test_another_countrys_submission_is_not_there(client: Client, people: factories.People) -> None:
    submission = make_accepted(people.coordinator, people.reviewer)
    for person in (people.foreigner, people.partner, people.nobody):
        for name in ("submission-detail", "submission-snapshot"):
            assert get(client, person, name, submission.pk).status_code == 404
