"""The drawings of questions and pages that are remembered, and what makes them give way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diagnostic.actions import assessments
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.instruments import current_instrument
from diagnostic.views.answer_sections import Asking, draw
from tests import factories
from tests.sessions import signed_in
from tests.views.answering import MOST_QUERIES_OF_A_PAGE, page, section

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking() -> Asking:
    instrument = current_instrument()
    return Asking(instrument, instrument.by_code["A.3.2"], "national")


def test_a_drawing_changes_with_everything_that_it_shows(asking):
    moment = datetime(2026, 3, 12, 14, 3, tzinfo=UTC)
    shown = (asking, Answer(level=2), 1, moment, date(2026, 3, 12))
    variants = [
        (0, replace(asking, question=asking.instrument.by_code["A.4.2"])),
        (0, replace(asking, period="2025", previous=Answer(level=3))),
        (0, replace(asking, period="2025", previous=Answer(level=3), is_own=False)),
        (0, replace(asking, period="2025", previous=Answer(level=3), is_confirmed=True)),
        (0, replace(asking, clarification="Which?")),
        (0, replace(asking, is_open=False)),
        (0, replace(asking, is_asked=False)),
        (1, Answer(level=3)),
        (1, Answer(level=2, evidence=(Evidence("MOU"),))),
        (2, 2),
        (3, moment.replace(minute=4)),
        (4, date(2026, 3, 13)),
    ]
    first = draw(*shown)
    drawings = {first}
    for place, value in variants:
        changed = list(shown)
        changed[place] = value
        assert draw(*changed) not in drawings, f"nothing changed with {value!r}"
        drawings.add(draw(*changed))
    assert draw(*shown) == first


def test_a_remembered_page_gives_way_to_whatever_changes_it(people, client):
    last = factories.fill(factories.start_assessment(people.coordinator, period="2025"), people.coordinator)
    current = factories.start_assessment(people.coordinator, period="2026")
    assert "Your answer in <bdi>2025</bdi>" not in page(client, current)
    factories.submit(last, by=people.coordinator)
    assert "Your answer in <bdi>2025</bdi>" in page(client, current)
    kept = {"title": "", "is_disclosed_to_partners": False, "allows_statistics": False, "target_level": None}
    assessments.update_settings(assessment=current, by=people.coordinator, marking="TLP:RED", **kept)
    assert page(client, current).count("TLP:RED") == 2
    factories.save_answer(current, people.coordinator, "A.17", level=4)
    assert 'data-state="answered"' in page(client, current)
    with CaptureQueriesContext(connection) as asked:
        page(client, current)
    assert len(asked) <= MOST_QUERIES_OF_A_PAGE - 2
    assert "<form" not in page(signed_in(people.observer), current).split("<main")[1]


def test_a_drawing_holds_no_token_and_no_person(people, assessment, client):
    text = page(client, assessment)
    assert "csrfmiddlewaretoken" in text
    assert "csrfmiddlewaretoken" not in section(text, "A.1")
    assert people.respondent.full_name not in section(text, "A.1")
