"""The timeouts of a web process, in seconds; docs/running.md, "Waits", says what happens after each.

Each wait for the database is shorter than the time for which the browser waits for a reply. Commands and workers wait
as long as they need: no page depends on them.
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
"""The `Retry-After` of a 503."""
RECEIVE_SECONDS = 30
"""A whole request, headers and body, from its first byte; after that it counts as truncated."""
SEND_SECONDS = 30
"""A page, or the next part of a file, taken by the client; after that the connection is closed."""
WORKER_SECONDS = 30
"""How long a web process may be unresponsive before gunicorn replaces it."""
COMMAND_LOCK_SECONDS = 20
"""The lock of SQLite, in commands and workers."""


def limit_database(database: dict[str, Any]) -> None:
    """Set the timeouts of a web process in one of Django's DATABASES; options in its URL take precedence."""
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
