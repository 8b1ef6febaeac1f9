"""Raw HTTP requests over a socket: malformed ones, which no HTTP library sends."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from urllib.parse import urlencode

TOKEN = "a" * 32
PATIENCE = 60


@dataclass(frozen=True)
class Post:
    """A form as a browser sends it; its last field is the text to truncate."""

    path: str
    fields: dict[str, str]
    session: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return urlencode({"csrfmiddlewaretoken": TOKEN, **self.fields}).encode()

    def head(self, **framing: str) -> bytes:
        """Request line and headers; `framing` is the header that delimits the body."""
        cookies = f"csrftoken={TOKEN}" + (f"; sessionid={self.session}" if self.session else "")
        headers = {
            "Host": "localhost",
            "Cookie": cookies,
            "Content-Type": "application/x-www-form-urlencoded",
            **self.headers,
            **{name.replace("_", "-"): value for name, value in framing.items()},
        }
        lines = [f"POST {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def send(address: tuple[str, int], request: bytes) -> str:
    """Send the bytes, close our side, and return everything that the server replies."""
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass  # A server that closes with unread bytes resets the connection; its reply came before.
    return received.decode("utf-8", "replace")


def status_of(answer: str) -> int:
    """The status of the first response; 0 if there is none."""
    return int(answer.split(" ", 2)[1]) if answer.startswith("HTTP/") else 0
