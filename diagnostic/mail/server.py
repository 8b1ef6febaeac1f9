"""One connection to the mail server, with its refusals and failures as exceptions."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from types import TracebackType
from typing import Any

from django.core.mail import EmailMessage, get_connection

FAULT_LENGTH = 200
SERVICE_NOT_AVAILABLE = 421


class Refused(Exception):
    """The mail server refuses this e-mail; it may accept others."""


class Unreachable(Exception):
    """The mail server is away, too slow, or refuses the site itself; further attempts now are pointless."""


class BrokenOff(Unreachable):
    """The mail server ended a new connection over this e-mail, or stopped answering: it may do so every time."""


class MailServer:
    """A connection that is opened for the first e-mail and closed at the end of the block.

    `EMAIL_TIMEOUT` applies to each reply of the server.
    """

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()

    def send(self, message: EmailMessage) -> None:
        """Send `message`; on return the server has accepted it. Raises `Refused`, `BrokenOff` or `Unreachable`.

        If a connection ends that has taken e-mails before, the message is sent once more through a new one: some
        servers end each connection after a number of e-mails.
        """
        is_used = self._connection is not None
        try:
            self._send(message)
        except BrokenOff:
            if not is_used:
                raise
            self._send(message)

    def _send(self, message: EmailMessage) -> None:
        self._open()
        try:
            self._connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as fault:
            code, text = next(iter(fault.recipients.values()))
            self._refuse(code, text, fault)
        except smtplib.SMTPDataError as fault:
            self._refuse(fault.smtp_code, fault.smtp_error, fault)
        except OSError as fault:
            self._drop()
            is_of_the_site = isinstance(fault, smtplib.SMTPSenderRefused) and fault.smtp_code != SERVICE_NOT_AVAILABLE
            raise (Unreachable if is_of_the_site else BrokenOff)(say_fault(fault)) from fault

    def _open(self) -> None:
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except OSError as fault:
                raise Unreachable(say_fault(fault)) from fault
            self._connection = connection

    def _refuse(self, code: int, text: bytes | str, fault: Exception) -> None:
        said = shorten(f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}")
        if code == SERVICE_NOT_AVAILABLE:
            self._drop()
            raise BrokenOff(said) from fault
        raise Refused(said) from fault

    def _drop(self) -> None:
        """Close the connection without QUIT, whose reply a stalled server would delay again."""
        held, self._connection = self._connection, None
        smtp = getattr(held, "connection", None)
        if smtp is not None:
            smtp.close()


def say_fault(fault: Exception) -> str:
    """A short description of a connection error: the server's reply, or the system's message."""
    if isinstance(fault, smtplib.SMTPResponseException):
        text = fault.smtp_error
        return shorten(f"{fault.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}")
    if isinstance(fault, TimeoutError | smtplib.SMTPServerDisconnected):
        return "The mail server closed the connection or did not reply in time."
    return shorten(str(fault.strerror if isinstance(fault, OSError) and fault.strerror else fault))


def shorten(text: str) -> str:
    """`text` on one line of at most `FAULT_LENGTH` printable characters."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line[:FAULT_LENGTH]
