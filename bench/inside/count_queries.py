"""Counts the queries of the pages that have a limit, as they are laid, and prints the counts as JSON.

Standard input is what `lay` printed. Counted with nothing remembered but the instrument: that is when
a page asks most.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext


def main() -> None:
    """Print the queries of each page by its name."""
    laid = json.load(sys.stdin)
    reader, reviewer = client_of(laid["coordinator"]), client_of(laid["reviewer"])
    saved = laid["saved"]
    asked: dict[str, Callable[[], Any]] = {
        "theme": lambda: reader.get(laid["theme"]),
        "result": lambda: reader.get(laid["result"]),
        "queue": lambda: reviewer.get(laid["queue"]),
        "save": lambda: reader.post(saved["path"], saved["fields"]),
    }
    reader.get(laid["theme"])
    print(json.dumps({name: count(ask) for name, ask in asked.items()}))


def client_of(session: str) -> Client:
    """A browser with the session."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["sessionid"] = session
    return client


def count(ask: Callable[[], HttpResponse]) -> int:
    """The queries of one request, BEGIN and COMMIT among them."""
    caches["fragments"].clear()
    with CaptureQueriesContext(connection) as queries:
        response = ask()
    assert response.status_code == 200, response.content[:300]
    return len(queries)


if __name__ == "__main__":
    main()
