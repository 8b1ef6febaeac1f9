"""A local mail server that can be away or slow, refuse an address or the sender, or disconnect."""

from __future__ import annotations

import socketserver
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any


@dataclass
class Behaviour:
    """What the server does; it can be changed while it runs."""

    refused: set[str] = field(default_factory=set)
    breaks_after_text: bool = False
    breaks_over: set[str] = field(default_factory=set)
    refuses_the_sender: bool = False
    most_a_session: int = 0
    stalls: bool = False
    seconds_an_answer: float = 0


class Handler(socketserver.StreamRequestHandler):
    """One SMTP session: as much of RFC 5321 as smtplib needs."""

    def handle(self) -> None:
        sink: Any = self.server
        sink.sessions += 1
        if sink.behaviour.stalls:
            sink.released.wait(30)
            return
        self.answer("220 sink")
        to, taken = "", 0
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "MAIL" and sink.behaviour.refuses_the_sender:
                self.answer("550 5.7.1 Sender not allowed")
            elif verb == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
                self.answer("550 5.1.1 No such mailbox" if to in sink.behaviour.refused else "250 OK")
            elif verb == "DATA":
                self.answer("354 Go on")
                text = self.read_text()
                if text is None or sink.behaviour.breaks_after_text or to in sink.behaviour.breaks_over:
                    return
                sink.taken.append((to, message_from_bytes(text)))
                self.answer("250 Taken")
                taken += 1
                if taken == sink.behaviour.most_a_session:
                    return
            elif verb == "QUIT":
                self.answer("221 Bye")
                return
            else:
                self.answer("250 OK")

    def answer(self, line: str) -> None:
        time.sleep(self.server.behaviour.seconds_an_answer)  # type: ignore[attr-defined]
        self.wfile.write(f"{line}\r\n".encode())

    def read_text(self) -> bytes | None:
        """The text up to its final dot; None if the client disconnected before it."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line)
        return b"".join(lines)


class MailSink(socketserver.ThreadingTCPServer):
    """The server; `taken` holds each address with the message that it took, in order."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.behaviour = Behaviour()
        self.taken: list[tuple[str, Message]] = []
        self.sessions = 0
        self.released = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def start(self) -> MailSink:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()

    def addresses(self) -> list[str]:
        return sorted(to for to, _message in self.taken)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that disconnects, because it was killed, is not a fault of the server."""
