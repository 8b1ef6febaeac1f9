"""Agencies attest everything that is frozen: another marking or disclosure is another digest, which nobody signed."""

from __future__ import annotations

import pytest

from diagnostic.actions import submissions
from diagnostic.actions.errors import NotAttested
from diagnostic.models import Assessment, Submission
from tests import factories
from tests.factories import digest_now, fill, sign_both, start_assessment

pytestmark = pytest.mark.django_db

OTHERS = {
    "marking": "TLP:RED",
    "is_disclosed_to_partners": True,
    "allows_statistics": True,
    "target_level": 5,
    "title": "Another title",
}


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_each_setting_is_part_of_the_digest_and_of_what_is_signed(people: factories.People, name: str) -> None:
    assessment = fill(start_assessment(people.coordinator, target_level=4), people.coordinator)
    before = digest_now(assessment)
    sign_both(assessment, people.coordinator)
    # Bypasses the act, which would void the attestations.
    Assessment.objects.filter(pk=assessment.pk).update(**{name: OTHERS[name]})

    assert digest_now(assessment) != before
    with pytest.raises(NotAttested):
        submissions.submit(assessment=Assessment.objects.get(pk=assessment.pk), by=people.coordinator)
    assert not Submission.objects.exists()
