"""The threads of one web process share what it holds, and each reader still gets their own pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from diagnostic import instruments
from tests import factories
from tests.at_once import at_once
from tests.sessions import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
READERS = ("coordinator", "respondent", "observer", "administrator", "reviewer", "foreigner")
CHANGING = re.compile(r'(csrfmiddlewaretoken|page_key)" value="[^"]*"|data-key="[^"]*"')
"""What is made anew for each page: tokens, and the key of what the browser keeps."""


def forget_all() -> None:
    """Leave the process as it is after its start; statements are compiled anew on the connection of each thread."""
    caches["fragments"].clear()
    for held in (instruments.get_instrument, instruments.instrument_at, instruments._name_of):
        held.cache_clear()
    instruments._LOADED.clear()


def read(client: Client, paths: list[str]) -> list[tuple[int, str]]:
    pages = [client.get(path) for path in paths]
    return [(page.status_code, CHANGING.sub("", page.content.decode())) for page in pages]


def test_many_threads_give_each_reader_the_pages_that_one_gives(people):
    assessment = factories.start_assessment(people.coordinator, period="2026")
    factories.save_answer(assessment, people.respondent, "A.3.1", level=2)
    paths = [
        reverse("home"),
        reverse("inbox"),
        reverse("theme", args=[assessment.pk, "national", "framework"]),
        reverse("theme", args=[assessment.pk, "national", "powers"]),
        reverse("result", args=[assessment.pk]),
        reverse("assessment-detail", args=[assessment.pk]),
    ]
    clients = {name: signed_in(getattr(people, name)) for name in READERS}
    alone = {name: read(client, paths) for name, client in clients.items()}
    forget_all()

    def reading(name: str) -> Callable[[], list[tuple[int, str]]]:
        return lambda: read(clients[name], paths)

    together = at_once(*[reading(name) for name in READERS * 2])
    for name, found in zip(READERS * 2, together, strict=True):
        assert not isinstance(found, Exception), found
        for path, one, other in zip(paths, alone[name], found, strict=True):
            assert one == other, f"{name}: {path}"
