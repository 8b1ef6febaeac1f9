"""People, an answered assessment, and two years of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import caches

from diagnostic.actions.clock import replay
from diagnostic.models import Assessment
from tests import factories


@pytest.fixture(autouse=True)
def fresh_fragments() -> None:
    caches["fragments"].clear()


@pytest.fixture
def people() -> factories.People:
    return factories.make_people()


@pytest.fixture
def assessment(people: factories.People) -> Assessment:
    return factories.fill(factories.start_assessment(people.coordinator, period="2026"), people.coordinator)


@pytest.fixture
def two_years(people) -> tuple[Assessment, Assessment]:
    """An assessment of last year that was handed in, and this year's draft."""
    with replay(datetime(2025, 3, 1, tzinfo=UTC)):
        first = factories.fill(factories.start_assessment(people.coordinator, period="2025"), people.coordinator)
        factories.submit(first, people.coordinator)
    return first, factories.start_assessment(people.coordinator, period="2026")
