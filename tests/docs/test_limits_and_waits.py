"""The tables of docs/running.md have the numbers of the code."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from django.conf import settings

from cpch import limits, waits
from diagnostic.actions.attempts import LISTED
from diagnostic.actions.reports import MOST_WAITING
from diagnostic.core.response_rules import MAX_CHARACTERS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "running.md").read_text("utf-8")
GUNICORN = runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def rows(heading: str) -> dict[str, str]:
    """The second column of the table under `heading`, by the first."""
    (part,) = re.findall(rf"^## {heading}$(.*?)^## ", PAGE, re.DOTALL | re.MULTILINE)
    cells = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return {cell[0].strip(): cell[1].strip() for cell in cells[2:]}


def test_the_table_of_waits_matches_the_code() -> None:
    said = {what: int(seconds) for what, seconds in rows("Waits").items()}
    script = (ROOT / "static" / "js" / "answer_reply.js").read_text("utf-8")
    (patience,) = re.findall(r"PATIENCE = (\d+)000;", script)
    assert said == {
        "connection to PostgreSQL": waits.CONNECT_SECONDS,
        "lock on a row or table in PostgreSQL, or on the SQLite file": waits.LOCK_SECONDS,
        "one statement in PostgreSQL": waits.STATEMENT_SECONDS,
        "next statement within a transaction in PostgreSQL": waits.IDLE_TRANSACTION_SECONDS,
        "retry after a 503 (`Retry-After`)": waits.RETRY_SECONDS,
        "reply to a save, in the page": int(patience),
        "a whole request, from its first byte": waits.RECEIVE_SECONDS,
        "a client that takes its page, or the next part of a file": waits.SEND_SECONDS,
        "heartbeat of a web worker": GUNICORN["timeout"],
        "lock on the SQLite file, commands and workers": waits.COMMAND_LOCK_SECONDS,
    }
    assert int(patience) == waits.BROWSER_SECONDS


def test_every_wait_for_the_database_is_shorter_than_that_of_the_page() -> None:
    for seconds in (waits.CONNECT_SECONDS, waits.LOCK_SECONDS, waits.STATEMENT_SECONDS, waits.IDLE_TRANSACTION_SECONDS):
        assert seconds < waits.BROWSER_SECONDS < GUNICORN["timeout"]


def test_the_table_of_limits_matches_the_code() -> None:
    said = rows("Limits")
    held = {
        "body of a request, signed in": f"{limits.FORM_BYTES // 1024} KiB",
        "body of a request, not signed in": f"{limits.ANONYMOUS_BYTES // 1024} KiB",
        "fields of a form": f"{limits.FORM_FIELDS}",
        "request line, with the URL": f"{GUNICORN['limit_request_line']} bytes",
        "request headers": (f"{GUNICORN['limit_request_fields']} of {GUNICORN['limit_request_field_size']} bytes each"),
        "invitations sent or sent again, per person": f"{limits.INVITATIONS.most} in 24 hours",
        "comments, notes, replies and discussion posts, per person": f"{limits.COMMENTS.most} in an hour",
        "log pages, per person": f"{limits.LOG_PAGES.most} in a minute",
        "reports waiting or being rendered, per person": f"{MOST_WAITING}",
        "log entries for refused attempts, per network address": f"{LISTED} in an hour",
    }
    assert {what: said[what] for what in held} == held
    assert [limit.window.total_seconds() for limit in limits.LIMITS] == [86400, 3600, 60]
    assert (settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS) == (
        limits.FORM_BYTES,
        limits.FORM_FIELDS,
    )
    assert f"{MAX_CHARACTERS:,} characters" in PAGE


def test_the_text_of_each_limit_gives_its_number() -> None:
    for limit in limits.LIMITS:
        assert re.findall(r"\d+", str(limit.words))[0] == str(limit.most)


def test_the_page_gives_the_number_of_threads_and_connections() -> None:
    assert f"{GUNICORN['workers'] * GUNICORN['threads']} in all" in PAGE
    assert (GUNICORN["workers"], GUNICORN["threads"]) == (2, 8)
    assert "two workers of eight threads" in PAGE
