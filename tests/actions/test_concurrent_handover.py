"""A person is deactivated while they attest, invite and plan, each act on its own connection."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from cpch.accounts.models import Membership, User
from diagnostic.actions import action_plan, handover
from diagnostic.actions.audit_check import find_contradictions
from diagnostic.core.action_plan import ActionDetails
from diagnostic.handover_queries import load_left
from diagnostic.models import Assessment
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def test_no_key_that_a_deactivated_person_turned_stands(transactional_db: None) -> None:
    """Whichever comes first: either nothing is attested, or the attestation is shown before it is voided."""
    people = factories.make_people()
    by = people.administrator
    person = Membership.objects.select_related("user", "country", "agency").get(user=people.coordinator)
    for _round in range(ROUNDS):
        User.objects.filter(pk=person.user_id).update(is_active=True)
        person.user.is_active = True
        assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
        seen = load_left(person, by).stamp
        details = ActionDetails("Meet", responsible=people.coordinator.full_name)
        deactivated, signed, planned = at_once(
            lambda person=person, seen=seen: handover.deactivate(person=person, choices={}, seen=seen, by=by),
            lambda assessment=assessment: factories.sign(assessment, people.coordinator),
            lambda assessment=assessment, details=details: action_plan.add(
                assessment=assessment, details=details, by=people.police_coordinator
            ),
        )

        is_active = User.objects.get(pk=person.user_id).is_active
        stands = bool(Assessment.objects.get(pk=assessment.pk).standing_attestations)
        assert is_active == isinstance(deactivated, handover.HandoverChanged), deactivated
        assert is_active or isinstance(signed, PermissionDenied), signed
        assert is_active or not stands
        assert not isinstance(planned, Exception), planned
        assert list(find_contradictions(Assessment.objects.get(pk=assessment.pk))) == []
        action_plan.move(
            action=planned, act="drop", source="planned", reason="Tried.", base_version=1, by=people.police_coordinator
        )
        Assessment.objects.filter(pk=assessment.pk).update(customs_attestation=None)
