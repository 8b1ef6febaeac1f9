"""gunicorn's threaded worker, with a limit on the time that a request may take to arrive."""

from __future__ import annotations

import time
from contextlib import suppress
from socket import SHUT_RD
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from .waits import RECEIVE_SECONDS


class WebWorker(ThreadWorker):
    """Ends the receiving side of a connection whose request has been in a thread for `RECEIVE_SECONDS`.

    gunicorn itself lets a thread wait forever for the rest of a request. What has arrived can still be read, so only an
    incomplete request is affected: its headers are then invalid, or its body is too short.
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
