"""While bodies stall or a lock is held, other pages respond; a long wait ends with 503, and nothing is stored."""

from __future__ import annotations

import logging
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from cpch import waits
from diagnostic.models import Response
from tests import factories
from tests.sessions import signed_in
from tests.web_server import Address, database_url, served

from .raw_http import TOKEN, Post, send, status_of

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def lock_held() -> Iterator[None]:
    """The lock that every save needs, held by another connection: of the table of answers, or of SQLite's file."""
    if connection.vendor == "sqlite":
        holder = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
    else:
        import psycopg2

        holder = psycopg2.connect(database_url())
        holder.cursor().execute("LOCK TABLE diagnostic_response IN EXCLUSIVE MODE")
    try:
        yield
    finally:
        holder.close()


@pytest.fixture
def save(people: factories.People) -> Post:
    """The save of an answer, as the script sends it."""
    assessment = factories.start_assessment(people.coordinator, period="2026")
    path = reverse("response-save", args=[assessment.pk, "national", "A.1"])
    fields = {"A.1-version": "0", "A.1-answer": "3", "A.1-narrative": "We meet."}
    session = signed_in(people.coordinator).cookies["sessionid"].value
    return Post(path, fields, session, {"Accept": "application/json", "X-CSRFToken": TOKEN, "Connection": "close"})


def whole(post: Post) -> bytes:
    return post.head(Content_Length=str(len(post.body))) + post.body


def page_of(post: Post) -> bytes:
    """A request for a page that reads the database, as the same person."""
    return whole(Post("/inbox/", {}, post.session, {"Connection": "close"})).replace(b"POST", b"GET", 1)


@pytest.mark.parametrize("number", [2, 15])
def test_stalled_bodies_do_not_stop_other_pages(gunicorn: Address, save: Post, number: int) -> None:
    """Two are the common case; fifteen leave one of the sixteen threads, whichever worker has it."""
    half = whole(save)[:-5]
    with ExitStack() as open_sockets:
        stalled = [open_sockets.enter_context(socket.create_connection(gunicorn)) for _number in range(number)]
        for one in stalled:
            one.sendall(half)
        for _page in range(4):
            assert status_of(send(gunicorn, page_of(save))) == 200
        for one in stalled:
            one.sendall(whole(save)[-5:])
        answers = [one.recv(65536).decode() for one in stalled]
    # All are saves of one version: the first is stored, the others may come too late.
    statuses = [status_of(answer) for answer in answers]
    assert 200 in statuses
    assert set(statuses) <= {200, 409}


def test_a_lock_that_is_held_stops_no_page_and_the_save_is_503_with_nothing_stored(
    gunicorn: Address, save: Post
) -> None:
    answers: list[str] = []
    savers = [threading.Thread(target=lambda: answers.append(send(gunicorn, whole(save)))) for _number in range(4)]
    with lock_held():
        for saver in savers:
            saver.start()
        for _number in range(4):
            assert status_of(send(gunicorn, page_of(save))) == 200
        for saver in savers:
            saver.join()
    assert [status_of(answer) for answer in answers] == [503] * 4
    assert all('"kind": "busy"' in answer and "Retry-After: 5" in answer for answer in answers)
    assert not Response.objects.filter(version__gt=0).exists()
    assert status_of(send(gunicorn, whole(save))) == 200


def two_threads(folder: Path, *changed: str) -> str:
    """A configuration with one worker of two threads, and `changed` values of its class; the path of the file."""
    settings = folder / "gunicorn.conf.py"
    lines = ["import runpy", "from cpch import web_worker", *(f"web_worker.{value}" for value in changed)]
    lines += [f"globals().update(runpy.run_path({str(ROOT / 'gunicorn.conf.py')!r}))", "workers, threads = 1, 2"]
    settings.write_text("\n".join(lines) + "\n")
    return str(settings)


@pytest.mark.parametrize("part", ["body", "headers"])
def test_a_request_that_never_ends_is_cut_short(tmp_path: Path, save: Post, part: str) -> None:
    """More of them than there are threads; each is ended by the server, and pages are answered again."""
    settings = two_threads(tmp_path, "RECEIVE_SECONDS = 1")
    cut = whole(save)[:-5] if part == "body" else b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    with served(tmp_path, "--config", settings) as address, ExitStack() as open_sockets:
        stalled = [open_sockets.enter_context(socket.create_connection(address)) for _number in range(3)]
        for one in stalled:
            one.sendall(cut)
        page = send(address, page_of(save))
        answers = [one.recv(65536).decode() for one in stalled]
    assert status_of(page) == 200
    if part == "body":
        assert [status_of(answer) for answer in answers] == [400] * 3
    assert not Response.objects.filter(version__gt=0).exists()


def test_clients_that_do_not_take_their_answers_are_given_up(tmp_path: Path, save: Post) -> None:
    """More of them than there are threads, and the system takes only the beginning of each page."""
    settings = two_threads(tmp_path, "SEND_SECONDS = 1")
    with served(tmp_path, "--config", settings, send_buffer=4096) as address, ExitStack() as open_sockets:
        for _number in range(3):
            client = open_sockets.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect(address)
            client.sendall(page_of(save))
        page = send(address, page_of(save))
    assert status_of(page) == 200


def test_answered_clients_that_do_not_close_their_connections_stop_nobody(tmp_path: Path, save: Post) -> None:
    """Their connections are still open on the server's side when the next page has been answered."""
    settings = two_threads(tmp_path, "LINGER_SECONDS = 3600")
    with served(tmp_path, "--config", settings) as address, ExitStack() as open_sockets:
        left_open = [open_sockets.enter_context(socket.create_connection(address)) for _number in range(4)]
        for client in left_open:
            client.sendall(page_of(save))
            while client.recv(65536):
                pass
        for _number in range(2):
            assert status_of(send(address, page_of(save))) == 200
            for client in left_open:
                client.sendall(b"x")  # Raises after the first if the server has closed.


def test_an_answered_client_that_never_closes_its_connection_is_closed(tmp_path: Path, save: Post) -> None:
    settings = two_threads(tmp_path, "LINGER_SECONDS = 0")
    with served(tmp_path, "--config", settings) as address, socket.create_connection(address, 60) as client:
        client.sendall(page_of(save))
        while client.recv(65536):
            pass
        with pytest.raises(ConnectionError):
            keep_writing(client, address, page_of(save))


def keep_writing(client: socket.socket, address: Address, page: bytes) -> None:
    """Write to a connection between requests for a page, on others; fails once the server has closed it."""
    for _number in range(20):
        client.sendall(b"x")
        send(address, page)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr("cpch.prepared._Compiled.ask", refuse)


def caused(text: str, sqlstate: str | None = None) -> OperationalError:
    """An error as Django raises it: of SQLite, or of PostgreSQL's driver with the given state."""
    if sqlstate == "sqlite":
        with sqlite3.connect(":memory:") as holder:
            pass
        cause: Exception = sqlite3.OperationalError(text)
        cause.sqlite_errorcode = sqlite3.SQLITE_BUSY if "locked" in text else sqlite3.SQLITE_ERROR  # type: ignore
        holder.close()
    else:
        import psycopg2

        cause = psycopg2.OperationalError(text)
        if sqlstate:
            cause = type("Refused", (psycopg2.OperationalError,), {"pgcode": sqlstate})(text)
    error = OperationalError(text)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (("database is locked", "sqlite"), "busy"),
        (("canceling statement due to lock timeout", "55P03"), "busy"),
        (("canceling statement due to statement timeout", "57014"), "busy"),
        (("sorry, too many clients already", "53300"), "busy"),
        (('connection to server at "127.0.0.1", port 5432 failed: Connection refused', None), "busy"),
        (("terminating connection due to administrator command", "57P01"), "busy"),
        (("server closed the connection unexpectedly", None), "broken_off"),
    ],
)
def test_before_any_view_the_session_that_cannot_be_read_is_503_and_one_line_in_the_log(
    people: factories.People,
    save: Post,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_assert_num_queries: Callable,
    error: tuple[str, str | None],
    kind: str,
) -> None:
    client = Client(raise_request_exception=False)
    client.cookies = signed_in(people.coordinator).cookies
    failing(monkeypatch, caused(*error))
    with caplog.at_level(logging.INFO), django_assert_num_queries(0):
        page = client.get("/inbox/")
        told = client.post(save.path, save.fields, headers={"Accept": "application/json"})
    assert (page.status_code, told.status_code, page["Retry-After"]) == (503, 503, str(waits.RETRY_SECONDS))
    assert told.json()["kind"] == kind
    assert ("Nothing was saved" in page.content.decode()) == (kind == "busy")
    lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [(line.levelname, line.name, line.exc_info) for line in lines] == [("WARNING", "cpch.busy", None)] * 2


@pytest.mark.parametrize("error", [("no such table: x", "sqlite"), ("disk full", "53100")])
def test_a_fault_that_does_not_pass_is_500(
    people: factories.People, monkeypatch: pytest.MonkeyPatch, error: tuple[str, str]
) -> None:
    client = Client(raise_request_exception=False)
    client.cookies = signed_in(people.coordinator).cookies
    failing(monkeypatch, caused(*error))
    assert client.get("/inbox/").status_code == 500


def limited_copy() -> dict:
    copy = dict(connection.settings_dict)
    waits.limit_database(copy)
    return copy


def test_a_web_process_has_its_waits_and_an_option_in_the_url_comes_last() -> None:
    copy = limited_copy()
    if connection.vendor == "sqlite":
        assert copy["OPTIONS"]["timeout"] == waits.LOCK_SECONDS
        return
    copy["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "options": "-c work_mem=8MB -c lock_timeout=700"}
    waits.limit_database(copy)
    held = connections["default"].__class__(copy, "default")
    try:
        with held.cursor() as cursor:
            said = {}
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "work_mem"):
                cursor.execute(f"SHOW {name}")
                said[name] = cursor.fetchone()[0]
    finally:
        held.close()
    assert said == {
        "lock_timeout": "700ms",
        "statement_timeout": f"{waits.STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{waits.IDLE_TRANSACTION_SECONDS}s",
        "work_mem": "8MB",
    }


def test_the_web_server_loads_the_site_with_these_waits_and_a_command_does_not(tmp_path: Path) -> None:
    """Each in a process of its own, which opens no connection."""
    said = []
    for name in ("cpch.wsgi", "cpch.urls"):
        code = (
            f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'cpch.settings'; import django; django.setup()\n"
            f"import {name}; from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
        )
        variables = os.environ | {"CPCH_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url()}
        ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=variables, capture_output=True, check=True)
        said.append(ran.stdout.decode())
    of_web, of_command = said
    if connection.vendor == "sqlite":
        assert f"'timeout': {waits.LOCK_SECONDS}," in of_web
        assert f"'timeout': {waits.COMMAND_LOCK_SECONDS}," in of_command
    else:
        assert f"-c lock_timeout={waits.LOCK_SECONDS}000" in of_web
        assert "timeout=" not in of_command
