"""What the journeys on the theme pages and in the comparison begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cpch.accounts.models import User
from diagnostic.models import Assessment
from tests import factories
from tests.sessions import give_session

from .theme_page import PATIENCE


@pytest.fixture
def assessment(people: factories.People) -> Assessment:
    return factories.start_assessment(people.coordinator, period="2026")


@pytest.fixture
def open_as(new_page: Callable) -> Callable:
    """A browser of its own, signed in as one person; `**options` go to the browser's new context."""

    def open_page(user: User, **options: Any) -> Any:
        page = new_page(**options)
        give_session(page, user)
        page.set_default_timeout(PATIENCE)
        return page

    return open_page
