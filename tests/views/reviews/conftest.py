"""The joint-session example, handed in and taken up, and the browser of the reviewer who reads it."""

from __future__ import annotations

import pytest
from django.test import Client

from diagnostic.models import Submission
from tests import factories
from tests.sessions import signed_in
from tests.views.discussing import take_up


@pytest.fixture
def submission(people: factories.People) -> Submission:
    """The joint-session example, handed in."""
    return factories.make_submission(people.coordinator, period="2026")


@pytest.fixture
def taken(submission: Submission, people: factories.People) -> Submission:
    """The same, taken up."""
    return take_up(submission, people.reviewer)


@pytest.fixture
def desk(people: factories.People) -> Client:
    """A reviewer's browser."""
    return signed_in(people.reviewer)
