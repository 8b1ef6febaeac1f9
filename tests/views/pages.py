"""Asking for a page as one person, and reading it as they do."""

from __future__ import annotations

import html
import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def get(client: Client, user: Any, name: str, *args: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(name, args=args))


def post(client: Client, user: Any, name: str, *args: Any, **data: Any) -> Any:
    client.force_login(user)
    return client.post(reverse(name, args=args), data)


def unisolated(page: str) -> str:
    """The page without what isolates typed text, which nobody sees."""
    return re.sub(r"</?bdi>|[\u2068\u2069]", "", page)


def words(response: Any) -> str:
    """The page as its reader reads it: without markup, entities resolved."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", unisolated(response.content.decode()))))


def count_queries(client: Client, user: Any, name: str, *args: Any) -> int:
    client.force_login(user)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(name, args=args)).status_code == 200
    return len(queries)
