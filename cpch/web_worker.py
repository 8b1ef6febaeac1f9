"""gunicorn's threaded worker, with timeouts for a client that stalls while it sends its request or takes its answer."""

from __future__ import annotations

import time
from contextlib import suppress
from socket import SHUT_RD
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from .waits import RECEIVE_SECONDS, SEND_SECONDS


class WebWorker(ThreadWorker):
    """Ends the receiving side of a connection whose request has been in a thread for `RECEIVE_SECONDS`.

    gunicorn itself lets a thread wait forever for the rest of a request. What has arrived can still be read, so only an
    incomplete request is affected: its headers are then invalid, or its body is too short.

    A client that takes nothing of its answer for `SEND_SECONDS` is disconnected; gunicorn waits for that forever, too.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._due: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it, in a thread."""
        self._due[conn] = time.monotonic() + RECEIVE_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._due.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request of which the headers have arrived, in a thread."""
        conn.sock.settimeout(SEND_SECONDS)
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            self.log.warning("A client did not take its answer within %d seconds, and was given up.", SEND_SECONDS)
            return False

    def murder_pending(self) -> None:
        """Check waiting connections, about once a second, in the main thread."""
        super().murder_pending()
        now = time.monotonic()
        for conn, due in list(self._due.items()):
            if due < now and self._due.pop(conn, None):
                _stop_receiving(conn)


def _stop_receiving(conn: Any) -> None:
    with suppress(OSError):  # It may have been closed in the meantime.
        conn.sock.shutdown(SHUT_RD)
