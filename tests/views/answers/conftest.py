"""A draft of 2026 and the browser of a respondent, who answers it."""

from __future__ import annotations

import pytest
from django.test import Client

from diagnostic.models import Assessment
from tests import factories
from tests.sessions import signed_in


@pytest.fixture
def assessment(people: factories.People) -> Assessment:
    return factories.start_assessment(people.coordinator, period="2026")


@pytest.fixture
def client(people: factories.People) -> Client:
    """The respondent's browser."""
    return signed_in(people.respondent)
