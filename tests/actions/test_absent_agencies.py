"""An agency records who agreed for the other one only if that has had nobody since the assessment began."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpch.accounts import actions as accounts
from cpch.accounts.models import Role
from cpch.accounts.permissions import Place
from diagnostic.models import Assessment
from diagnostic.queries import load_absent_agencies
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people: factories.People) -> Assessment:
    factories.empty_agency(people)
    return factories.fill(factories.start_assessment(people.coordinator), people.coordinator)


def move(person: Any, by: Any, role: str, agency: str = "") -> None:
    accounts.move(person=factories.reload(person).membership, to=Place(role, agency), by=by)


@pytest.mark.parametrize("then", [(Role.RESPONDENT, "customs"), (Role.OBSERVER, "")])
def test_whoever_passed_through_the_agency_was_its_account(people, draft, then) -> None:
    """Afterwards neither their membership nor their invitation shows that they were ever in the agency."""
    assert load_absent_agencies(draft) == {"police"}
    move(people.respondent, people.administrator, Role.COORDINATOR, "police")
    assert load_absent_agencies(draft) == frozenset()
    move(people.respondent, people.administrator, *then)
    assert load_absent_agencies(draft) == frozenset()
    with pytest.raises(PermissionDenied):
        factories.sign(draft, people.coordinator, "police", factories.AGREED)


def test_a_move_before_the_assessment_began_or_within_another_agency_is_another_matter(people) -> None:
    factories.empty_agency(people)
    move(people.respondent, people.administrator, Role.RESPONDENT, "police")
    move(people.respondent, people.administrator, Role.RESPONDENT, "customs")
    draft = factories.start_assessment(people.coordinator)
    move(people.respondent, people.administrator, Role.COORDINATOR, "customs")
    move(people.respondent, people.administrator, Role.OBSERVER)
    assert load_absent_agencies(draft) == {"police"}
