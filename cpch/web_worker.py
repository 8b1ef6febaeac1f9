"""gunicorn's threaded worker, in which no client that stalls can stop the others, before its answer or after it."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from socket import SHUT_RD, SHUT_WR, socket
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from .waits import RECEIVE_SECONDS, SEND_SECONDS

LINGER_SECONDS = 2
"""How long an answered connection stays open for a client that has not closed it; then it is closed."""
LINGER_BYTES = 64 * 1024
"""How much of an unread request is still received meanwhile, as gunicorn does."""
MOST_LINGERING = 200
"""How many answered connections wait in this way; further ones are closed at once."""


class WebWorker(ThreadWorker):
    """Ends the receiving side of a connection whose request has been in a thread for `RECEIVE_SECONDS`.

    gunicorn itself lets a thread wait forever for the rest of a request. What has arrived can still be read, so only an
    incomplete request is affected: its headers are then invalid, or its body is too short.

    A client that takes nothing of its answer for `SEND_SECONDS` is disconnected; gunicorn waits for that forever, too.

    An answered connection is closed once its client has closed it, so that unread bytes do not cut off the answer.
    gunicorn waits for that in the main thread, up to two seconds for each, and accepts no connection meanwhile. Here
    the connections wait in the poller.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._due: dict[Any, float] = {}
        self._lingering: dict[socket, tuple[float, int]] = {}

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

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Go on after an answer, in the main thread: gunicorn's own work, with our way to close a connection."""
        conn.close = partial(self._close, conn)
        super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Check waiting connections, about once a second, in the main thread."""
        super().murder_pending()
        now = time.monotonic()
        for conn, due in list(self._due.items()):
            if due < now and self._due.pop(conn, None):
                _stop_receiving(conn)
        for sock, (due, _received) in list(self._lingering.items()):
            if due <= now:
                self._end(sock)

    def _close(self, conn: TConn, graceful: bool = False) -> None:
        """End the sending side, and leave the rest to the poller; a worker that stops closes as gunicorn does."""
        if not (graceful and self.alive and len(self._lingering) < MOST_LINGERING):
            TConn.close(conn, graceful=graceful and not self.alive)
            return
        try:
            conn.sock.shutdown(SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, self._receive)
        except (OSError, ValueError):  # The client has gone.
            TConn.close(conn)
            return
        self._lingering[conn.sock] = (time.monotonic() + LINGER_SECONDS, 0)

    def _receive(self, sock: socket) -> None:
        """Take what an answered client still sends, and close once it has closed."""
        due, received = self._lingering[sock]
        try:
            size = len(sock.recv(LINGER_BYTES))
        except BlockingIOError:
            return
        except OSError:
            size = 0
        self._lingering[sock] = (due, received + size)
        if not size or received + size > LINGER_BYTES:
            self._end(sock)

    def _end(self, sock: socket) -> None:
        del self._lingering[sock]
        self.poller.unregister(sock)
        sock.close()


def _stop_receiving(conn: Any) -> None:
    with suppress(OSError):  # It may have been closed in the meantime.
        conn.sock.shutdown(SHUT_RD)
