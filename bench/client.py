"""A small HTTP client that asks this machine alone, and the load of many of them at once.

The servers' sync workers close the connection after each answer, so each request opens its own; that keeps the client
to a socket and a few lines, which leaves the processor to what is measured.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

LOOPBACK = "127.0.0.1"
TIMEOUT_SECONDS = 60
MOST_REQUESTS = 200_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the body, and how long all of it took."""

    status: int
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Reader:
    """One signed-in person's way to a server on this machine: its port, the session, a token against forgery."""

    port: int
    session: str = ""
    token: str = "b" * 32

    def get(self, path: str, headers: str = "") -> Answer:
        """Ask for a page; `headers` are lines that each end with CRLF."""
        return self._send("GET", path, b"", headers)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form with the token."""
        return self._send("POST", path, urlencode(fields).encode())

    def _send(self, method: str, path: str, body: bytes, headers: str = "") -> Answer:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {LOOPBACK}:{self.port}\r\nConnection: close\r\n"
            f"Cookie: sessionid={self.session}; csrftoken={self.token}\r\n{headers}"
        )
        if method == "POST":
            head += (
                f"X-CSRFToken: {self.token}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n"
            )
        began = time.perf_counter()
        read = _exchange(self.port, head.encode() + b"\r\n" + body)
        seconds = time.perf_counter() - began
        start, _blank, content = read.partition(b"\r\n\r\n")
        status = int(start[9:12]) if start.startswith(b"HTTP/1.1 ") else 0
        return Answer(status, content, seconds)


def _exchange(port: int, request: bytes) -> bytes:
    with socket.create_connection((LOOPBACK, port), timeout=TIMEOUT_SECONDS) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(262_144):
            parts.append(part)
    return b"".join(parts)


@dataclass
class Load:
    """What came of many requests at once."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    elapsed: float = 0

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.elapsed


class Unmeasurable(RuntimeError):
    """A part cannot be measured; the message says why."""


def hold(askers: Sequence[Callable[[], Answer]], seconds: float, most: int = MOST_REQUESTS) -> Load:
    """Let every asker ask, each again as soon as it has its answer, for `seconds` and at most `most` times in all."""
    load = Load()
    start = threading.Barrier(len(askers) + 1)
    share = max(1, most // len(askers))

    def ask(asker: Callable[[], Answer]) -> None:
        start.wait()
        ends = time.perf_counter() + seconds
        for _number in range(share):
            _ask_once(asker, load)
            if time.perf_counter() >= ends:
                return

    threads = [threading.Thread(target=ask, args=(asker,), daemon=True) for asker in askers]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    load.elapsed = time.perf_counter() - began
    return load


def _ask_once(asker: Callable[[], Answer], load: Load) -> None:
    try:
        answer = asker()
    except OSError as error:
        load.faults.append(f"{type(error).__name__}: {error}")
        return
    if answer.status == 200:
        load.seconds.append(answer.seconds)
    else:
        load.faults.append(f"{answer.status} {answer.body[:200]!r}")


def sound(load: Load) -> Load:
    """The load, if every request was answered. Raises `Unmeasurable`: one fault makes its figures worthless."""
    if load.faults:
        raise Unmeasurable(f"{len(load.faults)} requests failed, the first with {load.faults[0]}")
    return load
