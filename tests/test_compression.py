"""Pages go over the line compressed, files as they are."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_user, start_assessment

pytestmark = pytest.mark.django_db


def test_pages_go_compressed_to_who_can_read_it_and_files_as_they_are(client: Client) -> None:
    coordinator = make_user()
    client.force_login(coordinator)
    plain = client.get(reverse("resources"))
    short = client.get(reverse("resources"), headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert short["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in short["Vary"]
    assert len(short.content) * 3 < len(plain.content)
    assert "</html>" in gzip.decompress(short.content).decode()

    file = reverse("assessment-export", args=[start_assessment(coordinator).pk])
    assert "Content-Encoding" not in client.get(file, headers={"accept-encoding": "gzip"})
