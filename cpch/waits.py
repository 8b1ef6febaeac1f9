"""How long a web process waits for anything, in seconds; docs/running.md, "Waits", says what happens then.

Each wait is shorter than the patience of the browser that waits for its answer. Commands and workers wait as long as
they need: nobody's page depends on them.
"""

from __future__ import annotations

from typing import Any

BROWSER_SECONDS = 20
"""How long static/js/answer_reply.js waits for the reply to a save."""
CONNECT_SECONDS = 10
LOCK_SECONDS = 5
"""A lock: of a row or table in PostgreSQL, of the file in SQLite."""
STATEMENT_SECONDS = 10
IDLE_TRANSACTION_SECONDS = 15
RETRY_SECONDS = 5
"""What a 503 asks its reader to wait before the next try."""
RECEIVE_SECONDS = 30
"""The whole of a request, headers and body, from its first byte; then it counts as cut short."""
SEND_SECONDS = 30
"""A page, or the next part of a file, taken by the client; then the connection is closed."""
WORKER_SECONDS = 30
"""How long a web process that does not respond is left before gunicorn replaces it."""
COMMAND_LOCK_SECONDS = 20
"""The lock of SQLite, in commands and workers."""


def limit_database(database: dict[str, Any]) -> None:
    """Give the connections of one of Django's DATABASES the waits of a web process; options in its URL come last."""
    held = database["OPTIONS"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = held | {"timeout": LOCK_SECONDS}
        return
    seconds = {
        "lock_timeout": LOCK_SECONDS,
        "statement_timeout": STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_TRANSACTION_SECONDS,
    }
    limits = " ".join(f"-c {name}={value * 1000}" for name, value in seconds.items())
    database["OPTIONS"] = held | {"options": f"{limits} {held.get('options', '')}".strip()}
